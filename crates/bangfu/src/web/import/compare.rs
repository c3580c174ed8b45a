//! The comparison of a file with the book, as its page shows it.

use std::collections::BTreeMap;

use bangfu_domain::identity::IdentityNumber;
use bangfu_store::{Tx, loan};
use bangfu_usecase::import::{self, Look, Report};

use super::check::Check;
use super::check::filter::{CheckFilter, Show};
use super::check::lines::{BEGINNING, Clerk, PAGE, Typed, page_of, way};
use super::view::{Change, ImportView, LoanLink};
use super::{changes, rows, stage};
use crate::texts::Lang;
use crate::web::failure::Failure;
use crate::web::frame::Face;
use crate::web::page::unsigned;

/// An import with its report, narrowed as its address says.
pub(super) async fn view(
    tx: &mut Tx,
    face: &Face,
    lang: Lang,
    look: &Look,
    filter: &CheckFilter,
    typed: &Typed,
) -> Result<ImportView, Failure> {
    let Look { import, report, .. } = look;
    let mut check = Clerk::new(face, lang, look, filter, typed).check();
    let mut part = |wanted: Show, most: usize| {
        if filter.show == wanted {
            let (places, pages) = page_of((0..most).collect(), filter, import.import_id);
            check.pages = pages;
            return places;
        }
        (0..most).take(if filter.is_whole() { BEGINNING } else { 0 }).collect()
    };
    let changed: Vec<&import::Change> =
        part(Show::Changed, report.changed.len()).into_iter().map(|place| &report.changed[place]).collect();
    let absent: Vec<&String> =
        part(Show::Missing, report.absent.len()).into_iter().map(|place| &report.absent[place]).collect();
    let made = made(tx, face, look, filter, &mut check).await?;
    let numbers = changed.iter().map(|change| &change.subject).chain(absent.iter().copied());
    let numbers: Vec<&str> = numbers.map(String::as_str).collect();
    let ctx = face.ctx();
    let known: BTreeMap<String, (i64, String)> = loan::by_numbers(tx, &ctx.scope, ctx.today, &numbers)
        .await?
        .into_iter()
        .map(|loan| (loan.number, (loan.loan_id, loan.borrower_name)))
        .collect();
    let href = |number: &str| known.get(number).map(|(id, _)| format!("/loans/{id}"));
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
        counted_at: None,
        rows: rows(report),
        skipped: skipped(report),
        changes: changes(report),
        changed: changed
            .into_iter()
            .map(|change| Change {
                subject: subject(&change.subject, &change.name),
                href: href(&change.subject),
                field: lang.text(&format!("field-{}", change.field)),
                old: change.old.clone(),
                new: change.new.clone(),
            })
            .collect(),
        changed_in_all: unsigned(report.changed.len()),
        missing: absent
            .into_iter()
            .map(|number| LoanLink {
                borrower: known.get(number).map(|(_, name)| name.clone()).unwrap_or_default(),
                href: href(number),
                number: number.clone(),
            })
            .collect(),
        named_missing: unsigned(report.absent.len()),
        lists_made: report.made.is_some() && report.changes.new > 0,
        made,
        has_rejects: false,
        check,
        differences: unsigned(report.differences),
    })
}

/// The new loans of a page that shows them.
async fn made(
    tx: &mut Tx,
    face: &Face,
    look: &Look,
    filter: &CheckFilter,
    check: &mut Check,
) -> Result<Vec<LoanLink>, Failure> {
    let Some(ids) = look.report.made.filter(|_| filter.show == Show::New) else { return Ok(Vec::new()) };
    let import_id = look.import.import_id;
    let (page, pages) = way(look.report.changes.new, filter, import_id);
    check.pages = pages;
    let (ctx, most) = (face.ctx(), i64::try_from(PAGE).unwrap_or(i64::MAX));
    let skip = i64::try_from(page * PAGE).unwrap_or(i64::MAX);
    let made = loan::made_by(tx, &ctx.scope, ctx.today, import_id, ids, skip, most).await?;
    let link = |one: loan::Made| LoanLink {
        number: one.number,
        borrower: one.borrower_name,
        href: Some(format!("/loans/{}", one.loan_id)),
    };
    Ok(made.into_iter().map(link).collect())
}

/// Whose a change is: a number with its borrower; a person is named once.
fn subject(subject: &str, name: &str) -> String {
    if subject == name || name.is_empty() { subject.to_owned() } else { format!("{subject} {name}") }
}

fn skipped(report: &Report) -> Vec<(String, u64)> {
    let skipped = |(kind, rows): (&String, &usize)| (kind.clone(), unsigned(*rows));
    report.skipped_by_kind.iter().map(skipped).collect()
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
