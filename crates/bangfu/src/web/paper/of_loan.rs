//! The papers of one loan, on the loan's own page: which can be made, which were, and its receipts.

use bangfu_domain::limitation::Limitation;
use bangfu_domain::paper::PaperKind;
use bangfu_domain::warning::Standing;
use bangfu_store::{Tx, loan};
use bangfu_usecase::access::Right;
use bangfu_usecase::{delivery, paper};
use jiff::civil::Date;

use super::Made;
use super::receipt::{self, ReceiptRow};
use crate::web::failure::Failure;
use crate::web::frame::Face;

/// The papers of a loan.
#[derive(Debug, Clone)]
pub(crate) struct LoanPapers {
    /// The loan.
    pub(crate) loan_id: i64,
    /// What can be made.
    pub(crate) kinds: Vec<PaperKind>,
    /// What was made.
    pub(crate) made: Vec<Made>,
    /// Where a receipt is recorded, for who may.
    pub(crate) record: Option<String>,
    /// What was received.
    pub(crate) receipts: Vec<ReceiptRow>,
    /// The last day on which its bank may sue, where it is overdue.
    pub(crate) limitation: Option<Date>,
}

/// The papers of a loan, for who may make them; it stands so today.
pub(crate) async fn view(
    tx: &mut Tx,
    face: &Face,
    loan_id: i64,
    standing: Option<Standing>,
) -> Result<Option<LoanPapers>, Failure> {
    if !face.may(Right::MakePapers) {
        return Ok(None);
    }
    let ctx = face.ctx();
    let made = paper::of_one_loan(tx, &ctx, loan_id).await?;
    let receipts = delivery::of_loan(tx, &ctx, loan_id).await?;
    let kinds = match standing {
        Some(Standing::Overdue) => vec![PaperKind::OverdueNotice, PaperKind::Card],
        Some(Standing::Awaiting) => vec![PaperKind::Card],
        Some(Standing::Settled) | None => Vec::new(),
        Some(_) => vec![PaperKind::DueNotice, PaperKind::Card],
    };
    let term: Option<Limitation> = match loan::get(tx, &ctx.scope, loan_id, ctx.today).await? {
        Some(loan) if standing == Some(Standing::Overdue) => delivery::term_of(tx, &ctx, &loan).await?,
        _ => None,
    };
    let owes = !matches!(standing, Some(Standing::Settled) | None);
    Ok(Some(LoanPapers {
        loan_id,
        kinds,
        made: made.iter().map(|one| Made::of(face, one)).collect(),
        record: (owes && face.may(Right::RecordContact)).then(|| receipt::path(loan_id)),
        receipts: receipts.iter().map(|one| receipt::row(face, one)).collect(),
        limitation: term.map(|term| term.ends_on),
    }))
}
