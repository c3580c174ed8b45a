//! Reasons that people give: kept in the open, so that no identity number may stand in them.

use bangfu_domain::identity;

use crate::error::Refusal;

/// The longest reason, in characters.
pub const REASON_CHARACTERS_MAX: usize = 500;

/// A reason that can be kept; `missing` is the refusal where none was given.
pub(crate) fn sound_reason(reason: &str, missing: Refusal) -> Result<String, Refusal> {
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
