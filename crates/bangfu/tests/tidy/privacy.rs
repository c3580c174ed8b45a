//! What must not stand in a public repository.

use crate::house::{File, House};

/// Paths of somebody's machine.
const MACHINES: &[&str] = &["/work/", "/tmp/h", "/tmp/t/", "/tmp/plan", "/root/", "/Users/", "C:\\Users\\"];

/// Hosts of registries and mirrors; they belong to a user's own configuration.
const REGISTRIES: &[&str] = &[
    "registry.npmjs.org",
    "registry.npmmirror.com",
    "registry.yarnpkg.com",
    "static.crates.io",
    "index.crates.io",
    "rsproxy.cn",
    "files.pythonhosted.org",
    "proxy.golang.org",
    "deb.debian.org",
    "artifactory",
];

/// The first six digits of every identity number in the samples: a prefix that was never given to a place.
const NOBODYS_PREFIX: &[u8] = b"431099";

/// The two worked examples that the standard itself prints, without the check digit: a test may give a wrong one.
const PUBLISHED: &[&[u8]] = &[b"11010519491231002", b"44052418800101001"];

const NUMBER_LENGTH: usize = 18;

pub(crate) fn text_is_at_home_anywhere(house: &House) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in house.files.iter().filter(|file| !file.is_of_the_rules()) {
        for (index, line) in file.text().unwrap_or("").lines().enumerate() {
            for mark in MACHINES.iter().chain(REGISTRIES) {
                // `crates/work/` is no machine's `/work/`.
                let continues =
                    |at: usize| line[..at].ends_with(|before: char| before.is_ascii_alphanumeric());
                if line.match_indices(mark).any(|(at, _)| !continues(at)) {
                    complaints.push(file.complain(index + 1, &format!("`{mark}`")));
                }
            }
        }
    }
    complaints
}

/// Looks at bytes, not text: a book in GB18030 is no UTF-8, but its digits are the same.
pub(crate) fn identity_numbers_are_nobodys(house: &House) -> Vec<String> {
    let files = house.files.iter().filter(|file| !file.is_of_the_rules() && !is_packed(file));
    files
        .flat_map(|file| {
            let numbers = numbers_in(&file.bytes).filter(|number| !is_nobodys(number));
            numbers.map(|number| {
                // The complaint must not print what it complains about.
                let start = String::from_utf8_lossy(&number[..6]).into_owned();
                format!("{} has an identity number that starts {start}", file.path)
            })
        })
        .collect()
}

fn is_packed(file: &File) -> bool {
    [".png", ".xlsx", ".webp", ".gz", ".zip"].iter().any(|end| file.path.ends_with(end))
}

fn is_nobodys(number: &[u8]) -> bool {
    number.starts_with(NOBODYS_PREFIX) || PUBLISHED.iter().any(|known| number.starts_with(known))
}

/// Runs of seventeen digits and one digit or X, not part of something longer, with a birth date inside.
fn numbers_in(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.windows(NUMBER_LENGTH).enumerate().filter_map(|(at, run)| {
        let joins =
            |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'.');
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        let is_alone =
            !joins(before) && !bytes.get(at + NUMBER_LENGTH).is_some_and(u8::is_ascii_alphanumeric);
        let (last, digits) = run.split_last()?;
        let is_number =
            digits.iter().all(u8::is_ascii_digit) && (last.is_ascii_digit() || matches!(last, b'X' | b'x'));
        (is_alone && is_number && has_birth_date(digits)).then_some(run)
    })
}

fn has_birth_date(digits: &[u8]) -> bool {
    let part = |from: usize, to: usize| {
        digits[from..to].iter().fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0'))
    };
    (1850..2100).contains(&part(6, 10))
        && (1..=12).contains(&part(10, 12))
        && (1..=31).contains(&part(12, 14))
}
