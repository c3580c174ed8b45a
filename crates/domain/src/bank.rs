//! Institutions and their branches, as books name them.

use std::cmp::Reverse;

use crate::division::Called;

/// The county whose book names institutions.
#[derive(Debug, Clone, Copy)]
pub struct Home<'a> {
    /// Its 12-digit code.
    pub code: &'a str,
    /// Its name: 宜章县.
    pub name: &'a str,
    /// What else it was or will be called: banks write 孟津县 long after it has become 孟津区.
    pub besides: &'a [Called],
}

impl<'a> Home<'a> {
    fn names(self) -> impl Iterator<Item = &'a str> {
        std::iter::once(self.name).chain(self.besides.iter().map(|called| called.name.as_str()))
    }

    fn codes(self) -> impl Iterator<Item = &'a str> {
        std::iter::once(self.code).chain(self.besides.iter().map(|called| called.code.as_str()))
    }
}

/// What a branch's name says, however it is spelled: 农商行白石渡支行 is 宜章县农村商业银行白石渡支行 in Yizhang's book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The institution's key. Contract numbers are unique within an institution, and one report speaks for all its
    /// branches.
    pub lender: String,
    /// The institution's name as people know it.
    pub shown: String,
    /// The branch's key within the institution; empty for its only one in the county.
    pub branch: String,
}

/// Who bears a word such as 银行.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// One institution in the whole nation, whatever place stands before it.
    Nation,
    /// One in each county: without another place before it, the county's own.
    County,
    /// One for each name before it.
    Name,
}

/// Words by which books name institutions, long and colloquial, each with the one by which it is known here.
const KINDS: [(Reach, &str, &[&str]); 13] = [
    (Reach::Nation, "农业发展银行", &["农业发展银行", "农发银行", "农发行"]),
    (Reach::Nation, "农业银行", &["农业银行", "农行"]),
    (Reach::Nation, "工商银行", &["工商银行", "工行"]),
    (Reach::Nation, "建设银行", &["建设银行", "建行"]),
    (Reach::Nation, "中国银行", &["中国银行", "中行"]),
    (Reach::Nation, "交通银行", &["交通银行", "交行"]),
    (Reach::Nation, "国家开发银行", &["国家开发银行", "国开行"]),
    (Reach::Nation, "邮储银行", &["邮政储蓄银行", "邮政储蓄", "邮政银行", "邮储银行", "邮储行", "邮储"]),
    (Reach::County, "农商银行", &["农村商业银行", "农商银行", "农商行"]),
    (Reach::County, "农村合作银行", &["农村合作银行", "农合银行", "农合行"]),
    (
        Reach::County,
        "信用社",
        &[
            "农村信用合作社联合社",
            "农村信用合作联社",
            "农村信用合作社",
            "农村信用联社",
            "农村信用社",
            "信用合作社联合社",
            "信用合作联社",
            "信用合作社",
            "信用联社",
            "信用社",
            "农信联社",
            "农信社",
        ],
    ),
    (Reach::Name, "村镇银行", &["村镇银行", "村镇行"]),
    (Reach::Name, "银行", &["银行"]),
];

/// What the names of branches end with.
const BRANCHES: [&str; 6] = ["信用社", "分理处", "营业部", "营业所", "支行", "分社"];

/// A branch's key without what says that it is one: 白石渡 of 白石渡支行.
pub fn branch_core(branch: &str) -> &str {
    BRANCHES.iter().find_map(|ending| branch.strip_suffix(ending)).unwrap_or(branch)
}

/// What the names of firms end with.
const FIRMS: [&str; 4] = ["股份有限公司", "有限责任公司", "股份公司", "有限公司"];

const PROVINCES: [&str; 31] = [
    "北京",
    "天津",
    "河北",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "上海",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "重庆",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
];

/// Reads a branch's name in a county's book. A name without a known word is an institution of its own.
pub fn named(branch_name: &str, home: Home<'_>) -> Named {
    let words = KINDS.iter().flat_map(|kind| kind.2.iter().map(move |word| (kind, *word)));
    let found = words.filter_map(|(kind, word)| Some((branch_name.find(word)?, word, kind)));
    let first = found.min_by_key(|(start, word, _)| (*start, Reverse(word.len())));
    let Some((start, word, (reach, short, _))) = first else {
        let firm = FIRMS.iter().fold(branch_name.to_owned(), |name, firm| name.replace(firm, "公司"));
        let lender = behind_county(&firm, home).unwrap_or(&firm).to_owned();
        return Named { lender, shown: branch_name.to_owned(), branch: String::new() };
    };
    let (before, behind) = (&branch_name[..start], &branch_name[start + word.len()..]);
    let shown = branch_name[..start + word.len()].to_owned();
    let behind = FIRMS.iter().fold(behind.to_owned(), |behind, firm| behind.replace(firm, ""));
    let behind = behind_county(&behind, home).unwrap_or(&behind);
    let behind = if behind == "支行" { "" } else { behind };
    let local = behind_county(before, home);
    match reach {
        Reach::Nation => {
            Named { lender: (*short).to_owned(), shown: (*short).to_owned(), branch: behind.to_owned() }
        }
        Reach::County => {
            // 宜章县城南乡信用社 and 城南乡信用社 are branches: what lies in the county has one institution.
            let place = local.or_else(|| Some(before).filter(|before| is_township(before)));
            match place {
                Some(place) => {
                    let branch =
                        if place.is_empty() { behind.to_owned() } else { format!("{place}{behind}") };
                    Named { lender: (*short).to_owned(), shown, branch }
                }
                None => {
                    Named { lender: format!("{}{short}", place_of(before)), shown, branch: behind.to_owned() }
                }
            }
        }
        Reach::Name => {
            let before = local.unwrap_or(before);
            let before = before.strip_prefix("中国").unwrap_or(before);
            Named { lender: format!("{before}{short}"), shown, branch: behind.to_owned() }
        }
    }
}

/// What stands behind the county's name in a text that has it: nothing in 湖南宜章, 白石渡 in 宜章县白石渡.
fn behind_county<'a>(text: &'a str, home: Home<'_>) -> Option<&'a str> {
    let names = home.names().flat_map(|name| [name, without_level(name)]).filter(|name| !name.is_empty());
    names.filter_map(|name| text.split_once(name)).map(|(_, behind)| behind).next()
}

/// A county's name without what kind of county it is; 唐县 has no other name.
fn without_level(name: &str) -> &str {
    let bare = name.strip_suffix(['县', '市', '区', '旗']);
    bare.filter(|bare| bare.chars().count() >= 2).unwrap_or(name)
}

fn is_township(place: &str) -> bool {
    place.ends_with(['镇', '乡']) || place.ends_with("街道")
}

/// Another county's bare name, without province and city: 汝城 for 湖南省郴州市汝城县.
fn place_of(before: &str) -> &str {
    let before = before.strip_prefix("中国").unwrap_or(before);
    let province = PROVINCES.iter().find_map(|province| before.strip_prefix(province));
    let place = province.map_or(before, |rest| rest.strip_prefix(['省', '市']).unwrap_or(rest));
    let place = place.split_once('市').map(|(_, rest)| rest).filter(|rest| !rest.is_empty()).unwrap_or(place);
    without_level(place)
}

/// Who gives out a contract number, as far as that makes it unique. One that begins with the county's six digits
/// comes from the county's own series, which all its banks share: the empty name. Any other is the institution's.
pub fn numbered_by(number: &str, branch_name: &str, home: Home<'_>) -> String {
    let mut counties = home.codes().filter_map(|code| code.get(..6));
    if counties.any(|county| number.starts_with(county)) {
        return String::new();
    }
    named(branch_name, home).lender
}

#[cfg(test)]
mod tests {
    use super::*;

    const YIZHANG: Home<'_> = Home { code: "431022000000", name: "宜章县", besides: &[] };

    #[test]
    fn an_institution_is_one_however_it_is_spelled() {
        let spellings: [(&str, &[&str]); 17] = [
            (
                "农商银行",
                &[
                    "宜章农商银行白石渡支行",
                    "农商行白石渡支行",
                    "宜章农商行",
                    "宜章县农村商业银行白石渡支行",
                    "湖南宜章农村商业银行股份有限公司",
                    "湖南省郴州市宜章县农村商业银行有限责任公司白石渡支行",
                    "白石渡镇农商行",
                ],
            ),
            ("汝城农商银行", &["汝城农商行", "汝城县农村商业银行", "湖南汝城农村商业银行股份有限公司"]),
            (
                "农业银行",
                &[
                    "中国农业银行宜章县支行",
                    "宜章农行",
                    "农行宜章支行",
                    "中国农业银行股份有限公司宜章县支行",
                    "湖南农行",
                ],
            ),
            ("农业发展银行", &["中国农业发展银行宜章县支行", "宜章农发行", "农发行宜章支行"]),
            ("工商银行", &["中国工商银行股份有限公司宜章支行", "宜章工行"]),
            ("建设银行", &["中国建设银行宜章支行", "建行宜章支行"]),
            ("中国银行", &["中国银行宜章支行", "宜章中行", "中国银行股份有限公司宜章支行"]),
            (
                "邮储银行",
                &[
                    "邮储银行宜章支行",
                    "中国邮政储蓄银行宜章县支行",
                    "中国邮政储蓄银行股份有限公司宜章县支行",
                    "宜章邮储",
                    "邮政银行",
                ],
            ),
            (
                "信用社",
                &[
                    "宜章县农村信用合作联社",
                    "宜章农信社",
                    "宜章县信用联社城关信用社",
                    "宜章县农村信用合作社联合社",
                    "农村信用社",
                    "宜章县白石渡信用社",
                    "白石渡镇信用社",
                ],
            ),
            ("汝城信用社", &["汝城县农村信用合作联社", "汝城信用社", "湖南省汝城县农信社"]),
            // Whether it lies in this county or is another one's cannot be told.
            ("白石渡信用社", &["白石渡信用社"]),
            ("长行村镇银行", &["宜章长行村镇银行", "长行村镇银行", "湖南宜章长行村镇银行股份有限公司"]),
            ("农村合作银行", &["宜章农村合作银行", "农合行"]),
            ("长沙银行", &["长沙银行宜章支行", "长沙银行股份有限公司宜章支行"]),
            ("光大银行", &["中国光大银行郴州分行", "光大银行"]),
            ("湖南银行", &["湖南银行宜章支行"]),
            ("某小额贷款公司", &["某小额贷款公司", "宜章县某小额贷款有限责任公司"]),
        ];
        for (lender, names) in spellings {
            for name in names {
                let read = named(name, YIZHANG);
                assert_eq!(read.lender, lender, "{name}");
                // The name that is kept leads to the same institution again.
                assert_eq!(named(&read.shown, YIZHANG).lender, lender, "{name} is shown as {}", read.shown);
            }
        }
        assert_eq!(named("汝城县农村商业银行", Home { name: "汝城县", ..YIZHANG }).lender, "农商银行");
        assert_eq!(named("唐县农商行", Home { name: "唐县", ..YIZHANG }).lender, "农商银行");
        assert_eq!(named("后唐农商行", Home { name: "唐县", ..YIZHANG }).lender, "后唐农商银行");
    }

    #[test]
    fn a_branch_is_one_however_it_is_spelled() {
        for (branch, names) in [
            (
                "白石渡支行",
                &["宜章农商银行白石渡支行", "农商行白石渡支行", "农村商业银行股份有限公司白石渡支行"],
            ),
            ("", &["宜章农行", "中国农业银行宜章县支行", "农业银行股份有限公司湖南省宜章县支行"]),
            ("城关信用社", &["宜章县信用联社城关信用社", "农信社城关信用社", "宜章农信社城关信用社"]),
        ] {
            for name in names {
                assert_eq!(named(name, YIZHANG).branch, branch, "{name}");
            }
        }
    }

    #[test]
    fn a_number_of_the_countys_series_is_one_for_all_banks() {
        let nowhere = Home { code: "", name: "", besides: &[] };
        assert_eq!(numbered_by("4310222017000069", "邮储银行宜章支行", YIZHANG), "");
        assert_eq!(numbered_by("LK-001", "邮储银行宜章支行", YIZHANG), "邮储银行");
        assert_eq!(numbered_by("4310222017000069", "邮储银行宜章支行", nowhere), "邮储银行");
    }
}
