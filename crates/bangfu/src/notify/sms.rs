//! Short messages through whatever gateway a county has: a file tells how it is asked, and what it answers when it has
//! taken one.

use std::collections::BTreeMap;
use std::fmt;

use bangfu_domain::message::address;
use bangfu_domain::message::settle::{Cause, CauseKind, Outcome};
use serde::Deserialize;
use ureq::http::{HeaderName, HeaderValue, Method, Uri};

use super::http::Asker;

/// How a gateway is asked.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sms {
    /// Its address; `{phone}`, `{text}` and `{id}` stand in it as words of an address.
    url: String,
    /// GET, POST or PUT.
    #[serde(default = "post")]
    method: String,
    /// Headers, the keys of the gateway among them.
    #[serde(default)]
    headers: BTreeMap<String, String>,
    /// What is asked; `{phone}`, `{text}` and `{id}` are written as the content type wants it.
    #[serde(default)]
    body: String,
    /// What the answer holds when the message was taken; without it the status decides.
    success: Option<String>,
    /// What the answer holds when it is to be asked again later.
    again: Option<String>,
}

fn post() -> String {
    "POST".to_owned()
}

impl fmt::Debug for Sms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Its headers and its address hold keys.
        f.write_str("Sms(…)")
    }
}

/// How a value is written where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Writing {
    Json,
    Words,
    Plain,
}

impl Writing {
    fn of(self, value: &str) -> String {
        match self {
            Writing::Json => {
                let quoted = serde_json::Value::from(value).to_string();
                quoted.trim_start_matches('"').strip_suffix('"').unwrap_or_default().to_owned()
            }
            Writing::Words => form_urlencoded::byte_serialize(value.as_bytes()).collect(),
            Writing::Plain => value.to_owned(),
        }
    }
}

impl Sms {
    /// Reads the file's text.
    ///
    /// # Errors
    /// What is wrong with it, in the words of whoever reads TOML, or the name of what is missing or cannot be used.
    pub(crate) fn read(text: &str) -> Result<Sms, String> {
        let sms: Sms = toml::from_str(text).map_err(|fault| fault.message().to_owned())?;
        // Filled in, it must be an address that may be asked.
        let url = sms.filled(&sms.url, ("13800000000", "字", "0"), Writing::Words);
        if address::host(&url).is_none() || url.parse::<Uri>().is_err() {
            return Err("url".to_owned());
        }
        if !["GET", "POST", "PUT"].contains(&sms.method.as_str()) {
            return Err("method".to_owned());
        }
        for (name, value) in &sms.headers {
            let sound =
                HeaderName::from_bytes(name.as_bytes()).is_ok() && HeaderValue::from_str(value).is_ok();
            if !sound {
                return Err(format!("headers.{name}"));
            }
        }
        let all = format!("{}{}", sms.url, sms.body);
        for word in ["{phone}", "{text}"] {
            if !all.contains(word) {
                return Err(word.to_owned());
            }
        }
        Ok(sms)
    }

    fn filled(&self, template: &str, (phone, text, id): (&str, &str, &str), writing: Writing) -> String {
        // In one pass: what is filled in is never read as a place.
        let mut filled = String::with_capacity(template.len() + text.len());
        let mut rest = template;
        while let Some(at) = rest.find('{') {
            let (before, behind) = rest.split_at(at);
            filled += before;
            let places = [("{phone}", phone), ("{text}", text), ("{id}", id)];
            match places.into_iter().find(|(word, _)| behind.starts_with(word)) {
                Some((word, value)) => {
                    filled += &writing.of(value);
                    rest = &behind[word.len()..];
                }
                None => {
                    filled.push('{');
                    rest = &behind[1..];
                }
            }
        }
        filled + rest
    }

    fn writing(&self) -> Writing {
        let kind = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        match kind.map(|(_, kind)| kind.to_ascii_lowercase()) {
            Some(kind) if kind.contains("json") => Writing::Json,
            Some(kind) if kind.contains("form-urlencoded") => Writing::Words,
            _ => Writing::Plain,
        }
    }

    /// Sends a message to a phone.
    pub(super) fn send(&self, asker: &Asker, phone: &str, text: &str, id: &str) -> Outcome {
        let values = (phone, text, id);
        let url = self.filled(&self.url, values, Writing::Words);
        let body = self.filled(&self.body, values, self.writing());
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let method = match self.method.as_str() {
            "GET" => Method::GET,
            "PUT" => Method::PUT,
            _ => Method::POST,
        };
        let answer = match asker.ask((method, &url), &headers, body) {
            Ok(answer) => answer,
            Err(outcome) => return outcome,
        };
        match answer.outcome() {
            Outcome::Sent => {}
            outcome => return outcome,
        }
        let holds = |word: &Option<String>| word.as_ref().is_some_and(|word| answer.text.contains(word));
        match &self.success {
            None => Outcome::Sent,
            Some(_) if holds(&self.success) => Outcome::Sent,
            Some(_) if holds(&self.again) => Outcome::Later(Cause::bare(CauseKind::Answer)),
            Some(_) => Outcome::Refused(Cause::bare(CauseKind::Answer)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        url = "http://127.0.0.1:9/send?to={phone}"
        body = '{"content":"{text}","id":"{id}","n":{"a":1}}'
        success = '"code":0'
        [headers]
        Content-Type = "application/json"
    "#;

    #[test]
    fn a_file_is_read_and_what_is_wrong_with_it_is_named() {
        assert!(Sms::read(FILE).is_ok());
        for (text, fault) in [
            (FILE.replace("http://127.0.0.1:9", "http://sms.example"), "url"),
            (FILE.replace("{text}", "x"), "{text}"),
            (FILE.replace("success", "method = \"DELETE\"\nsuccess"), "method"),
            (FILE.replace("application/json", "a\\nb"), "headers.Content-Type"),
        ] {
            assert_eq!(Sms::read(&text).unwrap_err(), fault);
        }
        assert!(Sms::read(&FILE.replace("success", "succes")).unwrap_err().contains("succes"));
    }

    #[test]
    fn places_are_filled_once_and_written_as_they_must_be() {
        let sms = Sms::read(FILE).unwrap();
        let values = ("138", "说\"{id}\"\n好", "7");
        assert_eq!(
            sms.filled(&sms.body, values, Writing::Json),
            "{\"content\":\"说\\\"{id}\\\"\\n好\",\"id\":\"7\",\"n\":{\"a\":1}}"
        );
        assert_eq!(sms.filled("{text}", values, Writing::Words), "%E8%AF%B4%22%7Bid%7D%22%0A%E5%A5%BD");
        assert_eq!(sms.filled("{text", values, Writing::Plain), "{text");
        // Quotation marks at either end are its own.
        assert_eq!(Writing::Json.of("\"a\""), "\\\"a\\\"");
    }
}
