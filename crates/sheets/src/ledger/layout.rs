//! Under which names ledgers hold their columns.

use crate::header::Names;
use crate::row::Layout;

const fn names(key: &'static str, names: &'static [&'static str]) -> Names {
    Names { key, names }
}

/// The names of the column that counts the rows: forms have it filled in advance.
pub(crate) const ORDINAL: Names =
    names("ordinal", &["序号", "序", "顺序号", "行号", "NO", "NO.", "No", "No."]);

/// The names of township, village and group columns, common to all kinds.
pub(crate) const TOWNSHIP: Names = names(
    "township",
    &["乡镇", "乡镇名称", "所在乡镇", "所属乡镇", "乡", "镇", "镇乡", "乡镇街道", "乡镇办", "街道"],
);
pub(crate) const VILLAGE: Names = names(
    "village",
    &[
        "村",
        "行政村",
        "村名",
        "村名称",
        "行政村名称",
        "所在村",
        "所属村",
        "建制村",
        "村居",
        "村社区",
        "村委会",
        "村级",
    ],
);
pub(crate) const GROUP: Names = names("group", &["组", "组别", "村民小组", "小组", "村组", "自然村"]);
pub(crate) const PHONE: Names =
    names("phone", &["联系电话", "电话", "手机号", "手机号码", "手机", "联系方式", "电话号码"]);

/// 借据号.
pub(crate) const NUMBER: Names = names(
    "number",
    &[
        "借据号",
        "借据编号",
        "借据号码",
        "合同号",
        "合同编号",
        "贷款账号",
        "贷款合同号",
        "贷款合同编号",
        "借款合同号",
        "借款合同编号",
        "贷款编号",
        "借款借据号",
        "贷款帐号",
        "合同号码",
    ],
);

pub(super) const LAYOUT: Layout = Layout {
    fields: &[
        ORDINAL,
        TOWNSHIP,
        VILLAGE,
        GROUP,
        names(
            "borrower",
            &[
                "贷款人姓名",
                "借款人姓名",
                "贷款人",
                "借款人",
                "姓名",
                "客户名称",
                "客户姓名",
                "农户姓名",
                "贷款户姓名",
                "贷款户",
                "农户名称",
                "户名",
            ],
        ),
        names("head", &["户主姓名", "户主", "户主名称"]),
        names(
            "borrower-identity",
            &[
                "贷款人身份证",
                "贷款人身份证号",
                "贷款人身份证号码",
                "借款人身份证",
                "借款人身份证号",
                "借款人身份证号码",
                "借款人证件号码",
                "贷款人证件号码",
            ],
        ),
        names("head-identity", &["户主身份证", "户主身份证号", "户主身份证号码", "户主证件号码"]),
        names(
            "identity",
            &[
                "身份证号码",
                "身份证号",
                "身份证",
                "公民身份号码",
                "公民身份证号码",
                "证件号码",
                "证件号",
                "身份号码",
            ],
        ),
        PHONE,
        names(
            "household-class",
            &[
                "贫困户属性",
                "脱贫属性",
                "户属性",
                "户类型",
                "农户类型",
                "农户属性",
                "贫困类型",
                "户类别",
                "监测对象类别",
            ],
        ),
        names(
            "bank",
            &[
                "贷款银行",
                "承贷银行",
                "贷款金融机构",
                "经办银行",
                "放款银行",
                "机构名称",
                "经办机构",
                "贷款机构",
                "放款机构",
                "承贷机构",
                "银行",
                "支行",
                "承贷金融机构",
                "金融机构",
                "发放银行",
            ],
        ),
        NUMBER,
        names(
            "principal",
            &[
                "贷款金额",
                "放款金额",
                "借款金额",
                "贷款本金",
                "发放金额",
                "贷款额度",
                "贷款发放金额",
                "本金",
                "借据金额",
            ],
        ),
        names("rate", &["年利率", "利率", "贷款利率", "执行利率", "贷款年利率", "执行年利率"]),
        names(
            "disbursed-on",
            &[
                "放款日期",
                "发放日期",
                "贷款日期",
                "贷款发放日",
                "贷款发放日期",
                "借款日期",
                "起始日",
                "贷款起始日",
                "放款日",
                "起始日期",
                "贷款起始日期",
                "放款时间",
                "发放时间",
                "贷款时间",
                "借款时间",
                "贷款发放时间",
            ],
        ),
        names("term", &["期限", "贷款期限", "借款期限"]),
        names(
            "due-on",
            &[
                "到期日期",
                "到期日",
                "贷款到期日",
                "贷款到期日期",
                "约定到期日",
                "合同到期日",
                "到期时间",
                "贷款到期时间",
                "约定到期日期",
                "合同到期日期",
            ],
        ),
        names("purpose", &["贷款用途", "用途", "资金用途", "借款用途", "发展产业"]),
        names(
            "repaid",
            &[
                "已还本金",
                "已还金额",
                "偿还贷款金额",
                "累计还本",
                "归还本金",
                "已还款金额",
                "已归还金额",
                "已归还本金",
                "还款金额",
                "累计归还本金",
                "已收回金额",
            ],
        ),
        names(
            "balance",
            &["贷款余额", "余额", "剩余本金", "结欠金额", "贷款结余", "尚欠本金", "未还本金", "本金余额"],
        ),
        names(
            "settled-on",
            &["结清日期", "还款时间", "还清日期", "结清时间", "还款日期", "还清时间", "结清日", "收回日期"],
        ),
        names("credit-manager", &["信贷管户员", "管户员", "管户经理", "客户经理", "信贷员", "管户客户经理"]),
        names("industry-guide", &["产业指导员", "产业指导"]),
        names("technology-officer", &["科技特派员", "科技员", "技术员"]),
        names("enterprise", &["带贫主体", "带贫企业", "合作社", "带贫主体名称", "带动主体"]),
        names("note", &["备注", "说明"]),
    ],
    required: &[
        &["village"],
        &["borrower", "head"],
        &["identity", "borrower-identity", "head-identity"],
        &["bank"],
        &["number"],
        &["principal"],
        &["disbursed-on"],
        &["due-on", "term"],
    ],
    keys: &["number", "principal", "disbursed-on"],
    places: &["township", "village", "group"],
    sums: &["principal", "repaid", "balance"],
};
