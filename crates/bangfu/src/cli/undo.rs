//! `bangfu import undo`: an import taken back, or what was built on it.

use std::sync::Arc;

use bangfu_usecase::Error;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::import::{self, Ground, Loans, Meter};
use serde_json::{Value, json};

use super::arguments::Import;
use super::terminal::{Watch, say, spinner};
use super::{DONE, Desk};
use crate::words::said;

/// Something was built on it.
const BUILT_ON: u8 = 3;

pub(super) async fn run(desk: &Desk, asked: &Import) -> anyhow::Result<u8> {
    let found = asked.file.to_string_lossy();
    let number: i64 = found
        .parse()
        .map_err(|_| anyhow::anyhow!(said(desk.lang, "cli-undo-number", &[("found", found.to_string())])))?;
    let app = if asked.check { desk.reader().await? } else { desk.app().await? };
    let ctx = app.ctx("cli");
    let file = import::get(&app.db, &ctx, number).await?.file_name;
    let done = if asked.check {
        let foreseen = import::foresee(&app.db, &ctx, number).await?;
        if foreseen.built_on.is_empty() { Ok(foreseen.loans) } else { Err(foreseen.built_on) }
    } else {
        let waiting = spinner(&desk.text("stage-undoing-title"));
        let meter = Arc::new(Meter::default());
        let watch = Watch::begin(&waiting, &meter);
        let undone = import::undo(&app.db, &ctx, number, &meter).await;
        drop(watch);
        waiting.finish_and_clear();
        match undone {
            Err(Error::Refused(Refusal::BuiltOn { grounds })) => Err(grounds),
            undone => Ok(undone?),
        }
    };
    tell(desk, number, &file, asked.check, &done)?;
    app.db.close().await;
    Ok(if done.is_ok() { DONE } else { BUILT_ON })
}

fn tell(
    desk: &Desk,
    number: i64,
    file: &str,
    check: bool,
    done: &Result<Loans, Vec<Ground>>,
) -> anyhow::Result<()> {
    let loans = done.as_ref().copied().unwrap_or_default();
    let grounds = done.as_ref().err().map(Vec::as_slice).unwrap_or_default();
    if desk.json {
        return say(json!({
            "import": number,
            "file": file,
            "undone": done.is_ok() && !check,
            "loans": { "gone": loans.gone, "back": loans.back },
            "built_on": grounds.iter().map(document).collect::<Vec<Value>>(),
        }));
    }
    if done.is_ok() {
        let args =
            [("file", file.to_owned()), ("gone", loans.gone.to_string()), ("back", loans.back.to_string())];
        return say(said(desk.lang, if check { "cli-undo-foreseen" } else { "cli-undone" }, &args));
    }
    say(desk.text("refusal-built-on"))?;
    for ground in grounds {
        let text =
            said(desk.lang, &format!("ground-{}", ground.kind.key()), &[("count", ground.count.to_string())]);
        let some: Vec<&str> = ground.first.iter().map(|named| named.name.as_str()).collect();
        say(format!("  {text} {}", some.join("、")).trim_end())?;
        say(format!("    {}", desk.text(&format!("ground-cure-{}", ground.kind.key()))))?;
    }
    say(desk.text("cli-not-taken"))
}

fn document(ground: &Ground) -> Value {
    let first: Vec<Value> =
        ground.first.iter().map(|named| json!({ "id": named.id, "name": named.name })).collect();
    json!({ "kind": ground.kind.key(), "count": ground.count, "first": first })
}
