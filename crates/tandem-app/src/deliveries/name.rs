//! Names of files: one part of a path on every system, and no other.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use tandem_core::{Error, ErrorCode, Result};
use tandem_report::FileFormat;

use super::Stamp;

/// The longest name, in bytes: with the date, the ending and what is written
/// first it stays below the 255 of common file systems.
const LONGEST: usize = 180;

/// Whether files can be called so.
///
/// # Errors
/// `invalid_parameter`.
pub(super) fn check(name: &str) -> Result<()> {
    let wrong = |message: String| Err(Error::new(ErrorCode::InvalidParameter, message));
    if name.len() > LONGEST {
        return wrong(format!("The name takes more than {LONGEST} bytes. Shorten it."));
    }
    if name.chars().any(|c| c.is_control() || "/\\:*?\"<>|".contains(c)) || name.starts_with('.') || name.ends_with('.')
    {
        let message = "The name becomes that of files: leave out / \\ : * ? \" < > | and points at its ends.";
        return wrong(message.to_owned());
    }
    Ok(())
}

/// The name of a file that was due at `due_at`.
pub(super) fn file(name: &str, stamp: Stamp, zone: Tz, due_at: DateTime<Utc>, format: FileFormat) -> String {
    let local = due_at.with_timezone(&zone);
    let stamp = match stamp {
        Stamp::None => String::new(),
        Stamp::Day => local.format(" %Y-%m-%d").to_string(),
        Stamp::Minute => local.format(" %Y-%m-%d %H%M").to_string(),
    };
    format!("{name}{stamp}.{}", format.extension())
}

/// Words in which `{date}` stands for the day.
pub(super) fn words(words: &str, zone: Tz, due_at: DateTime<Utc>) -> String {
    words.replace("{date}", &due_at.with_timezone(&zone).format("%Y-%m-%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_part_of_a_path() {
        for wrong in ["../a", "a/b", "a\\b", "..", ".hidden", "a:b", "a\0b", "a\nb", "con?", "a.", &"客".repeat(61)] {
            assert_eq!(check(wrong).unwrap_err().code(), ErrorCode::InvalidParameter, "{wrong:?}");
        }
        for right in ["销售日报", "Sales – week 3 (north)", "v1.2 final", &"客".repeat(60)] {
            check(right).unwrap();
        }
    }

    #[test]
    fn a_file_has_the_date_of_its_zone() {
        let due = "2026-11-22T17:30:00Z".parse().unwrap();
        let at = |stamp, zone: Tz| file("日报", stamp, zone, due, FileFormat::Xlsx);
        assert_eq!(at(Stamp::Day, Tz::Asia__Shanghai), "日报 2026-11-23.xlsx");
        assert_eq!(at(Stamp::Minute, Tz::UTC), "日报 2026-11-22 1730.xlsx");
        assert_eq!(at(Stamp::None, Tz::UTC), "日报.xlsx");
        assert_eq!(words("日报 {date} ({date})", Tz::Asia__Shanghai, due), "日报 2026-11-23 (2026-11-23)");
    }
}
