//! A county's own authority: a certificate that the county's computers are told to trust, and the server's, for which it
//! vouches.
//!
//! Whoever held its key could pretend to be others, so it may vouch for addresses of private networks and for the names
//! that were told when it was made, and for nothing else.

use std::fs;
use std::io::Write;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType, date_time_ymd,
};
use sha2::{Digest, Sha256};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::FromDer;

use super::TlsFault;
use super::pair::{Place, facts};

/// For how many days the authority is good: ten years.
const AUTHORITY_DAYS: i32 = 3650;

/// For how many days a server's certificate is good: two years, less than the 825 days that browsers allow.
const SERVER_DAYS: i32 = 730;

/// Networks that are nobody's on the Internet, and for whose addresses the authority may vouch.
const PRIVATE: [(&str, u8); 7] = [
    ("127.0.0.0", 8),
    ("10.0.0.0", 8),
    ("172.16.0.0", 12),
    ("192.168.0.0", 16),
    ("169.254.0.0", 16),
    ("::1", 128),
    ("fc00::", 7),
];

/// The server's own names, which every certificate bears.
const OWN: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// A folder with an authority and a server's certificate.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

/// What was made.
#[derive(Debug)]
pub(crate) struct Made {
    /// The authority's certificate, which is handed out.
    pub(crate) authority: PathBuf,
    /// By which it is known: its SHA-256.
    pub(crate) fingerprint: String,
    /// Until when the server's certificate is good.
    pub(crate) ends_at: Timestamp,
    /// For which names and addresses.
    pub(crate) names: Vec<String>,
}

/// A name or an address by which the server is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    Address(IpAddr),
    Host(String),
}

impl Name {
    fn parse(typed: &str) -> Result<Name, TlsFault> {
        let name = typed.trim().trim_end_matches('.').to_lowercase();
        if let Ok(address) = name.parse::<IpAddr>() {
            return Ok(Name::Address(address));
        }
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let sound = name.len() <= 253
            && name.split('.').all(is_label)
            && name.bytes().any(|byte| byte.is_ascii_alphabetic());
        if sound { Ok(Name::Host(name)) } else { Err(TlsFault::Name(typed.to_owned())) }
    }

    fn all(typed: &[String]) -> Result<Vec<Name>, TlsFault> {
        let own = OWN.iter().map(|name| (*name).to_owned());
        let mut names: Vec<Name> = Vec::new();
        for name in typed.iter().cloned().chain(own) {
            let name = Name::parse(&name)?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn alternative(&self) -> Result<SanType, TlsFault> {
        Ok(match self {
            Name::Address(address) => SanType::IpAddress(*address),
            Name::Host(name) => SanType::DnsName(Ia5String::try_from(name.as_str())?),
        })
    }

    /// The part of all names for which an authority must be allowed to vouch to vouch for this one.
    fn subtree(&self) -> GeneralSubtree {
        match self {
            Name::Host(name) => GeneralSubtree::DnsName(name.clone()),
            Name::Address(address) => {
                let whole = if address.is_ipv4() { 32 } else { 128 };
                GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(*address, whole))
            }
        }
    }
}

/// Whether a text is a name or an address for which a certificate can stand.
pub(crate) fn is_name(text: &str) -> bool {
    Name::parse(text).is_ok()
}

impl Folder {
    /// A folder by its path.
    pub(crate) fn new(path: &Path) -> Folder {
        Folder(path.to_owned())
    }

    /// The authority's certificate.
    fn authority(&self) -> PathBuf {
        self.0.join("ca.crt")
    }

    /// The authority's key.
    pub(crate) fn authority_key(&self) -> PathBuf {
        self.0.join("ca.key")
    }

    /// The server's certificate and key: one file, so that both are replaced at once.
    fn server(&self) -> PathBuf {
        self.0.join("server.pem")
    }

    /// Where the server's certificate and key lie.
    pub(crate) fn place(&self) -> Place {
        Place { certificate: self.server(), key: self.server() }
    }

    /// Makes an authority and a server's certificate for names and addresses. Nothing is overwritten. What is handed out, the
    /// authority's certificate, comes last: until it is there, nobody trusts what is there already.
    pub(crate) fn init(&self, names: &[String], now: Timestamp) -> Result<Made, TlsFault> {
        let first = names.first().ok_or(TlsFault::NoNames)?;
        let names = Name::all(names)?;
        let authority = self.authority();
        if authority.exists() {
            return Err(TlsFault::IsThere(authority));
        }
        let mut files = vec![self.authority_key(), self.server()];
        files.retain(|file| file.exists());
        if !files.is_empty() {
            return Err(TlsFault::BrokenOff { files, authority });
        }
        let mut params = params(&format!("bangfu CA {}", first.trim()), AUTHORITY_DAYS, now)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let private = PRIVATE.iter().filter_map(|(address, bits)| {
            let subnet = CidrSubnet::from_addr_prefix(address.parse().ok()?, *bits);
            Some(GeneralSubtree::IpAddress(subnet))
        });
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: private.chain(names.iter().map(Name::subtree)).collect(),
            excluded_subtrees: Vec::new(),
        });
        let key = KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        fs::create_dir_all(&self.0).map_err(|error| TlsFault::file(&self.0, &error))?;
        write(&self.authority_key(), &key.serialize_pem(), Reader::Owner, false)?;
        let made = self.vouch((&Issuer::new(params, key), certificate.der()), &names, now, false)?;
        write(&authority, &certificate.pem(), Reader::Everybody, false)?;
        Ok(made)
    }

    /// Makes a new certificate of the server, for the names of the one before or others. The authority stays.
    pub(crate) fn renew(&self, names: &[String], now: Timestamp) -> Result<Made, TlsFault> {
        let read = |file: &Path| match fs::read_to_string(file) {
            Ok(text) => Ok(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(TlsFault::NoAuthority(self.0.clone()))
            }
            Err(error) => Err(TlsFault::file(file, &error)),
        };
        let key = KeyPair::from_pem(&read(&self.authority_key())?)
            .map_err(|_| TlsFault::NoKey(self.authority_key()))?;
        let text = read(&self.authority())?;
        let authority = CertificateDer::from_pem_slice(text.as_bytes());
        let authority = authority.map_err(|_| TlsFault::NoCertificate(self.authority()))?;
        let issuer = Issuer::from_ca_cert_der(&authority, key)?;
        let names = if names.is_empty() { self.place().read()?.names } else { names.to_vec() };
        let names = Name::all(&names)?;
        if let Some(name) = names.iter().find(|name| !may_vouch(&authority, name)) {
            return Err(TlsFault::Outside(match name {
                Name::Address(address) => address.to_string(),
                Name::Host(name) => name.clone(),
            }));
        }
        self.vouch((&issuer, &authority), &names, now, true)
    }

    fn vouch(
        &self,
        (issuer, authority): (&Issuer<'_, KeyPair>, &CertificateDer<'_>),
        names: &[Name],
        now: Timestamp,
        replace: bool,
    ) -> Result<Made, TlsFault> {
        let mut params = params("bangfu server", SERVER_DAYS, now)?;
        params.subject_alt_names = names.iter().map(Name::alternative).collect::<Result<_, _>>()?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, issuer)?;
        let both = format!("{}{}", certificate.pem(), key.serialize_pem());
        write(&self.server(), &both, Reader::Owner, replace)?;
        let (ends_at, names) =
            facts(certificate.der()).ok_or_else(|| TlsFault::NoCertificate(self.server()))?;
        let fingerprint = Sha256::digest(authority);
        let fingerprint: Vec<String> = fingerprint.iter().map(|byte| format!("{byte:02X}")).collect();
        Ok(Made { authority: self.authority(), fingerprint: fingerprint.join(":"), ends_at, names })
    }
}

/// A certificate's name and days; from the day before, since clocks differ.
fn params(name: &str, days: i32, now: Timestamp) -> Result<CertificateParams, TlsFault> {
    let mut params = CertificateParams::default();
    params.distinguished_name.remove(DnType::CommonName);
    params.distinguished_name.push(DnType::CommonName, name);
    let today = now.to_zoned_datetime(TimeZone::UTC).date();
    let at = |days: i32| {
        let day = today.saturating_add(days.days());
        let month = u8::try_from(day.month()).unwrap_or(1);
        date_time_ymd(i32::from(day.year()), month, u8::try_from(day.day()).unwrap_or(1))
    };
    (params.not_before, params.not_after) = (at(-1), at(days));
    Ok(params)
}

/// Whether an authority may vouch for a name.
fn may_vouch(authority: &CertificateDer<'_>, name: &Name) -> bool {
    let Ok((_, read)) = X509Certificate::from_der(authority) else { return false };
    let constraints = read.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::NameConstraints(constraints) => Some(constraints),
        _ => None,
    });
    let Some(permitted) = constraints.and_then(|found| found.permitted_subtrees.as_ref()) else {
        return true;
    };
    permitted.iter().any(|subtree| match (&subtree.base, name) {
        (GeneralName::DNSName(permitted), Name::Host(name)) => {
            name == permitted || name.strip_suffix(permitted).is_some_and(|rest| rest.ends_with('.'))
        }
        (GeneralName::IPAddress(permitted), Name::Address(address)) => {
            let address = match address {
                IpAddr::V4(address) => address.octets().to_vec(),
                IpAddr::V6(address) => address.octets().to_vec(),
            };
            let (network, mask) = permitted.split_at(permitted.len() / 2);
            network.len() == address.len()
                && address
                    .iter()
                    .zip(mask)
                    .zip(network)
                    .all(|((byte, mask), network)| byte & mask == *network)
        }
        _ => false,
    })
}

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    Owner,
    Everybody,
}

/// Writes a file, which appears under its name whole or not at all, and in the place of another only if it may.
fn write(path: &Path, text: &str, reader: Reader, replace: bool) -> Result<(), TlsFault> {
    let failed = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => TlsFault::IsThere(path.to_owned()),
        _ => TlsFault::file(path, error),
    };
    if reader == Reader::Everybody {
        if path.exists() && !replace {
            return Err(TlsFault::IsThere(path.to_owned()));
        }
        // One of this name was left by a write that was broken off, and is in no use.
        let coming = path.with_extension("coming");
        let mut file = fs::File::create(&coming).map_err(|error| failed(&error))?;
        file.write_all(text.as_bytes()).map_err(|error| failed(&error))?;
        file.sync_all().map_err(|error| failed(&error))?;
        return fs::rename(&coming, path).map_err(|error| failed(&error));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Only its owner may read such a file, where the system knows such a thing.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| failed(&error))?;
    file.write_all(text.as_bytes()).map_err(|error| failed(&error))?;
    file.as_file().sync_all().map_err(|error| failed(&error))?;
    let kept = if replace { file.persist(path) } else { file.persist_noclobber(path) };
    kept.map(drop).map_err(|refused| failed(&refused.error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: &str) -> Timestamp {
        format!("{day}T04:00:00Z").parse().unwrap()
    }

    #[test]
    fn an_authority_is_made_once_and_vouches_anew() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::new(&place.path().join("tls"));
        let names = ["Bangfu.Yizhang.Local".to_owned(), "10.20.30.40".to_owned()];
        assert!(matches!(folder.init(&[], at("2026-11-26")), Err(TlsFault::NoNames)));
        assert!(matches!(folder.renew(&[], at("2026-11-26")), Err(TlsFault::NoAuthority(_))));
        let made = folder.init(&names, at("2026-11-26")).unwrap();
        assert_eq!(made.names, ["bangfu.yizhang.local", "10.20.30.40", "localhost", "127.0.0.1", "::1"]);
        let shown = folder.place().read().unwrap();
        assert_eq!(shown.days_left(at("2026-11-26")), 729);
        let authority = fs::read(folder.authority()).unwrap();
        assert!(matches!(folder.init(&names, at("2026-11-26")), Err(TlsFault::IsThere(_))));
        assert_eq!(fs::read(folder.authority()).unwrap(), authority, "nothing is overwritten");

        // Broken off before its certificate was there, the next attempt says so.
        let elsewhere = place.path().join("kept.crt");
        fs::rename(folder.authority(), &elsewhere).unwrap();
        let told = folder.init(&names, at("2026-11-26")).unwrap_err();
        assert!(matches!(&told, TlsFault::BrokenOff { files, .. } if files.len() == 2), "{told:?}");
        fs::rename(&elsewhere, folder.authority()).unwrap();
        let left: Vec<_> = fs::read_dir(&folder.0).unwrap().map(|file| file.unwrap().file_name()).collect();
        assert_eq!(left.len(), 3, "{left:?}");

        let renewed = folder.renew(&[], at("2028-11-01")).unwrap();
        assert_eq!((renewed.fingerprint, renewed.names), (made.fingerprint, made.names));
        assert_eq!(folder.place().read().unwrap().days_left(at("2028-11-01")), 729);
    }

    #[test]
    fn an_authority_vouches_for_the_county_alone() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::new(place.path());
        folder.init(&["bangfu.local".to_owned()], at("2026-11-26")).unwrap();
        let renewed = |name: &str| folder.renew(&[name.to_owned()], at("2026-11-27"));
        for inside in ["bangfu.local", "test.bangfu.local", "10.0.0.1", "192.168.7.7", "fd00::1"] {
            assert!(renewed(inside).is_ok(), "{inside}");
        }
        for outside in ["bank.example", "notbangfu.local", "8.8.8.8", "172.32.0.1", "2001:db8::1"] {
            assert!(matches!(renewed(outside), Err(TlsFault::Outside(_))), "{outside}");
        }
        for wrong in ["https://bangfu.local", "10.0.0.1:8443", "帮扶.local", "a..b", "", "1.2.3"] {
            assert!(matches!(renewed(wrong), Err(TlsFault::Name(_))), "{wrong}");
        }
    }
}
