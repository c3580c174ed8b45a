//! Encrypted connections: the certificate that is shown, the door that takes them, and a county's own authority.

pub(crate) mod authority;
pub(crate) mod listener;
pub(crate) mod pair;
pub(crate) mod probe;

use std::path::{Path, PathBuf};

use tokio_rustls::rustls;

use crate::texts::Lang;
use crate::words::said;

/// A certificate that ends within so many days is warned of.
pub(crate) const WARN_DAYS: i64 = 30;

/// Why there is no encrypting with what was told.
#[derive(Debug)]
pub(crate) enum TlsFault {
    /// A file or folder cannot be read or written.
    File {
        /// Which.
        file: PathBuf,
        /// What the system says.
        error: String,
    },
    /// There is no certificate in a file, or none that is one.
    NoCertificate(PathBuf),
    /// There is no key in a file, or none that is one.
    NoKey(PathBuf),
    /// The key is not the certificate's.
    Apart {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's.
        key: PathBuf,
    },
    /// What would be overwritten is there.
    IsThere(PathBuf),
    /// What an attempt to make an authority left behind that was broken off.
    BrokenOff {
        /// The files.
        files: Vec<PathBuf>,
        /// The authority's certificate, which is not there.
        authority: PathBuf,
    },
    /// There is no authority in a folder.
    NoAuthority(PathBuf),
    /// No name and no address by which the server is reached was told.
    NoNames,
    /// What is no name and no address.
    Name(String),
    /// A name for which the authority may not vouch.
    Outside(String),
    /// What the library says.
    Broken(String),
}

impl TlsFault {
    /// In words, with the cure.
    pub(crate) fn said(&self, lang: Lang) -> String {
        let path = |path: &Path| path.display().to_string();
        let (key, args) = match self {
            TlsFault::File { file, error } => {
                ("tls-file", vec![("file", path(file)), ("error", error.clone())])
            }
            TlsFault::NoCertificate(file) => ("tls-no-certificate", vec![("file", path(file))]),
            TlsFault::NoKey(file) => ("tls-no-key", vec![("file", path(file))]),
            TlsFault::Apart { certificate, key } => {
                ("tls-apart", vec![("certificate", path(certificate)), ("key", path(key))])
            }
            TlsFault::IsThere(file) => ("tls-is-there", vec![("file", path(file))]),
            TlsFault::BrokenOff { files, authority } => {
                let files: Vec<String> = files.iter().map(|file| path(file)).collect();
                ("tls-broken-off", vec![("files", files.join("、")), ("authority", path(authority))])
            }
            TlsFault::NoAuthority(folder) => ("tls-no-authority", vec![("folder", path(folder))]),
            TlsFault::NoNames => ("tls-no-names", Vec::new()),
            TlsFault::Name(name) => ("tls-name", vec![("name", name.clone())]),
            TlsFault::Outside(name) => ("tls-outside", vec![("name", name.clone())]),
            TlsFault::Broken(error) => ("tls-broken", vec![("error", error.clone())]),
        };
        said(lang, key, &args)
    }

    fn file(file: &Path, error: &std::io::Error) -> TlsFault {
        TlsFault::File { file: file.to_owned(), error: error.to_string() }
    }
}

impl From<rustls::Error> for TlsFault {
    fn from(error: rustls::Error) -> TlsFault {
        TlsFault::Broken(error.to_string())
    }
}

impl From<rcgen::Error> for TlsFault {
    fn from(error: rcgen::Error) -> TlsFault {
        TlsFault::Broken(error.to_string())
    }
}
