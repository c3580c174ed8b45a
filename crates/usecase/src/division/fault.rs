//! Why a place cannot be changed so.

use crate::error::Refusal;

/// Why not. Doors put it into words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceFault {
    /// Nobody said why.
    NoReason,
    /// Not twelve digits of the place's level, or not those of the place in which it lies.
    Code {
        /// How the code must begin.
        begins: String,
    },
    /// Another place bears the code on that day.
    CodeTaken {
        /// Its name.
        name: String,
    },
    /// No name, or too long a one.
    Name {
        /// The most characters.
        max: usize,
    },
    /// Another place beside it bears the name on that day.
    NameTaken {
        /// The name.
        name: String,
    },
    /// It is called so already.
    Unchanged,
    /// Somebody else changed the place meanwhile.
    MovedOn,
    /// It is not on the list on that day, or something later is known of it.
    NotThen,
    /// Something still belongs there.
    Inhabited {
        /// Households.
        households: i64,
        /// Loans that are not settled.
        loans: i64,
        /// Officers.
        officers: i64,
    },
    /// The village lies there already.
    Here,
    /// What is to take over is no other place of the same kind, or not on the list on that day.
    NoSuccessor,
    /// Not six digits of a county, or those that it has with the name that it has.
    CountyCode,
    /// A later change of a place is known already.
    Later {
        /// Its name.
        name: String,
    },
    /// The list that was looked at does not come back as it was.
    List,
    /// Nothing of the list is to be written.
    NothingToWrite,
    /// Villages still lie in it.
    HasVillages {
        /// How many.
        count: usize,
    },
}

impl From<PlaceFault> for crate::Error {
    fn from(fault: PlaceFault) -> crate::Error {
        Refusal::Place(fault).into()
    }
}

impl PlaceFault {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            PlaceFault::NoReason => "place-no-reason",
            PlaceFault::Code { .. } => "place-code",
            PlaceFault::CodeTaken { .. } => "place-code-taken",
            PlaceFault::Name { .. } => "place-name",
            PlaceFault::NameTaken { .. } => "place-name-taken",
            PlaceFault::Unchanged => "place-unchanged",
            PlaceFault::MovedOn => "place-moved-on",
            PlaceFault::NotThen => "place-not-then",
            PlaceFault::Inhabited { .. } => "place-inhabited",
            PlaceFault::Here => "place-here",
            PlaceFault::NoSuccessor => "place-no-successor",
            PlaceFault::CountyCode => "place-county-code",
            PlaceFault::Later { .. } => "place-later",
            PlaceFault::List => "place-list",
            PlaceFault::NothingToWrite => "place-nothing-to-write",
            PlaceFault::HasVillages { .. } => "place-has-villages",
        }
    }

    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            PlaceFault::Code { begins } => vec![("begins", begins.clone())],
            PlaceFault::CodeTaken { name } | PlaceFault::NameTaken { name } | PlaceFault::Later { name } => {
                vec![("name", name.clone())]
            }
            PlaceFault::Name { max } => vec![("max", max.to_string())],
            PlaceFault::Inhabited { households, loans, officers } => vec![
                ("households", households.to_string()),
                ("loans", loans.to_string()),
                ("officers", officers.to_string()),
            ],
            PlaceFault::HasVillages { count } => vec![("count", count.to_string())],
            PlaceFault::NoReason
            | PlaceFault::Unchanged
            | PlaceFault::MovedOn
            | PlaceFault::NotThen
            | PlaceFault::Here
            | PlaceFault::NoSuccessor
            | PlaceFault::CountyCode
            | PlaceFault::List
            | PlaceFault::NothingToWrite => Vec::new(),
        }
    }
}
