//! What one person proposes and a second one, with another account, decides on: a county's own rules, numbers to be erased.

use bangfu_store::proposal::Decision;

use crate::ctx::Ctx;
use crate::error::{Error, Refusal};
use crate::reason::sound_reason;

/// How far a proposal has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalState {
    /// Waits for a second person.
    Proposed,
    /// Its maker took it back.
    Withdrawn,
    /// A second person said no.
    Rejected,
    /// A second person said yes.
    Approved,
}

impl ProposalState {
    /// The word for it, as it is stored.
    pub const fn key(self) -> &'static str {
        match self {
            ProposalState::Proposed => "proposed",
            ProposalState::Withdrawn => "withdrawn",
            ProposalState::Rejected => "rejected",
            ProposalState::Approved => "approved",
        }
    }

    /// What a stored word says.
    pub(crate) fn of(key: &str) -> Option<ProposalState> {
        let all = [
            ProposalState::Proposed,
            ProposalState::Withdrawn,
            ProposalState::Rejected,
            ProposalState::Approved,
        ];
        all.into_iter().find(|state| state.key() == key)
    }
}

/// Why a proposal cannot be made or decided on so. Doors put it into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalFault {
    /// Nobody said why.
    NoReason,
    /// Somebody else was faster: it is no longer as it was seen.
    MovedOn,
    /// Whoever proposed it cannot approve or reject it.
    OwnWork,
    /// Only whoever proposed it can withdraw it.
    NotMaker,
}

impl From<ProposalFault> for Refusal {
    fn from(fault: ProposalFault) -> Refusal {
        Refusal::Proposal(fault)
    }
}

impl From<ProposalFault> for Error {
    fn from(fault: ProposalFault) -> Error {
        Refusal::Proposal(fault).into()
    }
}

impl ProposalFault {
    /// The key of its text.
    pub const fn key(self) -> &'static str {
        match self {
            ProposalFault::NoReason => "proposal-no-reason",
            ProposalFault::MovedOn => "proposal-moved-on",
            ProposalFault::OwnWork => "proposal-own-work",
            ProposalFault::NotMaker => "proposal-not-maker",
        }
    }
}

/// A decision that somebody makes on a proposal as they have it before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    /// The proposal.
    pub id: i64,
    /// The version that they saw.
    pub version: i64,
    /// The account of who decides.
    pub account_id: i64,
    /// Why; an approval may be silent.
    pub reason: String,
}

impl Deciding {
    /// The reason as it can be kept; empty where an approval says no more.
    pub(crate) fn sound_reason(&self, state: ProposalState) -> Result<String, Refusal> {
        match sound_reason(&self.reason, ProposalFault::NoReason.into()) {
            Err(Refusal::Proposal(ProposalFault::NoReason)) if state == ProposalState::Approved => {
                Ok(String::new())
            }
            reason => reason,
        }
    }

    /// Whether they may decide so on what somebody proposed: nobody on their own work but to take it back.
    pub(crate) fn refuse_own(&self, state: ProposalState, maker_id: i64) -> Result<(), ProposalFault> {
        let is_own = maker_id == self.account_id;
        match state {
            ProposalState::Withdrawn if !is_own => Err(ProposalFault::NotMaker),
            ProposalState::Approved | ProposalState::Rejected if is_own => Err(ProposalFault::OwnWork),
            _ => Ok(()),
        }
    }

    /// The decision as it is kept.
    pub(crate) fn decision(&self, ctx: &Ctx, at: i64, reason: &str) -> Decision {
        Decision { decider_id: self.account_id, decider: ctx.actor.clone(), at, reason: reason.to_owned() }
    }
}
