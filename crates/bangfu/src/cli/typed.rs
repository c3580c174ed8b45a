//! What was typed and is not understood, in the user's language.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::help::{value_name, without_title};
use crate::texts::Lang;
use crate::words::said;

/// The names of values that are written in a form of their own: the ends of the keys of texts.
const FORMS: [&str; 4] = ["day", "instant", "hh-mm", "address"];

/// A fault of the command line in words; `None` for one that hardly occurs, which is told as it comes, and for
/// help, which is none. `usage` is that of the verb that was typed.
pub(super) fn fault(lang: Lang, error: &Error, usage: &str) -> Option<String> {
    let context = |kind| error.get(kind).map(plain).unwrap_or_default();
    let argument = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    let (key, args) = match error.kind() {
        ErrorKind::InvalidSubcommand => ("verb", vec![("value", context(ContextKind::InvalidSubcommand))]),
        ErrorKind::MissingSubcommand => {
            ("missing", vec![("argument", format!("<{}>", value_name(lang, "verb")))])
        }
        ErrorKind::UnknownArgument => ("unknown", vec![("argument", argument.clone())]),
        ErrorKind::MissingRequiredArgument => ("missing", vec![("argument", argument.clone())]),
        ErrorKind::ArgumentConflict => ("twice", vec![("argument", argument.clone())]),
        ErrorKind::InvalidValue if value.is_empty() => ("empty", vec![("argument", argument.clone())]),
        ErrorKind::InvalidValue => {
            let choices = context(ContextKind::ValidValue);
            ("choice", vec![("argument", argument.clone()), ("value", value), ("choices", choices)])
        }
        ErrorKind::ValueValidation => ("value", vec![("argument", argument.clone()), ("value", value)]),
        _ => return None,
    };
    let mut lines = vec![said(lang, &format!("cli-typed-{key}"), &args)];
    let form = FORMS.iter().find(|form| argument.ends_with(&format!("<{}>", value_name(lang, form))));
    if let Some(form) = form.filter(|_| matches!(key, "value" | "empty")) {
        lines.push(lang.text(&format!("cli-form-{form}")));
    }
    let meant = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let meant: Vec<String> = meant.into_iter().map(context).filter(|word| !word.is_empty()).collect();
    if !meant.is_empty() {
        lines.push(said(lang, "cli-typed-meant", &[("words", meant.join(", "))]));
    }
    let told = context(ContextKind::Usage);
    let usage = if told.is_empty() { usage } else { &told };
    lines.push(said(lang, "help-usage", &[("usage", without_title(usage))]));
    lines.push(lang.text("cli-typed-help"));
    Some(lines.join("\n"))
}

/// A piece of what the parser knows, without colours.
fn plain(value: &ContextValue) -> String {
    match value {
        ContextValue::None => String::new(),
        ContextValue::Strings(words) => words.join(", "),
        ContextValue::StyledStrs(words) => {
            words.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
