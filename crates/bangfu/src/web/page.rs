//! What every page knows: its language, the county, the day, and how templates write texts and figures.

use askama::filters::Safe;
use bangfu_domain::difference::DifferenceState;
use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use bangfu_usecase::import::Reading;
use jiff::civil::{Date, DateTime};

use super::assets;
use super::board::view::SHOWN;
use super::grant::Through;
use super::import::progress;
use super::import::view::Stage;
use super::menu::Section;
use super::session::person::Person;
use crate::texts::{Lang, Value};
use crate::words;

/// A number of things as pages show it.
pub(crate) fn unsigned(number: impl TryInto<u64>) -> u64 {
    number.try_into().unwrap_or(0)
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Look {
    /// As the reader's machine has it.
    #[default]
    Machine,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Look {
    /// Every look.
    pub(crate) const ALL: [Look; 3] = [Look::Machine, Look::Light, Look::Dark];

    /// The word in the cookie, and in the page's class.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Look::Machine => "machine",
            Look::Light => "light",
            Look::Dark => "dark",
        }
    }

    /// The look with that word.
    pub(crate) fn from_key(key: &str) -> Option<Look> {
        Self::ALL.into_iter().find(|look| look.key() == key)
    }
}

/// What a page is rendered in: the frame around every template.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    /// The language of its texts.
    pub(crate) lang: Lang,
    /// Whether it is shown in large type.
    pub(crate) large: bool,
    /// Light or dark.
    pub(crate) look: Look,
    /// Its section.
    pub(crate) section: Section,
    /// The county's name; empty where a page is shown without a database.
    pub(crate) county: String,
    /// Today by the county's clock, or by the demo clock.
    pub(crate) today: Date,
    /// True when the data are made up: every page and print says so.
    pub(crate) demo: bool,
    /// Path and query of this page, for the language switch.
    pub(crate) address: String,
    /// What was typed into the search box.
    pub(crate) search: String,
    /// Who is signed in.
    pub(crate) person: Option<Person>,
    /// Through which access outside the own area it was opened, if it was.
    pub(crate) through: Option<Through>,
    /// What the page says above everything else: the outcome of what was just asked for.
    pub(crate) notice: Option<String>,
}

impl Page {
    /// The address of a compiled-in file, with its content in the name.
    pub(crate) fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// The other language, for the switch.
    pub(crate) fn other_lang(&self) -> Lang {
        match self.lang {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        }
    }

    /// The text of a key.
    pub(crate) fn t(&self, key: &str) -> String {
        self.lang.text(key)
    }

    /// The text of a key with one parameter.
    pub(crate) fn t1(&self, key: &str, name: &str, value: impl Parameter) -> String {
        self.lang.text_with(key, &[(name, value.value())])
    }

    /// The text of a key with two parameters.
    pub(crate) fn t2(
        &self,
        key: &str,
        name: &str,
        value: impl Parameter,
        other_name: &str,
        other_value: impl Parameter,
    ) -> String {
        self.lang.text_with(key, &[(name, value.value()), (other_name, other_value.value())])
    }

    /// The word for a standing: 红色预警.
    pub(crate) fn standing(&self, standing: &Standing) -> String {
        self.t(&format!("standing-{}", standing.key()))
    }

    /// The word for a standing where there is little room: 红.
    pub(crate) fn standing_short(&self, standing: &Standing) -> String {
        self.t(&format!("standing-{}-short", standing.key()))
    }

    /// The word for a standing on its figure card, which has its note beside it.
    pub(crate) fn standing_figure(&self, standing: &Standing) -> String {
        match standing {
            Standing::Awaiting => self.t("figure-awaiting"),
            standing => self.standing(standing),
        }
    }

    /// The shape of a standing. A colour never stands alone.
    pub(crate) fn shape(&self, standing: &Standing) -> Safe<String> {
        Safe(format!(
            r##"<svg class="shape" viewBox="0 0 16 16" aria-hidden="true"><use href="#s-{}"/></svg>"##,
            standing.key()
        ))
    }

    /// The shape of a standing within a drawing.
    pub(crate) fn shape_at(&self, standing: &Standing, x: i64, y: i64) -> Safe<String> {
        Safe(format!(r##"<use href="#s-{}" x="{x}" y="{y}" width="12" height="12"/>"##, standing.key()))
    }

    /// What a standing means, beside its word: the days of a colour, or a short explanation.
    pub(crate) fn standing_note(&self, standing: &Standing, days: &Option<(i32, i32)>) -> String {
        match days {
            Some((from, to)) => self.t2("days-range", "from", from, "to", to),
            None => self.t(&format!("standing-{}-note", standing.key())),
        }
    }

    /// What stands under a standing's short word in the head of a table.
    pub(crate) fn standing_under(&self, standing: &Standing, days: &Option<(i32, i32)>) -> String {
        match days {
            Some((from, to)) => self.t2("days-range-short", "from", from, "to", to),
            None if standing.is_colour() => self.t("days-by-pack-short"),
            None => self.t(&format!("standing-{}-under", standing.key())),
        }
    }

    /// What is left until the due day, or how long it has passed; nothing for what is settled.
    pub(crate) fn days_left(&self, days: &i32, standing: &Standing) -> String {
        match (standing, *days) {
            (Standing::Settled, _) => String::new(),
            (_, 0) => self.t("due-today"),
            (_, days @ 1..) => self.t1("days-left-n", "n", days),
            (_, days) => self.t1("days-past-n", "n", -days),
        }
    }

    /// The name of a kind of file.
    pub(crate) fn import_kind(&self, kind: &str) -> String {
        self.t(&format!("import-kind-{kind}"))
    }

    /// What a kind of file holds.
    pub(crate) fn import_kind_note(&self, kind: &str) -> String {
        self.t(&format!("import-kind-{kind}-note"))
    }

    /// Who did something.
    pub(crate) fn actor(&self, actor: &str) -> String {
        words::actor(self.lang, actor)
    }

    /// How many things a file of a kind changes: loans, households or people.
    pub(crate) fn changed_unit(&self, kind: &str, changed: &u64) -> String {
        self.t1(&format!("changed-{kind}"), "n", *changed)
    }

    /// The name of a column of ours.
    pub(crate) fn column(&self, field: &str) -> String {
        self.t(&format!("column-{field}"))
    }

    /// What a column of ours holds.
    pub(crate) fn column_note(&self, field: &str) -> String {
        self.t(&format!("column-{field}-note"))
    }

    /// The name of a workbook to be filled in.
    pub(crate) fn template_name(&self, template: &str) -> String {
        self.t(&format!("template-{template}"))
    }

    /// How far an import has come, in a word.
    pub(crate) fn import_stage(&self, stage: &Stage) -> String {
        self.t(&format!("import-stage-{}", stage.key()))
    }

    /// How far a difference has come, in a word.
    pub(crate) fn difference_state(&self, state: &DifferenceState) -> String {
        self.t(&format!("difference-state-{}", state.key()))
    }

    /// The name of a kind of skipped row.
    pub(crate) fn skipped_kind(&self, kind: &str) -> String {
        self.t(&format!("skipped-{kind}"))
    }

    /// The looks to choose from, with the one that is chosen.
    pub(crate) fn looks(&self) -> [(Look, bool); 3] {
        Look::ALL.map(|look| (look, look == self.look))
    }

    /// The name of a look.
    pub(crate) fn look_name(&self, look: &Look) -> String {
        self.t(&format!("look-{}", look.key()))
    }

    /// The name of an officer's role.
    pub(crate) fn role(&self, role: &str) -> String {
        self.t(&format!("role-{role}"))
    }

    /// Where a row stands: in a sheet, if that has a name.
    pub(crate) fn cell_at(&self, sheet: &str, row: &u32) -> String {
        // A row is told as the spreadsheet tells it, without separators.
        let row = row.to_string();
        if sheet.is_empty() {
            self.t1("row-at", "row", row)
        } else {
            self.t2("cell-at", "sheet", sheet, "row", row)
        }
    }

    /// How far the work on a file is, in words.
    pub(crate) fn measure_said(&self, measure: &Reading) -> Option<String> {
        progress::said(self.lang, measure)
    }

    /// The steps of an import: number, and key of the name.
    pub(crate) fn steps(&self) -> [(u32, &'static str); 4] {
        [(1, "step-choose"), (2, "step-columns"), (3, "step-check"), (4, "step-done")]
    }

    /// The standings that boards show.
    pub(crate) fn shown(&self) -> [Standing; 6] {
        SHOWN
    }

    /// A count.
    pub(crate) fn num(&self, number: &u64) -> String {
        self.lang.number(i64::try_from(*number).unwrap_or(i64::MAX))
    }

    /// A change with its sign.
    pub(crate) fn change(&self, number: &i64) -> String {
        self.lang.change(*number)
    }

    /// An amount on a board, with its unit.
    pub(crate) fn amount(&self, amount: &Fen) -> String {
        self.lang.amount(*amount)
    }

    /// An amount in a board's column.
    pub(crate) fn amount_bare(&self, amount: &Fen, places: &u32) -> String {
        self.lang.amount_bare(*amount, *places)
    }

    /// An amount to the fen, with its unit.
    pub(crate) fn yuan(&self, amount: &Fen) -> String {
        self.lang.yuan(*amount)
    }

    /// An amount to the fen in a column.
    pub(crate) fn yuan_bare(&self, amount: &Fen) -> String {
        self.lang.yuan_bare(*amount)
    }

    /// What part of the whole an amount is.
    pub(crate) fn share(&self, part: &Fen, whole: &Fen) -> String {
        self.lang.share(*part, *whole)
    }

    /// A day on an axis.
    pub(crate) fn day_short(&self, day: &Date) -> String {
        self.lang.day_short(*day)
    }

    /// A day in a table.
    pub(crate) fn day(&self, day: &Date) -> String {
        self.lang.day(*day)
    }

    /// A day in a title, with its weekday.
    pub(crate) fn day_long(&self, day: &Date) -> String {
        self.lang.day_long(*day)
    }

    /// A day in a sentence.
    pub(crate) fn day_plain(&self, day: &Date) -> String {
        self.lang.day_plain(*day)
    }

    /// A month.
    pub(crate) fn month(&self, day: &Date) -> String {
        self.lang.month(*day)
    }

    /// An instant on the county's clock, without its day where that is the day spoken of.
    pub(crate) fn moment_on(&self, at: &DateTime, day: &Date) -> String {
        if at.date() == *day { format!("{:02}:{:02}", at.hour(), at.minute()) } else { self.moment(at) }
    }

    /// An instant on the county's clock.
    pub(crate) fn moment(&self, at: &DateTime) -> String {
        self.lang.moment(*at)
    }
}

/// What a template may pass to a message.
pub(crate) trait Parameter {
    /// The value for the message.
    fn value(&self) -> Value<'static>;
}

impl Parameter for u64 {
    fn value(&self) -> Value<'static> {
        Value::from(*self)
    }
}

impl Parameter for u32 {
    fn value(&self) -> Value<'static> {
        Value::from(i64::from(*self))
    }
}

impl Parameter for i32 {
    fn value(&self) -> Value<'static> {
        Value::from(i64::from(*self))
    }
}

impl Parameter for i64 {
    fn value(&self) -> Value<'static> {
        Value::from(*self)
    }
}

impl Parameter for usize {
    fn value(&self) -> Value<'static> {
        Value::from(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

impl Parameter for str {
    fn value(&self) -> Value<'static> {
        Value::from(self.to_owned())
    }
}

impl Parameter for String {
    fn value(&self) -> Value<'static> {
        Value::from(self.clone())
    }
}

impl<T: Parameter + ?Sized> Parameter for &T {
    fn value(&self) -> Value<'static> {
        (**self).value()
    }
}
