//! Made-up differences for looking at the pages.

use bangfu_domain::difference::DifferenceState;
use bangfu_store::difference::Shown;
use jiff::civil::date;

use super::filter::{DifferenceFilter, SHOWN};
use super::view::{
    Acts, DifferenceList, DifferenceRow, DifferenceView, EventView, Form, Slip, StandingView, Tab, Typed,
};
use crate::texts::Lang;
use crate::web::loan::view::{Chip, Choice, Fact};
use crate::web::page::unsigned;

pub(crate) fn list(lang: Lang, rows: usize) -> DifferenceList {
    let choice =
        |value: &str, name: &str| Choice { value: value.to_owned(), name: name.to_owned(), chosen: false };
    DifferenceList {
        banks: vec![(1, "宜章农商银行玉溪支行".to_owned())],
        filter: DifferenceFilter::default(),
        tabs: SHOWN
            .into_iter()
            .map(|(shown, word)| Tab {
                text_key: format!("difference-tab-{word}"),
                count: unsigned(rows),
                href: DifferenceFilter { shown, ..DifferenceFilter::default() }.address(),
                here: shown == Shown::Standing,
            })
            .collect(),
        kinds: vec![choice("other-name", &lang.text("difference-kind-other-name"))],
        branches: vec![choice("3", "宜章农商银行白石渡支行")],
        townships: Vec::new(),
        chips: vec![Chip { label: "查找：袁".to_owned(), href: "/differences".to_owned() }],
        total: unsigned(rows),
        rows: (0..rows).map(row).collect(),
        previous: None,
        next: (rows == 50).then(|| "/differences?after=3".to_owned()),
        slip: Some("/differences/slip?branch=3".to_owned()),
    }
}

pub(crate) fn row(index: usize) -> DifferenceRow {
    let open = !index.is_multiple_of(4);
    DifferenceRow {
        href: format!("/differences/{index}"),
        kind_key: "difference-kind-balance-differs".to_owned(),
        number: format!("43102220180{index:05}"),
        loan_href: open.then(|| "/loans/3".to_owned()),
        borrower: "胡建冬".to_owned(),
        place: "白石渡镇 白石渡村".to_owned(),
        bank: "2019-05-10 还本 10,000.00 元，还后余额 35,000.00 元，客户 胡建冬".to_owned(),
        book: "还后余额应为 40,000.00 元".to_owned(),
        suggestion: open.then(|| "银行在此之前还收了 5,000.00 元，账上没有。请支行补报。".to_owned()),
        standing: StandingView {
            state: if open { DifferenceState::Assigned } else { DifferenceState::Resolved },
            branch: Some("宜章农商银行白石渡支行".to_owned()),
            due_on: open.then(|| date(2019, 6, 14)),
            late: open,
            way_key: (!open).then(|| "way-book-right".to_owned()),
            reason: Some("已与支行电话核对".to_owned()),
            file: None,
        },
        acts: Some(Acts {
            id: 3,
            open,
            branch: Some("宜章农商银行白石渡支行".to_owned()),
            back: "/differences".to_owned(),
            typed: Typed { days: "3".to_owned(), ..Typed::default() },
            reopens: !open,
            ..Acts::default()
        }),
    }
}

pub(crate) fn one(fault: &str) -> DifferenceView {
    let mut row = row(1);
    if let Some(acts) = &mut row.acts {
        acts.fault = Some((Form::Resolve, fault.to_owned()));
        acts.typed.reason = "写过的话".to_owned();
    }
    DifferenceView {
        row,
        due_provisional: true,
        movement: vec![Fact::of("movement-serial", "S4".to_owned())],
        loan: Vec::new(),
        history: vec![EventView {
            at: date(2019, 6, 17).at(9, 6, 0, 0),
            text_key: "difference-step-settled".to_owned(),
            actor: None,
            way_key: None,
            reason: None,
            asked: None,
            file: Some(("bank.csv".to_owned(), Some("/import/9".to_owned()))),
            before: None,
        }],
        slip: None,
    }
}

pub(crate) fn slip(rows: usize) -> Slip {
    Slip {
        branch: "宜章农商银行白石渡支行".to_owned(),
        total: unsigned(rows),
        rows: (0..rows).map(row).collect(),
        back: "/differences?branch=3".to_owned(),
    }
}
