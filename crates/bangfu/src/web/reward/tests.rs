//! A list by its pages: from the draft to the payment, what the public is told, and what a loan's page says.

use axum::body::to_bytes;
use axum::http::{Method, StatusCode};
use bangfu_domain::officer::Role;
use bangfu_sheets::Kind;
use bangfu_sheets::book::Cell;
use bangfu_store::Area;
use bangfu_usecase::account::{self, Attempt, Hashing, NewAccount};
use bangfu_usecase::import::{self, Meter, Take, Upload};

use crate::intake;
use crate::web::matrix::stage::{Person, Stage, identity, read};

const PHONE: &str = "13800138000";

/// What the bank reports: two loans are repaid in time.
async fn repay(stage: &Stage) {
    let header = "机构名称,客户名称,证件号码,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n";
    let row = |index: usize, amount: i64, left: i64, branch: &str| {
        let who = identity(index);
        format!("{branch},农户{index},{who},ZY{index:04},20190612,还本,{amount},{left},T{index}\n")
    };
    let rows = [row(2, 50_000, 0, "农商银行白石渡支行"), row(3, 50_000, 0, "农商银行城关支行")];
    let households = format!(
        "乡镇,村,户主姓名,姓名,身份证号码,与户主关系,联系电话\n白石渡镇,白石渡村,农户2,农户2,{},户主,{PHONE}\n",
        identity(2)
    );
    for (kind, text) in
        [(Kind::Repayments, format!("{header}{}", rows.concat())), (Kind::Households, households)]
    {
        let upload = Upload {
            kind,
            file_name: "more.csv".to_owned(),
            file_hash: String::new(),
            book: intake::own(text.as_bytes()).unwrap(),
            as_of: None,
            until_on: None,
            layout: None,
            mended: 0,
        };
        let ctx = stage.app.ctx("test");
        let id = import::stage(&stage.app.db, &ctx, &upload).await.unwrap();
        import::take(&stage.app.db, &ctx, id, Take::Good, &Meter::default()).await.unwrap();
    }
}

/// Another clerk of the county's centre.
async fn second_clerk(stage: &Stage) -> Person {
    let (login, password) = ("second".to_owned(), "walks-through-every-door".to_owned());
    let hashing = Hashing::default();
    let (db, ctx) = (&stage.app.db, stage.app.ctx("test"));
    let new = NewAccount {
        login: login.clone(),
        name: login.clone(),
        role: Role::CentreClerk,
        area: Area::County,
        password: Some(password.clone()),
    };
    account::create(db, &ctx, &hashing, &new).await.unwrap();
    let attempt = Attempt { login, password, address: String::new(), agent: String::new(), before: None };
    let token = account::sign_in(db, &ctx, &hashing, &attempt).await.unwrap();
    Person { role: Role::CentreClerk, area: Area::County, token }
}

fn county(stage: &Stage, role: Role) -> &Person {
    stage.people.iter().find(|one| one.role == role && one.area == Area::County).unwrap()
}

fn version(page: &str) -> String {
    let at = page.find("name=\"version\" value=\"").expect("a form of the list");
    page[at + 22..].split('"').next().unwrap().to_owned()
}

/// Sends a form of a list's page with the version that the page shows; the answer's status and page.
async fn act(stage: &Stage, who: &Person, list: &str, what: &str, fields: &[(&str, &str)]) -> StatusCode {
    let (_, page) = stage.page(who, list).await;
    let version = version(&page);
    let fields = [fields, &[("version", version.as_str())]].concat();
    let (status, answer) = read(stage.send(who, &format!("{list}/{what}"), &fields).await).await;
    assert!(status == StatusCode::SEE_OTHER || answer.contains("note bad"), "{what}: {status}");
    status
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_made_checked_shown_approved_and_paid_by_its_pages() {
    let stage = Stage::new().await;
    repay(&stage).await;
    let (maker, checker) = (county(&stage, Role::CentreClerk), second_clerk(&stage).await);
    let loan = stage.loans(Area::County).await.into_iter().find(|(_, number)| number == "ZY0002").unwrap().0;
    let (_, page) = stage.page(maker, &format!("/loans/{loan}")).await;
    let reward = page.split("id=\"reward\"").nth(1).expect("a loan's page tells of its reward");
    assert!(reward.contains("还没有列入名单") && reward.contains("1,000.00"), "{reward}");
    let owed = stage.loans(Area::County).await.into_iter().find(|(_, number)| number == "ZY0004").unwrap().0;
    let (_, page) = stage.page(maker, &format!("/loans/{owed}")).await;
    assert!(page.contains("以前还清就有这笔奖励"), "{page}");
    // Look first, then make.
    let (status, page) = stage.page(maker, "/rewards?from=2019-06-01&until=2019-06-17").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("2 条") && page.contains("2,000.00"), "{page}");
    let period = [("from", "2019-06-01"), ("until", "2019-06-17")];
    let made = stage.send(maker, "/rewards", &period).await;
    let list = made.headers()["location"].to_str().unwrap().to_owned();
    let (status, page) = read(stage.send(maker, "/rewards", &period).await).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("没有可以奖励"), "{page}");
    // The maker finds no way to check it; who looks finds no form at all.
    let (_, page) = stage.page(maker, &list).await;
    assert!(page.contains("/withdraw") && !page.contains("/check\""), "{page}");
    for role in [Role::Leader, Role::Supervisor] {
        let (status, page) = stage.page(county(&stage, role), &list).await;
        assert_eq!(status, StatusCode::OK);
        assert!(!page.contains("name=\"version\""), "{role:?} looks");
    }
    let (_, home) = stage.page(&checker, "/").await;
    assert!(home.contains("奖励名单等待"), "it waits for a second person");
    assert_eq!(act(&stage, &checker, &list, "check", &[("reason", "")]).await, StatusCode::SEE_OTHER);
    let nowhere = [("from", "2019-06-17"), ("place", "")];
    assert_eq!(act(&stage, maker, &list, "publish", &nowhere).await, StatusCode::UNPROCESSABLE_ENTITY);
    let public = [("from", "2019-06-17"), ("place", "村公示栏")];
    assert_eq!(act(&stage, maker, &list, "publish", &public).await, StatusCode::SEE_OTHER);
    let objection = [("row", "1"), ("by_whom", "村民甲"), ("on_day", "2019-06-17"), ("words", "<b>不同意")];
    assert_eq!(act(&stage, maker, &list, "object", &objection).await, StatusCode::SEE_OTHER);
    let (_, page) = stage.page(&checker, &list).await;
    assert!(page.contains("/decide") && !page.contains("<b>不同意"), "nothing of it is markup");
    let (_, own) = stage.page(maker, &list).await;
    assert!(!own.contains("/decide\""), "nobody decides on what they recorded");
    let at = page.find("name=\"objection\" value=\"").unwrap();
    let objection = page[at + 24..].split('"').next().unwrap();
    let decision = [("objection", objection), ("upheld", "no"), ("reason", "已核实")];
    assert_eq!(act(&stage, &checker, &list, "decide", &decision).await, StatusCode::SEE_OTHER);
    // The publicity is not over on the demo's day: nothing is approved or paid.
    let early = act(&stage, &checker, &list, "approve", &[("reason", "")]).await;
    assert_eq!(early, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_is_told_no_number_of_anybody() {
    let stage = Stage::new().await;
    repay(&stage).await;
    let (maker, checker) = (county(&stage, Role::CentreClerk), second_clerk(&stage).await);
    let period = [("from", "2019-06-01"), ("until", "2019-06-17")];
    let made = stage.send(maker, "/rewards", &period).await;
    let list = made.headers()["location"].to_str().unwrap().to_owned();
    act(&stage, &checker, &list, "check", &[("reason", "")]).await;
    act(&stage, maker, &list, "publish", &[("from", "2019-06-17"), ("place", "村公示栏")]).await;
    let (status, page) = stage.page(maker, &format!("{list}/publicity")).await;
    assert_eq!(status, StatusCode::OK);
    let sheet = cells(&stage, maker, &format!("{list}/publicity.xlsx")).await;
    for text in [&page, &sheet] {
        assert!(text.contains("农**") && text.contains("白石渡村"), "{text}");
        for secret in ["农户2", "农户3", "ZY0002", "ZY0003", PHONE, "8000", &identity(2), &identity(3)] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        // Of an identity number and a phone not even the ends are told.
        for number in [identity(2), identity(3), PHONE.to_owned()] {
            let ends = [&number[..6], &number[number.len() - 4..]];
            assert!(ends.iter().all(|end| !text.contains(*end)), "{ends:?}");
        }
    }
    // The county's own form names people and contracts, and still no such number.
    let form = cells(&stage, maker, &format!("{list}/list.xlsx")).await;
    assert!(form.contains("农户2") && form.contains("ZY0002"), "{form}");
    assert!(form.contains("贰仟元整") && form.contains("经办：") && form.contains("审批："), "{form}");
    for secret in [identity(2), identity(3), PHONE.to_owned()] {
        assert!(!form.contains(&secret), "{form}");
    }
}

/// All that stands in a workbook.
async fn cells(stage: &Stage, who: &Person, path: &str) -> String {
    let response = stage.answered(&who.token, &Method::GET, path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    let bytes = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    let book = intake::own(&bytes).unwrap();
    let rows = book.sheets.iter().flat_map(|sheet| &sheet.rows).flatten();
    let text = |cell: &Cell| match cell {
        Cell::Text(text) => text.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Date(day) => day.to_string(),
        _ => String::new(),
    };
    rows.map(text).collect::<Vec<_>>().join("\n")
}
