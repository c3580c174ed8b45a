//! The key that opens the secrets: from the environment, or from a file beside the database.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::address::Address;
use crate::error::{Error, KeyFault};

/// The variable that may hold the key, as 64 hexadecimal digits.
pub const KEY_VARIABLE: &str = "BANGFU_KEY";

const NONCE_BYTES: usize = 24;

/// Bytes of a keyed hash.
pub const HASH_BYTES: usize = 16;

/// A key of 32 bytes, and what is derived from it.
#[derive(Clone)]
pub struct Key(Arc<Inner>);

struct Inner {
    id: String,
    cipher: XChaCha20Poly1305,
    hash_key: [u8; 32],
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.0.id)
    }
}

impl Key {
    /// Takes the key from the environment, or makes a new one in the file beside the database.
    pub fn create(address: &Address) -> Result<Key, Error> {
        if let Some(key) = from_environment()? {
            return Ok(key);
        }
        let path = file_of(address);
        if path.exists() {
            return from_file(&path);
        }
        let mut bytes = [0; 32];
        fill_random(&mut bytes)?;
        let text = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        make_folder(&path)?;
        match write_private(&path, &text) {
            Ok(()) => Ok(Key::new(bytes)),
            // Another start was first, and its key is the key.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => from_file(&path),
            Err(source) => Err(io(&path, source)),
        }
    }

    /// Takes the key from the environment or from the file beside the database.
    pub fn load(address: &Address) -> Result<Key, Error> {
        match from_environment()? {
            Some(key) => Ok(key),
            None => from_file(&file_of(address)),
        }
    }

    /// The key of a book that is restored: what is at hand must be its own, else `given`, which is then kept in the
    /// file beside the database.
    pub(crate) fn to_restore(address: &Address, key_id: &str, given: Option<&str>) -> Result<Key, Error> {
        let path = file_of(address);
        let at_hand = match from_environment()? {
            None if path.exists() => Some(from_file(&path)?),
            found => found,
        };
        let (key, place) = match (at_hand, given) {
            (Some(key), _) => (key, place_of(address)),
            (None, Some(text)) => (parse(text, "backup")?, "backup".to_owned()),
            (None, None) => return from_file(&path),
        };
        if key.id() != key_id {
            let (at_hand, own) = (key.id().to_owned(), key_id.to_owned());
            return Err(Error::OtherKey { place, key_id: at_hand, book_key_id: own });
        }
        if let Some(text) = given.filter(|_| place == "backup") {
            make_folder(&path)?;
            write_private(&path, text).map_err(|source| io(&path, source))?;
        }
        Ok(key)
    }

    fn new(bytes: [u8; 32]) -> Key {
        let id = Sha256::digest(bytes).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let cipher = XChaCha20Poly1305::new(&bytes.into());
        let hash_key = keyed(&bytes, b"bangfu keyed hash");
        Key(Arc::new(Inner { id, cipher, hash_key }))
    }

    /// A short name of the key, stored beside what it sealed.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// A keyed hash, by which equal secrets are found without opening them: HMAC-SHA-256 cut to half its length, as
    /// RFC 2104 allows, since each stands in its row and in an index.
    pub fn hash(&self, text: &str) -> Vec<u8> {
        keyed(&self.0.hash_key, text.as_bytes())[..HASH_BYTES].to_vec()
    }

    /// Seals bytes.
    pub fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; NONCE_BYTES];
        fill_random(&mut nonce)?;
        let sealed = self
            .0
            .cipher
            .encrypt(&XNonce::from(nonce), plain)
            .map_err(|_| Error::Sealed { key_id: self.0.id.clone() })?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what `seal` made.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let closed = || Error::Sealed { key_id: self.0.id.clone() };
        let (nonce, body) = sealed.split_at_checked(NONCE_BYTES).ok_or_else(closed)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| closed())?;
        self.0.cipher.decrypt(&XNonce::from(nonce), body).map_err(|_| closed())
    }
}

/// The key of a database as 64 hexadecimal digits, for who asks to have it in a backup.
pub fn text_of(address: &Address) -> Result<String, Error> {
    let path = file_of(address);
    let text = match std::env::var(KEY_VARIABLE) {
        Ok(text) if !text.trim().is_empty() => text,
        _ => std::fs::read_to_string(&path).map_err(|source| io(&path, source))?,
    };
    Ok(text.trim().to_owned())
}

fn make_folder(path: &Path) -> Result<(), Error> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => std::fs::create_dir_all(folder).map_err(|source| io(folder, source)),
        None => Ok(()),
    }
}

fn keyed(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let mut mac =
        <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("invariant: HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Bytes that nobody can guess: of a session's token, a salt, a first password.
pub fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    fill_random(&mut bytes)?;
    Ok(bytes)
}

#[expect(clippy::disallowed_methods, reason = "keys and nonces are made here and nowhere else")]
fn fill_random(bytes: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(bytes)
        .map_err(|error| Error::Key { place: String::new(), fault: KeyFault::Randomness(error.to_string()) })
}

/// `bangfu.db.key` beside `bangfu.db`; for a server, a file in the user's own folder named after the database.
pub fn file_of(address: &Address) -> PathBuf {
    match address {
        Address::Sqlite(path) => {
            let mut name = path.as_os_str().to_owned();
            name.push(".key");
            PathBuf::from(name)
        }
        Address::Postgres(url) => {
            let place = url.rsplit_once('@').map_or(url.as_str(), |(_, place)| place);
            let place = place.split('?').next().unwrap_or(place);
            let name: String =
                place.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
            let home = ["XDG_DATA_HOME", "LOCALAPPDATA"]
                .iter()
                .find_map(|variable| std::env::var_os(variable).filter(|value| !value.is_empty()))
                .map(PathBuf::from)
                .or_else(|| std::env::home_dir().map(|home| home.join(".local").join("share")));
            home.unwrap_or_default().join("bangfu").join(format!("{name}.key"))
        }
    }
}

/// Where the key of a database is read: the variable, or the file.
pub(crate) fn place_of(address: &Address) -> String {
    if is_in_environment() { KEY_VARIABLE.to_owned() } else { file_of(address).display().to_string() }
}

/// True if the key comes from the environment and no file holds it.
pub fn is_in_environment() -> bool {
    std::env::var(KEY_VARIABLE).is_ok_and(|text| !text.trim().is_empty())
}

fn from_environment() -> Result<Option<Key>, Error> {
    match std::env::var(KEY_VARIABLE) {
        Ok(text) if !text.trim().is_empty() => parse(&text, KEY_VARIABLE).map(Some),
        _ => Ok(None),
    }
}

fn from_file(path: &Path) -> Result<Key, Error> {
    let place = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text, &place),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Error::Key { place, fault: KeyFault::Missing })
        }
        Err(error) => Err(Error::Key { place, fault: KeyFault::Unreadable(error.to_string()) }),
    }
}

fn parse(text: &str, place: &str) -> Result<Key, Error> {
    let wrong = || Error::Key { place: place.to_owned(), fault: KeyFault::Form };
    let text = text.trim();
    if text.len() != 64 || !text.is_ascii() {
        return Err(wrong());
    }
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).map_err(|_| wrong())?;
    }
    Ok(Key::new(bytes))
}

/// Writes a file that only its owner may read, where the system knows such a thing. It appears under its name
/// whole or not at all, and never in the place of another.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    std::io::Write::write_all(&mut file, text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|failed| failed.error)?;
    Ok(())
}

fn io(path: &Path, source: std::io::Error) -> Error {
    Error::Io { place: path.display().to_string(), source }
}
