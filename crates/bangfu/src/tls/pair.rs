//! A certificate and its key as they lie on the disk: read at the start, and anew when they were replaced.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, InconsistentKeys, ServerConfig};
use tokio_util::sync::CancellationToken;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::{FromDer, GeneralName};

use super::{TlsFault, WARN_DAYS};
use crate::clock::Clock;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// How often a certificate that ends soon is warned of.
const WARN_AGAIN: i64 = 24 * 3600;

/// Where a certificate and its key lie.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The certificate, with those between it and its authority behind it.
    pub(crate) certificate: PathBuf,
    /// The key.
    pub(crate) key: PathBuf,
}

/// A certificate with its key.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    certified: Arc<CertifiedKey>,
    /// Until when it is good.
    pub(crate) ends_at: Timestamp,
    /// The names and addresses for which it stands.
    pub(crate) names: Vec<String>,
}

impl Pair {
    /// The certificate that visitors are shown.
    pub(super) fn certificate(&self) -> Option<CertificateDer<'static>> {
        Some(self.certified.end_entity_cert().ok()?.clone().into_owned())
    }

    /// Whole days until it ends; below nothing once it has ended.
    pub(crate) fn days_left(&self, now: Timestamp) -> i64 {
        (self.ends_at.as_second() - now.as_second()).div_euclid(24 * 3600)
    }
}

impl Place {
    /// Reads both.
    pub(crate) fn read(&self) -> Result<Pair, TlsFault> {
        let chain = CertificateDer::pem_slice_iter(&bytes(&self.certificate)?).collect::<Result<Vec<_>, _>>();
        let chain = chain.ok().filter(|chain| !chain.is_empty());
        let chain = chain.ok_or_else(|| TlsFault::NoCertificate(self.certificate.clone()))?;
        let key = PrivateKeyDer::from_pem_slice(&bytes(&self.key)?);
        let key = key.map_err(|_| TlsFault::NoKey(self.key.clone()))?;
        let (ends_at, names) =
            facts(&chain[0]).ok_or_else(|| TlsFault::NoCertificate(self.certificate.clone()))?;
        let certified = CertifiedKey::from_der(chain, key, &provider()).map_err(|error| match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                TlsFault::Apart { certificate: self.certificate.clone(), key: self.key.clone() }
            }
            _ => TlsFault::NoKey(self.key.clone()),
        })?;
        Ok(Pair { certified: Arc::new(certified), ends_at, names })
    }

    /// What tells that the files were replaced.
    fn marks(&self) -> Vec<Option<(SystemTime, u64)>> {
        let mark = |file: &PathBuf| {
            let found = std::fs::metadata(file).ok()?;
            Some((found.modified().ok()?, found.len()))
        };
        [&self.certificate, &self.key].map(mark).to_vec()
    }
}

fn bytes(file: &Path) -> Result<Vec<u8>, TlsFault> {
    std::fs::read(file).map_err(|error| TlsFault::file(file, &error))
}

/// Until when a certificate is good, and for which names.
pub(super) fn facts(certificate: &CertificateDer<'_>) -> Option<(Timestamp, Vec<String>)> {
    let (_, read) = X509Certificate::from_der(certificate).ok()?;
    let ends_at = Timestamp::from_second(read.validity().not_after.timestamp()).ok()?;
    let names = read.subject_alternative_name().ok().flatten();
    let names = names.map(|names| names.value.general_names.iter().filter_map(name_of).collect());
    Some((ends_at, names.unwrap_or_default()))
}

fn name_of(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|bytes| std::net::Ipv4Addr::from(bytes).to_string()),
            16 => <[u8; 16]>::try_from(*bytes).ok().map(|bytes| std::net::Ipv6Addr::from(bytes).to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// What reckons.
pub(super) fn provider() -> CryptoProvider {
    ring::default_provider()
}

/// Keeps the certificate that is shown to visitors.
#[derive(Debug)]
pub(crate) struct Keeper {
    place: Place,
    current: RwLock<Pair>,
}

impl Keeper {
    /// With what lies at a place now.
    pub(crate) fn new(place: Place) -> Result<Arc<Keeper>, TlsFault> {
        let current = RwLock::new(place.read()?);
        Ok(Arc::new(Keeper { place, current }))
    }

    /// What is shown now.
    pub(crate) fn current(&self) -> Pair {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How connections are encrypted: TLS 1.2 and 1.3, as Chromium 86 and all that came after speak them.
    pub(crate) fn config(self: &Arc<Keeper>) -> Result<Arc<ServerConfig>, TlsFault> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(self.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    /// Warns of an end that is near, if that was last done a day ago or never; when it was last done, in seconds since 1970.
    fn warn(&self, now: Timestamp, warned_at: Option<i64>) -> Option<i64> {
        let days = self.current().days_left(now);
        if days >= WARN_DAYS || warned_at.is_some_and(|at| now.as_second() - at < WARN_AGAIN) {
            return warned_at;
        }
        tracing::warn!(days, "the certificate ends soon: renew it");
        Some(now.as_second())
    }

    /// Takes up what replaces the files, and warns of an end that is near, until the program stops.
    pub(crate) async fn watch(self: Arc<Keeper>, clock: Clock, stop: CancellationToken) {
        let mut marks = self.place.marks();
        let mut warned_at = None;
        loop {
            warned_at = self.warn(clock.now(), warned_at);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
            let found = self.place.marks();
            if found == marks {
                continue;
            }
            marks = found;
            match self.place.read() {
                Ok(pair) => {
                    tracing::info!(days = pair.days_left(clock.now()), "another certificate is in use");
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = pair;
                    warned_at = None;
                }
                // What was shown before goes on until both files are there and fit.
                Err(fault) => {
                    tracing::warn!("the certificate was replaced by none that can be used: {fault:?}")
                }
            }
        }
    }
}

impl ResolvesServerCert for Keeper {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current().certified)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Mutex;

    use super::*;
    use crate::tls::authority::Folder;

    /// What was logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_log_warns_from_thirty_days_before_the_end_once_a_day() {
        let place = tempfile::tempdir().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let folder = Folder::new(place.path());
        let made = folder.init(&["10.0.0.1".to_owned()], at("2026-11-26T04:00:00Z")).unwrap();
        let ends = made.ends_at.as_second();
        let keeper = Keeper::new(folder.place()).unwrap();
        let log = Log::default();
        let writer = log.clone();
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(subscriber, || {
            let day = 24 * 3600;
            let mut warned_at = None;
            for (before_end, warned) in [
                (31 * day, None),
                (30 * day, None),
                (30 * day - 1, Some(30 * day - 1)),
                (30 * day - 3600, Some(30 * day - 1)),
                (29 * day, Some(30 * day - 1)),
                (29 * day - 1, Some(29 * day - 1)),
                (-1, Some(-1)),
            ] {
                let now = Timestamp::from_second(ends - before_end).unwrap();
                warned_at = keeper.warn(now, warned_at);
                assert_eq!(warned_at, warned.map(|before| ends - before), "{before_end} s before the end");
            }
        });
        let told = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines.len(), 3, "{told}");
        for (line, days) in lines.iter().zip(["days=29", "days=28", "days=-1"]) {
            assert!(line.contains("WARN") && line.contains(days) && line.contains("renew it"), "{line}");
        }
    }
}
