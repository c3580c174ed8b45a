//! `GET /differences/{id}`: one difference, both sides, and what became of it.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_store::movement::Movement;
use bangfu_usecase::difference::{self, Detail, Entry, Event};

use super::DifferencePage;
use super::list::{Names, slip_address};
use super::say::say;
use super::view::{DifferenceView, EventView, Form, Typed};
use crate::texts::{Lang, Value};
use crate::web::failure::Failure;
use crate::web::frame::{Face, Visitor, html};
use crate::web::loan::view::Fact;
use crate::web::menu::Section;
use crate::words;

/// `GET /differences/{id}`
pub(crate) async fn one(face: Face, visitor: Visitor, Path(id): Path<i64>) -> Result<Response, Failure> {
    show(&face, &visitor, id, None).await
}

/// The page, with what was refused a moment ago.
pub(super) async fn show(
    face: &Face,
    visitor: &Visitor,
    id: i64,
    refused: Option<(Form, String, Typed)>,
) -> Result<Response, Failure> {
    let detail = difference::detail(&face.app.db, &face.ctx(), id).await?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let names = Names::load(&mut tx, face, visitor.lang).await?;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut view = Told { face, lang: visitor.lang, names: &names, detail: &detail }.view();
    if let (Some(acts), Some((form, why, typed))) = (view.row.acts.as_mut(), refused) {
        acts.fault = Some((form, why));
        acts.typed = typed;
    }
    let mut page = face.page(visitor, Section::Import, &county);
    page.address = format!("/differences/{id}");
    Ok((status, html(&DifferencePage { page, one: view })?).into_response())
}

/// What the page is made from.
struct Told<'a> {
    face: &'a Face,
    lang: Lang,
    names: &'a Names<'a>,
    detail: &'a Detail,
}

impl Told<'_> {
    fn view(&self) -> DifferenceView {
        let (one, detail) = (&self.detail.difference, self.detail);
        let entry = Entry {
            facts: detail.facts.clone(),
            borrower: detail
                .loan
                .as_ref()
                .map(|loan| loan.borrower_name.clone())
                .or_else(|| one.name.clone()),
            village_id: detail.loan.as_ref().map(|loan| loan.village_id),
            suggestion: detail.suggestion.clone(),
            last: detail.events.last().map(|event| event.step.clone()),
            files: (None, one.settled_by.and_then(|id| detail.files.get(&id).cloned())),
            difference: one.clone(),
        };
        let mut row = self.names.row(&entry, &format!("/differences/{}", one.difference_id));
        if detail.loan.is_none() {
            row.loan_href = None;
        }
        DifferenceView {
            row,
            due_provisional: detail.due_provisional,
            movement: detail.movement.as_ref().map(|movement| self.movement(movement)).unwrap_or_default(),
            loan: self.loan(),
            history: self.history(),
            slip: one.branch_id.filter(|_| one.state.is_open()).map(slip_address),
        }
    }

    fn movement(&self, movement: &Movement) -> Vec<Fact> {
        let lang = self.lang;
        // Without a serial number a movement is known by what it says; that name is nobody's business.
        let serial = Some(movement.serial.as_str()).filter(|serial| !serial.starts_with('~'));
        let none = || lang.text("not-stated");
        let became = movement.became.map(|(loan, _)| {
            let href = Some(format!("/loans/{loan}"));
            Fact { href, ..fact("movement-became", lang.text("movement-became-event")) }
        });
        let mut facts = vec![
            fact("movement-day", lang.day(movement.on_day)),
            fact("movement-amount", lang.yuan(movement.amount_fen)),
            fact("movement-balance", movement.balance_fen.map_or_else(none, |fen| lang.yuan(fen))),
            fact("movement-name", movement.name.clone().unwrap_or_else(none)),
            fact("movement-serial", serial.map_or_else(none, str::to_owned)),
        ];
        if let Some(row) = self.detail.facts.row {
            facts.push(fact("movement-row", row.to_string()));
        }
        facts.extend(became);
        facts
    }

    fn loan(&self) -> Vec<Fact> {
        let (lang, Some(loan)) = (self.lang, &self.detail.loan) else { return Vec::new() };
        let href = Some(format!("/loans/{}", loan.loan_id));
        let (township, village) = self.detail.places.village_on(loan.village_id, self.face.app.today());
        vec![
            Fact { href, ..fact("number", loan.number.clone()) },
            fact("borrower", loan.borrower_name.clone()),
            fact("village", format!("{township} {village}").trim().to_owned()),
            fact("branch", self.detail.branches.get(&loan.branch_id).cloned().unwrap_or_default()),
            fact("principal", lang.yuan(loan.terms.principal_fen)),
            fact("repaid", lang.yuan(loan.repaid_fen)),
            fact("disbursed-on", lang.day(loan.terms.disbursed_on)),
            fact("due-on", lang.day(loan.terms.due_on)),
        ]
    }

    fn history(&self) -> Vec<EventView> {
        let one = &self.detail.difference;
        let opened = EventView {
            at: self.face.local(one.opened_at),
            text_key: "difference-step-opened".to_owned(),
            actor: None,
            way_key: None,
            reason: None,
            asked: None,
            file: self.names.file(self.detail.files.get(&one.import_id), one.import_id),
            before: None,
        };
        let steps = self.detail.events.iter().rev().map(|event| self.event(event));
        steps.chain([opened]).collect()
    }

    fn event(&self, event: &Event) -> EventView {
        let (lang, step) = (self.lang, &event.step);
        let before = event.before.as_ref().map(|before| {
            let said = say(lang, before);
            lang.text_with("difference-before", &[("said", Value::from(said))])
        });
        let branch = step.branch_id.and_then(|id| self.detail.branches.get(&id).cloned());
        EventView {
            at: self.face.local(step.at),
            text_key: format!("difference-step-{}", step.kind.key()),
            actor: step.actor.as_deref().map(|actor| words::actor(lang, actor)),
            way_key: step.way.map(|way| format!("way-{}", way.key())),
            reason: step.reason.clone(),
            asked: branch.zip(step.due_on),
            file: step.import_id.and_then(|id| self.names.file(self.detail.files.get(&id), id)),
            before,
        }
    }
}

fn fact(key: &'static str, value: String) -> Fact {
    Fact::of(key, value)
}
