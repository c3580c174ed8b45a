//! `/tokens`: what opens the door for programs: made, shown once, ended.

use askama::Template;
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::officer::Role;
use bangfu_domain::token::TokenScope;
use bangfu_store::token::Token;
use bangfu_usecase::account::areas;
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::token::{self, DAYS_MAX, MadeToken, NewToken};
use jiff::civil::{Date, DateTime};

use super::account::post::{AreaGroup, groups, received, roles, said};
use super::address::UnknownWord;
use super::failure::Failure;
use super::flash::Flash;
use super::frame::{Face, Visitor, html};
use super::menu::Section;
use super::page::Page;
use crate::words;

/// All tokens.
#[derive(Template)]
#[template(path = "tokens.html")]
pub(crate) struct TokensPage {
    /// The frame.
    pub(crate) page: Page,
    /// The tokens, the newest first.
    pub(crate) tokens: Vec<TokenRow>,
    /// What a new one is made of, as far as it was typed.
    pub(crate) form: TokenForm,
    /// The words of the scopes, and the keys of their texts.
    pub(crate) scopes: Vec<(&'static str, &'static str)>,
    /// The roles.
    pub(crate) roles: Vec<&'static str>,
    /// The areas.
    pub(crate) areas: Vec<AreaGroup>,
}

/// What opens doors, which is shown once.
#[derive(Template)]
#[template(path = "token_made.html")]
pub(crate) struct TokenMadePage {
    /// The frame.
    pub(crate) page: Page,
    /// What it is for.
    pub(crate) name: String,
    /// What opens doors.
    pub(crate) secret: String,
}

/// A token in the list.
#[derive(Debug, Clone)]
pub(crate) struct TokenRow {
    /// Its number.
    pub(crate) id: i64,
    /// What it is for.
    pub(crate) name: String,
    /// Its post in words.
    pub(crate) post: String,
    /// The keys of the texts of its scopes.
    pub(crate) scopes: Vec<&'static str>,
    /// Its last day.
    pub(crate) ends_on: Date,
    /// When it was last used.
    pub(crate) seen_at: Option<DateTime>,
    /// Whether it opens anything.
    pub(crate) opens: bool,
}

/// A new token, as far as it was typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct TokenForm {
    /// What it is for.
    pub(crate) name: String,
    /// The key of the role.
    pub(crate) role: String,
    /// The area as the form sends it.
    pub(crate) area: String,
    /// The scopes by their words.
    pub(crate) scopes: Vec<String>,
    /// The last day.
    pub(crate) until: String,
    /// What is wrong with it.
    pub(crate) fault: Option<String>,
}

/// The key of a scope's text.
const fn text_key(scope: TokenScope) -> &'static str {
    match scope {
        TokenScope::DivisionsRead => "scope-divisions-read",
        TokenScope::HouseholdsRead => "scope-households-read",
        TokenScope::LoansRead => "scope-loans-read",
        TokenScope::BoardsRead => "scope-boards-read",
        TokenScope::ClosesRead => "scope-closes-read",
        TokenScope::ImportsRead => "scope-imports-read",
        TokenScope::ImportsWrite => "scope-imports-write",
        TokenScope::DifferencesRead => "scope-differences-read",
        TokenScope::DifferencesWrite => "scope-differences-write",
        TokenScope::TasksRead => "scope-tasks-read",
        TokenScope::ContactsWrite => "scope-contacts-write",
        TokenScope::NoticesRead => "scope-notices-read",
    }
}

/// `GET /tokens`
pub(super) async fn list(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    let last = face.app.today().saturating_add(jiff::Span::new().days(DAYS_MAX - 1));
    show(&face, &visitor, TokenForm { until: last.to_string(), ..TokenForm::default() }).await
}

async fn show(face: &Face, visitor: &Visitor, form: TokenForm) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let today = face.app.today();
    let areas = areas(&mut tx, county.county_id, today).await?;
    let row = |one: Token| TokenRow {
        id: one.token_id,
        post: said(visitor.lang, &areas, &one.post),
        scopes: one.scopes.iter().map(|scope| text_key(*scope)).collect(),
        ends_on: one.ends_on,
        seen_at: one.seen_at.map(|at| face.local(at)),
        opens: token::opens(&one, today),
        name: one.name,
    };
    let tokens = token::list(&mut tx, &face.ctx()).await?.into_iter().map(row).collect();
    let status = if form.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = "/tokens".to_owned();
    let scopes = TokenScope::ALL.into_iter().map(|scope| (scope.key(), text_key(scope))).collect();
    let areas = groups(visitor.lang, &areas);
    let shown = TokensPage { page, tokens, form, scopes, roles: roles(), areas };
    Ok((status, html(&shown)?).into_response())
}

impl TokenForm {
    /// Whether a scope was chosen.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.scopes.iter().any(|scope| scope == word)
    }

    /// What a form sent: scopes come each with a word of its own.
    fn received(pairs: Vec<(String, String)>) -> TokenForm {
        let mut form = TokenForm::default();
        for (name, value) in pairs {
            match name.as_str() {
                "name" => form.name = value,
                "role" => form.role = value,
                "area" => form.area = value,
                "until" => form.until = value,
                "scope" => form.scopes.push(value),
                _ => {}
            }
        }
        form
    }

    fn token(&self) -> Result<NewToken, UnknownWord> {
        let unknown = |field, value: &str| UnknownWord { field, value: value.to_owned() };
        let scope = |word: &String| TokenScope::from_key(word).ok_or_else(|| unknown("scope", word));
        Ok(NewToken {
            name: self.name.clone(),
            role: Role::from_key(&self.role).ok_or_else(|| unknown("role", &self.role))?,
            area: received(&self.area).ok_or_else(|| unknown("area", &self.area))?,
            scopes: self.scopes.iter().map(scope).collect::<Result<_, _>>()?,
            ends_on: super::address::day(&self.until).ok_or_else(|| unknown("until", &self.until))?,
        })
    }
}

/// `POST /tokens`
pub(super) async fn create(
    face: Face,
    visitor: Visitor,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let form = TokenForm::received(pairs);
    match token::create(&face.app.db, &face.ctx(), &form.token()?).await {
        Err(Error::Refused(why @ (Refusal::Token(_) | Refusal::Account(_)))) => {
            let fault = Some(words::refusal(visitor.lang, &why));
            show(&face, &visitor, TokenForm { fault, ..form }).await
        }
        made => show_made(&face, &visitor, form.name, made?).await,
    }
}

async fn show_made(
    face: &Face,
    visitor: &Visitor,
    name: String,
    made: MadeToken,
) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = "/tokens".to_owned();
    html(&TokenMadePage { page, name, secret: made.secret })
}

/// `POST /tokens/{id}/end`
pub(super) async fn end(face: Face, Path(token_id): Path<i64>) -> Result<Response, Failure> {
    token::end(&face.app.db, &face.ctx(), token_id).await?;
    Ok(Flash::TokenEnded.redirect("/tokens"))
}
