//! What follows from each level, as it is typed. The nearest pack that tells a level tells all of it, and so does a form.

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, value};

use super::super::response::{Recipient, Response, Responses};
use super::super::{Status, Words};
use super::Unfit;

/// The levels from which something follows, as a pack's file names them.
pub const LEVELS: [&str; 6] = ["green", "blue", "yellow", "red", "awaiting", "overdue"];

/// What follows from a level, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedResponse {
    /// Who is told.
    pub told: Vec<Recipient>,
    /// True if they are told at once.
    pub at_once: bool,
    /// What is to be done.
    pub deed: Words,
    /// Within how many working days.
    pub working_days: String,
    /// After how many days it is to be done again; empty for never.
    pub again_days: String,
    /// After how many days the supervisors are told; empty for never.
    pub supervisor_after_days: String,
    /// How sure all of this is.
    pub status: Status,
    /// Where it comes from.
    pub source: Words,
}

impl TypedResponse {
    fn of(response: &Response) -> TypedResponse {
        let days = |days: Option<u32>| days.map_or_else(String::new, |days| days.to_string());
        TypedResponse {
            told: response.told.clone(),
            at_once: response.at_once,
            deed: response.deed.clone(),
            working_days: response.working_days.to_string(),
            again_days: days(response.again_days),
            supervisor_after_days: days(response.supervisor_after_days),
            status: response.status,
            source: response.source.clone(),
        }
    }

    /// What follows from each of a pack's levels, in the order of [`LEVELS`].
    pub(super) fn of_all(responses: &Responses) -> [TypedResponse; 6] {
        [
            &responses.green,
            &responses.blue,
            &responses.yellow,
            &responses.red,
            &responses.awaiting,
            &responses.overdue,
        ]
        .map(TypedResponse::of)
    }

    /// Writes it into a pack's text as `[response.LEVEL]`; what is no number is told by its place.
    pub(super) fn write(&self, document: &mut DocumentMut, level: &str, unfit: &mut Vec<Unfit>) {
        let mut number = |name: &str, text: &str, needed: bool| match text.trim() {
            "" if !needed => None,
            text => {
                let number = text.parse::<u32>().ok();
                if number.is_none() {
                    unfit.push(format!("response.{level}.{name}"));
                }
                number.map(|number| value(i64::from(number)))
            }
        };
        let told: Array = self.told.iter().map(|who| who.key()).collect();
        let said = [
            ("told", Some(value(told))),
            ("at_once", Some(value(self.at_once))),
            ("deed", Some(value(words(&self.deed)))),
            ("working_days", number("working_days", &self.working_days, true)),
            ("again_days", number("again_days", &self.again_days, false)),
            ("supervisor_after_days", number("supervisor_after_days", &self.supervisor_after_days, false)),
            ("status", Some(value(self.status.key()))),
            ("source", Some(value(words(&self.source)))),
        ];
        let above = document.entry("response").or_insert_with(|| {
            let mut above = Table::new();
            // Only its levels stand in the text.
            above.set_implicit(true);
            Item::Table(above)
        });
        let Some(above) = above.as_table_like_mut() else { return };
        if above.get(level).is_none() {
            above.insert(level, Item::Table(Table::new()));
        }
        let Some(table) = above.get_mut(level).and_then(Item::as_table_like_mut) else { return };
        for (name, said) in said {
            let Some(mut said) = said else {
                table.remove(name);
                continue;
            };
            // What stands behind the one before it on its line stays.
            let decor = table.get(name).and_then(Item::as_value).map(|value| value.decor().clone());
            if let (Some(decor), Some(value)) = (decor, said.as_value_mut()) {
                *value.decor_mut() = decor;
            }
            table.insert(name, said);
        }
    }
}

fn words(words: &Words) -> InlineTable {
    let mut table = InlineTable::new();
    table.insert("zh", words.zh.trim().into());
    table.insert("en", words.en.trim().into());
    table
}

#[cfg(test)]
mod tests {
    use super::super::super::{EMBEDDED, Packs};
    use super::super::Form;
    use super::*;

    fn of(id: &str, texts: &[(&str, &str)]) -> Form {
        Form::of(Packs::parse(texts).unwrap().by_id(id).unwrap())
    }

    fn text(file: &str) -> &'static str {
        EMBEDDED.iter().find(|(name, _)| name.contains(file)).unwrap().1
    }

    fn with(file: &str, written: &str) -> Form {
        let texts = EMBEDDED.map(|(name, text)| (name, if name.contains(file) { written } else { text }));
        of(file, &texts)
    }

    #[test]
    fn a_level_that_is_told_anew_is_told_as_a_whole_and_others_stay() {
        for id in ["national-2015", "yizhang-2019"] {
            let before = of(id, &EMBEDDED);
            let mut form = before.clone();
            let red = &mut form.responses[3];
            red.told = vec![Recipient::Branch, Recipient::Supervisor];
            red.again_days = "5".to_owned();
            red.supervisor_after_days = " 7 ".to_owned();
            red.deed.zh = "上门\"处置\"".to_owned();
            red.status = Status::Known;
            form.responses[5].supervisor_after_days = String::new();
            let written = form.write(text(id), &before).unwrap();
            let read = with(id, &written);
            form.responses[3].supervisor_after_days = "7".to_owned();
            assert_eq!(read, form, "{written}");
            assert!(!written.contains("[response]"), "{written}");
        }
        let untouched = of("national-2015", &EMBEDDED);
        let written = untouched.write(text("national-2015"), &untouched).unwrap();
        assert_eq!(written, text("national-2015"));
    }

    #[test]
    fn days_that_are_no_number_are_told_by_their_level() {
        let before = of("national-2015", &EMBEDDED);
        let mut form = before.clone();
        form.responses[0].working_days = String::new();
        form.responses[3].again_days = "三".to_owned();
        let unfit = form.write(text("national-2015"), &before).unwrap_err();
        assert_eq!(unfit, ["response.green.working_days", "response.red.again_days"]);
    }
}
