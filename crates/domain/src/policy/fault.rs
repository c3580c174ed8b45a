//! What is wrong with a pack or a calendar, and where. Doors put it into words.

use std::ops::Range;

use jiff::civil::Date;

/// A fault with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackFault {
    /// The file's name.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub kind: PackFaultKind,
}

impl PackFault {
    /// A fault at a span of bytes of a file's text; without one, at its beginning.
    pub(crate) fn at(file: &str, text: &str, span: Option<Range<usize>>, kind: PackFaultKind) -> PackFault {
        let before = span.and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |tail| tail.chars().count()) + 1;
        PackFault { file: file.to_owned(), line, column, kind }
    }
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackFaultKind {
    /// The file is no TOML, or a key or a value has the wrong form; in the words of the TOML reader.
    Form(String),
    /// It inherits from a pack that is not there, or that inherits from it.
    Parent(String),
    /// Two packs bear this name.
    SameName(String),
    /// A required key is neither here nor in a parent.
    Missing(&'static str),
    /// The colours' days do not grow from red to green, or one is negative.
    Order,
    /// A known value lacks, or an unknown one has.
    Status,
    /// A number or a rate is not above zero.
    NotPositive,
    /// The last day lies before the first.
    Days,
    /// The last day lies before the first, and one of them is inherited.
    NoDay {
        /// The first day.
        from: Date,
        /// The last.
        until: Date,
    },
    /// A number is above the most that makes sense.
    Above(u32),
    /// What should be a county's code has not six or twelve digits.
    County(String),
    /// A code or a word stands for two classes of households.
    SameClass(String),
    /// The list of reasons for showing a number is empty, or one of them lacks its name in a language.
    NoReason,
    /// Two of those reasons bear this name.
    SameReason(String),
    /// A word for who is told means nobody, or stands there twice.
    Recipient(String),
    /// A word is none of those that may stand here.
    Choice(String),
    /// What is to be done at a level lacks its name in a language.
    NoDeed,
    /// The months in which something brings money in are none, or not those of a year, or stand there twice.
    Months,
    /// Something that brings money in has no word by which a purpose shows it.
    NoWord,
    /// A word stands for two things that bring money in.
    SameWord(String),
    /// Somebody besides the branch is told of a loan that awaits the bank.
    BranchAlone,
    /// A calendar states a year twice.
    SameYear(i16),
    /// A calendar's day lies outside the year under which it stands.
    OtherYear(Date),
}

impl PackFaultKind {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            PackFaultKind::Form(_) => "form",
            PackFaultKind::Parent(_) => "parent",
            PackFaultKind::SameName(_) => "same-name",
            PackFaultKind::Missing(_) => "missing",
            PackFaultKind::Order => "order",
            PackFaultKind::Status => "status",
            PackFaultKind::NotPositive => "not-positive",
            PackFaultKind::Days => "days",
            PackFaultKind::NoDay { .. } => "no-day",
            PackFaultKind::Above(_) => "above",
            PackFaultKind::County(_) => "county",
            PackFaultKind::SameClass(_) => "same-class",
            PackFaultKind::NoReason => "no-reason",
            PackFaultKind::SameReason(_) => "same-reason",
            PackFaultKind::Recipient(_) => "recipient",
            PackFaultKind::Choice(_) => "choice",
            PackFaultKind::NoDeed => "no-deed",
            PackFaultKind::Months => "months",
            PackFaultKind::NoWord => "no-word",
            PackFaultKind::SameWord(_) => "same-word",
            PackFaultKind::BranchAlone => "branch-alone",
            PackFaultKind::SameYear(_) => "same-year",
            PackFaultKind::OtherYear(_) => "other-year",
        }
    }

    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            PackFaultKind::Form(what) => vec![("what", what.clone())],
            PackFaultKind::Parent(id) | PackFaultKind::SameName(id) => vec![("id", id.clone())],
            PackFaultKind::Missing(key) => vec![("key", (*key).to_owned())],
            PackFaultKind::NoDay { from, until } => {
                vec![("from", from.to_string()), ("until", until.to_string())]
            }
            PackFaultKind::Above(most) => vec![("most", most.to_string())],
            PackFaultKind::County(code) => vec![("code", code.clone())],
            PackFaultKind::SameClass(word)
            | PackFaultKind::SameReason(word)
            | PackFaultKind::SameWord(word)
            | PackFaultKind::Recipient(word) => {
                vec![("word", word.clone())]
            }
            PackFaultKind::Choice(words) => vec![("words", words.clone())],
            PackFaultKind::SameYear(year) => vec![("year", year.to_string())],
            PackFaultKind::OtherYear(day) => vec![("day", day.to_string())],
            PackFaultKind::Order
            | PackFaultKind::Status
            | PackFaultKind::NotPositive
            | PackFaultKind::NoReason
            | PackFaultKind::NoDeed
            | PackFaultKind::Months
            | PackFaultKind::NoWord
            | PackFaultKind::BranchAlone
            | PackFaultKind::Days => Vec::new(),
        }
    }
}
