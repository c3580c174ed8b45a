//! Numbers that are erased: proposed on a household's page, gone when somebody else says yes.

use axum::http::{StatusCode, header};
use bangfu_domain::officer::Role;
use bangfu_store::Area;

use crate::web::matrix::stage::{Person, Stage, identity, read};

const WHY: &str = "本人要求抹去";

fn somebody(stage: &Stage, role: Role) -> &Person {
    stage.people.iter().find(|one| one.role == role && one.area == Area::County).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_proposes_and_a_leader_approves() {
    let stage = Stage::new().await;
    let clerk = somebody(&stage, Role::CentreClerk);
    let leader = somebody(&stage, Role::Leader);
    let whole = identity(0);
    let masked = format!("{}********{}", &whole[..6], &whole[14..]);
    let loans = stage.rows(Area::County).await;
    let household_id = loans.iter().find(|one| one.number == "ZY0000").unwrap().household_id.unwrap();
    let household = format!("/households/{household_id}");
    let (_, page) = stage.page(clerk, &household).await;
    assert!(page.contains(&masked) && !page.contains(&whole));
    let asks = page.split("href=\"").filter_map(|rest| rest.split('"').next());
    let asks = asks.map(|href| href.replace("&#38;", "&")).find(|href| href.contains("/erase?")).unwrap();
    let (_, page) = stage.page(leader, &household).await;
    assert!(!page.contains("/erase"), "who only decides is not led to propose");

    let (status, page) = stage.page(clerk, &asks).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains(&masked) && page.contains("留下什么") && page.contains("姓名"), "{page}");
    let (status, page) = read(stage.send(clerk, &asks, &[("reason", " ")]).await).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("请写明理由"), "{page}");
    let proposed = stage.send(clerk, &asks, &[("reason", WHY)]).await;
    let one = proposed.headers().get(header::LOCATION).unwrap().to_str().unwrap().to_owned();
    let (_, page) = stage.page(clerk, &asks).await;
    assert!(page.contains(&one) && !page.contains("<textarea"), "the one that waits is told");
    let (_, page) = stage.page(clerk, &one).await;
    assert!(page.contains("/withdraw") && !page.contains("/approve"), "nobody decides on their own work");
    let approval = [("version", "1"), ("reason", "")];
    let (status, page) = read(stage.send(clerk, &format!("{one}/approve"), &approval).await).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("要由另一个人批准"), "{page}");
    let (_, page) = stage.page(leader, "/").await;
    assert!(page.contains("/erasures"), "it waits for the leader");
    let (_, page) = stage.page(leader, &one).await;
    assert!(page.contains(WHY) && page.contains(&masked) && page.contains("/approve"), "{page}");
    let unseen = [("version", "0"), ("reason", "看过")];
    let (status, page) = read(stage.send(leader, &format!("{one}/approve"), &unseen).await).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("看过"), "what was typed stays");
    let approved = stage.send(leader, &format!("{one}/approve"), &approval).await;
    assert_eq!(approved.status(), StatusCode::SEE_OTHER);

    let (_, page) = stage.page(leader, &one).await;
    assert!(page.contains("已抹去") && !page.contains(&masked) && !page.contains("/approve"), "{page}");
    let (_, page) = stage.page(clerk, &household).await;
    assert!(!page.contains(&masked) && page.contains("已抹去") && page.contains("农户0"), "{page}");
    let (_, page) = stage.page(clerk, "/erasures").await;
    assert!(page.contains(WHY) && page.contains("农户0"), "{page}");
}
