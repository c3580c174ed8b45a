//! What is wrong with a pack: with a file's own values, and with what they make together with what they inherit.

use std::collections::BTreeSet;
use std::ops::Range;

use rust_decimal::Decimal;
use toml::Spanned;

use super::layer::{Layer, Read, ResponseLayer, Stated, WarningLayer};
use super::response::Recipient;
use super::{Pack, PackFault, PackFaultKind, Status};
use crate::text::squeeze;

/// No warning reaches back more than ten years: a longer one is a slip of the pen, and the calendar ends somewhere.
const DAYS_MAX: i32 = 3_650;

/// No contract runs longer than fifty years.
const MONTHS_MAX: u32 = 600;

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
    ] {
        let Some(number) = number else { continue };
        let within = |number: &u32| {
            above_zero(*number > 0).or_else(|| (*number > most).then_some(PackFaultKind::Above(most)))
        };
        check(number.span(), stated(number.get_ref(), within));
    }
    for rate in [&layer.reward.household_percent, &layer.reward.enterprise_percent].into_iter().flatten() {
        check(rate.span(), stated(rate.get_ref(), |rate| above_zero(*rate > Decimal::ZERO)));
    }
    if let Some(base) = &layer.reward.base {
        check(base.span(), stated(base.get_ref(), |base| above_zero(!base.is_empty())));
    }
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
    judge_classes(layer, &mut check);
    judge_reasons(layer, &mut check);
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
