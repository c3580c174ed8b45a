//! The pages of what carries loans: branches, officers, households.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use bangfu_store::Area;
use bangfu_store::loan::ListRow;

use super::groups::{SEES_LOANS, SEES_OFFICERS};
use super::stage::{DAY, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_carries_no_loan_of_an_area_is_not_there() {
    let stage = Stage::new().await;
    let everything = stage.rows(Area::County).await;
    let carriers = |row: &ListRow| {
        let manager = row.manager_id.map(|id| format!("/officers/{id}"));
        let household = row.household_id.map(|id| format!("/households/{id}"));
        [Some(format!("/branches/{}", row.branch_id)), manager, household].into_iter().flatten().collect()
    };
    let all: BTreeSet<String> = everything.iter().flat_map(|row| -> Vec<String> { carriers(row) }).collect();
    assert_eq!(all.len(), 2 + 2 + 8);
    for person in stage.people.iter().filter(|person| SEES_LOANS.contains(&person.role)) {
        let what = format!("{:?} in {:?}", person.role, person.area);
        let inside = stage.rows(person.area).await;
        let theirs: BTreeSet<String> =
            inside.iter().flat_map(|row| -> Vec<String> { carriers(row) }).collect();
        let foreign: Vec<&str> =
            everything.iter().filter(|row| !inside.contains(row)).map(|row| row.number.as_str()).collect();
        for path in &all {
            let (status, page) =
                stage.asked(Some(&person.token), &Method::GET, &format!("{path}?day={DAY}"), None).await;
            let may = !path.starts_with("/officers") || SEES_OFFICERS.contains(&person.role);
            let there = may && (theirs.contains(path) || person.area == Area::County);
            assert_eq!(status == StatusCode::OK, there, "{what}: {path}: {status}");
            for number in &foreign {
                assert!(!page.contains(number), "{what}: {path} names {number}");
            }
        }
    }
}
