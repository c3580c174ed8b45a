//! Why a loan cannot be handled so. Doors put it into words.

use bangfu_domain::handling::{MoveFault, PlanFault, ProposalGap, Ruling};
use bangfu_domain::money::Fen;
use jiff::civil::Date;

use crate::error::{Error, Refusal};

/// Why a proposal cannot be made, moved on or answered so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandlingFault {
    /// Nothing is owed any more.
    Settled,
    /// Another proposal about the loan is open.
    Open {
        /// Its id.
        handling_id: i64,
        /// Who made it.
        maker: String,
    },
    /// There is no task that could end.
    NoTask,
    /// The day is missing, or does not lie after another.
    Day {
        /// It must lie after this one.
        after: Date,
    },
    /// The amount is missing, is none, or is more than is owed.
    Amount {
        /// What is owed.
        owed_fen: Fen,
    },
    /// The plan of instalments is not sound.
    Plan(PlanFault),
    /// Clauses of the pack are broken: each with what was found.
    Clauses(Vec<Ruling>),
    /// Nobody said why.
    NoReason,
    /// Somebody else was faster.
    MovedOn,
    /// Nobody checks what they proposed, and nobody twice.
    OwnWork,
    /// Only whoever proposed it takes it back.
    NotMaker,
    /// Those who check it have other roles.
    NotChecker,
    /// The bank's day has not come, or lies before the proposal.
    AnswerDay {
        /// The first that can be.
        first: Date,
    },
    /// A renewal needs the number of the new contract.
    NoNumber,
    /// Another loan bears that number.
    NumberTaken {
        /// The number.
        number: String,
    },
}

impl From<HandlingFault> for Error {
    fn from(fault: HandlingFault) -> Error {
        Refusal::Handling(fault).into()
    }
}

impl From<MoveFault> for Error {
    fn from(fault: MoveFault) -> Error {
        match fault {
            MoveFault::MovedOn => HandlingFault::MovedOn.into(),
            MoveFault::OwnWork => HandlingFault::OwnWork.into(),
            MoveFault::NotMaker => HandlingFault::NotMaker.into(),
        }
    }
}

impl From<ProposalGap> for Error {
    fn from(gap: ProposalGap) -> Error {
        match gap {
            ProposalGap::Day { after } => HandlingFault::Day { after }.into(),
            ProposalGap::Amount { owed_fen } => HandlingFault::Amount { owed_fen }.into(),
            ProposalGap::Plan(fault) => HandlingFault::Plan(fault).into(),
        }
    }
}

impl HandlingFault {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            HandlingFault::Settled => "handling-settled",
            HandlingFault::Open { .. } => "handling-open",
            HandlingFault::NoTask => "handling-no-task",
            HandlingFault::Day { .. } => "handling-day",
            HandlingFault::Amount { .. } => "handling-amount",
            HandlingFault::Plan(PlanFault::Parts { .. }) => "handling-plan-parts",
            HandlingFault::Plan(PlanFault::Days { .. }) => "handling-plan-days",
            HandlingFault::Plan(PlanFault::Part { .. }) => "handling-plan-part",
            HandlingFault::Plan(PlanFault::Sum { .. }) => "handling-plan-sum",
            HandlingFault::Clauses(_) => "handling-clauses",
            HandlingFault::NoReason => "handling-no-reason",
            HandlingFault::MovedOn => "handling-moved-on",
            HandlingFault::OwnWork => "handling-own-work",
            HandlingFault::NotMaker => "handling-not-maker",
            HandlingFault::NotChecker => "handling-not-checker",
            HandlingFault::AnswerDay { .. } => "handling-answer-day",
            HandlingFault::NoNumber => "handling-no-number",
            HandlingFault::NumberTaken { .. } => "handling-number-taken",
        }
    }

    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            HandlingFault::Open { maker, .. } => vec![("maker", maker.clone())],
            HandlingFault::Day { after } => vec![("after", after.to_string())],
            HandlingFault::Amount { owed_fen } => vec![("owed", owed_fen.to_string())],
            HandlingFault::Plan(PlanFault::Parts { most }) => vec![("most", most.to_string())],
            HandlingFault::Plan(PlanFault::Days { part } | PlanFault::Part { part }) => {
                vec![("part", part.to_string())]
            }
            HandlingFault::Plan(PlanFault::Sum { sum_fen, owed_fen }) => {
                vec![("sum", sum_fen.to_string()), ("owed", owed_fen.to_string())]
            }
            HandlingFault::Clauses(broken) => vec![("count", broken.len().to_string())],
            HandlingFault::AnswerDay { first } => vec![("first", first.to_string())],
            HandlingFault::NumberTaken { number } => vec![("number", number.clone())],
            HandlingFault::Settled
            | HandlingFault::NoTask
            | HandlingFault::NoReason
            | HandlingFault::MovedOn
            | HandlingFault::OwnWork
            | HandlingFault::NotMaker
            | HandlingFault::NotChecker
            | HandlingFault::NoNumber => Vec::new(),
        }
    }
}
