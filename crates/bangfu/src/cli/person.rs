//! `bangfu person erase`: somebody's numbers go for good.

use bangfu_usecase::erase::erase;

use super::arguments::Person;
use super::terminal::say;
use super::{DONE, Desk};
use crate::words::said;

pub(super) async fn run(desk: &Desk, asked: &Person) -> anyhow::Result<u8> {
    let app = desk.app().await?;
    let gone = erase(&app.db, &app.ctx("cli"), &asked.number, &asked.reason).await?;
    app.db.close().await;
    if desk.json {
        say(serde_json::json!({
            "person": gone.person_id, "numbers": gone.numbers, "files": gone.files.files,
            "reports": gone.files.reports,
        }))?;
        return Ok(DONE);
    }
    let args = [
        ("n", gone.numbers.to_string()),
        ("files", gone.files.files.to_string()),
        ("reports", gone.files.reports.to_string()),
    ];
    say(said(desk.lang, "cli-person-erased", &args))?;
    Ok(DONE)
}
