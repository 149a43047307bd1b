//! A figure on its way to a page, and what came of a query for it.

use arrow::{
    array::{AsArray, RecordBatch},
    compute::cast,
    datatypes::{DataType, Float64Type},
};
use tandem_core::{Error, Result, Text};
use tandem_report::{Block, Chart, Plot, Section, Span};

use crate::{
    Output, Outputs,
    page::{caution, raw, t},
};

/// Marks that are drawn, at most, whatever the parameters say.
pub(super) const MOST_MARKS: u32 = 20_000;

/// A figure with what is said around it.
pub(super) struct Drawing {
    /// Name of the figure inside of its page.
    pub(super) id: &'static str,
    /// The person's own title.
    pub(super) title: Option<String>,
    /// The title where they gave none.
    pub(super) otherwise: Text,
    /// What is seen, in a sentence.
    pub(super) alt: Text,
    /// What was left out, and why.
    pub(super) notes: Vec<Text>,
    /// The data.
    pub(super) plot: Plot,
    /// Whether there is nothing to be seen.
    pub(super) empty: bool,
}

impl Drawing {
    /// The page with the figure.
    pub(super) fn give(self) -> Outputs {
        let title = titled(self.title.as_deref(), self.otherwise);
        let mut page = Section::new(self.id, title.clone());
        if self.empty {
            page = page.block(nothing());
        }
        let chart = Chart {
            id: "chart".to_owned(),
            title,
            alt: self.alt,
            span: Span::Full,
            note: joined(&self.notes),
            plot: self.plot,
        };
        given(page.block(Block::Chart(chart)))
    }
}

/// The person's own words, or those of the product.
pub(super) fn titled(own: Option<&str>, otherwise: Text) -> Text {
    own.map(str::trim).filter(|own| !own.is_empty()).map_or(otherwise, raw)
}

/// What is said where a figure has nothing to show.
pub(super) fn nothing() -> Block {
    caution(
        "nothing_to_draw",
        "No row has values in the columns that are drawn. Check the filters before the chart.",
        "所画各列中没有任何一行有值，请检查上游的筛选。",
    )
}

/// A page as what a component gives.
pub(super) fn given(page: Section) -> Outputs {
    [("report".to_owned(), Output::Report(page))].into()
}

/// Remarks behind each other.
pub(super) fn joined(notes: &[Text]) -> Option<Text> {
    let all = |of: fn(&Text) -> &str, between: &str| notes.iter().map(of).collect::<Vec<_>>().join(between);
    (!notes.is_empty()).then(|| t(all(|note| &note.en, " "), all(|note| &note.zh, "")))
}

/// A column of an answer as numbers; what is not finite is absent.
pub(crate) fn floats(batches: &[RecordBatch], name: &str) -> Result<Vec<Option<f64>>> {
    let mut all = Vec::new();
    for batch in batches {
        let column = batch.column_by_name(name).ok_or_else(|| Error::internal("an answer lacks a column"))?;
        let column = cast(column, &DataType::Float64).map_err(Error::internal)?;
        all.extend(column.as_primitive::<Float64Type>().iter().map(|value| value.filter(|v| v.is_finite())));
    }
    Ok(all)
}

/// A column of an answer as counts.
pub(super) fn counts(batches: &[RecordBatch], name: &str) -> Result<Vec<u64>> {
    Ok(floats(batches, name)?.into_iter().map(|count| count.unwrap_or(0.0).max(0.0) as u64).collect())
}

/// The one count of an answer.
pub(super) fn count(batches: &[RecordBatch], name: &str) -> Result<u64> {
    Ok(counts(batches, name)?.first().copied().unwrap_or(0))
}

/// A number with separators, for remarks.
pub(super) fn many(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// That rows have no place in the figure, where there are such.
pub(super) fn left_out(rows: u64, en: &str, zh: &str) -> Option<Text> {
    let (rows, one) = (many(rows), rows == 1);
    (rows != "0").then(|| match one {
        true => t(format!("1 row {en} is left out."), format!("未画入 1 行{zh}的数据。")),
        false => t(format!("{rows} rows {en} are left out."), format!("未画入 {rows} 行{zh}的数据。")),
    })
}
