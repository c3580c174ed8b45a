//! Handling what a loan's level asks for: a contact is recorded and answers the step that is due.

pub mod list;

use bangfu_domain::money::Fen;
use bangfu_domain::officer::Role;
use bangfu_domain::task::{Outcome, Patience, Way, answered, late};
use bangfu_domain::warning::Standing;
use bangfu_store::contact::{self, Contact};
use bangfu_store::county;
use bangfu_store::loan::{self, Loan};
use bangfu_store::task::{self, StoredTask, TaskStep};
use bangfu_store::{Db, Tx, audit};
use jiff::civil::Date;
use serde_json::json;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::in_write;
use crate::reason::sound_reason;
use crate::rulebook::RuleBook;

/// The longest words for whom somebody met, in characters.
pub const MET_MAX: usize = 40;

/// So many records of a loan are shown.
const SHOWN: i64 = 100;

/// Why a contact cannot be recorded so. Doors render it in the user's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactFault {
    /// Its day has not come, or lies before the loan.
    Day,
    /// Somebody promised to pay, and the day is missing or lies before the contact.
    PromisedDay,
    /// The promised amount is none, or more than is owed.
    PromisedAmount {
        /// What is owed.
        owed_fen: Fen,
    },
    /// Of such an outcome nothing is said without a note.
    Note,
    /// Only a centre finds out that money was used for what it was lent for.
    Centres,
    /// Whom somebody met is not said, or in too many words.
    Met {
        /// The most characters.
        most: usize,
    },
}

impl ContactFault {
    /// The key of its text.
    pub const fn key(self) -> &'static str {
        match self {
            ContactFault::Day => "contact-day",
            ContactFault::PromisedDay => "contact-promised-day",
            ContactFault::PromisedAmount { .. } => "contact-promised-amount",
            ContactFault::Note => "contact-note",
            ContactFault::Centres => "contact-centres",
            ContactFault::Met { .. } => "contact-met",
        }
    }

    /// The parameters of its text.
    pub fn args(self) -> Vec<(&'static str, String)> {
        match self {
            ContactFault::PromisedAmount { owed_fen } => vec![("owed", owed_fen.to_string())],
            ContactFault::Met { most } => vec![("most", most.to_string())],
            ContactFault::Day | ContactFault::PromisedDay | ContactFault::Note | ContactFault::Centres => {
                Vec::new()
            }
        }
    }
}

impl From<ContactFault> for Error {
    fn from(fault: ContactFault) -> Error {
        Refusal::Contact(fault).into()
    }
}

/// A contact as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContact {
    /// The day.
    pub on_day: Date,
    /// How.
    pub way: Way,
    /// Whom they met.
    pub met: String,
    /// What came of it.
    pub outcome: Outcome,
    /// The promised day.
    pub promised_on: Option<Date>,
    /// The promised amount.
    pub promised_fen: Option<Fen>,
    /// Anything else.
    pub note: String,
}

/// A loan's open task, what its level asks for, and what is on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handling {
    /// The open task.
    pub task: Option<StoredTask>,
    /// What is on record, the newest first.
    pub contacts: Vec<Contact>,
}

/// How a loan of the asker's area is handled.
pub async fn handling(tx: &mut Tx, ctx: &Ctx, loan_id: i64) -> Result<Handling, Error> {
    seen(tx, ctx, loan_id).await?;
    let county_id = ctx.county_id();
    let task = task::of_loans(tx, county_id, &[loan_id]).await?.into_iter().next();
    Ok(Handling { task, contacts: contact::of_loan(tx, county_id, loan_id, SHOWN).await? })
}

async fn seen(tx: &mut Tx, ctx: &Ctx, loan_id: i64) -> Result<Loan, Error> {
    Ok(loan::get(tx, &ctx.scope, loan_id, ctx.today).await?.ok_or(Refusal::NotFound)?)
}

/// Records a contact about a loan of the actor's area. It answers the step of the loan's task that is due, and a promise
/// pauses it.
pub async fn record(db: &Db, ctx: &Ctx, loan_id: i64, new: &NewContact) -> Result<i64, Error> {
    in_write!(db, ctx.county_id(), |tx| async {
        let county_id = ctx.county_id();
        let loan = seen(tx, ctx, loan_id).await?;
        let sound = sound(ctx, &loan, new)?;
        let stamp = county::stamp(tx, county_id, ctx.micros()).await?;
        let contact_id = county::take_ids(tx, county_id, 1).await?;
        let contact = Contact { contact_id, recorded_at: stamp.at, ..sound };
        contact::add(tx, county_id, stamp, &contact).await?;
        if let Some(stored) = task::of_loans(tx, county_id, &[loan_id]).await?.into_iter().next() {
            let step = TaskStep {
                task_id: stored.task_id,
                on_day: contact.on_day,
                kind: "contact",
                level: stored.task.level,
                contact_id: Some(contact_id),
            };
            task::add_steps(tx, county_id, stamp, &[step]).await?;
            // What lies before the level says nothing of its deed.
            if contact.on_day >= stored.task.since_on {
                let answered = answer(tx, ctx, &loan, stored, &contact).await?;
                task::put(tx, county_id, &[answered]).await?;
            }
        }
        let facts = json!({ "contact": contact_id, "way": contact.way.key(), "outcome": contact.outcome.key(),
                            "on": contact.on_day, "promised_on": contact.promised_on,
                            "promised_fen": contact.promised_fen });
        let entry = ctx.entry("contact-recorded", loan_id.to_string(), &facts);
        audit::add(tx, county_id, stamp, &entry).await?;
        Ok::<i64, Error>(contact_id)
    })
}

/// The task once a contact answers its step.
async fn answer(
    tx: &mut Tx,
    ctx: &Ctx,
    loan: &Loan,
    stored: StoredTask,
    contact: &Contact,
) -> Result<StoredTask, Error> {
    let book = RuleBook::of_county(tx, ctx.county_id(), None).await?;
    let gone = || Error::from(Refusal::pack_gone(&loan.pack_id, &book.packs));
    let pack = book.packs.by_id(&loan.pack_id).ok_or_else(gone)?;
    let Some(response) = pack.responses.of(stored.task.level) else { return Ok(stored) };
    let task = answered(&stored.task, contact.on_day, contact.promised_on, response);
    let patience = Patience { county_working_days: pack.county_after.value };
    // Only a close tells: what has come since the last one, and was not told, comes with the next.
    let (_, _, next_on) = late(&task, task.since_on, (response, patience), &book.calendar);
    // A promise is looked after on its day, and is over with whatever is recorded from then on.
    let kept = stored.promised.filter(|(on, _)| contact.on_day < *on);
    let promised = contact.promised_on.map(|on| (on, contact.promised_fen)).or(kept);
    Ok(StoredTask { task, next_on, promised, ..stored })
}

fn sound(ctx: &Ctx, loan: &Loan, new: &NewContact) -> Result<Contact, Error> {
    if new.on_day > ctx.today || new.on_day < loan.terms.disbursed_on {
        return Err(ContactFault::Day.into());
    }
    if new.outcome == Outcome::UsedAsLent && ctx.role != Some(Role::CentreClerk) {
        return Err(ContactFault::Centres.into());
    }
    let met = new.met.trim();
    if met.is_empty() || met.chars().count() > MET_MAX || met.chars().any(char::is_control) {
        return Err(ContactFault::Met { most: MET_MAX }.into());
    }
    let note = match new.note.trim() {
        "" if new.outcome.needs_note() => return Err(ContactFault::Note.into()),
        "" => String::new(),
        _ => sound_reason(&new.note, Refusal::Contact(ContactFault::Note))?,
    };
    sound_reason(met, Refusal::Contact(ContactFault::Met { most: MET_MAX }))?;
    let is_promise = new.outcome.is_promise();
    let promised_on = new.promised_on.filter(|_| is_promise);
    if is_promise && promised_on.is_none_or(|on| on < new.on_day) {
        return Err(ContactFault::PromisedDay.into());
    }
    let promised_fen = new.promised_fen.filter(|_| is_promise);
    let owed_fen = loan.balance_fen;
    if loan.standing != Standing::Settled
        && promised_fen.is_some_and(|fen| !fen.is_positive() || fen > owed_fen)
    {
        return Err(ContactFault::PromisedAmount { owed_fen }.into());
    }
    Ok(Contact {
        contact_id: 0,
        loan_id: loan.loan_id,
        on_day: new.on_day,
        actor: ctx.actor.clone(),
        way: new.way,
        met: met.to_owned(),
        outcome: new.outcome,
        promised_on,
        promised_fen,
        note,
        recorded_at: 0,
    })
}
