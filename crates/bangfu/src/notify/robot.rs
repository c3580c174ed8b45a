//! Robots of groups in WeCom (企业微信) and DingTalk (钉钉), in the message form that each documents: a POST of JSON with
//! `msgtype` `markdown`. Both answer 200 also where they refuse; the number `errcode` tells.

use bangfu_domain::message::settle::{Cause, CauseKind, Outcome};
use bangfu_store::office_address::Target;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use ureq::http::Method;

use super::compose::Said;
use super::http::Asker;
use super::webhook::mac;
use crate::texts::Lang;

/// Bytes that a markdown message of WeCom may have.
const WECOM_MAX: usize = 4_096;

/// What passes by itself: their system is busy, or the robot was asked too often.
const WECOM_LATER: [i64; 2] = [-1, 45_009];
const DINGTALK_LATER: [i64; 3] = [-1, 130_101, 660_026];

/// What a robot answers.
#[derive(Debug, Deserialize)]
struct Answered {
    errcode: i64,
}

fn markdown(said: &Said, most: usize) -> String {
    let mut text = format!("**{}**\n", said.subject);
    let link = said.link.as_ref().map(|link| format!("\n[{}]({link})", Lang::Zh.text("message-open-link")));
    let link = link.unwrap_or_default();
    for line in &said.lines {
        if text.len() + line.len() + link.len() + 4 > most {
            break;
        }
        text += &format!("\n- {line}");
    }
    text + &link
}

/// Sends a message to a group of WeCom.
pub(super) fn wecom(asker: &Asker, target: &Target, said: &Said) -> Outcome {
    let body = json!({ "msgtype": "markdown", "markdown": { "content": markdown(said, WECOM_MAX) } });
    asked(asker, &target.address, &body, &WECOM_LATER)
}

/// Sends a message to a group of DingTalk, signed where the robot wants that (加签).
pub(super) fn dingtalk(asker: &Asker, target: &Target, said: &Said, at: Timestamp) -> Outcome {
    let body = json!({ "msgtype": "markdown",
                       "markdown": { "title": said.subject, "text": markdown(said, WECOM_MAX) } });
    asked(asker, &signed(target, at), &body, &DINGTALK_LATER)
}

/// The robot's address with the time in milliseconds and the signature over it, as DingTalk documents it: the HMAC-SHA256 of
/// time, line end and secret under the secret, in Base64, as a word of the address.
pub(super) fn signed(target: &Target, at: Timestamp) -> String {
    if target.secret.is_empty() {
        return target.address.clone();
    }
    let timestamp = at.as_millisecond().to_string();
    let sign = STANDARD.encode(mac(&target.secret, format!("{timestamp}\n{}", target.secret).as_bytes()));
    let words = form_urlencoded::Serializer::new(String::new())
        .append_pair("timestamp", &timestamp)
        .append_pair("sign", &sign)
        .finish();
    format!("{}&{words}", target.address)
}

fn asked(asker: &Asker, url: &str, body: &Json, later: &[i64]) -> Outcome {
    let headers = [("Content-Type", "application/json; charset=utf-8")];
    let answer = match asker.ask((Method::POST, url), &headers, body.to_string()) {
        Ok(answer) => answer,
        Err(outcome) => return outcome,
    };
    match answer.outcome() {
        Outcome::Sent => {}
        outcome => return outcome,
    }
    match serde_json::from_str::<Answered>(&answer.text) {
        Ok(Answered { errcode: 0 }) => Outcome::Sent,
        Ok(Answered { errcode }) if later.contains(&errcode) => {
            Outcome::Later(Cause::told(CauseKind::Robot, errcode))
        }
        Ok(Answered { errcode }) => Outcome::Refused(Cause::told(CauseKind::Robot, errcode)),
        // Whatever answers there is no robot of theirs.
        Err(_) => Outcome::Refused(Cause::bare(CauseKind::Answer)),
    }
}
