//! Institutions and their branches, as books name them.

/// The institution to which a branch's name belongs: the name up to and including 银行, 信用社 and the like.
///
/// Contract numbers are unique within an institution, and one report speaks for all its branches. A name
/// without such a word is an institution of its own.
pub fn lender_of_branch(branch_name: &str) -> &str {
    let ends =
        ["农村信用合作联社", "信用合作联社", "信用联社", "信用合作社", "信用社", "银行股份有限公司", "银行"];
    ends.iter()
        .filter_map(|end| branch_name.find(end).map(|start| start + end.len()))
        .min()
        .map_or(branch_name, |end| branch_name[..end].trim_end_matches("股份有限公司"))
}

/// Who gives out a contract number, as far as that makes it unique. One that begins with the county's six digits
/// comes from the county's own series, which all its banks share: the empty name. Any other is the institution's.
pub fn numbered_by<'a>(number: &str, branch_name: &'a str, county_code: &str) -> &'a str {
    match county_code.get(..6) {
        Some(county) if number.starts_with(county) => "",
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
            ("中国农业银行股份有限公司宜章县支行", "中国农业银行"),
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
