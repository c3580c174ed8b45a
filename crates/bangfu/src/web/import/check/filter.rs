//! What the page of an import is narrowed to, as its address says it.

use form_urlencoded::Serializer;
use serde::Deserialize;

use crate::web::address::{UnknownWord, path_with, read, secret_of};

/// What a page shows of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Show {
    /// Everything, the first of each list.
    #[default]
    All,
    /// New loans.
    New,
    /// Changed values.
    Changed,
    /// What the book has and the file has not.
    Missing,
    /// Mended cells.
    Mended,
}

const SHOWN: [(Show, &str); 4] =
    [(Show::New, "new"), (Show::Changed, "changed"), (Show::Missing, "missing"), (Show::Mended, "mended")];

/// What the page of an import is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct CheckFilter {
    /// Which list.
    pub(crate) show: Show,
    /// Key of a kind of fault.
    pub(crate) kind: String,
    /// Name of a sheet.
    pub(crate) sheet: String,
    /// Header of a column.
    pub(crate) column: String,
    /// Row number, value, or whose row it is.
    pub(crate) text: String,
    /// Faults that are alike one by one.
    pub(crate) each: bool,
    /// The page, from 0.
    pub(crate) page: usize,
}

/// The words of an address as they came in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RawFilter {
    show: String,
    kind: String,
    sheet: String,
    column: String,
    q: String,
    each: String,
    page: String,
}

impl TryFrom<RawFilter> for CheckFilter {
    type Error = UnknownWord;

    fn try_from(raw: RawFilter) -> Result<CheckFilter, UnknownWord> {
        let show = |key: &str| SHOWN.into_iter().find(|(_, word)| *word == key).map(|(show, _)| show);
        let page = |text: &str| text.parse::<usize>().ok().filter(|page| *page > 0);
        Ok(CheckFilter {
            show: read("show", &raw.show, show)?.unwrap_or_default(),
            kind: raw.kind,
            sheet: raw.sheet,
            column: raw.column,
            text: raw.q.trim().to_owned(),
            each: !raw.each.is_empty(),
            page: read("page", &raw.page, page)?.unwrap_or(1) - 1,
        })
    }
}

impl CheckFilter {
    /// True if faults are looked for.
    pub(crate) fn is_narrow(&self) -> bool {
        let words = [&self.kind, &self.sheet, &self.column, &self.text];
        self.each || words.iter().any(|word| !word.is_empty())
    }

    /// True if the page shows the first of every list.
    pub(crate) fn is_whole(&self) -> bool {
        self.show == Show::All && !self.is_narrow()
    }

    /// Whether faults belong on the page.
    pub(crate) fn shows_faults(&self) -> bool {
        self.show == Show::All
    }

    /// The same without an identity number or a phone in its search, which must stand in no address; and whether one
    /// stood there.
    pub(crate) fn without_secret(self) -> (CheckFilter, bool) {
        let has_secret = secret_of(&self.text).is_some();
        let text = if has_secret { String::new() } else { self.text };
        (CheckFilter { text, ..self }, has_secret)
    }

    /// The address of the page of an import.
    pub(crate) fn address(&self, import_id: i64) -> String {
        self.address_of(&format!("/import/{import_id}"))
    }

    /// The same list at another path.
    pub(crate) fn address_of(&self, path: &str) -> String {
        let mut words = Serializer::new(String::new());
        let mut word = |name: &str, value: &str| {
            if !value.is_empty() {
                words.append_pair(name, value);
            }
        };
        let show = SHOWN.into_iter().find(|(show, _)| *show == self.show);
        word("show", show.map_or("", |(_, word)| word));
        word("kind", &self.kind);
        word("sheet", &self.sheet);
        word("column", &self.column);
        word("q", &self.text);
        word("each", if self.each { "1" } else { "" });
        word("page", &if self.page > 0 { (self.page + 1).to_string() } else { String::new() });
        path_with(path, words)
    }

    /// The list of a page.
    pub(crate) fn at(&self, page: usize) -> CheckFilter {
        CheckFilter { page, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Query;
    use axum::http::Uri;

    use super::*;

    #[test]
    fn an_address_reads_back_as_the_list_it_was_made_from() {
        for show in [Show::All, Show::New, Show::Changed, Show::Missing, Show::Mended] {
            let filter = CheckFilter {
                show,
                kind: "village-unknown".to_owned(),
                sheet: "玉溪镇 1".to_owned(),
                column: "所在村&组".to_owned(),
                text: "白石度村".to_owned(),
                each: true,
                page: 6,
            };
            let uri: Uri = filter.address(7).parse().unwrap();
            let Query(raw) = Query::<RawFilter>::try_from_uri(&uri).unwrap();
            assert_eq!(CheckFilter::try_from(raw).unwrap(), filter);
        }
        assert_eq!(CheckFilter::default().address(7), "/import/7");
        let wrong = RawFilter { page: "0".to_owned(), ..RawFilter::default() };
        assert!(CheckFilter::try_from(wrong).is_err());
    }

    #[test]
    fn an_identity_number_stands_in_no_address() {
        let filter = |text: &str| CheckFilter { text: text.to_owned(), ..CheckFilter::default() };
        let (without, had) = filter("11010519491231002X").without_secret();
        assert_eq!((without.address(7).as_str(), had), ("/import/7", true));
        assert!(!filter("227").without_secret().1);
    }
}
