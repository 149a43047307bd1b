//! Mobile numbers of mainland China: eleven digits, of which the first is 1 and
//! the second 3 to 9 (the numbering plan of the MIIT).

use super::width::half;

/// The eleven digits of a mobile number however it is written, or nothing.
pub(super) fn mobile(text: &str) -> Option<String> {
    let text = half(text);
    // “+1 415 555 0100” has eleven digits too.
    if text.trim().starts_with('+') && !text.trim().starts_with("+86") {
        return None;
    }
    let mut digits = String::new();
    for c in text.trim().chars() {
        match c {
            '0'..='9' => digits.push(c),
            '+' | '-' | '(' | ')' | ' ' | '.' | '\u{2013}' | '\u{2014}' => {}
            // An export of numbers as floating-point ones ends in `.0`; anything else is no number.
            _ => return None,
        }
    }
    if text.trim().ends_with(".0") && digits.len() == 12 {
        digits.pop();
    }
    for prefix in ["0086", "86", "0"] {
        if let Some(rest) = digits.strip_prefix(prefix).filter(|rest| rest.len() == 11) {
            digits = rest.to_owned();
        }
    }
    let bytes = digits.as_bytes();
    let fits = bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1]);
    fits.then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::mobile;

    #[test]
    fn a_number_is_found_however_it_is_written() {
        for text in [
            "13812345678",
            "+86 138-1234-5678",
            "0086 13812345678",
            "８６１３８１２３４５６７８",
            "013812345678",
            "13812345678.0",
        ] {
            assert_eq!(mobile(text).as_deref(), Some("13812345678"), "{text}");
        }
        for text in ["", "12812345678", "1381234567", "138123456789", "021-62345678", "138x2345678", "+1 415 555 0100"]
        {
            assert_eq!(mobile(text), None, "{text}");
        }
    }
}
