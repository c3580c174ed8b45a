//! Made-up imports for looking at the pages.

use jiff::civil::date;

use super::view::{
    Change, ChangeCounts, FaultGroup, FaultRow, ImportRow, ImportView, Missing, RowCounts, Stage, Tally,
};

pub(crate) fn import(stage: Stage, bad: u64) -> ImportView {
    let row = |row: u32, value: &str| FaultRow {
        sheet: "台账".to_owned(),
        row,
        subject: format!("胡建冬 {}", 4310222018000000_u64 + u64::from(row)),
        column: "身份证号码".to_owned(),
        value: value.to_owned(),
        message: "最后一位校验码不对，应为 7".to_owned(),
        cure: "对照身份证原件改正，不要只改最后一位".to_owned(),
    };
    let group = |title: &str, count: u64| FaultGroup {
        title: title.to_owned(),
        count,
        rows: (0..u32::try_from(count).unwrap().min(20))
            .map(|index| row(667 + index, "43109919620321433X"))
            .collect(),
    };
    ImportView {
        id: 7,
        address: "/import/7".to_owned(),
        failure: None,
        differences: 3,
        kind: "ledger".to_owned(),
        file_name: "宜章县扶贫小额信贷台账（截至2019年4月30日）.xlsx".to_owned(),
        as_of: Some(date(2019, 4, 30)),
        until: None,
        received_at: date(2019, 6, 17).at(9, 5, 0, 0),
        layout: Some("宜章农商银行台账".to_owned()),
        stage,
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
        missing: vec![Missing {
            number: "4310222018000009".to_owned(),
            borrower: "袁文".to_owned(),
            href: None,
        }],
        errors: if bad > 0 {
            vec![group("身份证号码校验不对", bad / 2), group("村名找不到", bad - bad / 2)]
        } else {
            Vec::new()
        },
        findings: vec![group("年龄超出 18–65 岁", 104)],
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
