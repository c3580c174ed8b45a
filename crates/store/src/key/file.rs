//! Where keys lie: in the variable, or in a file that only its owner may read, one key a line, the newest first.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Cipher, KEY_VARIABLE, fill_random};
use crate::address::Address;
use crate::error::{Error, KeyFault};

/// By what a file is known to have changed.
pub(super) type Mark = (SystemTime, u64);

/// How a file is now; nothing where there is none.
pub(super) fn mark_of(path: &Path) -> Option<Mark> {
    let known = std::fs::metadata(path).ok()?;
    Some((known.modified().ok()?, known.len()))
}

/// Keys, and how the file was from which they were read.
pub(super) type Known = (Vec<Cipher>, Option<Mark>);

/// The keys of the variable, else of the file if there is one.
pub(super) fn at_hand(address: &Address) -> Result<Option<Known>, Error> {
    let path = file_of(address);
    match from_environment()? {
        None if path.exists() => from_file(&path).map(Some),
        found => Ok(found),
    }
}

/// A new key as text: 64 hexadecimal digits.
pub fn new_text() -> Result<String, Error> {
    let mut bytes = [0; 32];
    fill_random(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Makes a key in the file beside the database. Where another start was first, its key is the key.
pub(super) fn make(address: &Address) -> Result<(), Error> {
    match write_new(address, &new_text()?) {
        Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        written => written,
    }
}

/// Writes the file beside the database, which is not there yet.
pub(super) fn write_new(address: &Address, text: &str) -> Result<(), Error> {
    let path = file_of(address);
    make_folder(&path)?;
    write_private(&path, text, false).map_err(|source| io(&path, source))
}

/// Puts a new key before those of the file, if one stands there: it seals from now on. True if there was one alone.
pub fn add_newest(address: &Address) -> Result<bool, Error> {
    let path = file_of(address);
    let text = text_of(address)?;
    if text.split_whitespace().count() > 1 {
        return Ok(false);
    }
    let both = format!("{}\n{}\n", new_text()?, text.trim());
    write_private(&path, &both, true).map_err(|source| io(&path, source))?;
    Ok(true)
}

/// Leaves the newest key in the file and no other.
pub fn drop_older(address: &Address) -> Result<(), Error> {
    let path = file_of(address);
    let text = text_of(address)?;
    let newest = text.split_whitespace().next().unwrap_or_default();
    write_private(&path, newest, true).map_err(|source| io(&path, source))
}

/// The keys of a database as text, for who asks to have it in a backup.
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

fn from_environment() -> Result<Option<Known>, Error> {
    match std::env::var(KEY_VARIABLE) {
        Ok(text) if !text.trim().is_empty() => Ok(Some((parse(&text, KEY_VARIABLE)?, None))),
        _ => Ok(None),
    }
}

/// The keys of a file. How it was is looked at before it is read: what changes meanwhile is read again.
pub(super) fn from_file(path: &Path) -> Result<Known, Error> {
    let place = path.display().to_string();
    let mark = mark_of(path);
    match std::fs::read_to_string(path) {
        Ok(text) => Ok((parse(&text, &place)?, mark)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Error::Key { place, fault: KeyFault::Missing })
        }
        Err(error) => Err(Error::Key { place, fault: KeyFault::Unreadable(error.to_string()) }),
    }
}

/// Keys as they are written, the newest first.
pub(super) fn parse(text: &str, place: &str) -> Result<Vec<Cipher>, Error> {
    let ciphers = text.split_whitespace().map(|word| one(word, place)).collect::<Result<Vec<_>, _>>()?;
    if ciphers.is_empty() {
        return Err(Error::Key { place: place.to_owned(), fault: KeyFault::Form });
    }
    Ok(ciphers)
}

fn one(text: &str, place: &str) -> Result<Cipher, Error> {
    let wrong = || Error::Key { place: place.to_owned(), fault: KeyFault::Form };
    if text.len() != 64 || !text.is_ascii() {
        return Err(wrong());
    }
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).map_err(|_| wrong())?;
    }
    Ok(Cipher::new(bytes))
}

/// Writes a file that only its owner may read, where the system knows such a thing. It appears under its name
/// whole or not at all, and in the place of another only where that is meant.
fn write_private(path: &Path, text: &str, again: bool) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    std::io::Write::write_all(&mut file, text.as_bytes())?;
    file.as_file().sync_all()?;
    let kept = if again { file.persist(path) } else { file.persist_noclobber(path) };
    kept.map_err(|failed| failed.error)?;
    Ok(())
}

fn io(path: &Path, source: std::io::Error) -> Error {
    Error::Io { place: path.display().to_string(), source }
}
