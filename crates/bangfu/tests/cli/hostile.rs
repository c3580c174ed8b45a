//! Files made to break whoever opens them: each is told what is wrong with it, and nothing else happens.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::desk::Desk;

const XLSX: &[u8] = include_bytes!("../../../sheets/tests/files/ledger.xlsx");
const SHEET: &str = "xl/worksheets/sheet1.xml";
const STRINGS: &str = "xl/sharedStrings.xml";

const FORMS: [(&str, &[u8]); 4] = [
    ("xlsx", XLSX),
    ("xls", include_bytes!("../../../sheets/tests/files/ledger.xls")),
    ("xlsb", include_bytes!("../../../sheets/tests/files/ledger.xlsb")),
    ("ods", include_bytes!("../../../sheets/tests/files/ledger.ods")),
];

/// A workbook with some of its parts changed.
fn changed(bytes: &[u8], change: impl Fn(&str, Vec<u8>) -> Vec<u8>) -> Vec<u8> {
    with_part(bytes, change, None)
}

/// A workbook with some of its parts changed, and one more.
fn with_part(
    bytes: &[u8],
    change: impl Fn(&str, Vec<u8>) -> Vec<u8>,
    more: Option<(&str, &[u8])>,
) -> Vec<u8> {
    let mut parts = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut written = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..parts.len() {
        let mut part = parts.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        written.start_file(&name, SimpleFileOptions::default()).unwrap();
        written.write_all(&change(&name, content)).unwrap();
    }
    if let Some((name, content)) = more {
        written.start_file(name, SimpleFileOptions::default()).unwrap();
        written.write_all(content).unwrap();
    }
    written.finish().unwrap().into_inner()
}

/// The sample with something put before a mark of its sheet.
fn sheet_with(mark: &str, put: &str) -> Vec<u8> {
    changed(XLSX, |name, content| match name {
        SHEET => String::from_utf8(content).unwrap().replacen(mark, &format!("{put}{mark}"), 1).into_bytes(),
        _ => content,
    })
}

fn replaced(part: &str, content: &[u8]) -> Vec<u8> {
    changed(XLSX, |name, old| if name == part { content.to_vec() } else { old })
}

/// Numbers without order, the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

fn spoilt(mut bytes: Vec<u8>, dice: &mut Dice) -> Vec<u8> {
    for _ in 0..[1, 4, 20][dice.below(3)] {
        let place = dice.below(bytes.len());
        bytes[place] = u8::try_from(dice.below(256)).unwrap();
    }
    bytes
}

#[test]
fn each_attack_is_told_for_what_it_is() {
    let desk = Desk::sqlite();
    desk.init();
    let rows = |count: u32| (10..10 + count).map(|row| format!("<row r=\"{row}\"/>")).collect::<String>();
    let referring: String =
        (10..110).map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>")).collect();
    let head = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>";
    let text = format!("{head}{}</t></si></sst>", "x".repeat(30_000_000));
    let strings =
        with_part(&sheet_with("</sheetData>", &referring), |_, old| old, Some((STRINGS, text.as_bytes())));
    let attacks: [(&str, Vec<u8>, &str); 11] = [
        ("unfolds", replaced(SHEET, &vec![b' '; 1_100_000_000]), "展开后太大"),
        ("strings", strings, "32767 个字"),
        (
            "entity",
            sheet_with("<worksheet", "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>"),
            "",
        ),
        ("outside", sheet_with("<worksheet", "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"), ""),
        ("deep", replaced(SHEET, "<a>".repeat(1_000_000).as_bytes()), "损坏"),
        ("beyond", sheet_with("</sheetData>", "<row r=\"9\"><c r=\"XFE9\"><v>1</v></c></row>"), "损坏"),
        ("rows", sheet_with("</sheetData>", &rows(400_000)), ""),
        (
            "corner",
            sheet_with("</sheetData>", "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>"),
            "",
        ),
        ("cut", XLSX[..XLSX.len() / 2].to_vec(), "损坏"),
        ("inner", changed(XLSX, |_, _| Vec::new()), "损坏"),
        ("pdf", b"%PDF-1.7 and more".to_vec(), "PDF"),
    ];
    for (name, bytes, said) in attacks {
        let file = format!("{name}.xlsx");
        std::fs::write(desk.path(&file), bytes).unwrap();
        let output = desk.run(&["import", "ledger", &file, "--check"]);
        let told = String::from_utf8(output.stderr).unwrap();
        // What does no harm is read like any other file.
        let codes = if said.is_empty() { [0, 2, 3] } else { [2, 2, 2] };
        assert!(output.status.code().is_some_and(|code| codes.contains(&code)), "{name}: {told}");
        assert!(told.contains(said) && !told.contains("panicked"), "{name}: {told}");
        assert!(!told.contains("root:"), "{name}: no file of this machine is read");
    }
}

/// What the system ends because its seconds are over must not look like what it ends for want of memory.
#[test]
fn a_parser_whose_seconds_are_over_is_told_so() {
    let desk = Desk::sqlite();
    let path = desk.path("long.csv");
    std::fs::write(&path, "甲,乙,丙,丁,戊,己,庚,辛\n".repeat(1_000_000)).unwrap();
    // A shell tells a signal as 128 and its number.
    let parser = std::process::Command::new("sh")
        .args(["-c", "\"$0\" read-book 20000000 4000000000 1 >/dev/null", env!("CARGO_BIN_EXE_bangfu")])
        .stdin(std::fs::File::open(path).unwrap())
        .status();
    assert_eq!(parser.unwrap().code(), Some(128 + 24), "SIGXCPU");
}

#[test]
fn spoilt_files_end_in_words() {
    let desk = Desk::sqlite();
    desk.init();
    let mut dice = Dice(20_190_617);
    for (form, bytes) in FORMS {
        for round in 0..24 {
            let bytes = match (form, round % 2) {
                // Half of the packed ones are spoilt inside, where the packing does not tell.
                ("xlsx" | "xlsb" | "ods", 1) => {
                    let part = dice.below(4);
                    let seed = dice.below(1 << 30) as u64;
                    changed(bytes, |name, content| {
                        let inner =
                            name.contains("sheet") || name.contains("content") || name.contains("workbook");
                        if content.is_empty() || !inner || part == 3 && name.contains("sheet2") {
                            return content;
                        }
                        spoilt(content, &mut Dice(seed))
                    })
                }
                _ => spoilt(bytes.to_vec(), &mut dice),
            };
            let file = format!("spoilt-{round}.{form}");
            std::fs::write(desk.path(&file), bytes).unwrap();
            let output = desk.run(&["import", "ledger", &file, "--check"]);
            let told = String::from_utf8(output.stderr).unwrap();
            let code = output.status.code();
            assert!(matches!(code, Some(0 | 2 | 3)), "{file}: {code:?} {told}");
            assert!(code != Some(2) || !told.trim().is_empty(), "{file}");
        }
    }
}
