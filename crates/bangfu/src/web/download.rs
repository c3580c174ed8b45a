//! A table as a file that the visitor keeps.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bangfu_sheets::export::{Table, to_csv, to_xlsx_with_sums};

use super::failure::Failure;

/// The most rows of a list that is written out: what a spreadsheet holds, less room for titles.
pub(crate) const ROWS_MAX: usize = 1_000_000;

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// A workbook.
    Xlsx,
    /// Comma-separated values.
    Csv,
    /// A document.
    Docx,
}

impl Format {
    const fn mime(self) -> &'static str {
        match self {
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Csv => "text/csv; charset=utf-8",
            Format::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Format::Xlsx => "xlsx",
            Format::Csv => "csv",
            Format::Docx => "docx",
        }
    }
}

/// A table as a file of that name, without its ending, and with a plain name for old browsers. Its last rows may
/// be sums.
pub(crate) fn table(
    table: &Table,
    format: Format,
    sheet: &str,
    (name, plain): (&str, &str),
    sums: usize,
) -> Result<Response, Failure> {
    let bytes = match format {
        // No list is a document; whoever asks for one gets a workbook.
        Format::Xlsx | Format::Docx => {
            to_xlsx_with_sums(table, sheet, sums).map_err(|error| Failure::Broken(error.into()))?
        }
        Format::Csv => to_csv(table).map_err(|error| Failure::Broken(error.into()))?,
    };
    Ok(file(bytes, format, name, plain))
}

/// Bytes as a file of that name, without its ending, and with a plain name for old browsers.
pub(crate) fn file(bytes: Vec<u8>, format: Format, name: &str, plain: &str) -> Response {
    // Names are Chinese: RFC 6266 carries them as UTF-8 in percent-encoding, with a plain one for old browsers.
    let encoded: String =
        form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20");
    let ending = format.ending();
    let disposition =
        format!("attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{encoded}.{ending}");
    let mut response = ([(header::CONTENT_TYPE, format.mime())], bytes).into_response();
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}
