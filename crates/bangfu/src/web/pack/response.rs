//! What follows from each level: as a pack's page tells it, and as its form brings it.

use bangfu_domain::policy::edit::{Form, LEVELS, TypedResponse};
use bangfu_domain::policy::{Recipient, Status, Words};
use bangfu_domain::warning::Standing;

use super::edit::{PackEditPage, Sent, field};
use super::view::{status_key, status_look};
use crate::texts::Lang;
use crate::web::page::Page;

/// The levels in the order of a pack's form.
const STANDINGS: [Standing; LEVELS.len()] =
    [Standing::Green, Standing::Blue, Standing::Yellow, Standing::Red, Standing::Awaiting, Standing::Overdue];

/// The fields of a level that are numbers, each with the key of its name.
const NUMBERS: [(&str, &str); 3] = [
    ("working_days", "pack-working-days"),
    ("again_days", "pack-again-days"),
    ("supervisor_after_days", "pack-supervisor-after"),
];

impl Page {
    /// The name of whoever hears of a loan's level.
    pub(crate) fn recipient(&self, recipient: &Recipient) -> String {
        self.t(recipient_key(*recipient))
    }
}

/// The key of the name of whoever hears of a loan's level.
pub(crate) const fn recipient_key(recipient: Recipient) -> &'static str {
    match recipient {
        Recipient::Township => "told-township",
        Recipient::Branch => "told-branch",
        Recipient::County => "told-county",
        Recipient::Supervisor => "told-supervisor",
        Recipient::Station => "told-station",
        Recipient::Borrower => "told-borrower",
    }
}

/// What follows from a level, as a page tells it.
#[derive(Debug, Clone)]
pub(crate) struct ResponseView {
    /// The level.
    pub(crate) level: Standing,
    /// Who is told, in words.
    pub(crate) told: String,
    /// Whether at once.
    pub(crate) at_once: bool,
    /// What is to be done.
    pub(crate) deed: String,
    /// Within how many working days.
    pub(crate) working_days: String,
    /// After how many days again.
    pub(crate) again_days: String,
    /// After how many days the supervisors are told.
    pub(crate) supervisor_after_days: String,
    /// The key of the word for how sure this is, and its look.
    pub(crate) status: (&'static str, &'static str),
    /// Where it comes from.
    pub(crate) source: String,
}

fn told(lang: Lang, typed: &TypedResponse) -> String {
    let names: Vec<String> = typed.told.iter().map(|who| lang.text(recipient_key(*who))).collect();
    names.join(&lang.text("comma"))
}

/// What follows from each level of a pack, the most urgent first as boards have them.
pub(crate) fn views(lang: Lang, form: &Form) -> Vec<ResponseView> {
    let view = |(level, typed): (Standing, &TypedResponse)| ResponseView {
        level,
        told: told(lang, typed),
        at_once: typed.at_once,
        deed: lang.of(&typed.deed).to_owned(),
        working_days: typed.working_days.clone(),
        again_days: typed.again_days.clone(),
        supervisor_after_days: typed.supervisor_after_days.clone(),
        status: (status_key(typed.status), status_look(typed.status)),
        source: lang.of(&typed.source).to_owned(),
    };
    STANDINGS.into_iter().zip(&form.responses).rev().map(view).collect()
}

/// How many levels are not known for sure.
pub(crate) fn unsure(form: &Form) -> usize {
    form.responses.iter().filter(|typed| typed.status != Status::Known).count()
}

impl PackEditPage {
    /// What follows from each level, with the level and its word in the names of fields, the most urgent first.
    pub(crate) fn responses(&self) -> Vec<(Standing, &'static str, &TypedResponse)> {
        let levels = STANDINGS.into_iter().zip(LEVELS);
        let all = levels.zip(&self.form.responses).map(|((standing, level), typed)| (standing, level, typed));
        all.rev().collect()
    }

    /// Who may be told of a level, and whether they are: of what awaits the bank the branch alone.
    pub(crate) fn told(&self, level: &Standing, typed: &TypedResponse) -> Vec<(Recipient, bool)> {
        let may = |who: &Recipient| *level != Standing::Awaiting || *who == Recipient::Branch;
        let told = |who| (who, typed.told.contains(&who));
        Recipient::ALL.into_iter().filter(may).map(told).collect()
    }
}

/// What a form brought of the levels; what it does not bring stays.
pub(super) fn typed(sent: &Sent, before: &[TypedResponse; 6]) -> [TypedResponse; 6] {
    let mut all = before.clone();
    for (level, typed) in LEVELS.into_iter().zip(&mut all) {
        let name = |field: &str| format!("{level}-{field}");
        let text = |name: String, held: &mut String| {
            if let Some(text) = field(sent, &name) {
                text.trim().clone_into(held);
            }
        };
        // A box that is not ticked brings nothing: whether there were boxes is told by another field.
        if field(sent, &name("boxes")).is_some() {
            let is_told = |who: &Recipient| field(sent, &name(who.key())).is_some();
            typed.told = Recipient::ALL.into_iter().filter(is_told).collect();
            typed.at_once = field(sent, &name("at_once")).is_some();
        }
        let Words { zh, en } = &mut typed.deed;
        text(name("deed-zh"), zh);
        text(name("deed-en"), en);
        let numbers = [&mut typed.working_days, &mut typed.again_days, &mut typed.supervisor_after_days];
        for ((number, _), held) in NUMBERS.into_iter().zip(numbers) {
            text(name(number), held);
        }
        typed.status = field(sent, &name("status")).and_then(Status::from_key).unwrap_or(typed.status);
        let Words { zh, en } = &mut typed.source;
        text(name("source-zh"), zh);
        text(name("source-en"), en);
    }
    all
}

/// What a place `response.LEVEL.FIELD` is called; `None` for another place.
pub(super) fn name_of(lang: Lang, place: &str) -> Option<String> {
    let (level, field) = place.strip_prefix("response.")?.split_once('.')?;
    let standing = STANDINGS.into_iter().zip(LEVELS).find(|(_, word)| *word == level)?.0;
    let (_, key) = NUMBERS.into_iter().find(|(name, _)| *name == field)?;
    let standing = lang.text(&format!("standing-{}", standing.key()));
    Some(lang.text_with("pack-level-value", &[("level", standing.into()), ("name", lang.text(key).into())]))
}

#[cfg(test)]
mod tests {
    use bangfu_domain::policy::{EMBEDDED, Packs};

    use super::*;

    #[test]
    fn boxes_that_are_not_ticked_tell_nobody_and_a_form_without_boxes_changes_none() {
        let packs = Packs::parse(&EMBEDDED).unwrap();
        let before = Form::of(packs.by_id("national-2015").unwrap()).responses;
        assert_eq!(typed(&Sent::new(), &before), before);
        let sent: Sent = [
            ("red-boxes", "1"),
            ("red-branch", "1"),
            ("red-again_days", " 5 "),
            ("red-status", "known"),
            ("green-deed-en", "visit"),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        let all = typed(&sent, &before);
        let red = &all[3];
        assert_eq!((red.told.as_slice(), red.at_once), (&[Recipient::Branch][..], false));
        assert_eq!((red.again_days.as_str(), red.status), ("5", Status::Known));
        assert_eq!((all[0].deed.en.as_str(), &all[0].told), ("visit", &before[0].told));
    }
}
