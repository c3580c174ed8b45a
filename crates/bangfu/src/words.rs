//! Codes of the floors below, put into words.

use bangfu_domain::policy::PackFault;
use bangfu_sheets::divisions::DivisionFault;
use bangfu_sheets::fault::Fault;
use bangfu_sheets::template::{self, Template};
use bangfu_usecase::Error;
use bangfu_usecase::error::Refusal;
use jiff::civil::Date;

use crate::cli::terminal::Unsaid;
use crate::intake::IntakeFault;
use crate::texts::{Lang, Value};

/// A fault in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FaultWords {
    /// What is wrong.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) cure: String,
}

/// Who did something: whoever sits at this machine, by a page or on the command line, or an account.
pub(crate) fn actor(lang: Lang, actor: &str) -> String {
    match actor {
        "web" => lang.text("actor-here"),
        "cli" => lang.text("actor-cli"),
        actor => actor.to_owned(),
    }
}

/// A fault of a cell in words.
pub(crate) fn fault(lang: Lang, fault: &Fault) -> FaultWords {
    let key = fault.code.key();
    let args = fault.code.args();
    FaultWords {
        message: said(lang, &format!("fault-{key}"), &args),
        cure: said(lang, &format!("cure-{key}"), &args),
    }
}

/// What a workbook to be filled in says.
pub(crate) fn template(lang: Lang, template: Template, county: &str, today: Date) -> template::Words {
    // The title of a position states its day in the words by which it is read in again.
    let day = match template {
        Template::Ledger | Template::Balances => format!("（{}）", template::position(today)),
        Template::Households | Template::Officers | Template::Repayments => String::new(),
    };
    let name = lang.text(&format!("template-{}", template.key()));
    let notes = template.columns().iter().map(|(key, _)| (*key, lang.text(&format!("column-{key}-note"))));
    template::Words {
        title: format!("{county}{name}{day}"),
        sheet: name,
        notes_sheet: lang.text("template-notes"),
        notes: notes.collect(),
        not_in_list: lang.text("template-not-in-list"),
    }
}

/// A text with parameters of a floor below.
pub(crate) fn said(lang: Lang, key: &str, args: &[(&'static str, String)]) -> String {
    let values: Vec<(&str, Value<'_>)> = args
        .iter()
        .map(|(name, value)| match value.parse::<i64>() {
            // Texts choose their words by a count; anything else is shown as it is.
            Ok(count) if *name == "count" => (*name, Value::Number(count)),
            _ => (*name, Value::from(value.as_str())),
        })
        .collect();
    lang.text_with(key, &values)
}

/// What is wrong with a division list's columns.
pub(crate) fn divisions(lang: Lang, fault: &DivisionFault) -> String {
    match fault {
        DivisionFault::Column { name } => said(lang, "divisions-column", &[("name", (*name).to_owned())]),
        DivisionFault::Day { line, value } => {
            said(lang, "divisions-day", &[("line", line.to_string()), ("value", value.clone())])
        }
    }
}

/// Why a file cannot be read, in words.
pub(crate) fn intake(lang: Lang, fault: &IntakeFault) -> String {
    said(lang, &format!("intake-{}", fault.key()), &fault.args())
}

/// A fault of a pack or a calendar in words, with its place as compilers write it.
pub(crate) fn pack_fault(lang: Lang, fault: &PackFault) -> String {
    let what = said(lang, &format!("pack-fault-{}", fault.kind.key()), &fault.kind.args());
    format!("{}:{}:{}: {what}", fault.file, fault.line, fault.column)
}

/// A refusal in words.
pub(crate) fn refusal(lang: Lang, refusal: &Refusal) -> String {
    if let Refusal::Header(fault) = refusal {
        let missing = fault.missing.iter().map(|(_, names)| names.join("/")).collect::<Vec<_>>();
        let args = [("missing", missing.join("；")), ("found", fault.found.join("、"))];
        return said(lang, "refusal-header", &args);
    }
    said(lang, &format!("refusal-{}", refusal.key()), &refusal.args())
}

/// A failure in words for the terminal: in the user's language, with what can be done about it; what a machine said
/// besides stands at the end in brackets.
pub(crate) fn error(lang: Lang, error: &anyhow::Error) -> String {
    if let Some(unsaid) = error.downcast_ref::<Unsaid>() {
        return said(lang, "cli-unsaid", &[("why", unsaid.to_string())]);
    }
    match (error.downcast_ref::<Error>(), error.downcast_ref::<bangfu_store::Error>()) {
        (Some(Error::Refused(why)), _) => refusal(lang, why),
        (Some(Error::Packs(why)), _) => said(lang, "cli-rules-unreadable", &[("why", why.clone())]),
        (Some(Error::Store(fault)), _) | (None, Some(fault)) => store(lang, fault),
        _ => chain(error),
    }
}

/// A failure of the store in words.
pub(crate) fn store(lang: Lang, fault: &bangfu_store::Error) -> String {
    said(lang, &format!("store-{}", fault.key()), &fault.args())
}

/// A failure with its causes. Each is told once: one that only passes its cause on says the same.
fn chain(error: &anyhow::Error) -> String {
    let mut told: Vec<String> = error.chain().map(ToString::to_string).collect();
    told.dedup();
    told.join(": ")
}
