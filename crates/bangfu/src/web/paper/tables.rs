//! The tables of papers.

use bangfu_domain::money::Fen;
use bangfu_domain::paper::PaperKind;
use bangfu_domain::reward::masked_number;
use bangfu_domain::warning::Standing;
use bangfu_sheets::export::Value;
use bangfu_sheets::paper::{Part, Table};
use bangfu_store::contact::Contact;
use bangfu_store::paper::Paper as Stored;
use bangfu_usecase::paper::{Count, Figures, Line, Month, MonthRow};

use super::compose::coverage;
use crate::texts::Lang;

/// Whether a kind of paper needs the broad side of the sheet.
pub(crate) const fn is_broad(kind: PaperKind) -> bool {
    matches!(kind, PaperKind::Monthly | PaperKind::Collection | PaperKind::Roster)
}

fn text(said: impl Into<String>) -> Value {
    Value::Text(said.into())
}

fn header(lang: Lang, keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| lang.text(key)).collect()
}

fn number(at: usize) -> Value {
    Value::Integer(i64::try_from(at + 1).unwrap_or(i64::MAX))
}

/// The tables of a month: all of it, then by place, then the month before by place.
pub(crate) fn month(lang: Lang, month: &Month) -> Vec<Part> {
    let (now, before) = (&month.total, &month.total_before);
    let row = |key: &str, now: Count, before: Count, ever: Option<Count>| {
        let pair = |of: Count| [Value::Integer(of.loans), Value::Money(of.fen)];
        let ever = ever.map_or([text(""), text("")], pair);
        [vec![text(lang.text(key))], pair(now).to_vec(), pair(before).to_vec(), ever.to_vec()].concat()
    };
    let rate = |of: &Figures| text(lang.share(of.overdue.fen, of.owing.fen));
    let none = || text("");
    let rows = vec![
        row("paper-lent", now.new, before.new, Some(now.lent)),
        row("paper-repaid", now.repaid, before.repaid, Some(now.repaid_ever)),
        row("paper-due", now.due, before.due, Some(now.due_ever)),
        row("paper-extended", now.extended, before.extended, None),
        row("paper-renewed", now.renewed, before.renewed, None),
        row("paper-owing", now.owing, before.owing, None),
        row("paper-overdue", now.overdue, before.overdue, None),
        vec![text(lang.text("paper-rate")), none(), rate(now), none(), rate(before), none(), none()],
        vec![
            text(lang.text("paper-coverage")),
            none(),
            text(coverage(lang, month.coverage)),
            none(),
            none(),
            none(),
            none(),
        ],
    ];
    let keys = [
        "paper-figure",
        "paper-month-loans",
        "paper-month-yuan",
        "paper-before-loans",
        "paper-before-yuan",
        "paper-ever-loans",
        "paper-ever-yuan",
    ];
    let all = Table { caption: lang.text("paper-month-all"), header: header(lang, &keys), rows, sums: 0 };
    let by_place = |key: &str, day, of: fn(&MonthRow) -> &Figures, total: &Figures, known| Table {
        caption: lang.text_with(key, &[("month", lang.month(day).into())]),
        header: header(lang, &BY_PLACE),
        rows: month
            .rows
            .iter()
            .map(|row| place_row(lang, &row.name, of(row), if known { row.coverage } else { None }))
            .chain([place_row(
                lang,
                &lang.text("total-row"),
                total,
                if known { month.coverage } else { None },
            )])
            .collect(),
        sums: 1,
    };
    vec![
        Part::Table(all),
        Part::Table(by_place("paper-by-place", month.days.1, |row| &row.now, now, true)),
        Part::Table(by_place("paper-by-place", month.days_before.1, |row| &row.before, before, false)),
    ]
}

const BY_PLACE: [&str; 14] = [
    "paper-place-name",
    "paper-new-loans",
    "paper-new-yuan",
    "paper-repaid-yuan",
    "paper-due-loans",
    "paper-due-yuan",
    "paper-ever-loans",
    "paper-ever-yuan",
    "paper-owing-loans",
    "paper-owing-yuan",
    "paper-overdue-loans",
    "paper-overdue-yuan",
    "paper-rate",
    "paper-coverage",
];

fn place_row(lang: Lang, name: &str, of: &Figures, known: Option<(i64, i64)>) -> Vec<Value> {
    vec![
        text(name),
        Value::Integer(of.new.loans),
        Value::Money(of.new.fen),
        Value::Money(of.repaid.fen),
        Value::Integer(of.due.loans),
        Value::Money(of.due.fen),
        Value::Integer(of.lent.loans),
        Value::Money(of.lent.fen),
        Value::Integer(of.owing.loans),
        Value::Money(of.owing.fen),
        Value::Integer(of.overdue.loans),
        Value::Money(of.overdue.fen),
        text(lang.share(of.overdue.fen, of.owing.fen)),
        text(coverage(lang, known)),
    ]
}

/// The tables of a list of loans.
pub(crate) fn lines(lang: Lang, paper: &Stored, loans: &[Line]) -> Vec<Part> {
    if loans.is_empty() {
        return vec![Part::Paragraph(lang.text("paper-none"))];
    }
    match paper.kind {
        PaperKind::Collection => vec![Part::Table(collection(lang, loans))],
        PaperKind::Publicity => vec![Part::Table(publicity(lang, loans))],
        _ => loans
            .chunk_by(|one, next| one.village_code == next.village_code)
            .map(|village| Part::Table(roster(lang, village)))
            .collect(),
    }
}

fn standing(lang: Lang, standing: Standing) -> Value {
    text(lang.text(&format!("standing-{}", standing.key())))
}

/// Each contact on a line of its own, and a line to be filled in for what has none.
fn collection(lang: Lang, loans: &[Line]) -> Table {
    let keys = [
        "paper-number",
        "borrower",
        "identity",
        "phone",
        "village",
        "number",
        "balance-yuan",
        "due-on",
        "state",
        "role-credit-manager",
        "paper-contact-on",
        "paper-contact-way",
        "paper-contact-outcome",
        "paper-contact-promise",
        "paper-sign-borrower",
        "paper-sign-collector",
    ];
    let mut rows = Vec::new();
    for (at, loan) in loans.iter().enumerate() {
        let facts = vec![
            number(at),
            text(&*loan.borrower),
            text(loan.identity.clone().unwrap_or_default()),
            text(loan.phone.clone().unwrap_or_default()),
            text(format!("{} {}", loan.township, loan.village)),
            text(&*loan.number),
            Value::Money(loan.balance_fen),
            Value::Date(Some(loan.due_on)),
            standing(lang, loan.standing),
            text(loan.manager.clone().unwrap_or_default()),
        ];
        if loan.contacts.is_empty() {
            rows.push([facts.clone(), vec![text(""); 6]].concat());
        }
        for contact in &loan.contacts {
            rows.push([facts.clone(), told(lang, contact), vec![text(""); 2]].concat());
        }
    }
    Table { caption: String::new(), header: header(lang, &keys), rows, sums: 0 }
}

fn told(lang: Lang, contact: &Contact) -> Vec<Value> {
    let way = lang.text(&format!("contact-way-{}", contact.way.key()));
    let promise = match (contact.promised_on, contact.promised_fen) {
        (Some(on), Some(fen)) => format!("{on} {}", lang.yuan(fen)),
        (Some(on), None) => on.to_string(),
        (None, _) => String::new(),
    };
    vec![
        Value::Date(Some(contact.on_day)),
        text(format!("{way} {}", contact.met)),
        text(lang.text(&format!("contact-outcome-{}", contact.outcome.key()))),
        text(promise),
    ]
}

fn roster(lang: Lang, loans: &[Line]) -> Table {
    let keys = [
        "paper-number",
        "borrower",
        "number",
        "principal-yuan",
        "balance-yuan",
        "due-on",
        "days-left",
        "state",
        "purpose",
        "role-credit-manager",
        "paper-remark",
    ];
    let row = |(at, loan): (usize, &Line)| {
        vec![
            number(at),
            text(&*loan.borrower),
            text(&*loan.number),
            Value::Money(loan.principal_fen),
            Value::Money(loan.balance_fen),
            Value::Date(Some(loan.due_on)),
            Value::Integer(i64::from(loan.days_to_due)),
            standing(lang, loan.standing),
            text(loan.purpose.clone().unwrap_or_default()),
            text(loan.manager.clone().unwrap_or_default()),
            text(""),
        ]
    };
    let sum = |of: fn(&Line) -> Fen| loans.iter().map(of).sum();
    let mut last = vec![text(""), text(lang.text("total-row")), text("")];
    last.extend([Value::Money(sum(|loan| loan.principal_fen)), Value::Money(sum(|loan| loan.balance_fen))]);
    last.resize(keys.len(), text(""));
    let caption = loans.first().map(|loan| format!("{} {}", loan.township, loan.village));
    Table {
        caption: caption.unwrap_or_default(),
        header: header(lang, &keys),
        rows: loans.iter().enumerate().map(row).chain([last]).collect(),
        sums: 1,
    }
}

/// What everybody may read: names, and of numbers their ends; no identity number, phone or account, and nothing of what is
/// still owed.
fn publicity(lang: Lang, loans: &[Line]) -> Table {
    let keys = [
        "paper-number",
        "borrower",
        "village",
        "number",
        "principal-yuan",
        "disbursed-on",
        "due-on",
        "purpose",
    ];
    let row = |(at, loan): (usize, &Line)| {
        vec![
            number(at),
            text(&*loan.borrower),
            text(&*loan.village),
            text(masked_number(&loan.number)),
            Value::Money(loan.principal_fen),
            Value::Date(Some(loan.disbursed_on)),
            Value::Date(Some(loan.due_on)),
            text(loan.purpose.clone().unwrap_or_default()),
        ]
    };
    let sum = loans.iter().map(|loan| loan.principal_fen).sum();
    let mut last = vec![text(""), text(lang.text("total-row")), text(""), text(""), Value::Money(sum)];
    last.resize(keys.len(), text(""));
    Table {
        caption: String::new(),
        header: header(lang, &keys),
        rows: loans.iter().enumerate().map(row).chain([last]).collect(),
        sums: 1,
    }
}

/// Townships by their overdue rate, then by what is red of what they owe: the best first.
pub(crate) fn ranking(lang: Lang, month: &Month) -> Vec<Part> {
    let mut rows: Vec<&MonthRow> = month.rows.iter().filter(|row| row.now.owing.loans > 0).collect();
    // Shares are held against one another without a fraction: a of b against c of d is ad against cb.
    let share = |one: Fen, of: Fen, other: Fen, of_other: Fen| {
        (i128::from(one.get()) * i128::from(of_other.get()))
            .cmp(&(i128::from(other.get()) * i128::from(of.get())))
    };
    rows.sort_by(|one, other| {
        let (one, other) = (&one.now, &other.now);
        share(one.overdue.fen, one.owing.fen, other.overdue.fen, other.owing.fen).then(share(
            one.red.fen,
            one.owing.fen,
            other.red.fen,
            other.owing.fen,
        ))
    });
    let keys = [
        "paper-rank",
        "paper-place-name",
        "paper-owing-loans",
        "paper-owing-yuan",
        "paper-overdue-loans",
        "paper-overdue-yuan",
        "paper-rate",
        "paper-red-loans",
        "paper-repaid-yuan",
    ];
    let row = |(at, row): (usize, &&MonthRow)| {
        let of = &row.now;
        vec![
            number(at),
            text(&*row.name),
            Value::Integer(of.owing.loans),
            Value::Money(of.owing.fen),
            Value::Integer(of.overdue.loans),
            Value::Money(of.overdue.fen),
            text(lang.share(of.overdue.fen, of.owing.fen)),
            Value::Integer(of.red.loans),
            Value::Money(of.repaid.fen),
        ]
    };
    let rows = rows.iter().enumerate().map(row).collect();
    vec![Part::Table(Table { caption: String::new(), header: header(lang, &keys), rows, sums: 0 })]
}

/// The loans that a meeting has to speak of.
pub(crate) fn problems(lang: Lang, loans: &[Line]) -> Vec<Part> {
    if loans.is_empty() {
        return vec![Part::Paragraph(lang.text("paper-no-problems"))];
    }
    let keys = [
        "paper-number",
        "borrower",
        "village",
        "number",
        "balance-yuan",
        "due-on",
        "state",
        "role-credit-manager",
    ];
    let row = |(at, loan): (usize, &Line)| {
        vec![
            number(at),
            text(&*loan.borrower),
            text(format!("{} {}", loan.township, loan.village)),
            text(&*loan.number),
            Value::Money(loan.balance_fen),
            Value::Date(Some(loan.due_on)),
            standing(lang, loan.standing),
            text(loan.manager.clone().unwrap_or_else(|| lang.text("nobody"))),
        ]
    };
    let rows = loans.iter().enumerate().map(row).collect();
    vec![Part::Table(Table { caption: String::new(), header: header(lang, &keys), rows, sums: 0 })]
}
