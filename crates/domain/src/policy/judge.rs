//! What is wrong with a pack: with a file's own values, and with what they make together with what they inherit.

use std::collections::BTreeSet;
use std::ops::Range;

use rust_decimal::Decimal;
use toml::Spanned;

use super::layer::{HandlingLayer, Layer, Read, ResponseLayer, RewardLayer, Stated, WarningLayer};
use super::response::Recipient;
use super::reward::{AfterRenewal, Choice, PublicityDays, RewardBase, RewardFor, RewardOften};
use super::{Pack, PackFault, PackFaultKind, Status};
use crate::text::squeeze;

/// No warning reaches back more than ten years: a longer one is a slip of the pen, and the calendar ends somewhere.
const DAYS_MAX: i32 = 3_650;

/// No contract runs longer than fifty years.
const MONTHS_MAX: u32 = 600;

/// No loan is extended by more than ten times its term.
const PERCENT_MAX: u32 = 1_000;

/// More people than that check nothing.
const CHECKS_MAX: u32 = 5;

/// Nobody is older, and nothing is extended more often.
const COUNT_MAX: u32 = 150;

/// What can be said of a file's own values.
pub(super) fn judge(read: &Read<'_>, faults: &mut Vec<PackFault>) {
    let layer = &read.layer;
    let mut check = |at: Range<usize>, kind: Option<PackFaultKind>| {
        if let Some(kind) = kind {
            faults.push(read.fault(at, kind));
        }
    };
    for county in &layer.counties {
        let code = county.get_ref();
        let is_code = matches!(code.len(), 6 | 12) && code.bytes().all(|byte| byte.is_ascii_digit());
        check(county.span(), (!is_code).then(|| PackFaultKind::County(code.clone())));
    }
    if let Some(first) = &layer.contracts_from {
        let (day, status, _) = first.get_ref().parts();
        check(first.span(), (day.is_none() || status == Status::Unknown).then_some(PackFaultKind::Status));
    }
    if let Some(cap) = &layer.loan.cap_yuan {
        check(cap.span(), stated(cap.get_ref(), |yuan| above_zero(*yuan > 0)));
    }
    let loan = &layer.loan;
    for (number, most) in [
        (&loan.term_months_max, MONTHS_MAX),
        (&loan.age_min, COUNT_MAX),
        (&loan.age_max, COUNT_MAX),
        (&loan.extensions_max, COUNT_MAX),
        (&layer.escalation.county_after_working_days, DAYS_MAX.unsigned_abs()),
        (&layer.handling.bank_working_days, DAYS_MAX.unsigned_abs()),
        (&layer.handling.extension_percent_to_a_year, PERCENT_MAX),
        (&layer.handling.extension_percent_over_a_year, PERCENT_MAX),
        (&layer.collection.limitation_years, COUNT_MAX),
    ] {
        let Some(number) = number else { continue };
        let within = |number: &u32| {
            above_zero(*number > 0).or_else(|| (*number > most).then_some(PackFaultKind::Above(most)))
        };
        check(number.span(), stated(number.get_ref(), within));
    }
    judge_reward(&layer.reward, &mut check);
    if let Some(warning) = &layer.warning {
        for days in days(warning.get_ref()) {
            let most = DAYS_MAX.unsigned_abs();
            check(days.span(), (*days.get_ref() > DAYS_MAX).then_some(PackFaultKind::Above(most)));
        }
        let [red, yellow, blue, green] = days(warning.get_ref()).map(|days| *days.get_ref());
        let grow = 0 <= red && red < yellow && yellow < blue && blue < green;
        check(warning.span(), (!grow).then_some(PackFaultKind::Order));
    }
    for response in layer.response.told() {
        judge_response(response.get_ref(), &mut check);
    }
    if let Some(awaiting) = &layer.response.awaiting {
        // Whoever awaits the bank may have paid, and nobody who paid is accused.
        let others = awaiting.get_ref().told.iter().find(|word| word.get_ref() != Recipient::Branch.key());
        let at = others.map_or(awaiting.span(), Spanned::span);
        check(at, others.map(|_| PackFaultKind::BranchAlone));
    }
    judge_handling(&layer.handling, &mut check);
    judge_classes(layer, &mut check);
    judge_incomes(layer, &mut check);
    judge_reasons(layer, &mut check);
}

/// A reward is a part of the loan, for whoever is known; a word that means nothing would leave the rule open.
fn judge_reward(reward: &RewardLayer, check: &mut impl FnMut(Range<usize>, Option<PackFaultKind>)) {
    for rate in [&reward.household_percent, &reward.enterprise_percent].into_iter().flatten() {
        let whole = |rate: &Decimal| {
            above_zero(*rate > Decimal::ZERO)
                .or_else(|| (*rate > Decimal::ONE_HUNDRED).then_some(PackFaultKind::Above(100)))
        };
        check(rate.span(), stated(rate.get_ref(), whole));
    }
    let most = DAYS_MAX.unsigned_abs();
    for (days, least) in [(&reward.early_days_min, 0), (&reward.publicity_days, 1)] {
        let Some(days) = days else { continue };
        let within = |days: &u32| {
            above_zero(*days >= least).or_else(|| (*days > most).then_some(PackFaultKind::Above(most)))
        };
        check(days.span(), stated(days.get_ref(), within));
    }
    judge_choice::<RewardBase>(reward.base.as_ref(), check);
    judge_choice::<RewardOften>(reward.often.as_ref(), check);
    judge_choice::<RewardFor>(reward.enterprise_for.as_ref(), check);
    judge_choice::<AfterRenewal>(reward.after_renewal.as_ref(), check);
    judge_choice::<PublicityDays>(reward.publicity_days_are.as_ref(), check);
    for yes in [&reward.after_extension, &reward.in_parts, &reward.rest_day_grace] {
        judge_choice::<bool>(yes.as_ref(), check);
    }
}

fn judge_choice<C: Choice>(
    word: Option<&Spanned<Stated<String>>>,
    check: &mut impl FnMut(Range<usize>, Option<PackFaultKind>),
) {
    let Some(word) = word else { return };
    let known = |word: &String| {
        let words = C::ALL.iter().map(|(word, _)| *word).collect::<Vec<_>>();
        C::from_key(word).is_none().then(|| PackFaultKind::Choice(words.join(", ")))
    };
    check(word.span(), stated(word.get_ref(), known));
}

/// Without a reason to choose from nobody could be shown a number; two of one name could not be told apart.
fn judge_reasons(layer: &Layer, check: &mut impl FnMut(Range<usize>, Option<PackFaultKind>)) {
    let Some(stated) = &layer.unmasking.reasons else { return };
    let reasons = match (&stated.get_ref().value, stated.get_ref().status) {
        (Some(reasons), Status::Known | Status::ToConfirm) => reasons,
        _ => return check(stated.span(), Some(PackFaultKind::Status)),
    };
    check(stated.span(), reasons.is_empty().then_some(PackFaultKind::NoReason));
    let mut names = BTreeSet::new();
    for reason in reasons {
        let words = reason.get_ref();
        let nameless = squeeze(&words.zh).is_empty() || squeeze(&words.en).is_empty();
        check(reason.span(), nameless.then_some(PackFaultKind::NoReason));
        let again = !nameless && !names.insert(squeeze(&words.zh));
        check(reason.span(), again.then(|| PackFaultKind::SameReason(words.zh.clone())));
    }
}

/// What nobody need check, one person could do alone; what nobody may check, nobody could do.
fn judge_handling(handling: &HandlingLayer, check: &mut impl FnMut(Range<usize>, Option<PackFaultKind>)) {
    if let Some(checks) = &handling.checks {
        let kind = match (checks.get_ref().value, checks.get_ref().status) {
            (Some(0), _) => Some(PackFaultKind::NotPositive),
            (Some(count), _) if count > CHECKS_MAX => Some(PackFaultKind::Above(CHECKS_MAX)),
            (Some(_), Status::Known | Status::ToConfirm) => None,
            _ => Some(PackFaultKind::Status),
        };
        check(checks.span(), kind);
    }
    if let Some(checkers) = &handling.checkers {
        let kind = match (&checkers.get_ref().value, checkers.get_ref().status) {
            (Some(roles), Status::Known | Status::ToConfirm) => above_zero(!roles.is_empty()),
            _ => Some(PackFaultKind::Status),
        };
        check(checkers.span(), kind);
    }
    if let Some(words) = &handling.barred_purposes {
        let empty = |words: &Vec<String>| above_zero(words.iter().all(|word| !word.trim().is_empty()));
        check(words.span(), stated(words.get_ref(), empty));
    }
    for flag in [&handling.before_due, &handling.misuse_bars].into_iter().flatten() {
        check(flag.span(), stated(flag.get_ref(), |_| None));
    }
}

/// What has no word is met in no purpose, what has no month never pays, and a word that stands for two pays when?
fn judge_incomes(layer: &Layer, check: &mut impl FnMut(Range<usize>, Option<PackFaultKind>)) {
    let Some(stated) = &layer.income.purposes else { return };
    let incomes = match (&stated.get_ref().value, stated.get_ref().status) {
        (None, Status::Unknown) => return,
        (Some(incomes), Status::Known | Status::ToConfirm) => incomes,
        _ => return check(stated.span(), Some(PackFaultKind::Status)),
    };
    let mut words = BTreeSet::new();
    for income in incomes {
        let told = income.get_ref();
        let mut months = BTreeSet::new();
        let sound = !told.months.is_empty()
            && told.months.iter().all(|month| (1..=12).contains(month) && months.insert(*month));
        check(income.span(), (!sound).then_some(PackFaultKind::Months));
        let nameless = told.words.is_empty() || told.words.iter().any(|word| squeeze(word).is_empty());
        check(income.span(), nameless.then_some(PackFaultKind::NoWord));
        for word in &told.words {
            let again = !words.insert(squeeze(word));
            check(income.span(), again.then(|| PackFaultKind::SameWord(word.clone())));
        }
    }
}

/// Whom a word does not mean, nobody could tell; what has no name, nobody could do.
fn judge_response(response: &ResponseLayer, check: &mut impl FnMut(Range<usize>, Option<PackFaultKind>)) {
    let mut told = BTreeSet::new();
    for word in &response.told {
        let who = Recipient::from_key(word.get_ref());
        let again = !told.insert(word.get_ref());
        check(
            word.span(),
            (who.is_none() || again).then(|| PackFaultKind::Recipient(word.get_ref().clone())),
        );
    }
    let deed = response.deed.get_ref();
    let nameless = deed.zh.trim().is_empty() || deed.en.trim().is_empty();
    check(response.deed.span(), nameless.then_some(PackFaultKind::NoDeed));
    let most = DAYS_MAX.unsigned_abs();
    let terms = [&response.again_days, &response.supervisor_after_days];
    for days in terms.into_iter().flatten().chain([&response.working_days]) {
        let count = *days.get_ref();
        check(days.span(), above_zero(count > 0));
        check(days.span(), (count > most).then_some(PackFaultKind::Above(most)));
    }
}

fn days(warning: &WarningLayer) -> [&Spanned<i32>; 4] {
    [&warning.red_to_days, &warning.yellow_to_days, &warning.blue_to_days, &warning.green_to_days]
}

/// A code or a word that stands for two classes stands for neither.
fn judge_classes(layer: &Layer, check: &mut impl FnMut(Range<usize>, Option<PackFaultKind>)) {
    let (mut codes, mut words) = (BTreeSet::new(), BTreeSet::new());
    for class in layer.household_class.iter().flatten() {
        let code = class.code.get_ref();
        let again = !codes.insert(code.clone());
        check(class.code.span(), again.then(|| PackFaultKind::SameClass(code.clone())));
        let names = std::iter::once((class.name.span(), &class.name.get_ref().zh));
        for (at, word) in names.chain(class.also.iter().map(|word| (word.span(), word.get_ref()))) {
            let again = !words.insert(squeeze(word));
            check(at, again.then(|| PackFaultKind::SameClass(word.clone())));
        }
    }
}

/// What can be said of a pack as a whole: what a file leaves out, it inherits.
pub(super) fn judge_laid(read: &Read<'_>, pack: &Pack, faults: &mut Vec<PackFault>) {
    let Some(until) = pack.contracts_until.filter(|until| *until < pack.contracts_from) else { return };
    let (first, last) = (&read.layer.contracts_from, &read.layer.contracts_until);
    let inherited = PackFaultKind::NoDay { from: pack.contracts_from, until };
    match (first, last) {
        (Some(_), Some(last)) => faults.push(read.fault(last.span(), PackFaultKind::Days)),
        (Some(first), None) => faults.push(read.fault(first.span(), inherited)),
        (None, Some(last)) => faults.push(read.fault(last.span(), inherited)),
        // Whoever states neither inherits both: the fault is told where they stand.
        (None, None) => {}
    }
}

fn stated<T>(stated: &Stated<T>, fault: impl Fn(&T) -> Option<PackFaultKind>) -> Option<PackFaultKind> {
    match (&stated.value, stated.status) {
        (None, Status::Unknown) => None,
        (None, _) | (Some(_), Status::Unknown) => Some(PackFaultKind::Status),
        (Some(value), _) => fault(value),
    }
}

fn above_zero(is: bool) -> Option<PackFaultKind> {
    (!is).then_some(PackFaultKind::NotPositive)
}
