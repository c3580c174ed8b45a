//! The night: every county's days are closed at their hour while the pages are served.

use std::future::Future;
use std::time::Duration;

use bangfu_store::Db;
use bangfu_store::county::{self, County};
use bangfu_usecase::Error;
use bangfu_usecase::adopt::adopt;
use bangfu_usecase::close::close;
use bangfu_usecase::import::{self, Meter};
use bangfu_usecase::rulebook::in_force;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::App;
use crate::clock::{self, Clock, Stopwatch, day_due, until_close, zone};
use crate::web::metrics::Metrics;

/// How long the night sleeps at most: what failed is tried again after it, and a clock that was set or a machine
/// that slept is noticed.
const NAP_MAX: Duration = Duration::from_secs(3_600);

/// Goes through the nights while this process is the one that does; never ends by itself. What is under way when
/// another takes its place is dropped, as a kill would.
pub(super) async fn watch(
    db: Db,
    clock: Clock,
    at: Time,
    (mut elected, metrics): (watch::Receiver<bool>, Metrics),
) {
    let mut replaced = elected.clone();
    while elected.wait_for(|held| *held).await.is_ok() {
        tokio::select! {
            () = nights(&db, &clock, at, &metrics) => {}
            _ = replaced.wait_for(|held| !*held) => {}
        }
    }
}

/// Closes what is due at once, then each day of each county at its hour. Never ends by itself.
async fn nights(db: &Db, clock: &Clock, at: Time, metrics: &Metrics) {
    let (db, clock) = (db.clone(), clock.clone());
    resume_each(&db, &clock, &counties(&db).await).await;
    loop {
        let counties = counties(&db).await;
        let now = clock.now();
        let due = due(&counties, now, at);
        close_each(due, metrics, |county, day| {
            let app = App::new(db.clone(), clock.clone(), &county);
            let (metrics, code) = (metrics.clone(), county.on(day).code.clone());
            async move {
                let ctx = app.ctx("night");
                adopt(&app.db, &ctx, in_force()).await?;
                let mut watch = Stopwatch::start();
                close(&app.db, &ctx, day, |day| {
                    let micros = std::mem::replace(&mut watch, Stopwatch::start()).micros();
                    metrics.closed(1, micros);
                    tracing::info!(county = %code, %day, ms = micros / 1_000, "closed a day");
                })
                .await
                .map(|_| ())
            }
        })
        .await;
        expire_each(&db, &clock, &counties).await;
        tokio::time::sleep(nap(&counties, clock.now(), at)).await;
    }
}

/// The counties that keep their book here now; those that are added later are found when the night next looks.
async fn counties(db: &Db) -> Vec<County> {
    let read = async { county::list(&mut db.read().await?).await };
    read.await.unwrap_or_else(|error: bangfu_store::Error| {
        tracing::error!("the counties cannot be read; this is tried again within an hour: {error}");
        Vec::new()
    })
}

/// The counties with a day to close, and the last such day of each by its own time zone.
fn due(counties: &[County], now: Timestamp, at: Time) -> Vec<(County, Date)> {
    let day = |county: &County| day_due(now, &zone(&county.time_zone), at);
    counties
        .iter()
        .map(|county| (county.clone(), day(county)))
        // A demo's days come when somebody turns them.
        .filter(|(county, _)| !county.demo)
        .filter(|(county, day)| match county.closed_on {
            Some(closed) => closed < *day,
            None => county.opening_on.is_some_and(|first| first <= *day),
        })
        .collect()
}

/// Until the first county's hour, and never longer than [`NAP_MAX`].
fn nap(counties: &[County], now: Timestamp, at: Time) -> Duration {
    let waits = counties.iter().map(|county| until_close(now, &zone(&county.time_zone), at));
    waits.min().unwrap_or(NAP_MAX).min(NAP_MAX)
}

/// Closes one county after the other. What one of them breaks is logged and stops none of the others.
async fn close_each<F>(due: Vec<(County, Date)>, metrics: &Metrics, close: impl Fn(County, Date) -> F)
where
    F: Future<Output = Result<(), Error>> + Send + 'static,
{
    for (county, day) in due {
        let name = county.on(day).code.clone();
        // A task of its own, so that its panic ends nothing else; it ends with the night.
        let mut task = JoinSet::new();
        task.spawn(close(county, day));
        match task.join_next().await {
            Some(Ok(Ok(()))) | None => {}
            Some(Ok(Err(error))) => {
                metrics.close_failed();
                tracing::error!(
                    "{name}: closing up to {day} failed and is tried again within an hour: {error}"
                );
            }
            Some(Err(_)) => {
                metrics.close_failed();
                tracing::error!("{name}: closing up to {day} broke and is tried again within an hour");
            }
        }
    }
}

/// Goes on in each county with imports that were interrupted when the program last ended.
async fn resume_each(db: &Db, clock: &Clock, counties: &[County]) {
    for county in counties {
        let app = App::new(db.clone(), clock.clone(), county);
        if let Err(error) = import::resume(&app.db, &app.ctx("night"), &Meter::timed(clock::running)).await {
            let name = &county.on(app.today()).code;
            tracing::error!("{name}: an interrupted import cannot go on; its page tries again: {error}");
        }
    }
}

/// Drops in each county what was uploaded and left alone for a week.
async fn expire_each(db: &Db, clock: &Clock, counties: &[County]) {
    for county in counties {
        let app = App::new(db.clone(), clock.clone(), county);
        if let Err(error) = import::expire(&app.db, &app.ctx("night")).await {
            let name = &county.on(app.today()).code;
            tracing::error!(
                "{name}: old uploads cannot be dropped; this is tried again within an hour: {error}"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use bangfu_domain::division::Called;
    use std::sync::{Arc, Mutex};

    use bangfu_sheets::Kind;
    use bangfu_sheets::book::Book;
    use bangfu_store::Address;
    use bangfu_usecase::Ctx;
    use bangfu_usecase::error::Refusal;
    use bangfu_usecase::import::Upload;
    use jiff::SignedDuration;
    use jiff::civil::{date, time};

    use super::*;
    use crate::cli::demo;

    const AT: Time = time(2, 0, 0, 0);

    fn county(county_id: i64, time_zone: &str, opening_on: Option<Date>, closed_on: Option<Date>) -> County {
        County {
            county_id,
            called: vec![Called {
                code: format!("{county_id}000000"),
                name: String::new(),
                first_on: Date::MIN,
                last_on: Date::MAX,
            }],
            division_id: 1,
            time_zone: time_zone.to_owned(),
            pack_id: None,
            demo: false,
            opening_on,
            closed_on,
            position_on: opening_on,
            told_on: None,
            change_seq: 0,
            last_at: 0,
        }
    }

    #[test]
    fn each_county_owes_the_days_of_its_own_clock() {
        let opened = Some(date(2019, 4, 30));
        let counties = [
            county(1, "Asia/Shanghai", opened, Some(date(2019, 6, 16))),
            county(2, "Asia/Urumqi", opened, Some(date(2019, 6, 15))),
            county(3, "Asia/Urumqi", opened, Some(date(2019, 6, 16))),
            county(4, "Asia/Shanghai", opened, None),
            county(5, "Asia/Shanghai", None, None),
            county(6, "Asia/Shanghai", opened, Some(date(2019, 6, 20))),
            County { demo: true, ..county(7, "Asia/Shanghai", opened, Some(date(2019, 6, 16))) },
        ];
        let now: Timestamp = "2019-06-17T02:30:00+08:00".parse().unwrap();
        let owed: Vec<(i64, Date)> =
            due(&counties, now, AT).into_iter().map(|(county, day)| (county.county_id, day)).collect();
        let (here, there) = (date(2019, 6, 17), date(2019, 6, 16));
        assert_eq!(owed, [(1, here), (2, there), (4, here)]);
        let just_before: Timestamp = "2019-06-17T03:59:50+08:00".parse().unwrap();
        assert_eq!(nap(&counties, just_before, AT), Duration::from_secs(10));
        assert_eq!(nap(&counties[..1], now, AT), NAP_MAX);
    }

    #[tokio::test]
    async fn what_is_left_alone_is_dropped_although_nobody_uploads_anything_else() {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::Sqlite(folder.path().join("night.db"));
        let db = demo::make(&address, Timestamp::UNIX_EPOCH).await.unwrap();
        let counties = counties(&db).await;
        let app = App::new(db.clone(), Clock::System, &counties[0]);
        let upload = Upload {
            kind: Kind::Ledger,
            file_name: "台账".to_owned(),
            file_hash: String::new(),
            book: Book::default(),
            as_of: None,
            until_on: None,
            layout: None,
            mended: 0,
        };
        let now = app.ctx("web");
        let staged = |hours: i64| Ctx { at: now.at - SignedDuration::from_hours(hours), ..now.clone() };
        import::stage(&db, &staged(7 * 24 + 1), &upload).await.unwrap();
        import::stage(&db, &staged(7 * 24 - 1), &upload).await.unwrap();
        assert_eq!(import::history(&db, &now).await.unwrap().len(), 2);
        expire_each(&db, &Clock::System, &counties).await;
        let left = import::history(&db, &now).await.unwrap();
        assert_eq!(
            left.iter().map(|import| import.created_at).collect::<Vec<_>>(),
            [staged(7 * 24 - 1).micros()]
        );
    }

    #[tokio::test]
    async fn a_close_that_breaks_stops_no_other() {
        let day = date(2019, 6, 17);
        let due = (1..=4).map(|id| (county(id, "Asia/Shanghai", Some(day), None), day)).collect();
        let closed = Arc::new(Mutex::new(Vec::new()));
        let seen = closed.clone();
        let metrics = Metrics::default();
        close_each(due, &metrics, move |county, _| {
            let seen = seen.clone();
            async move {
                assert!(county.county_id != 1, "a close that panics");
                if county.county_id == 3 {
                    return Err(Refusal::NotFound.into());
                }
                seen.lock().unwrap().push(county.county_id);
                Ok(())
            }
        })
        .await;
        assert_eq!(*closed.lock().unwrap(), [2, 4]);
    }
}
