//! The bank's answer: it alone changes the loan.

use bangfu_domain::handling::{Kind, Move, State, moved};
use bangfu_domain::loan::{EventKind, Particulars, Placement, Terms};
use bangfu_domain::money::Fen;
use bangfu_domain::rate::Rate;
use bangfu_domain::task::{Evidence, Patience, Task, late};
use bangfu_domain::warning::Standing;
use bangfu_store::county::{self, County, Stamp};
use bangfu_store::handling::{self, StoredHandling};
use bangfu_store::loan::{self, Loan};
use bangfu_store::task::{self, StoredTask, TaskStep};
use bangfu_store::{Db, Tx, audit};
use jiff::civil::Date;
use serde_json::json;

use super::decide::{close_task, promise};
use super::{HandlingFault, as_seen, has_come, move_on, pack_of, seen, step};
use crate::book::{self, Work};
use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::reason::sound_reason;
use crate::rulebook::RuleBook;
use crate::rules::Rules;

/// What the bank has done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Granted {
    /// The new due day, of an extension or a renewal.
    pub due_on: Option<Date>,
    /// 借据号 of the new contract, of a renewal.
    pub number: String,
    /// What the new contract lends.
    pub amount_fen: Option<Fen>,
    /// Its yearly rate, where it is another.
    pub rate: Option<Rate>,
}

/// The bank's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The proposal.
    pub handling_id: i64,
    /// The version that was seen.
    pub version: i64,
    /// The account of who records the answer.
    pub account_id: i64,
    /// The bank's day.
    pub on: Date,
    /// What it has done; `None` if it said no.
    pub granted: Option<Granted>,
    /// The bank's paper, or why it said no.
    pub note: String,
}

/// Records the bank's answer about a loan of the actor's area: what it granted changes the loan, a refusal returns it to its
/// colour, with a task.
pub async fn answer(db: &Db, ctx: &Ctx, answer: &Answer) -> Result<State, Error> {
    let note = match answer.note.trim() {
        "" if answer.granted.is_some() => String::new(),
        _ => sound_reason(&answer.note, Refusal::Handling(HandlingFault::NoReason))?,
    };
    in_write!(db, ctx.county_id(), |tx| async {
        let county_id = ctx.county_id();
        let was = as_seen(tx, ctx, (answer.handling_id, answer.version)).await?;
        let loan = seen(tx, ctx, was.loan_id).await?;
        let by = if answer.granted.is_some() { Move::Grant } else { Move::Refuse };
        let state = moved((was.kind, was.state), by, (false, false), (0, 1))?;
        if !has_come(ctx, answer.on) || answer.on < was.made_on {
            return Err(HandlingFault::AnswerDay { first: was.made_on }.into());
        }
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let new_loan_id = match &answer.granted {
            Some(granted) => grant(tx, ctx, stamp, (&was, &loan), (answer.on, granted)).await?,
            None => {
                return_to_colour(tx, ctx, stamp, &loan).await?;
                None
            }
        };
        let now = StoredHandling { state, moved_on: ctx.today, new_loan_id, ..was.clone() };
        move_on(tx, ctx, &now).await?;
        let answered = step(ctx, by.key(), answer.account_id, &note);
        handling::add_step(tx, county_id, stamp, was.handling_id, &answered).await?;
        let granted = answer.granted.as_ref();
        let facts = json!({ "handling": was.handling_id, "kind": was.kind.key(), "on": answer.on,
                            "before": was.state.key(), "after": state.key(),
                            "due_on": [loan.terms.due_on.to_string(),
                                       granted.and_then(|granted| granted.due_on).map(|on| on.to_string()).unwrap_or_default()],
                            "new_loan": new_loan_id });
        let entry = Ctx { reason: Some(note.clone()).filter(|note| !note.is_empty()), ..ctx.clone() }.entry(
            "handling-answered",
            was.loan_id.to_string(),
            &facts,
        );
        audit::add(tx, county_id, stamp, &entry).await?;
        audit::note_changes(tx, county_id, stamp, "loan", &[was.loan_id]).await?;
        Ok::<State, Error>(state)
    })
}

/// What follows from what the bank granted; the id of the loan that took over, if one did.
async fn grant(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: Stamp,
    (asked, loan): (&StoredHandling, &Loan),
    (on, granted): (Date, &Granted),
) -> Result<Option<i64>, Error> {
    match asked.kind {
        Kind::Extension => {
            let after = loan.terms.due_on;
            let due_on = granted.due_on.filter(|due_on| *due_on > after);
            let due_on = due_on.ok_or(HandlingFault::Day { after })?;
            write(tx, ctx, stamp, loan.loan_id, vec![(on, EventKind::Extended { due_on })], None).await?;
            close_task(tx, ctx, stamp, loan.loan_id, Evidence::Extended).await?;
            Ok(None)
        }
        Kind::Renewal => {
            let by_loan_id = renew(tx, ctx, stamp, loan, (on, granted)).await?;
            close_task(tx, ctx, stamp, loan.loan_id, Evidence::Renewed).await?;
            Ok(Some(by_loan_id))
        }
        Kind::Instalments => {
            let plan = handling::plan(tx, ctx.county_id(), asked.handling_id).await?;
            let next = plan.iter().find(|part| part.on >= ctx.today);
            if let Some(part) = next {
                promise(tx, ctx, loan.loan_id, (part.on, Some(part.amount_fen))).await?;
            }
            Ok(None)
        }
        Kind::Court | Kind::WriteOff | Kind::Repayment | Kind::Collection | Kind::Release => Ok(None),
    }
}

/// Closes a loan and opens, or finds, the one that takes over: its id.
async fn renew(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: Stamp,
    old: &Loan,
    (on, granted): (Date, &Granted),
) -> Result<i64, Error> {
    let county_id = ctx.county_id();
    let number = granted.number.trim().to_owned();
    if number.is_empty() || number.chars().any(char::is_control) {
        return Err(HandlingFault::NoNumber.into());
    }
    let owed_fen = old.balance_fen;
    let amount_fen = granted.amount_fen.filter(|fen| fen.is_positive() && *fen <= owed_fen);
    let amount_fen = amount_fen.ok_or(HandlingFault::Amount { owed_fen })?;
    let due_on = granted.due_on.filter(|due_on| *due_on > on).ok_or(HandlingFault::Day { after: on })?;
    let ids = loan::ever_numbered(tx, county_id, &[number.as_str()]).await?;
    let known =
        loan::by_ids(tx, county_id, &ids).await?.into_iter().find(|one| one.lender_id == old.lender_id);
    let is_there = known.is_some();
    let by_loan_id = match known {
        // A ledger may have told of it before the bank's answer was recorded here.
        Some(known)
            if known.household_id == old.household_id && known.loan_id != old.loan_id && !known.gone =>
        {
            known.loan_id
        }
        Some(_) => return Err(HandlingFault::NumberTaken { number }.into()),
        None => county::take_ids(tx, county_id, 1).await?,
    };
    let new = (!is_there).then(|| {
        let terms = Terms {
            principal_fen: amount_fen,
            rate: granted.rate.or(old.terms.rate),
            disbursed_on: on,
            due_on,
            term_months: None,
            purpose: old.terms.purpose.clone(),
        };
        opened(old, by_loan_id, number, terms, stamp)
    });
    write(tx, ctx, stamp, old.loan_id, vec![(on, EventKind::Renewed { by_loan_id })], new).await?;
    if !is_there
        && let Some(person_id) = loan::borrower(tx, county_id, old.loan_id).await?
        && let Some(household_id) = old.household_id
    {
        loan::put_borrowers(tx, county_id, &[(by_loan_id, person_id, household_id)]).await?;
    }
    Ok(by_loan_id)
}

/// The contract that takes over a loan: the same borrower, place, branch and officers.
fn opened(old: &Loan, loan_id: i64, number: String, terms: Terms, stamp: Stamp) -> Work {
    let about = Particulars {
        borrower_name: old.borrower_name.clone(),
        household_class: old.household_class.clone(),
        enterprise_id: old.enterprise_id,
        guide_id: old.guide_id,
        technologist_id: old.technologist_id,
        note: None,
    };
    let placement =
        Placement { village_id: old.village_id, branch_id: old.branch_id, manager_id: old.manager_id };
    let disbursed_on = terms.disbursed_on;
    let mut events = Vec::new();
    let happened = [EventKind::Opened { terms: terms.clone(), about }, EventKind::Placed { placement }];
    book::append(&mut events, happened.map(|kind| (disbursed_on, kind)), stamp.at);
    let loan = Loan {
        loan_id,
        number,
        note: None,
        placed_on: disbursed_on,
        terms,
        repaid_fen: Fen::ZERO,
        settled_on: None,
        standing: Standing::None,
        balance_fen: Fen::ZERO,
        next_change_on: None,
        event_seq: 0,
        version: 1,
        ..old.clone()
    };
    Work { loan, events, known: 0 }
}

/// Writes what happened to a loan, and another one with it.
async fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: Stamp,
    loan_id: i64,
    happened: Vec<(Date, EventKind)>,
    new: Option<Work>,
) -> Result<(), Error> {
    let county: County = county::get(tx, ctx.county_id()).await?;
    let rules = Rules::load(tx, &county, None).await?;
    let mut works = book::load(tx, county.county_id, &[loan_id]).await?;
    for work in &mut works {
        book::append(&mut work.events, happened.iter().cloned(), stamp.at);
    }
    works.extend(new);
    book::save(tx, &county, stamp, &rules, None, &mut works).await
}

/// A refused loan stands in its colour again, and what its level asks for is to be done from today on.
async fn return_to_colour(tx: &mut Tx, ctx: &Ctx, stamp: Stamp, loan: &Loan) -> Result<(), Error> {
    let county_id = ctx.county_id();
    let book = RuleBook::of_county(tx, county_id, None).await?;
    let pack = pack_of(book, loan)?;
    let known = task::of_loans(tx, county_id, &[loan.loan_id]).await?.into_iter().next();
    let level = known.map_or(loan.standing, |known| known.task.level);
    let Some(response) = pack.responses.of(level) else { return Ok(()) };
    let (step_on, _) = book.calendar.working_days_after(ctx.today, response.working_days);
    let task = Task {
        level,
        since_on: known.map_or(ctx.today, |known| known.task.since_on),
        due_day: loan.terms.due_on,
        step_on: Some(step_on),
        late_on: None,
        county_on: None,
        supervised_on: known.and_then(|known| known.task.supervised_on),
    };
    let patience = Patience { county_working_days: pack.county_after.value };
    let task_id = match known {
        Some(known) => known.task_id,
        None => county::take_ids(tx, county_id, 1).await?,
    };
    let stored = StoredTask {
        task_id,
        loan_id: loan.loan_id,
        made_on: known.map_or(ctx.today, |known| known.made_on),
        task,
        next_on: late(&task, task.since_on, (response, patience), &book.calendar).2,
        promised: None,
        version: known.map_or(1, |known| known.version),
    };
    task::put(tx, county_id, &[stored]).await?;
    let refused = TaskStep { task_id, on_day: ctx.today, kind: "refused", level, contact_id: None };
    Ok(task::add_steps(tx, county_id, stamp, &[refused]).await?)
}
