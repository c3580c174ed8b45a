//! The pages on which officers, branches and service points are kept, asked as a clerk of the county asks them.

use axum::http::{StatusCode, header};
use bangfu_domain::officer::Role;
use bangfu_store::Area;
use bangfu_store::testing::audited;

use crate::web::matrix::stage::{Person, Stage, read};

fn clerk(stage: &Stage) -> &Person {
    let mut all = stage.people.iter();
    all.find(|one| one.role == Role::CentreClerk && one.area == Area::County).unwrap()
}

/// The mark of what a page shows.
fn seen(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"seen\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// The first address on a page that goes on after this begin with a number, where a link bears the name.
fn href_of(page: &str, begin: &str, name: &str) -> String {
    let link =
        page.split("<a href=\"").find(|link| link.starts_with(begin) && link.contains(&format!(">{name}<")));
    link.unwrap().split('"').next().unwrap().to_owned()
}

async fn sent(stage: &Stage, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String, String) {
    let answer = stage.send(clerk(stage), path, fields).await;
    let to = answer.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
    let (status, page) = read(answer).await;
    (status, to.unwrap_or_default(), page)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_hands_over_and_leaves() {
    let stage = Stage::new().await;
    let who = clerk(&stage);
    let list = stage.page(who, "/admin/officers").await.1;
    let leaver = href_of(&list, "/admin/officers/", "赵管户");
    let place = list.split("<option value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let new = [("name", "孙管户"), ("place", place.as_str()), ("reason", "新任")];
    let (status, _, page) = sent(&stage, "/admin/officers", &new).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("请至少选一个身份") && page.contains("value=\"孙管户\""), "what was typed stays");
    let roles = [("role", "credit-manager"), ("role", "industry-guide")];
    let (status, heir, _) = sent(&stage, "/admin/officers", &[&new[..], &roles[..]].concat()).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(stage.page(who, &heir).await.1.matches(" checked").count() == 2);

    let early = seen(&stage.page(who, &leaver).await.1);
    let (_, _, page) =
        sent(&stage, &format!("{leaver}/leave"), &[("seen", &early), ("reason", "调离")]).await;
    assert!(page.contains("请先移交"), "{page}");
    let to = heir.rsplit('/').next().unwrap();
    let path = format!("{leaver}/hand-over");
    let look = stage.page(who, &format!("{path}?to={to}&from=2019-06-01")).await.1;
    assert!(look.contains("农户0"), "the first households are named");
    let fields = [("to", to), ("from", "2019-06-01"), ("reason", "轮岗")];
    let (status, _, page) = sent(&stage, &path, &fields).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("别人刚刚改过"));
    let mark = seen(&look);
    let (status, back, _) = sent(&stage, &path, &[&fields[..], &[("seen", mark.as_str())]].concat()).await;
    assert_eq!((status, back), (StatusCode::SEE_OTHER, leaver.clone()));
    let mark = seen(&stage.page(who, &leaver).await.1);
    let gone = [("seen", mark.as_str()), ("reason", "调离"), ("from", "2019-06-01")];
    assert_eq!(sent(&stage, &format!("{leaver}/leave"), &gone).await.0, StatusCode::SEE_OTHER);
    let officers = stage.page(who, "/officers").await.1;
    assert!(officers.contains("孙管户") && !officers.contains("赵管户"), "who left is offered no more");
    let loans = stage.page(who, "/loans?day=2019-05-31").await.1;
    assert!(loans.contains(">赵管户<"), "and is on the days before");
    assert!(!stage.page(who, "/loans").await.1.contains(">赵管户</option>"));
    let mut tx = stage.app.db.read().await.unwrap();
    let records = audited(&mut tx, stage.app.county_id, "officer-handed-over").await.unwrap();
    assert_eq!(records, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_is_renamed_and_merged_and_a_service_point_named() {
    let stage = Stage::new().await;
    let who = clerk(&stage);
    let list = stage.page(who, "/admin/branches").await.1;
    let branch = href_of(&list, "/admin/branches/", "农商银行城关支行");
    let other = href_of(&list, "/admin/branches/", "农商银行白石渡支行");
    let mark = seen(&stage.page(who, &branch).await.1);
    let name = [("name", "农商银行玉溪支行"), ("from", "2019-06-01"), ("reason", "更名")];
    let (status, _, page) = sent(&stage, &format!("{branch}/rename"), &name).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("value=\"农商银行玉溪支行\""));
    let fields = [&name[..], &[("seen", mark.as_str())]].concat();
    assert_eq!(sent(&stage, &format!("{branch}/rename"), &fields).await.0, StatusCode::SEE_OTHER);
    assert!(stage.page(who, &branch).await.1.contains("农商银行城关支行"), "its name of before");
    let carries = branch.replace("/admin", "");
    assert!(stage.page(who, &carries).await.1.contains(&format!("href=\"{branch}\"")));

    let path = format!("{branch}/merge");
    let into = other.rsplit('/').next().unwrap();
    let look = stage.page(who, &format!("{path}?into={into}&from=2019-06-10")).await.1;
    let mark = seen(&look);
    let fields = [("into", into), ("from", "2019-06-10"), ("reason", "撤并"), ("seen", &mark)];
    assert_eq!(sent(&stage, &path, &fields).await.0, StatusCode::SEE_OTHER);
    let board = stage.page(who, "/board?by=branch").await.1;
    assert!(board.contains("白石渡支行") && !board.contains("玉溪支行"));

    let county = stage.page(who, "/admin/places").await.1;
    let place = href_of(&county, "/admin/places/", "白石渡镇");
    let path = format!("{place}/service-point");
    assert!(stage.page(who, &place).await.1.contains(&path));
    let mark = seen(&stage.page(who, &path).await.1);
    let point = [
        ("kind", "centre"),
        ("name", "白石渡中心"),
        ("from", "2019-05-01"),
        ("reason", "批复"),
        ("seen", &mark),
    ];
    assert_eq!(sent(&stage, &path, &point).await.0, StatusCode::SEE_OTHER);
    let (status, _, page) = sent(&stage, &path, &point).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("别人刚刚改过"));
    assert!(stage.page(who, &path).await.1.matches("白石渡中心").count() >= 2);
}
