//! A receiver of the county's own: JSON, signed with HMAC-SHA256 over the time and the body.

use std::fmt::Write as _;

use bangfu_domain::message::settle::Outcome;
use bangfu_store::office_address::Target;
use bangfu_usecase::message::send::Claimed;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use serde_json::json;
use sha2::Sha256;
use ureq::http::Method;

use super::compose::Said;
use super::http::Asker;

/// The header by which a repeat is known.
pub(super) const ID: &str = "X-Bangfu-Id";

/// The header with the seconds since 1970 that are signed.
pub(super) const TIMESTAMP: &str = "X-Bangfu-Timestamp";

/// The header with the signature.
pub(super) const SIGNATURE: &str = "X-Bangfu-Signature";

/// HMAC-SHA256 of some bytes.
pub(super) fn mac(key: &str, bytes: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("invariant: a key of any length");
    mac.update(bytes);
    mac.finalize().into_bytes().to_vec()
}

/// What stands in the header of the signature: over the time, a dot, and the body.
pub(super) fn signature(secret: &str, timestamp: &str, body: &str) -> String {
    let mac = mac(secret, format!("{timestamp}.{body}").as_bytes());
    mac.iter().fold("sha256=".to_owned(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Sends a message.
pub(super) fn send(
    asker: &Asker,
    target: &Target,
    (said, claimed): (&Said, &Claimed),
    at: Timestamp,
) -> Outcome {
    let mut body = said.facts.clone();
    if let Some(body) = body.as_object_mut() {
        body.insert("id".to_owned(), json!(claimed.message.key));
        body.insert("county".to_owned(), json!(claimed.county));
    }
    let (body, timestamp) = (body.to_string(), at.as_second().to_string());
    let signature = signature(&target.secret, &timestamp, &body);
    let headers = [
        ("Content-Type", "application/json"),
        (ID, claimed.message.key.as_str()),
        (TIMESTAMP, timestamp.as_str()),
        (SIGNATURE, signature.as_str()),
    ];
    match asker.ask((Method::POST, &target.address), &headers, body) {
        Ok(answer) => answer.outcome(),
        Err(outcome) => outcome,
    }
}
