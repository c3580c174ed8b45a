//! A difference as everybody meets it who meets it at all: what a page offers is done when it is sent, and what it does not
//! offer is not there.

use axum::http::StatusCode;
use bangfu_domain::officer::Role;
use bangfu_store::{Area, difference};
use bangfu_usecase::access::{Right, may};

use super::stage::{DAY, Stage, read};

/// A difference about a loan, and the loan.
async fn one(stage: &Stage) -> (i64, i64) {
    let mut tx = stage.app.db.read().await.unwrap();
    let (scope, all) = (stage.app.ctx("test").scope, difference::Filter::default());
    let page = difference::list(&mut tx, &scope, DAY, &all, None, 99).await.unwrap();
    let about =
        page.rows.iter().find_map(|row| Some((row.difference.difference_id, row.difference.loan_id?)));
    about.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_offered_a_form_may_send_it_and_nobody_else() {
    let stage = Stage::new().await;
    let (id, loan) = one(&stage).await;
    let mut offered = 0;
    for person in &stage.people {
        let what = format!("{:?} in {:?}", person.role, person.area);
        let post = bangfu_store::account::Post { post_id: 0, role: person.role, area: person.area };
        let sees = may(&post, Right::SeeDifferences) && stage.loans(person.area).await.contains_key(&loan);
        let forms = format!("action=\"/differences/{id}/");
        let mut offers = Vec::new();
        for path in [format!("/differences/{id}"), "/differences?state=all".to_owned()] {
            let (status, page) = stage.page(person, &path).await;
            assert!(status == StatusCode::OK || !sees, "{what}: {path}");
            offers.push(page.contains(&forms));
        }
        let settles = person.role == Role::CentreClerk && person.area == Area::County;
        assert_eq!(offers, [settles, settles], "{what}");
        offered += usize::from(settles);
        let expected = if settles { StatusCode::SEE_OTHER } else { StatusCode::NOT_FOUND };
        for (form, fields) in [
            ("assign", &[("days", "3")][..]),
            ("resolve", &[("way", "book-right"), ("reason", "已核对")][..]),
            ("reopen", &[("reason", "再核对一次")][..]),
        ] {
            let sent = stage.send(person, &format!("/differences/{id}/{form}"), fields).await;
            assert_eq!(sent.status(), expected, "{what}: {form}");
        }
        let id = id.to_string();
        let fields = [("id", id.as_str()), ("what", "resolve"), ("way", "book-right"), ("reason", "已核对")];
        let (status, page) = read(stage.send(person, "/differences/bulk", &fields).await).await;
        let bulk = if settles { StatusCode::OK } else { StatusCode::NOT_FOUND };
        assert_eq!(status, bulk, "{what}: {page}");
    }
    assert_eq!(offered, 1, "somebody settles them");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_no_differences_is_told_of_none_and_led_to_none() {
    let stage = Stage::new().await;
    let (_, loan) = one(&stage).await;
    let (mut told, mut untold) = (0, 0);
    for person in &stage.people {
        let post = bangfu_store::account::Post { post_id: 0, role: person.role, area: person.area };
        if !may(&post, Right::SeeBook) || !stage.loans(person.area).await.contains_key(&loan) {
            continue;
        }
        let sees = may(&post, Right::SeeDifferences);
        for path in ["/board".to_owned(), format!("/loans/{loan}")] {
            let (status, page) = stage.page(person, &path).await;
            assert_eq!(status, StatusCode::OK, "{:?}: {path}", person.role);
            // The menu leads whoever may go there from every page.
            let main = page.split_once("<main").unwrap().1;
            assert_eq!(main.contains("/differences"), sees, "{:?} in {:?}: {path}", person.role, person.area);
            assert!(sees || !main.contains("待核对的出入"), "{:?}: {path}", person.role);
        }
        told += usize::from(sees);
        untold += usize::from(!sees);
    }
    assert!(told > 0 && untold > 0);
}
