//! How a loan is handled, on the loan's own page.

use bangfu_domain::loan::Terms;
use bangfu_domain::policy::{Income, Pack};
use bangfu_domain::warning::Standing;
use bangfu_store::handling::StoredHandling;
use bangfu_usecase::task::Handling;
use jiff::civil::{Date, DateTime};

use super::view::{by, promise};
use crate::texts::Lang;
use crate::web::frame::Face;
use crate::web::handling::{
    self as handlings,
    view::{look, what},
};

/// What is to be done about a loan, and what was done.
#[derive(Debug, Clone)]
pub(crate) struct HandlingView {
    /// Where a contact is recorded, for who may.
    pub(crate) record: Option<String>,
    /// The level whose deed is to be done.
    pub(crate) level: Standing,
    /// What is to be done; none where no task is open.
    pub(crate) deed: Option<String>,
    /// By when, in words, and whether that has passed.
    pub(crate) by: Option<(String, bool)>,
    /// What was promised last, in words.
    pub(crate) promise: Option<String>,
    /// When its project pays, where that is after the due day.
    pub(crate) way_out: Option<String>,
    /// What is on record, the newest first.
    pub(crate) contacts: Vec<ContactRow>,
    /// Where it is proposed how the loan is to be handled, for who may.
    pub(crate) propose: Option<String>,
    /// What was proposed, the newest first.
    pub(crate) proposals: Vec<ProposalRow>,
    /// The loan from which this one took over.
    pub(crate) origin: Option<String>,
}

/// What was proposed about a loan.
#[derive(Debug, Clone)]
pub(crate) struct ProposalRow {
    /// Its page.
    pub(crate) href: String,
    /// The word of its kind.
    pub(crate) kind: &'static str,
    /// What it asks for, in words.
    pub(crate) what: String,
    /// The word of how far it has come, and its look.
    pub(crate) state: (&'static str, &'static str),
    /// The day of its last step.
    pub(crate) moved_on: Date,
    /// Who proposed it.
    pub(crate) maker: String,
}

/// A contact on record.
#[derive(Debug, Clone)]
pub(crate) struct ContactRow {
    /// The day.
    pub(crate) on_day: Date,
    /// The word of what came of it.
    pub(crate) outcome: &'static str,
    /// What was promised, in words.
    pub(crate) promise: Option<String>,
    /// The word of how they were reached.
    pub(crate) way: &'static str,
    /// Whom they met.
    pub(crate) met: String,
    /// Who recorded it.
    pub(crate) actor: String,
    /// When.
    pub(crate) recorded_at: DateTime,
    /// Anything else.
    pub(crate) note: String,
}

/// That a loan falls due before its project pays, as it is seen from a day; none where money comes in time, or where the
/// county has not told when.
pub(crate) fn too_late(lang: Lang, pack: &Pack, terms: &Terms, day: Date) -> Option<String> {
    let purpose = terms.purpose.as_deref()?;
    let (word, income) = Income::of(pack.incomes.value.as_deref()?, purpose)?;
    let pays_on = income.too_late(day, terms.due_on)?;
    let values = [
        ("what", word.to_owned().into()),
        ("pays", lang.month(pays_on).into()),
        ("due", lang.day_plain(terms.due_on).into()),
    ];
    Some(lang.text_with("way-out-late", &values))
}

/// What a loan's page shows of its handling.
pub(crate) fn view(
    face: &Face,
    lang: Lang,
    (pack, terms): (&Pack, &Terms),
    handling: &Handling,
    (record, propose): (Option<String>, Option<String>),
    (proposals, origin): (&[StoredHandling], Option<i64>),
) -> HandlingView {
    let task = handling.task.as_ref();
    let level = task.map_or(Standing::None, |stored| stored.task.level);
    let contacts = handling.contacts.iter().map(|contact| ContactRow {
        on_day: contact.on_day,
        outcome: contact.outcome.key(),
        promise: contact.promised_on.map(|on| promise(lang, on, contact.promised_fen)),
        way: contact.way.key(),
        met: contact.met.clone(),
        actor: contact.actor.clone(),
        recorded_at: face.local(contact.recorded_at),
        note: contact.note.clone(),
    });
    let proposals = proposals.iter().map(|one| ProposalRow {
        href: handlings::path(one.handling_id),
        kind: one.kind.key(),
        what: what(lang, one),
        state: (one.state.key(), look(one.state)),
        moved_on: one.moved_on,
        maker: one.maker.clone(),
    });
    HandlingView {
        propose,
        proposals: proposals.collect(),
        origin: origin.map(|loan_id| format!("/loans/{loan_id}")),
        record,
        level,
        deed: pack.responses.of(level).map(|response| lang.of(&response.deed).to_owned()),
        by: task.and_then(|stored| stored.task.late_after()).map(|on| by(lang, on, face.app.today())),
        way_out: task.and_then(|_| too_late(lang, pack, terms, face.app.today())),
        promise: task.and_then(|stored| stored.promised).map(|(on, amount)| promise(lang, on, amount)),
        contacts: contacts.collect(),
    }
}
