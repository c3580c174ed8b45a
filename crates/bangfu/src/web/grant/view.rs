//! Access outside the own area as plain data: what its templates show.

use bangfu_domain::grant::GrantState;
use bangfu_store::grant::Line;
use jiff::civil::DateTime;

use crate::web::frame::Face;

/// What is asked for, as far as it was typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct AskForm {
    /// The contract number or identity number.
    pub(crate) number: String,
    /// For how many hours.
    pub(crate) hours: String,
    /// Why.
    pub(crate) reason: String,
    /// Up to how many hours access is open at once; without it each is to be granted first.
    pub(crate) hours_max: Option<u32>,
    /// What is wrong with it.
    pub(crate) fault: Option<String>,
}

/// A grant in a list.
#[derive(Debug, Clone)]
pub(crate) struct GrantRow {
    /// Its id.
    pub(crate) grant_id: i64,
    /// Who asked.
    pub(crate) actor: String,
    /// From where.
    pub(crate) client: String,
    /// The borrower.
    pub(crate) borrower: String,
    /// The number of the loan by which it was found.
    pub(crate) number: String,
    /// Why.
    pub(crate) reason: String,
    /// For how many hours.
    pub(crate) hours: u32,
    /// When it was asked for.
    pub(crate) asked_at: DateTime,
    /// How it stands.
    pub(crate) state: GrantState,
    /// When it ends or ended.
    pub(crate) ends_at: Option<DateTime>,
    /// Who granted or refused it.
    pub(crate) decided_by: Option<String>,
    /// Who ended it before its time.
    pub(crate) ended_by: Option<String>,
    /// How many pages were opened through it.
    pub(crate) pages: i64,
    /// Whether the visitor asked for it.
    pub(crate) own: bool,
}

impl GrantRow {
    /// The key of the word for how it stands.
    pub(crate) fn state_key(&self) -> String {
        format!("access-{}", self.state.key())
    }

    /// Whether somebody is to grant or refuse it.
    pub(crate) fn waits(&self) -> bool {
        self.state == GrantState::Asked
    }

    /// Whether it is open.
    pub(crate) fn is_open(&self) -> bool {
        self.state == GrantState::Open
    }
}

/// A grant as a list shows it to an account.
pub(super) fn row(face: &Face, line: Line, account_id: i64) -> GrantRow {
    let Line { grant, borrower, number } = line;
    GrantRow {
        grant_id: grant.grant_id,
        state: grant.term().state(face.app.clock.now().as_microsecond()),
        own: grant.account_id == account_id,
        actor: grant.actor,
        client: grant.client_id,
        borrower,
        number,
        reason: grant.reason,
        hours: grant.hours,
        asked_at: face.local(grant.asked_at),
        ends_at: grant.ends_at.map(|at| face.local(at)),
        decided_by: grant.decided.map(|(by, _)| by),
        ended_by: grant.ended_by,
        pages: grant.pages,
    }
}
