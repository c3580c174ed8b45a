//! What stands in a letter to one borrower, and on a household's card.

use std::collections::BTreeMap;

use bangfu_domain::money::in_words;
use bangfu_domain::paper::PaperKind;
use bangfu_sheets::export::Value;
use bangfu_sheets::paper::{Part, Table};
use bangfu_usecase::paper::{OfLoan, Station};

use super::compose::Told;
use crate::texts::Lang;

/// The parts of a letter, between its texts.
pub(crate) fn parts(told: &Told<'_>, loan: &OfLoan, before: Vec<Part>, after: Vec<Part>) -> Vec<Part> {
    match told.paper.kind {
        PaperKind::Card => {
            let mut parts = [before, facts(told.lang, loan), after].concat();
            if let Some(address) = &told.address {
                parts.push(Part::Address(address.clone(), told.lang.text("card-scan")));
            }
            parts
        }
        _ => [before, after].concat(),
    }
}

/// What a household has to know of its loan, in large type.
pub(crate) fn facts(lang: Lang, loan: &OfLoan) -> Vec<Part> {
    let line = &loan.line;
    let large = |key: &str, value: String| Part::Large(lang.text(key), value);
    let manager = line.manager.clone().unwrap_or_else(|| lang.text("nobody"));
    let whom = match &loan.station {
        Some(station) => {
            let station = called(lang, station);
            let values = [("manager", manager.into()), ("station", station.into())];
            lang.text_with("card-whom", &values)
        }
        None => manager,
    };
    let mut facts = vec![
        large("card-due", lang.day_plain(line.due_on)),
        large("card-sum", lang.yuan(line.balance_fen)),
        Part::Paragraph(lang.text("card-interest")),
        large("card-call", whom),
        large("card-bank", line.branch.clone()),
    ];
    if let Some(reward) = loan.reward_fen {
        facts.push(large("card-reward", lang.yuan(reward)));
        facts.push(Part::Paragraph(lang.text("card-reward-hint")));
    }
    facts
}

/// The receipt below a demand: who received it, when and how, to be filled in by hand and recorded here.
pub(crate) fn receipt(told: &Told<'_>, loan: &OfLoan) -> Vec<Part> {
    if told.paper.kind != PaperKind::OverdueNotice {
        return Vec::new();
    }
    let lang = told.lang;
    let row = |key: &str, value: String| vec![Value::Text(lang.text(key)), Value::Text(value)];
    let letter = format!("{} {}", lang.text("paper-overdue-notice"), told.paper.code);
    let rows = vec![
        row("receipt-letter", letter),
        row("receipt-to", format!("{} {}", loan.line.borrower, loan.line.number)),
        row("receipt-place", String::new()),
        row("receipt-ways", lang.text("receipt-ways-boxes")),
        row("receipt-receiver", String::new()),
        row("receipt-received-on", lang.text("receipt-blank-day")),
        row("receipt-server", String::new()),
        row("receipt-witness", String::new()),
    ];
    let header = vec![lang.text("receipt-item"), lang.text("receipt-content")];
    vec![
        Part::Heading(lang.text("receipt-title")),
        Part::Table(Table { caption: String::new(), header, rows, sums: 0 }),
    ]
}

/// What a service point is called.
fn called(lang: Lang, station: &Station) -> String {
    let kind = || lang.text(&format!("point-kind-{}", station.kind.key()));
    let named = || {
        lang.text_with("card-station", &[("place", station.place.as_str().into()), ("kind", kind().into())])
    };
    station.name.clone().unwrap_or_else(named)
}

/// What the names in a letter's texts stand for.
pub(crate) fn values(lang: Lang, values: &mut BTreeMap<&'static str, String>, loan: &OfLoan) {
    let line = &loan.line;
    let nobody = || lang.text("nobody");
    values.extend([
        ("borrower", line.borrower.clone()),
        ("number", line.number.clone()),
        ("village", format!("{}{}", line.township, line.village)),
        ("bank", line.branch.clone()),
        ("manager", line.manager.clone().unwrap_or_else(nobody)),
        (
            "station",
            loan.station
                .as_ref()
                .map_or_else(|| lang.text("paper-not-known"), |station| called(lang, station)),
        ),
        ("principal", lang.yuan(line.principal_fen)),
        ("principal_words", in_words(line.principal_fen)),
        ("balance", lang.yuan(line.balance_fen)),
        ("balance_words", in_words(line.balance_fen)),
        ("disbursed", lang.day_plain(line.disbursed_on)),
        ("due", lang.day_plain(line.due_on)),
        ("days", lang.number(i64::from(line.days_to_due.abs()))),
        ("purpose", line.purpose.clone().unwrap_or_default()),
    ]);
}
