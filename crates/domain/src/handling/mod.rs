//! Handling at maturity (到期处置): how a loan is to end well.
//!
//! One person proposes (经办), others check (复核); what the bank decides waits for its answer (待银行办结), and only that answer
//! changes the loan. A refusal leaves the loan in its colour, with a task.

mod clause;
mod moves;
mod plan;
mod state;
#[cfg(test)]
mod tests;

use jiff::civil::Date;

use crate::money::Fen;

pub use clause::{Clause, Facts, Ruling, Verdict, clauses};
pub use moves::{Move, MoveFault, moved};
pub use plan::{Instalment, PlanFault, sound_plan};
pub use state::State;

/// How a loan is to be handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// 还款: it is repaid in whole or in part, on its day or before.
    Repayment,
    /// 分期还款: it is repaid in parts, each by a day.
    Instalments,
    /// 展期: the bank gives another due day.
    Extension,
    /// 无还本续贷: another loan takes over what is owed.
    Renewal,
    /// 催收.
    Collection,
    /// 司法清收: the bank goes to court.
    Court,
    /// 核销建议: the bank is asked to write it off.
    WriteOff,
    /// 结束任务: nothing more is to be done, though nothing shows it by itself.
    Release,
}

impl Kind {
    /// Every kind, in the order in which people choose.
    pub const ALL: [Kind; 8] = [
        Kind::Repayment,
        Kind::Instalments,
        Kind::Extension,
        Kind::Renewal,
        Kind::Collection,
        Kind::Court,
        Kind::WriteOff,
        Kind::Release,
    ];

    /// Its word, as it is stored.
    pub const fn key(self) -> &'static str {
        match self {
            Kind::Repayment => "repayment",
            Kind::Instalments => "instalments",
            Kind::Extension => "extension",
            Kind::Renewal => "renewal",
            Kind::Collection => "collection",
            Kind::Court => "court",
            Kind::WriteOff => "write-off",
            Kind::Release => "release",
        }
    }

    /// The kind of a word.
    pub fn from_key(key: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// Whether the bank decides on it.
    pub const fn is_banks(self) -> bool {
        matches!(self, Kind::Instalments | Kind::Extension | Kind::Renewal | Kind::Court | Kind::WriteOff)
    }

    /// Whether it says a day: by when it is repaid, or until when it runs then.
    pub const fn has_day(self) -> bool {
        matches!(self, Kind::Repayment | Kind::Extension | Kind::Renewal)
    }

    /// Whether it says an amount.
    pub const fn has_amount(self) -> bool {
        matches!(self, Kind::Repayment | Kind::Renewal)
    }
}

/// What somebody proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// How the loan is to be handled.
    pub kind: Kind,
    /// The new due day, or by when it is repaid, where the kind has one.
    pub until_on: Option<Date>,
    /// What is repaid, or what the other loan takes over.
    pub amount_fen: Option<Fen>,
    /// The parts of a plan of instalments; empty for every other kind.
    pub instalments: Vec<Instalment>,
}

/// What is missing in a proposal, or cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProposalGap {
    /// The day is missing, or does not lie after the one that it follows.
    Day {
        /// It must lie after this day.
        after: Date,
    },
    /// The amount is missing, is none, or is more than is owed.
    Amount {
        /// What is owed.
        owed_fen: Fen,
    },
    /// The plan of instalments is not sound.
    Plan(PlanFault),
}

impl Proposal {
    /// The proposal without what its kind does not say, if what it says can be meant.
    ///
    /// # Errors
    /// What is missing or cannot be.
    pub fn sound(self, today: Date, due_on: Date, owed_fen: Fen) -> Result<Proposal, ProposalGap> {
        // What is repaid is repaid from today on; what runs longer runs beyond the day on which it would have ended.
        let after = match self.kind {
            Kind::Repayment => crate::loan::add_days(today, -1),
            Kind::Renewal => today,
            _ => due_on,
        };
        let until_on = self.until_on.filter(|_| self.kind.has_day());
        if self.kind.has_day() && until_on.is_none_or(|on| on <= after) {
            return Err(ProposalGap::Day { after });
        }
        let amount_fen = self.amount_fen.filter(|_| self.kind.has_amount());
        if self.kind.has_amount() && amount_fen.is_none_or(|fen| !fen.is_positive() || fen > owed_fen) {
            return Err(ProposalGap::Amount { owed_fen });
        }
        let instalments = match self.kind {
            Kind::Instalments => sound_plan(self.instalments, today, owed_fen).map_err(ProposalGap::Plan)?,
            _ => Vec::new(),
        };
        Ok(Proposal { kind: self.kind, until_on, amount_fen, instalments })
    }
}
