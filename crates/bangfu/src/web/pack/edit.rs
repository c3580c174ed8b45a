//! `/admin/packs/{name}/edit`: a pack's values in a form, or its text; what is sent is checked and proposed.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form as Sending;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_domain::policy::edit::{DAYS, Form, Typed, TypedReasons, TypedWarning, VALUES, ValueKind};
use bangfu_domain::policy::{Status, Words};
use bangfu_usecase::amendment::{self, AmendmentFault, NewAmendment, Present, Subject, mark, propose};
use bangfu_usecase::error::{Error, Refusal};
use jiff::civil::Date;
use serde::Deserialize;

use super::response;
use super::view::{LABELS, chosen, label_of, status_key};
use crate::texts::Lang;
use crate::web::address;
use crate::web::amendment::faults;
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::Page;

/// Empty places for more reasons that a form offers.
const MORE_REASONS: usize = 3;

/// What a form brought, by the names of its fields.
pub(super) type Sent = BTreeMap<String, String>;

/// A pack that is being told anew.
#[derive(Template)]
#[template(path = "pack_edit.html")]
pub(crate) struct PackEditPage {
    /// The frame.
    pub(crate) page: Page,
    /// The pack's id.
    pub(crate) id: String,
    /// Its values, as they stand or were typed.
    pub(crate) form: Form,
    /// Its text, as it stands or was typed.
    pub(crate) text: String,
    /// Whether the text was sent, and not the form.
    pub(crate) by_text: bool,
    /// The days to come from which approved versions of it are to hold.
    pub(crate) waiting: Vec<Date>,
    /// From which day it is to hold.
    pub(crate) valid_from: String,
    /// Why.
    pub(crate) reason: String,
    /// By which the text that is being told anew is known from others.
    pub(crate) seen: String,
    /// What is wrong.
    pub(crate) faults: Vec<String>,
}

impl PackEditPage {
    /// The values with their numbers, the keys of their names, and the words from which one is chosen, if one is.
    pub(crate) fn values(&self) -> Vec<(usize, &'static str, &Typed, &'static [&'static str])> {
        let kinds = VALUES.iter().map(|(_, kind)| match kind {
            ValueKind::Choice(words) => *words,
            ValueKind::Whole | ValueKind::Percent => &[],
        });
        let labels = LABELS.iter().map(|(key, _)| *key).zip(kinds);
        let values = labels.zip(&self.form.values).enumerate();
        values.map(|(number, ((key, words), typed))| (number, key, typed, words)).collect()
    }

    /// What a word means that is chosen from some.
    pub(crate) fn chosen(&self, word: &str) -> String {
        chosen(self.page.lang, word)
    }

    /// The days of the colours with the keys of their names.
    pub(crate) fn days(&self) -> Vec<(&'static str, &'static str, &str)> {
        let keys = ["standing-red", "standing-yellow", "standing-blue", "standing-green"];
        let days = self.form.warning.days.iter().map(String::as_str);
        DAYS.into_iter().zip(keys).zip(days).map(|((name, key), days)| (name, key, days)).collect()
    }

    /// What a number may be needed for, each with its place, and some empty places for more.
    pub(crate) fn reasons(&self) -> Vec<(usize, Words)> {
        let empty = Words { zh: String::new(), en: String::new() };
        let more = std::iter::repeat_n(empty, MORE_REASONS);
        self.form.reasons.list.iter().cloned().chain(more).enumerate().collect()
    }

    /// The ways of being sure, each with the key of its name.
    pub(crate) fn statuses(&self) -> [(Status, &'static str); 3] {
        Status::ALL.map(|status| (status, status_key(status)))
    }
}

/// A pack and its file among the rules.
struct Known {
    id: String,
    subject: Subject,
    form: Form,
    text: String,
}

fn known(rules: &Present, name: &str) -> Result<Known, Failure> {
    let mut packs = rules.book().packs_by_file();
    let (file, pack) = packs.find(|(_, pack)| pack.id == name).ok_or(Failure::NotFound)?;
    let subject = Subject::Pack(file.to_owned());
    let text = rules.text(&subject).unwrap_or_default();
    Ok(Known { id: pack.id.clone(), form: Form::of(pack), subject, text })
}

/// A pack as it is to be on a day, and the days to come from which approved versions of it are to hold.
async fn known_on(face: &Face, name: &str, day: Date) -> Result<(Known, Vec<Date>), Failure> {
    let (mut tx, ctx) = (face.app.db.read().await?, face.ctx());
    let known = known(&amendment::present_on(&mut tx, &ctx, day).await?, name)?;
    let waiting = amendment::waiting(&mut tx, &ctx, &known.subject).await?;
    Ok((known, waiting))
}

/// From which day it is to hold.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    day: String,
}

/// `GET /admin/packs/{name}/edit`
pub(crate) async fn get(
    face: Face,
    visitor: Visitor,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let day = address::read("day", &asked.day, address::day)?.unwrap_or(face.app.today());
    let (known, waiting) = known_on(&face, &name, day).await?;
    let page = PackEditPage {
        page: frame(&face, &visitor, &name).await?,
        id: name,
        waiting,
        seen: mark(Some(&known.text)),
        form: known.form,
        text: known.text,
        by_text: false,
        valid_from: day.max(face.app.today()).to_string(),
        reason: String::new(),
        faults: Vec::new(),
    };
    html(&page)
}

async fn frame(face: &Face, visitor: &Visitor, name: &str) -> Result<Page, Failure> {
    let county = face.county(&mut face.app.db.read().await?).await?;
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = format!("/admin/packs/{name}/edit");
    Ok(page)
}

/// `POST /admin/packs/{name}/edit`
pub(crate) async fn tell(
    face: Face,
    visitor: Visitor,
    Path(name): Path<String>,
    Sending(sent): Sending<Sent>,
) -> Result<Response, Failure> {
    let lang = visitor.lang;
    let (known, waiting) = known_on(&face, &name, day_of(&sent).unwrap_or(face.app.today())).await?;
    let form = typed(&sent, &known.form);
    let by_text = sent.contains_key("text");
    let proposed = proposed(&face, lang, &known, &form, &sent).await?;
    let faults = match proposed {
        Ok(amendment_id) => {
            return Ok(Redirect::to(&format!("/admin/amendments/{amendment_id}")).into_response());
        }
        Err(faults) => faults,
    };
    let page = PackEditPage {
        page: frame(&face, &visitor, &name).await?,
        id: name,
        waiting,
        // What was typed stays; it is held against what its day finds.
        seen: mark(Some(&known.text)),
        form,
        text: field(&sent, "text").map_or(known.text, str::to_owned),
        by_text,
        valid_from: field(&sent, "valid_from").unwrap_or_default().to_owned(),
        reason: field(&sent, "reason").unwrap_or_default().to_owned(),
        faults,
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)?).into_response())
}

/// The day from which what was sent is to hold.
fn day_of(sent: &Sent) -> Option<Date> {
    field(sent, "valid_from").and_then(|text| address::day(text.trim()))
}

pub(super) fn field<'a>(sent: &'a Sent, name: &str) -> Option<&'a str> {
    sent.get(name).map(String::as_str)
}

/// The values that a form brought; what it does not bring stays.
fn typed(sent: &Sent, before: &Form) -> Form {
    let status = |name: String, before| field(sent, &name).and_then(Status::from_key).unwrap_or(before);
    let text = |name: &str, before: &str| field(sent, name).unwrap_or(before).trim().to_owned();
    let values = before.values.iter().enumerate().map(|(number, before)| Typed {
        value: text(&format!("v{number}-value"), &before.value),
        status: status(format!("v{number}-status"), before.status),
        source: text(&format!("v{number}-source"), &before.source),
    });
    let warning = &before.warning;
    let mut days = warning.days.clone();
    for (name, day) in DAYS.iter().zip(&mut days) {
        *day = text(name, day);
    }
    Form {
        values: values.collect(),
        warning: TypedWarning {
            days,
            moves: field(sent, "moves").map_or(warning.moves, |moves| moves == "yes"),
            status: status("warning-status".to_owned(), warning.status),
            source: Words {
                zh: text("warning-source-zh", &warning.source.zh),
                en: text("warning-source-en", &warning.source.en),
            },
        },
        reasons: TypedReasons {
            list: reasons(sent).unwrap_or_else(|| before.reasons.list.clone()),
            status: status("reasons-status".to_owned(), before.reasons.status),
            source: text("reasons-source", &before.reasons.source),
        },
        responses: response::typed(sent, &before.responses),
    }
}

/// The reasons that a form brought, without those that were emptied; `None` if it brought no list.
fn reasons(sent: &Sent) -> Option<Vec<Words>> {
    let one = |place: usize| {
        let zh = field(sent, &format!("reason{place}-zh"))?.trim().to_owned();
        Some(Words { zh, en: field(sent, &format!("reason{place}-en"))?.trim().to_owned() })
    };
    let typed: Vec<Words> = (0..).map_while(one).collect();
    let is_one = |reason: &Words| !reason.zh.is_empty() || !reason.en.is_empty();
    (!typed.is_empty()).then(|| typed.into_iter().filter(is_one).collect())
}

/// Proposes what was sent; else what is wrong with it.
async fn proposed(
    face: &Face,
    lang: Lang,
    known: &Known,
    form: &Form,
    sent: &Sent,
) -> Result<Result<i64, Vec<String>>, Failure> {
    let who = face.who.as_ref().ok_or(Failure::NotFound)?;
    let (subject, body, seen) = match field(sent, "text") {
        None => match form.write(&known.text, &known.form) {
            Ok(body) => (known.subject.clone(), body, field(sent, "seen").unwrap_or_default().to_owned()),
            Err(unfit) => return Ok(Err(unfit.iter().map(|place| unfit_text(lang, place)).collect())),
        },
        Some(text) => {
            let subject = subject_of(text, (&known.id, &known.subject));
            let seen = match subject == known.subject {
                true => field(sent, "seen").unwrap_or_default().to_owned(),
                // A pack of another name is a new one, beside the one from which it was made.
                false => String::new(),
            };
            (subject, text.to_owned(), seen)
        }
    };
    let Some(valid_from) = day_of(sent) else {
        return Ok(Err(faults(lang, &Refusal::Amendment(AmendmentFault::NoDay))));
    };
    let reason = field(sent, "reason").unwrap_or_default().to_owned();
    let new = NewAmendment { subject, body, seen, valid_from, reason };
    match propose(&face.app.db, &face.ctx(), who.live.session.account_id, &new).await {
        Ok(amendment_id) => Ok(Ok(amendment_id)),
        Err(Error::Refused(Refusal::NotFound)) => Err(Failure::NotFound),
        Err(Error::Refused(refusal)) => Ok(Err(faults(lang, &refusal))),
        Err(error) => Err(error.into()),
    }
}

/// The file of a text: the pack's own, or, where the text names another pack, one of that name.
fn subject_of(text: &str, (own_id, own): (&str, &Subject)) -> Subject {
    let Ok(table) = toml::from_str::<toml::Table>(text) else { return own.clone() };
    let Some(id) = table.get("id").and_then(toml::Value::as_str) else { return own.clone() };
    let is_new = id != own_id && !id.is_empty();
    let plain = is_new && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let file = format!("{id}.toml");
    if plain { Subject::Pack(file) } else { own.clone() }
}

fn unfit_text(lang: Lang, place: &str) -> String {
    let key = match (label_of(place), place) {
        (Some(key), _) => key,
        (None, "red_to_days") => "standing-red",
        (None, "yellow_to_days") => "standing-yellow",
        (None, "blue_to_days") => "standing-blue",
        (None, _) => "standing-green",
    };
    let name = response::name_of(lang, place).unwrap_or_else(|| lang.text(key));
    lang.text_with("pack-no-number", &[("name", name.into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_that_were_emptied_are_left_out_and_a_form_without_any_changes_none() {
        let sent = |fields: &[(&str, &str)]| -> Sent {
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        assert_eq!(reasons(&sent(&[("moves", "no")])), None);
        let typed = reasons(&sent(&[
            ("reason0-zh", " 对账 "),
            ("reason0-en", "reconcile"),
            ("reason1-zh", " "),
            ("reason1-en", ""),
            ("reason2-zh", "审计"),
            ("reason2-en", ""),
        ]));
        let names: Vec<(String, String)> = typed.unwrap().into_iter().map(|one| (one.zh, one.en)).collect();
        let told = [("对账", "reconcile"), ("审计", "")].map(|(zh, en)| (zh.to_owned(), en.to_owned()));
        assert_eq!(names, told);
    }

    #[test]
    fn a_text_is_of_the_pack_that_it_names() {
        let own = Subject::Pack("national-2026.toml".to_owned());
        for (text, file) in [
            ("id = \"national-2026\"", "national-2026.toml"),
            ("id = \"county-2027\"", "county-2027.toml"),
            ("id = \"../../etc\"", "national-2026.toml"),
            ("id = 7", "national-2026.toml"),
            ("= no TOML", "national-2026.toml"),
        ] {
            let of = subject_of(text, ("national-2026", &own));
            assert_eq!(of, Subject::Pack(file.to_owned()), "{text}");
        }
    }
}
