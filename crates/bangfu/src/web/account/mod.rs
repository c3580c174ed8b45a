//! `/accounts`: who may sign in, and at which posts.

pub(crate) mod post;
pub(crate) mod view;

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::officer::Role;
use bangfu_store::account::Account;
use bangfu_usecase::account::{self, AccountFault, Made, NewAccount};
use bangfu_usecase::error::{Error, Refusal};
use serde::Deserialize;

use super::address::UnknownWord;
use super::failure::Failure;
use super::flash::Flash;
use super::frame::{Face, Visitor, html};
use super::menu::Section;
use super::page::Page;
use crate::words;
use post::{AreaGroup, groups, received, roles, said};
use view::{AccountForm, AccountRow, AccountView, PostView};

/// All accounts.
#[derive(Template)]
#[template(path = "accounts.html")]
pub(crate) struct AccountsPage {
    /// The frame.
    pub(crate) page: Page,
    /// The accounts.
    pub(crate) accounts: Vec<AccountRow>,
    /// What a new one is made of, as far as it was typed.
    pub(crate) form: AccountForm,
    /// The roles.
    pub(crate) roles: Vec<&'static str>,
    /// The areas.
    pub(crate) areas: Vec<AreaGroup>,
}

/// One account.
#[derive(Template)]
#[template(path = "account.html")]
pub(crate) struct AccountPage {
    /// The frame.
    pub(crate) page: Page,
    /// The account.
    pub(crate) account: AccountView,
    /// What went wrong.
    pub(crate) fault: Option<String>,
    /// The roles.
    pub(crate) roles: Vec<&'static str>,
    /// The areas.
    pub(crate) areas: Vec<AreaGroup>,
}

/// A first password, which is shown once.
#[derive(Template)]
#[template(path = "account_made.html")]
pub(crate) struct MadePage {
    /// The frame.
    pub(crate) page: Page,
    /// Whose.
    pub(crate) account_id: i64,
    /// What is typed to sign in.
    pub(crate) login: String,
    /// The first password.
    pub(crate) password: String,
}

/// `GET /accounts`
pub(super) async fn list(face: Face, visitor: Visitor) -> Result<Response, Failure> {
    show_list(&face, &visitor, AccountForm::default()).await
}

async fn show_list(face: &Face, visitor: &Visitor, form: AccountForm) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let areas = account::areas(&mut tx, county.county_id, face.app.today()).await?;
    let accounts = account::list(&mut tx, &face.ctx()).await?;
    let status = if form.fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = "/accounts".to_owned();
    let row = |account: &Account| AccountRow {
        href: format!("/accounts/{}", account.account_id),
        name: account.name.clone(),
        login: account.login.clone(),
        posts: account.posts.iter().map(|post| said(visitor.lang, &areas, post)).collect(),
        state: state(account),
    };
    let accounts = accounts.iter().map(row).collect();
    let areas = groups(visitor.lang, &areas);
    let shown = AccountsPage { page, accounts, form, roles: roles(), areas };
    Ok((status, html(&shown)?).into_response())
}

/// The key of the word for how an account stands.
fn state(account: &Account) -> &'static str {
    match (account.disabled, account.must_change) {
        (true, _) => "account-disabled",
        (false, true) => "account-first-password",
        (false, false) => "account-in-use",
    }
}

/// What a new account, or another post, is made of.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Typed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    login: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    area: String,
}

impl Typed {
    fn post(&self) -> Result<(Role, bangfu_store::Area), UnknownWord> {
        let unknown = |field, value: &str| UnknownWord { field, value: value.to_owned() };
        let role = Role::from_key(&self.role).ok_or_else(|| unknown("role", &self.role))?;
        Ok((role, received(&self.area).ok_or_else(|| unknown("area", &self.area))?))
    }
}

/// `POST /accounts`
pub(super) async fn create(
    face: Face,
    visitor: Visitor,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let (role, area) = typed.post()?;
    let new = NewAccount { login: typed.login.clone(), name: typed.name.clone(), role, area, password: None };
    match account::create(&face.app.db, &face.ctx(), &face.hashing, &new).await {
        Err(Error::Refused(why @ Refusal::Account(_))) => {
            let fault = Some(words::refusal(visitor.lang, &why));
            let Typed { name, login, role, area } = typed;
            show_list(&face, &visitor, AccountForm { name, login, role, area, fault }).await
        }
        made => show_made(&face, &visitor, made?).await,
    }
}

async fn show_made(face: &Face, visitor: &Visitor, made: Made) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = "/accounts".to_owned();
    html(&MadePage { page, account_id: made.account_id, login: made.login, password: made.password })
}

/// `GET /accounts/{id}`
pub(super) async fn one(
    face: Face,
    visitor: Visitor,
    Path(account_id): Path<i64>,
) -> Result<Response, Failure> {
    show_one(&face, &visitor, account_id, None).await
}

async fn show_one(
    face: &Face,
    visitor: &Visitor,
    account_id: i64,
    fault: Option<AccountFault>,
) -> Result<Response, Failure> {
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let account = account::get(&mut tx, &face.ctx(), account_id).await?;
    let areas = account::areas(&mut tx, county.county_id, face.app.today()).await?;
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut page = face.page(visitor, Section::Administration, &county);
    page.address = format!("/accounts/{account_id}");
    let posts = account.posts.iter();
    let posts = posts.map(|post| PostView { post_id: post.post_id, text: said(visitor.lang, &areas, post) });
    let view = AccountView {
        account_id,
        state: state(&account),
        disabled: account.disabled,
        has_totp: account.has_totp,
        created_at: face.local(account.created_at),
        posts: posts.collect(),
        name: account.name,
        login: account.login,
    };
    let fault = fault.map(|fault| words::refusal(visitor.lang, &fault.into()));
    let shown =
        AccountPage { page, account: view, fault, roles: roles(), areas: groups(visitor.lang, &areas) };
    Ok((status, html(&shown)?).into_response())
}

/// Back to the account's page, which says what was done or what was wrong.
async fn then(
    face: &Face,
    visitor: &Visitor,
    account_id: i64,
    done: Result<(), Error>,
) -> Result<Response, Failure> {
    match done {
        Err(Error::Refused(Refusal::Account(fault))) => {
            show_one(face, visitor, account_id, Some(fault)).await
        }
        done => {
            done?;
            Ok(Flash::AccountChanged.redirect(&format!("/accounts/{account_id}")))
        }
    }
}

/// `POST /accounts/{id}/post`
pub(super) async fn give_post(
    face: Face,
    visitor: Visitor,
    Path(account_id): Path<i64>,
    Form(typed): Form<Typed>,
) -> Result<Response, Failure> {
    let (role, area) = typed.post()?;
    let done = account::add_post(&face.app.db, &face.ctx(), account_id, role, area).await;
    then(&face, &visitor, account_id, done).await
}

/// `POST /accounts/{id}/post/{post}/take`
pub(super) async fn take_post(
    face: Face,
    visitor: Visitor,
    Path((account_id, post_id)): Path<(i64, i64)>,
) -> Result<Response, Failure> {
    let done = account::remove_post(&face.app.db, &face.ctx(), account_id, post_id).await;
    then(&face, &visitor, account_id, done).await
}

/// `POST /accounts/{id}/disable`
pub(super) async fn disable(
    face: Face,
    visitor: Visitor,
    Path(account_id): Path<i64>,
) -> Result<Response, Failure> {
    let done = account::set_disabled(&face.app.db, &face.ctx(), account_id, true).await;
    then(&face, &visitor, account_id, done).await
}

/// `POST /accounts/{id}/enable`
pub(super) async fn enable(
    face: Face,
    visitor: Visitor,
    Path(account_id): Path<i64>,
) -> Result<Response, Failure> {
    let done = account::set_disabled(&face.app.db, &face.ctx(), account_id, false).await;
    then(&face, &visitor, account_id, done).await
}

/// `POST /accounts/{id}/reset`
pub(super) async fn reset(
    face: Face,
    visitor: Visitor,
    Path(account_id): Path<i64>,
) -> Result<Response, Failure> {
    let made = account::reset_password(&face.app.db, &face.ctx(), &face.hashing, account_id).await?;
    show_made(&face, &visitor, made).await
}

/// `POST /accounts/{id}/second-factor/off`
pub(super) async fn take_factor_off(
    face: Face,
    visitor: Visitor,
    Path(account_id): Path<i64>,
) -> Result<Response, Failure> {
    let done = account::second::take_off(&face.app.db, &face.ctx(), account_id).await;
    then(&face, &visitor, account_id, done).await
}
