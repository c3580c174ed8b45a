//! Access outside the own area: to one household, for a time, and nothing else widens by it.

use axum::http::{StatusCode, header};
use bangfu_domain::officer::Role;
use bangfu_store::Area;
use bangfu_store::testing::audited;

use crate::app::{App, Privacy};
use crate::web::matrix::stage::{Person, Stage, identity, read};

const WHY: &str = "本人跨镇来办展期";

/// A book served by these settings, on a clock that can be moved.
async fn stage(access_hours_max: Option<u32>) -> Stage {
    let stage = Stage::new().await;
    let privacy = Privacy { access_hours_max, ..Privacy::default() };
    let app = App { privacy, ..stage.app.clone() };
    stage.served_as(app)
}

/// The loans of the first borrower and of the second, who lives elsewhere.
async fn two(stage: &Stage) -> [i64; 2] {
    let loans = stage.loans(Area::County).await;
    ["ZY0000", "ZY0001"].map(|wanted| *loans.iter().find(|(_, number)| *number == wanted).unwrap().0)
}

async fn ask(stage: &Stage, person: &Person, number: &str, hours: &str) -> (StatusCode, String, String) {
    let answer =
        stage.send(person, "/access", &[("number", number), ("hours", hours), ("reason", WHY)]).await;
    let to = answer.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
    let (status, page) = read(answer).await;
    (status, to.unwrap_or_default(), page)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_household_opens_at_once_where_the_county_says_for_how_long() {
    let stage = stage(Some(8)).await;
    let [loan, other] = two(&stage).await;
    let clerk = stage.somebody(Role::StationClerk, loan, false).await;
    let (status, _, page) = ask(&stage, clerk, "ZY0000", "9").await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("1 到 8"), "{page}");
    assert!(page.contains(WHY) && page.contains("ZY0000"), "what was typed stays");
    for unknown in ["ZY000", "ZY9999", "农户0", &identity(0)[..17]] {
        let (status, _, page) = ask(&stage, clerk, unknown, "2").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{unknown}: nothing is found by a part");
        assert!(page.contains("没有这个号码") && !page.contains("白石渡村"), "{unknown}");
    }
    let (status, _, page) = ask(&stage, clerk, "ZY0001", "2").await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("就在您的范围内"), "{page}");

    let before = stage.page(clerk, "/loans?state=any").await.1.matches("/loans/").count();
    let (status, home, _) = ask(&stage, clerk, &identity(0), "2").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert_eq!(ask(&stage, clerk, "ZY0000", "2").await.1, home, "the same once more is the same");
    let (status, page) = stage.page(clerk, &home).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("class=\"through\"") && page.contains(&format!("{home}/loans/{loan}")), "{page}");
    let (status, page) = stage.page(clerk, &format!("{home}/loans/{loan}")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("class=\"through\"") && page.contains("ZY0000") && page.contains("********"));
    assert!(!page.contains(&identity(0)) && !page.contains("/unmask"), "it stays masked");

    // Nothing widens: neither what lies beside it nor what the own pages hold.
    for path in [format!("{home}/loans/{other}"), format!("/loans/{loan}"), format!("{home}/loans/999999")] {
        assert_eq!(stage.page(clerk, &path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    for path in
        ["/loans?state=any", "/loans?state=any&q=ZY0000", "/loans/export.csv?state=any", "/", "/board.csv"]
    {
        let (_, page) = stage.page(clerk, path).await;
        assert!(!page.contains(&format!("/loans/{loan}")) && !page.contains("农户0"), "{path}");
    }
    assert_eq!(stage.page(clerk, "/loans?state=any").await.1.matches("/loans/").count(), before);
    for person in stage.people.iter().filter(|person| person.token != clerk.token) {
        let (status, _) = stage.page(person, &home).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{:?}: it is nobody else's", person.role);
    }

    // Every page is recorded, and whoever answers for the area is shown it and ends it.
    let mut tx = stage.app.db.read().await.unwrap();
    let pages = audited(&mut tx, stage.app.county_id, "access-page").await.unwrap();
    assert_eq!(pages, 4, "the page, the loan, and the two that are not there");
    let missed = audited(&mut tx, stage.app.county_id, "access-missed").await.unwrap();
    assert_eq!(missed, 4);
    drop(tx);
    for role in [Role::CentreClerk, Role::Supervisor] {
        let elsewhere = stage.somebody(role, loan, false).await;
        assert!(!stage.page(elsewhere, "/access").await.1.contains(WHY), "{role:?} elsewhere");
        let end = read(stage.send(elsewhere, &format!("{home}/end"), &[]).await).await;
        assert_eq!(end.0, StatusCode::NOT_FOUND, "{role:?} elsewhere");
        let there = stage.somebody(role, loan, true).await;
        let (_, page) = stage.page(there, "/access").await;
        assert!(page.contains(WHY) && page.contains(&format!("{home}/end")), "{role:?}");
    }
    let superior = stage.somebody(Role::CentreClerk, loan, true).await;
    assert_eq!(stage.send(superior, &format!("{home}/end"), &[]).await.status(), StatusCode::SEE_OTHER);
    let (status, page) = stage.page(clerk, &home).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && !page.contains("ZY0000"), "{page}");
    assert!(stage.page(clerk, "/access").await.1.contains("提前结束"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_time_of_the_countys_somebody_there_grants_it_first() {
    let stage = stage(None).await;
    let [loan, _] = two(&stage).await;
    let clerk = stage.somebody(Role::CentreClerk, loan, false).await;
    let (status, to, _) = ask(&stage, clerk, "ZY0000", "2").await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/access"));
    let (_, page) = stage.page(clerk, "/access").await;
    assert!(page.contains("等待同意") && !page.contains("/grant\""), "nobody grants their own");
    let superior = stage.somebody(Role::Supervisor, loan, true).await;
    let (_, page) = stage.page(superior, "/access").await;
    let at = page.find("/grant\"").unwrap();
    let home = page[..at].rsplit('"').next().unwrap().to_owned();
    assert_eq!(stage.page(clerk, &home).await.0, StatusCode::UNPROCESSABLE_ENTITY, "not yet");
    let own = read(stage.send(clerk, &format!("{home}/grant"), &[]).await).await;
    assert_eq!(own.0, StatusCode::NOT_FOUND, "it lies in nobody's area but theirs");
    assert_eq!(stage.send(superior, &format!("{home}/grant"), &[]).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(stage.page(clerk, &home).await.0, StatusCode::OK);
    let again = read(stage.send(superior, &format!("{home}/refuse"), &[]).await).await;
    assert!(again.0 == StatusCode::UNPROCESSABLE_ENTITY && again.1.contains("已经有人办理"));
}
