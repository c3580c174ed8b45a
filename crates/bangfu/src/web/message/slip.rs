//! `/slips`: of what borrowers are to hear, printed for a village, a township or a day, and handed over.

use askama::Template;
use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bangfu_domain::division::Level;
use bangfu_domain::message::State;
use bangfu_domain::money::Fen;
use bangfu_domain::task::Outcome;
use bangfu_domain::warning::Standing;
use bangfu_store::slip::{self as stored, Part, SlipFilter, SlipRow};
use bangfu_usecase::access::Right;
use bangfu_usecase::error::{Error, Refusal};
use bangfu_usecase::message::slip as slips;
use bangfu_usecase::task::MET_MAX;
use jiff::civil::Date;
use serde::Deserialize;

use super::view::Tab;
use crate::notify::slip_text;
use crate::web::address::{self, path_with, read};
use crate::web::failure::Failure;
use crate::web::flash::Flash;
use crate::web::frame::{Face, Visitor, html};
use crate::web::loan::list::Names;
use crate::web::menu::Section;
use crate::web::page::{Page, unsigned};
use crate::words;

/// The address of the page.
pub(in crate::web) const SLIPS: &str = "/slips";

/// Slips on a page.
const PAGE: usize = 60;

/// Days to choose from.
const DAYS: i64 = 40;

/// Slips of an area.
#[derive(Template)]
#[template(path = "slips.html")]
pub(crate) struct SlipsPage {
    /// The frame.
    pub(crate) page: Page,
    /// The parts.
    pub(crate) tabs: Vec<Tab>,
    /// The word of the part that is shown.
    pub(crate) part: &'static str,
    /// The townships, and the villages of the one that is chosen: id, name, whether it is a village, whether it is chosen.
    pub(crate) places: Vec<(i64, String, bool, bool)>,
    /// The days, with whether each is chosen.
    pub(crate) days: Vec<(Date, bool)>,
    /// The slips.
    pub(crate) rows: Vec<SlipView>,
    /// How many there are.
    pub(crate) total: u64,
    /// The next page.
    pub(crate) next: Option<String>,
    /// Whether whoever looks may hand slips over.
    pub(crate) hands: bool,
    /// Whether they may write their text.
    pub(crate) writes: bool,
    /// What was typed: by whom, and on which day.
    pub(crate) typed: (String, String),
    /// The most characters of a name.
    pub(crate) by_max: usize,
    /// What is wrong.
    pub(crate) fault: Option<String>,
}

/// A slip in the list.
#[derive(Debug, Clone)]
pub(crate) struct SlipView {
    /// Its id.
    pub(crate) id: i64,
    /// The loan's page.
    pub(crate) href: String,
    /// The borrower.
    pub(crate) borrower: String,
    /// 借据号.
    pub(crate) number: String,
    /// Township and village.
    pub(crate) place: String,
    /// The level that is told.
    pub(crate) level: Standing,
    /// The due day.
    pub(crate) due_on: Date,
    /// What is owed.
    pub(crate) balance: Fen,
    /// The credit manager.
    pub(crate) manager: Option<String>,
    /// The keys of what makes it hard to reach the borrower: no phone, away for work, moved.
    pub(crate) remarks: Vec<&'static str>,
    /// How far the short message has come.
    pub(crate) texted: Option<&'static str>,
    /// When it was handed over, and by whom.
    pub(crate) handed: Option<(Date, String)>,
}

/// Slips to be printed.
#[derive(Template)]
#[template(path = "slips_print.html")]
pub(crate) struct PrintPage {
    /// The frame.
    pub(crate) page: Page,
    /// The slips.
    pub(crate) slips: Vec<Printed>,
    /// Where the visitor came from.
    pub(crate) back: String,
}

/// A slip as it is printed.
#[derive(Debug, Clone)]
pub(crate) struct Printed {
    /// Its id.
    pub(crate) id: i64,
    /// Township and village.
    pub(crate) place: String,
    /// What it says.
    pub(crate) text: String,
}

/// What is asked for, as the address says it.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    part: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    day: String,
    #[serde(default)]
    skip: String,
}

impl Asked {
    fn filter(&self) -> Result<SlipFilter, Failure> {
        Ok(SlipFilter {
            part: read("part", &self.part, Part::from_key)?.unwrap_or(Part::Open),
            place_id: read("place", &self.place, |text| text.parse().ok())?,
            on_day: read("day", &self.day, address::day)?,
        })
    }
}

/// The address of a list.
pub(in crate::web) fn path_of(filter: SlipFilter, skip: usize) -> String {
    let mut words = form_urlencoded::Serializer::new(String::new());
    words.append_pair("part", filter.part.key());
    if let Some(place) = filter.place_id {
        words.append_pair("place", &place.to_string());
    }
    if let Some(day) = filter.on_day {
        words.append_pair("day", &day.to_string());
    }
    if skip > 0 {
        words.append_pair("skip", &skip.to_string());
    }
    path_with(SLIPS, words)
}

fn view(names: &Names, row: &SlipRow) -> SlipView {
    let (township, village) = names.village(row.village_id);
    let mut remarks = Vec::new();
    if !row.has_phone {
        remarks.push("slip-remark-no-phone");
    }
    match row.last {
        Some(Outcome::Away) => remarks.push("slip-remark-away"),
        Some(Outcome::Moved) => remarks.push("slip-remark-moved"),
        Some(Outcome::Unreachable) => remarks.push("slip-remark-unreachable"),
        _ => {}
    }
    SlipView {
        id: row.slip_id,
        href: format!("/loans/{}", row.loan_id),
        borrower: row.borrower_name.clone(),
        number: row.number.clone(),
        place: format!("{township} {village}").trim().to_owned(),
        level: row.level,
        due_on: row.about_on,
        balance: row.balance_fen,
        manager: row.manager_id.and_then(|id| names.officer(id)).map(str::to_owned),
        remarks,
        texted: row.texted.map(State::key),
        handed: row.handed.clone(),
    }
}

/// `GET /slips`
pub(in crate::web) async fn list(
    face: Face,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    show(&face, &visitor, &asked, None).await
}

async fn show(
    face: &Face,
    visitor: &Visitor,
    asked: &Asked,
    failed: Option<(Refusal, (String, String))>,
) -> Result<Response, Failure> {
    let ctx = face.ctx();
    let filter = asked.filter()?;
    let skip: usize = read("skip", &asked.skip, |text| text.parse().ok())?.unwrap_or(0);
    let mut tx = face.app.db.read().await?;
    let county = face.county(&mut tx).await?;
    let names = Names::load(&mut tx, &ctx.scope, county.division_id, ctx.today).await?;
    let mut tabs = Vec::new();
    let mut total = 0;
    for part in Part::ALL {
        let filter = SlipFilter { part, ..filter };
        let count = unsigned(stored::count(&mut tx, &ctx.scope, ctx.today, filter).await?);
        let (href, text_key) = (path_of(filter, 0), format!("slips-part-{}", part.key()));
        let here = part == asked.filter()?.part;
        total = if here { count } else { total };
        tabs.push(Tab { href, text_key, count, here });
    }
    let days = stored::days(&mut tx, &ctx.scope, ctx.today, filter, DAYS).await?;
    let (rows, is_more) = slips::page(&mut tx, &ctx, filter, (skip, PAGE)).await?;
    let status = if failed.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let fault = failed.as_ref().map(|(refusal, _)| words::refusal(visitor.lang, refusal));
    let own = face.who.as_ref().map(|who| who.live.name.clone()).unwrap_or_default();
    let typed = failed.map_or_else(|| (own, ctx.today.to_string()), |(_, typed)| typed);
    let mut page = face.page_of_loans(&mut tx, visitor, Section::Tasks, &county).await?;
    page.address = path_of(filter, skip);
    let shown = SlipsPage {
        page,
        tabs,
        part: filter.part.key(),
        places: places(&names, filter.place_id),
        days: days.into_iter().map(|day| (day, filter.on_day == Some(day))).collect(),
        rows: rows.iter().map(|row| view(&names, row)).collect(),
        total,
        next: is_more.then(|| path_of(filter, skip + PAGE)),
        hands: face.may(Right::RecordContact),
        writes: face.may(Right::KeepMessages),
        typed,
        by_max: MET_MAX,
        fault,
    };
    Ok((status, html(&shown)?).into_response())
}

/// The townships, and after the chosen one, or the one of the chosen village, its villages.
fn places(names: &Names, chosen: Option<i64>) -> Vec<(i64, String, bool, bool)> {
    let all = names.places();
    let place = all.iter().find(|place| Some(place.division_id) == chosen);
    let open = place.and_then(|place| match place.level {
        Level::Village => place.parent_id,
        _ => Some(place.division_id),
    });
    let mut places = Vec::new();
    for township in all.iter().filter(|place| place.level == Level::Township) {
        let id = township.division_id;
        places.push((id, township.name.clone(), false, Some(id) == chosen));
        let villages = all.iter().filter(|one| open == Some(id) && one.parent_id == Some(id));
        places.extend(
            villages.map(|one| (one.division_id, one.name.clone(), true, Some(one.division_id) == chosen)),
        );
    }
    places
}

/// What a form of the list brings.
struct Sent {
    asked: Asked,
    chosen: Vec<i64>,
    by: String,
    on: String,
}

impl Sent {
    fn of(fields: Vec<(String, String)>) -> Sent {
        let mut sent =
            Sent { asked: Asked::default(), chosen: Vec::new(), by: String::new(), on: String::new() };
        for (name, value) in fields {
            match name.as_str() {
                "slip" => sent.chosen.extend(value.parse::<i64>().ok()),
                "by" => sent.by = value,
                "on" => sent.on = value,
                "part" => sent.asked.part = value,
                "place" => sent.asked.place = value,
                "day" => sent.asked.day = value,
                _ => {}
            }
        }
        sent
    }

    fn typed(&self) -> (String, String) {
        (self.by.clone(), self.on.clone())
    }
}

/// `POST /slips/print`: those that are chosen, or all of the list.
pub(in crate::web) async fn print(
    face: Face,
    visitor: Visitor,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let sent = Sent::of(fields);
    let filter = sent.asked.filter()?;
    match slips::print(&face.app.db, &face.ctx(), &sent.chosen, filter).await {
        Ok(facts) => {
            let county = face.county(&mut face.app.db.read().await?).await?;
            let printed = facts.iter().map(|one| Printed {
                id: one.row.slip_id,
                place: format!("{} {}", one.township, one.village).trim().to_owned(),
                // What a borrower of the county reads is in the county's language.
                text: slip_text(crate::texts::Lang::Zh, one),
            });
            let page = face.page(&visitor, Section::Tasks, &county);
            html(&PrintPage { page, slips: printed.collect(), back: path_of(filter, 0) })
        }
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            show(&face, &visitor, &sent.asked, Some((refusal, sent.typed()))).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /slips/hand-over`
pub(in crate::web) async fn hand_over(
    face: Face,
    visitor: Visitor,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Failure> {
    let sent = Sent::of(fields);
    let filter = sent.asked.filter()?;
    let on = read("day", &sent.on, address::day)?.unwrap_or_else(|| face.app.today());
    match slips::hand_over(&face.app.db, &face.ctx(), &sent.chosen, (on, &sent.by)).await {
        Ok(_) => Ok(Flash::SlipsHanded.redirect(&path_of(filter, 0))),
        Err(Error::Refused(refusal)) if refusal != Refusal::NotFound => {
            show(&face, &visitor, &sent.asked, Some((refusal, sent.typed()))).await
        }
        Err(error) => Err(error.into()),
    }
}
