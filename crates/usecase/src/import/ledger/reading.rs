//! What a ledger says by itself: its rows, its day, and the villages that they name.

use std::collections::{BTreeSet, HashMap};

use bangfu_domain::bank::named as named_bank;
use bangfu_domain::identity::IdentityNumber;
use bangfu_sheets::fault::{Fault, FaultCode, Place, RowPlace};
use bangfu_sheets::ledger::{self, Field, LedgerRow};
use bangfu_sheets::parsed::Parsed;
use bangfu_store::county::County;
use bangfu_store::person::{self, SecretKind};
use bangfu_store::{Db, Scope, Tx, bank, former_name, gone, loan};
use jiff::civil::Date;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::import::Upload;
use crate::import::places::Places;
use crate::import::registry::home;
use crate::import::report::Report;

/// A ledger as it was read, before it is held against the loans of the book.
pub(super) struct Reading {
    pub(super) parsed: Parsed<LedgerRow>,
    /// The day of its position.
    pub(super) as_of: Date,
    /// True if the book has a newer position.
    pub(super) older: bool,
    pub(super) places: Places,
    /// The village of each row; none where it cannot be told, which makes the row bad.
    villages: Vec<Option<i64>>,
    /// What the rows by themselves give cause to notice, by sheet and row.
    noticed: HashMap<(String, u32), Vec<Fault>>,
    /// All that can be told without the loans of the book.
    pub(super) report: Report,
}

/// A row with the columns of its file.
pub(super) struct Row<'a> {
    parsed: &'a Parsed<LedgerRow>,
    pub(super) row: &'a LedgerRow,
    pub(super) village_id: i64,
}

impl Row<'_> {
    pub(super) fn fault(&self, field: Field, value: &str, code: FaultCode) -> Fault {
        fault_at(self.parsed, &self.row.at, field, value, code)
    }
}

/// What is to be said at the cell of a field in a row.
pub(super) fn fault_at<T>(
    parsed: &Parsed<T>,
    at: &RowPlace,
    field: Field,
    value: &str,
    code: FaultCode,
) -> Fault {
    let column = parsed.column(&at.sheet, field.key()).to_owned();
    Fault { at: Place { sheet: at.sheet.clone(), row: at.row, column }, value: value.to_owned(), code }
}

impl Reading {
    /// Reads a ledger.
    pub(super) async fn of(
        tx: &mut Tx,
        db: &Db,
        ctx: &Ctx,
        county: &County,
        upload: &Upload,
    ) -> Result<Reading, Error> {
        let known = identities(tx, db, county, upload).await?;
        let parsed = ledger::read(&upload.book, home(county), &known, upload.layout(), upload.as_of)
            .map_err(Refusal::Header)?;
        let as_of = position_day(&parsed, upload.as_of)?;
        if as_of > ctx.day() {
            return Err(Refusal::DayAhead { day: as_of }.into());
        }
        let mut report = Report::of(&parsed);
        report.as_of = Some(as_of);
        let older = county.position_on.is_some_and(|newest| as_of < newest);
        if older {
            let newest = county.position_on.map(|day| day.to_string()).unwrap_or_default();
            let at = Place { sheet: parsed.sheet.clone(), row: 1, column: String::new() };
            let code = FaultCode::OlderPosition { newest };
            report.findings.push(Fault { at, value: as_of.to_string(), code });
        }
        let mut places = Places::load(tx, county, as_of).await?;
        let (mut villages, mut bad) = (Vec::with_capacity(parsed.rows.len()), Vec::new());
        for row in &parsed.rows {
            match places.locate(&parsed, &row.at, row.township.as_deref(), &row.village) {
                Ok(village_id) => {
                    report.amount_fen += row.principal_fen;
                    villages.push(Some(village_id));
                }
                Err(fault) => {
                    bad.push(fault);
                    villages.push(None);
                }
            }
        }
        bad.extend(places.also_misplaced(&parsed));
        report.refuse(bad);
        let mut noticed: HashMap<(String, u32), Vec<Fault>> = HashMap::new();
        for fault in &parsed.findings {
            noticed.entry((fault.at.sheet.clone(), fault.at.row)).or_default().push(fault.clone());
        }
        Ok(Reading { parsed, as_of, older, places, villages, noticed, report })
    }

    /// How many rows there are to go through.
    pub(super) fn len(&self) -> usize {
        self.parsed.rows.len()
    }

    /// The rows from one to another that can be taken.
    pub(super) fn rows(&self, from: usize, to: usize) -> impl Iterator<Item = Row<'_>> + Clone {
        let some = self.parsed.rows[from..to].iter().zip(&self.villages[from..to]);
        some.filter_map(|(row, village)| Some(Row { parsed: &self.parsed, row, village_id: (*village)? }))
    }

    /// What a row by itself gives cause to notice.
    pub(super) fn noticed(&self, row: &LedgerRow) -> &[Fault] {
        let place = (row.at.sheet.clone(), row.at.row);
        self.noticed.get(&place).map_or(&[], Vec::as_slice)
    }

    /// The names of branches in the rows that can be taken.
    pub(super) fn branches(&self) -> BTreeSet<&str> {
        self.rows(0, self.len()).map(|line| line.row.bank_branch.as_str()).collect()
    }
}

/// The day of a ledger's position, as its titles or its user give it: a position is recorded as of one.
pub(super) fn position_day<T>(parsed: &Parsed<T>, given: Option<Date>) -> Result<Date, Refusal> {
    parsed.position_on(given).ok_or_else(|| {
        if parsed.states_one_day() {
            Refusal::NoPositionDay
        } else {
            Refusal::SeveralPositionDays { days: parsed.stated_days.clone() }
        }
    })
}

/// The borrowers' identity numbers by institution and contract number, for a ledger that masks them: what was
/// written out masked reads in again.
async fn identities(tx: &mut Tx, db: &Db, county: &County, upload: &Upload) -> Result<ledger::Known, Error> {
    let mut known = ledger::Known::default();
    if !ledger::has_masks(&upload.book) {
        return Ok(known);
    }
    let county_id = county.county_id;
    let numbers = ledger::numbers(&upload.book, upload.layout());
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let loans = loan::by_numbers(tx, &Scope::county(county_id), Date::MAX, &numbers).await?;
    let ids: Vec<i64> = loans.iter().map(|loan| loan.loan_id).collect();
    let persons: HashMap<i64, i64> = loan::borrowers_of(tx, county_id, &ids).await?.into_iter().collect();
    let borrowers: Vec<i64> = persons.values().copied().collect();
    let secrets = person::secrets(tx, db.key(), county_id, SecretKind::Identity, &borrowers).await?;
    let identity_of: HashMap<i64, IdentityNumber> = secrets
        .into_iter()
        .filter_map(|(person_id, text)| Some((person_id, IdentityNumber::parse(&text).ok()?)))
        .collect();
    // A file may call an institution as it was called before.
    let now = bank::lenders(tx, county_id).await?.into_iter().map(|lender| (lender.lender_id, lender.name));
    let before = former_name::list(tx, county_id, gone::Noun::Lender).await?.into_iter();
    let mut lenders: HashMap<i64, Vec<String>> = HashMap::new();
    for (lender_id, name) in now.chain(before.map(|former| (former.row_id, former.name))) {
        lenders.entry(lender_id).or_default().push(named_bank(&name, home(county)).lender);
    }
    for loan in loans {
        let identity = persons.get(&loan.loan_id).and_then(|person| identity_of.get(person));
        let Some(identity) = identity else { continue };
        for lender in lenders.get(&loan.lender_id).into_iter().flatten() {
            known.insert((lender.clone(), loan.number.clone()), identity.clone());
        }
    }
    Ok(known)
}
