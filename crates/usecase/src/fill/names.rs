//! Names of people who do not exist: common surnames and common characters of given names.

use super::draw::Draw;

const SURNAMES: [&str; 60] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "郭", "何",
    "林", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "韩", "邓", "冯", "曹", "彭", "曾", "肖", "田",
    "董", "潘", "袁", "蔡", "蒋", "余", "于", "杜", "叶", "程", "魏", "苏", "吕", "丁", "任", "卢", "姚",
    "沈", "钟", "姜", "崔", "谭", "陆", "范", "汪", "廖",
];

const GIVEN: [&str; 80] = [
    "伟", "芳", "娜", "秀", "英", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛",
    "明", "超", "兰", "霞", "平", "刚", "桂", "文", "辉", "玉", "红", "梅", "建", "国", "华", "春", "生",
    "海", "金", "龙", "凤", "云", "志", "成", "德", "福", "贵", "山", "林", "根", "水", "木", "火", "土",
    "石", "月", "星", "阳", "光", "东", "南", "西", "北", "立", "新", "永", "安", "康", "宁", "和", "顺",
    "祥", "瑞", "庆", "喜", "良", "才", "学", "义", "仁", "礼", "忠", "孝",
];

/// The name of a person: two characters or three.
pub(super) fn person(draw: &mut Draw) -> String {
    // Surnames are unequally common: the first of the list are drawn twice as often as the last.
    let surname = SURNAMES[draw.below(SURNAMES.len()).min(draw.below(SURNAMES.len()))];
    let mut name = format!("{surname}{}", draw.pick(&GIVEN));
    if draw.per_mille(750) {
        name.push_str(draw.pick(&GIVEN));
    }
    name
}

/// The name of a cooperative of a township.
pub(super) fn cooperative(draw: &mut Draw, township: &str, number: usize) -> String {
    let trade = draw.pick(&["养殖", "种植", "果业", "茶叶", "油茶", "烟叶", "中药材", "蔬菜"]);
    format!("{township}{}{trade}专业合作社{number}", draw.pick(&GIVEN))
}

/// What a loan is for.
pub(super) const PURPOSES: [&str; 8] =
    ["养猪", "养牛", "种植油茶", "种植烟叶", "种植脐橙", "种植辣椒", "农产品加工", "乡村旅游"];
