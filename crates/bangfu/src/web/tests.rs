//! What the pages look like: rendered with made-up data.

use askama::Template;
use bangfu_usecase::import::Reading;
use jiff::civil::date;

use super::board::{self, BoardPage};
use super::difference::{self, DifferencePage, DifferencesPage, SlipPage};
use super::division::{DivisionsPage, view as division};
use super::failure::ErrorPage;
use super::import::view::{Stage, Unreadable, UploadForm};
use super::import::{self, ImportPage, ImportsPage, UploadPage};
use super::loan::{self, LoanPage, LoansPage};
use super::menu::Section;
use super::officer::{OfficersPage, view as officer};
use super::page::{Look, Page};
use super::session::person::Person;
use crate::texts::Lang;

pub(super) fn page(lang: Lang, section: Section) -> Page {
    Page {
        lang,
        large: false,
        look: Look::default(),
        section,
        county: "宜章县".to_owned(),
        today: date(2019, 6, 17),
        demo: true,
        address: "/".to_owned(),
        search: String::new(),
        person: Some(Person::sample()),
        through: None,
        notice: None,
    }
}

/// Writes a page where `BANGFU_PAGES` says, to be looked at in a browser.
pub(super) fn keep(name: &str, html: &str) {
    if let Ok(folder) = std::env::var("BANGFU_PAGES") {
        let css = super::assets::address("bangfu.css");
        let html = html.replace(&css, "bangfu.css");
        std::fs::write(format!("{folder}/{name}.html"), html).unwrap();
    }
}

#[test]
fn the_board_renders_in_both_languages_with_no_one_and_many_rows() {
    for lang in Lang::ALL {
        for rows in [0, 1, 19, 266] {
            let page = page(lang, Section::Board);
            let html =
                BoardPage { page, board: board::sample::board(lang, rows, rows == 19) }.render().unwrap();
            keep(&format!("board-{}-{rows}", lang.key()), &html);
            assert!(html.contains("<html lang="));
            assert!(html.contains(&lang.text("days-to-confirm")), "who confirms the days is told");
        }
    }
}

#[test]
fn large_type_is_another_sheet_on_screens_and_the_same_on_paper() {
    let board = || board::sample::board(Lang::Zh, 1, false);
    let large = Page { large: true, ..page(Lang::Zh, Section::Board) };
    let large = BoardPage { page: large, board: board() }.render().unwrap();
    let usual = BoardPage { page: page(Lang::Zh, Section::Board), board: board() }.render().unwrap();
    let (sheet, larger) = (super::assets::address("bangfu.css"), super::assets::address("bangfu-large.css"));
    assert!(usual.contains(&sheet) && !usual.contains(&larger) && usual.contains("value=\"large\""));
    assert!(large.contains(&format!("media=\"screen\" href=\"{larger}\"")));
    assert!(large.contains(&format!("media=\"print\" href=\"{sheet}\"")));
    assert!(large.contains("value=\"usual\""), "and the way back");
}

#[test]
fn lists_of_loans_render_with_no_one_and_many_rows() {
    for lang in Lang::ALL {
        for rows in [0, 1, 50] {
            let html = LoansPage { page: page(lang, Section::Loans), list: loan::sample::list(rows) }
                .render()
                .unwrap();
            keep(&format!("loans-{}-{rows}", lang.key()), &html);
            assert_eq!(html.contains("rel=\"next\""), rows == 50);
        }
        let html = LoanPage {
            page: page(lang, Section::Loans),
            loan: loan::sample::loan(),
            handling: None,
            reward: None,
            papers: None,
        }
        .render()
        .unwrap();
        assert!(html.contains(&lang.text("due-provisional")), "a due day that may move is told");
        keep(&format!("loan-{}", lang.key()), &html);
    }
}

#[test]
fn differences_render_with_no_one_and_many_rows() {
    for lang in Lang::ALL {
        for rows in [0, 1, 50] {
            let list = difference::sample::list(lang, rows);
            let html = DifferencesPage { page: page(lang, Section::Import), list }.render().unwrap();
            keep(&format!("differences-{}-{rows}", lang.key()), &html);
            assert_eq!(html.contains("rel=\"next\""), rows == 50);
            assert_eq!(
                html.matches("/assign\"").count(),
                rows - rows.div_ceil(4),
                "what is settled is given to nobody"
            );
            let slip = difference::sample::slip(rows);
            let html = SlipPage { page: page(lang, Section::Import), slip }.render().unwrap();
            keep(&format!("difference-slip-{}-{rows}", lang.key()), &html);
            assert_eq!(html.contains(&lang.text("slip-by")), rows > 0);
        }
        let one = difference::sample::one("请选择核实结论。");
        let html = DifferencePage { page: page(lang, Section::Import), one }.render().unwrap();
        keep(&format!("difference-{}", lang.key()), &html);
        assert!(html.contains("请选择核实结论。") && html.contains("写过的话"), "what was typed stays");
        assert!(html.contains("href=\"/import/9\""), "the file that settled it has its link");
    }
}

#[test]
fn imports_render_at_every_stage() {
    let stages = [
        Stage::Reading(Reading::default()),
        Stage::Reading(Reading { done: 1200, total: 6995, writing: false }),
        Stage::Unreadable(Unreadable {
            message: "缺少这些列".to_owned(),
            cure: "补上表头".to_owned(),
            missing: vec!["借据号 / 合同号".to_owned()],
            found: vec!["户主姓名".to_owned()],
            kind: "ledger".to_owned(),
            guess: Some("households".to_owned()),
        }),
        Stage::Staged,
        Stage::Taking(Reading { done: 500, total: 6918, writing: true }),
        Stage::Taken { at: date(2019, 6, 17).at(9, 6, 0, 0) },
        Stage::Undoing(Reading { done: 500, total: 6918, writing: true }),
        Stage::Undone { at: date(2019, 6, 17).at(9, 8, 0, 0), by: "web".to_owned() },
    ];
    for lang in Lang::ALL {
        for (number, stage) in stages.iter().enumerate() {
            for bad in [0, 45] {
                let import = import::sample::import(stage.clone(), bad);
                let is_compared = import.is_compared();
                let html = ImportPage { page: page(lang, Section::Import), import }.render().unwrap();
                // Whoever has the ledger on paper finds a row by its borrower and number.
                assert_eq!(html.contains("<small>胡建冬 4310222018000667</small>"), is_compared);
                keep(&format!("import-{}-{number}-{bad}", lang.key()), &html);
            }
        }
        for rows in [0, 12] {
            let imports = import::sample::rows(rows);
            let html = ImportsPage { page: page(lang, Section::Import), imports }.render().unwrap();
            keep(&format!("imports-{}-{rows}", lang.key()), &html);
            let form =
                UploadForm { faults: vec![("file", "请选择文件".to_owned())], ..UploadForm::default() };
            let recent = import::sample::rows(rows.min(5));
            let html = UploadPage { page: page(lang, Section::Import), form, recent }.render().unwrap();
            keep(&format!("upload-{}-{rows}", lang.key()), &html);
        }
    }
}

#[test]
fn places_people_and_errors_render() {
    let tally = board::table::tally(12, 39_250_000);
    for lang in Lang::ALL {
        let townships = ["玉溪镇", "天塘镇", "莽山瑶族乡"].into_iter().zip(0..).map(|(name, number)| {
            let villages = (200..214).map(|part| division::VillageRow {
                code: format!("43102210{number}{part}"),
                name: "白石渡村".to_owned(),
                service_point: part % 5 != 0,
                owing: if part % 3 == 0 { board::table::tally(0, 0) } else { tally },
                href: "/loans".to_owned(),
            });
            division::TownshipRow {
                code: format!("43102210{number}000"),
                name: name.to_owned(),
                service_point: true,
                owing: tally,
                href: "/loans".to_owned(),
                villages: villages.collect(),
                open: number == 0,
            }
        });
        let divisions = division::Divisions {
            search: String::new(),
            townships: 19,
            villages: 246,
            communities: 20,
            points: division::Points { county: 1, townships: 19, villages: 246 },
            rows: townships.collect(),
        };
        let html = DivisionsPage { page: page(lang, Section::Divisions), divisions }.render().unwrap();
        keep(&format!("divisions-{}", lang.key()), &html);
        assert!(html.contains("<b>266</b>") && html.contains(&lang.text("service-station-none")));
        let officers =
            board::sample::board(lang, 5, false).rows.into_iter().enumerate().map(|(index, row)| {
                officer::OfficerRow {
                    name: "薛明梅".to_owned(),
                    href: "/officers/1".to_owned(),
                    role_keys: vec![["credit-manager", "industry-guide"][index % 2].to_owned()],
                    unconfirmed: index == 3,
                    households: 61,
                    households_href: "/loans?state=any&tied=3".to_owned(),
                    loans: (index % 2 == 0).then(|| (row.owing.loans, row.owing_href.clone())),
                    cells: if index % 2 == 0 { row.cells } else { Vec::new() },
                }
            });
        let groups = vec![officer::OfficerGroup {
            place: "玉溪镇".to_owned(),
            anchor: "p1".to_owned(),
            officers: officers.collect(),
        }];
        let roles = vec![("credit-manager".to_owned(), 57)];
        for groups in [groups, Vec::new()] {
            let name = format!("officers-{}-{}", lang.key(), groups.len());
            let officers = officer::Officers {
                search: String::new(),
                role: "credit-manager".to_owned(),
                roles: roles.clone(),
                count: 113,
                groups,
            };
            let html = OfficersPage { page: page(lang, Section::Officers), officers }.render().unwrap();
            keep(&name, &html);
        }
        let html = ErrorPage {
            page: page(lang, Section::Elsewhere),
            status: 404,
            title: "这里没有内容".to_owned(),
            message: "地址可能写错了，或者内容已被移走。".to_owned(),
            reference: Some("a1b2c3".to_owned()),
        };
        keep(&format!("error-{}", lang.key()), &html.render().unwrap());
    }
}
