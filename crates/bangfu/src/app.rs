//! What every door holds: the database, the clock, and whose book it serves.

use std::sync::Arc;

use bangfu_domain::loan::add_days;
use bangfu_domain::officer::Role;
use bangfu_store::county::{self, County};
use bangfu_store::{Db, Scope};
use bangfu_usecase::adopt::adopt;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::rulebook::in_force;
use bangfu_usecase::{Ctx, Error};
use jiff::civil::Date;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::intake::Intake;
use crate::notify::Sender;
use crate::openid::House;
use crate::tls::pair::Keeper;
use crate::web::metrics::Metrics;
use crate::web::origin::Way;
use crate::web::request;

/// What a county lets people look up besides what their posts show them. What it does not set is left open.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Privacy {
    /// How many numbers a person may be shown whole on a day.
    pub(crate) unmask_per_day: Option<u32>,
    /// Up to how many hours access outside the own area is open at once; without it, each is to be granted first.
    pub(crate) access_hours_max: Option<u32>,
}

/// A door's view of one county's book.
#[derive(Debug, Clone)]
pub(crate) struct App {
    /// The database.
    pub(crate) db: Db,
    /// The clock.
    pub(crate) clock: Clock,
    /// The county.
    pub(crate) county_id: i64,
    /// The county's own division.
    pub(crate) division_id: i64,
    /// Its time zone.
    pub(crate) time_zone: String,
    /// True if everything in the book is made up.
    pub(crate) demo: bool,
    /// Where files from outside come in.
    pub(crate) intake: Intake,
    /// What the county lets people look up.
    pub(crate) privacy: Privacy,
    /// Told when the program is about to stop: what would go on by itself ends then.
    pub(crate) stop: CancellationToken,
    /// What this process counts.
    pub(crate) metrics: Metrics,
    /// How many requests a minute a program may make with one token.
    pub(crate) api_rate: u32,
    /// How requests reach the pages.
    pub(crate) way: Way,
    /// The certificate that is shown to visitors, where this program encrypts.
    pub(crate) keeper: Option<Arc<Keeper>>,
    /// The roles that may not be without a second factor.
    pub(crate) second_factor: Arc<[Role]>,
    /// Another house in which people can sign in.
    pub(crate) openid: Option<Arc<House>>,
    /// What sends messages, where a server does.
    pub(crate) sender: Option<Arc<Sender>>,
}

/// How many requests a minute a program may make with one token, if nothing else is said.
const API_RATE: u32 = 600;

impl App {
    /// The door to a county's book.
    pub(crate) fn new(db: Db, clock: Clock, county: &County) -> App {
        App {
            db,
            clock,
            county_id: county.county_id,
            division_id: county.division_id,
            time_zone: county.time_zone.clone(),
            demo: county.demo,
            intake: Intake::default(),
            privacy: Privacy::default(),
            stop: CancellationToken::new(),
            metrics: Metrics::default(),
            api_rate: API_RATE,
            way: Way::default(),
            keeper: None,
            second_factor: Arc::default(),
            openid: None,
            sender: None,
        }
    }

    /// The day in the county.
    pub(crate) fn today(&self) -> Date {
        self.clock.today(&self.time_zone)
    }

    /// The circumstances of a request made now by `actor`.
    pub(crate) fn ctx(&self, actor: &str) -> Ctx {
        let at = self.clock.now();
        Ctx {
            actor: actor.to_owned(),
            role: None,
            at,
            today: self.today(),
            // Accounts bring narrower areas; until then only this machine's user gets here.
            scope: Scope::county(self.county_id),
            reason: None,
            request_id: request::id(&self.clock),
            client_id: "local".to_owned(),
        }
    }

    /// The day up to which a close goes that is told none: today, or the demo's next day.
    pub(crate) async fn day_to_close(&self) -> Result<Date, Error> {
        if !self.demo {
            return Ok(self.today());
        }
        let county = county::get(&mut self.db.read().await?, self.county_id).await?;
        let next = county.closed_on.map(|closed| add_days(closed, 1)).or(county.opening_on);
        Ok(next.unwrap_or_else(|| self.today()))
    }

    /// Closes the next day of the demo and moves its clock there.
    pub(crate) async fn next_day(&self) -> Result<Date, Error> {
        let next = add_days(self.today(), 1);
        let ctx = Ctx { today: next, ..self.ctx("demo") };
        // A version of the county's rules may have waited for this day.
        adopt(&self.db, &ctx, in_force()).await?;
        bangfu_usecase::close::close(&self.db, &ctx, next, |_| {}).await?;
        self.clock.advance_to(next);
        Ok(next)
    }
}

/// The county that was named, or the only one.
pub(crate) async fn choose_county(db: &Db, code: Option<&str>) -> Result<County, Error> {
    let mut tx = db.read().await?;
    let counties = county::list(&mut tx).await?;
    match code {
        Some(code) => {
            let full = format!("{code:0<12}");
            let now = counties.iter().find(|county| county.on(Date::MAX).code == full);
            // A command that names a county by the code of before goes on working.
            let ever = counties.iter().find(|county| county.called.iter().any(|called| called.code == full));
            now.or(ever).cloned().ok_or_else(|| Refusal::UnknownCounty { code: code.to_owned() }.into())
        }
        None if counties.len() == 1 => counties.into_iter().next().ok_or_else(|| Refusal::NotFound.into()),
        None => {
            let codes = counties.iter().map(|county| county.on(Date::MAX).code.clone()).collect();
            Err(Refusal::WhichCounty { codes }.into())
        }
    }
}
