//! Officers (人员) and what they do.

use serde::{Deserialize, Serialize};

/// What an officer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// 信贷管户员: looks after the loans of the households tied to them.
    CreditManager,
    /// 产业指导员: helps to choose the project.
    IndustryGuide,
    /// 科技特派员: helps with its techniques.
    TechnologyOfficer,
    /// 帮扶干部.
    PairedCadre,
    /// 第一书记.
    FirstSecretary,
    /// Clerk of a village station.
    StationClerk,
    /// Clerk of a county or township centre.
    CentreClerk,
    /// Clerk of a bank branch.
    BankClerk,
    /// 督查.
    Supervisor,
    /// 主要负责人.
    Leader,
    /// Manages accounts and sees no household.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 11] = [
        Role::CreditManager,
        Role::IndustryGuide,
        Role::TechnologyOfficer,
        Role::PairedCadre,
        Role::FirstSecretary,
        Role::StationClerk,
        Role::CentreClerk,
        Role::BankClerk,
        Role::Supervisor,
        Role::Leader,
        Role::Administrator,
    ];

    /// The word under which it is stored, and the key of its text.
    pub const fn key(self) -> &'static str {
        match self {
            Role::CreditManager => "credit-manager",
            Role::IndustryGuide => "industry-guide",
            Role::TechnologyOfficer => "technology-officer",
            Role::PairedCadre => "paired-cadre",
            Role::FirstSecretary => "first-secretary",
            Role::StationClerk => "station-clerk",
            Role::CentreClerk => "centre-clerk",
            Role::BankClerk => "bank-clerk",
            Role::Supervisor => "supervisor",
            Role::Leader => "leader",
            Role::Administrator => "administrator",
        }
    }

    /// The role stored under a word.
    pub fn from_key(key: &str) -> Option<Role> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }

    /// The role that a roster's word means, blanks removed: 信贷管户员, 管户经理, 客户经理 …
    pub fn from_word(word: &str) -> Option<Role> {
        Some(match word {
            "信贷管户员" | "管户员" | "信贷员" | "管户经理" | "客户经理" | "管户客户经理" | "信贷专员" => {
                Role::CreditManager
            }
            "产业指导员" | "产业指导" | "产业专员" => Role::IndustryGuide,
            "科技特派员" | "科技员" | "技术员" | "科技专员" => Role::TechnologyOfficer,
            "帮扶干部" | "帮扶责任人" | "帮扶联系人" | "结对干部" | "结对帮扶干部" => {
                Role::PairedCadre
            }
            "第一书记" | "驻村第一书记" => Role::FirstSecretary,
            "服务站工作人员" | "村级服务站工作人员" | "服务站站长" | "站长" | "金融服务站站长" => {
                Role::StationClerk
            }
            "服务中心工作人员" | "服务中心" | "中心工作人员" | "经办人" | "办事员" => {
                Role::CentreClerk
            }
            "银行经办" | "银行柜员" | "支行经办" | "柜员" => Role::BankClerk,
            "督查" | "督查员" | "督查人员" => Role::Supervisor,
            "主要负责人" | "一把手" | "单位负责人" => Role::Leader,
            "管理员" | "系统管理员" => Role::Administrator,
            _ => return None,
        })
    }
}
