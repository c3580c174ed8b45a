//! A book with two of everything, and people of every role at two posts each.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::response::Parts;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use bangfu_domain::officer::Role;
use bangfu_sheets::{Kind, divisions};
use bangfu_store::loan::{self, Filter, ListRow, Order, Shown};
use bangfu_store::{Address, Area};
use bangfu_usecase::account::{self, Attempt, Hashing, NewAccount};
use bangfu_usecase::import::{self, Meter, Take, Upload};
use bangfu_usecase::init::{NewBook, TIME_ZONE, init};
use jiff::civil::{Date, date};
use tower::ServiceExt;

use super::super::routers;
use super::super::session::{COOKIE, form_token_of};
use crate::app::{App, choose_county};
use crate::clock::Clock;
use crate::intake;

/// The day of the demo's clock.
pub(in crate::web) const DAY: Date = date(2019, 6, 17);

/// Somebody who is signed in.
pub(in crate::web) struct Person {
    pub(in crate::web) role: Role,
    pub(in crate::web) area: Area,
    pub(in crate::web) token: String,
}

/// A book with loans in two places, of two branches, of two credit managers, and people of every role in two areas each.
pub(in crate::web) struct Stage {
    pub(in crate::web) app: App,
    router: Router,
    pub(in crate::web) people: Vec<Person>,
    folder: tempfile::TempDir,
}

/// The identity number of the borrower of loan `ZY` with that index.
pub(in crate::web) fn identity(index: usize) -> String {
    let body = format!("43109919700101{:03}", index + 10);
    let sum: u32 = body
        .bytes()
        .zip([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    let check = ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][usize::try_from(sum % 11).unwrap()];
    format!("{body}{check}")
}

fn ledger() -> Vec<u8> {
    let header = "乡镇,村,借款人,身份证号码,贷款银行,借据号,贷款金额（元）,放款日期,到期日期,已还本金（元）,信贷管户员";
    let places = [
        ("白石渡镇", "白石渡村", "农商银行白石渡支行", "赵管户"),
        ("玉溪镇", "城北", "农商银行城关支行", "钱管户"),
    ];
    let rows = (0..8).map(|index| {
        let (township, village, branch, manager) = places[index % 2];
        let who = identity(index);
        format!("{township},{village},农户{index},{who},{branch},ZY{index:04},50000,2018-05-01,2019-0{}-20,0,{manager}\n", 6 + index / 2)
    });
    format!("台账（截至2019-04-30）\n{header}\n{}", rows.collect::<String>()).into_bytes()
}

fn movements() -> Vec<u8> {
    let header = "机构名称,客户名称,证件号码,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n";
    let row = |index: usize, branch: &str| {
        let who = identity(index);
        format!("{branch},农户{index},{who},ZY{index:04},20190510,还本,10000,30000,S{index}\n")
    };
    format!("{header}{}{}", row(0, "农商银行白石渡支行"), row(1, "农商银行城关支行")).into_bytes()
}

impl Stage {
    pub(in crate::web) async fn new() -> Stage {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::Sqlite(folder.path().join("matrix.db"));
        let places = include_bytes!("../../../../../demo/divisions/yizhang.csv");
        let lines = divisions::read(&intake::own(places).unwrap()).unwrap();
        let book = NewBook {
            counties: vec!["431022".to_owned()],
            pack: None,
            time_zone: TIME_ZONE.to_owned(),
            demo: true,
            at: Clock::System.now(),
        };
        let db = init(&address, &lines, &book).await.unwrap();
        let county = choose_county(&db, None).await.unwrap();
        let app = App::new(db, Clock::demo(DAY), &county);
        for (kind, bytes) in [(Kind::Ledger, ledger()), (Kind::Repayments, movements())] {
            let upload = Upload {
                kind,
                file_name: "book.csv".to_owned(),
                file_hash: String::new(),
                book: intake::own(&bytes).unwrap(),
                as_of: None,
                until_on: None,
                layout: None,
                mended: 0,
            };
            let id = import::stage(&app.db, &app.ctx("test"), &upload).await.unwrap();
            import::take(&app.db, &app.ctx("test"), id, Take::Good, &Meter::default()).await.unwrap();
        }
        let people = people(&app).await;
        Stage { router: routers(app.clone()).0, app, people, folder }
    }

    pub(in crate::web) async fn asked(
        &self,
        token: Option<&str>,
        method: &Method,
        path: &str,
        form: Option<&str>,
    ) -> (StatusCode, String) {
        read(self.answer(token, method, path, form).await).await
    }

    /// A page that somebody asks for.
    pub(in crate::web) async fn page(&self, person: &Person, path: &str) -> (StatusCode, String) {
        self.asked(Some(&person.token), &Method::GET, path, None).await
    }

    /// What somebody sends with a form of theirs.
    pub(in crate::web) async fn send(
        &self,
        person: &Person,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Response {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", &form_token_of(&person.token)).extend_pairs(fields);
        self.answer(Some(&person.token), &Method::POST, path, Some(&form.finish())).await
    }

    /// What somebody is answered, as it comes.
    pub(in crate::web) async fn answered(&self, token: &str, method: &Method, path: &str) -> Response {
        self.answer(Some(token), method, path, None).await
    }

    async fn answer(&self, token: Option<&str>, method: &Method, path: &str, form: Option<&str>) -> Response {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::COOKIE, format!("{COOKIE}={token}"));
        }
        let body = match form {
            None => Body::empty(),
            Some(form) => {
                request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                Body::from(form.to_owned())
            }
        };
        self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap()
    }

    /// What a request is answered.
    pub(super) async fn sent(&self, request: Request<Body>) -> (Parts, String) {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = to_bytes(body, 1 << 24).await.unwrap();
        (parts, String::from_utf8_lossy(&body).into_owned())
    }

    /// Serves the book otherwise.
    pub(super) fn serve(&mut self, app: App) {
        self.router = routers(app).0;
    }

    /// The bytes of the database, with those that are not yet in its own place.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }

    /// The same book served otherwise.
    pub(in crate::web) fn served_as(self, app: App) -> Stage {
        Stage { router: routers(app.clone()).0, app, ..self }
    }

    /// Somebody of a role in an area that holds a loan, or, with false, in one that does not.
    pub(in crate::web) async fn somebody(&self, role: Role, loan_id: i64, inside: bool) -> &Person {
        for person in self.people.iter().filter(|person| person.role == role) {
            if self.loans(person.area).await.contains_key(&loan_id) == inside {
                return person;
            }
        }
        panic!("{role:?} is nowhere {inside}")
    }

    /// Numbers of the loans that a scope holds.
    pub(in crate::web) async fn loans(&self, area: Area) -> BTreeMap<i64, String> {
        self.rows(area).await.into_iter().map(|row| (row.loan_id, row.number)).collect()
    }

    /// The loans that a scope holds.
    pub(in crate::web) async fn rows(&self, area: Area) -> Vec<ListRow> {
        let scope = bangfu_store::Scope { area, ..self.app.ctx("test").scope };
        let all = Filter { shown: Shown::All, ..Filter::default() };
        let mut tx = self.app.db.read().await.unwrap();
        loan::list(&mut tx, &scope, DAY, &all, Order::Number, None, 99).await.unwrap().rows
    }
}

/// What an answer says.
pub(in crate::web) async fn read(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// People of every role, in each of the first two areas in which it can be held that have loans.
async fn people(app: &App) -> Vec<Person> {
    let hashing = Hashing::default();
    let mut tx = app.db.read().await.unwrap();
    let areas = account::areas(&mut tx, app.county_id, DAY).await.unwrap();
    drop(tx);
    let named = |role, texts: [&str; 2]| {
        texts.into_iter().flat_map(|text| areas.named(role, text)).collect::<Vec<Area>>()
    };
    let mut people = Vec::new();
    for role in Role::ALL {
        let mut places = match role {
            Role::BankClerk => named(role, ["农商银行白石渡支行", "农商银行城关支行"]),
            Role::StationClerk | Role::CentreClerk | Role::Supervisor | Role::Leader => {
                named(role, ["白石渡镇", "玉溪镇"])
            }
            Role::Administrator => vec![Area::County],
            _ => named(role, ["赵管户", "钱管户"]),
        };
        if matches!(role, Role::CentreClerk | Role::Supervisor | Role::Leader) {
            places.push(Area::County);
        }
        assert!(places.len() > 1 || role == Role::Administrator, "{role:?}: {places:?}");
        for (at, area) in places.into_iter().enumerate() {
            let login = format!("{}-{at}", role.key());
            let password = "walks-through-every-door".to_owned();
            let new = NewAccount {
                login: login.clone(),
                name: login.clone(),
                role,
                area,
                password: Some(password.clone()),
            };
            account::create(&app.db, &app.ctx("test"), &hashing, &new).await.unwrap();
            let attempt =
                Attempt { login, password, address: String::new(), agent: String::new(), before: None };
            let token = account::sign_in(&app.db, &app.ctx("test"), &hashing, &attempt).await.unwrap();
            people.push(Person { role, area, token });
        }
    }
    people
}
