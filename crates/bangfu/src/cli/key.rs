//! `bangfu key`: a new key, and everything sealed anew with it while others work in the book.

use bangfu_store::{Db, county, key};
use bangfu_usecase::rotate::rotate;

use super::arguments::{Key, KeyAct};
use super::terminal::{say, spinner};
use super::{DONE, Desk};
use crate::app::App;
use crate::words::said;

pub(super) async fn run(desk: &Desk, asked: &Key) -> anyhow::Result<u8> {
    match asked.act {
        KeyAct::New => {
            let text = key::new_text().map_err(bangfu_usecase::Error::from)?;
            if desk.json {
                say(serde_json::json!({ "key": text }))?
            } else {
                say(text)?
            }
            Ok(DONE)
        }
        KeyAct::Rotate => change(desk, asked.prepare).await,
    }
}

async fn change(desk: &Desk, prepare: bool) -> anyhow::Result<u8> {
    let db = Db::open(&desk.address).await.map_err(bangfu_usecase::Error::from)?;
    let in_file = !key::is_in_environment();
    if in_file {
        key::add_newest(&desk.address).map_err(bangfu_usecase::Error::from)?;
        db.key().refresh();
    }
    let ids = db.key().ids();
    // Who gives the keys in the variable gives both: the newest stands first.
    let [newest, older @ ..] = ids.as_slice() else { anyhow::bail!(desk.text("cli-key-variable-one")) };
    if older.is_empty() {
        anyhow::bail!(desk.text("cli-key-variable-one"));
    }
    let file = key::file_of(&desk.address).display().to_string();
    if prepare {
        say(said(desk.lang, "cli-key-prepared", &[("file", file), ("key", newest.clone())]))?;
        return Ok(DONE);
    }
    let counties = county::list(&mut db.read().await.map_err(bangfu_usecase::Error::from)?).await;
    let counties = counties.map_err(bangfu_usecase::Error::from)?;
    let ctx = |county| App::new(db.clone(), desk.clock.clone(), county).ctx("cli");
    let counties: Vec<_> = counties.iter().map(ctx).collect();
    let waiting = spinner(&desk.text("cli-key-rotating"));
    let resealed = rotate(&db, &counties, |count| waiting.set_prefix(format!("{count} "))).await?;
    waiting.finish_and_clear();
    db.close().await;
    if in_file {
        key::drop_older(&desk.address).map_err(bangfu_usecase::Error::from)?;
    }
    if desk.json {
        say(serde_json::json!({ "resealed": resealed, "key_id": newest, "dropped": older }))?;
        return Ok(DONE);
    }
    let args = [("n", resealed.to_string()), ("key", newest.clone()), ("old", older.join(" "))];
    say(said(desk.lang, "cli-key-rotated", &args))?;
    match in_file {
        true => say(said(desk.lang, "cli-key-in-file", &[("file", file)])),
        false => say(desk.text("cli-key-in-variable")),
    }?;
    Ok(DONE)
}
