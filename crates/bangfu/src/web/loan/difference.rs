//! A disagreement between bank and book in words.

use bangfu_domain::money::Fen;
use bangfu_store::difference::Difference;
use serde_json::Value as Json;

use crate::texts::{Lang, Value};

/// What a difference says: both sides, with their amounts.
pub(crate) fn say(lang: Lang, one: &Difference) -> String {
    let facts: Json = serde_json::from_str(&one.facts).unwrap_or_default();
    let amount = |name: &str| match facts.get(name).and_then(Json::as_i64) {
        Some(fen) => lang.yuan(Fen::new(fen)),
        None => lang.text("not-stated"),
    };
    let text = |name: &str| facts.get(name).and_then(Json::as_str).unwrap_or("").to_owned();
    lang.text_with(
        &format!("difference-{}", one.kind),
        &[
            ("day", Value::from(lang.day(one.on_day))),
            ("number", Value::from(one.number.as_str())),
            ("amount", Value::from(amount("amount_fen"))),
            ("reported", Value::from(amount("balance_fen"))),
            ("known", Value::from(amount("book_fen"))),
            ("ledger", Value::from(amount("ledger_fen"))),
            ("bank", Value::from(text("bank"))),
            ("book", Value::from(text("book"))),
            ("kind", Value::from(text("kind"))),
        ],
    )
}
