//! Workbooks to be filled in: our columns under their usual names, lists to choose from, and what each column holds.

use jiff::civil::Date;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, ExcelDateTime, Format, FormatAlign,
    Formula, Workbook, Worksheet, XlsxError,
};

use crate::Kind;

/// What a workbook is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// A county's loan ledger (台账).
    Ledger,
    /// A bank's list of balances (月末余额清单).
    Balances,
    /// The register of households (户信息).
    Households,
    /// The roster of officers (三员名册).
    Officers,
    /// A bank's movements (还款流水).
    Repayments,
}

impl Template {
    /// Every template.
    pub const ALL: [Template; 5] = [
        Template::Ledger,
        Template::Balances,
        Template::Households,
        Template::Officers,
        Template::Repayments,
    ];

    /// The word on the command line and in addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Template::Ledger => "ledger",
            Template::Balances => "balances",
            Template::Households => "households",
            Template::Officers => "officers",
            Template::Repayments => "repayments",
        }
    }

    /// The template with that word.
    pub fn from_key(key: &str) -> Option<Template> {
        Self::ALL.into_iter().find(|template| template.key() == key)
    }

    /// As which kind of file it is read in.
    pub const fn kind(self) -> Kind {
        match self {
            Template::Ledger | Template::Balances => Kind::Ledger,
            Template::Households => Kind::Households,
            Template::Officers => Kind::Officers,
            Template::Repayments => Kind::Repayments,
        }
    }

    /// Its columns: the field of each, and the header over it.
    pub const fn columns(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Template::Ledger => &[
                ("township", "乡镇"),
                ("village", "行政村"),
                ("borrower", "借款人姓名"),
                ("identity", "身份证号码"),
                ("phone", "联系电话"),
                ("household-class", "户属性"),
                ("bank", "贷款银行"),
                ("number", "借据号"),
                ("principal", "贷款金额（元）"),
                ("rate", "年利率"),
                ("disbursed-on", "放款日期"),
                ("due-on", "到期日期"),
                ("purpose", "贷款用途"),
                ("repaid", "已还本金（元）"),
                ("settled-on", "结清日期"),
                ("credit-manager", "信贷管户员"),
                ("industry-guide", "产业指导员"),
                ("technology-officer", "科技特派员"),
                ("enterprise", "带贫主体"),
                ("note", "备注"),
            ],
            Template::Balances => &[
                ("bank", "贷款银行"),
                ("number", "借据号"),
                ("borrower", "客户名称"),
                ("identity", "证件号码"),
                ("principal", "贷款金额（元）"),
                ("balance", "贷款余额（元）"),
                ("due-on", "到期日期"),
            ],
            Template::Households => &[
                ("township", "乡镇"),
                ("village", "行政村"),
                ("household-number", "户编号"),
                ("head", "姓名"),
                ("identity", "身份证号码"),
                ("relation", "与户主关系"),
                ("size", "家庭人口"),
                ("household-class", "户属性"),
                ("phone", "联系电话"),
                ("note", "备注"),
            ],
            Template::Officers => &[
                ("township", "乡镇"),
                ("name", "姓名"),
                ("role", "身份"),
                ("phone", "联系电话"),
                ("note", "备注"),
            ],
            Template::Repayments => &[
                ("institution", "机构名称"),
                ("name", "客户名称"),
                ("identity", "证件号码"),
                ("number", "借据号"),
                ("on", "交易日期"),
                ("kind", "交易类型"),
                ("amount", "交易金额（元）"),
                ("balance", "贷款余额（元）"),
                ("serial", "流水号"),
                ("memo", "摘要"),
            ],
        }
    }
}

/// What may be chosen from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lists {
    /// Townships, each with its villages.
    pub places: Vec<(String, Vec<String>)>,
    /// 户属性.
    pub classes: Vec<String>,
    /// Banks and their branches.
    pub banks: Vec<String>,
}

/// What a workbook says to people, in their language; headers stay those of the office.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// Over the table. That of a ledger states the day of its position.
    pub title: String,
    /// The name of the sheet to be filled in.
    pub sheet: String,
    /// The name of the sheet with notes.
    pub notes_sheet: String,
    /// What each column holds, by its field.
    pub notes: Vec<(&'static str, String)>,
    /// What is said of a value that does not stand in its list.
    pub not_in_list: String,
}

/// The name of the hidden sheet that the lists stand in, and its columns.
const LISTS: &str = "名单";
const TOWNSHIP_OF_VILLAGE: u16 = 0;
const VILLAGES: u16 = 1;
const TOWNSHIPS: u16 = 2;
const CLASSES: u16 = 3;
const BANKS: u16 = 4;

/// What a roster's column of roles and a register's column of relations offer.
const ROLES: [&str; 3] = ["信贷管户员", "产业指导员", "科技特派员"];
const RELATIONS: [&str; 8] = ["户主", "配偶", "之子", "之女", "之父", "之母", "之孙子", "其他"];

/// The row of the header, from 0: the title stands above it. Below it, this many rows are made ready.
const HEADER_ROW: u32 = 1;
const READY_ROWS: u32 = 2_000;

/// Fields that a spreadsheet must not take for numbers.
const TEXTS: [&str; 5] = ["identity", "number", "phone", "serial", "household-number"];

/// Writes an empty workbook to be filled in.
pub fn write(template: Template, lists: &Lists, words: &Words) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let title = Format::new().set_bold().set_font_size(14);
    let head = Format::new()
        .set_bold()
        .set_align(FormatAlign::Center)
        .set_background_color(0xEEF2F6)
        .set_text_wrap();
    let sheet = workbook.add_worksheet();
    sheet.set_name(&words.sheet)?;
    sheet.write_string_with_format(0, 0, &words.title, &title)?;
    for (column, (key, text)) in (0..).zip(template.columns()) {
        sheet.write_string_with_format(HEADER_ROW, column, *text, &head)?;
        make_ready(sheet, template, column, key, lists, words)?;
    }
    sheet.set_freeze_panes(HEADER_ROW + 1, 0)?;
    let notes = workbook.add_worksheet();
    notes.set_name(&words.notes_sheet)?;
    notes.set_column_width(0, 22)?;
    notes.set_column_width(1, 60)?;
    for (line, (key, text)) in (0..).zip(template.columns()) {
        let note = words.notes.iter().find(|(known, _)| known == key);
        notes.write_string_with_format(line, 0, *text, &head)?;
        notes.write_string(line, 1, note.map_or("", |(_, note)| note.as_str()))?;
    }
    let hidden = workbook.add_worksheet();
    hidden.set_name(LISTS)?;
    hidden.set_hidden(true);
    write_lists(hidden, lists)?;
    workbook.save_to_buffer()
}

fn write_lists(sheet: &mut Worksheet, lists: &Lists) -> Result<(), XlsxError> {
    let pairs =
        lists.places.iter().flat_map(|(township, villages)| villages.iter().map(move |one| (township, one)));
    for (line, (township, village)) in (0..).zip(pairs) {
        sheet.write_string(line, TOWNSHIP_OF_VILLAGE, township)?;
        sheet.write_string(line, VILLAGES, village)?;
    }
    let townships: Vec<&String> = lists.places.iter().map(|(township, _)| township).collect();
    let columns = [
        (TOWNSHIPS, townships),
        (CLASSES, lists.classes.iter().collect()),
        (BANKS, lists.banks.iter().collect()),
    ];
    for (column, texts) in columns {
        for (line, text) in (0..).zip(texts) {
            sheet.write_string(line, column, text)?;
        }
    }
    Ok(())
}

/// A column of the hidden sheet, as validations name it.
fn list(column: char, count: usize) -> Option<Formula> {
    (count > 0).then(|| Formula::new(format!("{LISTS}!${column}$1:${column}${count}")))
}

/// Width, form and validation of a column below its header.
fn make_ready(
    sheet: &mut Worksheet,
    template: Template,
    column: u16,
    key: &str,
    lists: &Lists,
    words: &Words,
) -> Result<(), XlsxError> {
    let field = template.kind().fields().find(|field| field.key == key);
    let (is_day, is_money) = field.map_or((false, false), |field| (field.is_day, field.is_money));
    let (text, day) = (Format::new().set_num_format("@"), Format::new().set_num_format("yyyy-mm-dd"));
    let money = Format::new().set_num_format("#,##0.00");
    sheet.set_column_width(column, if TEXTS.contains(&key) { 22 } else { 14 })?;
    match (TEXTS.contains(&key), is_day, is_money) {
        (true, ..) => sheet.set_column_format(column, &text)?,
        (_, true, _) => sheet.set_column_format(column, &day)?,
        (_, _, true) => sheet.set_column_format(column, &money)?,
        _ => sheet,
    };
    let validation = match key {
        "township" => {
            list('C', lists.places.len()).map(|list| DataValidation::new().allow_list_formula(list))
        }
        "village" => villages(template, lists),
        "household-class" => {
            list('D', lists.classes.len()).map(|list| DataValidation::new().allow_list_formula(list))
        }
        "bank" | "institution" => {
            list('E', lists.banks.len()).map(|list| DataValidation::new().allow_list_formula(list))
        }
        "role" => Some(DataValidation::new().allow_list_strings(&ROLES)?),
        "relation" => Some(DataValidation::new().allow_list_strings(&RELATIONS)?),
        _ if is_day => Some(days()?),
        "principal" | "amount" => {
            Some(DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThan(0.0)))
        }
        _ if is_money => {
            Some(DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0)))
        }
        _ => None,
    };
    if let Some(validation) = validation {
        // New banks and classes come up: whoever knows better may go on.
        let open = ["bank", "institution", "household-class", "relation"].contains(&key);
        let style = if open { DataValidationErrorStyle::Warning } else { DataValidationErrorStyle::Stop };
        let validation = validation.set_error_style(style).set_error_message(&words.not_in_list)?;
        sheet.add_data_validation(HEADER_ROW + 1, column, HEADER_ROW + READY_ROWS, column, &validation)?;
    }
    Ok(())
}

/// The villages of the township that stands in the row.
fn villages(template: Template, lists: &Lists) -> Option<DataValidation> {
    let place = template.columns().iter().position(|(key, _)| *key == "township")?;
    let letter = char::from(b'A' + u8::try_from(place).ok()?);
    let here = format!("${letter}{}", HEADER_ROW + 2);
    let formula =
        format!("OFFSET({LISTS}!$B$1,MATCH({here},{LISTS}!$A:$A,0)-1,0,COUNTIF({LISTS}!$A:$A,{here}),1)");
    let any = lists.places.iter().any(|(_, villages)| !villages.is_empty());
    any.then(|| DataValidation::new().allow_list_formula(Formula::new(formula)))
}

fn days() -> Result<DataValidation, XlsxError> {
    let (first, last) = (ExcelDateTime::from_ymd(1990, 1, 1)?, ExcelDateTime::from_ymd(2199, 12, 31)?);
    Ok(DataValidation::new().allow_date(DataValidationRule::Between(first, last)))
}

/// The words of a day that a title states the position by.
pub fn position(day: Date) -> String {
    format!("截至{}年{}月{}日", day.year(), day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::find_all;
    use crate::read::read_book;

    fn lists() -> Lists {
        Lists {
            places: vec![("城关镇".to_owned(), vec!["东村".to_owned(), "=1+1村".to_owned()])],
            classes: vec!["脱贫户".to_owned()],
            banks: vec!["农商银行".to_owned()],
        }
    }

    #[test]
    fn every_template_has_a_header_that_is_read_as_it_is_meant() {
        for template in Template::ALL {
            let words = Words {
                title: "表（截至2019年4月30日）".to_owned(),
                sheet: "表".to_owned(),
                notes_sheet: "说明".to_owned(),
                ..Words::default()
            };
            let bytes = write(template, &lists(), &words).unwrap();
            let book = read_book(&bytes).unwrap();
            let kind = template.kind();
            let shape =
                if template == Template::Balances { kind.lesser_shape().unwrap() } else { kind.shape() };
            let headers = find_all(&book, shape.fields, shape.required, None).unwrap();
            assert_eq!((headers.found.len(), headers.lacking.len()), (1, 0), "{template:?}");
            let header = &headers.found[0].1;
            for (index, (key, _)) in template.columns().iter().enumerate() {
                assert_eq!(
                    header.columns.get(key).map(|column| column.index),
                    Some(index),
                    "{template:?} {key}"
                );
            }
            assert!(template.columns().iter().all(|(key, _)| kind.fields().any(|field| field.key == *key)));
        }
    }

    #[test]
    fn the_lists_of_a_ledger_are_hidden_and_hold_texts_only() {
        let words = Words { sheet: "表".to_owned(), notes_sheet: "说明".to_owned(), ..Words::default() };
        let bytes = write(Template::Ledger, &lists(), &words).unwrap();
        let mut files = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut text = |name: &str| std::io::read_to_string(files.by_name(name).unwrap()).unwrap();
        assert!(text("xl/workbook.xml").contains("state=\"hidden\""));
        let table = text("xl/worksheets/sheet1.xml");
        assert!(table.contains("OFFSET(名单!$B$1,MATCH($A3,名单!$A:$A,0)-1,0,COUNTIF(名单!$A:$A,$A3),1)"));
        assert!(table.contains("名单!$E$1:$E$1") && table.contains("<pane"));
        for name in ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml"] {
            assert!(!text(name).contains("<f>"), "no cell holds a formula");
        }
    }
}
