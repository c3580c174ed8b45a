//! Under which names books hold their columns.
//!
//! A name is a pattern: `(贷款|借款|)日期` stands for 贷款日期, 借款日期 and 日期. A field's patterns stand in order:
//! where two columns may hold it, the one that an earlier pattern names does.

mod ledger;

use std::collections::HashMap;

pub(crate) use ledger::LEDGER;

/// A field and the patterns of the names under which columns hold it, without blanks, brackets and units.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    /// The field's key.
    pub key: &'static str,
    /// Its patterns, the surest first.
    pub patterns: &'static [&'static str],
}

impl Names {
    /// A few of its names, to tell people what was looked for.
    pub(crate) fn usual(&self) -> impl Iterator<Item = String> {
        self.patterns.iter().filter_map(|pattern| expand(pattern).into_iter().next()).take(5)
    }
}

/// What a name may mean: fields with the place of the pattern that says so, the surest first.
pub(crate) type Meanings = Vec<(&'static str, usize)>;

/// Every name of a kind of file.
#[derive(Debug)]
pub(crate) struct Lexicon(HashMap<String, Meanings>);

impl Lexicon {
    /// Spells out the patterns of a kind's fields.
    pub(crate) fn new(fields: &[Names]) -> Lexicon {
        let mut lexicon: HashMap<String, Meanings> = HashMap::new();
        for field in fields {
            for (rank, pattern) in field.patterns.iter().enumerate() {
                for name in expand(pattern) {
                    lexicon.entry(name).or_default().push((field.key, rank));
                }
            }
        }
        Lexicon(lexicon)
    }

    /// What a name may mean.
    pub(crate) fn meanings(&self, name: &str) -> &[(&'static str, usize)] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }
}

/// Every name that a pattern stands for, the first alternatives first; the empty name is none.
fn expand(pattern: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut rest = pattern;
    while !rest.is_empty() {
        let (alternatives, after) = match rest.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            Some((inner, after)) => (inner.split('|').collect::<Vec<_>>(), after),
            None => {
                let end = rest.find('(').filter(|end| *end > 0).unwrap_or(rest.len());
                (vec![&rest[..end]], &rest[end..])
            }
        };
        names = names
            .iter()
            .flat_map(|name| alternatives.iter().map(move |alternative| format!("{name}{alternative}")))
            .collect();
        rest = after;
    }
    names.retain(|name| !name.is_empty());
    names
}

/// True for a field that holds a day.
pub(crate) fn is_day(key: &str) -> bool {
    key == "on" || key.ends_with("-on")
}

const fn names(key: &'static str, patterns: &'static [&'static str]) -> Names {
    Names { key, patterns }
}

/// The column that counts the rows: forms have it filled in advance.
pub(crate) const ORDINAL: Names = names("ordinal", &["(序号|序|顺序号|行号)", "(NO|No|no)(.|)", "编号"]);

/// 乡镇.
pub(crate) const TOWNSHIP: Names = names(
    "township",
    &[
        "(乡镇|镇乡|乡镇街道|镇街道|乡镇街办|乡镇办|镇办|镇街|乡|镇|街道|街道办|街道办事处|乡镇办事处)(|名称|名)",
        "(所在|所属|户籍|户籍所在|县区|所在县区)(乡镇|镇乡|乡镇街道|乡镇办|乡|镇|街道)(|名称|名)",
        "乡镇区",
    ],
);

/// 村.
pub(crate) const VILLAGE: Names = names(
    "village",
    &[
        "(行政村|村|建制村|村居|村社区|社区村|村委会|村委|村民委员会|村级|村庄)(|名称|名|别)",
        "(所在|所属|户籍)(行政村|村|村居|村社区|社区)(|名称|名)",
        "(社区|居委会)(|名称|名)",
        "贫困村(|名称)",
    ],
);

/// 组.
pub(crate) const GROUP: Names = names(
    "group",
    &["(组别|组|村民小组|小组|自然村|村组|屯)(|名称|名)", "(所在|所属)(组|小组|自然村|村民小组)"],
);

/// 联系电话.
pub(crate) const PHONE: Names = names(
    "phone",
    &[
        "(联系|)(电话|手机|手机号|手机号码|电话号码|方式)",
        "(借款人|贷款人|户主)(联系|)(电话|手机号|手机号码)",
    ],
);

/// 借据号.
pub(crate) const NUMBER: Names = names(
    "number",
    &[
        "(|贷款|借款|本笔)借据(号|编号|号码|)",
        "借据合同号",
        "(借款|贷款)凭证(号|编号|号码)",
        "(|贷款|借款)合同(号|编号|号码)",
        "贷款(编号|号|账号|帐号|账户|帐户|号码)",
        "(借款编号|借款账号|业务编号|合同号借据号|借据号合同号|借据序号)",
    ],
);

/// 户属性.
pub(crate) const CLASS: Names = names(
    "household-class",
    &[
        "(贫困户|脱贫|脱贫户|户|农户|贫困|监测对象|帮扶对象)(属性|类型|类别)",
        "户别",
        "(属性|类别|类型)",
        "(建档立卡|监测)类型",
    ],
);

/// A household register's columns (户信息).
pub(crate) const HOUSEHOLDS: &[Names] = &[
    ORDINAL,
    TOWNSHIP,
    VILLAGE,
    GROUP,
    names(
        "head",
        &["户主(姓名|名称|名|名字|信息|)", "(农户|贫困户|脱贫户|)姓名", "(脱贫户|贫困户|家庭)户主"],
    ),
    names(
        "identity",
        &[
            "户主(|居民|公民|有效)(身份证号码|身份证号|身份证|身份证件号码|身份号码|证件号码|证件号)",
            "(|居民|公民|有效)(身份证号码|身份证号|身份证|身份证件号码|身份号码|证件号码|证件号)",
        ],
    ),
    // What a register with a row for each member says beside the head's: 姓名 and 证件号码 are then the member's.
    names("member", &["(家庭成员|成员|人员)(姓名|)", "姓名"]),
    names(
        "member-identity",
        &[
            "(家庭成员|成员|人员)(|居民)(身份证号码|身份证号|身份证|证件号码|证件号)",
            "(|居民|公民|有效)(身份证号码|身份证号|身份证|身份证件号码|身份号码|证件号码|证件号)",
        ],
    ),
    names("relation", &["(与户主|和户主|家庭|成员)(的|)关系", "与户主之关系", "关系"]),
    names(
        "household-number",
        &["(家庭|户|农户|脱贫户|贫困户|监测户|监测对象|帮扶对象)(编号|编码|号码|号|代码|ID)"],
    ),
    names("size", &["(家庭|户|户内|)(人口数|人口|成员数|人数|成员人数|总人口)(量|)", "(常住|户籍)人口(数|)"]),
    CLASS,
    PHONE,
    names("note", &["(备注|说明)"]),
];

/// A roster's columns (三员名册).
pub(crate) const OFFICERS: &[Names] = &[
    ORDINAL,
    TOWNSHIP,
    names("name", &["(人员|干部|三员|员工|管户员|)姓名", "名字"]),
    names(
        "role",
        &[
            "(身份|岗位|职务|角色|职责)(名称|)",
            "(人员身份|三员身份|担任职务|所任职务)",
            "(人员|三员|岗位|)(类别|类型)",
            "工作岗位",
        ],
    ),
    PHONE,
    names("note", &["(备注|说明)"]),
];

/// The columns of a bank's movements (还款流水).
pub(crate) const REPAYMENTS: &[Names] = &[
    ORDINAL,
    names(
        "institution",
        &["(经办|开户|贷款|承贷|放款|所属|交易|)(机构|银行|行|支行|网点|金融机构)(名称|)", "(经办|贷款)行社"],
    ),
    names(
        "name",
        &[
            "(客户|借款人|贷款人|借款户|农户|还款人|户主|账户|)(姓名|名称)",
            "(户名|借款人|贷款人|客户|客户名|还款人|贷款户|贷款户名)",
        ],
    ),
    names(
        "identity",
        &[
            "(客户|借款人|贷款人|)(|居民|有效)(证件号码|身份证号码|身份证号|证件号|公民身份号码|身份证|身份证件号码)",
        ],
    ),
    NUMBER,
    names(
        "on",
        &[
            "(交易|还款|归还|记账|记帐|账务|入账|会计|业务|还本|扣款|发生|收回|实际还款)(日期|日|时间)",
            "日期",
        ],
    ),
    names("kind", &["(交易|业务|还款)(类型|种类|类别)", "类型"]),
    names(
        "amount",
        &[
            "(还本|归还本金|还款本金|收回本金|本金|实还本金)(金额|)",
            "(交易|还款|归还|收回|实还|发生)(金额|额)",
            "贷方发生额",
            "(偿还本金|实收本金|本期还本|本次归还本金)",
            "(扣款|本次还款)金额",
            "归还",
            "金额",
        ],
    ),
    names(
        "balance",
        &[
            "(|贷款|本金|借据|当前|剩余)余额",
            "(交易后|还款后|还后|本次还款后)(贷款|)余额",
            "(账户|期末)余额",
            "未还本金",
            "(剩余|结欠|尚欠)本金",
        ],
    ),
    names(
        "serial",
        &[
            "(|交易|业务|核心|柜员|主机|全局|记账|还款)流水(号|)",
            "(凭证|传票)号",
            "(流水|交易|交易流水)编号",
            "(交易序号|日志号|序列号)",
        ],
    ),
    names("memo", &["(交易|)摘要", "(备注|附言)"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_stands_for_its_names() {
        assert_eq!(expand("(贷款|借款|)日期"), ["贷款日期", "借款日期", "日期"]);
        assert_eq!(expand("户主(姓名|)"), ["户主姓名", "户主"]);
        assert_eq!(expand("备注"), ["备注"]);
    }

    #[test]
    fn no_name_says_one_thing_twice() {
        for fields in [LEDGER, HOUSEHOLDS, OFFICERS, REPAYMENTS] {
            for field in fields {
                let mut names: Vec<String> =
                    field.patterns.iter().flat_map(|pattern| expand(pattern)).collect();
                let count = names.len();
                names.sort_unstable();
                names.dedup();
                assert_eq!(names.len(), count, "{}", field.key);
            }
        }
    }
}
