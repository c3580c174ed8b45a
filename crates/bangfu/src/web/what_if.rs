//! `/admin/what-if` (阈值试算): other days of the four colours, held against the last twelve months of the county's own book.

use std::sync::Arc;

use askama::Template;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use bangfu_domain::policy::Pack;
use bangfu_domain::replay::{LEVELS, Replay};
use bangfu_domain::warning::{Standing as Colour, WarningLevel};
use bangfu_sheets::export::{Table, Value as Cell};
use bangfu_usecase::amendment::{self, replay::Other};
use bangfu_usecase::import::Reading;
use form_urlencoded::Serializer;
use jiff::civil::Date;
use serde::Deserialize;

use super::address::{self, UnknownWord, path_with};
use super::amendment::work::Standing;
use super::chart::share;
use super::download::{self, Format};
use super::failure::Failure;
use super::frame::{Face, Visitor, html};
use super::import::job::Trouble;
use super::menu::Section;
use super::page::Page;
use crate::texts::Lang;
use crate::words;

/// How long the longest bar is.
const BAR: i64 = 300;

/// The page.
#[derive(Template)]
#[template(path = "what_if.html")]
pub(crate) struct WhatIfPage {
    /// The frame.
    pub(crate) page: Page,
    /// What it shows.
    pub(crate) view: WhatIfView,
}

/// What it shows.
#[derive(Debug, Clone)]
pub(crate) struct WhatIfView {
    /// The packs, each with its name and whether it is chosen.
    pub(crate) packs: Vec<(String, String, bool)>,
    /// The four days as they were typed, red to green.
    pub(crate) typed: [String; 4],
    /// The page of the amendment that is tried.
    pub(crate) amendment: Option<String>,
    /// What is wrong with what was typed.
    pub(crate) fault: Option<String>,
    /// What came of it.
    pub(crate) result: Option<ResultView>,
    /// The same as files: workbook, values.
    pub(crate) files: Option<(String, String)>,
}

/// What came of it, as far as it is known.
#[derive(Debug, Clone)]
pub(crate) enum ResultView {
    /// It is being reckoned.
    Going(Reading),
    /// It could not be.
    Failed(String),
    /// It is known.
    Done(Tried),
}

/// What came of it.
#[derive(Debug, Clone)]
pub(crate) struct Tried {
    /// The days that were replayed.
    pub(crate) days: (Date, Date),
    /// Loans that fell overdue then.
    pub(crate) overdue: u64,
    /// How many days earlier they would have been seen, on the average.
    pub(crate) average: Option<String>,
    /// Loans that no rule would have shown.
    pub(crate) unseen: u64,
    /// By colour: how many loans came to it, and would have, with the lengths of their bars.
    pub(crate) levels: Vec<(Colour, u64, u64, i64, i64)>,
    /// All of them.
    pub(crate) tasks: (u64, u64),
    /// What is to be done more, or less.
    pub(crate) more: i64,
    /// By how many days earlier so many loans would have been seen, with the length of the bar.
    pub(crate) earlier: Vec<(i32, u64, i64)>,
}

impl WhatIfView {
    /// Whether it is being reckoned, so that the page is to be looked at again.
    pub(crate) fn is_going(&self) -> bool {
        matches!(self.result, Some(ResultView::Going(_)))
    }

    /// The four days with the names of their fields and the keys of their names.
    pub(crate) fn fields(&self) -> Vec<(&'static str, &'static str, &str)> {
        let names = [
            ("red", "standing-red"),
            ("yellow", "standing-yellow"),
            ("blue", "standing-blue"),
            ("green", "standing-green"),
        ];
        names.into_iter().zip(&self.typed).map(|((name, key), typed)| (name, key, typed.as_str())).collect()
    }
}

/// What is tried, as the address says it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    amendment: String,
    pack: String,
    red: String,
    yellow: String,
    blue: String,
    green: String,
}

impl Asked {
    fn typed(&self) -> [&str; 4] {
        [&self.red, &self.yellow, &self.blue, &self.green].map(|text| text.trim())
    }

    /// What is tried; nothing where nothing was typed; else whether the days make no rule.
    fn other(&self, pack: &Pack) -> Result<Option<Result<Other, ()>>, UnknownWord> {
        if let Some(id) = address::read("amendment", &self.amendment, |text| text.parse().ok())? {
            return Ok(Some(Ok(Other::Amendment(id))));
        }
        if self.typed().iter().all(|text| text.is_empty()) {
            return Ok(None);
        }
        let mut days = [0; 4];
        for (day, text) in days.iter_mut().zip(self.typed()) {
            let Ok(number) = text.parse() else { return Ok(Some(Err(()))) };
            *day = number;
        }
        let sound = Other::thresholds(days).map(|_| Other::Days { pack_id: pack.id.clone(), days });
        Ok(Some(sound.ok_or(())))
    }

    fn address(&self, path: &str) -> String {
        let mut words = Serializer::new(String::new());
        let fields = [
            ("amendment", &self.amendment),
            ("pack", &self.pack),
            ("red", &self.red),
            ("yellow", &self.yellow),
            ("blue", &self.blue),
            ("green", &self.green),
        ];
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.trim().is_empty()) {
            words.append_pair(name, value.trim());
        }
        path_with(path, words)
    }
}

/// The page on which an amendment is tried.
pub(crate) fn of_amendment(amendment_id: i64) -> String {
    format!("/admin/what-if?amendment={amendment_id}")
}

/// `GET /admin/what-if`
pub(super) async fn get(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let lang = visitor.lang;
    let (packs, chosen) = packs(&face, &asked).await?;
    let other = asked.other(&chosen)?;
    let result = match &other {
        Some(Ok(other)) => Some(seen(lang, tried(&face, other.clone()).await?)),
        _ => None,
    };
    let fault = matches!(other, Some(Err(()))).then(|| lang.text("pack-fault-order"));
    let rule = &chosen.warning.thresholds;
    let stands = [rule.red_to_days, rule.yellow_to_days, rule.blue_to_days, rule.green_to_days];
    let typed = match asked.typed() {
        ["", "", "", ""] => stands.map(|days| days.to_string()),
        typed => typed.map(str::to_owned),
    };
    let is_done = matches!(result, Some(ResultView::Done(_)));
    let named = |pack: &Pack| (pack.id.clone(), lang.of(&pack.name).to_owned(), pack.id == chosen.id);
    let view = WhatIfView {
        packs: packs.iter().map(named).collect(),
        typed,
        amendment: match &other {
            Some(Ok(Other::Amendment(id))) => Some(format!("/admin/amendments/{id}")),
            _ => None,
        },
        fault,
        result,
        files: is_done.then(|| {
            (asked.address("/admin/what-if/export.xlsx"), asked.address("/admin/what-if/export.csv"))
        }),
    };
    let county = face.county(&mut face.app.db.read().await?).await?;
    html(&WhatIfPage { page: face.page(&visitor, Section::Administration, &county), view })
}

/// The packs, and the one that is asked for: the first, where none is.
async fn packs(face: &Face, asked: &Asked) -> Result<(Vec<Pack>, Pack), Failure> {
    let ctx = face.ctx();
    let rules = amendment::present(&mut face.app.db.read().await?, &ctx).await?;
    let packs: Vec<Pack> = rules.book().packs_by_file().map(|(_, pack)| pack.clone()).collect();
    let chosen = match asked.pack.trim() {
        "" => packs.last().cloned(),
        id => packs.iter().find(|pack| pack.id == id).cloned(),
    };
    let chosen = chosen.ok_or(Failure::NotFound)?;
    Ok((packs, chosen))
}

async fn tried(face: &Face, other: Other) -> Result<Standing<Arc<Replay>>, Failure> {
    let mut tx = face.app.db.read().await?;
    let change_seq = face.county(&mut tx).await?.change_seq;
    drop(tx);
    Ok(face.rule_work.replay(face, (other, face.app.today(), change_seq)).await)
}

fn seen(lang: Lang, standing: Standing<Arc<Replay>>) -> ResultView {
    match standing {
        Standing::Going(reading) => ResultView::Going(reading),
        Standing::Done(replay) => ResultView::Done(view(lang, &replay)),
        Standing::Failed(Trouble::Refused(refusal, _)) => ResultView::Failed(words::refusal(lang, &refusal)),
        Standing::Failed(_) => ResultView::Failed(lang.text("what-if-failed")),
    }
}

const fn colour(level: WarningLevel) -> Colour {
    match level {
        WarningLevel::Green => Colour::Green,
        WarningLevel::Blue => Colour::Blue,
        WarningLevel::Yellow => Colour::Yellow,
        WarningLevel::Red => Colour::Red,
    }
}

/// A number of tenths as it is written: `1.5`.
fn tenths(number: i64) -> String {
    let sign = if number < 0 { "−" } else { "" };
    let whole = number.unsigned_abs();
    format!("{sign}{}.{}", whole / 10, whole % 10)
}

fn view(lang: Lang, replay: &Replay) -> Tried {
    let most = replay.levels.iter().map(|(now, then)| (*now).max(*then)).max().unwrap_or(0);
    let longest = replay.earlier.values().copied().max().unwrap_or(0);
    let levels = LEVELS.into_iter().zip(replay.levels).rev().map(|(level, (now, then))| {
        (colour(level), now, then, share(now, most, BAR), share(then, most, BAR))
    });
    let (now, then) = replay.tasks();
    let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    Tried {
        days: replay.days,
        overdue: replay.overdue() + replay.unseen,
        average: replay
            .average_tenths()
            .map(|average| lang.text_with("what-if-days", &[("n", tenths(average).into())])),
        unseen: replay.unseen,
        levels: levels.collect(),
        tasks: (now, then),
        more: signed(then) - signed(now),
        earlier: replay.earlier.iter().rev().map(|(days, n)| (*days, *n, share(*n, longest, BAR))).collect(),
    }
}

/// `GET /admin/what-if/export.xlsx`
pub(super) async fn xlsx(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    file(&face, visitor.lang, &asked, Format::Xlsx).await
}

/// `GET /admin/what-if/export.csv`
pub(super) async fn csv(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    file(&face, visitor.lang, &asked, Format::Csv).await
}

async fn file(face: &Face, lang: Lang, asked: &Asked, format: Format) -> Result<Response, Failure> {
    let (_, chosen) = packs(face, asked).await?;
    // What says nothing, and what is still being reckoned, is shown by the page, which says how far it is.
    let page = || Redirect::to(&asked.address("/admin/what-if")).into_response();
    let Some(Ok(other)) = asked.other(&chosen)? else { return Ok(page()) };
    let Standing::Done(replay) = tried(face, other).await? else { return Ok(page()) };
    let seen = view(lang, &replay);
    let title = lang.text("what-if-title");
    let (from, to) = seen.days;
    let days = [("from", lang.day(from).into()), ("to", lang.day(to).into())];
    let mut titles = vec![title.clone(), lang.text_with("outcomes-days", &days)];
    if face.app.demo {
        titles.push(lang.text("demo-banner"));
    }
    let number = |number: u64| Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for (colour, now, then, _, _) in &seen.levels {
        let name = lang.text(&format!("standing-{}", colour.key()));
        rows.push(vec![Cell::Text(name), number(*now), number(*then)]);
    }
    rows.push(vec![Cell::Text(lang.text("total-row")), number(seen.tasks.0), number(seen.tasks.1)]);
    for (days, loans, _) in &seen.earlier {
        let name = lang.text_with("what-if-days", &[("n", days.to_string().into())]);
        let name = format!("{} {name}", lang.text("what-if-earlier"));
        rows.push(vec![Cell::Text(name), Cell::Text(String::new()), number(*loans)]);
    }
    let header = ["what-if-level", "what-if-now", "what-if-then"].map(|key| lang.text(key)).to_vec();
    let table = Table { titles, header, rows };
    download::table(&table, format, &title, (&title, "what-if"), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_are_written_with_their_sign() {
        for (number, text) in [(0, "0.0"), (5, "0.5"), (260, "26.0"), (-15, "−1.5")] {
            assert_eq!(tenths(number), text);
        }
    }
}
