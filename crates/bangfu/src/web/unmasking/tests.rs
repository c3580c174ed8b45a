//! Whole numbers: who is shown one, what is asked before, and what is left of it.

use axum::http::{StatusCode, header};
use bangfu_domain::officer::Role;
use bangfu_store::Area;

use crate::app::{App, Privacy};
use crate::web::matrix::stage::{Stage, identity, read};

const SOUND: [(&str, &str); 2] = [("why", "核对身份"), ("reason", "本人到窗口办理展期")];

/// The loan of the first borrower, its address, and the number.
async fn first(stage: &Stage) -> (i64, String, String) {
    let loans = stage.loans(Area::County).await;
    let id = *loans.iter().find(|(_, number)| number.as_str() == "ZY0000").unwrap().0;
    (id, format!("/loans/{id}/unmask?kind=identity"), identity(0))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_shown_once_to_whom_it_concerns_and_for_a_reason() {
    let stage = Stage::new().await;
    let (id, asks, whole) = first(&stage).await;
    let masked = format!("{}********{}", &whole[..6], &whole[14..]);
    for role in
        [Role::CreditManager, Role::StationClerk, Role::BankClerk, Role::CentreClerk, Role::Supervisor]
    {
        let person = stage.somebody(role, id, true).await;
        let (_, page) = stage.page(person, &format!("/loans/{id}")).await;
        assert!(page.contains(&masked) && page.contains(&asks) && !page.contains(&whole), "{role:?}");
        let (status, form) = stage.page(person, &asks).await;
        assert!(status == StatusCode::OK && form.contains(&masked) && !form.contains(&whole), "{role:?}");

        let nothing = stage.send(person, &asks, &[("why", ""), ("reason", "写过的话")]).await;
        let (status, page) = read(nothing).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{role:?}");
        assert!(
            page.contains("请选择用途") && page.contains("写过的话") && !page.contains(&whole),
            "{role:?}"
        );
        let silent = stage.send(person, &asks, &[("why", "与银行核对"), ("reason", " ")]).await;
        let (status, page) = read(silent).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{role:?}");
        assert!(page.contains("value=\"与银行核对\" selected") && !page.contains(&whole), "{role:?}");

        let shown = stage.send(person, &asks, &SOUND).await;
        assert_eq!(shown.headers().get(header::CACHE_CONTROL).unwrap(), "no-store", "{role:?}");
        let (status, page) = read(shown).await;
        assert!(status == StatusCode::OK && page.contains(&whole), "{role:?}");
        let (_, page) = stage.page(person, &format!("/loans/{id}")).await;
        assert!(!page.contains(&whole), "{role:?}: it stays masked everywhere else");

        if role != Role::CentreClerk && role != Role::Supervisor {
            let other = stage.somebody(role, id, false).await;
            let (status, page) = read(stage.send(other, &asks, &SOUND).await).await;
            assert!(status == StatusCode::NOT_FOUND && !page.contains(&masked), "{role:?} elsewhere");
        }
    }
    for role in [Role::Leader, Role::PairedCadre] {
        let person = stage.somebody(role, id, true).await;
        let (status, page) = stage.page(person, &format!("/loans/{id}")).await;
        assert!(status == StatusCode::OK && page.contains(&masked) && !page.contains("/unmask"), "{role:?}");
    }
    let person = stage.somebody(Role::CentreClerk, id, true).await;
    let (status, _) = stage.page(person, &format!("/loans/{id}/unmask?kind=account")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "no such number is kept");
    let (status, _) = stage.page(person, &format!("/loans/{id}/unmask?kind=phone")).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "the book does not hold this one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_members_number_is_asked_for_on_the_households_page() {
    let stage = Stage::new().await;
    let loans = stage.rows(Area::County).await;
    let [own, other] = ["ZY0000", "ZY0001"].map(|number| {
        let loan = loans.iter().find(|loan| loan.number == number).unwrap();
        (loan.loan_id, loan.household_id.unwrap())
    });
    let whole = identity(0);
    for role in [Role::CreditManager, Role::StationClerk, Role::BankClerk, Role::CentreClerk] {
        let person = stage.somebody(role, own.0, true).await;
        let household = format!("/households/{}", own.1);
        let (_, page) = stage.page(person, &household).await;
        let hrefs = page.split("href=\"").filter_map(|rest| rest.split('"').next());
        let mut asks = hrefs.map(|href| href.replace("&#38;", "&")).filter(|href| href.contains("/unmask?"));
        let asks = asks.next().unwrap();
        assert!(!page.contains(&whole), "{role:?}");
        let (_, yesterday) = stage.page(person, &format!("{household}?day=2019-06-16")).await;
        assert!(!yesterday.contains("/unmask"), "{role:?}: asked for as things are today");
        let (status, form) = stage.page(person, &asks).await;
        assert!(status == StatusCode::OK && form.contains(&household) && !form.contains(&whole), "{role:?}");
        let (status, page) = read(stage.send(person, &asks, &SOUND).await).await;
        assert!(status == StatusCode::OK && page.contains(&whole), "{role:?}");
        let elsewhere = asks.replace(&household, &format!("/households/{}", other.1));
        let (status, _) = read(stage.send(person, &elsewhere, &SOUND).await).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{role:?}: they do not belong to another household");
    }
    let leader = stage.somebody(Role::Leader, own.0, true).await;
    let (_, page) = stage.page(leader, &format!("/households/{}", own.1)).await;
    assert!(page.contains("********") && !page.contains("/unmask"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_a_line_for_whoever_sees_the_whole_county() {
    let stage = Stage::new().await;
    let (id, ..) = first(&stage).await;
    let (db, ctx) = (&stage.app.db, stage.app.ctx("cli"));
    bangfu_usecase::export::loans(db, &ctx, ctx.today, None, Some("报送审计")).await.unwrap();
    for person in stage.people.iter().filter(|one| one.role == Role::Supervisor) {
        for path in ["/unmaskings", "/unmaskings?who=0", "/unmaskings/export.csv"] {
            let (status, page) = stage.page(person, path).await;
            let told = page.contains("导出全县台账，8 个号码") && page.contains("报送审计");
            assert_eq!((status, told), (StatusCode::OK, person.area == Area::County), "{path}");
            assert!(told == page.contains("命令行"), "{path}: and who");
        }
    }
    let clerk = stage.somebody(Role::BankClerk, id, true).await;
    assert_eq!(stage.page(clerk, "/unmaskings").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_tells_who_looked_to_whoever_answers_for_the_area() {
    let stage = Stage::new().await;
    let (id, asks, whole) = first(&stage).await;
    let clerk = stage.somebody(Role::BankClerk, id, true).await;
    read(stage.send(clerk, &asks, &SOUND).await).await;
    for role in [Role::CentreClerk, Role::Supervisor] {
        for inside in [true, false] {
            let person = stage.somebody(role, id, inside).await;
            for path in ["/unmaskings", "/unmaskings?day=2019-06-17", "/unmaskings/export.csv"] {
                let (status, page) = stage.page(person, path).await;
                assert_eq!(status, StatusCode::OK, "{role:?} {path}");
                assert_eq!(page.contains("本人到窗口办理展期"), inside, "{role:?} {inside} {path}");
                assert_eq!(page.contains("农户0"), inside, "{role:?} {inside} {path}");
                assert_eq!(page.contains("bank-clerk"), inside, "{role:?} {inside} {path}: not even who");
                assert!(!page.contains(&whole), "the record holds no number");
            }
            let (_, page) = stage.page(person, "/unmaskings?day=2019-06-16").await;
            assert!(!page.contains("农户0"), "another day");
            let (_, page) = stage.page(person, "/unmaskings?who=1").await;
            assert!(!page.contains("农户0"), "another person");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_county_may_limit_how_many_a_person_sees_on_a_day() {
    let stage = Stage::new().await;
    let privacy = Privacy { unmask_per_day: Some(2), ..Privacy::default() };
    let app = App { privacy, ..stage.app.clone() };
    let stage = stage.served_as(app);
    let (id, asks, whole) = first(&stage).await;
    let clerk = stage.somebody(Role::BankClerk, id, true).await;
    for told in ["1", "2"] {
        let (_, page) = read(stage.send(clerk, &asks, &SOUND).await).await;
        assert!(page.contains(&whole) && page.contains(&format!("查看了 {told} 个号码")), "{told}");
    }
    let (status, page) = read(stage.send(clerk, &asks, &SOUND).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.contains(&whole) && page.contains("上限"));
    let manager = stage.somebody(Role::CreditManager, id, true).await;
    let (_, page) = read(stage.send(manager, &asks, &SOUND).await).await;
    assert!(page.contains(&whole), "each person by themselves");
}
