//! Pages of rules, rendered with made-up data.

use askama::Template;
use axum::http::StatusCode;
use bangfu_domain::calendar::{Calendar, EMBEDDED as DAYS, FILE};
use bangfu_domain::officer::Role;
use bangfu_domain::policy::edit::Form;
use bangfu_domain::policy::{EMBEDDED, Packs};
use bangfu_domain::warning::Standing;
use bangfu_usecase::adopt;
use bangfu_usecase::amendment::preview::{Preview, Row};
use bangfu_usecase::board::Figures;
use bangfu_usecase::import::{Meter, Reading};
use bangfu_usecase::rulebook::RuleBook;
use jiff::civil::date;

use super::AmendmentPage;
use super::view::{AmendmentRow, PreviewView, changed, effect};
use crate::texts::Lang;
use crate::web::calendar::{CalendarPage, YearForm, YearView, lines};
use crate::web::matrix::stage::{DAY, Stage};
use crate::web::menu::Section;
use crate::web::pack::edit::PackEditPage;
use crate::web::pack::view::PackView;
use crate::web::pack::{PackPage, PacksPage};
use crate::web::tests::{keep, page};

fn row(number: usize) -> AmendmentRow {
    let at = date(2019, 6, 17).at(9, 0, 0, 0);
    AmendmentRow {
        href: format!("/admin/amendments/{number}"),
        subject: "yizhang-2019".to_owned(),
        state_key: ["proposal-proposed", "amendment-in-force"][number % 2],
        look: ["staged", "good"][number % 2],
        valid_from: date(2019, 6, 17),
        maker: "赵敏（zhao）".to_owned(),
        made_at: at,
        reason: "县里定的天数 <b>".to_owned(),
        decided: (number % 2 == 1).then(|| ("钱进（qian）".to_owned(), at, "同意".to_owned())),
    }
}

fn figures(standing: Standing, loans: i64) -> Figures {
    let mut figures = Figures::default();
    let balance_fen = bangfu_domain::money::Fen::new(loans * 100);
    figures.add(standing, bangfu_store::loan::Totals { loans, balance_fen });
    figures
}

fn preview(townships: usize) -> Preview {
    let both = || (figures(Standing::Yellow, 12), figures(Standing::Red, 12));
    let township =
        |number: usize| Row { code: number.to_string(), name: format!("镇{number}"), figures: both() };
    Preview {
        day: date(2019, 6, 17),
        total: both(),
        rows: (0..townships).map(township).collect(),
        other_standing: townships * 12,
        other_due: 0,
        other_days: (0..townships).map(|_| (date(2019, 5, 20), false)).collect(),
    }
}

fn amendment(lang: Lang, preview: Option<PreviewView>, may_decide: bool) -> AmendmentPage {
    AmendmentPage {
        what_if: None,
        page: page(lang, Section::Administration),
        version: 3,
        row: AmendmentRow { href: "/admin/amendments/7".to_owned(), ..row(usize::from(preview.is_none())) },
        back: "/admin/packs".to_owned(),
        changed: changed("red = 7\n", "red = 20\n"),
        day: date(2019, 6, 17),
        adopting: preview.is_none().then(|| PreviewView::Going(Reading::default())),
        preview,
        may_withdraw: !may_decide,
        may_decide,
        faults: if may_decide { vec!["请写明理由。".to_owned()] } else { Vec::new() },
        reason: "写过的话".to_owned(),
    }
}

#[test]
fn an_amendment_shows_what_it_changes_and_would_do_and_who_may_decide() {
    for lang in Lang::ALL {
        for townships in [0, 1, 19] {
            let done = PreviewView::Done(effect(&preview(townships)));
            let html = amendment(lang, Some(done), true).render().unwrap();
            keep(&format!("amendment-{}-{townships}", lang.key()), &html);
            assert_eq!(html.matches("12 → 0").count(), townships + 1, "the county and each township");
            assert!(html.contains("/admin/amendments/7/approve") && html.contains("写过的话"));
            assert!(
                !html.contains("/admin/amendments/7/withdraw") && !html.contains("http-equiv=\"refresh\"")
            );
            assert!(html.contains("&#60;b&#62;"), "what people write stays text");
        }
        let going = PreviewView::Going(Reading { done: 3, total: 9, writing: false });
        let html = amendment(lang, Some(going), false).render().unwrap();
        keep(&format!("amendment-{}-going", lang.key()), &html);
        assert!(html.contains("http-equiv=\"refresh\"") && html.contains("value=\"3\""));
        assert!(
            html.contains("/admin/amendments/7/withdraw") && !html.contains("/admin/amendments/7/approve")
        );
        let html = amendment(lang, None, false).render().unwrap();
        keep(&format!("amendment-{}-adopting", lang.key()), &html);
        assert!(html.contains(&lang.text("amendment-adopting")));
    }
}

#[test]
fn the_calendar_shows_its_years_and_keeps_what_was_typed() {
    let calendar = Calendar::parse(FILE, DAYS).unwrap();
    for lang in Lang::ALL {
        for years in [0, 1, 12] {
            let years =
                (2016..2016 + years).map(|year| YearView { year, days: calendar.year(year).cloned() });
            let years: Vec<YearView> = years.rev().collect();
            let list = calendar.year(2019).map(|days| lines(lang, days)).unwrap();
            let form = YearForm {
                year: "2027".to_owned(),
                list: list.clone(),
                faults: vec!["第 2 行".to_owned()],
                ..YearForm::default()
            };
            let amendments = (0..years.len()).map(row).collect();
            let count = years.len();
            let shown = CalendarPage {
                page: page(lang, Section::Administration),
                years,
                amendments,
                form: Some(form),
            };
            let html = shown.render().unwrap();
            keep(&format!("calendar-{}-{count}", lang.key()), &html);
            assert!(html.contains("2019-05-05") && html.contains("第 2 行"));
            // 2027 has no notice yet.
            assert_eq!(html.contains(&lang.text("calendar-provisional-hint")), count == 12);
            // What the page shows may be sent again.
            let again = bangfu_domain::calendar::read_list(2019, &list).unwrap();
            assert_eq!(again.rest, calendar.year(2019).unwrap().rest);
        }
        let reader = CalendarPage {
            page: page(lang, Section::Administration),
            years: Vec::new(),
            amendments: Vec::new(),
            form: None,
        };
        assert!(!reader.render().unwrap().contains("multipart/form-data"), "who reads proposes nothing");
    }
}

#[test]
fn packs_are_told_in_words_with_what_is_left_open() {
    let packs = Packs::parse(&EMBEDDED).unwrap();
    for lang in Lang::ALL {
        for count in [0, 1, 4] {
            let views = packs.all().iter().take(count).map(|pack| PackView::of(lang, pack, count == 1));
            let amendments = (0..count).map(row).collect();
            let shown =
                PacksPage { page: page(lang, Section::Administration), packs: views.collect(), amendments };
            keep(&format!("packs-{}-{count}", lang.key()), &shown.render().unwrap());
        }
        for (pack, (_, text)) in packs.all().iter().zip(EMBEDDED) {
            let view = PackView::of(lang, pack, false);
            let shown = PackPage {
                page: page(lang, Section::Administration),
                pack: view,
                text: text.to_owned(),
                amendments: Vec::new(),
                may_propose: true,
            };
            let html = shown.render().unwrap();
            keep(&format!("pack-{}-{}", lang.key(), pack.id), &html);
            let open = html.matches(&format!("<span class=\"dim\">{}", lang.text("pack-open"))).count();
            let unknown = Form::of(pack).values.iter().filter(|typed| typed.value.is_empty()).count();
            assert_eq!(open, unknown, "{}", pack.id);
            let edit = PackEditPage {
                waiting: vec![date(2026, 7, 1)],
                page: page(lang, Section::Administration),
                id: pack.id.clone(),
                form: Form::of(pack),
                text: text.to_owned(),
                by_text: false,
                valid_from: "2019-06-17".to_owned(),
                reason: String::new(),
                seen: "abc".to_owned(),
                faults: vec!["own.toml:1:1".to_owned()],
            };
            let html = edit.render().unwrap();
            keep(&format!("pack-edit-{}-{}", lang.key(), pack.id), &html);
            assert_eq!(html.matches("-value\"").count(), Form::of(pack).values.len());
            assert!(html.contains("own.toml:1:1") && html.contains("name=\"red_to_days\" value=\"7\""));
        }
    }
}

#[tokio::test]
async fn pages_of_loans_say_while_new_rules_are_being_applied() {
    let stage = Stage::new().await;
    let clerk = stage.people.iter().find(|one| one.role == Role::CentreClerk).unwrap();
    let other =
        |(name, text): (&str, &str)| (name.to_owned(), text.replace("red_to_days = 7", "red_to_days = 20"));
    let rules = RuleBook::read(EMBEDDED.map(other).to_vec(), None).unwrap();
    let told = "正在换用新的规则";
    let (db, ctx) = (&stage.app.db, stage.app.ctx("rules"));
    let list = format!("/loans?day={DAY}");
    let (_, html) = stage.page(clerk, &list).await;
    let mut links = html.split("href=\"/loans/");
    let loan = links.find(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap();
    let loan = loan.split('"').next().unwrap();
    let pages = ["/".to_owned(), "/board".to_owned(), format!("/loans/{loan}"), list];
    for (under_way, step) in [(false, 0), (true, 1), (false, 2)] {
        match step {
            1 => assert!(adopt::note(db, &ctx, &rules).await.unwrap()),
            2 => assert!(adopt::go_on(db, &ctx, &Meter::default()).await.unwrap().is_some()),
            _ => {}
        }
        for path in &pages {
            let (status, html) = stage.page(clerk, path).await;
            assert_eq!((status, html.contains(told)), (StatusCode::OK, under_way), "{path} {step}");
        }
    }
}
