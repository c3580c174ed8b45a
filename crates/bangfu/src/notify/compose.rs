//! What a message says. Offices are told counts and where to look, never whom.

use bangfu_domain::message::desk::Desk;
use bangfu_domain::message::slip::Place;
use bangfu_usecase::message::send::{Claimed, What};
use bangfu_usecase::message::slip::Facts;
use bangfu_usecase::notice::inbox::counts;
use bangfu_usecase::notice::weekly::lines;
use serde_json::{Value as Json, json};

use crate::texts::{Lang, Value};

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// In a line.
    pub(super) subject: String,
    /// What is told, a thing a line.
    pub(super) lines: Vec<String>,
    /// Where to look.
    pub(super) link: Option<String>,
    /// All of it, for people.
    pub(super) text: String,
    /// All of it, for programs.
    pub(super) facts: Json,
}

/// Offices and borrowers are told in Chinese.
const LANG: Lang = Lang::Zh;

/// What a message says; `pages` is the address under which people open these pages.
pub(super) fn compose(claimed: &Claimed, pages: Option<&str>) -> Said {
    let link = |path: String| pages.map(|pages| format!("{}{path}", pages.trim_end_matches('/')));
    let lang = LANG;
    match &claimed.what {
        What::Slip(facts) => {
            let text = slip_text(lang, facts).split_whitespace().collect::<Vec<_>>().join(" ");
            Said { subject: String::new(), lines: Vec::new(), link: None, facts: Json::Null, text }
        }
        What::Notice(notice, office) => {
            let counts = counts(notice);
            let key = if notice.at_once { "message-subject-at-once" } else { "message-subject" };
            let args = [
                ("county", Value::from(claimed.county.as_str())),
                ("office", Value::from(office.as_str())),
                ("day", Value::from(lang.day_plain(notice.on_day))),
            ];
            let lines = counts.iter().map(|count| {
                let what = lang.text(&format!("alert-{}", count.kind));
                let args = [("what", Value::from(what)), ("n", Value::from(count.loans))];
                format!(
                    "{}：{}",
                    lang.text(&format!("standing-{}", count.level.key())),
                    lang.text_with("alert-count", &args)
                )
            });
            let facts = counts
                .iter()
                .map(|count| json!({ "kind": count.kind, "level": count.level.key(), "loans": count.loans }));
            let facts = json!({ "kind": "notice", "day": notice.on_day, "office": Desk::Office(notice.recipient).key(),
                                "place": office, "at_once": notice.at_once, "counts": facts.collect::<Vec<_>>() });
            let link = link(format!("/notices/{}", notice.notice_id));
            told(lang.text_with(key, &args), lines.collect(), link, facts)
        }
        What::Weekly(list) => {
            let townships = lines(list);
            let sum = |of: fn(&bangfu_usecase::notice::weekly::TownshipLine) -> i64| {
                townships.iter().map(of).sum::<i64>()
            };
            let (late, lasting, overdue) =
                (sum(|one| one.late_long), sum(|one| one.lasting), sum(|one| one.overdue));
            let args = [
                ("county", Value::from(claimed.county.as_str())),
                ("day", Value::from(lang.day_plain(list.on_day))),
            ];
            let line = |key: &str, n: i64| lang.text_with(key, &[("n", Value::from(n))]);
            let lines = vec![
                line("weekly-line-late", late),
                line("weekly-line-lasting", lasting),
                line("weekly-line-overdue", overdue),
            ];
            let facts = json!({ "kind": "weekly", "day": list.on_day, "late": late, "lasting": lasting,
                                "overdue": overdue });
            let link = link(format!("/weekly/{}", list.list_id));
            told(lang.text_with("weekly-subject", &args), lines, link, facts)
        }
    }
}

fn told(subject: String, lines: Vec<String>, link: Option<String>, mut facts: Json) -> Said {
    let end = match &link {
        Some(link) => LANG.text_with("message-open-at", &[("link", Value::from(link.as_str()))]),
        None => LANG.text("message-open"),
    };
    let text = std::iter::once(subject.clone()).chain(lines.iter().cloned()).chain([end]);
    let text = text.collect::<Vec<_>>().join("\n");
    if let Json::Object(facts) = &mut facts {
        facts.insert("text".to_owned(), json!(text));
        facts.insert("link".to_owned(), json!(link));
    }
    Said { subject, lines, link, text, facts }
}

/// A slip's text with its places filled in.
pub(crate) fn slip_text(lang: Lang, facts: &Facts) -> String {
    facts.text.fill(|place| match place {
        Place::Name => facts.row.borrower_name.clone(),
        Place::Due => lang.day_plain(facts.row.about_on),
        Place::Amount => lang.yuan_bare(facts.row.balance_fen),
        Place::Number => facts.row.number.clone(),
        Place::Manager => facts.manager.clone().unwrap_or_else(|| lang.text("slip-no-manager")),
        Place::Phone => facts.phone.clone().unwrap_or_else(|| lang.text("slip-no-phone")),
        Place::Branch => facts.branch.clone(),
        Place::Village => format!("{}{}", facts.township, facts.village),
        Place::County => facts.county.clone(),
        Place::Day => lang.day_plain(facts.day),
    })
}
