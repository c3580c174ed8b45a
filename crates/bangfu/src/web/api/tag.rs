//! Versions of what is shown (ETag): a hash of all that is shown, so that the same version is the same to the last byte.

use axum::http::{HeaderMap, header};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::problem::Problem;

/// The version of a body.
pub(super) fn of(body: &[u8]) -> String {
    let hash = Sha256::digest(body);
    let hash: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hash}\"")
}

/// Whether a list of versions names one; `*` names every one. A version that a proxy has weakened is still the same to a
/// reader, and none to a writer.
pub(super) fn names(list: &str, tag: &str, weakly: bool) -> bool {
    list.split(',').map(str::trim).any(|one| {
        let one = if weakly { one.strip_prefix("W/").unwrap_or(one) } else { one };
        one == "*" || one == tag
    })
}

/// Holds what a program has seen against what is shown now.
pub(super) fn hold(seen: Option<&str>, shown: &impl Serialize) -> Result<(), Problem> {
    let body = serde_json::to_vec(shown).map_err(|error| Problem::Broken(error.into()))?;
    let holds = seen.is_some_and(|seen| names(seen, &of(&body), false));
    if holds { Ok(()) } else { Err(Problem::SeenOtherwise) }
}

/// Whether a reader has this version already.
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    lists.into_iter().any(|list| names(list, tag, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_one_of_a_list_and_weakly_so_for_readers_alone() {
        let tag = of(b"{}");
        assert!(names(&format!("\"other\", {tag}"), &tag, false));
        assert!(names("*", &tag, false));
        assert!(names(&format!("W/{tag}"), &tag, true) && !names(&format!("W/{tag}"), &tag, false));
        assert!(!names("\"other\"", &tag, true) && !names("", &tag, true));
        assert_ne!(tag, of(b"[]"));
    }
}
