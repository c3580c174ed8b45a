//! `bangfu board`: how many loans stand where.

use bangfu_store::board::Axis;
use bangfu_usecase::board::board;
use bangfu_usecase::known::fix_instant;
use serde_json::{Value, json};

use super::arguments::{Board, By};
use super::terminal::{figures, say, table};
use super::{DONE, Desk};

pub(super) async fn run(desk: &Desk, asked: &Board) -> anyhow::Result<u8> {
    let app = desk.app().await?;
    let ctx = app.ctx("cli");
    let known_at = asked.known_at.map(|at| at.as_microsecond());
    fix_instant(&app.db, &ctx, known_at).await?;
    let axis = match asked.by {
        By::Township => Axis::Township,
        By::Village => Axis::Village,
        By::Branch => Axis::Branch,
        By::Officer => Axis::Manager,
    };
    let mut tx = app.db.read().await.map_err(bangfu_usecase::Error::from)?;
    let board = board(&mut tx, &ctx.scope, axis, asked.date.unwrap_or(ctx.today), known_at).await?;
    drop(tx);
    if desk.json {
        let rows: Vec<Value> = board
            .rows
            .iter()
            .map(|row| {
                let mut line = figures(&row.figures);
                line.insert("code".to_owned(), json!(row.code));
                line.insert("name".to_owned(), json!(row.name));
                line.insert("place".to_owned(), json!(row.place));
                Value::Object(line)
            })
            .collect();
        say(json!({ "date": board.date, "total": figures(&board.total), "rows": rows }));
    } else {
        say(desk.lang.day_long(board.date));
        if app.demo {
            say(desk.text("demo-banner"));
        }
        say(table(desk.lang, &board).trim_end());
    }
    app.db.close().await;
    Ok(DONE)
}
