//! Who asks: language and address of a request, and the frame that its page stands in.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use bangfu_store::Tx;
use bangfu_store::county::{self, County};
use bangfu_usecase::Ctx;
use bangfu_usecase::access::{self, Right};
use bangfu_usecase::account::{Hashing, actor_of};
use bangfu_usecase::adopt::under_way;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use super::amendment::work::RuleWork;
use super::api::rate::Rates;
use super::api::write::AtWork;
use super::failure::Failure;
use super::flash::{FLASH_COOKIE, Flash};
use super::import::check::looks::Looks;
use super::import::job::Jobs;
use super::menu::Section;
use super::origin::Origin;
use super::page::{Look, Page, unsigned};
use super::request;
use super::session::person::Person;
use super::session::tries::Tries;
use super::session::{Who, cookie};
use crate::app::App;
use crate::clock::zone;
use crate::texts::Lang;

/// The name of the cookie that keeps the language.
pub(super) const LANGUAGE_COOKIE: &str = "lang";

/// The name of the cookie that keeps the size of type, and what it says where large type is wanted.
pub(super) const TYPE_COOKIE: &str = "type";
pub(super) const LARGE_TYPE: &str = "large";

/// The name of the cookie that keeps whether pages are light or dark.
pub(super) const LOOK_COOKIE: &str = "look";

/// What the pages hold, and who asks: the door, what is being read in, and where passwords are hashed.
#[derive(Clone)]
pub(crate) struct Face {
    /// Who is signed in.
    pub(super) who: Option<Arc<Who>>,
    /// The door.
    pub(super) app: App,
    /// Where passwords are hashed.
    pub(super) hashing: Hashing,
    /// Wrong passwords of the last while.
    pub(super) tries: Tries,
    /// Whether the visitor's connection is encrypted, so that the cookie of a session goes no other way.
    pub(super) secure: bool,
    /// Files that are being read or taken over.
    pub(super) jobs: Jobs,
    /// Files that were looked at.
    pub(super) looks: Looks,
    /// How often each token was used.
    pub(super) rates: Rates,
    /// What is being done for programs.
    pub(super) at_work: AtWork,
    /// What is reckoned of rules.
    pub(super) rule_work: RuleWork,
}

impl Face {
    /// The pages of a county's book.
    pub(super) fn new(app: App) -> Face {
        // No two processes are begun under one number at one instant.
        let holder = format!("{} {}", std::process::id(), request::id(&app.clock));
        Face {
            who: None,
            app,
            hashing: Hashing::default(),
            tries: Tries::default(),
            secure: false,
            jobs: Jobs::default(),
            looks: Looks::default(),
            rates: Rates::default(),
            at_work: AtWork::new(&holder),
            rule_work: RuleWork::default(),
        }
    }

    /// The circumstances of a request. Whoever is not signed in sees nothing of the book.
    pub(super) fn ctx(&self) -> Ctx {
        let county_id = self.app.county_id;
        match &self.who {
            Some(who) => Ctx {
                scope: access::scope(county_id, &who.live.post),
                role: Some(who.live.post.role),
                client_id: who.live.session.address.clone(),
                ..self.app.ctx(&actor_of(&who.live.name, &who.live.login))
            },
            None => Ctx { scope: access::nothing(county_id), ..self.app.ctx("web") },
        }
    }

    /// Whether whoever asks may do something.
    pub(super) fn may(&self, right: Right) -> bool {
        self.who.as_ref().is_some_and(|who| access::may(&who.live.post, right))
    }

    /// The county whose book this is.
    pub(super) async fn county(&self, tx: &mut Tx) -> Result<County, Failure> {
        Ok(county::get(tx, self.app.county_id).await?)
    }

    /// What the county is called today.
    pub(super) fn name_of(&self, county: &County) -> String {
        county.on(self.app.today()).name.clone()
    }

    /// The frame of a page.
    pub(super) fn page(&self, visitor: &Visitor, section: Section, county: &County) -> Page {
        self.frame(visitor, section, self.name_of(county))
    }

    /// The frame of a page with the county's name.
    pub(super) fn frame(&self, visitor: &Visitor, section: Section, county: String) -> Page {
        Page {
            lang: visitor.lang,
            large: visitor.large,
            look: visitor.look,
            section,
            county,
            today: self.app.today(),
            demo: self.app.demo,
            address: visitor.address.clone(),
            search: String::new(),
            through: None,
            person: self.who.as_deref().map(Person::of),
            notice: visitor.flash.and_then(Flash::notice_key).map(|key| visitor.lang.text(key)),
        }
    }

    /// The frame of a page that tells how loans stand. While some of them still stand by the rules of before, it says so.
    pub(super) async fn page_of_loans(
        &self,
        tx: &mut Tx,
        visitor: &Visitor,
        section: Section,
        county: &County,
    ) -> Result<Page, Failure> {
        let mut page = self.page(visitor, section, county);
        if let Some(at) = under_way(tx, self.app.county_id).await? {
            let told = page.t2("rules-under-way", "done", unsigned(at.judged), "n", unsigned(at.loans));
            page.notice = Some(page.notice.map_or(told.clone(), |before| format!("{before} {told}")));
        }
        Ok(page)
    }

    /// An instant on the county's clock.
    pub(super) fn local(&self, micros: i64) -> DateTime {
        let at = Timestamp::from_microsecond(micros).unwrap_or_default();
        at.to_zoned_datetime(zone(&self.app.time_zone)).datetime()
    }
}

/// Who asks, and for what.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// The language.
    pub(super) lang: Lang,
    /// Whether large type is wanted.
    pub(super) large: bool,
    /// Whether light or dark pages are wanted.
    pub(super) look: Look,
    /// Path and query.
    pub(super) address: String,
    /// Whether a script asks for a part of the page.
    pub(super) partly: bool,
    /// The list of loans from which the visitor came.
    pub(super) list_before: Option<String>,
    /// What the answer before left to be said.
    pub(super) flash: Option<Flash>,
}

impl Visitor {
    /// What a request says of its visitor.
    pub(super) fn of(headers: &HeaderMap, uri: &Uri) -> Visitor {
        let cookie = |wanted: &str| cookie(headers, wanted);
        Visitor {
            lang: cookie(LANGUAGE_COOKIE).and_then(|key| Lang::from_key(&key)).unwrap_or_default(),
            large: cookie(TYPE_COOKIE).is_some_and(|size| size == LARGE_TYPE),
            look: cookie(LOOK_COOKIE).and_then(|key| Look::from_key(&key)).unwrap_or_default(),
            flash: cookie(FLASH_COOKIE).and_then(|key| Flash::from_key(&key)),
            address: uri.path_and_query().map_or("/", |address| address.as_str()).to_owned(),
            partly: headers.contains_key("hx-request"),
            list_before: list_before(headers),
        }
    }
}

/// The day of a page or a file: the one asked for, or today. `page` makes the address of today's page, to which
/// whoever asks for a day to come is led.
pub(super) fn day_or_today(
    asked: Option<Date>,
    today: Date,
    page: impl FnOnce() -> String,
) -> Result<Date, Failure> {
    match asked {
        Some(day) if day > today => Err(Failure::FutureDay(page())),
        asked => Ok(asked.unwrap_or(today)),
    }
}

/// The list of loans that led here, as the browser says it.
fn list_before(headers: &HeaderMap) -> Option<String> {
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (_, rest) = said(header::REFERER)?.split_once("://")?;
    let (host, path) = rest.split_once('/')?;
    let is_list = path == "loans" || path.starts_with("loans?");
    (Some(host) == said(header::HOST) && is_list).then(|| format!("/{path}"))
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Visitor, Infallible> {
        // Within a router the address may be cut short; the original one is what the visitor typed.
        let uri =
            parts.extensions.get::<axum::extract::OriginalUri>().map_or(&parts.uri, |original| &original.0);
        Ok(Visitor::of(&parts.headers, uri))
    }
}

impl FromRequestParts<Face> for Face {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, face: &Face) -> Result<Face, Infallible> {
        let secure = parts.extensions.get::<Origin>().is_some_and(|origin| origin.encrypted);
        Ok(Face { who: parts.extensions.get::<Arc<Who>>().cloned(), secure, ..face.clone() })
    }
}

/// A rendered template as an answer.
pub(super) fn html(template: &impl askama::Template) -> Result<Response, Failure> {
    let text = template.render().map_err(|error| Failure::Broken(error.into()))?;
    Ok(Html(text).into_response())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use jiff::civil::date;

    use super::*;

    fn headers(pairs: &[(header::HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn the_way_back_leads_to_a_list_of_these_pages_alone() {
        let from =
            |referer| list_before(&headers(&[(header::HOST, "127.0.0.1:8080"), (header::REFERER, referer)]));
        let list = "/loans?day=2019-06-17&state=red";
        assert_eq!(from("http://127.0.0.1:8080/loans?day=2019-06-17&state=red").as_deref(), Some(list));
        for elsewhere in
            ["http://127.0.0.1:8080/", "http://127.0.0.1:8080/loans/7", "http://evil.example/loans?a"]
        {
            assert_eq!(from(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn cookies_say_the_language_and_what_is_left_to_be_said() {
        let visitor = Visitor::of(
            &headers(&[(header::COOKIE, "a=b; lang=en; said=future-day")]),
            &Uri::from_static("/loans?state=red"),
        );
        assert_eq!((visitor.lang, visitor.flash), (Lang::En, Some(Flash::FutureDay)));
        assert_eq!(visitor.address, "/loans?state=red");
    }

    #[test]
    fn a_day_to_come_leads_back_to_today() {
        let (yesterday, today, tomorrow) = (date(2019, 6, 16), date(2019, 6, 17), date(2019, 6, 18));
        let day = |asked| day_or_today(asked, today, || "/loans".to_owned());
        assert_eq!((day(None).unwrap(), day(Some(yesterday)).unwrap()), (today, yesterday));
        assert!(matches!(day(Some(tomorrow)), Err(Failure::FutureDay(page)) if page == "/loans"));
    }
}
