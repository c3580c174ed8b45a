//! The bank's movements (还款流水): each becomes an event of its loan, or a difference that stays until resolved.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bangfu_domain::loan::{EventKind, Fold, LoanEvent, MovementVerdict, fold, judge_movement};
use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use bangfu_sheets::repayments::{self, MovementKind, RepaymentRow};
use bangfu_store::bank;
use bangfu_store::county::County;
use bangfu_store::difference::{self, Difference};
use bangfu_store::loan;
use bangfu_store::movement::{self, Movement};
use bangfu_store::{Db, Tx};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::registry::{Ids, Registry};
use super::report::Report;
use super::{Scene, Upload};
use crate::book::{self, Work};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::rules::Rules;

/// What a repayments file will write.
pub(super) struct Plan {
    rules: Rules,
    ids: Ids,
    works: Vec<Work>,
    movements: Vec<Movement>,
    differences: Vec<Differing>,
    /// The branches of the institutions in the file, and the day up to which they have reported.
    reported: Option<(Vec<i64>, Date)>,
}

struct Differing {
    kind: &'static str,
    loan: Option<(i64, i64)>,
    number: String,
    on: Date,
    facts: Value,
}

struct Planner<'a> {
    db: &'a Db,
    registry: Registry,
    loans: HashMap<(i64, String), Work>,
    by_number: HashMap<String, Vec<i64>>,
    persons: HashMap<i64, i64>,
    serials: HashMap<i64, HashMap<String, Vec<u8>>>,
    touched: BTreeSet<(i64, String)>,
    movements: Vec<Movement>,
    differences: Vec<Differing>,
    lenders: BTreeSet<i64>,
}

/// Works out what a repayments file would change.
pub(super) async fn plan(
    tx: &mut Tx,
    db: &Db,
    _ctx: &Ctx,
    county: &County,
    rules: Rules,
    upload: &Upload,
) -> Result<(Report, Plan), Error> {
    let parsed = repayments::read(&upload.book).map_err(Refusal::Header)?;
    let mut report = Report::of(&parsed);
    let ids = Ids::load(tx, county).await?;
    let registry = Registry::load(tx, county).await?;
    let numbers: Vec<&str> = parsed.rows.iter().map(|row| row.number.as_str()).collect();
    let found = loan::by_numbers(tx, county.county_id, &numbers).await?;
    let loan_ids: Vec<i64> = found.iter().map(|loan| loan.loan_id).collect();
    let mut planner = Planner {
        db,
        registry,
        loans: HashMap::new(),
        by_number: HashMap::new(),
        persons: loan::borrowers_of(tx, county.county_id, &loan_ids).await?.into_iter().collect(),
        serials: HashMap::new(),
        touched: BTreeSet::new(),
        movements: Vec::new(),
        differences: Vec::new(),
        lenders: BTreeSet::new(),
    };
    for work in book::load(tx, county.county_id, &loan_ids).await? {
        let key = (work.loan.lender_id, work.loan.number.clone());
        planner.by_number.entry(key.1.clone()).or_default().push(key.0);
        planner.loans.insert(key, work);
    }
    for lender in bank::lenders(tx, county.county_id).await? {
        let known = movement::known(tx, county.county_id, lender.lender_id).await?;
        planner.serials.insert(lender.lender_id, known.into_iter().collect());
    }
    // The bank's own order: by day, then by serial number.
    let mut rows: Vec<&RepaymentRow> = parsed.rows.iter().collect();
    rows.sort_by(|a, b| (a.on, &a.serial, a.at.row).cmp(&(b.on, &b.serial, b.at.row)));
    let mut repeats: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for row in rows {
        report.amount_fen += row.amount_fen;
        planner.row(row, &mut repeats, &mut report);
    }
    report.differences = planner.differences.len();
    let last = upload.until_on.or_else(|| parsed.rows.iter().map(|row| row.on).max());
    report.until_on = last;
    let reported = last.map(|until| {
        let branches =
            planner.lenders.iter().flat_map(|lender| planner.registry.branches_of(*lender)).collect();
        (branches, until)
    });
    let Planner { mut loans, touched, movements, differences, .. } = planner;
    let works = touched.iter().filter_map(|key| loans.remove(key)).collect();
    Ok((report, Plan { rules, ids, works, movements, differences, reported }))
}

impl Planner<'_> {
    fn row(&mut self, row: &RepaymentRow, repeats: &mut BTreeMap<Vec<u8>, usize>, report: &mut Report) {
        let Some(lender_id) = self.lender(row) else {
            self.differ("unknown-number", None, row, json!({}));
            return;
        };
        self.lenders.insert(lender_id);
        let said = format!(
            "{}|{}|{}|{}|{}|{}",
            row.number,
            row.on,
            row.amount_fen,
            row.balance_fen.map(|fen| fen.to_string()).unwrap_or_default(),
            row.name.as_deref().unwrap_or_default(),
            row.kind.key()
        );
        let content_hash = self.db.key().hash(&said);
        // A movement without a serial number is known by what it says, and by how often the file says it.
        let serial = row.serial.clone().unwrap_or_else(|| {
            let nth = repeats.entry(content_hash.clone()).or_default();
            *nth += 1;
            let hex: String = content_hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
            format!("~{hex}-{nth}")
        });
        let known = self.serials.entry(lender_id).or_default();
        match known.get(&serial) {
            Some(hash) if *hash == content_hash => {
                report.changes.unchanged += 1;
                return;
            }
            Some(_) => {
                self.differ("serial-reused", None, row, json!({ "serial": serial }));
                return;
            }
            None => known.insert(serial.clone(), content_hash.clone()),
        };
        report.changes.new += 1;
        let became = self.apply(lender_id, row);
        self.movements.push(Movement {
            lender_id,
            serial,
            content_hash,
            number: row.number.clone(),
            on_day: row.on,
            amount_fen: row.amount_fen,
            balance_fen: row.balance_fen,
            became,
        });
    }

    /// The institution that a row speaks for: the one it names, or the only one with such a number.
    fn lender(&self, row: &RepaymentRow) -> Option<i64> {
        match &row.institution {
            Some(name) => self.registry.known_lender(name),
            None => match self.by_number.get(&row.number).map(Vec::as_slice) {
                Some([one]) => Some(*one),
                _ => None,
            },
        }
    }

    /// Records a movement on its loan, or notes why it does not fit.
    fn apply(&mut self, lender_id: i64, row: &RepaymentRow) -> Option<(i64, u32)> {
        let key = (lender_id, row.number.clone());
        let Some(work) = self.loans.get(&key) else {
            self.differ("unknown-number", None, row, json!({}));
            return None;
        };
        let loan = Some((work.loan.loan_id, work.loan.branch_id));
        if row.name.as_ref().is_some_and(|name| *name != work.loan.borrower_name) {
            let facts = json!({ "book": work.loan.borrower_name, "bank": row.name });
            self.differ("other-name", loan, row, facts);
            return None;
        }
        if let Some(identity) = &row.identity {
            let person = self.registry.person(self.db, identity.as_str()).map(|(person, _)| person);
            if person.is_none() || person != self.persons.get(&work.loan.loan_id).copied() {
                self.differ("other-identity", loan, row, json!({ "bank": identity.masked() }));
                return None;
            }
        }
        match row.kind {
            MovementKind::Principal => {}
            // Interest changes no balance; it is kept with the movements.
            MovementKind::Interest => return None,
            MovementKind::Other => {
                self.differ("unknown-kind", loan, row, json!({ "kind": row.kind_text }));
                return None;
            }
        }
        let folded: Fold = fold(&work.events, i64::MAX)?;
        let (kind, book_fen) = match judge_movement(&folded, row.on, row.amount_fen, row.balance_fen) {
            MovementVerdict::Follows => {
                let work = self.loans.get_mut(&key)?;
                let seq = work.events.last().map_or(1, |last| last.seq + 1);
                let kind = EventKind::Repaid { amount_fen: row.amount_fen };
                work.events.push(LoanEvent { seq, effective_on: row.on, recorded_at: 0, kind });
                self.touched.insert(key);
                return Some((loan?.0, seq));
            }
            MovementVerdict::BalanceDiffers { book_fen } => ("balance-differs", book_fen),
            MovementVerdict::MoreThanOwed { book_fen } => ("more-than-owed", book_fen),
            MovementVerdict::BeforeDisbursement => ("before-disbursement", folded.terms.principal_fen),
        };
        self.differ(kind, loan, row, json!({ "book_fen": book_fen }));
        None
    }

    fn differ(&mut self, kind: &'static str, loan: Option<(i64, i64)>, row: &RepaymentRow, mut facts: Value) {
        facts["row"] = json!(row.at.row);
        facts["amount_fen"] = json!(row.amount_fen);
        facts["balance_fen"] = json!(row.balance_fen.map(Fen::get));
        facts["name"] = json!(row.name);
        self.differences.push(Differing { kind, loan, number: row.number.clone(), on: row.on, facts });
    }
}

/// Writes what a repayments file changes.
pub(super) async fn write(tx: &mut Tx, scene: &Scene<'_>, plan: Plan) -> Result<(), Error> {
    let Plan { mut rules, mut ids, mut works, movements, differences, reported } = plan;
    let (county, at) = (scene.county, scene.stamp.at);
    let county_id = county.county_id;
    for event in works.iter_mut().flat_map(|work| work.events[work.known..].iter_mut()) {
        event.recorded_at = at;
    }
    let mut moved = Vec::new();
    if let Some((branches, until)) = &reported {
        moved = branches
            .iter()
            .copied()
            .filter(|branch| rules.until.get(branch).is_none_or(|known| known < until))
            .collect();
        bank::report(tx, county_id, &moved, *until, at, scene.import_id).await?;
        rules.until.extend(moved.iter().map(|branch| (*branch, *until)));
    }
    book::save(tx, county, scene.stamp, &rules, Some(scene.import_id), &mut works).await?;
    movement::add(tx, county_id, scene.import_id, &movements).await?;
    if let Some((_, until)) = reported {
        refresh_awaiting(tx, scene, county, &rules, &moved, until).await?;
    }
    let mut rows = Vec::with_capacity(differences.len());
    for one in differences {
        let mut told = one.facts.clone();
        // Where a row stands in its file does not make it another difference.
        told["row"] = Value::Null;
        rows.push(Difference {
            difference_id: ids.take(),
            kind: one.kind.to_owned(),
            loan_id: one.loan.map(|(loan, _)| loan),
            branch_id: one.loan.map(|(_, branch)| branch),
            fingerprint: scene.db.key().hash(&format!("{} {} {} {told}", one.kind, one.number, one.on)),
            number: one.number,
            on_day: one.on,
            facts: one.facts.to_string(),
            import_id: scene.import_id,
            opened_at: at,
            resolved_at: None,
        });
    }
    difference::add(tx, county_id, &rows).await?;
    ids.save(tx, county).await
}

/// Derives the loans anew that await a bank which has now reported.
pub(super) async fn refresh_awaiting(
    tx: &mut Tx,
    scene: &Scene<'_>,
    county: &County,
    rules: &Rules,
    branches: &[i64],
    until: Date,
) -> Result<(), Error> {
    let mut waiting = BTreeSet::new();
    for branch in branches {
        let found = loan::standing_since(tx, county.county_id, *branch, Standing::Awaiting, until).await?;
        waiting.extend(found);
    }
    let waiting: Vec<i64> = waiting.into_iter().collect();
    book::refresh(tx, county, scene.stamp, rules, &waiting).await
}
