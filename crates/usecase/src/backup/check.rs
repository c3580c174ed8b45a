//! Whether a file is a whole and undamaged backup, before anything is done with it.

use std::io::{BufRead, BufReader, ErrorKind, Read};

use flate2::bufread::GzDecoder;
use serde::Deserialize;

use super::{Adder, FORM, Foot, Head, sha256};
use crate::error::{Error, Refusal};

/// The longest line, in bytes: a page of an uploaded file is the longest row that a book has.
const LINE_MAX: u64 = 1 << 28;

/// The lines of a backup.
pub(super) struct Lines<R> {
    unpacked: BufReader<GzDecoder<BufReader<R>>>,
    /// The table whose rows are read: where a fault is told to lie.
    pub(super) table: String,
}

/// What a line that is no row says.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Mark {
    /// The rows of this table follow.
    Table(String),
    /// Nothing follows.
    Foot(Foot),
}

impl<R: Read> Lines<R> {
    pub(super) fn of(file: R) -> Lines<R> {
        let unpacked =
            BufReader::with_capacity(1 << 16, GzDecoder::new(BufReader::with_capacity(1 << 16, file)));
        Lines { unpacked, table: String::new() }
    }

    /// The next line into `line`, its end included.
    pub(super) fn next(&mut self, line: &mut Vec<u8>) -> Result<(), Error> {
        line.clear();
        let mut bounded = (&mut self.unpacked).take(LINE_MAX);
        match bounded.read_until(b'\n', line) {
            Ok(_) if line.ends_with(b"\n") => Ok(()),
            Ok(read) if read as u64 == LINE_MAX => Err(self.damaged()),
            Ok(_) => Err(Refusal::BackupCut.into()),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(Refusal::BackupCut.into()),
            Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::InvalidData) => {
                Err(self.damaged())
            }
            Err(source) => Err(bangfu_store::Error::Io { place: "backup".to_owned(), source }.into()),
        }
    }

    /// The first line.
    pub(super) fn head(&mut self, line: &mut Vec<u8>) -> Result<Head, Error> {
        // The form is looked at by itself: a later one may have another head.
        #[derive(Deserialize)]
        struct Form {
            bangfu_backup: u32,
            program: String,
        }
        match self.next(line) {
            // Not even the first bytes are those of such a file.
            Err(Error::Refused(_)) if self.unpacked.get_ref().header().is_none() => {
                return Err(Refusal::BackupNone.into());
            }
            read => read?,
        }
        let form: Form = serde_json::from_slice(line).map_err(|_| Refusal::BackupNone)?;
        if form.bangfu_backup > FORM {
            return Err(Refusal::BackupNewer { program: form.program }.into());
        }
        serde_json::from_slice(line).map_err(|_| self.damaged())
    }

    /// What a line says that is no row; `None` for a row.
    pub(super) fn mark(&self, line: &[u8]) -> Result<Option<Mark>, Error> {
        if !line.starts_with(b"{") {
            return Ok(None);
        }
        serde_json::from_slice(line).map(Some).map_err(|_| self.damaged())
    }

    pub(super) fn damaged(&self) -> Error {
        Refusal::BackupDamaged { table: self.table.clone() }.into()
    }

    /// Nothing follows, and the file's own checksum holds.
    fn end(&mut self) -> Result<(), Error> {
        match self.unpacked.fill_buf() {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Err(Refusal::BackupCut.into()),
            Ok([]) => {}
            Ok(_) | Err(_) => return Err(self.damaged()),
        }
        match self.unpacked.get_mut().get_mut().fill_buf() {
            Ok([]) => Ok(()),
            Ok(_) | Err(_) => Err(self.damaged()),
        }
    }
}

/// Reads a backup from its start to its end and holds every table against its checksum.
///
/// # Errors
/// It is no backup, was written by a newer program, was cut short, or is damaged.
pub fn check(file: impl Read) -> Result<(Head, Foot), Error> {
    let mut lines = Lines::of(file);
    let mut line = Vec::new();
    let head = lines.head(&mut line)?;
    let first = sha256(&line);
    let mut found = Vec::new();
    let mut adder: Option<Adder> = None;
    loop {
        lines.next(&mut line)?;
        match (lines.mark(&line)?, &mut adder) {
            (None, Some(adder)) => adder.add(&line),
            (None, None) => return Err(lines.damaged()),
            (Some(Mark::Table(table)), _) => {
                found.extend(adder.replace(Adder::new(&table)).map(Adder::sum));
                lines.table = table;
            }
            (Some(Mark::Foot(foot)), _) => {
                found.extend(adder.take().map(Adder::sum));
                let differs = foot.tables.iter().zip(&found).find(|(told, found)| told != found);
                if let Some((told, _)) = differs {
                    return Err(Refusal::BackupDamaged { table: told.table.clone() }.into());
                }
                let names = head.tables.iter().map(|table| &table.name);
                let is_whole = names.eq(found.iter().map(|sum| &sum.table)) && found == foot.tables;
                lines.table = String::new();
                if !is_whole || foot.head != first {
                    return Err(lines.damaged());
                }
                lines.end()?;
                return Ok((head, foot));
            }
        }
    }
}
