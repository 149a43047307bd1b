//! Dates and times as people write them: ISO 8601, slashes and dots, Chinese
//! (`2024年3月5日 8时26分`), and digits alone (`20240305`).

use crate::types::DateOrder;

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// A written point in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    /// Days since 1970-01-01, as written.
    pub(crate) day: i32,
    /// Microseconds since midnight, where a time was written.
    pub(crate) time: Option<i64>,
    /// Offset from UTC in seconds, where a zone was written.
    pub(crate) offset: Option<i32>,
}

impl Written {
    /// Microseconds since 1970-01-01 00:00, as written.
    fn local_micros(self) -> i64 {
        i64::from(self.day) * MICROS_PER_DAY + self.time.unwrap_or(0)
    }
}

/// A day. A time of midnight may follow, any other is no day.
#[inline]
pub(crate) fn parse_date(bytes: &[u8], order: DateOrder) -> Option<i32> {
    if order == DateOrder::Ymd
        && let Some(day) = iso_day(bytes)
        && bytes.len() == 10
    {
        return Some(day);
    }
    let written = parse(bytes, order)?;
    (written.time.unwrap_or(0) == 0 && written.offset.is_none()).then_some(written.day)
}

/// A day and time without zone, in microseconds since 1970-01-01 00:00.
#[inline]
pub(crate) fn parse_timestamp(bytes: &[u8], order: DateOrder) -> Option<i64> {
    let written = parse(bytes, order)?;
    written.offset.is_none().then(|| written.local_micros())
}

/// A day and time with zone, in microseconds since 1970-01-01 00:00 UTC.
#[inline]
pub(crate) fn parse_timestamp_tz(bytes: &[u8], order: DateOrder) -> Option<i64> {
    let written = parse(bytes, order)?;
    Some(written.local_micros() - i64::from(written.offset?) * MICROS_PER_SECOND)
}

/// Any of the written forms, whole.
pub(crate) fn parse(bytes: &[u8], order: DateOrder) -> Option<Written> {
    let mut cursor = Cursor { bytes };
    let (day, chinese) = cursor.date(order)?;
    if cursor.bytes.is_empty() {
        return Some(Written { day, time: None, offset: None });
    }
    // `20240305082600` runs on without a separator.
    if bytes.len() == 14 && cursor.bytes.len() == 6 && cursor.bytes.iter().all(u8::is_ascii_digit) {
        let (hour, minute, second) = (cursor.digits(2, 2)?, cursor.digits(2, 2)?, cursor.digits(2, 2)?);
        return Some(Written { day, time: Some(clock(hour, minute, second, 0)?), offset: None });
    }
    let separated = cursor.blanks() || cursor.eat(b"T") || cursor.eat(b"t");
    if !separated && !chinese {
        return None;
    }
    let time = cursor.time()?;
    let offset = cursor.zone()?;
    cursor.bytes.is_empty().then_some(Written { day, time: Some(time), offset })
}

/// `YYYY-MM-DD` at the start, without branches on each digit.
#[inline]
fn iso_day(bytes: &[u8]) -> Option<i32> {
    let head: &[u8; 10] = bytes.first_chunk()?;
    let digit = |at: usize| u32::from(head[at].wrapping_sub(b'0'));
    let digits = [0, 1, 2, 3, 5, 6, 8, 9];
    if head[4] != b'-' || head[7] != b'-' || digits.iter().any(|at| digit(*at) > 9) {
        return None;
    }
    day_number(
        digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3),
        digit(5) * 10 + digit(6),
        digit(8) * 10 + digit(9),
    )
}

/// Days since 1970-01-01 of a date of the Gregorian calendar, years 1 to 9999.
pub(crate) fn day_number(year: u32, month: u32, day: u32) -> Option<i32> {
    const LENGTHS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    if day > LENGTHS[month as usize - 1] + u32::from(leap && month == 2) {
        return None;
    }
    // Years begin in March here, so that the leap day is the last of its year.
    let year = if month <= 2 { year - 1 } else { year };
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (shifted * 153 + 2) / 5 + day - 1;
    i32::try_from(days).ok()?.checked_sub(719_468)
}

/// Microseconds since midnight.
fn clock(hour: u32, minute: u32, second: u32, micros: u32) -> Option<i64> {
    (hour < 24 && minute < 60 && second < 60)
        .then(|| i64::from(hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND + i64::from(micros))
}

/// What is left to read.
struct Cursor<'a> {
    bytes: &'a [u8],
}

impl Cursor<'_> {
    fn eat(&mut self, prefix: &[u8]) -> bool {
        match self.bytes.strip_prefix(prefix) {
            Some(rest) => {
                self.bytes = rest;
                true
            }
            None => false,
        }
    }

    fn blanks(&mut self) -> bool {
        let mut any = false;
        while self.eat(b" ") {
            any = true;
        }
        any
    }

    /// Between `least` and `most` digits, as many as there are.
    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.bytes.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
        if count < least {
            return None;
        }
        let (digits, rest) = self.bytes.split_at(count);
        self.bytes = rest;
        Some(digits.iter().fold(0, |v, b| v * 10 + u32::from(b - b'0')))
    }

    /// A date, and whether it was written in Chinese.
    fn date(&mut self, order: DateOrder) -> Option<(i32, bool)> {
        if order != DateOrder::Ymd {
            let first = self.digits(1, 2)?;
            let separator = self.separator()?;
            let second = self.digits(1, 2)?;
            if !self.eat(&[separator]) {
                return None;
            }
            let year = self.digits(4, 4)?;
            let (month, day) = if order == DateOrder::Mdy { (first, second) } else { (second, first) };
            return Some((day_number(year, month, day)?, false));
        }
        if let Some(day) = iso_day(self.bytes) {
            self.bytes = &self.bytes[10..];
            return Some((day, false));
        }
        let year = self.digits(4, 4)?;
        if self.eat("年".as_bytes()) {
            let month = self.digits(1, 2)?;
            if !self.eat("月".as_bytes()) {
                return None;
            }
            let day = self.digits(1, 2)?;
            if !self.eat("日".as_bytes()) {
                return None;
            }
            return Some((day_number(year, month, day)?, true));
        }
        if self.bytes.first().is_some_and(u8::is_ascii_digit) {
            let month = self.digits(2, 2)?;
            let day = self.digits(2, 2)?;
            return Some((day_number(year, month, day)?, false));
        }
        let separator = self.separator()?;
        let month = self.digits(1, 2)?;
        if !self.eat(&[separator]) {
            return None;
        }
        let day = self.digits(1, 2)?;
        Some((day_number(year, month, day)?, false))
    }

    fn separator(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        if !matches!(first, b'-' | b'/' | b'.') {
            return None;
        }
        self.bytes = rest;
        Some(*first)
    }

    /// `8:26`, `08:26:00.123`, `8:26 PM`, `8时26分5秒`, `下午8:26`.
    fn time(&mut self) -> Option<i64> {
        let mut half = self.chinese_half();
        let hour = self.digits(1, 2)?;
        let (mut second, mut micros) = (0, 0);
        let minute;
        if self.eat("时".as_bytes()) || self.eat("時".as_bytes()) {
            minute = self.digits(1, 2)?;
            if !self.eat("分".as_bytes()) {
                return None;
            }
            if self.bytes.first().is_some_and(u8::is_ascii_digit) {
                second = self.digits(1, 2)?;
                if !self.eat("秒".as_bytes()) {
                    return None;
                }
            }
        } else {
            if !self.eat(b":") {
                return None;
            }
            minute = self.digits(2, 2)?;
            if self.eat(b":") {
                second = self.digits(2, 2)?;
                if self.eat(b".") || self.eat(b",") {
                    micros = self.fraction()?;
                }
            }
            if half.is_none() {
                half = self.english_half();
            }
        }
        let hour = match half {
            None => hour,
            Some(_) if !(1..=12).contains(&hour) => return None,
            Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
        };
        clock(hour, minute, second, micros)
    }

    /// Digits after the point of a second, in microseconds; finer ones are cut off.
    fn fraction(&mut self) -> Option<u32> {
        let count = self.bytes.iter().take_while(|b| b.is_ascii_digit()).count();
        if !(1..=9).contains(&count) {
            return None;
        }
        let (digits, rest) = self.bytes.split_at(count);
        self.bytes = rest;
        Some((0..6).fold(0, |v, at| v * 10 + digits.get(at).map_or(0, |b| u32::from(b - b'0'))))
    }

    /// Whether a time is of the afternoon, as Chinese says before it.
    fn chinese_half(&mut self) -> Option<bool> {
        let half = [("上午", false), ("下午", true)].into_iter().find(|(word, _)| self.eat(word.as_bytes()));
        if half.is_some() {
            self.blanks();
        }
        half.map(|(_, afternoon)| afternoon)
    }

    /// Whether a time is of the afternoon, as English says after it.
    fn english_half(&mut self) -> Option<bool> {
        let trimmed = self.bytes.trim_ascii_start();
        let (word, rest) = trimmed.split_at_checked(2)?;
        let afternoon = match word.to_ascii_uppercase().as_slice() {
            b"AM" => false,
            b"PM" => true,
            _ => return None,
        };
        self.bytes = rest;
        Some(afternoon)
    }

    /// The offset in seconds, where there is one. Outer none: what follows is no zone.
    fn zone(&mut self) -> Option<Option<i32>> {
        if self.bytes.is_empty() {
            return Some(None);
        }
        self.blanks();
        if self.eat(b"Z") || self.eat(b"z") || self.eat(b"UTC") {
            return Some(Some(0));
        }
        let sign = match self.bytes.first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        self.bytes = &self.bytes[1..];
        let hours = self.digits(2, 2)?;
        let minutes = if self.eat(b":") || !self.bytes.is_empty() { self.digits(2, 2)? } else { 0 };
        if hours > 15 || minutes > 59 {
            return None;
        }
        Some(Some(sign * i32::try_from(hours * 3600 + minutes * 60).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, NaiveDate, NaiveDateTime};
    use proptest::prelude::*;

    use super::*;

    fn micros(text: &str) -> i64 {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").unwrap().and_utc().timestamp_micros()
    }

    #[test]
    fn days_in_every_form() {
        let expected = NaiveDate::from_ymd_opt(2024, 3, 5).unwrap().to_epoch_days();
        for text in
            ["2024-03-05", "2024-3-5", "2024/3/5", "2024.03.05", "2024年3月5日", "20240305", "2024-03-05 00:00:00"]
        {
            assert_eq!(parse_date(text.as_bytes(), DateOrder::Ymd), Some(expected), "{text}");
        }
        assert_eq!(parse_date(b"3/5/2024", DateOrder::Mdy), Some(expected));
        assert_eq!(parse_date(b"05-03-2024", DateOrder::Dmy), Some(expected));
        for bad in [
            "2024-02-30",
            "2023-02-29",
            "2024-13-01",
            "2024-00-10",
            "0000-01-01",
            "2024-03/05",
            "2024-03-05x",
            "24-03-05",
            "2024年3月5",
            "2024-03-05 08:00",
            "202403",
            "2024-03-05 ",
            "3/5/2024",
        ] {
            assert_eq!(parse_date(bad.as_bytes(), DateOrder::Ymd), None, "{bad}");
        }
    }

    #[test]
    fn times_in_every_form() {
        let expected = micros("2024-03-05 20:26:00");
        for text in [
            "2024-03-05 20:26",
            "2024-03-05T20:26:00",
            "2024/3/5 20:26",
            "2024年3月5日 20时26分",
            "2024年3月5日20:26:00",
            "2024/3/5 8:26 PM",
            "2024/3/5 下午 8:26",
            "2024-03-05 20:26:00.000000",
            "20240305202600",
        ] {
            assert_eq!(parse_timestamp(text.as_bytes(), DateOrder::Ymd), Some(expected), "{text}");
        }
        assert_eq!(parse_timestamp(b"2024-03-05 20:26:00.123456789", DateOrder::Ymd), Some(expected + 123_456));
        for bad in ["2024-03-05 24:00", "2024-03-05 8:60", "2024-03-05T", "2024-03-0508:26", "2024-03-05 13:00 PM"] {
            assert_eq!(parse_timestamp(bad.as_bytes(), DateOrder::Ymd), None, "{bad}");
        }
        for text in
            ["2024-03-05T20:26:00Z", "2024-03-06 04:26:00+08:00", "2024-03-05T15:26:00-0500", "2024-03-05 20:26:00 UTC"]
        {
            assert_eq!(parse_timestamp_tz(text.as_bytes(), DateOrder::Ymd), Some(expected), "{text}");
            assert_eq!(parse_timestamp(text.as_bytes(), DateOrder::Ymd), None, "{text}");
        }
        assert_eq!(parse_timestamp_tz(b"2024-03-05 20:26:00", DateOrder::Ymd), None);
    }

    proptest! {
        #[test]
        fn day_numbers_agree_with_chrono(days in -719_162i32..2_932_896) {
            let date = NaiveDate::from_epoch_days(days).unwrap();
            prop_assert_eq!(day_number(date.year() as u32, date.month(), date.day()), Some(days));
            prop_assert_eq!(parse_date(date.format("%Y-%m-%d").to_string().as_bytes(), DateOrder::Ymd), Some(days));
        }

        #[test]
        fn nothing_panics(bytes: Vec<u8>) {
            for order in [DateOrder::Ymd, DateOrder::Mdy, DateOrder::Dmy] {
                let _ = parse(&bytes, order);
            }
        }
    }
}
