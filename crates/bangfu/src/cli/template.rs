//! `bangfu template`: a workbook to be filled in.

use anyhow::Context;
use bangfu_sheets::template::Template;
use bangfu_store::county;

use super::arguments;
use super::{DONE, Desk};
use crate::words;

pub(super) async fn run(desk: &Desk, asked: &arguments::Template) -> anyhow::Result<u8> {
    let template = match asked.form {
        arguments::Form::Ledger => Template::Ledger,
        arguments::Form::Balances => Template::Balances,
        arguments::Form::Households => Template::Households,
        arguments::Form::Officers => Template::Officers,
        arguments::Form::Repayments => Template::Repayments,
    };
    let app = desk.reader().await?;
    let ctx = app.ctx("cli");
    let lists = bangfu_usecase::template::lists(&app.db, &ctx).await?;
    let county = county::get(&mut app.db.read().await?, app.county_id).await?;
    let words = words::template(desk.lang, template, &county.on(app.today()).name, app.today());
    let bytes = bangfu_sheets::template::write(template, &lists, &words)?;
    std::fs::write(&asked.file, bytes).with_context(|| asked.file.display().to_string())?;
    app.db.close().await;
    Ok(DONE)
}
