//! Papers: of whose area, with what in them, and the page behind a card, which opens one loan and nothing else.

use axum::http::{Method, StatusCode, header};
use bangfu_domain::officer::Role;
use bangfu_store::Area;

use super::groups::Group;
use super::stage::{DAY, Person, Stage, identity, read};

/// Whoever may make papers.
pub(super) const MAKES: &[Role] = &[
    Role::CreditManager,
    Role::StationClerk,
    Role::CentreClerk,
    Role::BankClerk,
    Role::Supervisor,
    Role::Leader,
];

pub(super) const GROUPS: &[Group] = &[
    (
        MAKES,
        false,
        &[
            "GET /papers",
            "POST /papers",
            "POST /papers/find",
            "GET /papers/{id}",
            "GET /papers/{id}/paper.xlsx",
            "GET /papers/{id}/paper.docx",
            "POST /papers/{id}/revoke",
        ],
    ),
    (
        super::groups::CENTRE,
        true,
        &["GET /papers/texts", "GET /papers/texts/{name}", "POST /papers/texts/{name}"],
    ),
    (super::groups::SEES_LOANS, false, &["GET /limitations"]),
    (super::groups::RECORDS, false, &["GET /loans/{id}/receipt", "POST /loans/{id}/receipt"]),
];

/// Open to everybody: a card's address tells nothing before the digits are typed.
pub(super) const EVERYBODY: &[&str] = &["GET /c/{id}", "POST /c/{id}"];

/// Makes a paper; where it is, if it was made.
async fn made(stage: &Stage, person: &Person, fields: &[(&str, &str)]) -> Option<String> {
    let response = stage.send(person, "/papers", fields).await;
    let made = response.status() == StatusCode::SEE_OTHER;
    made.then(|| response.headers()[header::LOCATION].to_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_is_there_for_whoever_sees_its_area_and_for_nobody_else() {
    let stage = Stage::new().await;
    let everything = stage.loans(Area::County).await;
    let day = DAY.to_string();
    let mut all = Vec::new();
    for person in stage.people.iter().filter(|person| MAKES.contains(&person.role)) {
        let what = format!("{:?} in {:?}", person.role, person.area);
        let inside = stage.loans(person.area).await;
        for kind in ["monthly", "collection", "roster", "meeting", "publicity"] {
            let fields = [("kind", kind), ("day", &day), ("days", "90")];
            let at = made(&stage, person, &fields).await;
            let lists = !matches!(person.area, Area::Officer(_));
            let places = matches!(person.area, Area::Division(_)) || kind != "publicity";
            assert_eq!(at.is_some(), lists && places, "{what}: {kind}");
            let Some(at) = at else { continue };
            let (status, page) = stage.page(person, &at).await;
            assert_eq!(status, StatusCode::OK, "{what}: {kind}");
            for (id, number) in &everything {
                assert!(
                    !page.contains(number.as_str()) || inside.contains_key(id),
                    "{what}: {kind} {number}"
                );
            }
            for index in 0..8 {
                assert!(!page.contains(&identity(index)), "{what}: {kind}: no number stands there whole");
            }
            all.push((at, person.area));
        }
    }
    for person in stage.people.iter().filter(|person| MAKES.contains(&person.role)) {
        for (at, area) in &all {
            // In this book no township lies in another, and no branch in a place.
            let sees = person.area == *area || person.area == Area::County;
            let what = format!("{:?} in {:?}: {at} of {area:?}", person.role, person.area);
            let (status, _) = stage.page(person, at).await;
            assert_eq!(status == StatusCode::OK, sees, "{what}: {status}");
            for file in ["paper.xlsx", "paper.docx"] {
                let (status, _) = stage.page(person, &format!("{at}/{file}")).await;
                assert_eq!(status == StatusCode::OK, sees, "{what}/{file}: {status}");
            }
            let code = at.trim_start_matches("/papers/");
            let answer = stage.send(person, "/papers/find", &[("code", code)]).await;
            assert_eq!(answer.status() == StatusCode::SEE_OTHER, sees, "{what}");
            let answer = stage.send(person, "/loans/find", &[("q", &code.to_lowercase())]).await;
            assert_eq!(answer.headers()[header::LOCATION] == at.as_str(), sees, "{what}, by the search box");
        }
        // What is no code, and what is nobody's, are told alike.
        let (status, page) = read(stage.send(person, "/papers/find", &[("code", "2222-2222")]).await).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("没有找到编号"), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_public_names_nobodys_number() {
    let stage = Stage::new().await;
    let clerk = stage.people.iter().find(|one| one.role == Role::StationClerk).unwrap();
    let day = DAY.to_string();
    let at = made(&stage, clerk, &[("kind", "publicity"), ("day", &day)]).await.unwrap();
    for path in [at.clone(), format!("{at}/paper.docx")] {
        let (_, page) = stage.page(clerk, &path).await;
        for index in 0..8 {
            let number = identity(index);
            for part in [number.as_str(), &number[..6], &number[14..]] {
                assert!(!page.contains(part), "{path}: {part}");
            }
        }
    }
    let (_, page) = stage.page(clerk, &at).await;
    let sheet = page.split("<article").nth(1).unwrap().split("</article>").next().unwrap();
    assert!(
        sheet.contains("农户") && !sheet.contains("ZY00"),
        "a name, and the number without its beginning"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_opens_its_loan_to_whoever_knows_the_digits_and_waits_after_wrong_ones() {
    let stage = Stage::new().await;
    let loans = stage.loans(Area::County).await;
    // The due day of the first two is near, and the bank's movement did not fit.
    let (loan_id, number) = loans.iter().find(|(_, number)| number.ends_with('2')).unwrap();
    let clerk = stage.somebody(Role::CreditManager, *loan_id, true).await;
    let id = loan_id.to_string();
    let fields = [("kind", "card"), ("loan", id.as_str())];
    let outside = stage.somebody(Role::CreditManager, *loan_id, false).await;
    assert_eq!(made(&stage, outside, &fields).await, None);
    let at = made(&stage, clerk, &fields).await.unwrap();
    // The host stands in the address: without one, there is none.
    let request = axum::http::Request::builder()
        .uri(&at)
        .header(header::HOST, "localhost")
        .header(header::COOKIE, format!("{}={}", super::super::session::COOKIE, clerk.token))
        .body(axum::body::Body::empty())
        .unwrap();
    let (_, page) = stage.sent(request).await;
    let token = page.split("http://localhost").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(token.starts_with("/c/") && token.len() == 35, "{token}");
    let (status, page) = stage.asked(None, &Method::GET, &token, None).await;
    assert_eq!(status, StatusCode::OK);
    for said in [number.as_str(), "农户", "50,000.00", "30,000.00"] {
        assert!(!page.contains(said), "{said} before the digits");
    }
    assert_eq!(stage.asked(None, &Method::GET, "/c/0123", None).await.0, StatusCode::NOT_FOUND);
    let digits = identity(2)[14..].to_owned();
    let opened = async |digits: &str| {
        let form = format!("digits={digits}");
        stage.asked(None, &Method::POST, &token, Some(&form)).await
    };
    let (status, page) = opened(&digits).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        page.contains("50,000.00") && page.contains("利息以银行为准") && page.contains("赵管户"),
        "{page}"
    );
    for (other, number) in &loans {
        assert!(!page.contains(number.as_str()), "{other}: not even its own number");
    }
    for _ in 1..5 {
        assert_eq!(opened("0000").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(opened("0000").await.0, StatusCode::TOO_MANY_REQUESTS);
    let (status, page) = opened(&digits).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS, "not even the right ones are looked at");
    assert!(!page.contains("50,000.00"));
    let revoked = stage.send(clerk, &format!("{at}/revoke"), &[]).await;
    assert_eq!(revoked.status(), StatusCode::SEE_OTHER);
    assert_eq!(stage.asked(None, &Method::GET, &token, None).await.0, StatusCode::NOT_FOUND);
    assert_eq!(opened(&digits).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_countys_own_words_stand_on_papers_made_from_then_on() {
    let stage = Stage::new().await;
    let county = |one: &&Person| one.role == Role::CentreClerk && one.area == Area::County;
    let centre = stage.people.iter().find(county).unwrap();
    let day = DAY.to_string();
    let fields = [("kind", "monthly"), ("day", day.as_str())];
    let before = made(&stage, centre, &fields).await.unwrap();
    let told = |title: &'static str, seen: &'static str| {
        [("seen", seen), ("title", title), ("before", "余额{balance}"), ("unit", "宜章县")]
    };
    let path = "/papers/texts/monthly";
    let (status, page) = read(stage.send(centre, path, &told("{month}月报，{money}", "0")).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("不认识“money”") && page.contains("{overdue_rate}"),
        "with the names that are known"
    );
    assert!(page.contains("{month}月报，{money}"), "what was typed stays");
    assert_eq!(stage.send(centre, path, &told("{month}金融月报", "0")).await.status(), StatusCode::SEE_OTHER);
    let (status, page) = read(stage.send(centre, path, &told("另一个", "0")).await).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("刚刚改过"), "somebody was faster");
    let after = made(&stage, centre, &fields).await.unwrap();
    assert!(stage.page(centre, &after).await.1.contains("2019年6月金融月报"));
    assert!(!stage.page(centre, &before).await.1.contains("金融月报"), "what was made before stays");
}
