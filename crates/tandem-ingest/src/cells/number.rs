//! Numbers and truth values as people write them.

/// 10⁰ … 10²², all exact as doubles.
const POW10: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// A whole number. `17850.0` and `4.0128e+10` count as such: pandas, R and
/// spreadsheets write whole numbers so.
#[inline]
pub(crate) fn parse_i64(bytes: &[u8]) -> Option<i64> {
    let (negative, digits) = match bytes.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() || digits.len() > 19 {
        return parse_i64_slow(negative, digits);
    }
    let mut value = 0u64;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return parse_i64_slow(negative, digits);
        }
        value = value * 10 + u64::from(digit);
    }
    signed(negative, value)
}

fn signed(negative: bool, value: u64) -> Option<i64> {
    if negative { 0i64.checked_sub_unsigned(value) } else { i64::try_from(value).ok() }
}

/// Points and exponents that come to a whole number.
#[cold]
fn parse_i64_slow(negative: bool, digits: &[u8]) -> Option<i64> {
    let (number, exponent) = match digits.iter().position(|b| matches!(b, b'e' | b'E')) {
        Some(at) => (&digits[..at], std::str::from_utf8(&digits[at + 1..]).ok()?.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = match number.iter().position(|b| *b == b'.') {
        Some(at) if at + 1 < number.len() => (&number[..at], &number[at + 1..]),
        Some(_) => return None,
        None => (number, &[][..]),
    };
    if whole.is_empty() || (fraction.is_empty() && exponent == 0) {
        return None;
    }
    let kept = fraction.iter().rposition(|b| *b != b'0').map_or(0, |at| at + 1);
    let zeros = u32::try_from(exponent.checked_sub(i32::try_from(kept).ok()?)?).ok()?;
    let mut value = 0u64;
    for &byte in whole.iter().chain(&fraction[..kept]) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(u64::from(digit))?;
    }
    if value != 0 {
        value = value.checked_mul(10u64.checked_pow(zeros)?)?;
    }
    signed(negative, value)
}

/// A double, correctly rounded. Infinities, NaN and what overflows are none.
#[inline]
pub(crate) fn parse_f64(bytes: &[u8]) -> Option<f64> {
    let (negative, digits) = match bytes.split_first()? {
        (b'-', rest) => (true, rest),
        _ => (false, bytes),
    };
    let mut mantissa = 0u64;
    let mut point = None;
    let mut count = 0;
    for (at, &byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
            count += 1;
        } else if byte == b'.' && point.is_none() {
            point = Some(at);
        } else {
            return parse_f64_slow(bytes);
        }
    }
    // Up to 15 digits are exact in a double, and so is one division of two
    // exact doubles but for its rounding (Clinger 1990).
    if count == 0 || count > 15 {
        return parse_f64_slow(bytes);
    }
    let decimals = point.map_or(0, |at| digits.len() - at - 1);
    let value = mantissa as f64 / POW10[decimals];
    Some(if negative { -value } else { value })
}

/// Exponents, many digits, a plus sign.
#[cold]
fn parse_f64_slow(bytes: &[u8]) -> Option<f64> {
    // The standard parser also takes "nan" and "inf".
    if !bytes.iter().any(u8::is_ascii_digit)
        || !bytes.iter().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'))
    {
        return None;
    }
    std::str::from_utf8(bytes).ok()?.parse::<f64>().ok().filter(|v| v.is_finite())
}

/// A decimal as its digits with `scale` of them after the point; none where
/// digits would be lost or there are more than `precision`.
pub(crate) fn parse_decimal(bytes: &[u8], precision: u8, scale: i8) -> Option<i128> {
    let (negative, digits) = match bytes.split_first()? {
        (b'-', rest) => (true, rest),
        (b'+', rest) => (false, rest),
        _ => (false, bytes),
    };
    let scale = usize::try_from(scale).ok()?;
    let point = digits.iter().position(|b| *b == b'.');
    let (whole, fraction) = match point {
        Some(at) => (&digits[..at], &digits[at + 1..]),
        None => (digits, &[][..]),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let kept = fraction.len().min(scale);
    if fraction[kept..].iter().any(|b| *b != b'0') {
        return None;
    }
    let mut value = 0i128;
    for &byte in whole.iter().chain(&fraction[..kept]) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value.checked_mul(10)?.checked_add(i128::from(digit))?;
    }
    value = value.checked_mul(10i128.checked_pow(u32::try_from(scale - kept).ok()?)?)?;
    if value >= 10i128.checked_pow(u32::from(precision))? {
        return None;
    }
    Some(if negative { -value } else { value })
}

/// A number as spreadsheets show it, without what is only for the eye.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The number alone: `-1234.50`.
    pub(crate) plain: Vec<u8>,
    /// Whether its commas can't be decimal ones.
    pub(crate) certain: bool,
}

/// Reads `1,234.50`, `¥12`, `-$1,000.5`, `1,200 元`: groups of three digits, a
/// currency sign, or both.
pub(crate) fn parse_shown(bytes: &[u8]) -> Option<Shown> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let marked = text.strip_prefix(['¥', '￥', '$', '€', '£']);
    let (before, text) = (marked.is_some(), marked.unwrap_or(text).trim_start());
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) if sign.is_empty() && before => ("-", rest),
        _ => (sign, text),
    };
    let unit = text.strip_suffix('元').filter(|_| !before);
    let (currency, text) = (before || unit.is_some(), unit.unwrap_or(text).trim_end());
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next().filter(|g| digits(g))?;
    let mut plain = [sign, first].concat().into_bytes();
    let mut count = 0;
    for group in groups {
        if group.len() != 3 || !digits(group) || first.len() > 3 || first.starts_with('0') {
            return None;
        }
        plain.extend_from_slice(group.as_bytes());
        count += 1;
    }
    if let Some(fraction) = fraction {
        if !digits(fraction) {
            return None;
        }
        plain.push(b'.');
        plain.extend_from_slice(fraction.as_bytes());
    }
    let certain = count > 1 || (count == 1 && fraction.is_some()) || (count == 0 && currency);
    (count > 0 || currency).then_some(Shown { plain, certain })
}

/// Reads `1.234,56`, `12,5`, `-3,25 €`, `1 234,5`: a decimal comma, with groups
/// of three digits before it, and a currency sign on either side.
pub(crate) fn parse_comma(bytes: &[u8]) -> Option<Shown> {
    const SIGNS: [char; 5] = ['¥', '￥', '$', '€', '£'];
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.strip_suffix(SIGNS).map_or(text, str::trim_end);
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let text = text.strip_prefix(SIGNS).map_or(text, str::trim_start);
    let (sign, text) = text.strip_prefix('-').filter(|_| sign.is_empty()).map_or((sign, text), |rest| ("-", rest));
    let (whole, fraction) = text.split_once(',').map_or((text, None), |(w, f)| (w, Some(f)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    // Blanks between groups are often such that no line breaks there.
    let separator = whole.chars().find(|c| !c.is_ascii_digit());
    if separator.is_some_and(|c| !matches!(c, '.' | ' ' | '\'' | '’' | '\u{a0}' | '\u{202f}')) {
        return None;
    }
    let mut groups = whole.split(|c| Some(c) == separator);
    let first = groups.next().filter(|g| digits(g))?;
    let mut plain = [sign, first].concat().into_bytes();
    let mut count = 0;
    for group in groups {
        if group.len() != 3 || !digits(group) || first.len() > 3 || first.starts_with('0') {
            return None;
        }
        plain.extend_from_slice(group.as_bytes());
        count += 1;
    }
    if first.len() > 1 && first.starts_with('0') {
        return None;
    }
    if let Some(fraction) = fraction {
        if !digits(fraction) {
            return None;
        }
        plain.push(b'.');
        plain.extend_from_slice(fraction.as_bytes());
    }
    // `1,234` could be a thousand; without a comma it could be anything.
    let certain = fraction.is_some_and(|f| f.len() != 3 || count > 0 || first.len() > 3 || first == "0");
    Some(Shown { plain, certain })
}

/// `true` and `false` in any case: what inference takes for truth values.
pub(crate) fn parse_true_false(bytes: &[u8]) -> Option<bool> {
    if bytes.eq_ignore_ascii_case(b"true") {
        Some(true)
    } else if bytes.eq_ignore_ascii_case(b"false") {
        Some(false)
    } else {
        None
    }
}

/// What counts as a truth value once the column is known to hold them.
pub(crate) fn parse_bool(bytes: &[u8]) -> Option<bool> {
    const TRUE: [&str; 6] = ["t", "yes", "y", "1", "是", "真"];
    const FALSE: [&str; 6] = ["f", "no", "n", "0", "否", "假"];
    parse_true_false(bytes).or_else(|| {
        let is = |words: &[&str]| words.iter().any(|w| bytes.eq_ignore_ascii_case(w.as_bytes()));
        if is(&TRUE) {
            Some(true)
        } else if is(&FALSE) {
            Some(false)
        } else {
            None
        }
    })
}

/// Whether the text is a missing value of a column that isn't text. In text
/// columns these stay as they are: `NA` is also Namibia.
pub(crate) fn is_null_token(bytes: &[u8]) -> bool {
    const TOKENS: [&str; 10] = ["null", "na", "n/a", "#n/a", "nan", "none", "nil", "\\n", "-", "--"];
    bytes.len() <= 4 && TOKENS.iter().any(|t| bytes.eq_ignore_ascii_case(t.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_numbers() {
        assert_eq!(parse_i64(b"9223372036854775807"), Some(i64::MAX));
        assert_eq!(parse_i64(b"-9223372036854775808"), Some(i64::MIN));
        assert_eq!(parse_i64(b"9223372036854775808"), None);
        assert_eq!(parse_i64(b"17850.0"), Some(17850));
        assert_eq!(parse_i64(b"4.0128e+10"), Some(40_128_000_000));
        assert_eq!(parse_i64(b"-12e2"), Some(-1200));
        for bad in
            ["", "-", "1.", ".0", "1.5", "1 ", "1e-3", "1.55e1", "1e", "e5", "1e99", "0x10", "12345678901234567890"]
        {
            assert_eq!(parse_i64(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn doubles() {
        for good in ["0.1", "-0.0", "29.33", "1e-300", "123456789012345678901234.5", ".5", "5.", "4.35", "+2.5E3"] {
            assert_eq!(parse_f64(good.as_bytes()).unwrap().to_bits(), good.parse::<f64>().unwrap().to_bits(), "{good}");
        }
        for bad in ["", ".", "-", "nan", "inf", "1e999", "1,5", "1.2.3", "--1", "e5", "12 "] {
            assert_eq!(parse_f64(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn decimals_lose_nothing() {
        assert_eq!(parse_decimal(b"-12.5", 10, 2), Some(-1250));
        assert_eq!(parse_decimal(b"12.500", 10, 2), Some(1250));
        assert_eq!(parse_decimal(b"12.505", 10, 2), None);
        assert_eq!(parse_decimal(b"999.99", 5, 2), Some(99999));
        assert_eq!(parse_decimal(b"1000", 5, 2), None);
        assert_eq!(parse_decimal(b".", 5, 2), None);
    }

    #[test]
    fn numbers_as_they_are_shown() {
        let shown = |text: &str| parse_shown(text.as_bytes()).map(|s| (String::from_utf8(s.plain).unwrap(), s.certain));
        for (text, plain, certain) in [
            ("1,234.50", "1234.50", true),
            ("1,234,567", "1234567", true),
            ("1,234", "1234", false),
            ("¥12", "12", true),
            ("-$1,000.5", "-1000.5", true),
            ("¥-3.5", "-3.5", true),
            ("1,200元", "1200", false),
            ("12.5 元", "12.5", true),
            ("￥1,234", "1234", false),
        ] {
            assert_eq!(shown(text), Some((plain.to_owned(), certain)), "{text}");
        }
        for bad in ["", "12", "1,5", "12,34", "1234,567", "0,123", "1,234,", "1,234.", "¥", "--$1", "1,23a", "$1.2.3"]
        {
            assert_eq!(shown(bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers_with_decimal_commas() {
        let comma = |text: &str| parse_comma(text.as_bytes()).map(|s| (String::from_utf8(s.plain).unwrap(), s.certain));
        for (text, plain, certain) in [
            ("1.234,56", "1234.56", true),
            ("12,5", "12.5", true),
            ("-3,25 €", "-3.25", true),
            ("€ 1.000,00", "1000.00", true),
            ("1 234,5", "1234.5", true),
            ("1\u{202f}234,5", "1234.5", true),
            ("1'234'567,8", "1234567.8", true),
            ("0,125", "0.125", true),
            ("1234,567", "1234.567", true),
            ("1.234,567", "1234.567", true),
            ("1,234", "1.234", false),
            ("1.234", "1234", false),
            ("1.234.567", "1234567", false),
            ("192.168.100.200", "192168100200", false),
            ("12", "12", false),
        ] {
            assert_eq!(comma(text), Some((plain.to_owned(), certain)), "{text}");
        }
        for bad in
            ["", ",5", "5,", "1,5,6", "12.5", "1.23,4", "1.234.56,7", "1.234 567,8", "007,5", "1,5a", "€", "--1,5"]
        {
            assert_eq!(comma(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn decimal_commas_mirror_decimal_points(whole in 0u32..1_000_000, cents in 0u32..100) {
            let plain = format!("{whole}.{cents:02}");
            let grouped = if whole > 999 { format!("{}.{:03}", whole / 1000, whole % 1000) } else { whole.to_string() };
            let read = parse_comma(format!("{grouped},{cents:02}").as_bytes()).unwrap();
            prop_assert_eq!(String::from_utf8(read.plain).unwrap(), plain);
            prop_assert!(read.certain);
        }

        #[test]
        fn doubles_agree_with_the_standard_parser(text in r"-?[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,3})?") {
            let expected = text.parse::<f64>().unwrap();
            prop_assert_eq!(parse_f64(text.as_bytes()).map(f64::to_bits), expected.is_finite().then_some(expected.to_bits()));
        }

        #[test]
        fn whole_numbers_round_trip(value: i64) {
            prop_assert_eq!(parse_i64(value.to_string().as_bytes()), Some(value));
        }
    }
}
