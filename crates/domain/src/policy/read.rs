//! From TOML to packs: layers are read with the places of their values, laid over their parents, and judged.

use toml::Spanned;

use super::income::Income;
use super::judge::{judge, judge_laid};
use super::layer::{
    HandlingLayer, IncomeLayer, Layer, Read, ResponseLayer, ResponsesLayer, RewardLayer, Stated,
};
use super::response::{Recipient, Response, Responses};
use super::reward::{Choice, RewardRule};
use super::{HandlingRule, HouseholdClass, Pack, PackFault, PackFaultKind, Setting, WarningRule};
use crate::money::Fen;
use crate::rate::Rate;
use crate::text::squeeze;
use crate::warning::Thresholds;

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
                Ok(pack) => {
                    judge_laid(read, &pack, &mut faults);
                    packs.push(pack);
                }
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

/// Lays a line of layers into one pack: the nearest that states a thing decides.
fn lay(line: &[&Read<'_>]) -> Result<Pack, PackFaultKind> {
    let own = line.first().map(|read| &read.layer).ok_or(PackFaultKind::Missing("id"))?;
    let warning = first(line, "warning", |layer| layer.warning.as_ref())?.get_ref();
    let until = line.iter().find_map(|read| read.layer.contracts_until.as_ref());
    let first_day = first(line, "contracts_from", |layer| layer.contracts_from.as_ref())?.get_ref();
    let (contracts_from, from_status, from_source) = first_day.parts();
    Ok(Pack {
        id: own.id.get_ref().clone(),
        name: own.name.clone(),
        programme: first(line, "programme", |layer| layer.programme.as_ref())?.clone(),
        counties: own.counties.iter().map(|code| code.get_ref().clone()).collect(),
        contracts_from: contracts_from.ok_or(PackFaultKind::Status)?,
        contracts_from_status: from_status,
        contracts_from_source: from_source.to_owned(),
        contracts_until: until.and_then(|until| until.get_ref().day()),
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
                red_to_days: *warning.red_to_days.get_ref(),
                yellow_to_days: *warning.yellow_to_days.get_ref(),
                blue_to_days: *warning.blue_to_days.get_ref(),
                green_to_days: *warning.green_to_days.get_ref(),
            },
            due_on_rest_day_moves: warning.due_on_rest_day_moves,
            status: warning.status,
            source: warning.source.clone(),
        },
        responses: responses(line)?,
        county_after: setting(
            line,
            "escalation.county_after_working_days",
            |layer| layer.escalation.county_after_working_days.as_ref(),
            |n| *n,
        )?,
        handling: handling(line)?,
        reward: reward(line)?,
        limitation_years: setting(
            line,
            "collection.limitation_years",
            |layer| layer.collection.limitation_years.as_ref(),
            |n| *n,
        )?,
        incomes: incomes(line),
        household_classes: line
            .iter()
            .find_map(|read| read.layer.household_class.as_ref())
            .into_iter()
            .flatten()
            .map(|class| HouseholdClass {
                code: class.code.get_ref().clone(),
                name: class.name.get_ref().clone(),
                also: class.also.iter().map(|word| squeeze(word.get_ref())).collect(),
            })
            .collect(),
        unmask_reasons: setting(
            line,
            "unmasking.reasons",
            |layer| layer.unmasking.reasons.as_ref(),
            |reasons| reasons.iter().map(|reason| reason.get_ref().clone()).collect(),
        )?,
    })
}

/// How loans are handled at maturity.
fn handling(line: &[&Read<'_>]) -> Result<HandlingRule, PackFaultKind> {
    type Of<T> = fn(&HandlingLayer) -> Option<&Spanned<Stated<T>>>;
    let number = |key, of: Of<u32>| setting(line, key, |layer| of(&layer.handling), |n| *n);
    let flag = |key, of: Of<bool>| setting(line, key, |layer| of(&layer.handling), |is| *is);
    Ok(HandlingRule {
        checks: number("handling.checks", |layer| layer.checks.as_ref())?,
        checkers: setting(line, "handling.checkers", |layer| layer.handling.checkers.as_ref(), Clone::clone)?,
        bank_working_days: number("handling.bank_working_days", |layer| layer.bank_working_days.as_ref())?,
        before_due: flag("handling.before_due", |layer| layer.before_due.as_ref())?,
        extension_percent_to_a_year: number("handling.extension_percent_to_a_year", |layer| {
            layer.extension_percent_to_a_year.as_ref()
        })?,
        extension_percent_over_a_year: number("handling.extension_percent_over_a_year", |layer| {
            layer.extension_percent_over_a_year.as_ref()
        })?,
        barred_purposes: setting(
            line,
            "handling.barred_purposes",
            |layer| layer.handling.barred_purposes.as_ref(),
            Clone::clone,
        )?,
        misuse_bars: flag("handling.misuse_bars", |layer| layer.misuse_bars.as_ref())?,
    })
}

/// What follows from each level: the nearest that tells it tells all of it.
fn responses(line: &[&Read<'_>]) -> Result<Responses, PackFaultKind> {
    type Of = fn(&ResponsesLayer) -> Option<&Spanned<ResponseLayer>>;
    let one = |key, of: Of| {
        let told = first(line, key, |layer| of(&layer.response))?.get_ref();
        Ok(Response {
            told: told.told.iter().filter_map(|word| Recipient::from_key(word.get_ref())).collect(),
            at_once: told.at_once,
            deed: told.deed.get_ref().clone(),
            working_days: *told.working_days.get_ref(),
            again_days: told.again_days.as_ref().map(|days| *days.get_ref()),
            supervisor_after_days: told.supervisor_after_days.as_ref().map(|days| *days.get_ref()),
            status: told.status,
            source: told.source.clone(),
        })
    };
    Ok(Responses {
        green: one("response.green", |layer| layer.green.as_ref())?,
        blue: one("response.blue", |layer| layer.blue.as_ref())?,
        yellow: one("response.yellow", |layer| layer.yellow.as_ref())?,
        red: one("response.red", |layer| layer.red.as_ref())?,
        awaiting: one("response.awaiting", |layer| layer.awaiting.as_ref())?,
        overdue: one("response.overdue", |layer| layer.overdue.as_ref())?,
    })
}

/// In which months what loans are for brings money in; unknown where no file of a county says so.
fn incomes(line: &[&Read<'_>]) -> Setting<Vec<Income>> {
    let stated = line.iter().find_map(|read| read.layer.income.purposes.as_ref());
    let Some(stated) = stated.map(Spanned::get_ref) else { return Setting::unknown() };
    let income = |told: &Spanned<IncomeLayer>| Income {
        words: told.get_ref().words.iter().map(|word| squeeze(word)).collect(),
        months: told.get_ref().months.clone(),
    };
    Setting {
        value: stated.value.as_ref().map(|all| all.iter().map(income).collect()),
        status: stated.status,
        source: stated.source.clone(),
    }
}

/// What is said of rewards. What a county's own packs were silent on before these values were asked for is unknown.
fn reward(line: &[&Read<'_>]) -> Result<RewardRule, PackFaultKind> {
    Ok(RewardRule {
        household: setting(
            line,
            "reward.household_percent",
            |layer| layer.reward.household_percent.as_ref(),
            |percent| Rate::from_percent(*percent),
        )?,
        enterprise: setting(
            line,
            "reward.enterprise_percent",
            |layer| layer.reward.enterprise_percent.as_ref(),
            |percent| Rate::from_percent(*percent),
        )?,
        base: choice(line, |reward| reward.base.as_ref()),
        often: choice(line, |reward| reward.often.as_ref()),
        enterprise_for: choice(line, |reward| reward.enterprise_for.as_ref()),
        after_extension: choice(line, |reward| reward.after_extension.as_ref()),
        after_renewal: choice(line, |reward| reward.after_renewal.as_ref()),
        in_parts: choice(line, |reward| reward.in_parts.as_ref()),
        rest_day_grace: choice(line, |reward| reward.rest_day_grace.as_ref()),
        early_days_min: told(line, |reward| reward.early_days_min.as_ref(), |days| Some(*days)),
        publicity_days: told(line, |reward| reward.publicity_days.as_ref(), |days| Some(*days)),
        publicity_days_are: choice(line, |reward| reward.publicity_days_are.as_ref()),
    })
}

type OfReward<T> = fn(&RewardLayer) -> Option<&Spanned<Stated<T>>>;

fn choice<C: Choice>(line: &[&Read<'_>], of: OfReward<String>) -> Setting<C> {
    told(line, of, |word| C::from_key(word))
}

fn told<R, T>(line: &[&Read<'_>], of: OfReward<R>, convert: fn(&R) -> Option<T>) -> Setting<T> {
    let Some(stated) = line.iter().find_map(|read| of(&read.layer.reward)) else { return Setting::unknown() };
    let stated = stated.get_ref();
    Setting {
        value: stated.value.as_ref().and_then(convert),
        status: stated.status,
        source: stated.source.clone(),
    }
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
