//! `bangfu user`: accounts, for whoever runs the program.

use std::io::Read;

use bangfu_domain::officer::Role;
use bangfu_store::Area;
use bangfu_store::account::{Account, Post, area_words};
use bangfu_usecase::Ctx;
use bangfu_usecase::access::{AreaKind, kinds};
use bangfu_usecase::account::{self, AccountFault, Hashing, Made, NewAccount};
use bangfu_usecase::error::Refusal;
use serde_json::json;

use super::arguments::{Act, User};
use super::terminal::say;
use super::{DONE, Desk};
use crate::app::App;
use crate::web::account::post;
use crate::words::said;

pub(super) async fn run(desk: &Desk, asked: &User) -> anyhow::Result<u8> {
    let app = desk.app().await?;
    let ctx = app.ctx("cli");
    let done = act(desk, &app, &ctx, asked).await;
    app.db.close().await;
    done.map(|()| DONE)
}

async fn act(desk: &Desk, app: &App, ctx: &Ctx, asked: &User) -> anyhow::Result<()> {
    let hashing = Hashing::default();
    let post = (asked.role.as_deref(), asked.area.as_deref());
    if asked.act == Act::List {
        return list(desk, app, ctx).await;
    }
    let login = asked.login.clone().ok_or_else(|| anyhow::anyhow!(desk.text("cli-user-login")))?;
    if asked.act == Act::Add {
        let (role, area) = told(desk, app, ctx, post).await?;
        let name = asked.name.clone().unwrap_or_else(|| login.clone());
        let password = asked.password_stdin.then(password).transpose()?;
        let is_first = password.is_none();
        let made = account::create(&app.db, ctx, &hashing, &NewAccount { login, name, role, area, password })
            .await?;
        return tell(desk, "cli-user-made", &made, is_first);
    }
    let account = {
        let mut tx = app.db.read().await.map_err(bangfu_usecase::Error::from)?;
        account::by_login(&mut tx, ctx, &login).await?
    };
    let id = account.account_id;
    match asked.act {
        Act::Reset => {
            if asked.second_factor_off && account.has_totp {
                account::second::take_off(&app.db, ctx, id).await?;
            }
            let made = account::reset_password(&app.db, ctx, &hashing, id).await?;
            return tell(desk, "cli-user-reset", &made, true);
        }
        Act::Disable => account::set_disabled(&app.db, ctx, id, true).await?,
        Act::Enable => account::set_disabled(&app.db, ctx, id, false).await?,
        Act::Give => {
            let (role, area) = told(desk, app, ctx, post).await?;
            account::add_post(&app.db, ctx, id, role, area).await?;
        }
        Act::Take => {
            let (role, area) = told(desk, app, ctx, post).await?;
            let held = account.posts.iter().find(|post| post.role == role && post.area == area);
            let held = held.ok_or(bangfu_usecase::Error::Refused(Refusal::NotFound))?;
            account::remove_post(&app.db, ctx, id, held.post_id).await?;
        }
        Act::Add | Act::List => {}
    }
    if desk.json {
        say(json!({ "login": account.login }))
    } else {
        say(said(desk.lang, "cli-user-done", &[("login", account.login)]))
    }
}

/// A password from standard input, without the line's end.
fn password() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().take(1024).read_to_string(&mut text)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn tell(desk: &Desk, key: &str, made: &Made, with_password: bool) -> anyhow::Result<()> {
    let password = with_password.then_some(made.password.as_str());
    if desk.json {
        return say(json!({ "login": made.login, "password": password }));
    }
    say(said(desk.lang, key, &[("login", made.login.clone())]))?;
    match password {
        Some(password) => say(said(desk.lang, "cli-user-password", &[("password", password.to_owned())])),
        None => Ok(()),
    }
}

async fn list(desk: &Desk, app: &App, ctx: &Ctx) -> anyhow::Result<()> {
    let mut tx = app.db.read().await.map_err(bangfu_usecase::Error::from)?;
    let accounts = account::list(&mut tx, ctx).await?;
    if desk.json {
        return say(json!(accounts.iter().map(listed).collect::<Vec<_>>()));
    }
    let areas = account::areas(&mut tx, app.county_id, ctx.today).await?;
    for one in &accounts {
        let posts =
            one.posts.iter().map(|post| post::said(desk.lang, &areas, post)).collect::<Vec<_>>().join("；");
        let state = if one.disabled { desk.text("account-disabled") } else { String::new() };
        say(format!("{}\t{}\t{posts}\t{state}", one.login, one.name).trim_end())?;
    }
    Ok(())
}

fn listed(account: &Account) -> serde_json::Value {
    let post = |post: &Post| {
        let (area, id) = area_words(post.area);
        json!({ "role": post.role.key(), "area": area, "area_id": id })
    };
    json!({
        "login": account.login,
        "name": account.name,
        "disabled": account.disabled,
        "second_factor": account.has_totp,
        "posts": account.posts.iter().map(post).collect::<Vec<_>>(),
    })
}

/// The post that was told: a role, and the area by its code or name.
pub(super) async fn told(
    desk: &Desk,
    app: &App,
    ctx: &Ctx,
    (role, area): (Option<&str>, Option<&str>),
) -> anyhow::Result<(Role, Area)> {
    let role = role.and_then(Role::from_key);
    let role = role.ok_or_else(|| {
        let roles = Role::ALL.map(Role::key).join(", ");
        anyhow::anyhow!(said(desk.lang, "cli-user-role", &[("roles", roles)]))
    })?;
    let mut tx = app.db.read().await.map_err(bangfu_usecase::Error::from)?;
    let Some(text) = area else {
        let whole = kinds(role).contains(&AreaKind::County);
        return if whole { Ok((role, Area::County)) } else { Err(refused(AccountFault::PostArea { role })) };
    };
    let mut found = account::areas(&mut tx, app.county_id, ctx.today).await?.named(role, text);
    match (found.pop(), found.is_empty()) {
        (Some(area), true) => Ok((role, area)),
        (one, _) => {
            let count = found.len() + usize::from(one.is_some());
            let args = [("area", text.to_owned()), ("count", count.to_string())];
            anyhow::bail!(said(desk.lang, "cli-user-area", &args))
        }
    }
}

fn refused(fault: AccountFault) -> anyhow::Error {
    bangfu_usecase::Error::from(fault).into()
}
