//! Under which names books hold their columns.
//!
//! A name is a pattern: `(贷款|借款|)日期` stands for 贷款日期, 借款日期 and 日期. A field's patterns stand in order:
//! where two columns may hold it, the one that an earlier pattern names does.

use std::collections::HashMap;

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

/// The borrower's name: one who is not always the head.
const BORROWER: Names = names(
    "borrower",
    &[
        "(贷款人|借款人|贷款户|借款户|承贷人|承贷户|贷款对象|借款对象|申请人)(姓名|名称|)",
        "(贷款|借款)(农户|户主|贫困户|脱贫户|客户|主体)(姓名|名称|)",
        "(贫困户|脱贫户|贷款户|建档立卡贫困户|建档立卡户)户主姓名",
        "(建档立卡贫困户|建档立卡户)姓名",
        "(客户名|贷款户名|借款户名|借款人全称|贷款人全称)",
        "(客户|农户|贫困户|脱贫户)(姓名|名称)",
        "户主借款人(姓名|)",
        "(姓名|户名|农户|贫困户|客户)",
    ],
);

const HEAD: Names = names("head", &["户主(姓名|名称|名|名字|)"]);

/// A ledger's columns (台账).
pub(crate) const LEDGER: &[Names] = &[
    ORDINAL,
    TOWNSHIP,
    VILLAGE,
    GROUP,
    BORROWER,
    HEAD,
    names(
        "borrower-identity",
        &[
            "(贷款人|借款人|贷款户|借款户|承贷人|承贷户|客户|申请人)(|居民|有效)(身份证号码|身份证号|身份证|身份证件号码|证件号码|证件号|公民身份号码)",
        ],
    ),
    names(
        "head-identity",
        &["户主(|居民|有效)(身份证号码|身份证号|身份证|身份证件号码|证件号码|证件号|公民身份号码)"],
    ),
    names(
        "identity",
        &[
            "(|居民|公民|农户|贫困户|脱贫户|有效)(身份证号码|身份证号|身份证|身份证件号码|身份号码|身份证编号)",
            "(|有效|农户)(证件号码|证件号)",
        ],
    ),
    PHONE,
    CLASS,
    names(
        "bank",
        &[
            "(贷款|承贷|放款|发放|经办|放贷)(银行|行|支行|金融机构|机构|网点|信用社)(|名称)",
            "(承办|主办|合作|开户|所属|受理|管户|营业)(银行|行|支行|金融机构|机构|网点)(|名称)",
            "贷款(发放|经办|承办|承贷)(银行|行|支行|金融机构|机构|网点)(|名称)",
            "银行(机构|网点)(|名称)",
            "(银行业金融机构|承贷银行机构)",
            "(银行|支行|网点|金融机构|机构|信用社)(名称|)",
        ],
    ),
    NUMBER,
    names(
        "principal",
        &[
            "(贷款|借款|放款|发放|放贷|获贷|借据|实际发放|实际放款|实际贷款|发放贷款|贷款发放|实贷)(金额|本金|总额|额|数额)",
            "(金额|本金)",
            "合同金额",
            "(小额信贷|扶贫贷款|扶贫小额信贷|投放|获得贷款|贷款合同|贷款放款|原始|初始)金额",
            "(累计发放金额|贷款发生额|贷款金额小写)",
            "贷款",
            "(贷款|授信贷款|合同)额度",
        ],
    ),
    names("rate", &["(|贷款|执行|合同|借款)(年利率|利率|年化利率)"]),
    names(
        "disbursed-on",
        &[
            "(放款|发放|贷款发放|实际放款|实际发放|发放贷款|放贷|贷款放款|起息|起贷|获贷|投放|贷款投放|借款发放|贷款借款)(日期|日|时间)",
            "(放款|发放|贷款发放)年月日",
            "借据日期",
            "(贷款|借款)(日期|时间|日)",
            "(|贷款|借款|合同|借据)(起始|开始|起)(日期|日|时间|期)",
            "(|贷款|借款|合同)期限(起始|开始|起|自)(日期|日|时间|)",
            "借款合同起始日",
            "(|贷款|借款)起",
        ],
    ),
    names("term", &["(|贷款|借款|合同|还款)(期限|年限)", "(|贷款|借款)(月数|期限月)", "贷款期"]),
    names(
        "due-on",
        &[
            "(|贷款|借款|合同|约定|借据|约定还款)(到期)(日期|日|时间)",
            "(|贷款|借款|合同|借据)(终止|截止|结束|止)(日期|日|时间|期)",
            "(约定还款|应还款|应还|约定归还)(日期|日|时间)",
            "(还款到期|还款截止)(日期|日|时间)",
            "(|贷款)到期(年月日|)",
            "(|贷款|借款|合同)期限(到期|终止|截止|止|至)(日期|日|时间|)",
            "(|贷款|借款)止",
        ],
    ),
    names("purpose", &["(贷款|资金|借款|)用途", "(发展|扶持|)产业(|项目|名称)", "(贷款|发展)项目"]),
    names(
        "repaid",
        &[
            "(已|累计|累计已|已经)(还|偿还|归还|收回|还款)(|贷款)(本金|金额|本金金额|额)",
            "(累计还本|已还|已还款|已还本|已偿还|已归还|已收回|累计还款)",
            "(已还贷款|已还借款|收回贷款)",
            "(累计还本|已还本|回收|还贷|本金归还)金额",
            "(偿还|归还|收回|还款|还本)(|贷款)(本金|金额|额|本金金额)",
        ],
    ),
    names(
        "balance",
        &[
            "(贷款|本金|期末|当前|目前|借据|欠款|贷款本金|贷款期末|)余额",
            "(剩余|结欠|尚欠|未还|未偿还|未归还|待还|欠)(|贷款)(本金|金额|余额)",
            "(贷款|)结余",
            "(在贷|现|未到期|月末|期末贷款|当前贷款|贷款剩余)余额",
            "(所欠|剩余未还|贷款剩余)本金",
            "(未还贷款|贷款结欠|未还款金额|未结清金额|未收回金额|欠款金额)",
        ],
    ),
    names(
        "settled-on",
        &[
            "(|实际|贷款|还款)(结清|还清|清偿)(日期|时间|日)",
            "(还款年月日|归还贷款日期)",
            "(|实际|贷款)(还款|归还|偿还|还本|还贷|收回)(日期|时间|日)",
        ],
    ),
    names("credit-manager", &["(信贷管户员|管户员|管户经理|管户客户经理|客户经理|信贷员|管户信贷员)(|姓名)"]),
    names("industry-guide", &["产业指导(员|)(|姓名)"]),
    names("technology-officer", &["(科技特派员|科技员|技术员|科技指导员)(|姓名)"]),
    names("enterprise", &["(带贫|带动|联结)(主体|企业|单位|经营主体)(|名称)", "合作社(|名称)"]),
    names("note", &["(备注|说明|备注说明)"]),
];

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
        &["(户主|)(|居民|公民|有效)(身份证号码|身份证号|身份证|身份证件号码|身份号码|证件号码|证件号)"],
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
