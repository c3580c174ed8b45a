//! The comparison of a file with the book, as its page shows it.

use std::collections::{BTreeMap, HashMap};

use bangfu_domain::identity::IdentityNumber;
use bangfu_sheets::fault::Fault;
use bangfu_sheets::subject::Subject;
use bangfu_store::import::Import;
use bangfu_store::{Tx, loan};
use bangfu_usecase::import::Report;

use super::view::{Change, FaultGroup, FaultRow, ImportView, Missing};
use super::{changes, rows, stage};
use crate::texts::Lang;
use crate::web::failure::Failure;
use crate::web::frame::Face;
use crate::web::page::unsigned;
use crate::words;

/// Values, loans and faults of one kind that a page lists; the rest is counted.
const LISTED: usize = 50;

/// An import with its report.
pub(super) async fn view(
    tx: &mut Tx,
    face: &Face,
    lang: Lang,
    import: &Import,
    report: &Report,
) -> Result<ImportView, Failure> {
    let numbers: Vec<&str> = report
        .changed
        .iter()
        .map(|change| change.subject.as_str())
        .take(LISTED)
        .chain(report.absent.iter().map(String::as_str).take(LISTED))
        .collect();
    let ctx = face.ctx();
    let known: BTreeMap<String, (i64, String)> = loan::by_numbers(tx, &ctx.scope, ctx.today, &numbers)
        .await?
        .into_iter()
        .map(|loan| (loan.number, (loan.loan_id, loan.borrower_name)))
        .collect();
    let href = |number: &str| known.get(number).map(|(id, _)| format!("/loans/{id}"));
    let owners = owners(report);
    Ok(ImportView {
        id: import.import_id,
        address: format!("/import/{}", import.import_id),
        kind: import.kind.clone(),
        file_name: import.file_name.clone(),
        as_of: report.as_of.or(import.as_of),
        until: report.until_on.or(import.until_on),
        received_at: face.local(import.created_at),
        layout: report.layout.clone(),
        stage: stage(face, import),
        failure: None,
        rows: rows(report),
        skipped: skipped(report),
        changes: changes(report),
        changed: report
            .changed
            .iter()
            .take(LISTED)
            .map(|change| Change {
                subject: subject(&change.subject, &change.name),
                href: href(&change.subject),
                field: lang.text(&format!("field-{}", change.field)),
                old: change.old.clone(),
                new: change.new.clone(),
            })
            .collect(),
        missing: report
            .absent
            .iter()
            .take(LISTED)
            .map(|number| Missing {
                borrower: known.get(number).map(|(_, name)| name.clone()).unwrap_or_default(),
                href: href(number),
                number: number.clone(),
            })
            .collect(),
        errors: groups(lang, &report.errors, &owners, import.status.was_taken()),
        findings: groups(lang, &report.findings, &owners, import.status.was_taken()),
        differences: unsigned(report.differences),
    })
}

/// Whose a change is: a number with its borrower; a person is named once.
fn subject(subject: &str, name: &str) -> String {
    if subject == name || name.is_empty() { subject.to_owned() } else { format!("{subject} {name}") }
}

fn skipped(report: &Report) -> Vec<(String, u64)> {
    let skipped = |(kind, rows): (&String, &usize)| (kind.clone(), unsigned(*rows));
    report.skipped_by_kind.iter().map(skipped).collect()
}

/// Names and contract numbers by sheet and row.
type Owners<'a> = HashMap<(&'a str, u32), String>;

fn owners(report: &Report) -> Owners<'_> {
    let told = |one: &Subject| {
        let parts = [one.name.as_deref(), one.number.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    report.subjects.iter().map(|one| ((one.at.sheet.as_str(), one.at.row), told(one))).collect()
}

/// Faults by kind, the most frequent kind first.
fn groups(lang: Lang, faults: &[Fault], owners: &Owners<'_>, taken: bool) -> Vec<FaultGroup> {
    let mut by_kind: BTreeMap<&str, Vec<&Fault>> = BTreeMap::new();
    for fault in faults {
        by_kind.entry(fault.code.key()).or_default().push(fault);
    }
    let mut groups: Vec<FaultGroup> = by_kind
        .into_iter()
        .map(|(key, faults)| FaultGroup {
            title: lang.text(&format!("fault-title-{key}")),
            count: unsigned(faults.len()),
            rows: faults.into_iter().take(LISTED).map(|fault| row(lang, fault, owners, taken)).collect(),
        })
        .collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}

fn row(lang: Lang, fault: &Fault, owners: &Owners<'_>, taken: bool) -> FaultRow {
    let said = words::fault(lang, fault);
    // Whoever corrects a file needs to see what it says; the history of imports does not.
    let value = if taken { masked(&fault.value) } else { fault.value.clone() };
    FaultRow {
        sheet: fault.at.sheet.clone(),
        row: fault.at.row,
        subject: owners.get(&(fault.at.sheet.as_str(), fault.at.row)).cloned().unwrap_or_default(),
        column: fault.at.column.clone(),
        value,
        message: said.message,
        cure: said.cure,
    }
}

/// A value in which a long run of digits is an identity, phone or account number.
pub(super) fn masked(value: &str) -> String {
    if let Ok(number) = IdentityNumber::parse(value) {
        return number.masked();
    }
    let digits = value.chars().filter(char::is_ascii_digit).count();
    if digits < 11 {
        return value.to_owned();
    }
    let length = value.chars().count();
    let hide = |place: usize| (3..length.saturating_sub(4)).contains(&place);
    value.chars().enumerate().map(|(place, c)| if hide(place) { '*' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn long_numbers_are_masked_and_short_values_are_not() {
        assert_eq!(masked("13769241081"), "137****1081");
        assert_eq!(masked("431099199610277328"), "431***********7328");
        assert_eq!(masked("2019.2.30"), "2019.2.30");
        assert_eq!(masked("白石度村"), "白石度村");
    }
}
