//! The command line with its help in a language: the parser's own words are English and give way to texts.

use clap::{Arg, ArgAction, Command, CommandFactory};

use super::arguments::Arguments;
use super::settings::Settings;
use crate::texts::{Lang, Value};

/// What the parser writes where options may stand.
const OPTIONS: &str = "[OPTIONS]";

/// The place in lists of the arguments that every verb knows.
const EVERYWHERE: usize = 100;

/// The command line with its help in a language.
pub(super) fn told(lang: Lang, settings: &Settings) -> Command {
    let version = flag(lang, "version", 'V').action(ArgAction::Version);
    let command = settings.put_into(Arguments::command());
    let command = command.about(lang.text("help-bangfu")).disable_version_flag(true).arg(version);
    let mut command = with_help(command, lang, "").subcommand_value_name(lang.text("help-value-verb"));
    let verbs: Vec<String> = command.get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
    for verb in &verbs {
        command = command.mut_subcommand(verb, |told| with_help(told, lang, &format!("{verb}-")));
    }
    // What the parser adds itself, usages and a verb for help, is there only once it is built.
    command.build();
    for verb in verbs.iter().map(String::as_str).chain(["help"]) {
        command = command
            .mut_subcommand(verb, |told| with_usage(told, lang).about(lang.text(&format!("help-{verb}"))));
    }
    with_usage(command, lang)
}

/// How the verb is used that was typed, or the program where none was.
pub(super) fn usage(lang: Lang, typed: &[String], settings: &Settings) -> String {
    let mut command = told(lang, settings);
    let verb = typed.iter().skip(1).find(|word| command.find_subcommand(word).is_some());
    match verb.and_then(|verb| command.find_subcommand_mut(verb)) {
        Some(verb) => without_title(&verb.render_usage().to_string()),
        None => without_title(&command.render_usage().to_string()),
    }
}

/// A usage without the word that the parser puts before it.
pub(super) fn without_title(usage: &str) -> String {
    usage.trim_start_matches("Usage:").trim().to_owned()
}

/// The name of a kind of value, as it stands between `<` and `>`.
pub(super) fn value_name(lang: Lang, name: &str) -> String {
    let key = format!("help-value-{}", name.to_lowercase().replace(['.', ':', '_'], "-"));
    lang.find(&key, &[]).unwrap_or_else(|| name.to_owned())
}

fn flag(lang: Lang, name: &'static str, short: char) -> Arg {
    Arg::new(name)
        .long(name)
        .short(short)
        .display_order(EVERYWHERE + 1)
        .help(lang.text(&format!("help-{name}")))
}

fn with_usage(mut command: Command, lang: Lang) -> Command {
    let usage = without_title(&command.render_usage().to_string());
    command.override_usage(usage.replace(OPTIONS, &lang.text("help-options-place")))
}

/// A verb's help and that of its arguments.
fn with_help(command: Command, lang: Lang, verb: &str) -> Command {
    let mut template = format!(
        "{{about-with-newline}}\n{}\n",
        lang.text_with("help-usage", &[("usage", Value::from("{usage}"))])
    );
    let parts = [
        (command.has_subcommands(), "help-verbs", "{subcommands}"),
        (command.get_positionals().next().is_some(), "help-arguments", "{positionals}"),
        (true, "help-options", "{options}"),
    ];
    for (_, heading, list) in parts.into_iter().filter(|(is_there, ..)| *is_there) {
        template.push_str(&format!("\n{}\n{list}\n", lang.text(heading)));
    }
    let command = command.help_template(template.trim_end().to_owned()).mut_args(|argument| {
        // A variable that is set to nothing says nothing.
        let is_empty = |variable| std::env::var_os(variable).is_some_and(|value| value.is_empty());
        let argument = match argument.get_env() {
            Some(variable) if is_empty(variable) => argument.env(None),
            _ => argument,
        };
        told_argument(argument, lang, verb)
    });
    let help = flag(lang, "help", 'h').action(ArgAction::Help);
    command.disable_help_flag(true).arg(help)
}

/// An argument with its help, the name of its value, and what else the parser would say of it in English.
fn told_argument(argument: Arg, lang: Lang, verb: &str) -> Arg {
    let key = format!("help-{verb}{}", argument.get_id().as_str().replace('_', "-"));
    // What is sent beside the pages and at once is set alike.
    let beside = key.replacen("help-send-", "help-serve-", 1);
    let Some(help) = lang.find(&key, &[]).or_else(|| lang.find(&beside, &[])) else { return argument };
    if !argument.get_action().takes_values() {
        return in_its_place(argument.help(help), verb);
    }
    let variable = argument.get_env().map(|variable| variable.to_string_lossy().into_owned());
    let defaults = argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned());
    let choices = argument.get_possible_values();
    let choices = choices.iter().map(|choice| choice.get_name().to_owned());
    let more = [
        ("help-variable", variable.unwrap_or_default()),
        ("help-default", defaults.collect::<Vec<_>>().join(", ")),
        ("help-choices", choices.collect::<Vec<_>>().join(", ")),
    ];
    let more = more.into_iter().filter(|(_, value)| !value.is_empty());
    let more = more.map(|(key, value)| lang.text_with(key, &[("value", Value::from(value))]));
    let help = std::iter::once(help).chain(more).collect::<Vec<_>>().join(" ");
    let name = argument.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
    let name = name.unwrap_or_else(|| argument.get_id().to_string());
    let argument = argument.value_name(value_name(lang, &name));
    let argument = argument.help(help).hide_env(true).hide_default_value(true).hide_possible_values(true);
    in_its_place(argument, verb)
}

/// What every verb knows stands below what is a verb's own.
fn in_its_place(argument: Arg, verb: &str) -> Arg {
    if verb.is_empty() { argument.display_order(EVERYWHERE) } else { argument }
}
