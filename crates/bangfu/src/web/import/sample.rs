//! Made-up imports for looking at the pages.

use jiff::civil::date;

use super::check::{Check, FaultGroup, FaultRow, Field, MendedRow};
use super::view::{Change, ChangeCounts, ImportRow, ImportView, LoanLink, RowCounts, Stage, Tally};

pub(crate) fn import(stage: Stage, bad: u64) -> ImportView {
    let staged = stage == Stage::Staged;
    let row = |row: u32, value: &str| FaultRow {
        sheet: "台账".to_owned(),
        row,
        subject: format!("胡建冬 {}", 4310222018000000_u64 + u64::from(row)),
        count: if row.is_multiple_of(7) { 12 } else { 1 },
        each: (row.is_multiple_of(7)).then(|| "/import/7?each=1".to_owned()),
        column: "身份证号码".to_owned(),
        value: value.to_owned(),
        message: "最后一位校验码不对，应为 7".to_owned(),
        cure: "对照身份证原件改正，不要只改最后一位".to_owned(),
        field: staged.then(|| Field {
            number: row as usize,
            cells: "row=1".to_owned(),
            text: String::new(),
            is_secret: row.is_multiple_of(2),
            choices: if row.is_multiple_of(3) {
                vec!["白石渡村".to_owned(), "白石村".to_owned()]
            } else {
                Vec::new()
            },
            mended: (row.is_multiple_of(5)).then(|| ("白石度".to_owned(), "0.1.2".to_owned())),
        }),
    };
    let group = |title: &str, count: u64| FaultGroup {
        title: title.to_owned(),
        count,
        href: "/import/7?kind=missing".to_owned(),
        is_open: true,
        rows: (0..u32::try_from(count).unwrap().min(20))
            .map(|index| row(667 + index, "43109919620321433X"))
            .collect(),
    };
    let mended = MendedRow {
        sheet: "台账".to_owned(),
        row: 12,
        count: 300,
        column: "村".to_owned(),
        was: "白石度村".to_owned(),
        text: "白石渡村".to_owned(),
        at: date(2019, 6, 17).at(9, 5, 0, 0),
        back: "0.11.2.".to_owned(),
    };
    ImportView {
        id: 7,
        address: "/import/7".to_owned(),
        failure: None,
        counted_at: Some(date(2019, 6, 17).at(9, 6, 0, 0)),
        differences: 3,
        kind: "ledger".to_owned(),
        file_name: "宜章县扶贫小额信贷台账（截至2019年4月30日）.xlsx".to_owned(),
        as_of: Some(date(2019, 4, 30)),
        until: None,
        received_at: date(2019, 6, 17).at(9, 5, 0, 0),
        layout: Some("宜章农商银行台账".to_owned()),
        rows: RowCounts { read: 6995, good: 6963 - bad, bad, skipped: 32 },
        skipped: vec![("title".to_owned(), 2), ("subtotal".to_owned(), 19), ("total".to_owned(), 1)],
        changes: ChangeCounts { new: 6900, changed: 18, unchanged: 0, missing: 2 },
        changed: vec![Change {
            subject: "4310222018000004 胡建冬".to_owned(),
            href: Some("/loans/4".to_owned()),
            field: "到期日期".to_owned(),
            old: "2019-07-03".to_owned(),
            new: "2019-07-30".to_owned(),
        }],
        changed_in_all: 18,
        missing: vec![LoanLink {
            number: "4310222018000009".to_owned(),
            borrower: "袁文".to_owned(),
            href: None,
        }],
        named_missing: 2,
        made: Vec::new(),
        lists_made: true,
        has_rejects: bad > 0,
        check: Check {
            errors: if bad > 0 {
                vec![group("身份证号码校验不对", bad / 2), group("村名找不到", bad - bad / 2)]
            } else {
                Vec::new()
            },
            findings: vec![group("年龄超出 18–65 岁", 104)],
            action: staged.then(|| "/import/7/mend".to_owned()),
            mended: if staged { vec![mended] } else { Vec::new() },
            mended_in_all: 300,
            ..Check::default()
        },
        stage,
    }
}

pub(crate) fn rows(count: usize) -> Vec<ImportRow> {
    (0..count)
        .map(|index| ImportRow {
            href: format!("/import/{index}"),
            received_at: date(2019, 6, 17).at(9, 5, 0, 0),
            kind: ["ledger", "repayments", "officers", "households"][index % 4].to_owned(),
            file_name: "宜章县扶贫小额信贷台账.xlsx".to_owned(),
            hash: "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8".to_owned(),
            actor: "web".to_owned(),
            speaks_of: Some(date(2019, 4, 30)),
            counts: (index != 1).then_some(Tally { good: 6918, bad: 45, new: 6900, changed: 18 }),
            stage: match index {
                0 => Stage::Staged,
                2 => Stage::Undone { at: date(2019, 6, 17).at(9, 8, 0, 0), by: "web".to_owned() },
                _ => Stage::Taken { at: date(2019, 6, 17).at(9, 6, 0, 0) },
            },
        })
        .collect()
}
