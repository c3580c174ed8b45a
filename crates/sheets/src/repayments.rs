//! A bank's movements (还款流水).

use bangfu_domain::identity::IdentityNumber;
use bangfu_domain::money::Fen;
use bangfu_domain::text::squeeze;
use jiff::civil::Date;

use crate::book::Book;
use crate::cell;
use crate::fault::{FaultCode, RowPlace};
use crate::header::HeaderFault;
use crate::layout::Layout;
use crate::names::REPAYMENTS;
use crate::parsed::Parsed;
use crate::row::{self, Shape};

/// What a movement moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MovementKind {
    /// 还本.
    Principal,
    /// 还息.
    Interest,
    /// Anything else: kept for somebody to look at.
    Other,
}

impl MovementKind {
    /// The word under which it is told apart.
    pub const fn key(self) -> &'static str {
        match self {
            MovementKind::Principal => "principal",
            MovementKind::Interest => "interest",
            MovementKind::Other => "other",
        }
    }

    /// The kind that a bank's word means for an amount in a column of this name. Without a word it is principal: that
    /// is what the file is for. An amount of principal and interest in one is neither, unless its column counts the
    /// principal alone: how it divides, nobody can tell from the row.
    fn of(word: Option<&str>, column: &str) -> MovementKind {
        let says = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
        let in_one = |text: &str| text.contains('本') && text.contains('息');
        let word = word.unwrap_or("还款");
        let alone = says(column, &["本金", "还本"]) && !in_one(column);
        if says(word, &["冲正", "撤销", "退", "放款", "发放"]) || in_one(word) && !alone {
            return MovementKind::Other;
        }
        if word.contains('息') && !in_one(word) {
            return MovementKind::Interest;
        }
        let of_principal = ["本金", "还本", "收本", "扣本", "还款", "结清", "收回", "回收", "归还", "还贷"];
        if (in_one(word) || says(word, &of_principal)) && !in_one(column) {
            MovementKind::Principal
        } else {
            MovementKind::Other
        }
    }
}

/// A movement as a bank reports it.
#[derive(Debug, Clone, PartialEq)]
pub struct RepaymentRow {
    /// Where it stands.
    pub at: RowPlace,
    /// 机构名称.
    pub institution: Option<String>,
    /// 客户名称.
    pub name: Option<String>,
    /// 证件号码.
    pub identity: Option<IdentityNumber>,
    /// 借据号.
    pub number: String,
    /// 交易日期.
    pub on: Date,
    /// What it moves.
    pub kind: MovementKind,
    /// 交易类型, in the bank's own word.
    pub kind_text: Option<String>,
    /// 交易金额.
    pub amount_fen: Fen,
    /// 贷款余额 after it.
    pub balance_fen: Option<Fen>,
    /// 流水号.
    pub serial: Option<String>,
    /// 摘要.
    pub memo: Option<String>,
}

pub(crate) const SHAPE: Shape = Shape {
    fields: REPAYMENTS,
    required: &[&["number"], &["on"], &["amount"]],
    keys: &["number", "on", "amount"],
    identities: &["identity"],
    evidence: &["name", "identity", "number", "on", "amount", "serial"],
    names: &["name"],
    places: &[],
    sums: &["amount"],
};

/// Reads a bank's movements.
pub fn read(book: &Book, layout: Option<&Layout>) -> Result<Parsed<RepaymentRow>, HeaderFault> {
    row::read(book, &SHAPE, layout, None, |record| {
        let number = record.required("number", cell::number);
        let on = record.required("on", cell::date_of);
        let amount_fen = record.required_amount("amount");
        if amount_fen.is_some_and(|amount| !amount.is_positive()) {
            record.refuse("amount", FaultCode::AmountNotPositive);
        }
        let kind_text = record.optional_name("kind");
        Some(RepaymentRow {
            at: record.at.clone(),
            institution: record.optional_name("institution"),
            name: record.optional_name("name"),
            identity: record.optional("identity", cell::identity),
            number: number?,
            on: on?,
            kind: MovementKind::of(kind_text.as_deref(), &squeeze(record.column_text("amount"))),
            kind_text,
            amount_fen: amount_fen?,
            balance_fen: record.optional_amount("balance"),
            serial: record.optional("serial", cell::number),
            memo: record.optional_text("memo"),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_of_principal_and_interest_in_one_is_neither() {
        use MovementKind::{Interest, Other, Principal};
        for (word, column, kind) in [
            ("本息", "交易金额", Other),
            ("收回本息", "交易金额", Other),
            ("贷款结清(本息)", "还款金额", Other),
            ("还本付息", "交易金额", Other),
            ("归还本息", "交易金额", Other),
            ("本金利息", "交易金额", Other),
            ("还本付息", "还本金额", Principal),
            ("收回本息", "归还本金", Principal),
            ("还款", "还款本息金额", Other),
            ("本金", "还款本息金额", Other),
            ("还本", "交易金额", Principal),
            ("贷款结清", "交易金额", Principal),
            ("利息", "交易金额", Interest),
            ("结息", "还本金额", Interest),
            ("冲正", "还本金额", Other),
            ("利随本清", "交易金额", Other),
        ] {
            assert_eq!(MovementKind::of(Some(word), column), kind, "{word} {column}");
        }
        assert_eq!(MovementKind::of(None, "交易金额"), Principal);
        assert_eq!(MovementKind::of(None, "本息合计"), Other);
    }
}
