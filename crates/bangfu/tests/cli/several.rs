//! Several servers on one database: they answer alike, one of them closes, and a kill loses no answered write.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bangfu_store::{Address, Db, Scope, difference};
use jiff::civil::Date;

use crate::desk::Desk;
use crate::serve::Server;

const LOANS: usize = 12;
const STRANGERS: usize = 400;

/// A ledger as of some days ago, and movements of loans that nobody has.
fn files(desk: &Desk, days: i64) -> Date {
    // Without a ledger a close does nothing but say which day it is.
    let today: Date = desk.json(&["close"])["days"][0]["date"].as_str().unwrap().parse().unwrap();
    let as_of = today.checked_sub(jiff::Span::new().days(days)).unwrap();
    let identity = ["431099197001010011", "431099198001010032"];
    let header = "乡镇,村,户主姓名,身份证号码,贷款银行,借据号,贷款金额,放款日期,到期日期,已还本金";
    let mut text = format!("台账（截至{as_of}）\n{header}\n");
    for index in 0..LOANS {
        let due = as_of.checked_add(jiff::Span::new().days(i64::try_from(index).unwrap() * 9 + 3)).unwrap();
        let who = identity[index % 2];
        let from = as_of.checked_sub(jiff::Span::new().days(300)).unwrap();
        text += &format!("白石渡镇,白石渡村,农户,{who},农商银行某支行,A{index},50000,{from},{due},0\n");
    }
    std::fs::write(desk.path("ledger.csv"), text).unwrap();
    let mut text =
        "机构名称,客户名称,证件号码,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n".to_owned();
    for index in 0..STRANGERS {
        let who = identity[index % 2];
        let day = as_of.strftime("%Y%m%d");
        text += &format!("农商银行某支行,某人,{who},X{index},{day},还本,100,0,S{index}\n");
    }
    std::fs::write(desk.path("bank.csv"), text).unwrap();
    as_of
}

fn servers(desk: &Desk) -> [Server; 2] {
    let settings = ["--metrics", "127.0.0.1:0", "--lease-seconds", "3", "--close-at", "00:00"];
    [0, 1].map(|_| Server::over(Desk::at(&desk.database), &settings))
}

fn wait(seconds: u64, what: &str, done: impl Fn() -> bool) {
    for _ in 0..seconds * 10 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("not after {seconds} s: {what}");
}

/// What a page says, without what differs from one request and one session to the next.
fn page(server: &Server, path: &str) -> String {
    let answer = server.answer(&format!("GET {path}"), b"");
    answer.split_once("\r\n\r\n").unwrap().1.replace(&server.address, "").replace(&server.word, "")
}

#[tokio::test(flavor = "multi_thread")]
async fn several_servers_answer_alike() {
    let desk = Desk::postgres().await;
    desk.init();
    let as_of = files(&desk, 3);
    assert_eq!(desk.code(&["import", "ledger", "ledger.csv"]), 0);
    assert_eq!(desk.code(&["import", "repayments", "bank.csv"]), 0);
    let servers = servers(&desk);
    let closed = || servers.iter().map(|server| server.number("bangfu_closed_days_total")).sum::<f64>();
    wait(60, "the days are closed", || closed() > 3.5);
    let loan = page(&servers[0], &format!("/loans?day={as_of}"));
    // Among the links is that to the list as a workbook, which bears the second in which it was made.
    let mut links = loan.split("href=\"/loans/").skip(1).map(|link| link.split(['"', '?']).next().unwrap());
    let loan = links.find(|id| id.parse::<i64>().is_ok()).unwrap();
    let paths = ["/", "/differences", "/imports", "/divisions", "/officers", "/layouts", "/import/1"];
    for path in
        paths.map(str::to_owned).into_iter().chain([format!("/loans/{loan}"), format!("/?day={as_of}")])
    {
        let (one, other) = (page(&servers[0], &path), page(&servers[1], &path));
        assert!(one == other && one.len() > 1_000, "{path}");
    }
    // What one of them was told, the other knows.
    let id = differences(&desk, as_of).await[0];
    let told =
        servers[0].send(&format!("/differences/{id}/resolve"), "way=corrected-at-bank&reason=told-to-one");
    assert!(told.unwrap().starts_with("HTTP/1.1 303"));
    assert!(page(&servers[1], &format!("/differences/{id}")).contains("told-to-one"));
    // The holder stops in order: the other need not wait until its lease is over.
    let [one, two] = &servers;
    let (holder, other) = if one.number("bangfu_closer") > 0.0 { (one, two) } else { (two, one) };
    holder.signal("-TERM");
    wait(10, "the lease is given back", || other.number("bangfu_closer") > 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_closes_and_a_kill_loses_no_answered_write() {
    let desk = Desk::postgres().await;
    desk.init();
    let as_of = files(&desk, 700);
    assert_eq!(desk.code(&["import", "ledger", "ledger.csv"]), 0);
    assert_eq!(desk.code(&["import", "repayments", "bank.csv"]), 0);
    let found = differences(&desk, as_of).await;
    assert_eq!(found.len(), STRANGERS);
    let servers = servers(&desk);
    wait(30, "one is elected", || servers.iter().any(|server| server.number("bangfu_closer") > 0.0));
    let first = usize::from(servers[1].number("bangfu_closer") > 0.0);
    let other = 1 - first;
    wait(60, "days are closed", || servers[first].number("bangfu_closed_days_total") > 20.0);
    assert!(servers[other].number("bangfu_closer") < 1.0, "exactly one");
    assert!(servers[other].number("bangfu_closed_days_total") < 1.0, "exactly one closes");
    // Users write at both; the one that closes is killed in the midst of it.
    let over = AtomicBool::new(false);
    let answered = std::thread::scope(|scope| {
        let write = |server: &'_ Server, from: usize| {
            let mut answered = Vec::new();
            for id in found.iter().skip(from).step_by(2) {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let form = "way=corrected-at-bank&reason=checked-with-the-branch";
                match server.send(&format!("/differences/{id}/resolve"), form) {
                    Some(answer) if answer.starts_with("HTTP/1.1 303") => answered.push(*id),
                    Some(answer) => panic!("{}", answer.lines().next().unwrap_or("")),
                    None => break,
                }
            }
            answered
        };
        let (one, two) = (&servers[first], &servers[other]);
        let dying = scope.spawn(move || write(one, 0));
        let living = scope.spawn(move || write(two, 1));
        std::thread::sleep(Duration::from_millis(1_500));
        servers[first].signal("-KILL");
        let mut answered = dying.join().unwrap();
        assert!(!answered.is_empty(), "nobody wrote at the one that was killed");
        wait(30, "the other takes over", || servers[other].number("bangfu_closer") > 0.0);
        over.store(true, Ordering::Relaxed);
        answered.extend(living.join().unwrap());
        answered
    });
    for id in answered {
        let page = page(&servers[other], &format!("/differences/{id}"));
        assert!(page.contains("checked-with-the-branch"), "an answered write is lost: {id}");
    }
    wait(240, "every day is closed", || {
        let told = servers[other].machine("/metrics");
        let closed = told
            .lines()
            .find_map(|line| line.strip_prefix("bangfu_closed_day_seconds{county=\"431022000000\"} "));
        let now = Date::constant(1970, 1, 1)
            .checked_add(jiff::Span::new().days(closed.map_or(0, |at| at.parse::<i64>().unwrap() / 86_400)))
            .unwrap();
        (now - as_of).get_days() >= 700
    });
    assert_eq!(desk.code(&["rebuild", "--check"]), 0);
}

/// The ids of the differences of the book.
async fn differences(desk: &Desk, today: Date) -> Vec<i64> {
    let db = Db::open(&Address::Postgres(desk.database.clone())).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let (scope, filter) = (Scope::county(431_022), difference::Filter::default());
    let page = difference::list(&mut tx, &scope, today, &filter, None, 9_999).await.unwrap();
    page.rows.into_iter().map(|row| row.difference.difference_id).collect()
}
