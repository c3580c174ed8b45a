//! A pack's values as a form shows them, and a pack's text with some of them told anew. What the form does not touch stays
//! as it is written, comments included; what is inherited stays inherited until it is told otherwise.

use rust_decimal::Decimal;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, Value, value};

use super::reward::Choice;
use super::{Pack, Setting, Status, Words};

mod response;

pub use response::{LEVELS, TypedResponse};

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A whole number.
    Whole,
    /// A percentage.
    Percent,
    /// One of some words.
    Choice(&'static [&'static str]),
}

const YES: &[&str] = &["no", "yes"];

/// The values that a form shows, each with its place in a pack's file.
pub const VALUES: [(&str, ValueKind); 19] = [
    ("loan.cap_yuan", ValueKind::Whole),
    ("loan.term_months_max", ValueKind::Whole),
    ("loan.age_min", ValueKind::Whole),
    ("loan.age_max", ValueKind::Whole),
    ("loan.extensions_max", ValueKind::Whole),
    ("reward.household_percent", ValueKind::Percent),
    ("reward.enterprise_percent", ValueKind::Percent),
    ("reward.base", ValueKind::Choice(&["amount-lent", "credit-line"])),
    ("reward.often", ValueKind::Choice(&["once", "each-year"])),
    ("reward.enterprise_for", ValueKind::Choice(&["loans-carried", "loans-own"])),
    ("reward.after_extension", ValueKind::Choice(YES)),
    ("reward.after_renewal", ValueKind::Choice(&["no", "end-of-chain"])),
    ("reward.in_parts", ValueKind::Choice(YES)),
    ("reward.rest_day_grace", ValueKind::Choice(YES)),
    ("reward.early_days_min", ValueKind::Whole),
    ("reward.publicity_days", ValueKind::Whole),
    ("reward.publicity_days_are", ValueKind::Choice(&["calendar", "working"])),
    ("escalation.county_after_working_days", ValueKind::Whole),
    ("collection.limitation_years", ValueKind::Whole),
];

/// A value as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// What it is; empty where nothing is stated.
    pub value: String,
    /// How sure it is.
    pub status: Status,
    /// Where it comes from.
    pub source: String,
}

/// The colours as they are typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedWarning {
    /// The most days to maturity of red, yellow, blue and green.
    pub days: [String; 4],
    /// True if a due day on a rest day moves to the next working day.
    pub moves: bool,
    /// How sure all of this is.
    pub status: Status,
    /// Where it comes from.
    pub source: Words,
}

/// What a number may be needed for, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedReasons {
    /// The reasons; one that is empty in both languages is none, and one without English is called alike in both.
    pub list: Vec<Words>,
    /// How sure the list is.
    pub status: Status,
    /// Where it comes from.
    pub source: String,
}

/// The days of the colours as a pack's file names them, from red to green.
pub const DAYS: [&str; 4] = ["red_to_days", "yellow_to_days", "blue_to_days", "green_to_days"];

/// A pack as a form has it: the values in the order of [`VALUES`], the colours, and what numbers are needed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The values.
    pub values: Vec<Typed>,
    /// The colours.
    pub warning: TypedWarning,
    /// What a number may be needed for.
    pub reasons: TypedReasons,
    /// What follows from each level, in the order of [`LEVELS`].
    pub responses: [TypedResponse; 6],
}

/// What of a form cannot be written into a pack: the place of the value.
pub type Unfit = String;

fn typed<T: ToString>(setting: &Setting<T>) -> Typed {
    let value = setting.value.as_ref().map_or_else(String::new, ToString::to_string);
    Typed { value, status: setting.status, source: setting.source.clone() }
}

fn chosen<C: Choice>(setting: &Setting<C>) -> Typed {
    let value = setting.value.map_or_else(String::new, |choice| choice.key().to_owned());
    Typed { value, status: setting.status, source: setting.source.clone() }
}

impl Form {
    /// A pack's values.
    pub fn of(pack: &Pack) -> Form {
        let cap = Setting {
            value: pack.cap.value.map(|cap| cap.get() / 100),
            status: pack.cap.status,
            source: pack.cap.source.clone(),
        };
        let thresholds = &pack.warning.thresholds;
        let days = [
            thresholds.red_to_days,
            thresholds.yellow_to_days,
            thresholds.blue_to_days,
            thresholds.green_to_days,
        ];
        Form {
            values: vec![
                typed(&cap),
                typed(&pack.term_months_max),
                typed(&pack.age_min),
                typed(&pack.age_max),
                typed(&pack.extensions_max),
                typed(&pack.reward.household),
                typed(&pack.reward.enterprise),
                chosen(&pack.reward.base),
                chosen(&pack.reward.often),
                chosen(&pack.reward.enterprise_for),
                chosen(&pack.reward.after_extension),
                chosen(&pack.reward.after_renewal),
                chosen(&pack.reward.in_parts),
                chosen(&pack.reward.rest_day_grace),
                typed(&pack.reward.early_days_min),
                typed(&pack.reward.publicity_days),
                chosen(&pack.reward.publicity_days_are),
                typed(&pack.county_after),
                typed(&pack.limitation_years),
            ],
            warning: TypedWarning {
                days: days.map(|days| days.to_string()),
                moves: pack.warning.due_on_rest_day_moves,
                status: pack.warning.status,
                source: pack.warning.source.clone(),
            },
            reasons: TypedReasons {
                list: pack.unmask_reasons.value.clone().unwrap_or_default(),
                status: pack.unmask_reasons.status,
                source: pack.unmask_reasons.source.clone(),
            },
            responses: TypedResponse::of_all(&pack.responses),
        }
    }

    /// A pack's text with those values of this form that are not as another has them.
    ///
    /// # Errors
    /// The places of what is no number where one is wanted; none where the text itself is no TOML.
    pub fn write(&self, text: &str, before: &Form) -> Result<String, Vec<Unfit>> {
        let mut document: DocumentMut = text.parse().map_err(|_| Vec::new())?;
        let mut unfit = Vec::new();
        for (((place, kind), typed), was) in VALUES.iter().zip(&self.values).zip(&before.values) {
            if typed == was {
                continue;
            }
            match inline(typed, *kind) {
                Some(table) => put(&mut document, place, value(table)),
                None => unfit.push((*place).to_owned()),
            }
        }
        if self.warning != before.warning {
            self.write_warning(&mut document, &mut unfit);
        }
        if self.reasons != before.reasons {
            put(&mut document, "unmasking.reasons", value(self.reasons.inline()));
        }
        for ((level, typed), was) in LEVELS.into_iter().zip(&self.responses).zip(&before.responses) {
            if typed != was {
                typed.write(&mut document, level, &mut unfit);
            }
        }
        if unfit.is_empty() { Ok(document.to_string()) } else { Err(unfit) }
    }

    fn write_warning(&self, document: &mut DocumentMut, unfit: &mut Vec<Unfit>) {
        for (name, typed) in DAYS.iter().zip(&self.warning.days) {
            match typed.trim().parse::<i64>() {
                Ok(days) => put(document, &format!("warning.{name}"), value(days)),
                Err(_) => unfit.push((*name).to_owned()),
            }
        }
        let mut source = InlineTable::new();
        source.insert("zh", self.warning.source.zh.trim().into());
        source.insert("en", self.warning.source.en.trim().into());
        put(document, "warning.due_on_rest_day_moves", value(self.warning.moves));
        put(document, "warning.status", value(self.warning.status.key()));
        put(document, "warning.source", value(source));
    }
}

impl TypedReasons {
    fn inline(&self) -> InlineTable {
        let mut list = Array::new();
        for reason in &self.list {
            let (zh, en) = (reason.zh.trim(), reason.en.trim());
            if zh.is_empty() && en.is_empty() {
                continue;
            }
            let mut words = InlineTable::new();
            words.insert("zh", zh.into());
            words.insert("en", if en.is_empty() { zh.into() } else { en.into() });
            let mut words = Value::from(words);
            words.decor_mut().set_prefix("\n  ");
            list.push_formatted(words);
        }
        list.set_trailing("\n");
        let mut table = InlineTable::new();
        table.insert("value", list.into());
        stated(&mut table, self.status, &self.source);
        table
    }
}

/// Notes how sure a value is, and where it comes from.
fn stated(table: &mut InlineTable, status: Status, source: &str) {
    table.insert("status", status.key().into());
    let source = source.trim();
    if !source.is_empty() {
        table.insert("source", source.into());
    }
}

/// A value with its status and source; `None` if it is not of its kind.
fn inline(typed: &Typed, kind: ValueKind) -> Option<InlineTable> {
    let mut table = InlineTable::new();
    let text = typed.value.trim();
    if !text.is_empty() {
        let value: Value = match kind {
            ValueKind::Whole => text.parse::<i64>().ok()?.into(),
            ValueKind::Percent => text.parse::<Decimal>().ok().map(|_| text.into())?,
            ValueKind::Choice(_) => text.into(),
        };
        table.insert("value", value);
    }
    stated(&mut table, typed.status, &typed.source);
    Some(table)
}

/// Puts an item at a place `section.name`; what stands behind the one before it on its line stays.
fn put(document: &mut DocumentMut, place: &str, mut item: Item) {
    let Some((section, name)) = place.split_once('.') else { return };
    let table = document.entry(section).or_insert_with(|| Item::Table(Table::new()));
    let Some(table) = table.as_table_like_mut() else { return };
    let decor = table.get(name).and_then(Item::as_value).map(|value| value.decor().clone());
    if let (Some(decor), Some(value)) = (decor, item.as_value_mut()) {
        *value.decor_mut() = decor;
    }
    table.insert(name, item);
}

#[cfg(test)]
mod tests {
    use super::super::{EMBEDDED, Packs};
    use super::*;

    fn pack(id: &str) -> (Pack, &'static str) {
        let packs = Packs::parse(&EMBEDDED).unwrap();
        let at = packs.all().iter().position(|pack| pack.id == id).unwrap();
        (packs.all()[at].clone(), EMBEDDED[at].1)
    }

    /// The pack that comes of a text in the place of the one of its name.
    fn read(id: &str, text: &str) -> Pack {
        let files = EMBEDDED.map(|(file, known)| (file, if file.contains(id) { text } else { known }));
        Packs::parse(&files).unwrap().by_id(id).unwrap().clone()
    }

    #[test]
    fn a_form_offers_every_choice_that_a_file_may_make() {
        use super::super::reward::*;
        fn words<C: Choice>() -> Vec<&'static str> {
            C::ALL.iter().map(|(word, _)| *word).collect()
        }
        for (place, kind) in VALUES {
            let ValueKind::Choice(offered) = kind else { continue };
            let known = match place {
                "reward.base" => words::<RewardBase>(),
                "reward.often" => words::<RewardOften>(),
                "reward.enterprise_for" => words::<RewardFor>(),
                "reward.after_renewal" => words::<AfterRenewal>(),
                "reward.publicity_days_are" => words::<PublicityDays>(),
                _ => words::<bool>(),
            };
            assert_eq!(offered, known, "{place}");
        }
    }

    #[test]
    fn what_nobody_touches_stays_as_it_is_written() {
        for (_, text) in EMBEDDED {
            let id = text.split("id = \"").nth(1).unwrap().split('"').next().unwrap();
            let form = Form::of(&pack(id).0);
            assert_eq!(form.write(text, &form).unwrap(), text, "{id}");
        }
    }

    #[test]
    fn a_value_is_told_anew_and_the_rest_stays() {
        let (old, text) = pack("national-2015");
        let before = Form::of(&old);
        let mut form = before.clone();
        form.values[0].value = "60000".to_owned();
        form.values[4] = Typed {
            value: "2".to_owned(),
            status: Status::ToConfirm,
            source: "县\"办\"发〔2026〕1号".to_owned(),
        };
        form.warning.days[0] = "10".to_owned();
        let written = form.write(text, &before).unwrap();
        assert!(written.contains("# No source gives the days of the four colours."), "comments stay");
        assert_eq!(Form::of(&read("national-2015", &written)), form);
        let changed = crate::lines::difference(text, &written);
        let new = changed.iter().filter(|line| matches!(line, crate::lines::Line::New(_))).count();
        assert_eq!(new, 3, "{written}");
    }

    #[test]
    fn what_is_inherited_is_told_where_it_is_told_otherwise() {
        let (old, text) = pack("yizhang-2019");
        let before = Form::of(&old);
        let mut form = before.clone();
        form.values[1] = Typed { value: "24".to_owned(), status: Status::Known, source: String::new() };
        let written = form.write(text, &before).unwrap();
        assert!(written.contains("[loan]"), "{written}");
        let new = read("yizhang-2019", &written);
        assert_eq!((new.term_months_max.value, new.cap.value), (Some(24), old.cap.value));
        // Nothing is stated any more.
        form.values[5] = Typed { value: String::new(), status: Status::Unknown, source: String::new() };
        let new = read("yizhang-2019", &form.write(text, &before).unwrap());
        assert_eq!(new.reward.household.value, None);
    }

    #[test]
    fn reasons_are_told_anew_one_a_line() {
        for id in ["national-2015", "yizhang-2019"] {
            let (old, text) = pack(id);
            let before = Form::of(&old);
            let mut form = before.clone();
            form.reasons.list[0].zh = "回访\"借款人\"".to_owned();
            form.reasons.list.remove(1);
            form.reasons.list.push(Words { zh: "审计".to_owned(), en: String::new() });
            form.reasons.list.push(Words { zh: " ".to_owned(), en: String::new() });
            form.reasons.status = Status::Known;
            let written = form.write(text, &before).unwrap();
            let new = read(id, &written).unmask_reasons;
            let names: Vec<String> = new.value.unwrap().into_iter().map(|one| one.zh).collect();
            assert_eq!(names, ["回访\"借款人\"", "与银行核对", "更正台账", "督查核实", "其他", "审计"]);
            assert!(written.contains("\n  { zh = \"审计\", en = \"审计\" }\n"), "{written}");
            assert_eq!(new.status, Status::Known);
        }
    }

    #[test]
    fn what_is_no_number_is_told_by_its_place() {
        let (old, text) = pack("national-2015");
        let before = Form::of(&old);
        let mut form = before.clone();
        form.values[0].value = "五万".to_owned();
        form.values[5].value = "2%".to_owned();
        form.warning.days[3] = String::new();
        let unfit = form.write(text, &before).unwrap_err();
        assert_eq!(unfit, ["loan.cap_yuan", "reward.household_percent", "green_to_days"]);
        assert_eq!(form.write("= no TOML", &before), Err(Vec::new()));
    }
}
