//! What whoever is signed in finds on a page: the menu, and what they may do there.

use askama::filters::Safe;
use bangfu_usecase::access::Right;

use super::page::Page;
use super::session::csrf;
use super::session::person::Person;

/// The part of the house that a page stands in, for the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// 工作台
    Home,
    /// 看板
    Board,
    /// 贷款
    Loans,
    /// 任务
    Tasks,
    /// 奖励
    Rewards,
    /// 材料
    Papers,
    /// 导入
    Import,
    /// 村镇
    Divisions,
    /// 人员
    Officers,
    /// 管理
    Administration,
    /// No entry of the menu.
    Elsewhere,
}

impl Section {
    const MENU: [(Section, &'static str, &'static str, Right); 9] = [
        (Section::Board, "/board", "menu-board", Right::SeeBook),
        (Section::Tasks, "/tasks", "menu-tasks", Right::SeeBook),
        (Section::Loans, "/loans", "menu-loans", Right::SeeBook),
        (Section::Rewards, "/rewards", "menu-rewards", Right::SeeRewards),
        (Section::Papers, "/papers", "menu-papers", Right::MakePapers),
        (Section::Import, "/import", "menu-import", Right::TakeFiles),
        (Section::Divisions, "/divisions", "menu-divisions", Right::SeePlaces),
        (Section::Officers, "/officers", "menu-officers", Right::SeeOfficers),
        (Section::Administration, "/admin", "menu-administration", Right::SeeSystem),
    ];
}

/// An entry of the menu.
pub(crate) struct MenuEntry {
    /// Where it leads.
    pub(crate) href: &'static str,
    /// Its text.
    pub(crate) text: String,
    /// Whether the page stands in this section.
    pub(crate) here: bool,
}

impl Page {
    /// The menu: what whoever is signed in may open, with the section that the page stands in.
    pub(crate) fn menu(&self) -> Vec<MenuEntry> {
        Section::MENU
            .iter()
            .filter(|(_, _, _, right)| self.may(*right))
            .map(|&(section, href, key, _)| MenuEntry {
                href,
                text: self.t(key),
                here: section == self.section,
            })
            .collect()
    }

    /// Whether this is the page of one's own work.
    pub(crate) fn is_home(&self) -> bool {
        self.section == Section::Home
    }

    /// Whether whoever is signed in may do something.
    pub(crate) fn may(&self, right: Right) -> bool {
        self.person.as_ref().is_some_and(|person| person.may(right))
    }

    /// Whether there is something to search.
    pub(crate) fn searches(&self) -> bool {
        self.may(Right::SeeBook)
    }

    /// Whether they look at what was sent to whom.
    pub(crate) fn sees_messages(&self) -> bool {
        self.may(Right::SeeMessages)
    }

    /// Whether they may ask for access outside their area.
    pub(crate) fn asks_access(&self) -> bool {
        self.may(Right::AskAccess)
    }

    /// Whether they look at which numbers were shown whole.
    pub(crate) fn sees_unmaskings(&self) -> bool {
        self.may(Right::SeeUnmaskings)
    }

    /// Whether they add and correct officers.
    pub(crate) fn keeps_officers(&self) -> bool {
        self.may(Right::KeepOfficers)
    }

    /// Whether they name credit managers for loans that have none.
    pub(crate) fn names_managers(&self) -> bool {
        self.may(Right::NameManagers)
    }

    /// Whether they read files in.
    pub(crate) fn takes_files(&self) -> bool {
        self.may(Right::TakeFiles)
    }

    /// Whether they say how differences were settled.
    pub(crate) fn settles(&self) -> bool {
        self.may(Right::SettleDifferences)
    }

    /// Whether they close the demo's next day.
    pub(crate) fn moves_demo(&self) -> bool {
        self.may(Right::MoveDemo)
    }

    /// The field that every form carries which does something.
    pub(crate) fn form_token(&self) -> Safe<String> {
        let token = self.person.as_ref().map_or("", Person::form_token);
        Safe(format!(r#"<input type="hidden" name="{}" value="{token}">"#, csrf::FIELD))
    }
}
