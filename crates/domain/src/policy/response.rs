//! What follows when a loan comes to a level: who is told, what is to be done, and by when.

use super::{Status, Words};
use crate::warning::Standing;

/// Who hears of a loan's level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recipient {
    /// The service centre of the loan's township (乡镇服务中心).
    Township,
    /// The branch that lent (支行).
    Branch,
    /// The county's service centre (县服务中心).
    County,
    /// The supervisors (督查).
    Supervisor,
    /// The service station of the village (村级服务站).
    Station,
    /// The borrower (借款人), by message or printed slip.
    Borrower,
}

impl Recipient {
    /// Every recipient, offices before people.
    pub const ALL: [Recipient; 6] = [
        Recipient::Township,
        Recipient::Branch,
        Recipient::County,
        Recipient::Supervisor,
        Recipient::Station,
        Recipient::Borrower,
    ];

    /// The number under which it is stored. It never changes.
    pub const fn code(self) -> u8 {
        match self {
            Recipient::Township => 0,
            Recipient::Branch => 1,
            Recipient::County => 2,
            Recipient::Supervisor => 3,
            Recipient::Station => 4,
            Recipient::Borrower => 5,
        }
    }

    /// Who is stored under a number.
    pub fn from_code(code: i64) -> Option<Recipient> {
        Recipient::ALL.into_iter().find(|recipient| i64::from(recipient.code()) == code)
    }

    /// The word for it in a pack's file.
    pub const fn key(self) -> &'static str {
        match self {
            Recipient::Township => "township",
            Recipient::Branch => "branch",
            Recipient::County => "county",
            Recipient::Supervisor => "supervisor",
            Recipient::Station => "station",
            Recipient::Borrower => "borrower",
        }
    }

    /// Whom that word means.
    pub fn from_key(key: &str) -> Option<Recipient> {
        Recipient::ALL.into_iter().find(|recipient| recipient.key() == key)
    }
}

/// What follows from one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Who is told, each once.
    pub told: Vec<Recipient>,
    /// True if they are told at once, not in the day's digest.
    pub at_once: bool,
    /// What is to be done, in the words of the county.
    pub deed: Words,
    /// Within so many working days after the day on which the level began; at least 1.
    pub working_days: u32,
    /// After so many days it is to be done again while the level lasts.
    pub again_days: Option<u32>,
    /// The supervisors are told besides when the level has lasted for so many days.
    pub supervisor_after_days: Option<u32>,
    /// How sure all of this is.
    pub status: Status,
    /// Where it comes from.
    pub source: Words,
}

/// What follows from each level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responses {
    /// 绿.
    pub green: Response,
    /// 蓝.
    pub blue: Response,
    /// 黄.
    pub yellow: Response,
    /// 红.
    pub red: Response,
    /// 到期待核: of it nobody but the branch is told, because the borrower may have paid.
    pub awaiting: Response,
    /// 逾期.
    pub overdue: Response,
}

impl Responses {
    /// What follows from a standing; `None` where nothing does.
    pub const fn of(&self, standing: Standing) -> Option<&Response> {
        match standing {
            Standing::Green => Some(&self.green),
            Standing::Blue => Some(&self.blue),
            Standing::Yellow => Some(&self.yellow),
            Standing::Red => Some(&self.red),
            Standing::Awaiting => Some(&self.awaiting),
            Standing::Overdue => Some(&self.overdue),
            Standing::None | Standing::Settled => None,
        }
    }
}
