//! Receipts (送达回执) as evidence, and the watch over the limitation of actions (诉讼时效): what was overdue so long that its bank
//! soon may sue no more.

use std::collections::BTreeMap;

use bangfu_domain::limitation::{Interruption, Limitation, limitation};
use bangfu_domain::loan::{LoanEvent, add_months};
use bangfu_domain::paper::{Code, PaperKind};
use bangfu_domain::warning::Standing;
use bangfu_store::delivery::{self, Delivery};
use bangfu_store::division::ALWAYS;
use bangfu_store::loan::{self, Filter, ListRow, Loan, Order, Shown};
use bangfu_store::{Db, Tx, audit, county};
use jiff::civil::Date;
use serde_json::json;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::paper::{PaperFault, find};
use crate::reason::sound_reason;
use crate::rules::{Rules, reach};

/// The longest words for whoever received something, in characters.
pub const RECEIVER_MAX: usize = 40;

/// How something reaches somebody (送达方式), as keys of texts.
pub const WAYS: [&str; 5] = ["hand", "family", "left", "post", "public"];

/// How many months ahead the watch looks if nothing else is asked.
pub const MONTHS: u32 = 6;

/// The most months that it looks ahead.
pub const MONTHS_MAX: u32 = 60;

/// So many loans are watched at most: of loans overdue for years a county has few.
const WATCHED_MAX: usize = 5_000;

/// A receipt as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// What it is evidence of.
    pub kind: Interruption,
    /// The day on which it was received, or promised.
    pub on_day: Date,
    /// How: one of [`WAYS`].
    pub way: &'static str,
    /// Who received or promised it.
    pub receiver: String,
    /// Anything else.
    pub note: String,
    /// The code of the notice that was served, where it is one of the papers.
    pub code: Option<Code>,
}

/// Records a receipt of a loan of the actor's area.
pub async fn record(db: &Db, ctx: &Ctx, loan_id: i64, new: &NewDelivery) -> Result<i64, Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let county_id = ctx.county_id();
        let loan = loan::get(tx, &ctx.scope, loan_id, ctx.today).await?.ok_or(Refusal::NotFound)?;
        let receiver = new.receiver.trim();
        if new.on_day > ctx.today || new.on_day < loan.terms.disbursed_on {
            return Err(PaperFault::ReceiptDay.into());
        }
        let most = RECEIVER_MAX;
        let fault = Refusal::Paper(PaperFault::Receiver { most });
        if receiver.chars().count() > most || receiver.chars().any(char::is_control) {
            return Err(fault.into());
        }
        let receiver = sound_reason(receiver, fault)?;
        let note = match new.note.trim() {
            "" => String::new(),
            note => sound_reason(note, Refusal::NoReason)?,
        };
        let paper_id = served(tx, ctx, loan_id, new).await?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let receipt = Delivery {
            delivery_id: county::take_ids(tx, county_id, 1).await?,
            loan_id,
            kind: new.kind,
            on_day: new.on_day,
            way: new.way.to_owned(),
            receiver,
            note,
            paper_id,
            actor: ctx.actor.clone(),
            recorded_at: stamp.at,
        };
        delivery::add(tx, county_id, &receipt).await?;
        let facts = json!({ "delivery": receipt.delivery_id, "kind": receipt.kind.key(), "on": receipt.on_day,
                            "way": receipt.way, "paper": receipt.paper_id });
        let entry = ctx.entry("delivery-recorded", loan_id.to_string(), &facts);
        audit::add(tx, county_id, stamp, &entry).await?;
        Ok::<i64, Error>(receipt.delivery_id)
    })
}

/// The notice that was served: a demand about this loan.
async fn served(tx: &mut Tx, ctx: &Ctx, loan_id: i64, new: &NewDelivery) -> Result<Option<i64>, Error> {
    let Some(code) = &new.code else { return Ok(None) };
    let paper = find(tx, ctx, code).await?.filter(|paper| paper.loan_id == Some(loan_id));
    let notice = paper.filter(|paper| matches!(paper.kind, PaperKind::OverdueNotice | PaperKind::DueNotice));
    Ok(Some(notice.ok_or(PaperFault::NoNotice)?.paper_id))
}

/// The receipts of a loan of the asker's area, by day.
pub async fn of_loan(tx: &mut Tx, ctx: &Ctx, loan_id: i64) -> Result<Vec<Delivery>, Error> {
    loan::get(tx, &ctx.scope, loan_id, ctx.today).await?.ok_or(Refusal::NotFound)?;
    Ok(delivery::of_loans(tx, ctx.county_id(), &[loan_id]).await?)
}

/// A loan that is overdue, and until when its bank may sue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The loan.
    pub row: ListRow,
    /// The term; `None` where the pack does not say how long it is.
    pub term: Option<Limitation>,
    /// How many days are left; negative once it is over.
    pub days_left: Option<i32>,
}

/// The overdue loans of the asker's area whose term ends within so many months or is over, the first to end first.
pub async fn ending(tx: &mut Tx, ctx: &Ctx, months: u32) -> Result<Vec<Watched>, Error> {
    let until = add_months(ctx.today, months);
    let county = county::get(tx, ctx.county_id()).await?;
    let rules = Rules::load(tx, &county, None).await?;
    let Some(shortest) = rules.shortest_limitation() else { return Ok(Vec::new()) };
    // Nothing that fell due later can end by then.
    let last_due = back(until, shortest);
    let shown = Shown::Standing(Standing::Overdue);
    let filter = Filter {
        shown,
        due: Some((ALWAYS.0, last_due)),
        reach: reach(tx, &county, shown, ctx.today).await?,
        ..Filter::default()
    };
    let page = loan::list(tx, &ctx.scope, ctx.today, &filter, Order::Due, None, WATCHED_MAX).await?;
    let mut watched = terms(tx, ctx, &rules, page.rows).await?;
    watched.retain(|one| one.term.is_some_and(|term| term.ends_on <= until));
    watched.sort_by_key(|one| (one.term.map(|term| term.ends_on), one.row.loan_id));
    Ok(watched)
}

/// The day so many years before; the calendar's first where there is none.
fn back(day: Date, years: u32) -> Date {
    let span = jiff::Span::new().try_years(i64::from(years)).unwrap_or_default();
    // A leap day more: the day before may be the last of a shorter month.
    day.saturating_sub(span).saturating_add(jiff::Span::new().days(1))
}

/// Until when the bank of a loan may sue, where it is overdue.
pub async fn term_of(tx: &mut Tx, ctx: &Ctx, loan: &Loan) -> Result<Option<Limitation>, Error> {
    if loan.standing != Standing::Overdue {
        return Ok(None);
    }
    let county = county::get(tx, ctx.county_id()).await?;
    let rules = Rules::load(tx, &county, None).await?;
    let rows = loan::rows(tx, &ctx.scope, ctx.today, &[loan.loan_id]).await?;
    Ok(terms(tx, ctx, &rules, rows).await?.pop().and_then(|one| one.term))
}

async fn terms(tx: &mut Tx, ctx: &Ctx, rules: &Rules, rows: Vec<ListRow>) -> Result<Vec<Watched>, Error> {
    let county_id = ctx.county_id();
    let ids: Vec<i64> = rows.iter().map(|row| row.loan_id).collect();
    let mut interruptions: BTreeMap<i64, Vec<(Date, Interruption)>> = BTreeMap::new();
    for receipt in delivery::of_loans(tx, county_id, &ids).await? {
        interruptions.entry(receipt.loan_id).or_default().push((receipt.on_day, receipt.kind));
    }
    let events = loan::events(tx, county_id, &ids).await?;
    for of_loan in events.chunk_by(|one, next| one.loan_id == next.loan_id) {
        let Some(loan_id) = of_loan.first().map(|stored| stored.loan_id) else { continue };
        let bare: Vec<LoanEvent> = of_loan.iter().map(|stored| stored.event.clone()).collect();
        let Some(fold) = rules.fold(&bare, i64::MAX) else { continue };
        let repaid = fold.repayments.keys().map(|day| (*day, Interruption::Repaid));
        interruptions.entry(loan_id).or_default().extend(repaid);
    }
    let mut watched = Vec::with_capacity(rows.len());
    for row in rows {
        let due_on = rules.due_day(row.disbursed_on, row.due_on)?.on;
        let years = rules.pack_or_first(row.disbursed_on)?.limitation_years.value;
        let known = interruptions.remove(&row.loan_id).unwrap_or_default();
        let term = years.map(|years| limitation(due_on, &known, years));
        let days_left = term.map(|term| bangfu_domain::loan::days_between(ctx.today, term.ends_on));
        watched.push(Watched { row, term, days_left });
    }
    Ok(watched)
}
