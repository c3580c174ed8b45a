//! `bangfu init`: an empty database with places, service points and an administrator.

use bangfu_sheets::divisions;
use bangfu_store::key;
use bangfu_usecase::init::{NewBook, TIME_ZONE, init};

use super::arguments::Init;
use super::terminal::say;
use super::{DONE, Desk};
use crate::intake::Intake;
use crate::words::{self, said};

pub(super) async fn run(desk: &Desk, asked: &Init) -> anyhow::Result<u8> {
    let bytes = desk.file(&asked.divisions)?;
    let list = Intake::default()
        .read(&bytes)
        .await
        .map_err(|why| anyhow::anyhow!(words::intake(desk.lang, &why)))?;
    let lines =
        divisions::read(&list).map_err(|fault| anyhow::anyhow!(words::divisions(desk.lang, &fault)))?;
    let book = NewBook {
        counties: asked.county.clone(),
        pack: asked.pack.clone(),
        time_zone: asked.time_zone.clone().unwrap_or_else(|| TIME_ZONE.to_owned()),
        demo: false,
        at: desk.clock.now(),
    };
    let db = init(&desk.address, &lines, &book).await?;
    db.close().await;
    if desk.json {
        say(serde_json::json!({ "database": desk.address.shown(), "divisions": lines.len() }))?;
    } else {
        say(said(desk.lang, "cli-made", &[("database", desk.address.shown())]))?;
        if key::is_in_environment() {
            say(desk.text("cli-key-variable"))?;
        } else {
            let file = key::file_of(&desk.address).display().to_string();
            say(said(desk.lang, "cli-key", &[("key", file)]))?;
        }
    }
    Ok(DONE)
}
