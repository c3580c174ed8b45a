//! Asks another machine by HTTP: no further than it was told, for no longer than a while, and reads only a little.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use bangfu_domain::message::settle::{Cause, CauseKind, Outcome};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use ureq::Timeout;
use ureq::http::{Method, Request};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// For how long an answer is waited for.
const WAIT: Duration = Duration::from_secs(20);

/// For how long a connection is waited for.
const CONNECT_WAIT: Duration = Duration::from_secs(10);

/// Bytes of an answer that are read.
const ANSWER_MAX: u64 = 1 << 16;

/// What asks.
#[derive(Debug, Clone)]
pub(crate) struct Asker(ureq::Agent);

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    /// The status.
    pub(super) status: u16,
    /// What was said.
    pub(super) text: String,
}

impl Asker {
    /// Trusts these authorities and no others.
    pub(crate) fn new(authorities: &[CertificateDer<'_>]) -> Asker {
        Asker::with_patience(authorities, WAIT)
    }

    /// The same with another patience.
    pub(super) fn with_patience(authorities: &[CertificateDer<'_>], wait: Duration) -> Asker {
        let authorities = authorities.iter().map(|one| Certificate::from_der(one).to_owned());
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
            .root_certs(RootCerts::Specific(Arc::new(authorities.collect())))
            .build();
        let config = ureq::Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(wait))
            .timeout_connect(Some(CONNECT_WAIT.min(wait)))
            // An answer that leads elsewhere could make this program ask where it was not told to.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            // A connection that was left open and died meanwhile would look like a message that may have arrived.
            .max_idle_connections(0)
            .proxy(None)
            .build();
        Asker(ureq::Agent::new_with_config(config))
    }

    /// Asks, and returns what was answered, or what is to be said of a try without an answer.
    pub(super) fn ask(
        &self,
        (method, url): (Method, &str),
        headers: &[(&str, &str)],
        body: String,
    ) -> Result<Answer, Outcome> {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let refused = |kind| Outcome::Refused(Cause::bare(kind));
        let request = request.body(body).map_err(|_| refused(CauseKind::Address))?;
        let answer = self.0.run(request).map_err(|error| silence(&error))?;
        let status = answer.status().as_u16();
        // The status alone tells whether it was taken: what cannot be read of the rest says nothing.
        let text = answer.into_body().with_config().limit(ANSWER_MAX).read_to_vec().unwrap_or_default();
        Ok(Answer { status, text: String::from_utf8_lossy(&text).into_owned() })
    }
}

impl Answer {
    /// What a status says by itself: too much at once and troubles of the other machine pass, anything else does not.
    pub(super) fn outcome(&self) -> Outcome {
        let cause = Cause::told(CauseKind::Status, self.status);
        match self.status {
            200..=299 => Outcome::Sent,
            408 | 425 | 429 | 500..=599 => Outcome::Later(cause),
            _ => Outcome::Refused(cause),
        }
    }
}

/// What is to be said where no answer came: what surely did not arrive is tried later; the rest may have.
fn silence(error: &ureq::Error) -> Outcome {
    let later = |kind| Outcome::Later(Cause::bare(kind));
    let unknown = |kind| Outcome::Unknown(Cause::bare(kind));
    match error {
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => later(CauseKind::Timeout),
        ureq::Error::Timeout(_) => unknown(CauseKind::Timeout),
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => later(CauseKind::Unreachable),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => later(CauseKind::Encryption),
        ureq::Error::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::AddrNotAvailable => later(CauseKind::Unreachable),
            // A handshake that fails is told so.
            ErrorKind::InvalidData => later(CauseKind::Encryption),
            ErrorKind::TimedOut | ErrorKind::WouldBlock => unknown(CauseKind::Timeout),
            _ => unknown(CauseKind::Unreachable),
        },
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => Outcome::Refused(Cause::bare(CauseKind::Address)),
        _ => unknown(CauseKind::Unreachable),
    }
}
