//! From TOML to packs: layers are read with the places of their values, laid over their parents, and judged.

use std::ops::Range;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;
use toml::Spanned;

use super::{Pack, PackFault, PackFaultKind, Setting, Status, WarningRule, Words};
use crate::money::Fen;
use crate::rate::Rate;
use crate::warning::Thresholds;

/// What one file states.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layer {
    id: Spanned<String>,
    inherits: Option<Spanned<String>>,
    name: Words,
    programme: Option<Words>,
    #[serde(default)]
    counties: Vec<String>,
    contracts_from: Option<Date>,
    contracts_until: Option<Spanned<Until>>,
    #[serde(default)]
    loan: LoanLayer,
    warning: Option<Spanned<WarningLayer>>,
    #[serde(default)]
    reward: RewardLayer,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LoanLayer {
    cap_yuan: Option<Spanned<Stated<i64>>>,
    term_months_max: Option<Spanned<Stated<u32>>>,
    age_min: Option<Spanned<Stated<u32>>>,
    age_max: Option<Spanned<Stated<u32>>>,
    extensions_max: Option<Spanned<Stated<u32>>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RewardLayer {
    household_percent: Option<Spanned<Stated<Decimal>>>,
    enterprise_percent: Option<Spanned<Stated<Decimal>>>,
    base: Option<Spanned<Stated<String>>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WarningLayer {
    red_to_days: i32,
    yellow_to_days: i32,
    blue_to_days: i32,
    green_to_days: i32,
    due_on_rest_day_moves: bool,
    status: Status,
    source: Words,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated<T> {
    value: Option<T>,
    status: Status,
    #[serde(default)]
    source: String,
}

/// The last day, or the word `none`, which ends what a parent states.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Until {
    Day(Date),
    Never(Never),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Never {
    None,
}

/// A layer with the file that it came from.
#[derive(Clone)]
struct Read<'a> {
    file: &'a str,
    text: &'a str,
    layer: Layer,
}

impl Read<'_> {
    fn fault(&self, at: Range<usize>, kind: PackFaultKind) -> PackFault {
        PackFault::at(self.file, self.text, Some(at), kind)
    }
}

/// Reads the packs of some files.
pub(super) fn packs<T: AsRef<str>>(files: &[(T, T)]) -> Result<Vec<Pack>, Vec<PackFault>> {
    let mut faults = Vec::new();
    let mut layers: Vec<Read<'_>> = Vec::new();
    for (file, text) in files {
        let (file, text) = (file.as_ref(), text.as_ref());
        match toml::from_str::<Layer>(text) {
            Ok(layer) => layers.push(Read { file, text, layer }),
            Err(error) => {
                let kind = PackFaultKind::Form(error.message().to_owned());
                faults.push(PackFault::at(file, text, error.span(), kind));
            }
        }
    }
    for (index, read) in layers.iter().enumerate() {
        let id = &read.layer.id;
        if layers.iter().take(index).any(|other| other.layer.id.get_ref() == id.get_ref()) {
            faults.push(read.fault(id.span(), PackFaultKind::SameName(id.get_ref().clone())));
        }
        judge(read, &mut faults);
    }
    let mut packs = Vec::new();
    for read in &layers {
        match lineage(read, &layers) {
            Ok(line) => match lay(&line) {
                Ok(pack) => packs.push(pack),
                Err(kind) => faults.push(read.fault(read.layer.id.span(), kind)),
            },
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(packs) } else { Err(faults) }
}

/// A layer and what it inherits from, nearest first.
fn lineage<'r, 'a>(read: &'r Read<'a>, layers: &'r [Read<'a>]) -> Result<Vec<&'r Read<'a>>, PackFault> {
    let mut line = vec![read];
    let mut last = read;
    while let Some(parent) = &last.layer.inherits {
        let found = layers.iter().find(|other| other.layer.id.get_ref() == parent.get_ref());
        match found.filter(|found| !line.iter().any(|known| known.file == found.file)) {
            Some(found) => {
                line.push(found);
                last = found;
            }
            None => return Err(last.fault(parent.span(), PackFaultKind::Parent(parent.get_ref().clone()))),
        }
    }
    Ok(line)
}

/// What can be said of a file's own values.
fn judge(read: &Read<'_>, faults: &mut Vec<PackFault>) {
    let layer = &read.layer;
    let mut check = |at: Range<usize>, kind: Option<PackFaultKind>| {
        if let Some(kind) = kind {
            faults.push(read.fault(at, kind));
        }
    };
    if let Some(cap) = &layer.loan.cap_yuan {
        check(cap.span(), stated(cap.get_ref(), |yuan| *yuan > 0));
    }
    for number in
        [&layer.loan.term_months_max, &layer.loan.age_min, &layer.loan.age_max, &layer.loan.extensions_max]
            .into_iter()
            .flatten()
    {
        check(number.span(), stated(number.get_ref(), |number| *number > 0));
    }
    for rate in [&layer.reward.household_percent, &layer.reward.enterprise_percent].into_iter().flatten() {
        check(rate.span(), stated(rate.get_ref(), |rate| *rate > Decimal::ZERO));
    }
    if let Some(base) = &layer.reward.base {
        check(base.span(), stated(base.get_ref(), |base| !base.is_empty()));
    }
    if let Some(warning) = &layer.warning {
        let days = warning.get_ref();
        let grow = 0 <= days.red_to_days
            && days.red_to_days < days.yellow_to_days
            && days.yellow_to_days < days.blue_to_days
            && days.blue_to_days < days.green_to_days;
        check(warning.span(), (!grow).then_some(PackFaultKind::Order));
    }
    if let (Some(from), Some(until)) = (layer.contracts_from, &layer.contracts_until)
        && matches!(until.get_ref(), Until::Day(day) if *day < from)
    {
        check(until.span(), Some(PackFaultKind::Days));
    }
}

fn stated<T>(stated: &Stated<T>, sound: impl Fn(&T) -> bool) -> Option<PackFaultKind> {
    match (&stated.value, stated.status) {
        (None, Status::Unknown) => None,
        (None, _) | (Some(_), Status::Unknown) => Some(PackFaultKind::Status),
        (Some(value), _) => (!sound(value)).then_some(PackFaultKind::NotPositive),
    }
}

/// Lays a line of layers into one pack: the nearest that states a thing decides.
fn lay(line: &[&Read<'_>]) -> Result<Pack, PackFaultKind> {
    let own = line.first().map(|read| &read.layer).ok_or(PackFaultKind::Missing("id"))?;
    let warning = first(line, "warning", |layer| layer.warning.as_ref())?.get_ref();
    let until = line.iter().find_map(|read| read.layer.contracts_until.as_ref());
    Ok(Pack {
        id: own.id.get_ref().clone(),
        name: own.name.clone(),
        programme: first(line, "programme", |layer| layer.programme.as_ref())?.clone(),
        counties: own.counties.clone(),
        contracts_from: *first(line, "contracts_from", |layer| layer.contracts_from.as_ref())?,
        contracts_until: until.and_then(|until| match until.get_ref() {
            Until::Day(day) => Some(*day),
            Until::Never(Never::None) => None,
        }),
        cap: setting(
            line,
            "loan.cap_yuan",
            |layer| layer.loan.cap_yuan.as_ref(),
            |yuan| Fen::new(yuan.saturating_mul(100)),
        )?,
        term_months_max: setting(
            line,
            "loan.term_months_max",
            |layer| layer.loan.term_months_max.as_ref(),
            |n| *n,
        )?,
        age_min: setting(line, "loan.age_min", |layer| layer.loan.age_min.as_ref(), |n| *n)?,
        age_max: setting(line, "loan.age_max", |layer| layer.loan.age_max.as_ref(), |n| *n)?,
        extensions_max: setting(
            line,
            "loan.extensions_max",
            |layer| layer.loan.extensions_max.as_ref(),
            |n| *n,
        )?,
        warning: WarningRule {
            thresholds: Thresholds {
                red_to_days: warning.red_to_days,
                yellow_to_days: warning.yellow_to_days,
                blue_to_days: warning.blue_to_days,
                green_to_days: warning.green_to_days,
            },
            due_on_rest_day_moves: warning.due_on_rest_day_moves,
            status: warning.status,
            source: warning.source.clone(),
        },
        reward_household: setting(
            line,
            "reward.household_percent",
            |layer| layer.reward.household_percent.as_ref(),
            |percent| Rate::from_percent(*percent),
        )?,
        reward_enterprise: setting(
            line,
            "reward.enterprise_percent",
            |layer| layer.reward.enterprise_percent.as_ref(),
            |percent| Rate::from_percent(*percent),
        )?,
        reward_base: setting(line, "reward.base", |layer| layer.reward.base.as_ref(), String::clone)?,
    })
}

fn first<'r, T>(
    line: &[&'r Read<'_>],
    key: &'static str,
    of: impl Fn(&'r Layer) -> Option<&'r T>,
) -> Result<&'r T, PackFaultKind> {
    line.iter().find_map(|read| of(&read.layer)).ok_or(PackFaultKind::Missing(key))
}

fn setting<'r, R: 'r, T>(
    line: &[&'r Read<'_>],
    key: &'static str,
    of: impl Fn(&'r Layer) -> Option<&'r Spanned<Stated<R>>>,
    convert: impl Fn(&R) -> T,
) -> Result<Setting<T>, PackFaultKind> {
    let stated = first(line, key, of)?.get_ref();
    Ok(Setting {
        value: stated.value.as_ref().map(convert),
        status: stated.status,
        source: stated.source.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::EMBEDDED;

    fn with(change: (&str, &str)) -> Vec<PackFault> {
        let files: Vec<(String, String)> = EMBEDDED
            .iter()
            .map(|(file, text)| ((*file).to_owned(), text.replacen(change.0, change.1, 1)))
            .collect();
        packs(&files).err().unwrap_or_default()
    }

    #[test]
    fn a_fault_is_told_with_its_place() {
        for (change, line, column, kind) in [
            (("red_to_days = 7", "red_to_days = 31"), 19, 1, PackFaultKind::Order),
            (
                ("{ value = 50000, status = \"known\"", "{ value = 50000, status = \"unknown\""),
                12,
                12,
                PackFaultKind::Status,
            ),
            (("{ value = 36,", "{ value = 0,"), 13, 19, PackFaultKind::NotPositive),
            (
                ("contracts_until = \"2020-12-31\"", "contracts_until = \"2014-12-31\""),
                9,
                19,
                PackFaultKind::Days,
            ),
        ] {
            let faults = with(change);
            let found = faults.first().expect("a fault");
            assert_eq!((found.line, found.column, &found.kind), (line, column, &kind), "{change:?}");
            assert_eq!(found.file, "policy/national-2015.toml");
        }
    }

    #[test]
    fn an_unknown_key_or_parent_is_refused() {
        let faults = with(("cap_yuan", "cap_yaun"));
        assert!(
            matches!(&faults[0].kind, PackFaultKind::Form(text) if text.contains("cap_yaun")),
            "{faults:?}"
        );
        assert_eq!((faults[0].line, faults[0].column), (12, 1));
        let faults = with(("inherits = \"national-2015\"", "inherits = \"nobody\""));
        assert_eq!(faults[0].kind, PackFaultKind::Parent("nobody".to_owned()));
        let faults = with(("id = \"national-2021\"", "id = \"national-2015\""));
        assert!(faults.iter().any(|fault| matches!(&fault.kind, PackFaultKind::SameName(_))), "{faults:?}");
    }

    #[test]
    fn a_circle_of_parents_ends() {
        let faults = with(("id = \"national-2015\"", "id = \"national-2015\"\ninherits = \"yizhang-2019\""));
        assert!(faults.iter().any(|fault| matches!(&fault.kind, PackFaultKind::Parent(_))), "{faults:?}");
    }
}
