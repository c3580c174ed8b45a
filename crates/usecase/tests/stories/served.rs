//! Service points are opened, named, called otherwise and closed; past days stay.

use bangfu_domain::service_point::PointKind;
use bangfu_store::division;
use bangfu_usecase::division::tree;
use bangfu_usecase::error::Refusal;
use bangfu_usecase::keep::KeepFault;
use bangfu_usecase::service_point::{Wanted, served, tell};
use bangfu_usecase::{Ctx, Error};
use jiff::civil::{Date, date};

use crate::stage::Stage;
use crate::story;

const TODAY: Date = date(2019, 6, 17);

async fn wanted(stage: &Stage, place: i64, name: &str, from: Option<Date>, to: Option<Date>) -> Wanted {
    let mut tx = stage.db.read().await.unwrap();
    let seen = served(&mut tx, &stage.ctx(), place).await.unwrap().seen;
    let (kind, name, reason) = (PointKind::Station, name.to_owned(), "批复".to_owned());
    Wanted { seen, kind, name, from_on: from, to_on: to, reason }
}

/// The name of a place's service point on a day: `None` where it has none.
async fn named(stage: &Stage, place: i64, day: Date) -> Option<String> {
    let mut tx = stage.db.read().await.unwrap();
    let points = served(&mut tx, &stage.ctx(), place).await.unwrap().points;
    let stands = points.into_iter().find(|one| one.from_on <= day && one.to_on.is_none_or(|to| day < to));
    let tree = tree(&mut tx, &stage.ctx().scope, day).await.unwrap();
    let villages = tree.townships.into_iter().flat_map(|one| one.villages);
    let has = villages.into_iter().any(|one| one.place.division_id == place && one.has_service_point);
    assert_eq!(has, stands.is_some(), "the tree of {day} shows what stands then");
    stands.map(|point| point.name.unwrap_or_default())
}

async fn a_service_point_changes_from_a_day_on_and_past_days_stay(stage: &Stage) {
    let (db, before) = (&stage.db, date(2019, 4, 30));
    let mut tx = db.read().await.unwrap();
    let village = |code: &'static str| (code, TODAY);
    let mut id = async |(code, day): (&str, Date)| {
        division::by_code(&mut tx, code, day).await.unwrap().unwrap().division_id
    };
    let (place, township) = (id(village("431022101201")).await, id(village("431022101000")).await);
    drop(tx);
    assert_eq!(named(stage, place, before).await.as_deref(), Some(""), "the list gives it, without a name");

    // It is named from May on, and once more wrongly, which is mended.
    let may = date(2019, 5, 1);
    tell(db, &stage.ctx(), place, &wanted(stage, place, "村服务部", Some(may), None).await).await.unwrap();
    let mends = wanted(stage, place, "村服务站", Some(may), None).await;
    tell(db, &stage.ctx(), place, &mends).await.unwrap();
    assert_eq!(named(stage, place, before).await.as_deref(), Some(""));
    assert_eq!(named(stage, place, may).await.as_deref(), Some("村服务站"));
    let refusal = |done: Result<(), Error>| match done {
        Err(Error::Refused(Refusal::Keep(fault))) => fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(refusal(tell(db, &stage.ctx(), place, &mends).await), KeepFault::MovedOn);
    let same = wanted(stage, place, "村服务站", Some(may), None).await;
    assert_eq!(refusal(tell(db, &stage.ctx(), place, &same).await), KeepFault::Unchanged);
    let early = wanted(stage, place, "村服务站", Some(before), None).await;
    assert_eq!(refusal(tell(db, &stage.ctx(), place, &early).await), KeepFault::NotThen { first: may });
    let backwards = wanted(stage, place, "村服务站", Some(may), Some(may)).await;
    assert_eq!(refusal(tell(db, &stage.ctx(), place, &backwards).await), KeepFault::EndsFirst);
    let silent = Wanted { reason: " ".to_owned(), ..wanted(stage, place, "站", Some(may), None).await };
    assert_eq!(refusal(tell(db, &stage.ctx(), place, &silent).await), KeepFault::NoReason);

    // It closes, and another opens later: between them there is none.
    let (june, later) = (date(2019, 6, 1), date(2019, 6, 10));
    tell(db, &stage.ctx(), place, &wanted(stage, place, "村服务站", Some(may), Some(june)).await)
        .await
        .unwrap();
    let mut seen = Vec::new();
    for day in [may, june, TODAY] {
        seen.push(named(stage, place, day).await);
    }
    assert_eq!(seen, [Some("村服务站".to_owned()), None, None]);
    tell(db, &stage.ctx(), place, &wanted(stage, place, "", Some(later), None).await).await.unwrap();
    assert_eq!(named(stage, place, june).await, None);
    assert_eq!(named(stage, place, TODAY).await.as_deref(), Some(""));

    // Whoever does not see the whole county keeps none of it.
    let clerk = Ctx { scope: stage.ctx().scope.within(township).unwrap(), ..stage.ctx() };
    let refused = served(&mut db.read().await.unwrap(), &clerk, place).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::NotFound))));
}
story!(a_service_point_changes_from_a_day_on_and_past_days_stay);
