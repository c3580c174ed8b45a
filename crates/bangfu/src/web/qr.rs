//! A text as a picture that a phone reads.

use std::fmt::Write;

use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules around the picture, without which it is not found.
const MARGIN: i32 = 4;

/// A picture of dark squares on light ground, to be drawn as SVG.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    /// Squares on each side, with the margin.
    pub(crate) side: i32,
    /// The dark ones as the path of an SVG.
    pub(crate) path: String,
}

impl Picture {
    /// Of a text; none of one that is too long.
    pub(crate) fn of(text: &str) -> Option<Picture> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
        let mut path = String::new();
        for y in 0..code.size() {
            for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
                write!(path, "M{} {}h1v1h-1z", x + MARGIN, y + MARGIN).ok()?;
            }
        }
        Some(Picture { side: code.size() + 2 * MARGIN, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_squares_within_a_margin() {
        let picture =
            Picture::of("otpauth://totp/bangfu:li.na?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        // The corner that phones look for: seven squares, a light ring within, the margin around.
        assert!(picture.path.starts_with("M4 4h1v1h-1zM5 4h1v1h-1z"));
        assert!(picture.path.contains("M10 10h1v1h-1z") && !picture.path.contains("M5 5h1v1h-1z"));
        assert_eq!((picture.side - 2 * MARGIN - 17) % 4, 0, "a side that the standard knows");
        assert!(Picture::of(&"a".repeat(4000)).is_none());
    }
}
