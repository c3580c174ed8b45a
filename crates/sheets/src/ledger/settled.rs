//! What a row says was repaid, and on which day the last of it.

use std::collections::HashMap;

use bangfu_domain::loan::days_between;
use bangfu_domain::money::Fen;
use jiff::civil::Date;

use super::{LedgerRow, TERM_SLACK_DAYS};
use crate::cell;
use crate::fault::{Fault, FaultCode, RowPlace};
use crate::parsed::Parsed;
use crate::row::Record;

/// What a column of days of settlement is called that can hold nothing else: 还款日期 is the due day in some counties.
const CERTAIN: [&str; 4] = ["结清", "还清", "清偿", "实际"];

/// The rows that say no more of repayment than a day, which may be the due day.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// Those on whose due day that day lies, and what is to be said of them if that is no accident.
    at_due: HashMap<RowPlace, Fault>,
    /// True if such a day lies ahead: the column holds due days.
    holds_due_days: bool,
}

impl Settled {
    /// Principal repaid, where the row tells, and the day of settlement, if it fits. With the days of disbursement and
    /// the due day.
    pub(super) fn read(
        &mut self,
        record: &mut Record<'_>,
        principal: Option<Fen>,
        (disbursed_on, due_on): (Option<Date>, Option<Date>),
    ) -> (Option<Fen>, Option<Date>) {
        let day = record.optional("settled-on", cell::date_of);
        let in_time = day.filter(|day| {
            disbursed_on.is_none_or(|disbursed| *day >= disbursed)
                && record.as_of.is_none_or(|as_of| *day <= as_of)
        });
        let told = repaid(record, principal);
        let at_due = day.zip(due_on).filter(|(day, due)| days_between(*day, *due).abs() <= TERM_SLACK_DAYS);
        let name = record.column_text("settled-on");
        if told.is_none() && at_due.is_some() && !CERTAIN.iter().any(|word| name.contains(word)) {
            self.holds_due_days |= in_time.is_none();
            let fault = record.made("settled-on", FaultCode::SettledDiffers);
            self.at_due.extend(in_time.map(|_| (record.at.clone(), fault)));
        }
        // A day of settlement and no amount: all was repaid, where the day of the position tells that it has come.
        let past = in_time.filter(|_| record.as_of.is_some());
        let repaid = told.or_else(|| past.and(principal));
        let repaid = repaid.or_else(|| record.is_blank("repaid").then_some(Fen::ZERO));
        let whole = principal.zip(repaid).is_none_or(|(principal, repaid)| principal == repaid);
        if day.is_none() || (whole && in_time.is_some()) {
            return (repaid, day);
        }
        record.notice("settled-on", FaultCode::SettledDiffers);
        // Part of the principal was repaid on the day, whatever the column is called.
        (repaid, in_time.filter(|_| repaid.is_some_and(Fen::is_positive)))
    }

    /// A ledger in which no loan is taken for repaid because its due day has come, where the column holds due days.
    pub(super) fn doubted(mut self, mut parsed: Parsed<LedgerRow>) -> Parsed<LedgerRow> {
        if self.holds_due_days {
            for row in &mut parsed.rows {
                if let Some(fault) = self.at_due.remove(&row.at) {
                    (row.repaid_fen, row.settled_on) = (None, None);
                    parsed.findings.push(fault);
                }
            }
        }
        parsed
    }
}

/// Principal repaid: as stated, or what the balance leaves.
fn repaid(record: &mut Record<'_>, principal: Option<Fen>) -> Option<Fen> {
    let stated = record.optional_amount("repaid");
    let balance = record.optional_amount("balance");
    let by_balance = principal.zip(balance).map(|(principal, balance)| principal - balance);
    if let (Some(repaid), Some(principal), Some(by_balance)) = (stated, principal, by_balance)
        && by_balance != repaid
    {
        record.notice("balance", FaultCode::BalanceDiffers { expected_fen: principal - repaid });
    }
    let key = if stated.is_some() { "repaid" } else { "balance" };
    let repaid = stated.or(by_balance)?;
    if let Some(principal_fen) = principal.filter(|principal| repaid > *principal && principal.is_positive())
    {
        record.refuse(key, FaultCode::RepaidAbovePrincipal { principal_fen });
    } else if repaid < Fen::ZERO {
        record.notice(key, FaultCode::Ignored);
        return Some(Fen::ZERO);
    }
    Some(repaid)
}
