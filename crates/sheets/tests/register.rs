//! The register's export: 65 columns below merged headers of three rows, a row for each member of a household.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bangfu_sheets::Kind;
use bangfu_sheets::households;
use bangfu_sheets::layout::{Label, Layout, Recognised, Source, recognise, sketches};
use bangfu_sheets::read::read_book;
use rust_xlsxwriter::{Format, Workbook};

/// Columns below a second group, or below none.
type Part = (&'static str, &'static [&'static str]);

/// Groups, each with its columns: what the export calls them.
const GROUPS: [(&str, &[Part]); 6] = [
    (
        "基础信息",
        &[
            ("行政区划", &["省", "市", "县", "乡镇", "村"]),
            ("", &["户编号", "人编号", "姓名", "证件类型", "证件号码"]),
        ],
    ),
    (
        "成员情况",
        &[(
            "",
            &[
                "人数",
                "与户主关系",
                "性别",
                "出生日期",
                "年龄",
                "民族",
                "政治面貌",
                "文化程度",
                "在校生状况",
                "健康状况",
            ],
        )],
    ),
    (
        "劳动就业",
        &[
            ("", &["劳动技能", "务工区域", "务工时间", "务工企业", "公益性岗位"]),
            ("收入（元）", &["工资性收入", "生产经营性收入", "财产性收入", "转移性收入", "家庭年人均纯收入"]),
        ],
    ),
    (
        "三保障",
        &[
            ("教育", &["是否义务教育", "失学原因"]),
            ("医疗", &["基本医疗", "大病保险", "签约医生"]),
            ("住房", &["危房等级", "是否危房改造"]),
            ("饮水", &["是否安全", "是否集中"]),
        ],
    ),
    (
        "户情况",
        &[(
            "",
            &[
                "监测对象类别",
                "户类型",
                "风险是否已消除",
                "识别时间",
                "致贫风险一",
                "致贫风险二",
                "耕地面积",
                "林地面积",
                "入户路类型",
                "与主干路距离",
                "是否通生产用电",
                "是否通广播电视",
            ],
        )],
    ),
    (
        "帮扶",
        &[
            ("帮扶联系人", &["帮扶人", "单位", "电话"]),
            ("小额信贷", &["是否贷款", "金额（元）", "余额（元）"]),
            (
                "",
                &[
                    "联系电话",
                    "开户银行",
                    "银行卡号",
                    "是否党员户",
                    "是否军属",
                    "是否独生子女户",
                    "填报日期",
                    "备注",
                ],
            ),
        ],
    ),
];

fn identity(number: u32) -> String {
    let body = format!("43109919700101{number:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(weights).map(|(c, weight)| c.to_digit(10).unwrap() * weight).sum();
    format!("{body}{}", "10X98765432".chars().nth((sum % 11) as usize).unwrap())
}

fn export() -> (Vec<u8>, usize) {
    let mut workbook = Workbook::new();
    let (sheet, plain) = (workbook.add_worksheet(), Format::new());
    sheet.write_string(0, 0, "脱贫人口和监测对象信息（导出）").unwrap();
    let mut names: Vec<&str> = Vec::new();
    for (group, parts) in GROUPS {
        let first = u16::try_from(names.len()).unwrap();
        for (part, columns) in parts {
            let begin = u16::try_from(names.len()).unwrap();
            for (column, name) in (begin..).zip(*columns) {
                if part.is_empty() {
                    sheet.merge_range(2, column, 3, column, name, &plain).unwrap();
                } else {
                    sheet.write_string(3, column, *name).unwrap();
                }
                names.push(name);
            }
            if !part.is_empty() {
                let end = u16::try_from(names.len() - 1).unwrap();
                sheet.merge_range(2, begin, 2, end, part, &plain).unwrap();
            }
        }
        let last = u16::try_from(names.len() - 1).unwrap();
        sheet.merge_range(1, first, 1, last, group, &plain).unwrap();
    }
    let members =
        [("H01", "张大", "户主"), ("H01", "李妻", "配偶"), ("H01", "张儿", "之子"), ("H02", "王大", "户主")];
    for (line, (household, name, relation)) in (0..).zip(members) {
        for (column, text) in (0..).zip(&names) {
            let value = match *text {
                "乡镇" => "白石渡镇".to_owned(),
                "村" => "白石渡村".to_owned(),
                "户编号" => household.to_owned(),
                "姓名" => name.to_owned(),
                "证件号码" => identity(line),
                "与户主关系" => relation.to_owned(),
                "人数" => "3".to_owned(),
                "户类型" => "脱贫户".to_owned(),
                "监测对象类别" => "脱贫不稳定户".to_owned(),
                "帮扶人" => "赵干部".to_owned(),
                _ => continue,
            };
            sheet.write_string(4 + line, column, value).unwrap();
        }
    }
    (workbook.save_to_buffer().unwrap(), names.len())
}

#[test]
fn a_register_of_65_columns_comes_in_through_a_layout() {
    let (bytes, columns) = export();
    assert_eq!(columns, 65);
    let book = read_book(&bytes).unwrap();
    let sketch = sketches(&book, Kind::Households, None, None).remove(0);
    assert_eq!(sketch.columns.len(), 65);
    let mut fields = sketch.fields.clone();
    let label =
        |text: &str| sketch.columns.iter().find(|column| column.label.text == text).unwrap().label.clone();
    let column = |text: &str| Source::Column { label: label(text), unit: None, years: None };
    fields.insert("size".to_owned(), column("人数"));
    fields.insert("household-class".to_owned(), column("监测对象类别"));
    let layout = Layout { tables: sketch.tables(true, &fields) };
    let parsed = households::read(&book, Some(&layout)).unwrap();
    let rows: Vec<(&str, bool, &str, Option<u32>)> = parsed
        .rows
        .iter()
        .map(|row| {
            let class = row.household_class.as_deref().unwrap();
            (row.head_name.as_str(), row.is_head, class, row.size)
        })
        .collect();
    let class = "脱贫不稳定户";
    let size = Some(3);
    assert_eq!(
        rows,
        [
            ("张大", true, class, size),
            ("李妻", false, class, size),
            ("张儿", false, class, size),
            ("王大", true, class, size)
        ]
    );
    assert_eq!(parsed.rows[1].household_number.as_deref(), Some("H01"));
    assert_eq!((parsed.bad.len(), parsed.findings.len()), (0, 0));
    let recognised = recognise(&book, Kind::Households, &[layout]);
    assert_eq!(recognised, Recognised::One { index: 0, gone: Vec::new() });
    assert_eq!(label("电话"), Label { text: "电话".to_owned(), group: None, nth: 0 });
}
