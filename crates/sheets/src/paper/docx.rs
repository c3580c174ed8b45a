//! A paper as a document in Office Open XML (ECMA-376), which word processors open: the few parts that one needs.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use quick_xml::escape::escape;
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;

use super::{Paper, Part, Table};

/// A sheet of A4, and its margins, in twentieths of a point.
const SHEET: (u32, u32) = (11_906, 16_838);
const MARGIN: u32 = 1_134;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;

const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/></Types>"#;

const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;

const OF_DOCUMENT: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footer" Target="footer1.xml"/></Relationships>"#;

const SPACE: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships""#;

/// Fonts that Chinese offices have; another machine takes one of its own.
const STYLES: &str = r#"<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="宋体" w:cs="Times New Roman"/><w:sz w:val="24"/><w:szCs w:val="24"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/><w:pPr><w:keepNext/><w:spacing w:before="200" w:after="100"/></w:pPr><w:rPr><w:b/><w:sz w:val="28"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/><w:pPr><w:jc w:val="center"/><w:spacing w:after="120"/></w:pPr><w:rPr><w:b/><w:sz w:val="36"/></w:rPr></w:style>"#;

/// Writes a paper as a document.
pub fn to_docx(paper: &Paper) -> ZipResult<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let document = document(paper);
    let footer = format!(
        r#"<w:ftr {SPACE}><w:p><w:pPr><w:jc w:val="center"/></w:pPr>{}<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:ftr>"#,
        run(&format!("{}　", paper.foot), "<w:sz w:val=\"18\"/>")
    );
    let styles = format!("<w:styles {SPACE}>{STYLES}</w:styles>");
    for (name, text) in [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONS),
        ("word/document.xml", document.as_str()),
        ("word/_rels/document.xml.rels", OF_DOCUMENT),
        ("word/styles.xml", styles.as_str()),
        ("word/footer1.xml", footer.as_str()),
    ] {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(HEAD.as_bytes())?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

fn document(paper: &Paper) -> String {
    let mut body = String::new();
    body.push_str(&paragraph(&paper.title, r#"<w:pStyle w:val="Title"/>"#, ""));
    body.push_str(&paragraph(&paper.unit, r#"<w:jc w:val="center"/>"#, ""));
    let facts: Vec<String> = paper.facts.iter().map(|(name, value)| format!("{name}：{value}")).collect();
    body.push_str(&paragraph(&facts.join("　"), r#"<w:jc w:val="center"/>"#, "<w:sz w:val=\"20\"/>"));
    for part in &paper.parts {
        body.push_str(&of_part(part, paper.landscape));
    }
    let (narrow, long) = SHEET;
    let (width, height, turned) = match paper.landscape {
        true => (long, narrow, r#" w:orient="landscape""#),
        false => (narrow, long, ""),
    };
    format!(
        r#"<w:document {SPACE}><w:body>{body}<w:sectPr><w:footerReference w:type="default" r:id="rId2"/><w:pgSz w:w="{width}" w:h="{height}"{turned}/><w:pgMar w:top="{MARGIN}" w:right="{MARGIN}" w:bottom="{MARGIN}" w:left="{MARGIN}" w:header="600" w:footer="600" w:gutter="0"/></w:sectPr></w:body></w:document>"#
    )
}

fn of_part(part: &Part, landscape: bool) -> String {
    match part {
        Part::Heading(text) => paragraph(text, r#"<w:pStyle w:val="Heading1"/>"#, ""),
        Part::Paragraph(text) => {
            paragraph(text, r#"<w:spacing w:before="60" w:after="60" w:line="360" w:lineRule="auto"/>"#, "")
        }
        Part::Large(name, value) => {
            let small =
                paragraph(name, r#"<w:keepNext/><w:spacing w:before="160"/>"#, "<w:sz w:val=\"32\"/>");
            small + &paragraph(value, "", "<w:b/><w:sz w:val=\"52\"/>")
        }
        Part::Table(table) => of_table(table, landscape),
        Part::Signs(lines) => {
            let lines = lines.iter().map(|line| paragraph(line, r#"<w:spacing w:before="240"/>"#, ""));
            lines.collect()
        }
        Part::Address(address, what) => {
            paragraph(what, r#"<w:spacing w:before="160"/>"#, "")
                + &paragraph(address, "", "<w:sz w:val=\"20\"/>")
        }
        Part::Break => r#"<w:p><w:r><w:br w:type="page"/></w:r></w:p>"#.to_owned(),
    }
}

fn of_table(table: &Table, landscape: bool) -> String {
    let mut text = String::new();
    if !table.caption.is_empty() {
        text.push_str(&paragraph(&table.caption, r#"<w:pStyle w:val="Heading1"/>"#, ""));
    }
    let whole = if landscape { SHEET.1 } else { SHEET.0 } - 2 * MARGIN;
    let columns = u32::try_from(table.header.len().max(1)).unwrap_or(1);
    text.push_str(r#"<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>"#);
    for side in ["top", "left", "bottom", "right", "insideH", "insideV"] {
        write!(text, r#"<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>"#).expect(FITS);
    }
    text.push_str(r#"</w:tblBorders><w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>"#);
    for _ in 0..columns {
        write!(text, r#"<w:gridCol w:w="{}"/>"#, whole / columns).expect(FITS);
    }
    text.push_str(r#"</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"#);
    for cell in &table.header {
        text.push_str(&of_cell(cell, r#"<w:jc w:val="center"/>"#, true));
    }
    text.push_str("</w:tr>");
    for (at, row) in table.rows.iter().enumerate() {
        text.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
        for value in row {
            let side = if value.is_number() { r#"<w:jc w:val="right"/>"# } else { "" };
            text.push_str(&of_cell(&value.said(), side, table.is_sum(at)));
        }
        text.push_str("</w:tr>");
    }
    // Two tables without a paragraph between them are one.
    text.push_str("</w:tbl><w:p/>");
    text
}

const FITS: &str = "invariant: a text takes every sign";

fn of_cell(text: &str, side: &str, bold: bool) -> String {
    let looks = if bold { "<w:b/><w:sz w:val=\"18\"/>" } else { "<w:sz w:val=\"18\"/>" };
    format!(r#"<w:tc><w:tcPr><w:tcW w:w="0" w:type="auto"/></w:tcPr>{}</w:tc>"#, paragraph(text, side, looks))
}

fn paragraph(text: &str, looks: &str, of_run: &str) -> String {
    let looks = if looks.is_empty() { String::new() } else { format!("<w:pPr>{looks}</w:pPr>") };
    format!("<w:p>{looks}{}</w:p>", run(text, of_run))
}

fn run(text: &str, looks: &str) -> String {
    // XML has no place for most control characters, however they are written.
    let plain: String = text.chars().filter(|c| !c.is_control()).collect();
    let looks = if looks.is_empty() { String::new() } else { format!("<w:rPr>{looks}</w:rPr>") };
    format!(r#"<w:r>{looks}<w:t xml:space="preserve">{}</w:t></w:r>"#, escape(plain.as_str()))
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use bangfu_domain::money::Fen;
    use quick_xml::events::Event;

    use super::*;
    use crate::export::Value;

    fn sample() -> Paper {
        let table = Table {
            caption: "名单".to_owned(),
            header: vec!["姓名".to_owned(), "余额".to_owned()],
            rows: vec![
                vec![Value::Text("=张<三>&\u{7}".to_owned()), Value::Money(Fen::new(5_000_000))],
                vec![Value::Text("合计".to_owned()), Value::Money(Fen::new(5_000_000))],
            ],
            sums: 1,
        };
        Paper {
            title: "月报".to_owned(),
            facts: vec![("材料编号".to_owned(), "ABCD-EFGH".to_owned())],
            parts: vec![
                Part::Heading("一".to_owned()),
                Part::Paragraph("说明".to_owned()),
                Part::Large("到期日".to_owned(), "2019年6月20日".to_owned()),
                Part::Table(table),
                Part::Address("https://example/c/1".to_owned(), "扫码".to_owned()),
                Part::Break,
                Part::Signs(vec!["签字：".to_owned()]),
            ],
            landscape: true,
            ..Paper::default()
        }
    }

    #[test]
    fn every_part_is_sound_xml_and_says_what_the_paper_says() {
        let bytes = to_docx(&sample()).unwrap();
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut said = String::new();
        for at in 0..zip.len() {
            let mut text = String::new();
            zip.by_index(at).unwrap().read_to_string(&mut text).unwrap();
            let mut reader = quick_xml::Reader::from_str(&text);
            while !matches!(reader.read_event().unwrap(), Event::Eof) {}
            said += &text;
        }
        for wanted in ["月报", "ABCD-EFGH", "=张&lt;三&gt;&amp;", "50,000.00", "签字：", "2019年6月20日"]
        {
            assert!(said.contains(wanted), "{wanted}: {said}");
        }
        assert!(!said.contains('\u{7}'));
    }

    #[test]
    fn a_workbook_of_a_paper_has_texts_and_no_formula() {
        let bytes = super::super::to_xlsx(&sample(), "月报").unwrap();
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        zip.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut text).unwrap();
        assert!(!text.contains("<f>") && text.contains("50000"), "{text}");
    }
}
