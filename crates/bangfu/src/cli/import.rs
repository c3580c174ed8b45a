//! `bangfu import`: a file read, reported, and taken over.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use bangfu_sheets::Kind;
use bangfu_sheets::book::Book;
use bangfu_sheets::fault::Fault;
use bangfu_usecase::Ctx;
use bangfu_usecase::import::{self, Meter, Report, Take, Upload};
use bangfu_usecase::layout::{self, Chosen};
use serde_json::{Value, json};

use super::arguments::{self, Import};
use super::terminal::{self, Watch, say, spinner};
use super::{DONE, Desk, undo};
use crate::app::App;
use crate::clock;
use crate::intake;
use crate::texts::Lang;
use crate::words::{self, fault, said};

/// Some rows are bad.
const BAD_ROWS: u8 = 3;

/// Rows shown to people; the report file has all.
const SHOWN: usize = 20;

pub(super) async fn run(desk: &Desk, asked: Import) -> anyhow::Result<u8> {
    let kind = match asked.kind {
        arguments::Kind::Ledger => Kind::Ledger,
        arguments::Kind::Households => Kind::Households,
        arguments::Kind::Officers => Kind::Officers,
        arguments::Kind::Repayments => Kind::Repayments,
        arguments::Kind::Undo => return undo::run(desk, &asked).await,
    };
    let bytes = desk.file(&asked.file)?;
    let outputs = Outputs::open(desk, &asked)?;
    let app = if asked.check { desk.reader().await? } else { desk.app().await? };
    let ctx = app.ctx("cli");
    let waiting = spinner(&desk.text("stage-reading-title"));
    let book =
        app.intake.read(&bytes).await.map_err(|why| anyhow::anyhow!(words::intake(desk.lang, &why)))?;
    let name = asked.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let layout = layout(desk, &app, &ctx, kind, &book, asked.layout.as_deref()).await?;
    let upload = Upload {
        kind,
        file_name: name,
        file_hash: intake::hash(&bytes),
        book,
        as_of: asked.as_of,
        until_on: asked.until,
        layout,
        mended: 0,
    };
    let meter = Arc::new(Meter::timed(clock::running));
    let watch = Watch::begin(&waiting, &meter);
    let report = if asked.check {
        import::check(&app.db, &ctx, &upload, &meter).await?
    } else {
        waiting.set_message(desk.text("stage-taking-title"));
        let take = match asked.take {
            arguments::Take::AllOrNothing => Take::AllOrNothing,
            arguments::Take::Good => Take::Good,
        };
        import::take_file(&app.db, &ctx, &upload, take, &meter).await?
    };
    drop(watch);
    waiting.finish_and_clear();
    let document = document(desk.lang, &report);
    if let Some(out) = outputs.rejects.filter(|_| report.rows.bad > 0) {
        out.write(&intake::rejects_of(&upload, &report, desk.lang, app.demo)?)?;
    }
    if let Some(out) = outputs.report {
        out.write(serde_json::to_string_pretty(&document)?.as_bytes())?;
    }
    if desk.json {
        say(document)?;
    } else {
        tell(desk, &report)?;
    }
    app.db.close().await;
    Ok(if report.rows.bad > 0 { BAD_ROWS } else { DONE })
}

/// The layout by which the file is read: the one that was named, or the one that it is recognised by.
async fn layout(
    desk: &Desk,
    app: &App,
    ctx: &Ctx,
    kind: Kind,
    book: &Book,
    asked: Option<&str>,
) -> anyhow::Result<Option<Chosen>> {
    match asked {
        Some("none") => Ok(None),
        Some(name) => Ok(Some(layout::by_name(&app.db, ctx, kind, name).await?)),
        None => {
            let found = layout::recognise(&app.db, ctx, kind, book).await?;
            if !found.alike.is_empty() {
                terminal::note(said(desk.lang, "cli-layouts-alike", &[("names", found.alike.join("、"))]));
            }
            Ok(found.chosen)
        }
    }
}

/// The files that the user asked for, opened before anything is imported: a file that cannot be written must not
/// come to light when the book has changed.
struct Outputs {
    rejects: Option<Output>,
    report: Option<Output>,
}

/// A file that appears under its name when it is complete.
struct Output {
    path: PathBuf,
    file: tempfile::NamedTempFile,
}

impl Outputs {
    fn open(desk: &Desk, asked: &Import) -> anyhow::Result<Outputs> {
        let open = |path: &Option<PathBuf>| {
            path.as_ref().map(|path| Output::open(desk, path, &asked.file)).transpose()
        };
        Ok(Outputs { rejects: open(&asked.rejects)?, report: open(&asked.report)? })
    }
}

impl Output {
    fn open(desk: &Desk, path: &Path, input: &Path) -> anyhow::Result<Output> {
        let name = path.display().to_string();
        // Where the file is not there yet it cannot be the input.
        if path.canonicalize().is_ok_and(|path| input.canonicalize().is_ok_and(|input| path == input)) {
            anyhow::bail!(said(desk.lang, "cli-output-is-input", &[("file", name)]));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let refused = |error: &dyn std::fmt::Display| {
            let args = [("file", path.display().to_string()), ("error", error.to_string())];
            anyhow::anyhow!(said(desk.lang, "cli-cannot-write", &args))
        };
        if path.is_dir() {
            return Err(refused(&std::io::Error::from(std::io::ErrorKind::IsADirectory)));
        }
        let file = tempfile::Builder::new().prefix(".bangfu-").tempfile_in(folder.unwrap_or(Path::new(".")));
        Ok(Output { path: path.to_owned(), file: file.map_err(|error| refused(&error))? })
    }

    fn write(mut self, bytes: &[u8]) -> anyhow::Result<()> {
        let path = self.path.display().to_string();
        self.file.write_all(bytes).with_context(|| path.clone())?;
        self.file.persist(&self.path).with_context(|| path)?;
        Ok(())
    }
}

/// The report as other programs read it.
fn document(lang: Lang, report: &Report) -> Value {
    let faults = |faults: &[Fault]| -> Vec<Value> {
        faults
            .iter()
            .map(|one| {
                let words = fault(lang, one);
                json!({
                    "sheet": one.at.sheet, "row": one.at.row, "column": one.at.column, "value": one.value,
                    "code": one.code.key(), "message": words.message, "cure": words.cure,
                })
            })
            .collect()
    };
    json!({
        "rows": report.rows,
        "changes": report.changes,
        "changed": report.changed,
        "errors": faults(&report.errors),
        "findings": faults(&report.findings),
        "as_of": report.as_of,
        "until": report.until_on,
        "amount_fen": report.amount_fen,
        "layout": report.layout,
        "differences": report.differences,
        "absent": report.absent,
        "taken": report.taken,
        "import": report.import_id,
    })
}

fn tell(desk: &Desk, report: &Report) -> anyhow::Result<()> {
    let lang = desk.lang;
    let numbers = |pairs: &[(&'static str, usize)]| -> Vec<(&'static str, String)> {
        pairs.iter().map(|(name, number)| (*name, number.to_string())).collect()
    };
    if let Some(name) = &report.layout {
        say(said(lang, "cli-layout", &[("name", name.clone())]))?;
    }
    let rows = report.rows;
    let counts = [("read", rows.read), ("good", rows.good), ("bad", rows.bad), ("skipped", rows.skipped)];
    say(said(lang, "cli-rows", &numbers(&counts)))?;
    let changes = report.changes;
    let counts = [("new", changes.new), ("changed", changes.changed), ("unchanged", changes.unchanged)];
    say(said(lang, "cli-changes", &numbers(&counts)))?;
    for one in report.changed.iter().take(SHOWN) {
        let args = [
            ("subject", one.subject.clone()),
            ("name", one.name.clone()),
            ("field", lang.text(&format!("field-{}", one.field))),
            ("old", one.old.clone()),
            ("new", one.new.clone()),
        ];
        say(format!("  {}", said(lang, "cli-change", &args)))?;
    }
    if report.changed.len() > SHOWN {
        say(format!("  {}", said(lang, "cli-more", &numbers(&[("n", report.changed.len() - SHOWN)]))))?;
    }
    if !report.absent.is_empty() {
        let some = report.absent.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("、");
        say(said(lang, "cli-absent", &[("n", report.absent_in_all.to_string()), ("some", some)]))?;
    }
    for one in report.errors.iter().take(SHOWN) {
        let words = fault(lang, one);
        let args = [
            ("sheet", one.at.sheet.clone()),
            ("row", one.at.row.to_string()),
            ("column", one.at.column.clone()),
            ("value", one.value.clone()),
            ("message", words.message),
            ("cure", words.cure),
        ];
        say(format!("  {}", said(lang, "cli-fault", &args)))?;
    }
    if report.errors.len() > SHOWN {
        say(format!("  {}", said(lang, "cli-more", &numbers(&[("n", report.errors.len() - SHOWN)]))))?;
    }
    if !report.findings.is_empty() {
        say(said(lang, "cli-findings", &numbers(&[("n", report.findings.len())])))?;
    }
    if report.differences > 0 {
        say(said(lang, "cli-differences", &numbers(&[("n", report.differences)])))?;
    }
    match report.import_id {
        Some(number) => say(said(lang, "cli-taken", &[("number", number.to_string())])),
        None => say(lang.text("cli-not-taken")),
    }
}
