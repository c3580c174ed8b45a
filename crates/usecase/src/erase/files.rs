//! Files that came in and hold somebody's number, in whatever form people write it: what is kept of them is dropped, and the
//! number is masked in what was noticed of them.

use std::collections::BTreeSet;

use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::text::fold_width;
use bangfu_sheets::{cell, wire};
use bangfu_store::finding::{self, Finding};
use bangfu_store::import::{self, Standing};
use bangfu_store::{Db, Tx, change, mending, person};
use serde_json::Value;

use super::KINDS;
use crate::error::Error;

/// What was done about files that hold a number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Files that waited and were dropped.
    pub files: u64,
    /// Reports in which it was masked.
    pub reports: u64,
}

/// Somebody's numbers: (as they are compared, masked).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Numbers(Vec<(String, String)>);

impl Numbers {
    async fn of(db: &Db, tx: &mut Tx, county_id: i64, person_id: i64) -> Result<Numbers, Error> {
        let mut numbers = Vec::new();
        for kind in KINDS {
            if let Some(text) = person::secret(tx, db.key(), county_id, person_id, kind).await? {
                let masked = match IdentityNumber::parse(&text) {
                    Ok(identity) => identity.masked(),
                    Err(_) => crate::loan::mask_phone(&text),
                };
                numbers.push((normal(&text), masked));
            }
        }
        Ok(Numbers(numbers))
    }

    /// One of them that a text is, masked.
    fn masked(&self, text: &str) -> Option<&str> {
        let normal = normal(text);
        self.0.iter().find(|(number, _)| *number == normal).map(|(_, masked)| masked.as_str())
    }

    /// A text with each of them masked; `None` where it holds none.
    fn mask(&self, text: &str) -> Option<String> {
        // Blanks may stand in a number, and between two.
        let said = each_run(text, is_sign_or_blank, |run| match self.masked(run) {
            Some(masked) => run.replace(run.trim(), masked),
            None => each_run(run, is_sign, |run| self.masked(run).unwrap_or(run).to_owned()),
        });
        (said != text).then_some(said)
    }

    fn stand_in(&self, text: &str) -> bool {
        self.mask(text).is_some()
    }

    /// What was noticed of a file with each of them masked, as JSON; `None` where it holds none.
    fn mask_told(&self, told: &str) -> Option<String> {
        match serde_json::from_str::<Value>(told) {
            Ok(mut read) => self.mask_all(&mut read).then(|| read.to_string()),
            Err(_) => self.mask(told),
        }
    }

    /// Masks them in every text of a value; whether one was there.
    fn mask_all(&self, report: &mut Value) -> bool {
        match report {
            Value::String(text) => match self.mask(text) {
                Some(masked) => {
                    *text = masked;
                    true
                }
                None => false,
            },
            Value::Array(all) => self.mask_each(all.iter_mut()),
            Value::Object(all) => self.mask_each(all.values_mut()),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    fn mask_each<'a>(&self, all: impl Iterator<Item = &'a mut Value>) -> bool {
        let mut found = false;
        for one in all {
            found |= self.mask_all(one);
        }
        found
    }
}

/// A text with each longest run of such characters as it is told anew.
fn each_run(text: &str, is_of_run: fn(char) -> bool, told: impl Fn(&str) -> String) -> String {
    let (mut said, mut rest) = (String::new(), text);
    while !rest.is_empty() {
        let (run, after) = rest.split_at(rest.find(|c| !is_of_run(c)).unwrap_or(rest.len()));
        let (between, more) = after.split_at(after.find(is_of_run).unwrap_or(after.len()));
        said.push_str(&told(run));
        said.push_str(between);
        rest = more;
    }
    said
}

/// A number as it is compared: narrow, large, without what stands between its digits; fifteen digits as eighteen.
fn normal(text: &str) -> String {
    let signs: String = text.chars().filter(|c| is_sign(*c)).collect();
    let signs = fold_width(&signs).to_uppercase();
    IdentityNumber::parse(&signs).map_or(signs, |identity| identity.as_str().to_owned())
}

/// Whether a character may stand in a number or between its digits.
fn is_sign_or_blank(c: char) -> bool {
    is_sign(c) || c.is_whitespace() || matches!(c, '-' | '－' | '–' | '·' | '.')
}

/// Whether a character may stand in a number.
fn is_sign(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ')
}

/// What was seen before the county's other writers had to wait.
pub(super) struct Seen {
    numbers: Numbers,
    /// The files that hold none of them.
    without: BTreeSet<Standing>,
}

/// Looks through every file for somebody's numbers: nobody waits meanwhile.
pub(super) async fn look(db: &Db, county_id: i64, person_id: i64) -> Result<Seen, Error> {
    let mut tx = db.read().await?;
    let numbers = Numbers::of(db, &mut tx, county_id, person_id).await?;
    let mut without = BTreeSet::new();
    for one in import::standing(&mut tx, county_id).await? {
        if look_into(db, &mut tx, county_id, &one, &numbers).await? == Holds::default() {
            without.insert(one);
        }
    }
    Ok(Seen { numbers, without })
}

/// Drops what is kept of files that hold somebody's numbers, and masks them in reports. Only those are opened again in which
/// something was seen, and those that came or changed since.
pub(super) async fn forget(
    db: &Db,
    tx: &mut Tx,
    county_id: i64,
    person_id: i64,
    seen: &Seen,
) -> Result<Forgotten, Error> {
    let numbers = Numbers::of(db, tx, county_id, person_id).await?;
    let mut done = Forgotten::default();
    for one in import::standing(tx, county_id).await? {
        if seen.numbers == numbers && seen.without.contains(&one) {
            continue;
        }
        let holds = look_into(db, tx, county_id, &one, &numbers).await?;
        if let Some(report) = &holds.report {
            import::put_report(tx, db.key(), county_id, one.import_id, report).await?;
            done.reports += 1;
        }
        if holds.cells {
            import::forget(tx, county_id, one.import_id).await?;
            done.files += 1;
        }
    }
    mask_findings(tx, county_id, person_id, &numbers).await?;
    Ok(done)
}

/// Masks a person's numbers in what was noticed about the loans that they borrowed: it quotes cells.
async fn mask_findings(tx: &mut Tx, county_id: i64, person_id: i64, numbers: &Numbers) -> Result<(), Error> {
    let loans = change::borrowed_by(tx, county_id, &[person_id]).await?;
    let loans: Vec<i64> = loans.into_iter().map(|(loan, _)| loan).collect();
    let mut masked = Vec::new();
    for one in finding::about(tx, county_id, &loans).await? {
        if let Some(facts) = numbers.mask_told(&one.facts) {
            masked.push(Finding { facts, ..one });
        }
    }
    let ids: Vec<i64> = masked.iter().map(|one| one.finding_id).collect();
    finding::forget(tx, county_id, &ids).await?;
    Ok(finding::add(tx, county_id, &masked).await?)
}

/// Where a file holds a number.
#[derive(Default, PartialEq)]
struct Holds {
    /// In what is kept of its cells.
    cells: bool,
    /// In its report, which is this with the number masked.
    report: Option<String>,
}

async fn look_into(
    db: &Db,
    tx: &mut Tx,
    county_id: i64,
    one: &Standing,
    numbers: &Numbers,
) -> Result<Holds, Error> {
    let text = import::report(tx, db.key(), county_id, one.import_id).await?;
    let report = numbers.mask_told(&text);
    let cells = one.pages > 0 && {
        let bytes = import::pages(tx, db.key(), county_id, one.import_id).await?.concat();
        // What cannot be read is of no use to anybody, and may hold anything.
        let book = wire::read_book(&mut bytes.as_slice());
        book.map_or(true, |book| {
            let rows = book.sheets.iter().flat_map(|sheet| &sheet.rows);
            rows.flatten().filter_map(cell::text).any(|text| numbers.stand_in(&text))
        })
    };
    // Neither what stands in a mended cell nor what stood there may stay.
    let mended = mending::list(tx, db.key(), county_id, one.import_id).await?;
    let in_mended = mended.iter().any(|one| numbers.mask_told(&one.told).is_some());
    Ok(Holds { cells: cells || in_mended, report })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_whatever_form_it_is_written_and_no_other_is() {
        let identity = IdentityNumber::complete("43109919700101001").unwrap();
        let numbers = Numbers(
            [identity.as_str(), "13812345678"]
                .map(|number| (normal(number), format!("<{}>", &number[..3])))
                .into(),
        );
        let long = identity.as_str();
        let short = format!("{}{}", &long[..6], &long[8..17]);
        for (text, masked) in [
            (long.to_lowercase(), "<431>"),
            (long.to_owned(), "<431>"),
            (short, "<431>"),
            (format!("{} {}", &long[..6], &long[6..]), "<431>"),
            ("１３８１２３４５６７８".to_owned(), "<138>"),
            ("138-1234-5678".to_owned(), "<138>"),
            ("电话13812345678，住白石渡".to_owned(), "电话<138>，住白石渡"),
            ("电话 138 1234 5678，住白石渡".to_owned(), "电话 <138>，住白石渡"),
            ("13812345678 13912345678".to_owned(), "<138> 13912345678"),
            (format!("13812345678/{long}"), "<138>/<431>"),
        ] {
            assert_eq!(numbers.mask(&text).as_deref(), Some(masked), "{text}");
        }
        for text in ["", "本人", "138123456789", "A13812345678", "0013812345678", "50000.00"] {
            assert_eq!(numbers.mask(text), None, "{text}");
        }
        let mut report = serde_json::json!({ "errors": [{ "value": "138 1234 5678", "row": 4 }], "read": 1 });
        assert!(numbers.mask_all(&mut report) && report["errors"][0]["value"] == "<138>");
        assert!(!numbers.mask_all(&mut report));
    }
}
