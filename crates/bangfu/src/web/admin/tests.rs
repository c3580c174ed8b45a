//! Pages of administration, rendered with made-up data.

use askama::Template;
use bangfu_domain::division::Level;
use bangfu_domain::policy::Words;
use bangfu_domain::service_point::PointKind;
use bangfu_store::division::{ALWAYS, Term};
use bangfu_store::service_point::ServicePoint;
use bangfu_usecase::access::Right;
use bangfu_usecase::checkup::{Finding, State};
use bangfu_usecase::division::change::Place;
use bangfu_usecase::service_point::Served;
use bangfu_usecase::system::{LastBackup, SystemState};
use jiff::civil::date;

use super::places::{self, Typed};
use super::service_point;
use super::system::{Process, shown};
use super::{AdminPage, cards};
use crate::texts::Lang;
use crate::web::menu::Section;
use crate::web::tests::{keep, page};

#[test]
fn cards_lead_to_what_one_may_open() {
    for lang in Lang::ALL {
        for all in [true, false] {
            let cards = cards(|right| all || right == Right::SeeSystem);
            let html = AdminPage { page: page(lang, Section::Administration), cards }.render().unwrap();
            keep(&format!("admin-{}-{all}", lang.key()), &html);
            assert!(html.contains("href=\"/admin/system\""));
            assert_eq!(html.contains("<a class=\"btn\" href=\"/accounts\""), all);
        }
    }
}

fn state(findings: usize) -> SystemState {
    let ill = Finding::new("close", State::Ill, "close-never", &[("county", "宜章县".to_owned())]);
    let well = Finding::new("write", State::Well, "write", &[]);
    SystemState {
        closed_on: (findings > 0).then(|| date(2019, 6, 14)),
        behind: (findings > 1).then_some(3),
        is_shared: findings > 0,
        night: (findings > 1).then(|| "17c9-442".to_owned()),
        imports: if findings > 0 {
            vec![("arriving".to_owned(), 1), ("staged".to_owned(), 2)]
        } else {
            Vec::new()
        },
        bytes: 41 << 20,
        pack: (findings > 0).then(|| Words { zh: "宜章 2019".to_owned(), en: "Yizhang 2019".to_owned() }),
        rules_since: Some(0),
        sessions: 3,
        backup: (findings > 1).then(|| LastBackup {
            at: 1,
            actor: "cli".to_owned(),
            file: "archive: /backups/book.bak".to_owned(),
        }),
        findings: [vec![ill; findings / 2], vec![well; findings.div_ceil(2)]].concat(),
    }
}

#[test]
fn the_system_tells_what_is_well_and_what_is_to_be_done() {
    let at = date(2019, 6, 17).at(9, 0, 0, 0);
    for lang in Lang::ALL {
        for findings in [0, 1, 12] {
            let space = (findings > 0).then(|| ("/srv/bangfu".to_owned(), (findings > 1).then_some(7 << 30)));
            let certificate = (findings > 0).then_some((at, if findings > 1 { -1 } else { 29 }));
            let process = Process { started_at: at, reading: findings / 6, space, certificate };
            let findings = usize::try_from(findings).unwrap();
            let state = state(findings);
            let shown = shown(page(lang, Section::Administration), &state, &process, |_| at);
            assert_eq!(shown.ill(), findings / 2);
            let html = shown.render().unwrap();
            keep(&format!("admin-system-{}-{findings}", lang.key()), &html);
            assert_eq!(html.contains(&lang.text("system-well")), findings < 2);
            assert_eq!(
                html.contains(&lang.text("system-backup-none")),
                findings < 2,
                "no backup is told with a cure"
            );
            assert_eq!(html.contains("17c9-442"), findings > 1);
            assert_eq!(html.contains("archive: /backups/book.bak"), findings > 1);
            assert_eq!(html.contains(&lang.text("system-certificate")), findings > 0);
            assert_eq!(html.contains("bangfu close"), findings > 1, "the cure is told");
        }
    }
}

fn term(number: usize, level: Level, name: &str) -> Term {
    Term {
        division_id: 7,
        level,
        code: format!("43102210{number:04}"),
        name: name.to_owned(),
        parent_id: Some(3),
        valid_from: if number == 0 { ALWAYS.0 } else { date(2019, 7, 1) },
        valid_to: if number == 0 { date(2019, 6, 30) } else { ALWAYS.1 },
        successor_id: None,
    }
}

#[test]
fn a_place_shows_what_it_was_called_and_what_may_be_done_there() {
    for lang in Lang::ALL {
        for (level, within) in
            [(Level::County, 19), (Level::Township, 1), (Level::Township, 0), (Level::Village, 0)]
        {
            let place = Place {
                terms: vec![term(0, level, "白石渡镇"), term(1, level, "新名镇")],
                within: (0..within).map(|number| term(number, Level::Village, "白石渡村")).collect(),
                townships: match level {
                    Level::Village => vec![(term(2, Level::Township, "玉溪镇"), String::new())],
                    _ => Vec::new(),
                },
                beside: match level {
                    Level::County => Vec::new(),
                    _ => vec![(term(3, level, "城北"), "玉溪镇".to_owned())],
                },
                seen: "abc".to_owned(),
            };
            let typed = Typed { code: "4310221".to_owned(), ..Typed::default() };
            let page = page(lang, Section::Administration);
            let html = places::view(page, 7, &place, (typed, Some("代码要 12 位数字".to_owned())), 1);
            let html = html.render().unwrap();
            keep(&format!("admin-place-{}-{}-{within}", lang.key(), level.key()), &html);
            assert!(html.contains("2019-06-30") && html.contains("代码要 12 位数字"));
            assert_eq!(html.contains("/admin/places/7/add"), level != Level::Village);
            assert!(html.contains("value=\"4310221\""), "what was typed stays");
            assert_eq!(html.contains("/admin/places/7/end"), level != Level::County);
            assert_eq!(html.contains("/admin/places/7/move"), level == Level::Village);
            assert_eq!(html.contains("/admin/places/7/merge"), level != Level::County);
            assert_eq!(html.contains("/admin/places/recode/check"), level == Level::County);
            assert_eq!(html.contains("/admin/places/list/check"), level == Level::County);
            assert!(html.contains("/admin/places/7/service-point"));
            assert_eq!(
                html.matches("name=\"seen\" value=\"abc\"").count(),
                html.matches("name=\"seen\"").count()
            );
        }
    }
}

#[test]
fn a_place_shows_its_service_points_and_the_form_what_stands() {
    let today = date(2019, 6, 17);
    let point = |name: Option<&str>, to_on| ServicePoint {
        service_point_id: 1,
        division_id: 7,
        kind: PointKind::Centre,
        name: name.map(str::to_owned),
        from_on: ALWAYS.0,
        to_on,
    };
    for lang in Lang::ALL {
        let several = vec![point(None, Some(date(2019, 3, 1))), point(Some("白石渡中心"), None)];
        for points in [Vec::new(), vec![point(None, Some(date(2019, 3, 1)))], several] {
            let (count, stands) = (points.len(), points.len() == 2);
            let place = term(0, Level::Township, "白石渡镇");
            let served = Served { place, points, seen: "abc".to_owned() };
            let shown = |failed| {
                let page = page(lang, Section::Administration);
                service_point::view(page, 7, &served, today, failed).render().unwrap()
            };
            let html = shown(None);
            keep(&format!("admin-service-point-{}-{count}", lang.key()), &html);
            assert_eq!(html.contains("value=\"白石渡中心\""), stands, "what stands is filled in");
            assert_eq!(html.contains("value=\"2019-06-17\""), !stands, "a new one opens today");
            assert_eq!(html.contains(&lang.text("place-no-point")), count == 0);
            let typed = service_point::Typed { name: "所".to_owned(), ..Default::default() };
            let html = shown(Some(("已停办".to_owned(), typed)));
            assert!(html.contains("已停办") && html.contains("value=\"所\"") && html.contains("\"abc\""));
        }
    }
}
