//! What went wrong with a file, in the language of whoever looks.

use bangfu_usecase::error::Refusal;

use super::job::Trouble;
use super::view::Unreadable;
use crate::texts::{Lang, Value};
use crate::words;

/// Why a file cannot be read, and what to do about it.
pub(super) fn unreadable(lang: Lang, kind: &str, trouble: &Trouble) -> Unreadable {
    let mut said = Unreadable {
        message: sentence(lang, trouble),
        cure: String::new(),
        missing: Vec::new(),
        found: Vec::new(),
        kind: kind.to_owned(),
        guess: None,
    };
    match trouble {
        Trouble::NoTable("empty", ..) => said.cure = lang.text("intake-cure-empty"),
        Trouble::NoTable(_, _, Some(setting)) => {
            said.cure = lang.text_with("intake-cure-limit", &[("setting", Value::from(*setting))]);
        }
        Trouble::NoTable(..) => said.cure = lang.text("intake-cure"),
        Trouble::Refused(refusal, guess) => {
            let key = format!("refusal-cure-{}", refusal.key());
            said.cure = lang.find(&key, &[]).unwrap_or_default();
            said.guess = guess.map(|kind| kind.key());
            if let Refusal::Header(fault) = refusal {
                said.message = lang.text("header-missing");
                said.missing = fault.missing.iter().map(|(_, names)| names.join(" / ")).collect();
                said.found.clone_from(&fault.found);
            }
        }
        Trouble::Broken(_) => {}
    }
    said
}

/// What went wrong, in one sentence.
pub(super) fn sentence(lang: Lang, trouble: &Trouble) -> String {
    match trouble {
        Trouble::NoTable(key, args, _) => words::said(lang, &format!("intake-{key}"), args),
        Trouble::Refused(refusal, _) => words::refusal(lang, refusal),
        Trouble::Broken(reference) => {
            let reference = [("reference", Value::from(reference.as_str()))];
            format!("{} {}", lang.text("error-broken"), lang.text_with("error-reference-is", &reference))
        }
    }
}
