//! The county is recoded, a list taken over, and places moved and merged, as those who may do it see the pages.

use axum::http::StatusCode;
use bangfu_domain::officer::Role;
use bangfu_store::Area;
use bangfu_store::county;
use bangfu_store::division::{self, Term};
use jiff::civil::Date;

use crate::web::matrix::stage::{Person, Stage, read};

/// What a page's form brings along of what was seen.
fn seen(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"seen\" value=\"").unwrap();
    rest.split_once('"').unwrap().0
}

async fn clerk(stage: &Stage) -> &Person {
    let clerks = stage.people.iter().filter(|person| person.role == Role::CentreClerk);
    clerks.into_iter().find(|person| person.area == Area::County).unwrap()
}

async fn sent(stage: &Stage, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
    read(stage.send(clerk(stage).await, path, fields).await).await
}

async fn places(stage: &Stage, day: Date) -> Vec<Term> {
    let mut tx = stage.app.db.read().await.unwrap();
    let county = county::get(&mut tx, stage.app.county_id).await.unwrap();
    division::subtree(&mut tx, county.division_id, day).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_county_is_recoded_after_a_look_at_what_that_changes() {
    let stage = Stage::new().await;
    let today = stage.app.today();
    let from = today.to_string();
    let (_, page) = stage.page(clerk(&stage).await, "/admin/places").await;
    let seen = seen(&page).to_owned();
    let fields = |code: &'static str| {
        let seen = seen.clone();
        let from = from.clone();
        [("seen", seen), ("code", code.to_owned()), ("name", "宜章区".to_owned()), ("from", from)]
            .into_iter()
            .chain([("reason", "国务院批复".to_owned())])
            .collect::<Vec<_>>()
    };
    let send = async |path: &str, code| {
        let fields = fields(code);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        sent(&stage, path, &fields).await
    };
    let (status, page) = send("/admin/places/recode/check", "43100").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("六位数字代码") && page.contains("value=\"43100\""),
        "what was typed stays: {page}"
    );
    let before = places(&stage, today).await;
    let (status, page) = send("/admin/places/recode/check", "431005").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("431005000000") && page.contains("19 个乡镇"), "{page}");
    assert_eq!(places(&stage, today).await, before, "nothing changes on a look");
    let (status, _) = send("/admin/places/recode", "431005").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(places(&stage, today).await.iter().all(|place| place.code.starts_with("431005")));
    let (_, page) = stage.page(clerk(&stage).await, "/board").await;
    assert!(page.contains("宜章区"), "the board is called as the county is");
    let (status, page) = send("/admin/places/recode", "431006").await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("别人刚刚改过"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_village_moves_and_a_township_merges() {
    let stage = Stage::new().await;
    let (today, tomorrow) = (stage.app.today(), stage.app.today().tomorrow().unwrap());
    let from = tomorrow.to_string();
    let now = places(&stage, today).await;
    let id = |name: &str| now.iter().find(|place| place.name == name).unwrap().division_id;
    let (village, old, new) = (id("白石渡村"), id("白石渡镇"), id("玉溪镇"));
    let act = async |place: i64, verb: &str, to: i64| {
        let (_, page) = stage.page(clerk(&stage).await, &format!("/admin/places/{place}")).await;
        let to = to.to_string();
        let fields = [("seen", seen(&page)), ("from", &from), ("reason", "县政府通知"), ("to", &to)];
        sent(&stage, &format!("/admin/places/{place}/{verb}"), &fields).await
    };
    let (status, page) = act(village, "move", old).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("已经在这个乡镇"), "{page}");
    assert_eq!(act(village, "move", new).await.0, StatusCode::SEE_OTHER);
    let (status, page) = act(old, "merge", village).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("同级的地方"), "{page}");
    assert_eq!(act(old, "merge", new).await.0, StatusCode::SEE_OTHER);
    let then = places(&stage, tomorrow).await;
    assert!(then.iter().all(|place| place.division_id != old && place.parent_id != Some(old)));
    let called = |places: &[Term]| -> Vec<_> {
        places
            .iter()
            .map(|one| (one.division_id, one.code.clone(), one.name.clone(), one.parent_id))
            .collect()
    };
    assert!(called(&places(&stage, today).await) == called(&now), "today stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_comes_back_is_compared_again_and_taken_over() {
    let stage = Stage::new().await;
    let today = stage.app.today();
    let now = places(&stage, today).await;
    let code_of =
        |id: Option<i64>| now.iter().find(|place| Some(place.division_id) == id).map(|place| &place.code);
    let lines = |rename: &str| {
        let lines: Vec<_> = (2..)
            .zip(&now)
            .map(|(line, place)| {
                let name = if place.name == "玉溪镇" { rename } else { &place.name };
                (line, &place.code, name, code_of(place.parent_id), place.level.key(), "")
            })
            .map(|(line, code, name, parent, level, replaces)| {
                (line, code, name, parent.cloned().unwrap_or_default(), level, replaces)
            })
            .collect();
        serde_json::to_string(&lines).unwrap()
    };
    let from = today.to_string();
    let look = async |lines: &str| {
        let fields = [("from", from.as_str()), ("reason", "年度更新"), ("lines", lines)];
        sent(&stage, "/admin/places/list/look", &fields).await
    };
    let (status, page) = look(&lines("玉溪镇")).await;
    assert!(status == StatusCode::OK && page.contains("没有差别"), "{page}");
    let (status, page) = look(&lines("")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("没有名称") && page.contains("行："), "{page}");
    assert_eq!(look("what is this").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let wanted = lines("玉溪街道");
    let (_, page) = look(&wanted).await;
    assert!(page.contains("改名") && page.contains("玉溪街道"), "{page}");
    assert_eq!(places(&stage, today).await, now, "nothing changes on a look");
    let fields =
        [("seen", seen(&page)), ("from", from.as_str()), ("reason", "年度更新"), ("lines", wanted.as_str())];
    assert_eq!(sent(&stage, "/admin/places/list", &fields).await.0, StatusCode::SEE_OTHER);
    assert!(places(&stage, today).await.iter().any(|place| place.name == "玉溪街道"));
}
