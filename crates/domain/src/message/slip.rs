//! The text of a reminder slip (提醒单) and of the short message in its stead: the county's own words, with places that are
//! filled in for each borrower.

use crate::identity;

/// The text that stands until a county writes its own.
pub const USUAL: &str = include_str!("slip.txt");

/// The longest text, in characters: as a short message it is sent in few parts.
pub const TEXT_MAX: usize = 300;

/// A place that is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The borrower's name.
    Name,
    /// The due day.
    Due,
    /// What is owed, in yuan.
    Amount,
    /// 借据号.
    Number,
    /// The credit manager.
    Manager,
    /// The credit manager's phone.
    Phone,
    /// The branch.
    Branch,
    /// The village.
    Village,
    /// The county.
    County,
    /// The day on which it is told.
    Day,
}

impl Place {
    /// Every place.
    pub const ALL: [Place; 10] = [
        Place::Name,
        Place::Due,
        Place::Amount,
        Place::Number,
        Place::Manager,
        Place::Phone,
        Place::Branch,
        Place::Village,
        Place::County,
        Place::Day,
    ];

    /// Without these a borrower would not know what it is about.
    const NEEDED: [Place; 2] = [Place::Name, Place::Due];

    /// The word between braces.
    pub const fn key(self) -> &'static str {
        match self {
            Place::Name => "name",
            Place::Due => "due",
            Place::Amount => "amount",
            Place::Number => "number",
            Place::Manager => "manager",
            Place::Phone => "phone",
            Place::Branch => "branch",
            Place::Village => "village",
            Place::County => "county",
            Place::Day => "day",
        }
    }

    /// What that word means.
    pub fn from_key(key: &str) -> Option<Place> {
        Place::ALL.into_iter().find(|place| place.key() == key)
    }
}

/// Why a text cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextFault {
    /// There is none.
    Empty,
    /// It is too long.
    Long,
    /// A brace opens or closes nothing.
    Brace,
    /// No place is called so.
    Unknown(String),
    /// A place is missing that no borrower can do without.
    Lacks(Place),
    /// An identity number stands in it.
    Identity,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(String),
    Place(Place),
}

/// A text with places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(Vec<Part>);

impl Text {
    /// Reads a text.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn parse(text: &str) -> Result<Text, TextFault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(TextFault::Empty);
        }
        if text.chars().count() > TEXT_MAX {
            return Err(TextFault::Long);
        }
        if identity::stands_in(text) {
            return Err(TextFault::Identity);
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (words, behind) = rest.split_at(at);
            if !words.is_empty() {
                parts.push(Part::Words(words.to_owned()));
            }
            let inside = behind.strip_prefix('{').ok_or(TextFault::Brace)?;
            let (word, after) = inside.split_once('}').ok_or(TextFault::Brace)?;
            if word.contains('{') {
                return Err(TextFault::Brace);
            }
            let place = Place::from_key(word.trim()).ok_or_else(|| TextFault::Unknown(word.to_owned()))?;
            parts.push(Part::Place(place));
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Words(rest.to_owned()));
        }
        let has = |place: &Place| parts.contains(&Part::Place(*place));
        match Place::NEEDED.iter().find(|place| !has(place)) {
            Some(place) => Err(TextFault::Lacks(*place)),
            None => Ok(Text(parts)),
        }
    }

    /// The text with its places filled in. What is filled in is never read as a place.
    pub fn fill(&self, of: impl Fn(Place) -> String) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Words(words) => words.clone(),
            Part::Place(place) => of(*place),
        });
        parts.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str) -> String {
        Text::parse(text).unwrap().fill(|place| format!("<{}>", place.key()))
    }

    #[test]
    fn places_are_filled_and_nothing_else() {
        assert_eq!(filled("{name}，{ due }到期，{name}"), "<name>，<due>到期，<name>");
        let text = Text::parse("{name}{due}").unwrap();
        assert_eq!(text.fill(|_| "{amount}".to_owned()), "{amount}{amount}", "what is filled in is no place");
        assert!(Text::parse(USUAL).is_ok());
    }

    #[test]
    fn what_cannot_be_used_is_told() {
        for (text, fault) in [
            (" \n", TextFault::Empty),
            ("{name}{due", TextFault::Brace),
            ("name}{due}", TextFault::Brace),
            ("{name}{{due}}", TextFault::Brace),
            ("{name}{due}{sum}", TextFault::Unknown("sum".to_owned())),
            ("{due}到期", TextFault::Lacks(Place::Name)),
            ("{name}", TextFault::Lacks(Place::Due)),
        ] {
            assert_eq!(Text::parse(text), Err(fault), "{text}");
        }
        let long = format!("{{name}}{{due}}{}", "长".repeat(TEXT_MAX));
        assert_eq!(Text::parse(&long), Err(TextFault::Long));
    }
}
