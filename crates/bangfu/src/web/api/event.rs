//! `/loans/{id}/events`: what happened to a loan, in the order in which it was recorded. Nothing here is ever changed.

use bangfu_domain::loan::EventKind;
use bangfu_store::loan::StoredEvent;
use bangfu_usecase::loan::detail;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::Call;
use super::paging::{Paged, after, cut, instant, limit};
use super::problem::Problem;

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LoanEvents {
    /// The events.
    items: Vec<LoanEvent>,
    /// The cursor of the next page; none on the last.
    next: Option<String>,
}

/// Something that happened to a loan.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LoanEvent {
    /// Its number within the loan, from 1.
    seq: u32,
    /// What happened: `opened`, `described`, `placed`, `position`, `repaid`, `corrected`, `extended`, `renewed`, `reversed`.
    kind: &'static str,
    /// The day on which it takes effect.
    #[schema(value_type = String, format = Date)]
    effective_on: Date,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
    /// The file that told of it.
    import_id: Option<i64>,
    /// The amount that it moves or states, in fen: lent, repaid in all, or repaid.
    amount_fen: Option<i64>,
    /// The day of disbursement that it states.
    #[schema(value_type = Option<String>, format = Date)]
    disbursed_on: Option<Date>,
    /// The due day that it states.
    #[schema(value_type = Option<String>, format = Date)]
    due_on: Option<Date>,
    /// The branch to which it moves the loan.
    branch_id: Option<i64>,
    /// The credit manager to whom it gives the loan.
    manager_id: Option<i64>,
    /// The number of the event that it corrects or takes away.
    corrects: Option<u32>,
    /// The loan that took over what was owed.
    by_loan_id: Option<i64>,
}

/// `GET /loans/{id}/events`
pub(super) async fn list(call: Call<Paged>) -> Result<LoanEvents, Problem> {
    let limit = limit(call.asked.limit)?;
    let after = after(call.asked.cursor.as_deref())?.unwrap_or(0);
    let found = detail(&call.face.app.db, &call.ctx, call.id()?, call.ctx.today).await?;
    let later = found.events.into_iter().filter(|stored| i64::from(stored.event.seq) > after);
    let (events, next) = cut(later.take(limit + 1).collect(), limit, |last| last.event.seq.to_string());
    Ok(LoanEvents { items: events.into_iter().map(told).collect(), next })
}

fn told(StoredEvent { import_id, event, .. }: StoredEvent) -> LoanEvent {
    let mut told = LoanEvent {
        seq: event.seq,
        kind: "",
        effective_on: event.effective_on,
        recorded_at: instant(event.recorded_at),
        import_id,
        amount_fen: None,
        disbursed_on: None,
        due_on: None,
        branch_id: None,
        manager_id: None,
        corrects: None,
        by_loan_id: None,
    };
    match event.kind {
        EventKind::Opened { terms, .. } => {
            told.kind = "opened";
            told.amount_fen = Some(terms.principal_fen.get());
            (told.disbursed_on, told.due_on) = (Some(terms.disbursed_on), Some(terms.due_on));
        }
        EventKind::Described { .. } => told.kind = "described",
        EventKind::Placed { placement } => {
            told.kind = "placed";
            (told.branch_id, told.manager_id) = (Some(placement.branch_id), placement.manager_id);
        }
        EventKind::Position { repaid_fen, .. } => {
            told.kind = "position";
            told.amount_fen = Some(repaid_fen.get());
        }
        EventKind::Repaid { amount_fen } => {
            told.kind = "repaid";
            told.amount_fen = Some(amount_fen.get());
        }
        EventKind::Corrected { corrects, terms } => {
            told.kind = "corrected";
            told.amount_fen = Some(terms.principal_fen.get());
            (told.disbursed_on, told.due_on) = (Some(terms.disbursed_on), Some(terms.due_on));
            told.corrects = Some(corrects);
        }
        EventKind::Extended { due_on } => {
            told.kind = "extended";
            told.due_on = Some(due_on);
        }
        EventKind::Renewed { by_loan_id } => {
            told.kind = "renewed";
            told.by_loan_id = Some(by_loan_id);
        }
        EventKind::Reversed { corrects } => {
            told.kind = "reversed";
            told.corrects = Some(corrects);
        }
    }
    told
}
