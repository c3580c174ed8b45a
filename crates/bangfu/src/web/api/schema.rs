//! The forms of single words in the document: lists of words come from the code that knows them.

use bangfu_domain::difference::{DifferenceKind, DifferenceState, Way};
use bangfu_domain::task::{Outcome, Way as ContactWay};
use bangfu_domain::warning::{ReasonRule, Standing};
use bangfu_sheets::Kind;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{Object, RefOr, Schema};

use super::board::Cut;
use super::write::KEY_MAX;

/// Any text.
pub(super) fn text() -> Schema {
    of(Type::String).build().into()
}

/// A day, `2019-06-17`.
pub(super) fn day() -> Schema {
    of(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Date))).build().into()
}

/// A division's code: twelve digits.
pub(super) fn code() -> Schema {
    of(Type::String).pattern(Some("^[0-9]{12}$")).build().into()
}

/// The number of a row.
pub(super) fn id() -> Schema {
    let format = Some(SchemaFormat::KnownFormat(KnownFormat::Int64));
    of(Type::Integer).format(format).minimum(Some(1)).build().into()
}

/// A whole number of seconds.
pub(super) fn seconds() -> Schema {
    of(Type::Integer).minimum(Some(1)).build().into()
}

/// An Idempotency-Key.
pub(super) fn key() -> Schema {
    let text = of(Type::String).min_length(Some(1)).max_length(Some(KEY_MAX));
    text.pattern(Some("^[!-~]+$")).build().into()
}

/// A file's bytes.
pub(super) fn file() -> RefOr<Schema> {
    let format = Some(SchemaFormat::KnownFormat(KnownFormat::Binary));
    Schema::from(of(Type::String).format(format).build()).into()
}

/// By what a board is divided.
pub(super) fn cut() -> Schema {
    words(Cut::ALL.map(Cut::key)).into()
}

/// Where a loan stands on a day.
pub(super) fn standing() -> Object {
    words(Standing::ALL.map(Standing::key))
}

/// The rule behind a standing.
pub(super) fn rule() -> Object {
    words(Standing::ALL.map(|standing| ReasonRule::of(standing).key()))
}

/// What bank and book disagree on.
pub(super) fn difference_kind() -> Object {
    words(DifferenceKind::ALL.map(DifferenceKind::key))
}

/// How far a difference has come.
pub(super) fn difference_state() -> Object {
    words(DifferenceState::ALL.map(DifferenceState::key))
}

/// How a person found a difference settled.
pub(super) fn way() -> Object {
    words(Way::ALL.map(Way::key))
}

/// How somebody was reached.
pub(super) fn contact_way() -> Object {
    words(ContactWay::ALL.map(ContactWay::key))
}

/// What came of a contact.
pub(super) fn outcome() -> Object {
    words(Outcome::ALL.map(Outcome::key))
}

/// What a file holds.
pub(super) fn file_kind() -> Object {
    words(Kind::ALL.map(Kind::key))
}

fn words<'a>(words: impl IntoIterator<Item = &'a str>) -> Object {
    let mut each: Vec<&str> = words.into_iter().collect();
    each.dedup();
    of(Type::String).enum_values(Some(each)).build()
}

fn of(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(kind)
}
