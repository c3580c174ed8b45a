//! Differences in words: both sides, what they point to, and what was done.

use bangfu_domain::difference::{DifferenceKind, Facts, Param, Suggestion};
use bangfu_domain::money::Fen;
use bangfu_store::difference::Difference;
use bangfu_usecase::difference::facts;

use crate::texts::{Lang, Value};

/// What a difference says in one sentence: both sides, with their amounts.
pub(crate) fn say(lang: Lang, one: &Difference) -> String {
    told(lang, &format!("difference-{}", one.kind.key()), one, &facts(one))
}

/// What the bank says: its movement, or for a ledger's difference what the book has from the bank.
pub(crate) fn bank_side(lang: Lang, one: &Difference, facts: &Facts) -> String {
    let key = match one.kind {
        DifferenceKind::SerialReused | DifferenceKind::UnknownKind | DifferenceKind::OtherIdentity => {
            format!("difference-{}-bank", one.kind.key())
        }
        kind if kind.is_of_a_ledger() => format!("difference-{}-bank", kind.key()),
        _ => "difference-bank".to_owned(),
    };
    told(lang, &key, one, facts)
}

/// What the ledger or the book says.
pub(crate) fn book_side(lang: Lang, one: &Difference, facts: &Facts) -> String {
    told(lang, &format!("difference-{}-book", one.kind.key()), one, facts)
}

/// What the facts point to.
pub(crate) fn suggestion(lang: Lang, suggestion: &Suggestion) -> String {
    let values: Vec<(&str, Value<'_>)> = suggestion
        .args()
        .into_iter()
        .map(|(name, value)| {
            let value = match value {
                Param::Money(fen) => Value::from(lang.yuan(fen)),
                Param::Day(day) => Value::from(lang.day(day)),
                Param::Count(count) => Value::Number(count),
                Param::Text(text) => Value::from(text),
            };
            (name, value)
        })
        .collect();
    lang.text_with(&format!("suggestion-{}", suggestion.key()), &values)
}

fn told(lang: Lang, key: &str, one: &Difference, facts: &Facts) -> String {
    let amount = |fen: Option<Fen>| fen.map_or_else(|| lang.text("not-stated"), |fen| lang.yuan(fen));
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| lang.text("not-stated"));
    let position = facts.position_on.map_or_else(|| lang.text("not-stated"), |day| lang.day(day));
    lang.text_with(
        key,
        &[
            ("day", Value::from(lang.day(one.on_day))),
            ("number", Value::from(one.number.as_str())),
            ("amount", Value::from(amount(facts.amount_fen))),
            ("reported", Value::from(amount(facts.balance_fen))),
            ("known", Value::from(amount(facts.book_fen))),
            ("ledger", Value::from(amount(facts.ledger_fen))),
            ("position", Value::from(position)),
            ("name", Value::from(text(&facts.name))),
            ("bank", Value::from(text(&facts.bank.clone().or_else(|| facts.name.clone())))),
            ("book", Value::from(text(&facts.book))),
            ("serial", Value::from(text(&facts.serial))),
            ("kind", Value::from(text(&facts.kind))),
        ],
    )
}
