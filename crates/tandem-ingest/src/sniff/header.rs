//! Whether the first record names the columns, and what they are called.

use std::collections::HashSet;

use super::{
    infer::Inference,
    warning::{Warning, WarningCode},
};
use crate::types::ColumnType;

/// Longest text that could be a name.
const LONGEST: usize = 80;

/// What speaks for a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The first record names the columns.
    Yes,
    /// It is likely to, but all the values below are text too.
    Supposed,
    /// It is data.
    No,
}

/// Judges the first record by the columns below it: `types` of the columns,
/// and whether a text of the record occurs below it in its column.
pub(crate) fn judge(first: &[Option<String>], types: &[ColumnType], occurs: impl Fn(usize, &str) -> bool) -> Verdict {
    let years = count_years(first) >= 2;
    let mut score = 0i32;
    for (cell, below) in first.iter().zip(types) {
        let Some(cell) = cell else { continue };
        let mut alone = Inference::default();
        alone.observe(Some(cell));
        let typed = alone.infer("").column_type != ColumnType::Text || cell.bytes().all(|b| b.is_ascii_digit());
        score += match (typed, *below != ColumnType::Text) {
            (true, _) if years => 0,
            (true, _) => -1,
            (false, true) => 2,
            (false, false) => 0,
        };
    }
    if score != 0 {
        return if score > 0 { Verdict::Yes } else { Verdict::No };
    }
    let texts: Vec<&str> = first.iter().flatten().map(String::as_str).collect();
    let distinct = texts.iter().collect::<HashSet<_>>().len() == texts.len();
    let repeated = first.iter().enumerate().any(|(at, c)| c.as_ref().is_some_and(|c| occurs(at, c)));
    if distinct && !repeated && !texts.is_empty() && texts.iter().all(|t| t.len() <= LONGEST && !t.contains('\n')) {
        Verdict::Supposed
    } else {
        Verdict::No
    }
}

/// How many fields are years that follow one another, as over a cross table.
fn count_years(first: &[Option<String>]) -> usize {
    let years: Vec<i32> = first.iter().flatten().filter_map(|c| c.parse().ok()).collect();
    if years.iter().all(|y| (1900..=2100).contains(y)) && years.is_sorted() && years.len() < first.len() {
        years.len()
    } else {
        0
    }
}

/// A name for each of `width` columns: those of the header, made unique
/// (whatever their case), and `column_N` where there is none.
pub(crate) fn names(header: Option<&[Option<String>]>, width: usize) -> (Vec<String>, Vec<Warning>) {
    let mut warnings = Vec::new();
    let mut taken = HashSet::new();
    let mut names = Vec::with_capacity(width);
    for at in 0..width {
        let given = header.and_then(|h| h.get(at)).and_then(Option::as_deref).map(clean).filter(|n| !n.is_empty());
        let base = given.clone().unwrap_or_else(|| format!("column_{}", at + 1));
        let mut name = base.clone();
        let mut count = 1;
        while !taken.insert(name.to_lowercase()) {
            count += 1;
            name = format!("{base}_{count}");
        }
        if header.is_some() && given.is_none() {
            warnings.push(Warning::of_column(
                WarningCode::EmptyColumnName,
                &name,
                (at + 1).to_string(),
                format!("Column {} has no name; it is called `{name}`.", at + 1),
            ));
        } else if count > 1 {
            warnings.push(Warning::of_column(
                WarningCode::DuplicateColumnName,
                &name,
                base.clone(),
                format!("There is more than one column `{base}`; this one is called `{name}`."),
            ));
        }
        names.push(name);
    }
    (names, warnings)
}

/// A name without blanks around it and on one line.
fn clean(name: &str) -> String {
    name.split(|c: char| c.is_whitespace() || c.is_control() || c == '\u{FEFF}')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Vec<Option<String>> {
        cells.iter().map(|c| (!c.is_empty()).then(|| (*c).to_owned())).collect()
    }

    #[test]
    fn headers_are_told_from_data() {
        use ColumnType::{Float64, Int64, Text};
        let never = |_: usize, _: &str| false;
        assert_eq!(judge(&row(&["id", "name"]), &[Int64, Text], never), Verdict::Yes);
        assert_eq!(judge(&row(&["00004", "1", "29.33"]), &[Text, Int64, Float64], never), Verdict::No);
        assert_eq!(judge(&row(&["region", "2019", "2020"]), &[Text, Int64, Int64], never), Verdict::Supposed);
        assert_eq!(judge(&row(&["name", "city"]), &[Text, Text], never), Verdict::Supposed);
        assert_eq!(judge(&row(&["ann", "paris"]), &[Text, Text], |at, c| at == 1 && c == "paris"), Verdict::No);
        assert_eq!(judge(&row(&["a", "a"]), &[Text, Text], never), Verdict::No);
    }

    #[test]
    fn names_are_unique_and_there() {
        let header = row(&["a", "", "A", "a", " b\nc "]);
        let (names, warnings) = names(Some(&header), 6);
        assert_eq!(names, ["a", "column_2", "A_2", "a_3", "b c", "column_6"]);
        let codes: Vec<_> = warnings.iter().map(|w| w.code).collect();
        use WarningCode::{DuplicateColumnName as D, EmptyColumnName as E};
        assert_eq!(codes, [E, D, D, E]);
    }
}
