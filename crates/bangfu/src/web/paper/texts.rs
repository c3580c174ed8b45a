//! `/papers/texts`: the texts of papers, told anew by the county.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::paper::{PaperKind, TemplateFault, Wording};
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::paper::PaperFault;
use bangfu_usecase::paper::template::{Tongue, edit, history};
use jiff::civil::DateTime;
use serde::Deserialize;

use super::compose::wording;
use crate::texts::Lang;
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::Page;
use crate::words;

/// The kinds of papers with their texts.
#[derive(Template)]
#[template(path = "paper_texts.html")]
pub(crate) struct TextsPage {
    /// The frame.
    pub(crate) page: Page,
    /// Each kind, with the number of the county's version; 0 for the program's.
    pub(crate) kinds: Vec<(PaperKind, i64)>,
}

/// The texts of one kind.
#[derive(Template)]
#[template(path = "paper_text.html")]
pub(crate) struct TextPage {
    /// The frame.
    pub(crate) page: Page,
    /// The kind.
    pub(crate) kind: PaperKind,
    /// What is typed, or what stands.
    pub(crate) typed: Typed,
    /// What is wrong with it.
    pub(crate) faults: Vec<String>,
    /// The names that the texts may hold.
    pub(crate) names: Vec<String>,
    /// What the county has told: number, who, when.
    pub(crate) versions: Vec<(i64, String, DateTime)>,
}

/// Texts as they are typed: each line a paragraph.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    pub(crate) seen: i64,
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) unit: String,
    #[serde(default)]
    pub(crate) before: String,
    #[serde(default)]
    pub(crate) after: String,
    #[serde(default)]
    pub(crate) signs: String,
    #[serde(default)]
    pub(crate) act: String,
}

impl Typed {
    fn of(wording: &Wording, seen: i64) -> Typed {
        Typed {
            seen,
            title: wording.title.clone(),
            unit: wording.unit.clone(),
            before: wording.before.join("\n"),
            after: wording.after.join("\n"),
            signs: wording.signs.join("\n"),
            act: String::new(),
        }
    }

    fn wording(&self) -> Wording {
        let lines = |text: &str| {
            text.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(str::to_owned).collect()
        };
        Wording {
            title: self.title.trim().to_owned(),
            unit: self.unit.trim().to_owned(),
            before: lines(&self.before),
            after: lines(&self.after),
            signs: lines(&self.signs),
        }
    }
}

/// `GET /papers/texts`
pub(super) async fn list(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let mut kinds = Vec::new();
    for kind in PaperKind::ALL {
        kinds.push((kind, history(&mut tx, &ctx, kind).await?.1));
    }
    html(&TextsPage { page: face.page(&visitor, Section::Papers, &county), kinds })
}

/// `GET /papers/texts/{kind}`
pub(super) async fn one(face: Face, visitor: Visitor, Path(word): Path<String>) -> Result<Response, Failure> {
    let kind = PaperKind::from_key(&word).ok_or(Failure::NotFound)?;
    show(&face, &visitor, kind, None, Vec::new()).await
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    kind: PaperKind,
    typed: Option<Typed>,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let (now, version, all) = history(&mut tx, &ctx, kind).await?;
    let versions = all.iter().map(|one| (one.version, one.actor.clone(), face.local(one.made_at)));
    let mut page = face.page(visitor, Section::Papers, &county);
    page.address = path(kind);
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let shown = TextPage {
        page,
        kind,
        typed: typed.unwrap_or_else(|| Typed::of(wording(visitor.lang, &now), version)),
        faults,
        names: kind.placeholders().into_iter().map(|name| format!("{{{name}}}")).collect(),
        versions: versions.collect(),
    };
    Ok((status, html(&shown)?).into_response())
}

/// The address of the texts of a kind.
pub(crate) fn path(kind: PaperKind) -> String {
    format!("/papers/texts/{}", kind.key())
}

/// `POST /papers/texts/{kind}`
pub(super) async fn tell(
    face: Face,
    visitor: Visitor,
    Path(word): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let kind = PaperKind::from_key(&word).ok_or(Failure::NotFound)?;
    let tongue = match visitor.lang {
        Lang::Zh => Tongue::Zh,
        Lang::En => Tongue::En,
    };
    let new = (typed.act != "shipped").then(|| (tongue, typed.wording()));
    match edit(&face.app.db, &face.ctx(), kind, typed.seen, new).await {
        Ok(_) => Ok(Flash::PaperTextsTold.redirect(&path(kind))),
        Err(Error::Refused(Refusal::Paper(PaperFault::Texts(faults)))) => {
            let said = faults.iter().map(|fault| said(visitor.lang, fault)).collect();
            show(&face, &visitor, kind, Some(typed), said).await
        }
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            let said = vec![words::refusal(visitor.lang, &refusal)];
            show(&face, &visitor, kind, Some(typed), said).await
        }
        Err(error) => Err(error.into()),
    }
}

/// A fault in words: in which part, on which line, what.
fn said(lang: Lang, fault: &TemplateFault) -> String {
    let part = lang.text(match fault.part {
        "title" => "paper-text-title",
        "unit" => "paper-text-unit",
        "before" => "paper-text-before",
        "after" => "paper-text-after",
        _ => "paper-text-signs",
    });
    let what = words::said(lang, &format!("paper-fault-{}", fault.kind.key()), &fault.kind.args());
    let line = i64::try_from(fault.line).unwrap_or(i64::MAX);
    lang.text_with("paper-fault-at", &[("part", part.into()), ("line", line.into()), ("what", what.into())])
}
