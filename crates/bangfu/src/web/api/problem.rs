//! What a program is told when something is not there, not understood, refused or went wrong: RFC 9457, with a code for the
//! program and words for whoever writes it, in the language that it asks for.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bangfu_usecase::error::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::texts::Lang;
use crate::web::failure::Failure;
use crate::words;

/// What such an answer is.
pub(super) const KIND: &str = "application/problem+json";

/// Why a program does not get what it asked for.
#[derive(Debug)]
pub(crate) enum Problem {
    /// It came unencrypted from another machine, or under a name that is none of this one's.
    Elsewhere,
    /// It brought no token.
    NoToken,
    /// Its token opens nothing: unknown, ended, or past its day.
    TokenUnknown,
    /// Its token has not the scope, or its post not the right.
    ScopeMissing(&'static str),
    /// Nothing is there, or nothing that it may see.
    NotFound,
    /// Nothing is done in this way at this address.
    Method,
    /// A parameter of the address is not understood.
    Query(String),
    /// The day has not come.
    DayAhead,
    /// A cursor that is none of this list's.
    Cursor,
    /// The body is not understood.
    Body(String),
    /// The body is larger than it may be.
    TooLarge,
    /// The body is of another kind than is read here.
    Media(&'static str),
    /// Something is to be done, and no Idempotency-Key tells it from another.
    KeyMissing,
    /// The key stands for another request.
    KeyReused,
    /// The same request is being worked on.
    UnderWay,
    /// Something is to be changed, and If-Match does not say what was seen.
    NotSeen,
    /// It is no longer as it was seen.
    SeenOtherwise,
    /// So many were asked in a minute; how many seconds to wait.
    TooMany(u64),
    /// A use case said no.
    Refused(Refusal),
    /// A file cannot be read: the key of the text, and its parameters.
    Unreadable(&'static str, Vec<(&'static str, String)>),
    /// Anything else: logged, and told as a reference number.
    Broken(anyhow::Error),
}

/// An answer that is not what was asked for (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct Told {
    /// Names the kind of problem: `urn:bangfu:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// What it is, in the language of Accept-Language.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What is wrong in this case and what to do, in the same language.
    detail: String,
    /// The same as the end of `type`; it never changes from one version to the next.
    code: String,
    /// The request, as the log names it.
    instance: String,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        match refusal {
            Refusal::NotFound => Problem::NotFound,
            Refusal::SeenOtherwise | Refusal::CorrectedMeanwhile => Problem::SeenOtherwise,
            refusal => Problem::Refused(refusal),
        }
    }
}

impl From<bangfu_usecase::Error> for Problem {
    fn from(error: bangfu_usecase::Error) -> Problem {
        match error {
            bangfu_usecase::Error::Refused(refusal) => refusal.into(),
            error => Problem::Broken(error.into()),
        }
    }
}

impl From<bangfu_store::Error> for Problem {
    fn from(error: bangfu_store::Error) -> Problem {
        Problem::Broken(error.into())
    }
}

/// What pages and programs share tells of its failures as pages do.
impl From<Failure> for Problem {
    fn from(failure: Failure) -> Problem {
        match failure {
            Failure::NotFound => Problem::NotFound,
            Failure::FutureDay(_) => Problem::DayAhead,
            Failure::Unknown(word) => Problem::Query(format!("{} = {}", word.field, word.value)),
            Failure::Refused(refusal) => refusal.into(),
            Failure::Broken(error) => Problem::Broken(error),
        }
    }
}

impl Problem {
    /// The HTTP status.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Problem::Elsewhere => StatusCode::MISDIRECTED_REQUEST,
            Problem::NoToken | Problem::TokenUnknown => StatusCode::UNAUTHORIZED,
            Problem::ScopeMissing(_) => StatusCode::FORBIDDEN,
            Problem::NotFound => StatusCode::NOT_FOUND,
            Problem::Method => StatusCode::METHOD_NOT_ALLOWED,
            Problem::Query(_)
            | Problem::DayAhead
            | Problem::Cursor
            | Problem::Body(_)
            | Problem::KeyMissing => StatusCode::BAD_REQUEST,
            Problem::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Problem::Media(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Problem::KeyReused | Problem::Unreadable(..) => StatusCode::UNPROCESSABLE_ENTITY,
            Problem::UnderWay => StatusCode::CONFLICT,
            Problem::NotSeen => StatusCode::PRECONDITION_REQUIRED,
            Problem::SeenOtherwise => StatusCode::PRECONDITION_FAILED,
            Problem::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Problem::Refused(refusal) => match refusal {
                Refusal::AlreadyTaken | Refusal::DifferenceMovedOn | Refusal::Taking | Refusal::Undoing => {
                    StatusCode::CONFLICT
                }
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            },
            Problem::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The word for the program.
    fn code(&self) -> &'static str {
        match self {
            Problem::Elsewhere => "elsewhere",
            Problem::NoToken => "token-missing",
            Problem::TokenUnknown => "token-unknown",
            Problem::ScopeMissing(_) => "scope-missing",
            Problem::NotFound => "not-found",
            Problem::Method => "method",
            Problem::Query(_) => "query",
            Problem::DayAhead => "day-ahead",
            Problem::Cursor => "cursor",
            Problem::Body(_) => "body",
            Problem::TooLarge => "too-large",
            Problem::Media(_) => "media-type",
            Problem::KeyMissing => "key-missing",
            Problem::KeyReused => "key-reused",
            Problem::UnderWay => "under-way",
            Problem::NotSeen => "not-seen",
            Problem::SeenOtherwise => "seen-otherwise",
            Problem::TooMany(_) => "too-many",
            Problem::Unreadable(..) => "unreadable",
            Problem::Broken(_) => "broken",
            Problem::Refused(refusal) => refusal.key(),
        }
    }

    /// Title and detail.
    fn words(&self, lang: Lang, reference: &str) -> (String, String) {
        let args = match self {
            Problem::Refused(refusal) => {
                return (lang.text("problem-refused"), words::refusal(lang, refusal));
            }
            Problem::Unreadable(key, args) => {
                let detail = words::said(lang, &format!("intake-{key}"), args);
                return (lang.text("problem-unreadable"), detail);
            }
            Problem::ScopeMissing(scope) => ("scope", (*scope).to_owned()),
            Problem::Query(what) | Problem::Body(what) => ("what", what.clone()),
            Problem::Media(kind) => ("kind", (*kind).to_owned()),
            Problem::TooMany(seconds) => ("count", seconds.to_string()),
            _ => ("reference", reference.to_owned()),
        };
        let code = self.code();
        let detail = words::said(lang, &format!("problem-{code}-detail"), &[args]);
        (lang.text(&format!("problem-{code}")), detail)
    }

    /// The answer.
    pub(super) fn answer(&self, lang: Lang, reference: &str) -> Response {
        if let Problem::Broken(error) = self {
            tracing::error!(%reference, "{error:#}");
        }
        let (status, code) = (self.status(), self.code());
        let (title, detail) = self.words(lang, reference);
        let told = Told {
            kind: format!("urn:bangfu:problem:{code}"),
            title,
            status: status.as_u16(),
            detail,
            code: code.to_owned(),
            instance: reference.to_owned(),
        };
        let body = serde_json::to_vec(&told).unwrap_or_default();
        let language = lang.tag();
        let fixed = [
            (header::CONTENT_TYPE, KIND),
            (header::CONTENT_LANGUAGE, language),
            (header::VARY, "accept-language"),
        ];
        let mut response = (status, fixed, body).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"bangfu\""));
        }
        if let Problem::TooMany(seconds) = self {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        response
    }
}

/// The language that a program asks for; Chinese, if it asks for none that there is.
pub(super) fn language(headers: &HeaderMap) -> Lang {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let weighed = asked.split(',').enumerate().filter_map(|(place, part)| {
        let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
        let weight = thousandths(weight.trim())?;
        let tag = tag.trim().split('-').next().unwrap_or("").to_ascii_lowercase();
        let lang = if tag == "*" { Some(Lang::default()) } else { Lang::from_key(&tag) };
        lang.filter(|_| weight > 0).map(|lang| (weight, std::cmp::Reverse(place), lang.key()))
    });
    weighed.max().and_then(|(_, _, key)| Lang::from_key(key)).unwrap_or_default()
}

/// A weight of a header, in thousandths: `0.8`, `1`.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let whole: u32 = whole.parse().ok().filter(|whole| *whole <= 1)?;
    let part: u32 = format!("{part:0<3}").get(..3)?.parse().ok()?;
    Some(whole * 1000 + part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_says_what_it_is_and_what_to_do_in_both_languages() {
        let problems = [
            Problem::Elsewhere,
            Problem::NoToken,
            Problem::TokenUnknown,
            Problem::ScopeMissing("loans:read"),
            Problem::NotFound,
            Problem::Method,
            Problem::Query("day = x".to_owned()),
            Problem::DayAhead,
            Problem::Cursor,
            Problem::Body("x".to_owned()),
            Problem::TooLarge,
            Problem::Media("application/json"),
            Problem::KeyMissing,
            Problem::KeyReused,
            Problem::UnderWay,
            Problem::NotSeen,
            Problem::SeenOtherwise,
            Problem::TooMany(1),
            Problem::Refused(Refusal::AlreadyTaken),
            Problem::Unreadable("empty", Vec::new()),
            Problem::Broken(anyhow::anyhow!("x")),
        ];
        for lang in Lang::ALL {
            for problem in &problems {
                let (title, detail) = problem.words(lang, "r1");
                for text in [title, detail] {
                    let is_key = text.is_ascii() && !text.contains(' ') && text.contains('-');
                    assert!(!text.is_empty() && !is_key, "{problem:?}: {text}");
                }
            }
        }
    }

    #[test]
    fn a_program_is_told_in_the_language_that_it_likes_best() {
        let of = |asked: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(asked).unwrap());
            language(&headers)
        };
        for (asked, lang) in [
            ("en", Lang::En),
            ("en-GB,en;q=0.9,zh;q=0.8", Lang::En),
            ("fr,zh-CN;q=0.9,en;q=0.8", Lang::Zh),
            ("zh;q=0.2, en;q=0.75", Lang::En),
            ("en;q=0", Lang::Zh),
            ("*", Lang::Zh),
            ("en;q=nonsense", Lang::Zh),
            ("", Lang::Zh),
        ] {
            assert_eq!(of(asked), lang, "{asked}");
        }
        assert_eq!(language(&HeaderMap::new()), Lang::Zh);
    }
}
