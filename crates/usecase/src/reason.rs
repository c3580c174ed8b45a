//! Why somebody did something, in their words, as it is kept.

use bangfu_domain::identity;

use crate::error::Refusal;

/// The longest reason, in characters.
pub const REASON_CHARACTERS_MAX: usize = 500;

/// A reason as it is kept: something is said, or `missing` is told; and no identity number.
pub(crate) fn given(reason: &str, missing: Refusal) -> Result<String, Refusal> {
    let reason = reason.trim().replace('\0', "");
    if reason.is_empty() {
        return Err(missing);
    }
    if reason.chars().count() > REASON_CHARACTERS_MAX {
        return Err(Refusal::ReasonTooLong { max: REASON_CHARACTERS_MAX });
    }
    if identity::stands_in(&reason) {
        return Err(Refusal::IdentityInReason);
    }
    Ok(reason)
}
