//! Lists that are kept and shared: what names somebody stays with whoever wrote it.

use axum::http::StatusCode;
use bangfu_domain::officer::Role;
use bangfu_store::Area;

use super::stage::{DAY, Stage, read};

#[tokio::test(flavor = "multi_thread")]
async fn what_names_somebody_is_kept_and_not_shared() {
    let stage = Stage::new().await;
    let clerk =
        stage.people.iter().find(|one| (one.role, one.area) == (Role::CentreClerk, Area::County)).unwrap();
    for (words, personal) in [
        ("q=%E5%86%9C%E6%88%B71&state=any", true),
        ("household=1", true),
        ("tied=1", true),
        ("state=overdue&township=431022101000", false),
    ] {
        let (status, offered) = stage.page(clerk, &format!("/loans?day={DAY}&{words}")).await;
        assert_eq!((status, offered.contains("name=\"shared\"")), (StatusCode::OK, !personal), "{words}");
        let save = async |shared: &str| {
            let fields = [("name", &words[..5]), ("words", words), ("shared", shared)];
            read(stage.send(clerk, "/lists", &fields).await).await
        };
        let (status, page) = save("1").await;
        let refused = page.contains("只能自己留用");
        assert_eq!(
            (status == StatusCode::UNPROCESSABLE_ENTITY, refused),
            (personal, personal),
            "{words}: {status}"
        );
        assert_eq!(save("").await.0, StatusCode::SEE_OTHER, "{words}");
    }
    let other = stage.people.iter().find(|one| one.role == Role::StationClerk).unwrap();
    let (_, home) = stage.page(other, "/").await;
    assert!(!home.contains("household=1") && !home.contains("q=%E5"), "nobody else is led there");
}
