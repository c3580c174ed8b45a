//! The key that opens the secrets: from the environment, or from a file beside the database.
//!
//! There may be several at a time, the newest first: it seals, and each opens what it sealed. That is how a book is
//! sealed anew while people work in it. What hashes numbers is a key of its own, which lies in the book, sealed.

mod file;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::address::Address;
use crate::error::{Error, KeyFault};

pub(crate) use file::place_of;
use file::{Mark, at_hand, from_file, mark_of};
pub use file::{add_newest, drop_older, file_of, is_in_environment, new_text, text_of};

/// The variable that may hold the key, as 64 hexadecimal digits; several with blanks between, the newest first.
pub const KEY_VARIABLE: &str = "BANGFU_KEY";

/// Bytes before each sealed thing that name the key which opens it.
pub(crate) const ID_BYTES: usize = 4;

const NONCE_BYTES: usize = 24;

/// Bytes of a keyed hash.
pub const HASH_BYTES: usize = 16;

/// The keys of a book.
#[derive(Clone)]
pub struct Key(Arc<Inner>);

struct Inner {
    ring: RwLock<Ring>,
    /// The file to be read again when it changes; none where the keys come from the environment.
    file: Option<PathBuf>,
    /// What hashes numbers, once the book has told it.
    hash_key: OnceLock<[u8; 32]>,
}

/// Keys, the newest first, and of what the file was like when they were read.
struct Ring {
    ciphers: Vec<Cipher>,
    mark: Option<Mark>,
}

/// One key.
#[derive(Clone)]
struct Cipher {
    id: [u8; ID_BYTES],
    cipher: XChaCha20Poly1305,
}

impl Cipher {
    fn new(bytes: [u8; 32]) -> Cipher {
        let digest = Sha256::digest(bytes);
        let mut id = [0; ID_BYTES];
        id.copy_from_slice(&digest[..ID_BYTES]);
        Cipher { id, cipher: XChaCha20Poly1305::new(&bytes.into()) }
    }
}

impl Cipher {
    fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; NONCE_BYTES];
        fill_random(&mut nonce)?;
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), plain);
        let sealed = sealed.map_err(|_| Error::Sealed { key_id: named(&self.id) })?;
        Ok([self.id.as_slice(), &nonce, &sealed].concat())
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let closed = || Error::Sealed { key_id: named(&self.id) };
        let rest = sealed.strip_prefix(&self.id).ok_or_else(closed)?;
        let (nonce, body) = rest.split_at_checked(NONCE_BYTES).ok_or_else(closed)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| closed())?;
        self.cipher.decrypt(&XNonce::from(nonce), body).map_err(|_| closed())
    }
}

/// A person's own key, which seals their numbers and lies sealed in the book: destroyed, they are gone.
pub(crate) struct OwnKey(Cipher);

impl OwnKey {
    /// A new one, and how it is kept.
    pub(crate) fn make(key: &Key) -> Result<(OwnKey, Vec<u8>), Error> {
        let bytes = random::<32>()?;
        Ok((OwnKey(Cipher::new(bytes)), key.seal(&bytes)?))
    }

    /// One as it is kept.
    pub(crate) fn kept(key: &Key, sealed: &[u8]) -> Result<OwnKey, Error> {
        let found = key.open(sealed)?;
        let damaged = |found: Vec<u8>| Error::Value { column: 0, found: format!("{} bytes", found.len()) };
        Ok(OwnKey(Cipher::new(found.try_into().map_err(damaged)?)))
    }

    /// Seals bytes.
    pub(crate) fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, Error> {
        self.0.seal(plain)
    }

    /// Opens what it sealed.
    pub(crate) fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        self.0.open(sealed)
    }
}

/// The short name of a key as it is told.
fn named(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.ids().join(" "))
    }
}

impl Key {
    /// Takes the key from the environment, or makes a new one in the file beside the database.
    pub fn create(address: &Address) -> Result<Key, Error> {
        match at_hand(address)? {
            Some((ciphers, mark)) => Ok(Key::of(ciphers, mark, address)),
            None => {
                file::make(address)?;
                Key::load(address)
            }
        }
    }

    /// Takes the keys from the environment or from the file beside the database.
    pub fn load(address: &Address) -> Result<Key, Error> {
        match at_hand(address)? {
            Some((ciphers, mark)) => Ok(Key::of(ciphers, mark, address)),
            None => from_file(&file_of(address)).map(|(ciphers, mark)| Key::of(ciphers, mark, address)),
        }
    }

    /// The keys of a book that is restored: what is at hand must hold each of its own, else `given` does, which is then
    /// kept in the file beside the database.
    pub(crate) fn to_restore(
        address: &Address,
        key_ids: &[String],
        given: Option<&str>,
    ) -> Result<Key, Error> {
        let found = at_hand(address)?;
        let (ciphers, mark, place) = match (&found, given) {
            (Some((ciphers, mark)), _) => (ciphers.clone(), *mark, place_of(address)),
            (None, Some(text)) => (file::parse(text, "backup")?, None, "backup".to_owned()),
            (None, None) => {
                let (place, own) = (place_of(address), key_ids.join(" "));
                return Err(Error::BackupKey { place, book_key_id: own });
            }
        };
        let has = |id: &String| ciphers.iter().any(|cipher| named(&cipher.id) == *id);
        if !key_ids.iter().all(has) {
            let at_hand: Vec<String> = ciphers.iter().map(|cipher| named(&cipher.id)).collect();
            let (key_id, book_key_id) = (at_hand.join(" "), key_ids.join(" "));
            return Err(Error::OtherKey { place, key_id, book_key_id });
        }
        if let (None, Some(text)) = (found, given) {
            file::write_new(address, text)?;
        }
        Ok(Key::of(ciphers, mark, address))
    }

    /// These keys and no file, the newest first: what a test rotates.
    #[cfg(feature = "testing")]
    pub fn of_text(text: &str) -> Result<Key, Error> {
        Ok(Key::from_parts(file::parse(text, "test")?, None, None))
    }

    fn of(ciphers: Vec<Cipher>, mark: Option<Mark>, address: &Address) -> Key {
        Key::from_parts(ciphers, mark, (!is_in_environment()).then(|| file_of(address)))
    }

    fn from_parts(ciphers: Vec<Cipher>, mark: Option<Mark>, file: Option<PathBuf>) -> Key {
        Key(Arc::new(Inner { ring: RwLock::new(Ring { ciphers, mark }), file, hash_key: OnceLock::new() }))
    }

    /// The short name of the key that seals, stored beside what it sealed.
    pub fn id(&self) -> String {
        self.newest().map(|cipher| named(&cipher.id)).unwrap_or_default()
    }

    /// The names of all keys that open something, the newest first.
    pub fn ids(&self) -> Vec<String> {
        let ring = self.0.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.ciphers.iter().map(|cipher| named(&cipher.id)).collect()
    }

    /// The bytes before what the key sealed that seals now.
    pub(crate) fn newest_mark(&self) -> Vec<u8> {
        self.newest().map(|cipher| cipher.id.to_vec()).unwrap_or_default()
    }

    fn newest(&self) -> Option<Cipher> {
        self.0.ring.read().unwrap_or_else(PoisonError::into_inner).ciphers.first().cloned()
    }

    fn of_id(&self, id: &[u8]) -> Option<Cipher> {
        let ring = self.0.ring.read().unwrap_or_else(PoisonError::into_inner);
        ring.ciphers.iter().find(|cipher| cipher.id == *id).cloned()
    }

    /// Reads the file again if it has changed: from then on its newest key seals. Those that were known before go on
    /// opening as long as the program runs, since a picture of the book may be older than the file.
    pub fn refresh(&self) {
        let Some(file) = &self.0.file else { return };
        let now = mark_of(file);
        if now.is_none() || now == self.0.ring.read().unwrap_or_else(PoisonError::into_inner).mark {
            return;
        }
        match from_file(file) {
            Ok((mut ciphers, now)) => {
                let mut ring = self.0.ring.write().unwrap_or_else(PoisonError::into_inner);
                ciphers.append(&mut ring.ciphers);
                let mut seen = Vec::new();
                ciphers.retain(|cipher| {
                    let new = !seen.contains(&cipher.id);
                    seen.push(cipher.id);
                    new
                });
                *ring = Ring { ciphers, mark: now };
            }
            Err(error) => tracing::warn!("the key file changed and cannot be read: {error}"),
        }
    }

    /// Says what hashes numbers.
    pub(crate) fn set_hash_key(&self, hash_key: [u8; 32]) {
        // Whoever opens the same book says the same.
        let _ = self.0.hash_key.set(hash_key);
    }

    /// A keyed hash, by which equal secrets are found without opening them: HMAC-SHA-256 cut to half its length, as
    /// RFC 2104 allows, since each stands in its row and in an index.
    pub fn hash(&self, text: &str) -> Vec<u8> {
        let hash_key = self.0.hash_key.get().expect("invariant: an open book has told what hashes numbers");
        keyed(hash_key, text.as_bytes())[..HASH_BYTES].to_vec()
    }

    /// Seals bytes with the newest key.
    pub fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, Error> {
        self.newest().ok_or_else(|| Error::Sealed { key_id: self.id() })?.seal(plain)
    }

    /// Opens what `seal` made, now or before. A key that is not known yet may stand in the file by now.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let id = sealed.get(..ID_BYTES).unwrap_or(sealed);
        let known = self.of_id(id).or_else(|| {
            self.refresh();
            self.of_id(id)
        });
        known.ok_or_else(|| Error::Sealed { key_id: named(id) })?.open(sealed)
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
