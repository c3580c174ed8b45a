//! What went wrong with a file, in the language of whoever looks.

use bangfu_usecase::import::Why;

use super::job::Trouble;
use super::view::Unreadable;
use crate::texts::{Lang, Value};
use crate::words;

/// Why a file cannot be read, as it is kept.
pub(super) fn why(trouble: &Trouble) -> Why {
    match trouble {
        Trouble::NoTable(key, args, setting) => Why {
            code: format!("intake-{key}"),
            args: args
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .chain(setting.map(|setting| ("setting".to_owned(), setting.to_owned())))
                .collect(),
            cure: match (*key, setting) {
                ("empty", _) => "intake-cure-empty",
                ("killed", _) => "intake-cure-killed",
                (_, Some(_)) => "intake-cure-limit",
                _ => "intake-cure",
            }
            .to_owned(),
            ..Why::default()
        },
        Trouble::Refused(refusal, guess) => Why::refused(refusal, *guess),
        Trouble::Broken(reference) => Why {
            code: "broken".to_owned(),
            args: vec![("reference".to_owned(), reference.clone())],
            ..Why::default()
        },
    }
}

/// Why a file cannot be read, and what to do about it.
pub(super) fn unreadable(lang: Lang, kind: &str, why: &Why) -> Unreadable {
    let args: Vec<(&str, Value<'_>)> =
        why.args.iter().map(|(name, value)| (name.as_str(), Value::from(value.as_str()))).collect();
    let message = match (why.code.as_str(), why.args.first()) {
        ("broken", Some((_, reference))) => broken(lang, reference),
        // The columns are listed below it.
        _ if !why.missing.is_empty() => lang.text("header-missing"),
        (code, _) => lang.text_with(code, &args),
    };
    Unreadable {
        message,
        cure: lang.find(&why.cure, &args).unwrap_or_default(),
        missing: why.missing.clone(),
        found: why.found.clone(),
        kind: kind.to_owned(),
        guess: why.guess.clone(),
    }
}

fn broken(lang: Lang, reference: &str) -> String {
    let reference = [("reference", Value::from(reference))];
    format!("{} {}", lang.text("error-broken"), lang.text_with("error-reference-is", &reference))
}

/// What went wrong, in one sentence.
pub(super) fn sentence(lang: Lang, trouble: &Trouble) -> String {
    match trouble {
        Trouble::NoTable(key, args, _) => words::said(lang, &format!("intake-{key}"), args),
        Trouble::Refused(refusal, _) => words::refusal(lang, refusal),
        Trouble::Broken(reference) => broken(lang, reference),
    }
}
