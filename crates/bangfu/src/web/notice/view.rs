//! What the pages of notices show.

use bangfu_domain::money::Fen;
use bangfu_domain::text::masked_name;
use bangfu_domain::warning::Standing;
use bangfu_store::alert::AlertRow;
use bangfu_store::notice::Notice;
use bangfu_usecase::notice::inbox::{Count, counts};
use jiff::civil::Date;

use crate::texts::{Lang, Value};
use crate::web::loan::list::Names;
use crate::web::message::view::Way;
use crate::web::page::{Page, unsigned};

/// A notice in the list.
#[derive(Debug, Clone)]
pub(crate) struct NoticeRow {
    /// Its id.
    pub(crate) notice_id: i64,
    /// Its page.
    pub(crate) href: String,
    /// The day.
    pub(crate) on_day: Date,
    /// Whether it was told at once.
    pub(crate) at_once: bool,
    /// How many loans of what.
    pub(crate) counts: Vec<Count>,
}

/// A notice with the loans behind it.
#[derive(Debug, Clone)]
pub(crate) struct NoticeView {
    /// The day.
    pub(crate) on_day: Date,
    /// Whether it was told at once.
    pub(crate) at_once: bool,
    /// How many loans of what.
    pub(crate) counts: Vec<Count>,
    /// How it was sent, besides to the inbox.
    pub(crate) ways: Vec<Way>,
    /// The loans, as many as are shown.
    pub(crate) rows: Vec<AlertView>,
    /// How many loans there are in all.
    pub(crate) loans: u64,
    /// The same for a group of people: no whole name, no number.
    pub(crate) group_text: String,
}

/// A loan behind a notice.
#[derive(Debug, Clone)]
pub(crate) struct AlertView {
    /// Its page.
    pub(crate) href: String,
    /// The borrower.
    pub(crate) borrower: String,
    /// 借据号.
    pub(crate) number: String,
    /// Township and village.
    pub(crate) place: String,
    /// The credit manager.
    pub(crate) manager: Option<String>,
    /// The level that was told.
    pub(crate) level: Standing,
    /// What of it, as a word.
    pub(crate) kind: String,
    /// The due day.
    pub(crate) due_on: Date,
    /// What is owed now.
    pub(crate) balance: Fen,
    /// How it stands now.
    pub(crate) standing: Standing,
}

impl Page {
    /// What is told of a level, in words.
    pub(crate) fn alert_kind(&self, kind: &str) -> String {
        self.t(&format!("alert-{kind}"))
    }

    /// How many loans are told of.
    pub(crate) fn alert_count(&self, count: &Count) -> String {
        let loans = unsigned(count.loans);
        self.t2("alert-count", "what", self.alert_kind(&count.kind), "n", loans)
    }
}

/// A notice as a line of the list.
pub(super) fn line(notice: &Notice) -> NoticeRow {
    NoticeRow {
        notice_id: notice.notice_id,
        href: super::path(notice.notice_id),
        on_day: notice.on_day,
        at_once: notice.at_once,
        counts: counts(notice),
    }
}

/// A notice with its loans.
pub(super) fn view(
    lang: Lang,
    names: &Names,
    county: &str,
    notice: &Notice,
    (alerts, ways): (&[AlertRow], Vec<Way>),
) -> NoticeView {
    let rows: Vec<AlertView> = alerts.iter().map(|alert| row(names, alert)).collect();
    let counts = counts(notice);
    NoticeView {
        on_day: notice.on_day,
        at_once: notice.at_once,
        ways,
        loans: unsigned(counts.iter().map(|count| count.loans).sum::<i64>()),
        counts,
        group_text: group_text(lang, county, notice.on_day, &rows),
        rows,
    }
}

fn row(names: &Names, alert: &AlertRow) -> AlertView {
    let (township, village) = names.village(alert.village_id);
    AlertView {
        href: format!("/loans/{}", alert.loan_id),
        borrower: alert.borrower_name.clone(),
        number: alert.number.clone(),
        place: format!("{township} {village}").trim().to_owned(),
        manager: alert.manager_id.and_then(|id| names.officer(id)).map(str::to_owned),
        level: alert.level,
        kind: alert.kind.clone(),
        due_on: alert.due_on,
        balance: alert.balance_fen,
        standing: alert.standing,
    }
}

/// What can be told to a group of people: whom to look after, where and until when, and nothing that only the office may know.
fn group_text(lang: Lang, county: &str, on_day: Date, rows: &[AlertView]) -> String {
    let head = lang.text_with(
        "notice-group-head",
        &[("county", Value::from(county)), ("day", Value::from(lang.day_plain(on_day)))],
    );
    let line = |row: &AlertView| {
        let what = lang.text(&format!("alert-{}", row.kind));
        lang.text_with(
            "notice-group-line",
            &[
                ("level", Value::from(lang.text(&format!("standing-{}", row.level.key())))),
                ("what", Value::from(what)),
                ("place", Value::from(row.place.as_str())),
                ("name", Value::from(masked_name(&row.borrower))),
                ("due", Value::from(lang.day_plain(row.due_on))),
                ("manager", Value::from(row.manager.clone().unwrap_or_else(|| lang.text("nobody")))),
            ],
        )
    };
    std::iter::once(head).chain(rows.iter().map(line)).collect::<Vec<_>>().join("\n")
}
