//! What people may write into a field.

use tandem_core::{Error, ErrorCode, Result};

/// The longest name of anything, in characters.
pub(crate) const NAME: usize = 120;
/// The longest description, message or reason, in characters.
pub(crate) const PROSE: usize = 4000;
/// The longest e-mail address, in characters (RFC 5321, 4.5.3.1.3).
pub(crate) const EMAIL: usize = 254;

/// A name without the space around it.
///
/// # Errors
/// `invalid_parameter` where it is empty, too long, or holds control characters.
pub(crate) fn name<'a>(field: &str, text: &'a str) -> Result<&'a str> {
    let text = text.trim();
    if text.is_empty() {
        return refuse(format!("“{field}” is empty. Give it a name."));
    }
    if text.chars().count() > NAME {
        return refuse(format!("“{field}” is longer than {NAME} characters. Shorten it."));
    }
    if text.chars().any(char::is_control) {
        return refuse(format!("“{field}” holds a line break or another control character. Remove it."));
    }
    Ok(text)
}

/// Longer text, which may be empty and have several lines, without the space
/// around it.
///
/// # Errors
/// `invalid_parameter` where it is too long or holds control characters other
/// than line breaks and tabs.
pub(crate) fn prose<'a>(field: &str, text: &'a str) -> Result<&'a str> {
    let text = text.trim();
    if text.chars().count() > PROSE {
        return refuse(format!("“{field}” is longer than {PROSE} characters. Shorten it."));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return refuse(format!("“{field}” holds a control character. Remove it."));
    }
    Ok(text)
}

/// An e-mail address, without the space around it. Whether it exists only a
/// letter can tell; this refuses what can't be one.
///
/// # Errors
/// `invalid_parameter`.
pub(crate) fn email(text: &str) -> Result<&str> {
    let text = text.trim();
    let sound = |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control());
    let parts = text.rsplit_once('@');
    if text.chars().count() > EMAIL || !parts.is_some_and(|(name, host)| sound(name) && sound(host)) {
        return refuse("This is not an e-mail address (name@host).".to_owned());
    }
    Ok(text)
}

fn refuse<T>(message: String) -> Result<T> {
    Err(Error::new(ErrorCode::InvalidParameter, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_counted_in_characters() {
        assert_eq!(name("name", "  客户  ").unwrap(), "客户");
        assert!(name("name", &"客".repeat(NAME)).is_ok());
        assert!(name("name", &"客".repeat(NAME + 1)).is_err());
        assert!(name("name", " \t").is_err());
        assert!(name("name", "a\u{0}b").is_err());
    }

    #[test]
    fn prose_may_have_lines_but_no_control_characters() {
        assert_eq!(prose("description", "one\ntwo\n").unwrap(), "one\ntwo");
        assert!(prose("description", "bell\u{7}").is_err());
        assert!(prose("description", &"x".repeat(PROSE + 1)).is_err());
    }

    #[test]
    fn addresses() {
        for good in ["a@b", " Ada@Example.org ", "\"odd@name\"@host", "李@例子.中国"] {
            assert!(email(good).is_ok(), "{good}");
        }
        for bad in ["", "ada", "@host", "ada@", "a da@host", "ada@ho st"] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }
}
