//! Every route × role × two areas: what somebody has no right to, and what lies outside their area, is not there.

mod carriers;
mod groups;
mod lists;
mod papers;
mod places;
mod programs;
mod settled;
pub(super) mod stage;
mod tasks;

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use bangfu_domain::officer::Role;
use bangfu_store::{Area, difference};

use super::doors;
use super::doors::Pass;
use super::session::form_token_of;
use groups::{AT_WORK, EVERYBODY, GROUPS, SEES_DIFFERENCES, SIGNED_IN};
use stage::{DAY, Stage};

/// A route with something in the place of what it names.
fn filled(path: &str) -> String {
    ["{id}", "{job}", "{post}", "{loan}"]
        .iter()
        .fold(path.replace("{name}", "ledger.xlsx"), |path, name| path.replace(name, "1"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_in_whom_it_should_and_nobody_else() {
    let stage = Stage::new().await;
    let (_, all) = doors(1 << 20).hung();
    let mut unlisted: BTreeSet<String> =
        all.iter().map(|door| format!("{} {}", door.method, door.path)).collect();
    for door in &all {
        let name = format!("{} {}", door.method, door.path);
        let path = filled(door.path);
        let group =
            GROUPS.iter().chain(papers::GROUPS).find(|(_, _, routes)| routes.contains(&name.as_str()));
        let nobody = stage.asked(None, &door.method, &path, None).await.0;
        match group {
            None if name == AT_WORK => {
                assert_eq!((door.pass, nobody), (Pass::AtWork, StatusCode::SEE_OTHER), "{name}");
                for person in &stage.people {
                    let (status, _) = stage.asked(Some(&person.token), &door.method, &path, None).await;
                    assert_eq!(status, StatusCode::OK, "{:?} in {:?}", person.role, person.area);
                }
            }
            None if SIGNED_IN.contains(&name.as_str()) => {
                assert_eq!((door.pass, nobody), (Pass::SignedIn, StatusCode::SEE_OTHER), "{name}");
            }
            None => {
                let everybody = EVERYBODY.iter().chain(papers::EVERYBODY).any(|known| *known == name);
                assert!(everybody, "{name} is listed nowhere");
                assert_eq!(door.pass, Pass::Everybody, "{name}");
            }
            Some((roles, whole, _)) => {
                assert!(matches!(door.pass, Pass::With(_)), "{name}");
                assert_eq!(nobody, StatusCode::SEE_OTHER, "{name}: nobody passes who is not signed in");
                for person in &stage.people {
                    let may = roles.contains(&person.role) && (!whole || person.area == Area::County);
                    let what = format!("{name} as {:?} in {:?}", person.role, person.area);
                    let (status, _) = stage.asked(Some(&person.token), &door.method, &path, None).await;
                    match (may, &door.method) {
                        // A form that does not carry the word of this session does nothing.
                        (_, &Method::POST) => assert_eq!(status, StatusCode::FORBIDDEN, "{what}"),
                        (true, _) if !door.path.contains('{') => {
                            let is_there = status != StatusCode::NOT_FOUND && !status.is_server_error();
                            assert!(is_there, "{what}: {status}");
                        }
                        (true, _) => assert!(!status.is_server_error(), "{what}: {status}"),
                        (false, _) => assert_eq!(status, StatusCode::NOT_FOUND, "{what}"),
                    }
                    if door.method == Method::POST && !may {
                        let form = format!("csrf={}", form_token_of(&person.token));
                        let (status, _) =
                            stage.asked(Some(&person.token), &door.method, &path, Some(&form)).await;
                        assert_eq!(status, StatusCode::NOT_FOUND, "{what}, with the form's word");
                    }
                }
            }
        }
        unlisted.remove(&name);
    }
    assert!(unlisted.is_empty(), "{unlisted:?}");
    let listed = GROUPS
        .iter()
        .chain(papers::GROUPS)
        .flat_map(|(_, _, routes)| routes.iter())
        .chain(SIGNED_IN)
        .chain(EVERYBODY)
        .chain(papers::EVERYBODY)
        .count()
        + 1;
    assert_eq!(listed, all.len(), "a route is listed that is not there");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_outside_an_area_is_not_there_in_pages_counts_searches_and_files() {
    let stage = Stage::new().await;
    let everything = stage.loans(Area::County).await;
    assert_eq!(everything.len(), 8);
    let differences: Vec<(i64, Option<i64>)> = {
        let mut tx = stage.app.db.read().await.unwrap();
        let scope = stage.app.ctx("test").scope;
        let all = difference::Filter::default();
        let page = difference::list(&mut tx, &scope, DAY, &all, None, 99).await.unwrap();
        page.rows.iter().map(|one| (one.difference.difference_id, one.difference.loan_id)).collect()
    };
    assert!(differences.len() >= 2, "{differences:?}");
    for person in stage.people.iter().filter(|person| person.role != Role::Administrator) {
        let what = format!("{:?} in {:?}", person.role, person.area);
        let inside = stage.loans(person.area).await;
        assert_eq!(inside.len(), if person.area == Area::County { 8 } else { 4 }, "{what}");
        let get = async |path: String| stage.asked(Some(&person.token), &Method::GET, &path, None).await;
        for (id, number) in &everything {
            let (status, page) = get(format!("/loans/{id}?day={DAY}")).await;
            let (_, found) = get(format!("/loans?day={DAY}&q={number}&state=any")).await;
            if inside.contains_key(id) {
                assert_eq!(status, StatusCode::OK, "{what}: {number}");
                assert!(found.contains(&format!("/loans/{id}")), "{what}: {number}");
            } else {
                assert_eq!(status, StatusCode::NOT_FOUND, "{what}: {number}");
                assert!(
                    !page.contains(number) && !found.contains(&format!("/loans/{id}")),
                    "{what}: {number}"
                );
            }
        }
        for path in [
            "/",
            "/loans?state=any",
            "/loans/export.csv?state=any",
            "/board",
            "/board.csv",
            "/board?by=village",
            "/board?by=branch",
            "/board?by=officer",
            "/officers",
            "/divisions",
            "/differences",
            "/differences/export.csv",
            "/differences/slip",
        ] {
            let (_, page) = get(path.to_owned()).await;
            for number in
                everything.iter().filter(|(id, _)| !inside.contains_key(id)).map(|(_, number)| number)
            {
                assert!(!page.contains(number.as_str()), "{what}: {path} names {number}");
            }
            let foreign = match person.area {
                Area::Division(_) | Area::Branch(_) | Area::Officer(_) => {
                    let first = inside.values().next().unwrap().ends_with('0');
                    if first {
                        ["城北", "农商银行城关支行", "钱管户"]
                    } else {
                        ["白石渡村", "农商银行白石渡支行", "赵管户"]
                    }
                }
                Area::County | Area::Household(_) => continue,
            };
            // Names of places are no secret; what a branch and an officer do elsewhere is.
            for name in &foreign[1..] {
                assert!(!page.contains(name), "{what}: {path} names {name}");
            }
        }
        for (id, loan_id) in &differences {
            let (status, _) = get(format!("/differences/{id}")).await;
            let sees = SEES_DIFFERENCES.contains(&person.role)
                && loan_id.is_none_or(|loan| inside.contains_key(&loan));
            assert_eq!(status == StatusCode::OK, sees, "{what}: difference {id} of {loan_id:?}: {status}");
        }
    }
}
