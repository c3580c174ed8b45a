//! The texts of a paper: shipped with the program, edited by the county, with names in braces that are filled in from the book.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::PaperKind;

/// The longest line, in characters.
const LINE_MAX: usize = 600;

/// The most lines of a part.
const LINES_MAX: usize = 40;

/// The texts of a paper in one language.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// What stands above all.
    pub title: String,
    /// Which office writes it.
    pub unit: String,
    /// Paragraphs before the figures and lists.
    pub before: Vec<String>,
    /// Paragraphs after them.
    pub after: Vec<String>,
    /// Lines to be signed.
    pub signs: Vec<String>,
}

/// The texts of a paper in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// In Chinese.
    pub zh: Wording,
    /// In English.
    pub en: Wording,
}

/// Where a text is at fault, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFault {
    /// The part: `title`, `unit`, `before`, `after` or `signs`.
    pub part: &'static str,
    /// The line within the part, counted from 1.
    pub line: usize,
    /// How.
    pub kind: TemplateFaultKind,
}

/// How a text is at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateFaultKind {
    /// A name in braces that this paper does not know.
    Unknown {
        /// The name.
        name: String,
        /// Those that it knows.
        known: Vec<&'static str>,
    },
    /// A brace that is not closed, or was not opened.
    Brace,
    /// A paper without a title.
    Empty,
    /// A line is longer than is kept.
    Long {
        /// The most characters.
        most: usize,
    },
    /// A part has more lines than are kept.
    Many {
        /// The most lines.
        most: usize,
    },
}

impl TemplateFaultKind {
    /// The key of its text.
    pub const fn key(&self) -> &'static str {
        match self {
            TemplateFaultKind::Unknown { .. } => "unknown",
            TemplateFaultKind::Brace => "brace",
            TemplateFaultKind::Empty => "empty",
            TemplateFaultKind::Long { .. } => "long",
            TemplateFaultKind::Many { .. } => "many",
        }
    }

    /// The parameters of its text.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            TemplateFaultKind::Unknown { name, known } => {
                let known = known.iter().map(|name| format!("{{{name}}}")).collect::<Vec<_>>();
                vec![("name", name.clone()), ("known", known.join(" "))]
            }
            TemplateFaultKind::Long { most } | TemplateFaultKind::Many { most } => {
                vec![("most", most.to_string())]
            }
            TemplateFaultKind::Brace | TemplateFaultKind::Empty => Vec::new(),
        }
    }
}

impl Wording {
    /// Each part with its lines.
    fn parts(&self) -> [(&'static str, Vec<&str>); 5] {
        fn lines(lines: &[String]) -> Vec<&str> {
            lines.iter().map(String::as_str).collect()
        }
        [
            ("title", vec![self.title.as_str()]),
            ("unit", vec![self.unit.as_str()]),
            ("before", lines(&self.before)),
            ("after", lines(&self.after)),
            ("signs", lines(&self.signs)),
        ]
    }

    /// Everything that is wrong with these texts for a kind of paper.
    pub fn faults(&self, kind: PaperKind) -> Vec<TemplateFault> {
        let mut faults = Vec::new();
        if self.title.trim().is_empty() {
            faults.push(TemplateFault { part: "title", line: 1, kind: TemplateFaultKind::Empty });
        }
        let known = kind.placeholders();
        for (part, lines) in self.parts() {
            if lines.len() > LINES_MAX {
                let kind = TemplateFaultKind::Many { most: LINES_MAX };
                faults.push(TemplateFault { part, line: LINES_MAX + 1, kind });
            }
            for (line, text) in (1..).zip(lines) {
                let mut fault = |kind| faults.push(TemplateFault { part, line, kind });
                if text.chars().count() > LINE_MAX {
                    fault(TemplateFaultKind::Long { most: LINE_MAX });
                }
                for piece in pieces(text) {
                    match piece {
                        Piece::Name(name) if !known.contains(&name) => {
                            fault(TemplateFaultKind::Unknown { name: name.to_owned(), known: known.clone() });
                        }
                        Piece::Stray => fault(TemplateFaultKind::Brace),
                        Piece::Name(_) | Piece::Text(_) => {}
                    }
                }
            }
        }
        faults
    }
}

/// A piece of a text.
enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
    /// A brace without its other half.
    Stray,
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        match from.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some((name, after)) if !name.contains('{') => {
                pieces.push(Piece::Name(name.trim()));
                rest = after;
            }
            _ => {
                pieces.push(Piece::Stray);
                rest = &from[1..];
            }
        }
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// A text with its names filled in. A name of which nothing is known stays as it is: a sound text has none.
pub fn filled(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Name(name) => match value(name) {
                Some(value) => filled.push_str(&value),
                None => filled.push_str(&format!("{{{name}}}")),
            },
            Piece::Stray => {}
        }
    }
    filled
}

const SHIPPED: [(PaperKind, &str); 8] = [
    (PaperKind::Monthly, include_str!("../../../../policy/papers/monthly.toml")),
    (PaperKind::Collection, include_str!("../../../../policy/papers/collection.toml")),
    (PaperKind::Roster, include_str!("../../../../policy/papers/roster.toml")),
    (PaperKind::Publicity, include_str!("../../../../policy/papers/publicity.toml")),
    (PaperKind::Meeting, include_str!("../../../../policy/papers/meeting.toml")),
    (PaperKind::DueNotice, include_str!("../../../../policy/papers/due-notice.toml")),
    (PaperKind::OverdueNotice, include_str!("../../../../policy/papers/overdue-notice.toml")),
    (PaperKind::Card, include_str!("../../../../policy/papers/card.toml")),
];

static PARSED: LazyLock<Vec<(PaperKind, Template)>> = LazyLock::new(|| {
    let parsed = SHIPPED.iter().filter_map(|(kind, text)| Some((*kind, toml::from_str(text).ok()?)));
    parsed.collect()
});

impl Template {
    /// The texts that come with the program.
    pub fn shipped(kind: PaperKind) -> Template {
        let found = PARSED.iter().find(|(known, _)| *known == kind);
        found.map(|(_, template)| template.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_with_the_program_is_sound_in_both_languages() {
        for (kind, text) in SHIPPED {
            let read: Result<Template, _> = toml::from_str(text);
            assert!(read.is_ok(), "{kind:?}: {read:?}");
            let template = Template::shipped(kind);
            for wording in [&template.zh, &template.en] {
                assert_eq!(wording.faults(kind), [], "{kind:?}");
                assert!(!wording.unit.is_empty(), "{kind:?}");
            }
        }
    }

    #[test]
    fn a_name_that_is_not_known_is_told_with_those_that_are() {
        let wording = Wording {
            title: "{month}月报".to_owned(),
            before: vec!["余额{balance}".to_owned(), "{money}元，{ loans }笔".to_owned()],
            after: vec!["{不闭合".to_owned(), "多了}".to_owned(), "{{balance}".to_owned()],
            ..Wording::default()
        };
        let faults = wording.faults(PaperKind::Monthly);
        let told: Vec<_> = faults.iter().map(|one| (one.part, one.line, one.kind.key())).collect();
        let brace = |line| ("after", line, "brace");
        assert_eq!(told, [("before", 2, "unknown"), brace(1), brace(2), brace(3)]);
        let args = faults[0].kind.args();
        assert_eq!(args[0].1, "money");
        assert!(args[1].1.contains("{balance}"));
        let untitled = Wording { title: "  ".to_owned(), ..Wording::default() };
        assert_eq!(untitled.faults(PaperKind::Card)[0].kind, TemplateFaultKind::Empty);
        let long = Wording { title: "长".repeat(601), ..Wording::default() };
        assert_eq!(long.faults(PaperKind::Card)[0].kind, TemplateFaultKind::Long { most: LINE_MAX });
    }

    #[test]
    fn names_are_filled_in_once() {
        let value = |name: &str| (name == "borrower").then(|| "{day}".to_owned());
        assert_eq!(filled("{borrower}：{ borrower }，{day}", value), "{day}：{day}，{day}");
    }
}
