//! A good row of a ledger, exported and read in again, is the same row.
#![no_main]

use bangfu_domain::loan::Terms;
use bangfu_domain::money::Fen;
use bangfu_domain::warning::Standing;
use bangfu_fuzz::{HOME, book};
use bangfu_sheets::book::Book;
use bangfu_sheets::export::{to_csv, to_xlsx};
use bangfu_sheets::ledger::{self, Known, LedgerRow};
use bangfu_sheets::read::read_book;
use bangfu_usecase::export::{self, ExportRow};
use jiff::civil::date;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let rows = good(&book(bytes));
    if rows.is_empty() {
        return;
    }
    let exported: Vec<ExportRow> = rows.iter().map(exported).collect();
    let table = export::ledger(&exported, date(2019, 4, 30), None);
    let forms = [to_csv(&table).expect("a table of text"), to_xlsx(&table, "台账").expect("a workbook")];
    for form in forms {
        let again = good(&read_book(&form).expect("an export can be read"));
        assert_eq!(again.len(), rows.len());
        for (one, other) in rows.iter().zip(&again) {
            assert_eq!(said(one), said(other));
        }
    }
});

fn good(book: &Book) -> Vec<LedgerRow> {
    ledger::read(book, HOME, &Known::default(), None, None).map(|parsed| parsed.rows).unwrap_or_default()
}

fn exported(row: &LedgerRow) -> ExportRow {
    let repaid_fen = row.repaid_fen.unwrap_or(Fen::ZERO);
    ExportRow {
        number: row.number.clone(),
        borrower: row.borrower_name.clone(),
        identity: row.identity.as_str().to_owned(),
        head: row.head_name.clone(),
        head_identity: None,
        village_code: String::new(),
        village: row.village.clone(),
        township: row.township.clone().unwrap_or_default(),
        branch: row.bank_branch.clone(),
        household_class: row.household_class.clone(),
        terms: Terms {
            principal_fen: row.principal_fen,
            rate: row.rate,
            disbursed_on: row.disbursed_on,
            due_on: row.due_on,
            term_months: row.term_months,
            purpose: row.purpose.clone(),
        },
        repaid_fen,
        balance_fen: row.principal_fen - repaid_fen,
        settled_on: row.settled_on,
        standing: Standing::None,
        manager: row.credit_manager.clone(),
        guide: row.industry_guide.clone(),
        technologist: row.technology_officer.clone(),
        enterprise: row.enterprise.clone(),
        note: row.note.clone(),
    }
}

/// What an export can say of a row.
fn said(row: &LedgerRow) -> String {
    let LedgerRow { township, village, borrower_name, identity, bank_branch, number, .. } = row;
    let who = (township, village, borrower_name, identity.as_str(), bank_branch, number);
    let terms = (row.principal_fen, row.disbursed_on, row.due_on, row.repaid_fen.unwrap_or(Fen::ZERO));
    format!("{who:?} {terms:?} {:?} {:?}", row.term_months, row.rate)
}
