//! `bangfu token`: what opens the door for programs, for whoever runs the program.

use bangfu_domain::token::TokenScope;
use bangfu_store::account::area_words;
use bangfu_store::token::Token as Stored;
use bangfu_usecase::account::areas;
use bangfu_usecase::token::{self, NewToken};
use bangfu_usecase::{Ctx, Error};
use serde_json::json;

use super::arguments::{Token, TokenAct};
use super::terminal::say;
use super::{DONE, Desk, user};
use crate::app::App;
use crate::web::account::post;
use crate::words::said;

pub(super) async fn run(desk: &Desk, asked: &Token) -> anyhow::Result<u8> {
    let app = desk.app().await?;
    let ctx = app.ctx("cli");
    let done = act(desk, &app, &ctx, asked).await;
    app.db.close().await;
    done.map(|()| DONE)
}

async fn act(desk: &Desk, app: &App, ctx: &Ctx, asked: &Token) -> anyhow::Result<()> {
    match asked.act {
        TokenAct::List => list(desk, app, ctx).await,
        TokenAct::Add => add(desk, app, ctx, asked).await,
        TokenAct::End => end(desk, app, ctx, asked).await,
    }
}

async fn add(desk: &Desk, app: &App, ctx: &Ctx, asked: &Token) -> anyhow::Result<()> {
    let name = asked.name.clone().ok_or_else(|| anyhow::anyhow!(desk.text("cli-token-name")))?;
    let ends_on = asked.until.ok_or_else(|| anyhow::anyhow!(desk.text("cli-token-until")))?;
    let (role, area) = user::told(desk, app, ctx, (asked.role.as_deref(), asked.area.as_deref())).await?;
    let known = || TokenScope::ALL.map(TokenScope::key).join(", ");
    let scopes = asked.scope.iter().flat_map(|text| text.split(',')).map(|word| {
        let args = [("scope", word.to_owned()), ("scopes", known())];
        TokenScope::from_key(word.trim())
            .ok_or_else(|| anyhow::anyhow!(said(desk.lang, "cli-token-scope", &args)))
    });
    let scopes = scopes.collect::<anyhow::Result<Vec<_>>>()?;
    let made = token::create(&app.db, ctx, &NewToken { name, role, area, scopes, ends_on }).await?;
    if desk.json {
        return say(json!({ "id": made.token_id, "token": made.secret }));
    }
    say(said(desk.lang, "cli-token-made", &[("id", made.token_id.to_string())]))?;
    say(made.secret)
}

async fn end(desk: &Desk, app: &App, ctx: &Ctx, asked: &Token) -> anyhow::Result<()> {
    let id = asked.name.as_deref().and_then(|text| text.parse().ok());
    let id: i64 = id.ok_or_else(|| anyhow::anyhow!(desk.text("cli-token-number")))?;
    token::end(&app.db, ctx, id).await?;
    if desk.json {
        return say(json!({ "id": id }));
    }
    say(said(desk.lang, "cli-token-ended", &[("id", id.to_string())]))
}

async fn list(desk: &Desk, app: &App, ctx: &Ctx) -> anyhow::Result<()> {
    let mut tx = app.db.read().await.map_err(Error::from)?;
    let tokens = token::list(&mut tx, ctx).await?;
    if desk.json {
        return say(json!(tokens.iter().map(|one| listed(one, ctx)).collect::<Vec<_>>()));
    }
    let areas = areas(&mut tx, app.county_id, ctx.today).await?;
    for one in &tokens {
        let state = if token::opens(one, ctx.today) { String::new() } else { desk.text("token-ended") };
        let post = post::said(desk.lang, &areas, &one.post);
        let scopes = words(one).join(" ");
        let line = format!("{}\t{}\t{post}\t{scopes}\t{}\t{state}", one.token_id, one.name, one.ends_on);
        say(line.trim_end())?;
    }
    Ok(())
}

fn words(token: &Stored) -> Vec<&'static str> {
    token.scopes.iter().map(|scope| scope.key()).collect()
}

fn listed(one: &Stored, ctx: &Ctx) -> serde_json::Value {
    let (area, area_id) = area_words(one.post.area);
    json!({
        "id": one.token_id,
        "name": one.name,
        "role": one.post.role.key(),
        "area": area,
        "area_id": area_id,
        "scopes": words(one),
        "ends_on": one.ends_on,
        "opens": token::opens(one, ctx.today),
    })
}
