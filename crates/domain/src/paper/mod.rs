//! Papers (日常材料): what the county's office writes from the book, by which code each is found again (材料编号), and the texts
//! that the county may edit.

mod code;
mod template;

pub use code::{CODE_LENGTH, Code};
pub use template::{Template, TemplateFault, TemplateFaultKind, Wording, filled};

/// What a paper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaperKind {
    /// 月报: the figures of a month, of the month before and in all, by township.
    Monthly,
    /// 催收台账: what is due within days or past, each with its contacts and promises.
    Collection,
    /// 到期花名册: what falls due within some days, by village.
    Roster,
    /// 村级公示: who was lent how much.
    Publicity,
    /// 会议材料: situation, ranking, problems, next steps.
    Meeting,
    /// 到期提醒通知书: to one borrower, before the due day.
    DueNotice,
    /// 逾期催收通知书, with its 送达回执: to one borrower, after the due day.
    OverdueNotice,
    /// 还款明白卡: what a household has to know, on one page.
    Card,
}

impl PaperKind {
    /// Every kind: lists first, then those of one loan.
    pub const ALL: [PaperKind; 8] = [
        PaperKind::Monthly,
        PaperKind::Collection,
        PaperKind::Roster,
        PaperKind::Publicity,
        PaperKind::Meeting,
        PaperKind::DueNotice,
        PaperKind::OverdueNotice,
        PaperKind::Card,
    ];

    /// The word for it: in the database, in addresses, and as part of the keys of texts.
    pub const fn key(self) -> &'static str {
        match self {
            PaperKind::Monthly => "monthly",
            PaperKind::Collection => "collection",
            PaperKind::Roster => "roster",
            PaperKind::Publicity => "publicity",
            PaperKind::Meeting => "meeting",
            PaperKind::DueNotice => "due-notice",
            PaperKind::OverdueNotice => "overdue-notice",
            PaperKind::Card => "card",
        }
    }

    /// What that word means.
    pub fn from_key(key: &str) -> Option<PaperKind> {
        PaperKind::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// Whether it is about one loan.
    pub const fn is_of_loan(self) -> bool {
        matches!(self, PaperKind::DueNotice | PaperKind::OverdueNotice | PaperKind::Card)
    }

    /// Whether it tells of a number of days ahead.
    pub const fn has_days(self) -> bool {
        matches!(self, PaperKind::Roster)
    }

    /// The names that its texts may hold in braces; each is filled in from the book.
    pub fn placeholders(self) -> Vec<&'static str> {
        const ALL: &[&str] = &["county", "area", "day", "month", "code"];
        const LIST: &[&str] = &["loans", "balance"];
        const MONTH: &[&str] = &[
            "new_loans",
            "new_amount",
            "lent_loans",
            "lent_amount",
            "due_loans",
            "due_amount",
            "repaid_loans",
            "repaid_amount",
            "overdue_loans",
            "overdue_amount",
            "overdue_rate",
            "coverage",
        ];
        const MEETING: &[&str] =
            &["red_loans", "red_amount", "awaiting_loans", "nobodys_loans", "soon_loans", "soon_amount"];
        const LOAN: &[&str] = &[
            "borrower",
            "number",
            "village",
            "bank",
            "manager",
            "station",
            "principal",
            "principal_words",
            "balance",
            "balance_words",
            "disbursed",
            "due",
            "days",
            "purpose",
        ];
        let own: &[&[&str]] = match self {
            PaperKind::Monthly => &[LIST, MONTH],
            PaperKind::Meeting => &[LIST, MONTH, MEETING],
            PaperKind::Collection | PaperKind::Publicity => &[LIST],
            PaperKind::Roster => &[LIST, &["days", "last_day"]],
            PaperKind::DueNotice | PaperKind::OverdueNotice | PaperKind::Card => &[LOAN],
        };
        std::iter::once(ALL).chain(own.iter().copied()).flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_found_by_its_word_and_names_no_placeholder_twice() {
        for kind in PaperKind::ALL {
            assert_eq!(PaperKind::from_key(kind.key()), Some(kind));
            let mut names = kind.placeholders();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{kind:?}");
        }
        assert_eq!(PaperKind::from_key("letter"), None);
    }
}
