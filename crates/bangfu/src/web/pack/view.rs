//! A pack in words.

use bangfu_domain::policy::edit::{Form, VALUES};
use bangfu_domain::policy::{Income, Pack, Status};
use jiff::civil::Date;

use super::response::{self, ResponseView};
use crate::texts::Lang;

/// Instead of a unit: the value is one of some words.
const CHOSEN: &str = "";

/// The keys of the names of the values, in the order in which a form has them, and of their units.
pub(crate) const LABELS: [(&str, &str); VALUES.len()] = [
    ("pack-cap", "pack-unit-yuan"),
    ("pack-term", "pack-unit-months"),
    ("pack-age-min", "pack-unit-years"),
    ("pack-age-max", "pack-unit-years"),
    ("pack-extensions", "pack-unit-times"),
    ("pack-reward-household", "pack-unit-percent"),
    ("pack-reward-enterprise", "pack-unit-percent"),
    ("pack-reward-base", CHOSEN),
    ("pack-reward-often", CHOSEN),
    ("pack-reward-enterprise-for", CHOSEN),
    ("pack-reward-after-extension", CHOSEN),
    ("pack-reward-after-renewal", CHOSEN),
    ("pack-reward-in-parts", CHOSEN),
    ("pack-reward-rest-day-grace", CHOSEN),
    ("pack-reward-early-days-min", "pack-unit-days"),
    ("pack-reward-publicity-days", "pack-unit-days"),
    ("pack-reward-publicity-days-are", CHOSEN),
    ("pack-county-after", "pack-unit-working-days"),
    ("pack-limitation", "pack-unit-whole-years"),
];

/// A pack as pages show it.
#[derive(Debug, Clone)]
pub(crate) struct PackView {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// The programme's name.
    pub(crate) programme: String,
    /// The first day of contracts that it covers, how sure that is, and the last.
    pub(crate) contracts: (Date, Status, Option<Date>),
    /// The counties for which it stands; empty for all.
    pub(crate) counties: Vec<String>,
    /// Whether a contract signed today stands under it.
    pub(crate) is_todays: bool,
    /// Its values.
    pub(crate) values: Vec<ValueView>,
    /// From which day to which of those before the due day a colour lasts: red, yellow, blue, green.
    pub(crate) colours: [(&'static str, i32, i32); 4],
    /// Whether a due day on a rest day moves.
    pub(crate) moves: bool,
    /// How sure the colours are.
    pub(crate) warning_status: Status,
    /// Where they come from.
    pub(crate) warning_source: String,
    /// The classes of households.
    pub(crate) classes: Vec<String>,
    /// What a number may be needed for.
    pub(crate) reasons: ValueView,
    /// What follows from each level.
    pub(crate) responses: Vec<ResponseView>,
    /// In which months what loans are for brings money in.
    pub(crate) incomes: ValueView,
    /// Values that are left open or are still to be confirmed.
    pub(crate) unsure: usize,
}

/// A value.
#[derive(Debug, Clone)]
pub(crate) struct ValueView {
    /// The key of its name.
    pub(crate) key: &'static str,
    /// What it is, with its unit; none where nothing is stated.
    pub(crate) text: Option<String>,
    /// How sure it is.
    pub(crate) status: Status,
    /// Where it comes from.
    pub(crate) source: String,
}

/// The key of the word for how sure something is.
pub(crate) const fn status_key(status: Status) -> &'static str {
    match status {
        Status::Known => "pack-known",
        Status::ToConfirm => "pack-to-confirm",
        Status::Unknown => "pack-unknown",
    }
}

/// The look of that word.
pub(crate) const fn status_look(status: Status) -> &'static str {
    match status {
        Status::Known => "good",
        Status::ToConfirm => "staged",
        Status::Unknown => "",
    }
}

impl ValueView {
    /// The key of the word for how sure it is.
    pub(crate) fn status_key(&self) -> &'static str {
        status_key(self.status)
    }

    /// The look of that word.
    pub(crate) fn look(&self) -> &'static str {
        status_look(self.status)
    }
}

/// A value with its unit.
fn with_unit(lang: Lang, value: &str, unit: &'static str) -> String {
    let value = match value.parse::<i64>() {
        Ok(number) => lang.number(number),
        Err(_) if unit == CHOSEN => chosen(lang, value),
        Err(_) => value.to_owned(),
    };
    match unit {
        CHOSEN => value,
        unit => lang.text_with(unit, &[("n", value.into())]),
    }
}

/// What a word means that a pack's file chose from some.
pub(crate) fn chosen(lang: Lang, word: &str) -> String {
    lang.text(&format!("choice-{word}"))
}

/// The key of the name of the value at a place of a pack's file.
pub(crate) fn label_of(place: &str) -> Option<&'static str> {
    let at = VALUES.iter().position(|(known, _)| *known == place)?;
    LABELS.get(at).map(|(key, _)| *key)
}

fn incomes(lang: Lang, pack: &Pack) -> ValueView {
    let stated = &pack.incomes;
    let comma = lang.text("comma");
    let said = |income: &Income| {
        let months: Vec<String> = income.months.iter().map(ToString::to_string).collect();
        let months = lang.text_with("ways-months", &[("months", months.join(&comma).into())]);
        format!("{}: {months}", income.words.join(&comma))
    };
    let all = stated.value.as_ref().map(|all| all.iter().map(said).collect::<Vec<_>>().join(" · "));
    ValueView { key: "pack-incomes", text: all, status: stated.status, source: stated.source.clone() }
}

fn reasons(lang: Lang, pack: &Pack) -> ValueView {
    let stated = &pack.unmask_reasons;
    let names = stated.value.iter().flatten().map(|reason| lang.of(reason));
    ValueView {
        key: "pack-unmask-reasons",
        text: Some(names.collect::<Vec<_>>().join(" · ")),
        status: stated.status,
        source: stated.source.clone(),
    }
}

impl PackView {
    /// A pack in words.
    pub(crate) fn of(lang: Lang, pack: &Pack, is_todays: bool) -> PackView {
        let form = Form::of(pack);
        let responses = response::views(lang, &form);
        let unsure_responses = response::unsure(&form);
        let values = LABELS.iter().zip(form.values).map(|((key, unit), typed)| ValueView {
            key,
            text: (!typed.value.is_empty()).then(|| with_unit(lang, &typed.value, unit)),
            status: typed.status,
            source: typed.source,
        });
        let values: Vec<ValueView> = values.collect();
        let days = &pack.warning.thresholds;
        let unsure = values.iter().filter(|value| value.status != Status::Known).count();
        PackView {
            id: pack.id.clone(),
            name: lang.of(&pack.name).to_owned(),
            programme: lang.of(&pack.programme).to_owned(),
            contracts: (pack.contracts_from, pack.contracts_from_status, pack.contracts_until),
            counties: pack.counties.clone(),
            is_todays,
            colours: [
                ("standing-red", 0, days.red_to_days),
                ("standing-yellow", days.red_to_days + 1, days.yellow_to_days),
                ("standing-blue", days.yellow_to_days + 1, days.blue_to_days),
                ("standing-green", days.blue_to_days + 1, days.green_to_days),
            ],
            moves: pack.warning.due_on_rest_day_moves,
            warning_status: pack.warning.status,
            warning_source: lang.of(&pack.warning.source).to_owned(),
            classes: pack.household_classes.iter().map(|class| lang.of(&class.name).to_owned()).collect(),
            reasons: reasons(lang, pack),
            responses,
            incomes: incomes(lang, pack),
            unsure: unsure
                + unsure_responses
                + usize::from(pack.warning.status != Status::Known)
                + usize::from(pack.unmask_reasons.status != Status::Known),
            values,
        }
    }

    /// The key of the word for how sure the first day of its contracts is.
    pub(crate) fn contracts_key(&self) -> &'static str {
        status_key(self.contracts.1)
    }

    /// The look of that word.
    pub(crate) fn contracts_look(&self) -> &'static str {
        status_look(self.contracts.1)
    }

    /// The key of the word for how sure its colours are.
    pub(crate) fn warning_key(&self) -> &'static str {
        status_key(self.warning_status)
    }

    /// The look of that word.
    pub(crate) fn warning_look(&self) -> &'static str {
        status_look(self.warning_status)
    }
}
