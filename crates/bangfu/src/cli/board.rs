//! `bangfu board`: how many loans stand where.

use bangfu_store::board::Axis;
use bangfu_usecase::board::{Board as Counted, Figures, Published, board, published};
use bangfu_usecase::known::fix_instant;
use serde_json::{Value, json};

use super::arguments::{Board, By};
use super::terminal::{figures, say, table};
use super::{DONE, Desk};
use crate::app::App;

pub(super) async fn run(desk: &Desk, asked: &Board) -> anyhow::Result<u8> {
    let app = desk.reader().await?;
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
    // What was published is not asked for by whoever asks what was known at another instant.
    let published = match known_at {
        None => published(&mut tx, &ctx.scope, board.date, None).await?,
        Some(_) => None,
    };
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
                if let Some(then) = published.as_ref().filter(|_| axis == Axis::Township) {
                    let then = then.figures.get(&row.key_id).cloned().unwrap_or_default();
                    line.insert("published".to_owned(), json!(figures(&then)));
                }
                Value::Object(line)
            })
            .collect();
        let mut document = json!({ "date": board.date, "total": figures(&board.total), "rows": rows });
        if let Some(published) = &published {
            document["published"] = json!({
                "at": jiff::Timestamp::from_microsecond(published.at)?,
                "total": figures(&of_county(&app, published)),
            });
        }
        say(document)?;
    } else {
        say(desk.lang.day_long(board.date))?;
        if app.demo {
            say(desk.text("demo-banner"))?;
        }
        say(table(desk.lang, &board).trim_end())?;
        if let Some(then) = published.map(|published| of_county(&app, &published))
            && then != board.total
        {
            say(desk.text("published-then"))?;
            let rows = Vec::new();
            say(table(desk.lang, &Counted { date: board.date, total: then, rows }).trim_end())?;
        }
    }
    app.db.close().await;
    Ok(DONE)
}

/// The county's own figures among those published.
fn of_county(app: &App, published: &Published) -> Figures {
    published.figures.get(&app.division_id).cloned().unwrap_or_default()
}
