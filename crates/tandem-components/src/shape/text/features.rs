//! The most frequent words as columns of numbers, or a row for each word of each row.

use serde::Deserialize;
use tandem_core::Result;

use super::Words;
use crate::{
    Ask,
    refusal::too_little,
    select::Select,
    sql::{idents, number, text},
};

#[derive(Deserialize)]
struct Params {
    column: String,
    #[serde(flatten)]
    words: Words,
    most: u32,
    weight: Weight,
    layout: Layout,
    #[serde(default)]
    keys: Vec<String>,
    #[serde(default)]
    prefix: Option<String>,
    #[serde(default)]
    keep: bool,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Weight {
    Count,
    Presence,
    TfIdf,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Layout {
    Columns,
    Rows,
}

/// A word, in how many rows it is, and how many rows there are.
struct Term<'a> {
    word: &'a str,
    rows: f64,
    all: f64,
}

impl<'a> Term<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let mut parts = line.split('\t');
        let (word, rows, all) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(Self { word, rows, all })
    }

    /// How much a use of it says: the smoothed inverse document frequency, ln((1 + n) / (1 + df)) + 1.
    fn weight(&self) -> f64 {
        ((1.0 + self.all) / (1.0 + self.rows)).ln() + 1.0
    }
}

/// The most frequent words, by the rows that they are in.
pub(super) fn probe(ask: &Ask<'_>) -> Result<Option<String>> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let words = params.words.sql(table.need(&params.column)?);
    Ok(Some(format!(
        "SELECT concat(\"word\", '\t', CAST(count(*) AS VARCHAR), '\t', CAST(max(\"all\") AS VARCHAR)) AS \"term\" FROM (\n  \
         SELECT DISTINCT \"row\", \"word\", \"all\" FROM (\n    \
         SELECT \"row\", \"all\", unnest(string_to_array(\"words\", ' ')) AS \"word\" FROM (\n      \
         SELECT row_number() OVER () AS \"row\", count(*) OVER () AS \"all\", {words} AS \"words\" FROM {}\n    )\n  ) WHERE \"word\" <> ''\n)\n\
         GROUP BY \"word\" ORDER BY count(*) DESC, \"word\" LIMIT {}",
        table.sql(),
        params.most,
    )))
}

pub(super) fn query(ask: &Ask<'_>, answer: &[String]) -> Result<String> {
    let params: Params = ask.params()?;
    let table = ask.table("table")?;
    let column = table.need(&params.column)?;
    let words = params.words.sql(column);
    let terms: Vec<Term<'_>> = answer.iter().filter_map(|line| Term::read(line)).collect();
    if params.layout == Layout::Rows {
        return rows(&params, &words, &table.sql(), &terms);
    }
    let inner = table.free("#words");
    let mut source = Select::of(table);
    source.add(&inner, words)?;
    let mut select = Select::of(table);
    if !params.keep {
        select.remove(&params.column);
    }
    for term in &terms {
        let count = format!("coalesce(word_count({}, {}), 0)", crate::sql::ident(&inner), text(term.word));
        let value = match params.weight {
            Weight::Count => count,
            Weight::Presence => format!("CAST({count} > 0 AS BIGINT)"),
            Weight::TfIdf => format!("CAST({count} AS DOUBLE) * {}", number(term.weight())),
        };
        select.add(&format!("{}{}", params.prefix.as_deref().unwrap_or_default(), term.word), value)?;
    }
    if select.is_empty() {
        return Err(too_little(
            "The text has no words that count, and there is no other column. Keep the column of the text.",
            "文本中没有可用的词，也没有其他列。请保留文本列。",
        ));
    }
    Ok(select.from(&format!("(\n  {}\n)", source.from(&table.sql()))))
}

/// A row for each of the words that a row has.
fn rows(params: &Params, words: &str, table: &str, terms: &[Term<'_>]) -> Result<String> {
    let mut select = Select::names(&params.keys);
    let keys = if params.keys.is_empty() { String::new() } else { format!("{}, ", idents(&params.keys)) };
    select.add("word", "\"#word\"")?;
    match params.weight {
        Weight::Count => select.add("count", "count(*)")?,
        Weight::Presence => select.add("present", "CAST(1 AS BIGINT)")?,
        Weight::TfIdf => {
            let cases: String =
                terms.iter().map(|term| format!(" WHEN {} THEN {}", text(term.word), number(term.weight()))).collect();
            let weight =
                if cases.is_empty() { "CAST(NULL AS DOUBLE)".to_owned() } else { format!("CASE \"#word\"{cases} END") };
            select.add("tf_idf", format!("CAST(count(*) AS DOUBLE) * min({weight})"))?;
        }
    }
    let list: Vec<String> = terms.iter().map(|term| text(term.word)).collect();
    let only = if list.is_empty() { "false".to_owned() } else { format!("\"#word\" IN ({})", list.join(", ")) };
    let source = format!("(\n  SELECT {keys}unnest(string_to_array({words}, ' ')) AS \"#word\" FROM {table}\n)");
    Ok(format!("{}\nWHERE {only}\nGROUP BY {keys}\"#word\"", select.from(&source)))
}
