//! A credit manager proposes, a township's clerk checks, and the branch answers; each in a browser of their own.

use axum::http::StatusCode;
use bangfu_domain::officer::Role;
use bangfu_store::Area;
use bangfu_usecase::close::close;

use crate::web::matrix::stage::{DAY, Person, Stage, read};

fn who(stage: &Stage, role: Role, area: impl Fn(Area) -> bool) -> &Person {
    stage.people.iter().find(|one| one.role == role && area(one.area)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_goes_from_hand_to_hand() {
    let stage = Stage::new().await;
    close(&stage.app.db, &stage.app.ctx("test"), DAY, |_| ()).await.unwrap();
    let county = |area| area == Area::County;
    let clerk = who(&stage, Role::CentreClerk, county);
    let leader = who(&stage, Role::Leader, county);
    let loans = stage.rows(Area::County).await;
    let bank = who(&stage, Role::BankClerk, |area| matches!(area, Area::Branch(_)));
    let Area::Branch(branch) = bank.area else { unreachable!() };
    let loan = loans.iter().find(|row| row.branch_id == branch && row.standing.is_owing()).unwrap();
    let form = format!("/loans/{}/handle", loan.loan_id);
    let (status, page) = stage.page(clerk, &format!("{form}?kind=extension")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("贷款通则"), "the clause's source is named");
    // A day that is none is told, and what was typed stays.
    let wrong = [("kind", "extension"), ("day", "2019-02-31"), ("reason", "脐橙未采收")];
    let (status, page) = read(stage.send(clerk, &form, &wrong).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("脐橙未采收") && page.contains("2019-02-31"));
    let plan = [("kind", "instalments"), ("plan", "2019-07-01 一万"), ("reason", "分期")];
    let (status, page) = read(stage.send(clerk, &form, &plan).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("2019-07-01 一万"));
    let sound = [("kind", "court"), ("reason", "多次催收无果")];
    let response = stage.send(clerk, &form, &sound).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let one = response.headers()["location"].to_str().unwrap().to_owned();
    let (_, page) = stage.page(clerk, &one).await;
    assert!(page.contains("/withdraw") && !page.contains("/agree"), "nobody checks their own");
    let (_, page) = stage.page(leader, &one).await;
    assert!(!page.contains("<form action=\"/handlings"), "who reads does nothing");
    // The second who proposes is led to the first one's.
    let (status, page) = read(stage.send(bank, &form, &sound).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains(&format!("href=\"{one}\"")));
    let (_, page) = stage.page(clerk, "/handlings?show=check").await;
    assert!(page.contains(&loan.number));
}
