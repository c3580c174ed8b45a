//! One loan from what the use case tells of it: why it stands where it stands, and what happened.

use bangfu_domain::policy::Pack;
use bangfu_domain::warning::{Reason, ReasonRule, Standing, Thresholds};
use bangfu_sheets::fault::Fault;
use bangfu_store::finding::Finding;
use bangfu_store::person::SecretKind;
use bangfu_usecase::access::Right;
use bangfu_usecase::loan::Detail;
use bangfu_usecase::unmasking::Whose;
use jiff::civil::Date;

use super::filter::LoanFilter;
use super::ribbon::Ribbon;
use super::view::{Fact, LoanView, Remark, Stand, Tied, Why};
use crate::texts::{Lang, Value};
use crate::web::board::ranges::DaysRanges;
use crate::web::frame::Face;
use crate::web::grant::Through;
use crate::web::{branch, difference, enterprise, household, officer, task, unmasking};
use crate::words;

/// What a loan's page is made from.
pub(super) struct Told<'a> {
    /// The pages.
    pub(super) face: &'a Face,
    /// The language.
    pub(super) lang: Lang,
    /// What the use case tells.
    pub(super) detail: &'a Detail,
    /// Whether the pages of imports are open to the visitor.
    pub(super) opens_imports: bool,
    /// Whether the visitor may ask for whole numbers.
    pub(super) unmasks: bool,
    /// Through which grant it is seen, if it is through one.
    pub(super) through: Option<&'a Through>,
    /// The day.
    pub(super) day: Date,
    /// Whether the day was asked for.
    pub(super) past: bool,
    /// The list from which the visitor came.
    pub(super) back: Option<String>,
}

impl Told<'_> {
    /// The page's content.
    pub(super) fn view(&self) -> LoanView {
        let loan = &self.detail.loan;
        let standing = self.detail.standing.as_ref().map_or(Standing::None, |(standing, _)| *standing);
        let differences = self.detail.differences.iter().filter(|_| self.face.may(Right::SeeDifferences));
        LoanView {
            number: loan.number.clone(),
            borrower: loan.borrower_name.clone(),
            day: self.day,
            past: self.past,
            standing,
            balance: self.detail.balance_fen,
            place: self.place_on(loan.village_id, self.day),
            place_href: self.village_href(),
            back: match self.through {
                Some(through) => through.home.clone(),
                None => self.back.clone().unwrap_or_else(|| self.list().standing(standing).address()),
            },
            why: self.why(standing),
            contract: self.contract(),
            household: self.household(),
            officers: self.officers(),
            findings: self.detail.findings.iter().map(|finding| self.finding(finding)).collect(),
            differences: differences.map(|one| self.difference(one)).collect(),
            stands: self.stands(),
            events: self.events(),
        }
    }

    /// A village and its township as they are called on a day.
    pub(super) fn place_on(&self, village_id: i64, day: Date) -> String {
        let (township, village) = self.detail.places.village_on(village_id, day);
        format!("{township} {village}").trim().to_owned()
    }

    /// The list of all loans on the page's day.
    fn list(&self) -> LoanFilter {
        LoanFilter::of_day(self.day)
    }

    /// What goes before the addresses of what is seen with this loan.
    fn within(&self) -> &str {
        self.through.map_or("", |through| &through.home)
    }

    /// A page as of the day of this one.
    fn dated(&self, path: String) -> String {
        if self.past { format!("{path}?day={}", self.day) } else { path }
    }

    /// A page of the visitor's own area as of this day: through a grant, none is open.
    fn beside(&self, path: String) -> Option<String> {
        self.through.is_none().then(|| self.dated(path))
    }

    fn village_href(&self) -> Option<String> {
        let village = self.detail.places.on(self.detail.loan.village_id, self.day)?.code.clone();
        Some(LoanFilter { village: Some(village), ..self.list() }.address())
    }

    fn thresholds(&self) -> Thresholds {
        self.detail.pack.warning.thresholds
    }

    fn why(&self, standing: Standing) -> Why {
        let Some((_, reason)) = &self.detail.standing else {
            let sentence = self.lang.text("reason-not-disbursed");
            return Why {
                sentence,
                facts: Vec::new(),
                due_provisional: false,
                next: None,
                later_key: "why-next-never",
                ribbon: None,
            };
        };
        let after = match reason.next {
            Some((_, next @ (Standing::Overdue | Standing::Awaiting))) => next,
            _ if standing == Standing::Overdue => Standing::Overdue,
            _ => Standing::Awaiting,
        };
        let ribbon = standing
            .is_owing()
            .then(|| Ribbon::draw(reason.days_to_due, standing, after, &self.thresholds()));
        Why {
            sentence: self.sentence(standing, reason),
            facts: self.reasons(reason),
            due_provisional: self.detail.due_provisional,
            next: reason.next,
            later_key: match standing {
                Standing::Awaiting => "why-next-awaiting",
                Standing::Overdue => "why-next-overdue",
                _ => "why-next-never",
            },
            ribbon,
        }
    }

    fn sentence(&self, standing: Standing, reason: &Reason) -> String {
        let lang = self.lang;
        let until = reason.until_on.map_or_else(|| lang.text("until-never"), |day| lang.day(day));
        let (from, to) = DaysRanges(Some(self.thresholds())).of(standing).unwrap_or_default();
        lang.text_with(
            &format!("reason-{}", reason.rule.key()),
            &[
                ("due", Value::from(lang.day_plain(reason.due_on))),
                ("days", Value::from(i64::from(reason.days_to_due.abs()))),
                ("state", Value::from(lang.text(&format!("standing-{}", standing.key())))),
                ("from", Value::from(i64::from(from))),
                ("to", Value::from(i64::from(to))),
                ("first", Value::from(i64::from(self.thresholds().green_to_days))),
                ("until", Value::from(until)),
            ],
        )
    }

    /// The facts that the rule used, and no others.
    fn reasons(&self, reason: &Reason) -> Vec<Fact> {
        let lang = self.lang;
        let pack = self.detail.pack;
        let mut facts = vec![
            fact("due-on", lang.day(reason.due_on)),
            fact("balance", lang.yuan(self.detail.balance_fen)),
        ];
        if matches!(reason.rule, ReasonRule::UnpaidAfterDue | ReasonRule::DueNotReported) {
            facts.push(fact(
                "until",
                reason.until_on.map_or_else(|| lang.text("until-never"), |day| lang.day(day)),
            ));
        }
        facts.push(fact("rule-pack", lang.of(&pack.name).to_owned()));
        facts
    }

    fn contract(&self) -> Vec<Fact> {
        let (lang, loan) = (self.lang, &self.detail.loan);
        let branch = self.detail.branches.get(&loan.branch_id).cloned().unwrap_or_default();
        let months =
            loan.terms.term_months.map(|n| lang.text_with("months", &[("n", Value::from(i64::from(n)))]));
        let mut facts = vec![
            fact("principal", lang.yuan(loan.terms.principal_fen)),
            fact("repaid", lang.yuan(loan.terms.principal_fen - self.detail.balance_fen)),
            fact("rate", loan.terms.rate.map(|rate| format!("{rate}%")).unwrap_or_default()),
            fact("disbursed-on", lang.day(loan.terms.disbursed_on)),
            fact("due-on", lang.day(loan.terms.due_on)),
            fact("term", months.unwrap_or_default()),
            fact("purpose", loan.terms.purpose.clone().unwrap_or_default()),
            Fact { href: self.beside(branch::path(loan.branch_id)), ..fact("branch", branch) },
        ];
        let late = task::handling::too_late(lang, self.detail.pack, &loan.terms, loan.terms.disbursed_on);
        facts.extend(late.map(|late| fact("way-out", late)));
        if let Some(enterprise) = &self.detail.enterprise {
            let href = loan.enterprise_id.and_then(|id| self.beside(enterprise::path(id)));
            facts.push(Fact { href, ..fact("enterprise", enterprise.clone()) });
        }
        if let Some(note) = &loan.note {
            facts.push(fact("note", note.clone()));
        }
        facts
    }

    fn household(&self) -> Vec<Fact> {
        let (loan, household) = (&self.detail.loan, self.detail.household.as_ref());
        let class = household.and_then(|one| one.class.clone()).or_else(|| loan.household_class.clone());
        let lives_in = household.map_or(loan.village_id, |one| one.village_id);
        let on_day = |place| self.detail.places.on(place, self.day).map(|term| term.division_id);
        let lives_where_it_borrows = on_day(lives_in) == on_day(loan.village_id);
        let mut facts = vec![
            Fact {
                href: household.and_then(|one| self.beside(household::path(one.household_id))),
                ..fact("household-head", household.map(|one| one.head_name.clone()).unwrap_or_default())
            },
            self.number(SecretKind::Identity, self.detail.identity_masked.as_ref()),
            self.number(SecretKind::Phone, self.detail.phone_masked.as_ref()),
            fact(
                "household-size",
                household.and_then(|one| one.size).map(|size| self.lang.number(size)).unwrap_or_default(),
            ),
            fact(
                "household-class",
                class.map(|word| class_of(self.lang, self.detail.pack, &word)).unwrap_or_default(),
            ),
            Fact {
                href: self.village_href().filter(|_| lives_where_it_borrows),
                ..fact("village", self.place_on(lives_in, self.day))
            },
        ];
        for (id, number) in &self.detail.siblings {
            facts.push(Fact {
                href: Some(format!("{}/loans/{id}?day={}", self.within(), self.day)),
                ..fact("other-loan", number.clone())
            });
        }
        facts
    }

    /// A masked number. All of it is asked for where the loan stands today.
    fn number(&self, kind: SecretKind, masked: Option<&String>) -> Fact {
        let asks = masked.is_some() && self.unmasks && !self.past;
        let whose = Whose::Borrower { loan_id: self.detail.loan.loan_id };
        Fact {
            unmask: asks.then(|| unmasking::address_of(whose, kind)),
            ..fact(kind.key(), masked.cloned().unwrap_or_default())
        }
    }

    fn officers(&self) -> Vec<Tied> {
        let loan = &self.detail.loan;
        let tied = |role_key, id: Option<i64>, href: Option<String>| Tied {
            role_key,
            name: id.and_then(|id| self.detail.officers.get(&id).cloned()),
            href,
        };
        let opens = self.face.may(Right::SeeOfficers);
        let person = |id: Option<i64>| id.filter(|_| opens).and_then(|id| self.beside(officer::path(id)));
        vec![
            tied("role-credit-manager", loan.manager_id, person(loan.manager_id)),
            tied("role-industry-guide", loan.guide_id, person(loan.guide_id)),
            tied("role-technology-officer", loan.technologist_id, person(loan.technologist_id)),
        ]
    }

    /// The name of a file and, where it is open to the visitor, its page.
    pub(super) fn source(&self, import_id: i64) -> Option<(String, Option<String>)> {
        let name = self.detail.sources.get(&import_id)?.clone();
        Some((name, self.opens_imports.then(|| format!("/import/{import_id}"))))
    }

    fn finding(&self, finding: &Finding) -> Remark {
        let source = self.source(finding.import_id);
        let fault: Option<Fault> = serde_json::from_str(&finding.facts).ok();
        let (message, cure, cell) = match &fault {
            Some(fault) => {
                let said = words::fault(self.lang, fault);
                let cell = self.lang.text_with(
                    "cell-at",
                    &[
                        ("sheet", Value::from(fault.at.sheet.as_str())),
                        ("row", Value::from(fault.at.row.to_string())),
                    ],
                );
                (format!("{}：{}", fault.at.column, said.message), Some(said.cure), cell)
            }
            None => (self.lang.text(&format!("fault-{}", finding.code)), None, String::new()),
        };
        Remark {
            message,
            cure,
            source: source.as_ref().map(|(name, _)| format!("{name} {cell}").trim().to_owned()),
            href: source.and_then(|(_, href)| href),
            resolved: false,
            own: None,
        }
    }

    fn difference(&self, one: &bangfu_store::difference::Difference) -> Remark {
        let source = self.source(one.import_id);
        Remark {
            message: difference::say(self.lang, one),
            cure: None,
            source: source.as_ref().map(|(name, _)| name.clone()),
            href: source.and_then(|(_, href)| href),
            resolved: one.resolved_at.is_some(),
            own: self.through.is_none().then(|| format!("/differences/{}", one.difference_id)),
        }
    }

    fn stands(&self) -> Vec<Stand> {
        let stand = |interval: &bangfu_domain::loan::Interval| Stand {
            from: interval.from_on,
            standing: interval.standing,
            balance: interval.balance_fen,
            now: interval.from_on <= self.day && interval.to_on.is_none_or(|to| self.day < to),
            ahead: interval.from_on > self.day,
        };
        self.detail.history.iter().rev().map(stand).collect()
    }
}

/// A class of households by the name that the contract's programme gives it. What the programme does not know, a word
/// of an older one for instance, is quoted as the file has it.
pub(in crate::web) fn class_of(lang: Lang, pack: &Pack, word: &str) -> String {
    match pack.household_class(word) {
        Some(class) => lang.of(&class.name).to_owned(),
        None => lang.text_with("as-the-file-has-it", &[("word", Value::from(word))]),
    }
}

fn fact(key: &'static str, value: String) -> Fact {
    Fact::of(key, value)
}

#[cfg(test)]
mod tests {
    use bangfu_domain::policy::{EMBEDDED, Packs};

    use super::*;

    #[test]
    fn a_class_bears_the_name_of_the_contracts_programme_or_is_quoted() {
        let packs = Packs::parse(&EMBEDDED).unwrap();
        for (pack, word, zh, en) in [
            ("yizhang-2019", "未脱贫", "未脱贫户", "not yet lifted from poverty"),
            ("national-2021", "已脱贫户", "脱贫户", "lifted from poverty"),
            ("national-2021", "未脱贫户", "未脱贫户（原文）", "未脱贫户 (as the file has it)"),
            ("national-2026", "五保户", "五保户（原文）", "五保户 (as the file has it)"),
        ] {
            let pack = packs.by_id(pack).unwrap();
            assert_eq!(class_of(Lang::Zh, pack, word), zh);
            assert_eq!(class_of(Lang::En, pack, word), en);
        }
    }
}
