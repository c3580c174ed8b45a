//! What the pages for signing in and for one's own account show.

use bangfu_store::Tx;
use bangfu_store::account::Account;
use bangfu_usecase::account;

use crate::app::App;
use crate::persona::{PASSWORD, is_persona};
use crate::texts::Lang;
use crate::web::account::post::said;
use crate::web::failure::Failure;

/// A made-up person of a demo, as whom anybody may look around.
#[derive(Debug, Clone)]
pub(crate) struct Persona {
    /// What signs in.
    pub(crate) login: String,
    /// The password, which is no secret.
    pub(crate) password: &'static str,
    /// The person.
    pub(crate) name: String,
    /// The post.
    pub(crate) post: String,
}

/// One of somebody's own posts.
#[derive(Debug, Clone)]
pub(crate) struct OwnPost {
    /// Its id.
    pub(crate) post_id: i64,
    /// What and where.
    pub(crate) text: String,
    /// Whether they work at it now.
    pub(crate) here: bool,
}

/// One of somebody's own sessions.
#[derive(Debug, Clone)]
pub(crate) struct OwnSession {
    /// Its id.
    pub(crate) session_id: i64,
    /// When it began.
    pub(crate) created_at: jiff::civil::DateTime,
    /// When something was last asked.
    pub(crate) seen_at: jiff::civil::DateTime,
    /// From where.
    pub(crate) address: String,
    /// With which browser, in short.
    pub(crate) agent: String,
    /// Whether it is this one.
    pub(crate) here: bool,
}

/// The made-up people of a demo, in the order in which they were made.
pub(super) async fn personas(tx: &mut Tx, app: &App, lang: Lang) -> Result<Vec<Persona>, Failure> {
    let areas = account::areas(tx, app.county_id, app.today()).await?;
    let mut accounts = account::list(tx, &app.ctx("demo")).await?;
    accounts.retain(|account| is_persona(&account.login) && !account.disabled);
    accounts.sort_by_key(|account| account.account_id);
    let of = |account: Account| {
        let post = said(lang, &areas, account.posts.first()?);
        Some(Persona { login: account.login, password: PASSWORD, name: account.name, post })
    };
    Ok(accounts.into_iter().filter_map(of).collect())
}
