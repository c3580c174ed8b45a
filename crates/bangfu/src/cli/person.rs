//! `bangfu person erase`: it is proposed that somebody's numbers go for good. An account decides on it in the pages.

use bangfu_usecase::erase::{Whose, propose};

use super::arguments::Person;
use super::terminal::say;
use super::{DONE, Desk};
use crate::words::said;

pub(super) async fn run(desk: &Desk, asked: &Person) -> anyhow::Result<u8> {
    let app = desk.app().await?;
    let whose = Whose::Number(asked.number.clone());
    let erasure_id = propose(&app.db, &app.ctx("cli"), None, &whose, &asked.reason).await?;
    app.db.close().await;
    if desk.json {
        say(serde_json::json!({ "erasure": erasure_id }))?;
        return Ok(DONE);
    }
    say(said(desk.lang, "cli-erasure-proposed", &[("page", format!("/erasures/{erasure_id}"))]))?;
    Ok(DONE)
}
