//! Institutions and their branches, as books name them.

/// The institution to which a branch's name belongs: the name up to and including 银行, 信用社 and the like, in its
/// short form, since books write 中国邮政储蓄银行, 邮政储蓄银行 and 邮储银行 for one institution.
///
/// Contract numbers are unique within an institution, and one report speaks for all its branches. A name
/// without such a word is an institution of its own.
pub fn lender_of_branch(branch_name: &str) -> String {
    let name = SHORT.iter().fold(branch_name.to_owned(), |name, (long, short)| name.replace(long, short));
    let ends = ["农村信用合作联社", "信用合作联社", "信用联社", "信用合作社", "信用社", "农信社", "银行"];
    let end = ends.iter().filter_map(|end| name.find(end).map(|start| start + end.len())).min();
    match end {
        Some(end) => name[..end].to_owned(),
        None => name,
    }
}

/// Long and colloquial forms of institutions' names, and the one by which they are known here.
const SHORT: [(&str, &str); 16] = [
    ("农村商业银行", "农商银行"),
    ("农商行", "农商银行"),
    ("中国邮政储蓄银行", "邮储银行"),
    ("邮政储蓄银行", "邮储银行"),
    ("邮储行", "邮储银行"),
    ("中国农业银行", "农业银行"),
    ("中国工商银行", "工商银行"),
    ("中国建设银行", "建设银行"),
    ("中国农业发展银行", "农业发展银行"),
    ("农发行", "农业发展银行"),
    ("农行", "农业银行"),
    ("工行", "工商银行"),
    ("建行", "建设银行"),
    ("中行", "中国银行"),
    ("村镇行", "村镇银行"),
    ("股份有限公司", ""),
];

/// Who gives out a contract number, as far as that makes it unique. One that begins with the county's six digits
/// comes from the county's own series, which all its banks share: the empty name. Any other is the institution's.
pub fn numbered_by(number: &str, branch_name: &str, county_code: &str) -> String {
    match county_code.get(..6) {
        Some(county) if number.starts_with(county) => String::new(),
        _ => lender_of_branch(branch_name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_belongs_to_its_institution() {
        for (branch, lender) in [
            ("宜章农商银行白石渡支行", "宜章农商银行"),
            ("邮储银行宜章支行", "邮储银行"),
            ("中国农业银行股份有限公司宜章县支行", "农业银行"),
            ("农行宜章县支行", "农业银行"),
            ("宜章农商行白石渡支行", "宜章农商银行"),
            ("宜章农村商业银行股份有限公司", "宜章农商银行"),
            ("中国邮政储蓄银行宜章县支行", "邮储银行"),
            ("宜章县农村信用合作联社城关信用社", "宜章县农村信用合作联社"),
            ("白石渡信用社", "白石渡信用社"),
            ("某小额贷款公司", "某小额贷款公司"),
        ] {
            assert_eq!(lender_of_branch(branch), lender);
        }
    }

    #[test]
    fn a_number_of_the_countys_series_is_one_for_all_banks() {
        let county = "431022000000";
        assert_eq!(numbered_by("4310222017000069", "邮储银行宜章支行", county), "");
        assert_eq!(numbered_by("LK-001", "邮储银行宜章支行", county), "邮储银行");
        assert_eq!(numbered_by("4310222017000069", "邮储银行宜章支行", ""), "邮储银行");
    }
}
