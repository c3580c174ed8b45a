//! The bank's movements (还款流水): each becomes an event of its loan, or a difference that stays until resolved.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use bangfu_domain::difference::{DifferenceKind, DifferenceState};
use bangfu_domain::warning::Standing;
use bangfu_sheets::parsed::Parsed;
use bangfu_sheets::repayments::RepaymentRow;
use bangfu_store::county::County;
use bangfu_store::difference::{self, Difference};
use bangfu_store::loan;
use bangfu_store::movement::{self, Movement};
use bangfu_store::{Db, Scope, Tx, audit, bank};
use jiff::civil::Date;
use serde_json::{Value, json};

use super::movement::{Misfit, Retried, Serials, Shelf};
use super::registry::{Ids, Registry};
use super::report::Report;
use super::{Meter, Scene};
use crate::book;
use crate::ctx::Ctx;
use crate::error::Error;
use crate::rules::Rules;

/// What a repayments file will write.
pub(super) struct Plan {
    rules: Rules,
    ids: Ids,
    registry: Registry,
    shelf: Shelf,
    movements: Vec<Movement>,
    differences: Vec<Difference>,
    retried: Retried,
    /// The institutions in the file, and the day up to which they have reported.
    reported: Option<(BTreeSet<i64>, Date)>,
}

struct Planner<'a> {
    db: &'a Db,
    ids: Ids,
    registry: Registry,
    shelf: Shelf,
    /// By institution and serial number, what each movement said: those of the file alone.
    serials: Serials,
    movements: Vec<Movement>,
    differences: Vec<Difference>,
    /// What tells the differences of the file from one another.
    prints: BTreeSet<Vec<u8>>,
    lenders: BTreeSet<i64>,
}

/// A row of the file, and what tells its movement from others.
struct Line<'a> {
    row: &'a RepaymentRow,
    content_hash: Vec<u8>,
    serial: String,
}

/// Works out what a repayments file would change.
pub(super) async fn plan(
    tx: &mut Tx,
    db: &Db,
    ctx: &Ctx,
    county: &County,
    rules: Rules,
    (parsed, until_on): (&Parsed<RepaymentRow>, Option<Date>),
    meter: &Meter,
) -> Result<(Report, Plan), Error> {
    let county_id = county.county_id;
    let mut report = Report::of(parsed);
    let open = super::movement::open(tx, county_id).await?;
    let numbers: Vec<&str> = parsed.rows.iter().map(|row| row.number.as_str()).collect();
    let asked: Vec<&str> =
        numbers.iter().copied().chain(open.iter().map(|(_, movement)| movement.number.as_str())).collect();
    let all = Scope::county(county_id);
    let loan_ids: Vec<i64> =
        loan::by_numbers(tx, &all, ctx.day(), &asked).await?.iter().map(|loan| loan.loan_id).collect();
    let persons: HashMap<i64, i64> =
        loan::borrowers_of(tx, county_id, &loan_ids).await?.into_iter().collect();
    let mut shelf = Shelf::default();
    for work in book::load(tx, county_id, &loan_ids).await? {
        let person = persons.get(&work.loan.loan_id).copied();
        shelf.add(work, person, false);
    }
    let mut registry = Registry::load(tx, county, ctx.today).await?;
    let hashes: Vec<Vec<u8>> = parsed
        .rows
        .iter()
        .filter_map(|row| row.identity.as_ref())
        .map(|identity| db.key().hash(identity.as_str()))
        .chain(open.iter().filter_map(|(_, movement)| movement.identity_hash.clone()))
        .collect();
    registry.look_up(tx, county_id, &hashes).await?;
    let lines = lines(db, &parsed.rows);
    let mut planner = Planner {
        db,
        ids: Ids::load(tx, county).await?,
        registry,
        shelf,
        serials: serials(tx, county_id, &lines, &open).await?,
        movements: Vec::new(),
        differences: Vec::new(),
        prints: BTreeSet::new(),
        lenders: BTreeSet::new(),
    };
    meter.judge(lines.len());
    for line in lines {
        meter.step(1);
        report.amount_fen += line.row.amount_fen;
        planner.row(line, &mut report);
    }
    let Planner {
        mut ids, registry, mut shelf, movements, mut differences, prints, lenders, serials, ..
    } = planner;
    let told = difference::told(tx, county_id, &prints.into_iter().collect::<Vec<_>>()).await?;
    differences.retain(|one| !told.contains(&one.fingerprint));
    differences.iter_mut().for_each(|one| one.difference_id = ids.take());
    let retried = super::movement::retry(&mut shelf, &registry, open, &serials);
    report.differences = differences.len();
    let come = ctx.day();
    // A mistyped year must not make every loan past its due day overdue: nobody reports days to come.
    let last = parsed.rows.iter().map(|row| row.on).filter(|day| *day <= come).max();
    report.findings.extend(
        parsed
            .rows
            .iter()
            .filter(|row| row.on > come)
            .map(|row| super::ahead(row.at.clone(), parsed.column(&row.at.sheet, "on"), row.on)),
    );
    report.until_on = until_on.or(last);
    let reported = report.until_on.map(|until| (lenders, until));
    Ok((report, Plan { rules, ids, registry, shelf, movements, differences, retried, reported }))
}

/// The rows of a file in the bank's own order: by day, then as the balance falls, then by serial number.
fn lines<'a>(db: &Db, rows: &'a [RepaymentRow]) -> Vec<Line<'a>> {
    let mut rows: Vec<&RepaymentRow> = rows.iter().collect();
    rows.sort_by_cached_key(|row| (row.on, Reverse(row.balance_fen), row.serial.clone(), row.at.row));
    let mut repeats: HashMap<Vec<u8>, usize> = HashMap::new();
    let line = |row: &'a RepaymentRow| {
        let said = format!(
            "{}|{}|{}|{}|{}|{}",
            row.number,
            row.on,
            row.amount_fen,
            row.balance_fen.map(|fen| fen.to_string()).unwrap_or_default(),
            row.name.as_deref().unwrap_or_default(),
            row.kind.key()
        );
        let content_hash = db.key().hash(&said);
        // A movement without a serial number is known by what it says, and by how often the file says it.
        let serial = row.serial.clone().unwrap_or_else(|| {
            let nth = repeats.entry(content_hash.clone()).or_default();
            *nth += 1;
            let hex: String = content_hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
            format!("~{hex}-{nth}")
        });
        Line { row, content_hash, serial }
    };
    rows.into_iter().map(line).collect()
}

/// What the book has under the serial numbers of a file and of the movements that are tried again with it, of whatever
/// institution.
async fn serials(
    tx: &mut Tx,
    county_id: i64,
    lines: &[Line<'_>],
    open: &[(Difference, Movement)],
) -> Result<Serials, Error> {
    let of_file = lines.iter().map(|line| line.serial.as_str());
    let asked: BTreeSet<&str> =
        of_file.chain(open.iter().map(|(_, movement)| movement.serial.as_str())).collect();
    let asked: Vec<&str> = asked.into_iter().collect();
    // Some came from an institution that nobody could tell.
    let lenders = bank::lenders(tx, county_id).await?.into_iter().map(|lender| lender.lender_id);
    let lenders: Vec<i64> = lenders.chain([0]).collect();
    let mut serials = Serials::new();
    for (lender_id, serial, hash) in movement::known(tx, county_id, &lenders, &asked).await? {
        serials.entry(lender_id).or_default().insert(serial, hash);
    }
    Ok(serials)
}

impl Planner<'_> {
    fn row(&mut self, Line { row, content_hash, serial }: Line<'_>, report: &mut Report) {
        // The institution that a row speaks for: the one it names, or the only one with such a number.
        let lender_id = match &row.institution {
            Some(name) => self.registry.lender_of(&mut self.ids, name),
            None => self.shelf.only_lender(&row.number).unwrap_or(0),
        };
        if lender_id != 0 {
            self.lenders.insert(lender_id);
        }
        let mut movement = Movement {
            lender_id,
            serial,
            content_hash,
            number: row.number.clone(),
            on_day: row.on,
            amount_fen: row.amount_fen,
            balance_fen: row.balance_fen,
            kind: row.kind.key().to_owned(),
            name: row.name.clone(),
            identity_hash: row.identity.as_ref().map(|identity| self.db.key().hash(identity.as_str())),
            became: None,
        };
        match self.serials.entry(lender_id).or_default().get(&movement.serial) {
            Some(hash) if *hash == movement.content_hash => {
                report.changes.unchanged += 1;
                return;
            }
            Some(_) => {
                let facts = json!({ "serial": movement.serial, "lender_id": lender_id });
                let loan = self.shelf.loan_of(&movement);
                self.differ(&movement, Misfit { kind: DifferenceKind::SerialReused, loan, facts }, row);
                return;
            }
            None => {}
        }
        let known = self.serials.entry(lender_id).or_default();
        known.insert(movement.serial.clone(), movement.content_hash.clone());
        report.changes.new += 1;
        match self.shelf.apply(&self.registry, &movement) {
            Ok(became) => movement.became = became,
            Err(misfit) => self.differ(&movement, misfit, row),
        }
        self.movements.push(movement);
    }

    fn differ(&mut self, movement: &Movement, mut misfit: Misfit, row: &RepaymentRow) {
        match misfit.kind {
            DifferenceKind::OtherIdentity => {
                misfit.facts["bank"] = json!(row.identity.as_ref().map(|identity| identity.masked()));
            }
            DifferenceKind::OtherName => misfit.facts["bank"] = json!(row.name),
            DifferenceKind::UnknownKind => misfit.facts["kind"] = json!(row.kind_text),
            _ => {}
        }
        // Where a row stands in its file does not make it another difference; another movement does, though it may
        // say the same.
        let told = super::movement::told(movement, misfit.facts.clone(), None);
        let (lender, serial) = (movement.lender_id, &movement.serial);
        let print =
            format!("{} {lender} {serial} {} {} {told}", misfit.kind.key(), movement.number, movement.on_day);
        let fingerprint = self.db.key().hash(&print);
        if !self.prints.insert(fingerprint.clone()) {
            return;
        }
        let fits_later = misfit.kind != DifferenceKind::SerialReused;
        let facts: Value = super::movement::told(movement, misfit.facts, Some(row.at.row));
        self.differences.push(Difference {
            difference_id: 0,
            kind: misfit.kind,
            loan_id: misfit.loan.map(|(loan, _)| loan),
            branch_id: misfit.loan.map(|(_, branch)| branch),
            movement: fits_later.then(|| (movement.lender_id, movement.serial.clone())),
            number: movement.number.clone(),
            name: movement.name.clone(),
            on_day: movement.on_day,
            facts: facts.to_string(),
            import_id: 0,
            opened_at: 0,
            fingerprint,
            state: DifferenceState::Open,
            due_on: None,
            resolved_at: None,
            resolution: None,
            settled_by: None,
        });
    }
}

/// Writes what a repayments file changes.
pub(super) async fn write(tx: &mut Tx, scene: &Scene<'_>, plan: Plan) -> Result<(), Error> {
    let Plan { mut rules, ids, mut registry, shelf, movements, mut differences, retried, reported } = plan;
    let (county, at) = (scene.county, scene.stamp.at);
    let county_id = county.county_id;
    let mut works = shelf.into_touched();
    for event in works.iter_mut().flat_map(|work| work.events[work.known..].iter_mut()) {
        event.recorded_at = at;
    }
    let mut moved = BTreeMap::new();
    if let Some((lenders, until)) = &reported {
        let branches = lenders.iter().flat_map(|lender| registry.branches_of(*lender));
        moved = report(tx, scene, &mut rules, branches, *until).await?;
    }
    registry.save(tx, scene.db, county, scene.stamp, scene.import_id).await?;
    scene.save(tx, county, &rules, &mut works).await?;
    movement::add(tx, county_id, scene.import_id, &movements).await?;
    if let Some((_, until)) = reported {
        refresh_awaiting(tx, scene, county, &rules, &moved, until).await?;
    }
    for one in &mut differences {
        (one.import_id, one.opened_at) = (scene.import_id, at);
    }
    difference::add(tx, county_id, &differences).await?;
    let opened: Vec<i64> = differences.iter().map(|one| one.difference_id).collect();
    audit::note_changes(tx, county_id, scene.stamp, "difference", &opened).await?;
    super::movement::write(tx, scene, &retried).await?;
    ids.save(tx, county).await
}

/// Moves the data-until day of the branches for which it is news, each with the day that it had; of the others it is
/// noted that the file says so too.
pub(super) async fn report(
    tx: &mut Tx,
    scene: &Scene<'_>,
    rules: &mut Rules,
    branches: impl Iterator<Item = i64>,
    until: Date,
) -> Result<BTreeMap<i64, Option<Date>>, Error> {
    let (moved, others): (BTreeMap<i64, Option<Date>>, BTreeMap<i64, Option<Date>>) = branches
        .map(|branch| (branch, rules.until.get(&branch).copied()))
        .partition(|(_, known)| known.is_none_or(|known| known < until));
    let ids: Vec<i64> = moved.keys().copied().collect();
    let others: Vec<i64> = others.into_keys().collect();
    bank::report(tx, scene.county.county_id, &ids, scene.told(until)).await?;
    bank::note_told(tx, scene.county.county_id, &others, scene.told(until)).await?;
    rules.until.extend(ids.into_iter().map(|branch| (branch, until)));
    Ok(moved)
}

/// Derives the loans anew that await a bank which has now reported. A loan awaits from a day after the one up to which
/// its branch had reported; one that had reported nothing has no loans yet, or only some that were written with this.
pub(super) async fn refresh_awaiting(
    tx: &mut Tx,
    scene: &Scene<'_>,
    county: &County,
    rules: &Rules,
    moved: &BTreeMap<i64, Option<Date>>,
    until: Date,
) -> Result<(), Error> {
    let Some(after) = moved.values().flatten().min() else { return Ok(()) };
    let found = loan::coming_to(tx, county.county_id, Standing::Awaiting, *after, until).await?;
    let waiting: BTreeSet<i64> = found
        .into_iter()
        .filter(|(_, branch)| moved.contains_key(branch))
        .map(|(loan_id, _)| loan_id)
        .collect();
    let waiting: Vec<i64> = waiting.into_iter().collect();
    book::refresh(tx, county, scene.stamp, rules, &waiting).await
}
