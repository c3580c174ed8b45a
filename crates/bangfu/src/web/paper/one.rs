//! `/papers/{code}`: a paper as it was made, on a page for printing and as a file; and what has changed since.

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use bangfu_domain::paper::{Code, PaperKind};
use bangfu_sheets::paper::{Paper, Part, to_docx, to_xlsx};
use bangfu_store::Tx;
use bangfu_store::paper::Paper as Stored;
use bangfu_usecase::paper::{self, Content, card, content, place_name};

use super::compose::Told;
use super::since::{SinceView, view};
use crate::texts::Lang;
use crate::web::download::{self, Format};
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::menu::Section;
use crate::web::page::Page;
use crate::web::qr::Picture;

/// The most rows of a table on a page; a file holds them all.
const ROWS_SHOWN: usize = 2_000;

/// A paper's page.
#[derive(Template)]
#[template(path = "paper.html")]
pub(crate) struct PaperPage {
    /// The frame.
    pub(crate) page: Page,
    /// The paper in words.
    pub(crate) paper: Paper,
    /// What is done with it.
    pub(crate) acts: Acts,
    /// What has changed since it was made.
    pub(crate) since: SinceView,
}

/// What is done with a paper.
#[derive(Debug, Clone)]
pub(crate) struct Acts {
    /// Its own address.
    pub(crate) href: String,
    /// What it is.
    pub(crate) kind: PaperKind,
    /// The loan that it is about.
    pub(crate) loan: Option<String>,
    /// The picture of a card's address.
    pub(crate) picture: Option<Picture>,
    /// Whether that address can still be made void.
    pub(crate) revocable: bool,
    /// How many rows stand in the file alone.
    pub(crate) cut: usize,
}

impl Acts {
    /// Whether it is a card, which is printed in large type.
    pub(crate) fn is_card(&self) -> bool {
        self.kind == PaperKind::Card
    }
}

/// A code of an address.
fn code_of(text: &str) -> Result<Code, Failure> {
    Code::parse(text).ok_or(Failure::NotFound)
}

/// The address of a card's page, as a phone has to know it: by the name under which this page was asked for.
fn address(face: &Face, headers: &HeaderMap, token: &str) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    let way = if face.secure { "https" } else { "http" };
    host.chars().all(is_name).then(|| format!("{way}://{host}/c/{token}"))
}

/// A paper in the words of a language.
async fn told(
    face: &Face,
    tx: &mut Tx,
    lang: Lang,
    headers: &HeaderMap,
    paper: &Stored,
) -> Result<(Paper, Option<String>), Failure> {
    let ctx = face.ctx();
    let county = face.county(tx).await?;
    let (template, content) = content(&face.app.db, tx, &ctx, paper).await?;
    let address = match &content {
        Content::Loan(loan) => loan.token.as_deref().and_then(|token| address(face, headers, token)),
        _ => None,
    };
    let told = Told {
        lang,
        paper,
        county: county.on(paper.on_day).name.clone(),
        place: place_name(tx, &ctx, paper).await?,
        known_at: face.local(paper.known_at),
        address: address.clone(),
        demo: face.app.demo,
    };
    Ok((told.compose(&template, &content), address))
}

/// `GET /papers/{code}`
pub(super) async fn show(
    face: Face,
    visitor: Visitor,
    headers: HeaderMap,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let paper = paper::open(&face.app.db, &ctx, &code_of(&text)?).await?;
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let (mut said, address) = told(&face, &mut tx, visitor.lang, &headers, &paper).await?;
    let since = paper::since(&face.app.db, &mut tx, &ctx, &paper).await?;
    let acts = Acts {
        href: super::path(&paper.code),
        kind: paper.kind,
        loan: paper.loan_id.map(|id| format!("/loans/{id}")),
        picture: address.as_deref().and_then(Picture::of),
        revocable: address.is_some(),
        cut: cut(&mut said),
    };
    let since = view(visitor.lang, &paper, &since, ctx.today);
    let mut page = face.page_of_loans(&mut tx, &visitor, Section::Papers, &county).await?;
    page.address.clone_from(&acts.href);
    html(&PaperPage { page, paper: said, acts, since })
}

/// Leaves of the tables what a page can hold; how many rows it left out.
fn cut(paper: &mut Paper) -> usize {
    let mut left = ROWS_SHOWN;
    let mut out = 0;
    for part in &mut paper.parts {
        if let Part::Table(table) = part {
            let shown = table.rows.len().min(left);
            out += table.rows.len() - shown;
            left -= shown;
            if shown < table.rows.len() {
                table.rows.truncate(shown);
                table.sums = 0;
            }
        }
    }
    paper.parts.retain(|part| !matches!(part, Part::Table(table) if table.rows.is_empty()));
    out
}

/// `GET /papers/{code}/paper.xlsx`
pub(super) async fn xlsx(
    face: Face,
    visitor: Visitor,
    headers: HeaderMap,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    file(&face, visitor.lang, &headers, &text, Format::Xlsx).await
}

/// `GET /papers/{code}/paper.docx`
pub(super) async fn docx(
    face: Face,
    visitor: Visitor,
    headers: HeaderMap,
    Path(text): Path<String>,
) -> Result<Response, Failure> {
    file(&face, visitor.lang, &headers, &text, Format::Docx).await
}

async fn file(
    face: &Face,
    lang: Lang,
    headers: &HeaderMap,
    text: &str,
    format: Format,
) -> Result<Response, Failure> {
    let word = if format == Format::Docx { "docx" } else { "xlsx" };
    let paper = paper::export(&face.app.db, &face.ctx(), &code_of(text)?, word).await?;
    let mut tx = face.app.db.read().await?;
    let (said, _) = told(face, &mut tx, lang, headers, &paper).await?;
    let kind = lang.text(&format!("paper-{}", paper.kind.key()));
    let bytes = match format {
        Format::Docx => to_docx(&said).map_err(|error| Failure::Broken(error.into()))?,
        Format::Xlsx | Format::Csv => to_xlsx(&said, &kind).map_err(|error| Failure::Broken(error.into()))?,
    };
    let name = format!("{kind}-{}-{}", paper.on_day, paper.code);
    Ok(download::file(bytes, format, &name, &format!("{}-{}", paper.kind.key(), paper.code)))
}

/// `POST /papers/{code}/revoke`: the address on a card opens nothing any more.
pub(super) async fn revoke(face: Face, Path(text): Path<String>) -> Result<Response, Failure> {
    let paper = card::revoke(&face.app.db, &face.ctx(), &code_of(&text)?).await?;
    Ok(Flash::CardRevoked.redirect(&super::path(&paper.code)))
}
