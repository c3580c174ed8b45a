//! Why somebody's numbers cannot be erased so.

use crate::error::{Error, Refusal};

/// Why numbers cannot be erased so. Doors put it into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EraseFault {
    /// The book holds no number of the person.
    Nothing,
    /// An erasure of the same person waits for a decision.
    Open,
    /// The book holds other numbers of the person than when it was proposed.
    OtherNumbers,
}

impl EraseFault {
    /// The key of its text.
    pub const fn key(self) -> &'static str {
        match self {
            EraseFault::Nothing => "erase-nothing",
            EraseFault::Open => "erase-open",
            EraseFault::OtherNumbers => "erase-other-numbers",
        }
    }
}

impl From<EraseFault> for Error {
    fn from(fault: EraseFault) -> Error {
        Refusal::Erase(fault).into()
    }
}
