//! Asks another house: no further than it was told, for no longer than a while, and for no more than a little.

use std::sync::Arc;
use std::time::Duration;

use openidconnect::http::{Request, Response};
use openidconnect::{HttpRequest, HttpResponse, SyncHttpClient};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// For how long an answer is waited for.
const WAIT: Duration = Duration::from_secs(10);

/// Bytes of an answer that are read.
const ANSWER_MAX: u64 = 1 << 20;

/// What asks.
#[derive(Debug, Clone)]
pub(crate) struct Agent(ureq::Agent);

impl Agent {
    /// Trusts these authorities and no others; asks nothing unencrypted unless the other house is on this machine.
    pub(crate) fn new(authorities: &[CertificateDer<'_>], is_here: bool) -> Agent {
        let authorities = authorities.iter().map(|one| Certificate::from_der(one).to_owned());
        let tls = TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
            .root_certs(RootCerts::Specific(Arc::new(authorities.collect())))
            .build();
        let config = ureq::Agent::config_builder()
            .tls_config(tls)
            .https_only(!is_here)
            .timeout_global(Some(WAIT))
            // An answer that leads elsewhere could make this program ask where it was not told to.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .build();
        Agent(ureq::Agent::new_with_config(config))
    }
}

impl SyncHttpClient for Agent {
    type Error = ureq::Error;

    fn call(&self, request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
        let (parts, body) = request.into_parts();
        let answer = match body.is_empty() {
            true => self.0.run(Request::from_parts(parts, ()))?,
            false => self.0.run(Request::from_parts(parts, body))?,
        };
        let (parts, mut body) = answer.into_parts();
        let bytes = body.with_config().limit(ANSWER_MAX).read_to_vec()?;
        Ok(Response::from_parts(parts, bytes))
    }
}
