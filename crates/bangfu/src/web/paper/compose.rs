//! A paper put into words: what stands in it, and the county's texts with the names in braces filled in.

use std::collections::BTreeMap;

use bangfu_domain::money::Fen;
use bangfu_domain::paper::{Template, Wording, filled};
use bangfu_sheets::paper::{Paper, Part};
use bangfu_store::paper::Paper as Stored;
use bangfu_usecase::paper::{Content, Count, Line, Month};
use jiff::civil::DateTime;

use super::{letter, tables};
use crate::texts::Lang;

/// What a paper is put into words with.
pub(crate) struct Told<'a> {
    /// The language.
    pub(crate) lang: Lang,
    /// The paper.
    pub(crate) paper: &'a Stored,
    /// The county's name.
    pub(crate) county: String,
    /// What the paper's place is called.
    pub(crate) place: String,
    /// The instant of knowledge on the county's clock.
    pub(crate) known_at: DateTime,
    /// The address of a card's page, while it opens something.
    pub(crate) address: Option<String>,
    /// Whether data are made up.
    pub(crate) demo: bool,
}

/// Names in braces with what they stand for.
type Values = BTreeMap<&'static str, String>;

impl Told<'_> {
    /// The whole paper.
    pub(crate) fn compose(&self, template: &Template, content: &Content) -> Paper {
        let lang = self.lang;
        let wording = match lang {
            Lang::Zh => &template.zh,
            Lang::En => &template.en,
        };
        let values = self.values(content);
        let fill = |text: &str| filled(text, |name| values.get(name).cloned());
        let lines =
            |lines: &[String]| lines.iter().map(|line| Part::Paragraph(fill(line))).collect::<Vec<_>>();
        let parts = match content {
            Content::Month(month) => {
                [lines(&wording.before), tables::month(lang, month), lines(&wording.after)].concat()
            }
            Content::Lines(loans) => {
                [lines(&wording.before), tables::lines(lang, self.paper, loans), lines(&wording.after)]
                    .concat()
            }
            Content::Meeting(meeting) => {
                let heading = |key: &str| vec![Part::Heading(lang.text(key))];
                [
                    heading("paper-meeting-situation"),
                    lines(&wording.before),
                    heading("paper-meeting-ranking"),
                    tables::ranking(lang, &meeting.month),
                    heading("paper-meeting-problems"),
                    tables::problems(lang, &meeting.problems),
                    heading("paper-meeting-next"),
                    lines(&wording.after),
                ]
                .concat()
            }
            Content::Loan(loan) => {
                let (before, after) = (lines(&wording.before), lines(&wording.after));
                letter::parts(self, loan, before, after)
            }
        };
        let signs = wording.signs.iter().map(|line| fill(line)).collect::<Vec<_>>();
        Paper {
            title: fill(&wording.title),
            unit: fill(&wording.unit),
            facts: self.facts(),
            parts: self.signed(parts, signs, content),
            landscape: tables::is_broad(self.paper.kind),
            foot: self.foot(),
        }
    }

    /// The lines to be signed stand last, but above what is torn off.
    fn signed(&self, mut parts: Vec<Part>, signs: Vec<String>, content: &Content) -> Vec<Part> {
        if !signs.is_empty() {
            parts.push(Part::Signs(signs));
        }
        if let Content::Loan(loan) = content {
            parts.extend(letter::receipt(self, loan));
        }
        parts
    }

    fn facts(&self) -> Vec<(String, String)> {
        let lang = self.lang;
        let fact = |key: &str, value: String| (lang.text(key), value);
        let mut facts = vec![
            fact("paper-code", self.paper.code.to_string()),
            fact("paper-day", lang.day(self.paper.on_day)),
        ];
        if self.paper.loan_id.is_none() {
            facts.push(fact("paper-place", self.place.clone()));
            facts.push(fact("paper-known-at", lang.moment(self.known_at)));
        }
        facts
    }

    fn foot(&self) -> String {
        let code = format!("{} {}", self.lang.text("paper-code"), self.paper.code);
        match self.demo {
            true => format!("{code}　{}", self.lang.text("demo-banner")),
            false => code,
        }
    }

    fn values(&self, content: &Content) -> Values {
        let lang = self.lang;
        let mut values: Values = BTreeMap::from([
            ("county", self.county.clone()),
            ("area", self.place.clone()),
            ("day", lang.day_plain(self.paper.on_day)),
            ("month", lang.month(self.paper.on_day)),
            ("code", self.paper.code.to_string()),
        ]);
        match content {
            Content::Month(month) => of_month(lang, &mut values, month),
            Content::Lines(lines) => {
                let sum = lines.iter().map(|line| line.balance_fen).sum();
                of_count(lang, &mut values, ("loans", "balance"), Count { loans: count(lines), fen: sum });
                if let Some(days) = self.paper.days {
                    values.insert("days", lang.number(i64::from(days)));
                    let days = i32::try_from(days).unwrap_or(i32::MAX);
                    let last = bangfu_domain::loan::add_days(self.paper.on_day, days);
                    values.insert("last_day", lang.day_plain(last));
                }
            }
            Content::Meeting(meeting) => {
                of_month(lang, &mut values, &meeting.month);
                let total = &meeting.month.total;
                of_count(lang, &mut values, ("red_loans", "red_amount"), total.red);
                of_count(lang, &mut values, ("soon_loans", "soon_amount"), meeting.soon);
                values.insert("awaiting_loans", lang.number(total.awaiting.loans));
                values.insert("nobodys_loans", lang.number(total.nobodys.loans));
            }
            Content::Loan(loan) => letter::values(lang, &mut values, loan),
        }
        values
    }
}

fn count(lines: &[Line]) -> i64 {
    i64::try_from(lines.len()).unwrap_or(i64::MAX)
}

fn of_count(lang: Lang, values: &mut Values, (loans, amount): (&'static str, &'static str), of: Count) {
    values.insert(loans, lang.number(of.loans));
    values.insert(amount, lang.amount(of.fen));
}

fn of_month(lang: Lang, values: &mut Values, month: &Month) {
    let total = &month.total;
    for (names, of) in [
        (("loans", "balance"), total.owing),
        (("new_loans", "new_amount"), total.new),
        (("lent_loans", "lent_amount"), total.lent),
        (("due_loans", "due_amount"), total.due),
        (("repaid_loans", "repaid_amount"), total.repaid),
        (("overdue_loans", "overdue_amount"), total.overdue),
    ] {
        of_count(lang, values, names, of);
    }
    values.insert("overdue_rate", lang.share(total.overdue.fen, total.owing.fen));
    values.insert("coverage", coverage(lang, month.coverage));
}

/// 获贷率: how many of the registered households have a loan; where no register is known, that it is not.
pub(crate) fn coverage(lang: Lang, known: Option<(i64, i64)>) -> String {
    match known {
        Some((households, with_loan)) => lang.share(Fen::new(with_loan), Fen::new(households)),
        None => lang.text("paper-not-known"),
    }
}

/// The texts of a paper in a language.
pub(crate) fn wording(lang: Lang, template: &Template) -> &Wording {
    match lang {
        Lang::Zh => &template.zh,
        Lang::En => &template.en,
    }
}
