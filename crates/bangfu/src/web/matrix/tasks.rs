//! What is to be done in an area, and what is recorded of it.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use bangfu_domain::loan::add_days;
use bangfu_store::Area;
use bangfu_usecase::close::close;
use bangfu_usecase::task::handling;

use super::groups::{RECORDS, SEES_LOANS};
use super::stage::{DAY, Stage, read};

#[tokio::test(flavor = "multi_thread")]
async fn tasks_and_contacts_are_those_of_the_area() {
    let stage = Stage::new().await;
    close(&stage.app.db, &stage.app.ctx("test"), DAY, |_| ()).await.unwrap();
    let everything = stage.loans(Area::County).await;
    let ids: Vec<i64> = everything.keys().copied().collect();
    let ctx = stage.app.ctx("test");
    let mut open = BTreeSet::new();
    for id in &ids {
        let handled = handling(&mut stage.app.db.read().await.unwrap(), &ctx, *id).await.unwrap();
        open.extend(handled.task.map(|stored| stored.loan_id));
    }
    assert!(open.len() >= 4, "of both places: {open:?}");
    let mut written = 0;
    for person in stage.people.iter().filter(|person| SEES_LOANS.contains(&person.role)) {
        let what = format!("{:?} in {:?}", person.role, person.area);
        let inside = stage.loans(person.area).await;
        let mut seen = 0;
        for show in ["late", "today", "soon", "promised", "later", "resting"] {
            let (status, page) = stage.page(person, &format!("/tasks?show={show}")).await;
            assert_eq!(status, StatusCode::OK, "{what}: {show}");
            for (id, number) in &everything {
                let named = page.contains(number.as_str());
                assert!(!named || inside.contains_key(id), "{what}: {show} names {number}");
                seen += usize::from(named);
            }
        }
        let theirs = open.iter().filter(|id| inside.contains_key(id)).count();
        assert_eq!(seen, theirs, "{what}: each stands in one part");
        for id in &ids {
            let may = RECORDS.contains(&person.role) && inside.contains_key(id);
            let (status, form) = stage.page(person, &format!("/loans/{id}/contact")).await;
            assert_eq!(status == StatusCode::OK, may, "{what}: {id}: {status}");
            assert_eq!(form.contains("name=\"outcome\""), may, "{what}: {id}");
            let fields = [("day", "2019-06-17"), ("way", "visit"), ("met", "本人"), ("outcome", "hardship")];
            let (status, _) = read(stage.send(person, &format!("/loans/{id}/contact"), &fields).await).await;
            assert_eq!(status == StatusCode::SEE_OTHER, may, "{what}: {id}: {status}");
            written += usize::from(may);
        }
    }
    let mut kept = 0;
    for id in &ids {
        let mut tx = stage.app.db.read().await.unwrap();
        kept += handling(&mut tx, &ctx, *id).await.unwrap().contacts.len();
    }
    assert_eq!(kept, written, "and nobody else's is kept");
    // What is wrong is told, and stays typed.
    let clerk = stage.people.iter().find(|one| RECORDS.contains(&one.role)).unwrap();
    let id = *stage.loans(clerk.area).await.keys().next().unwrap();
    for (fields, told) in [
        ([("day", "2019-06-18"), ("outcome", "hardship"), ("amount", ""), ("met", "本人")], "不能晚于今天"),
        ([("day", "2019-06-17"), ("outcome", ""), ("amount", ""), ("met", "本人")], "请选择结果"),
        (
            [("day", "2019-06-17"), ("outcome", "will-repay"), ("amount", "五千多"), ("met", "<b>甲")],
            "看不懂",
        ),
        (
            [("day", "2019-06-17"), ("outcome", "will-repay"), ("amount", "5000"), ("met", "<b>甲")],
            "要写日期",
        ),
    ] {
        let fields = [&fields[..], &[("way", "phone")]].concat();
        let (status, page) = read(stage.send(clerk, &format!("/loans/{id}/contact"), &fields).await).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
        assert!(page.contains(told) && page.contains("value=\"phone\" selected"), "{told}: {page}");
        assert!(!page.contains("<b>甲"), "nothing of it is markup");
    }
}

/// Every day is closed and told by itself, so that each office has notices of its own.
#[tokio::test(flavor = "multi_thread")]
async fn an_office_sees_its_own_notices_and_no_other() {
    let stage = Stage::new().await;
    let ctx = stage.app.ctx("test");
    for days in (0..=9).rev() {
        close(&stage.app.db, &ctx, add_days(DAY, -days), |_| ()).await.unwrap();
    }
    let everything = stage.loans(Area::County).await;
    let link = |page: &str| -> BTreeSet<String> {
        let found = page.match_indices("href=\"/notices/");
        found.map(|(at, _)| page[at + 6..].split('"').next().unwrap().to_owned()).collect()
    };
    let mut all = BTreeSet::new();
    let mut of_people = Vec::new();
    for person in stage.people.iter().filter(|person| SEES_LOANS.contains(&person.role)) {
        let (status, page) = stage.page(person, "/notices").await;
        assert_eq!(status, StatusCode::OK, "{:?} in {:?}", person.role, person.area);
        let theirs = link(&page);
        all.extend(theirs.iter().cloned());
        of_people.push((person, theirs));
    }
    assert!(all.len() >= 4, "of a township, a branch and the county at least: {all:?}");
    for (person, theirs) in of_people {
        let what = format!("{:?} in {:?}", person.role, person.area);
        let inside = stage.loans(person.area).await;
        for path in &all {
            let (status, page) = stage.page(person, path).await;
            assert_eq!(status == StatusCode::OK, theirs.contains(path), "{what}: {path}: {status}");
            for (id, number) in &everything {
                assert!(!page.contains(number.as_str()) || inside.contains_key(id), "{what}: {number}");
            }
        }
    }
}
