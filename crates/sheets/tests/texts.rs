//! Tables of text in the encodings in which spreadsheets and banks write them, and what only looks like one.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bangfu_domain::bank::Home;
use bangfu_sheets::book::Book;
use bangfu_sheets::cell::shown;
use bangfu_sheets::fault::FaultCode;
use bangfu_sheets::ledger::{self, LedgerRow};
use bangfu_sheets::parsed::Parsed;
use bangfu_sheets::read::{ReadFault, read_book};
use encoding_rs::GB18030;
use proptest::prelude::*;

const TABLE: &str = "台账（截至2019-04-30）\n\
    村,姓名,身份证号,贷款银行,借据号,贷款金额,放款日期,到期日期,备注\n\
    东村,张三,43109919900524480X,农商银行,A1,50000,2018-06-17,2021-06-17,养鸡\n\
    西村,李四,43109919900524480X,农商银行,A2,30000,2018-06-17,2021-06-17,种果\n";

fn cells(book: &Book) -> Vec<Vec<String>> {
    book.sheets[0].rows.iter().map(|row| row.iter().map(shown).collect()).collect()
}

fn ledger(bytes: &[u8]) -> Parsed<LedgerRow> {
    let home = Home { code: "431022000000", name: "宜章县", besides: &[] };
    ledger::read(&read_book(bytes).unwrap(), home, &ledger::Known::default(), None, None).unwrap()
}

fn wide(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// What Excel calls Unicode 文本, and the others.
fn encoded(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8 with a mark", [b"\xef\xbb\xbf", text.as_bytes()].concat()),
        ("UTF-16LE with a mark", [b"\xff\xfe".to_vec(), wide(text, u16::to_le_bytes)].concat()),
        ("UTF-16BE with a mark", [b"\xfe\xff".to_vec(), wide(text, u16::to_be_bytes)].concat()),
        ("UTF-16LE", wide(text, u16::to_le_bytes)),
        ("UTF-16BE", wide(text, u16::to_be_bytes)),
        ("GB18030", GB18030.encode(text).0.into_owned()),
    ]
}

#[test]
fn a_table_is_the_same_in_every_encoding_and_under_every_sign_that_divides_it() {
    let plain = cells(&read_book(TABLE.as_bytes()).unwrap());
    for sign in [",", "\t", ";", "|"] {
        for (encoding, bytes) in encoded(&TABLE.replace(',', sign)) {
            assert_eq!(cells(&read_book(&bytes).unwrap()), plain, "{encoding} {sign:?}");
        }
    }
}

#[test]
fn a_lost_sign_costs_its_own_row_and_none_in_a_note() {
    for (encoding, bytes) in encoded(&format!("{TABLE}{}", "东村,,,,,,,,\n".repeat(40))) {
        if encoding.starts_with("UTF-16") {
            continue;
        }
        // The second byte of a sign is struck by one that never stands there.
        let struck = |text: &str| {
            let sign = if encoding == "GB18030" { GB18030.encode(text).0.into_owned() } else { text.into() };
            let at = bytes.windows(sign.len()).position(|bytes| bytes == sign).unwrap();
            let mut bytes = bytes.clone();
            bytes[at + 1] = 0xff;
            bytes
        };
        let parsed = ledger(&struck("李"));
        assert_eq!((parsed.rows.len(), parsed.bad.len()), (1, 1), "{encoding}");
        let fault = &parsed.faults[0];
        assert_eq!((fault.at.row, fault.at.column.as_str()), (4, "姓名"), "{encoding}");
        assert_eq!(fault.code, FaultCode::SignsLost, "{encoding}");
        let parsed = ledger(&struck("鸡"));
        assert_eq!((parsed.rows.len(), parsed.bad.len()), (2, 0), "{encoding}");
        let finding = &parsed.findings[0];
        assert_eq!((finding.at.row, &finding.code), (3, &FaultCode::SignsLost), "{encoding}");
    }
    assert_eq!(read_book(&b"\xffa,".repeat(1_000)), Err(ReadFault::Unknown));
    assert_eq!(read_book(b"PLAIN\0\x01\x02 bytes, and more\n"), Err(ReadFault::Unknown));
}

#[test]
fn what_other_programs_save_under_the_name_of_a_workbook_is_named() {
    let xml = "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet><Table><Row/></Table></Worksheet></Workbook>";
    let flat = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\">";
    let page =
        "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><body><table><tr><td>1</td></tr></table>";
    let late =
        format!("<!-- {} --><meta charset=gbk><table><tr><td>1,2</td></tr></table>", "报表".repeat(200));
    for (text, fault) in [
        (xml, ReadFault::Xml),
        (flat, ReadFault::Xml),
        (page, ReadFault::WebPage),
        (&late, ReadFault::WebPage),
        ("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"x\"\n\n", ReadFault::WebArchive),
        ("{\\rtf1\\ansi 台账}", ReadFault::RichText),
    ] {
        for (encoding, bytes) in encoded(text) {
            // Without line ends that are divided, two bytes a sign are certain by their mark only.
            if encoding.starts_with("UTF-16") && !encoding.contains("mark") {
                continue;
            }
            assert_eq!(read_book(&bytes), Err(fault.clone()), "{encoding} {text}");
        }
    }
    assert!(read_book("<无>,1\n<无>,2\n".as_bytes()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_table_is_the_same_in_every_encoding(
        rows in prop::collection::vec(prop::collection::vec("[一-龥a-z0-9（）.]{1,6}", 3..6), 2..20),
    ) {
        let text: String = rows.iter().map(|row| format!("{}\n", row.join("\t"))).collect();
        for (encoding, bytes) in encoded(&text) {
            prop_assert_eq!(&cells(&read_book(&bytes).unwrap()), &rows, "{}", encoding);
        }
    }
}
