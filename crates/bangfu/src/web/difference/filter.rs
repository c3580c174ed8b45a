//! Which differences a list shows, as its address says it.

use bangfu_domain::difference::{DifferenceKind, DifferenceState};
use bangfu_store::difference::{Cursor, Shown};
use form_urlencoded::Serializer;
use serde::Deserialize;

use crate::web::address::{UnknownWord, code, path_with, read, secret_of};

/// A list of differences.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct DifferenceFilter {
    /// Which of them.
    pub(crate) shown: Shown,
    /// Of this kind.
    pub(crate) kind: Option<DifferenceKind>,
    /// Id of a branch; 0 where none is known.
    pub(crate) branch: Option<i64>,
    /// Code of a township.
    pub(crate) township: Option<String>,
    /// Name or contract number.
    pub(crate) search: String,
    /// Where the page begins.
    pub(crate) at: Option<Cursor>,
}

/// The words of an address as they came in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RawFilter {
    state: String,
    kind: String,
    branch: String,
    township: String,
    q: String,
    after: String,
    before: String,
}

/// What a list may show, each with its word in addresses.
pub(crate) const SHOWN: [(Shown, &str); 7] = [
    (Shown::Standing, "standing"),
    (Shown::State(DifferenceState::Open), "open"),
    (Shown::State(DifferenceState::Assigned), "assigned"),
    (Shown::Late, "late"),
    (Shown::State(DifferenceState::Resolved), "resolved"),
    (Shown::State(DifferenceState::Settled), "settled"),
    (Shown::All, "all"),
];

impl TryFrom<RawFilter> for DifferenceFilter {
    type Error = UnknownWord;

    fn try_from(raw: RawFilter) -> Result<DifferenceFilter, UnknownWord> {
        let shown = |key: &str| SHOWN.into_iter().find(|(_, word)| *word == key).map(|(shown, _)| shown);
        let after = read("after", &raw.after, |text| text.parse().ok())?.map(Cursor::After);
        let before = read("before", &raw.before, |text| text.parse().ok())?.map(Cursor::Before);
        Ok(DifferenceFilter {
            shown: read("state", &raw.state, shown)?.unwrap_or_default(),
            kind: read("difference-kind", &raw.kind, DifferenceKind::from_key)?,
            branch: read("branch", &raw.branch, |text| text.parse().ok())?,
            township: read("township", &raw.township, code)?,
            search: raw.q.trim().to_owned(),
            at: after.or(before),
        })
    }
}

impl DifferenceFilter {
    /// The first page of the same list.
    pub(crate) fn beginning(&self) -> DifferenceFilter {
        DifferenceFilter { at: None, ..self.clone() }
    }

    /// The same list without an identity number or a phone in its search, which must stand in no address; and whether
    /// one stood there.
    pub(crate) fn without_secret(self) -> (DifferenceFilter, bool) {
        let has_secret = secret_of(&self.search).is_some();
        let search = if has_secret { String::new() } else { self.search };
        (DifferenceFilter { search, ..self }, has_secret)
    }

    /// The word of what is shown.
    pub(crate) fn state_word(&self) -> &'static str {
        SHOWN.iter().find(|(shown, _)| *shown == self.shown).map_or("standing", |(_, word)| word)
    }

    /// The address of the list.
    pub(crate) fn address(&self) -> String {
        self.address_of("/differences")
    }

    /// The address of the list's export in a format: `xlsx` or `csv`.
    pub(crate) fn export_address(&self, format: &str) -> String {
        self.beginning().address_of(&format!("/differences/export.{format}"))
    }

    fn address_of(&self, path: &str) -> String {
        let mut words = Serializer::new(String::new());
        let mut word = |name: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                words.append_pair(name, &value);
            }
        };
        word("state", (self.shown != Shown::Standing).then(|| self.state_word().to_owned()));
        word("kind", self.kind.map(|kind| kind.key().to_owned()));
        word("branch", self.branch.map(|id| id.to_string()));
        word("township", self.township.clone());
        word("q", Some(self.search.clone()));
        match self.at {
            None => {}
            Some(Cursor::After(id)) => word("after", Some(id.to_string())),
            Some(Cursor::Before(id)) => word("before", Some(id.to_string())),
        }
        path_with(path, words)
    }
}

#[cfg(test)]
mod tests {
    use axum::extract::Query;
    use axum::http::Uri;

    use super::*;

    #[test]
    fn an_address_reads_back_as_the_list_it_was_made_from() {
        for (shown, _) in SHOWN {
            let filter = DifferenceFilter {
                shown,
                kind: Some(DifferenceKind::OtherName),
                branch: Some(0),
                township: Some("431022101000".to_owned()),
                search: "袁 文&x=1".to_owned(),
                at: Some(Cursor::Before(7)),
            };
            let uri: Uri = filter.address().parse().unwrap();
            let Query(raw) = Query::<RawFilter>::try_from_uri(&uri).unwrap();
            assert_eq!(DifferenceFilter::try_from(raw).unwrap(), filter);
        }
    }

    #[test]
    fn an_identity_number_stands_in_no_address() {
        let search = "11010519491231002X".to_owned();
        let (filter, had) = DifferenceFilter { search, ..DifferenceFilter::default() }.without_secret();
        assert_eq!((filter.address().as_str(), had), ("/differences", true));
        let (filter, had) =
            DifferenceFilter { search: "袁文".to_owned(), ..DifferenceFilter::default() }.without_secret();
        assert!(filter.address().contains("q=") && !had);
    }
}
