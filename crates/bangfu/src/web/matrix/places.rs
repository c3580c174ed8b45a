//! `/divisions` as everybody meets it who may look at places: their area's, and nothing of what lies outside.

use axum::http::StatusCode;
use bangfu_store::{Area, Scope};
use bangfu_usecase::access::{Right, may};
use bangfu_usecase::division::tree;

use super::stage::{DAY, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_works_in_a_township_is_shown_that_township() {
    let stage = Stage::new().await;
    let mut parts = 0;
    for person in &stage.people {
        let post = bangfu_store::account::Post { post_id: 0, role: person.role, area: person.area };
        if !may(&post, Right::SeePlaces) {
            continue;
        }
        let (status, page) = stage.page(person, "/divisions").await;
        assert_eq!(status, StatusCode::OK);
        let shown = ["白石渡镇", "玉溪镇", "莽山瑶族乡"].map(|name| page.contains(&format!("<b>{name}</b>")));
        let what = format!("{:?} in {:?}", person.role, person.area);
        if person.area == Area::County {
            assert_eq!(shown, [true; 3], "{what}");
            continue;
        }
        parts += 1;
        assert_eq!(shown.iter().filter(|shown| **shown).count(), 1, "{what}: {shown:?}");
        assert!(!shown[2], "{what}");
        // What is counted is the township's too.
        let mut tx = stage.app.db.read().await.unwrap();
        let scope = Scope { area: person.area, ..stage.app.ctx("test").scope };
        let places = tree(&mut tx, &scope, DAY).await.unwrap();
        assert_eq!((places.townships.len(), places.has_service_centre), (1, false), "{what}");
        assert_eq!(page.matches("class=\"place\"").count(), 1, "{what}");
    }
    assert!(parts >= 4);
}
