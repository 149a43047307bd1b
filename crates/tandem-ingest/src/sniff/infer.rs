//! Which type a column has, by its values.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    cells::{date, number},
    types::{ColumnType, DateOrder},
};

const ORDERS: [DateOrder; 3] = [DateOrder::Ymd, DateOrder::Mdy, DateOrder::Dmy];
/// Distinct plausible days above which eight digits are taken for dates
/// whatever the column is called: of random numbers, one in thirty would be one.
const CONVINCING: usize = 5;
/// Part of the values that must be of a type to suggest it.
const MOSTLY: f64 = 0.95;

/// What was seen of one column.
#[derive(Debug, Default)]
pub(crate) struct Inference {
    values: u64,
    missing: u64,
    tokens: BTreeMap<String, u64>,
    truths: u64,
    whole: u64,
    /// Whole numbers written with `.0`.
    point_zero: u64,
    /// Whole numbers written with an exponent.
    exponent: u64,
    numbers: u64,
    /// Numbers of more digits than a double keeps apart.
    blurred: u64,
    /// Numbers as spreadsheets show them; those with a fraction; those whose
    /// commas can't be decimal ones.
    shown: u64,
    shown_fractions: u64,
    shown_certain: u64,
    /// Numbers with decimal commas, or that could be; those with a fraction;
    /// those that can't be anything else.
    comma: u64,
    comma_fractions: u64,
    comma_certain: u64,
    days: [u64; 3],
    moments: [u64; 3],
    zoned: [u64; 3],
    /// Eight or fourteen digits that are a plausible day, and some of them.
    digit_days: u64,
    digit_moments: u64,
    distinct_digits: BTreeSet<u64>,
    samples: Vec<String>,
    odd: BTreeMap<&'static str, String>,
}

/// What is to be said about a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Remark {
    /// Day and month could be either way round.
    AmbiguousDates,
    /// Nearly all values are of a type; one that isn't.
    Mostly(ColumnType, String),
    /// Texts that are read as missing values, with how many there were.
    NullTokens(Vec<(String, u64)>),
    /// Whole numbers written with a decimal point.
    WholeWithPoint,
    /// Numbers with commas or currency signs; whether they are read as such.
    Shown(bool),
    /// Numbers with decimal commas.
    DecimalCommas,
    /// No value at all.
    Empty,
}

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inferred {
    /// The type.
    pub(crate) column_type: ColumnType,
    /// How dates are written.
    pub(crate) date_order: DateOrder,
    /// Whether numbers are written `1.234,56`.
    pub(crate) decimal_comma: bool,
    /// What is to be said.
    pub(crate) remarks: Vec<Remark>,
}

impl Inference {
    /// Takes note of a value; none is a missing one.
    pub(crate) fn observe(&mut self, value: Option<&str>) {
        let Some(value) = value else {
            self.missing += 1;
            return;
        };
        if self.samples.len() < 5 && !self.samples.iter().any(|s| s == value) {
            self.samples.push(value.chars().take(80).collect());
        }
        let value = value.trim();
        let bytes = value.as_bytes();
        if bytes.is_empty() {
            self.missing += 1;
            return;
        }
        if number::is_null_token(bytes) {
            *self.tokens.entry(value.to_owned()).or_default() += 1;
            return;
        }
        self.values += 1;
        if let Some(comma) = number::parse_comma(bytes) {
            self.comma += 1;
            self.comma_fractions += u64::from(comma.plain.contains(&b'.'));
            self.comma_certain += u64::from(comma.certain);
        }
        if number::parse_true_false(bytes).is_some() {
            self.truths += 1;
        } else if let Some(shown) = number::parse_shown(bytes) {
            self.shown += 1;
            self.shown_fractions += u64::from(shown.plain.contains(&b'.'));
            self.shown_certain += u64::from(shown.certain);
            self.odd_one("number", value);
            self.odd_one("date", value);
        } else if starts_like_number(bytes) {
            self.observe_number(bytes, value);
        } else {
            self.odd_one("number", value);
            self.odd_one("date", value);
        }
    }

    /// Takes note of a value that its source says is text: it may be a date,
    /// but never a number.
    pub(crate) fn observe_string(&mut self, value: &str) {
        if self.samples.len() < 5 && !self.samples.iter().any(|s| s == value) {
            self.samples.push(value.chars().take(80).collect());
        }
        let bytes = value.trim().as_bytes();
        self.values += 1;
        if bytes.iter().all(u8::is_ascii_digit) && matches!(bytes.len(), 8 | 14) {
            self.observe_digits(bytes, value.trim());
        } else if starts_like_number(bytes) {
            self.observe_date(bytes, value.trim());
        } else {
            self.odd_one("date", value);
        }
        self.odd_one("number", value);
    }

    fn observe_number(&mut self, bytes: &[u8], value: &str) {
        if number::parse_f64(bytes).is_none() {
            self.odd_one("number", value);
            return self.observe_date(bytes, value);
        }
        // `20240305` may be a day, but then every value must be.
        if bytes.iter().all(u8::is_ascii_digit) && matches!(bytes.len(), 8 | 14) {
            self.observe_digits(bytes, value);
        }
        self.odd_one("date", value);
        let whole = number::parse_i64(bytes);
        let fraction = bytes.iter().any(|b| matches!(b, b'.' | b'e' | b'E'));
        // Twenty digits are an id that a double would blur.
        if has_leading_zero(bytes) || (whole.is_none() && !fraction) {
            self.odd_one("number", value);
            return;
        }
        self.numbers += 1;
        self.blurred += u64::from(bytes.iter().filter(|b| b.is_ascii_digit()).count() > 17);
        match whole {
            Some(_) if bytes.iter().any(|b| matches!(b, b'e' | b'E')) => self.exponent += 1,
            Some(_) if fraction => self.point_zero += 1,
            Some(_) => self.whole += 1,
            None => {}
        }
    }

    fn observe_digits(&mut self, bytes: &[u8], value: &str) {
        if !matches!(&value[..2], "19" | "20") {
            return;
        }
        match date::parse(bytes, DateOrder::Ymd) {
            Some(written) if written.time.is_none() => self.digit_days += 1,
            Some(_) => self.digit_moments += 1,
            None => return,
        }
        if self.distinct_digits.len() < CONVINCING {
            self.distinct_digits.extend(value.parse::<u64>());
        }
    }

    fn observe_date(&mut self, bytes: &[u8], value: &str) {
        let mut any = false;
        for (at, order) in ORDERS.into_iter().enumerate() {
            if let Some(written) = date::parse(bytes, order) {
                any = true;
                match (written.time, written.offset) {
                    (_, Some(_)) => self.zoned[at] += 1,
                    (Some(_), None) => self.moments[at] += 1,
                    (None, None) => self.days[at] += 1,
                }
            }
        }
        if !any {
            self.odd_one("date", value);
        }
    }

    fn odd_one(&mut self, kind: &'static str, value: &str) {
        if !self.odd.contains_key(kind) {
            self.odd.insert(kind, value.chars().take(40).collect());
        }
    }

    /// Some of the values as they are written.
    pub(crate) fn samples(&self) -> &[String] {
        &self.samples
    }

    /// Whether a value was missing.
    pub(crate) fn nullable(&self) -> bool {
        self.missing > 0 || !self.tokens.is_empty()
    }

    /// Whether its numbers can only be read with decimal commas.
    pub(crate) fn shows_commas(&self) -> bool {
        self.values > 0 && self.comma == self.values && self.comma_certain > 0
    }

    /// The type that holds every value seen.
    pub(crate) fn infer(&self, name: &str) -> Inferred {
        self.infer_beside(name, false)
    }

    /// The same for a column of a table in which another one shows decimal
    /// commas (`commas`): then `1.234` and `1,234` are no longer in doubt.
    pub(crate) fn infer_beside(&self, name: &str, commas: bool) -> Inferred {
        let mut remarks = Vec::new();
        let doubtful = commas && self.comma == self.values && self.comma > self.whole;
        let decimal_comma = self.shows_commas() || (doubtful && self.values > 0);
        let (column_type, date_order) = if decimal_comma {
            remarks.push(Remark::DecimalCommas);
            let whole = self.comma_fractions == 0;
            (if whole { ColumnType::Int64 } else { ColumnType::Float64 }, DateOrder::Ymd)
        } else {
            self.decide(name, &mut remarks)
        };
        if self.values == 0 && self.tokens.is_empty() {
            remarks.push(Remark::Empty);
        }
        if column_type != ColumnType::Text && !self.tokens.is_empty() {
            remarks.push(Remark::NullTokens(self.tokens.iter().map(|(t, n)| (t.clone(), *n)).collect()));
        }
        Inferred { column_type, date_order, decimal_comma, remarks }
    }

    fn decide(&self, name: &str, remarks: &mut Vec<Remark>) -> (ColumnType, DateOrder) {
        let ymd = DateOrder::Ymd;
        let all = |count: u64| self.values > 0 && count == self.values;
        if all(self.truths) {
            return (ColumnType::Bool, ymd);
        }
        let convincing = self.distinct_digits.len() >= CONVINCING || suggests_date(name);
        if all(self.digit_days) && convincing {
            return (ColumnType::Date, ymd);
        }
        if all(self.digit_moments) && convincing {
            return (ColumnType::Timestamp, ymd);
        }
        // Programs that write numbers short turn some of many into `4e+10`.
        if all(self.whole + self.exponent) && self.whole > self.exponent {
            return (ColumnType::Int64, ymd);
        }
        if all(self.numbers) && self.blurred > 0 && suggests_id(name) {
            return (ColumnType::Text, ymd);
        }
        if all(self.numbers) {
            let whole = self.whole + self.point_zero == self.values;
            if whole && (self.nullable() || suggests_id(name)) {
                remarks.push(Remark::WholeWithPoint);
                return (ColumnType::Int64, ymd);
            }
            return (ColumnType::Float64, ymd);
        }
        if all(self.numbers + self.shown) {
            let certain = self.shown_certain > 0;
            remarks.push(Remark::Shown(certain));
            let whole = self.shown_fractions == 0 && self.numbers == self.whole;
            return match (certain, whole) {
                (false, _) => (ColumnType::Text, ymd),
                (true, true) => (ColumnType::Int64, ymd),
                (true, false) => (ColumnType::Float64, ymd),
            };
        }
        if let Some(found) = self.decide_date(remarks) {
            return found;
        }
        self.suggest(remarks);
        (ColumnType::Text, ymd)
    }

    fn decide_date(&self, remarks: &mut Vec<Remark>) -> Option<(ColumnType, DateOrder)> {
        let kind = |at: usize| {
            let (days, moments, zoned) = (self.days[at], self.moments[at], self.zoned[at]);
            if self.values == 0 || days + moments + zoned < self.values {
                None
            } else if zoned == self.values {
                Some(ColumnType::TimestampTz)
            } else if zoned > 0 {
                None
            } else if moments > 0 {
                Some(ColumnType::Timestamp)
            } else {
                Some(ColumnType::Date)
            }
        };
        let fits: Vec<_> = ORDERS.into_iter().enumerate().filter_map(|(at, o)| kind(at).map(|k| (k, o))).collect();
        if fits.len() > 1 {
            remarks.push(Remark::AmbiguousDates);
            return Some((ColumnType::Text, DateOrder::Ymd));
        }
        fits.first().copied()
    }

    /// A column of numbers or dates but for a few values stays text, and that
    /// is said.
    fn suggest(&self, remarks: &mut Vec<Remark>) {
        let mostly = |count: u64| self.values >= 20 && count as f64 >= MOSTLY * self.values as f64;
        let odd = |kind| self.odd.get(kind).cloned().unwrap_or_default();
        if mostly(self.whole) {
            remarks.push(Remark::Mostly(ColumnType::Int64, odd("number")));
        } else if mostly(self.numbers) {
            remarks.push(Remark::Mostly(ColumnType::Float64, odd("number")));
        } else if mostly(self.days[0]) {
            remarks.push(Remark::Mostly(ColumnType::Date, odd("date")));
        } else if mostly(self.days[0] + self.moments[0]) {
            remarks.push(Remark::Mostly(ColumnType::Timestamp, odd("date")));
        }
    }
}

fn starts_like_number(bytes: &[u8]) -> bool {
    let digits = bytes.strip_prefix(b"-").or_else(|| bytes.strip_prefix(b".")).unwrap_or(bytes);
    digits.first().is_some_and(|b| b.is_ascii_digit() || *b == b'.')
}

/// `007`, but not `0` or `0.7`: likely a number of a thing, not of things.
fn has_leading_zero(bytes: &[u8]) -> bool {
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    digits.first() == Some(&b'0') && digits.get(1).is_some_and(u8::is_ascii_digit)
}

fn suggests_date(name: &str) -> bool {
    let name = name.to_lowercase();
    ["date", "day", "time", "dt", "ymd", "日期", "时间", "日", "天"].iter().any(|w| name.contains(w))
}

fn suggests_id(name: &str) -> bool {
    let name = name.to_lowercase();
    ["id", "code", "no", "key", "number", "编号", "编码", "号", "号码"].iter().any(|w| name.ends_with(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn infer(name: &str, values: &[&str]) -> Inferred {
        let mut inference = Inference::default();
        for value in values {
            inference.observe((!value.is_empty()).then_some(*value));
        }
        inference.infer(name)
    }

    fn type_of(values: &[&str]) -> ColumnType {
        infer("x", values).column_type
    }

    #[test]
    fn plain_types() {
        assert_eq!(type_of(&["1", "-2", ""]), ColumnType::Int64);
        assert_eq!(type_of(&["1", "2.5", "NA"]), ColumnType::Float64);
        assert_eq!(type_of(&["TRUE", "false"]), ColumnType::Bool);
        assert_eq!(type_of(&["Yes", "No"]), ColumnType::Text);
        assert_eq!(type_of(&["2024-03-05", "2024年3月6日"]), ColumnType::Date);
        assert_eq!(type_of(&["2024/3/5 08:26", "2024-03-05"]), ColumnType::Timestamp);
        assert_eq!(type_of(&["2024-03-05T08:26:00Z"]), ColumnType::TimestampTz);
        assert_eq!(type_of(&["2024-03-05T08:26:00Z", "2024-03-05T08:26:00"]), ColumnType::Text);
        assert_eq!(type_of(&["", ""]), ColumnType::Text);
        assert_eq!(type_of(&["85123A", "71053"]), ColumnType::Text);
        assert_eq!(type_of(&["12345678901234567890"]), ColumnType::Text);
    }

    #[test]
    fn short_numbers_among_whole_ones_are_whole() {
        assert_eq!(type_of(&["40127999999", "4.0128e+10", "40128000001"]), ColumnType::Int64);
        assert_eq!(type_of(&["1e3", "2e3"]), ColumnType::Float64);
    }

    #[test]
    fn numbers_as_shown_are_numbers_unless_commas_could_be_decimal() {
        assert_eq!(type_of(&["1,234.50", "12", "999"]), ColumnType::Float64);
        assert_eq!(type_of(&["1,234,567", "2,000"]), ColumnType::Int64);
        assert_eq!(type_of(&["¥12.5", "￥8"]), ColumnType::Float64);
        let found = infer("x", &["1,234", "12"]);
        assert_eq!((found.column_type, found.remarks), (ColumnType::Text, vec![Remark::Shown(false)]));
    }

    #[test]
    fn decimal_commas_are_told_by_what_can_be_nothing_else() {
        let of = |values: &[&str]| {
            let found = infer("x", values);
            (found.column_type, found.decimal_comma)
        };
        assert_eq!(of(&["1.234,56", "12", "0,5"]), (ColumnType::Float64, true));
        assert_eq!(of(&["12,50 €", "3,00 €", "NA"]), (ColumnType::Float64, true));
        assert_eq!(of(&["1,234", "12"]), (ColumnType::Text, false));
        assert_eq!(of(&["1.234", "5.678"]), (ColumnType::Float64, false));
        assert_eq!(of(&["1.234,56", "12.5"]), (ColumnType::Text, false));
        assert_eq!(of(&["192.168.100.200", "192.168.100.201"]), (ColumnType::Text, false));
        assert_eq!(of(&["1,5", "n/a", "x"]), (ColumnType::Text, false));
        let beside = |values: &[&str]| {
            let mut inference = Inference::default();
            values.iter().for_each(|value| inference.observe(Some(value)));
            let found = inference.infer_beside("x", true);
            (found.column_type, found.decimal_comma)
        };
        assert_eq!(beside(&["1.234", "5.678"]), (ColumnType::Int64, true));
        assert_eq!(beside(&["1,234", "5,678"]), (ColumnType::Float64, true));
        assert_eq!(beside(&["1", "2"]), (ColumnType::Int64, false));
        assert_eq!(beside(&["1.5"]), (ColumnType::Float64, false));
    }

    #[test]
    fn ids_stay_text() {
        assert_eq!(type_of(&["0001", "0002"]), ColumnType::Text);
        assert_eq!(type_of(&["12", "007"]), ColumnType::Text);
        assert_eq!(type_of(&["0", "0.5"]), ColumnType::Float64);
        assert_eq!(type_of(&["+8613800000000"]), ColumnType::Text);
        assert_eq!(infer("user_id", &["3868899112.4128253975"]).column_type, ColumnType::Text);
        assert_eq!(infer("share", &["0.4128253975123456789"]).column_type, ColumnType::Float64);
    }

    #[test]
    fn whole_numbers_with_point_are_ids_where_some_are_missing() {
        assert_eq!(type_of(&["17850.0", "", "13047.0"]), ColumnType::Int64);
        assert_eq!(infer("CustomerID", &["17850.0"]).column_type, ColumnType::Int64);
        assert_eq!(infer("quantity", &["1.0", "2.0"]).column_type, ColumnType::Float64);
    }

    #[test]
    fn eight_digits_are_dates_only_with_good_reason() {
        assert_eq!(infer("order_date", &["20240305"]).column_type, ColumnType::Date);
        assert_eq!(type_of(&["20240305", "20240306"]), ColumnType::Int64);
        assert_eq!(type_of(&["19970101", "19970118", "19970802", "19971212", "19980103"]), ColumnType::Date);
        assert_eq!(infer("日期", &["20240305", "20241305"]).column_type, ColumnType::Int64);
        assert_eq!(
            type_of(&["10240305", "19970118", "19970802", "19971212", "19980103", "19980104"]),
            ColumnType::Int64
        );
    }

    #[test]
    fn day_and_month_are_told_apart_or_left() {
        let found = infer("d", &["1/13/2024", "2/1/2024"]);
        assert_eq!((found.column_type, found.date_order), (ColumnType::Date, DateOrder::Mdy));
        let found = infer("d", &["13/1/2024 8:00", "2/1/2024 9:30"]);
        assert_eq!((found.column_type, found.date_order), (ColumnType::Timestamp, DateOrder::Dmy));
        let found = infer("d", &["1/2/2024"]);
        assert_eq!((found.column_type, found.remarks), (ColumnType::Text, vec![Remark::AmbiguousDates]));
    }

    #[test]
    fn says_what_it_left() {
        let mut values = vec!["5"; 99];
        values.push("abc");
        assert_eq!(infer("x", &values).remarks, [Remark::Mostly(ColumnType::Int64, "abc".into())]);
        assert_eq!(infer("x", &["1", "NA"]).remarks, [Remark::NullTokens(vec![("NA".into(), 1)])]);
        assert_eq!(infer("x", &[]).remarks, [Remark::Empty]);
    }
}
