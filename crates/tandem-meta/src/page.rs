//! Pages of a list by the sort key of their last row (keyset paging): a row
//! that comes or goes moves nobody else to another page.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;
use tandem_core::{Error, ErrorCode, Page, PageRequest, Result};

use crate::{
    sql::{Kind, Param, Row, Sql},
    tx::Snapshot,
};

/// Rows that are read at a time where some of them may be hidden.
const CHUNK: usize = 200;

/// A list that can be paged.
pub(crate) struct List {
    /// Its name, so that the cursor of one list is refused by another.
    pub(crate) name: &'static str,
    /// The columns to select.
    pub(crate) columns: String,
    /// From ` FROM` to the end of the conditions; there must be a `WHERE`.
    pub(crate) from: Sql,
    /// The sort key, which no two rows share: columns and their types.
    pub(crate) keys: &'static [(&'static str, Kind)],
    /// Whether the highest key comes first.
    pub(crate) descending: bool,
}

impl List {
    /// What a cursor of this list, with these filters, begins with.
    fn tag(&self) -> [u8; 8] {
        let mut hash = blake3::Hasher::new();
        hash.update(self.name.as_bytes());
        for param in self.from.params() {
            hash.update(b"\0");
            match param {
                Param::Int(value) => hash.update(format!("i{value:?}").as_bytes()),
                Param::Text(value) => hash.update(format!("t{value:?}").as_bytes()),
            };
        }
        let mut tag = [0; 8];
        hash.finalize_xof().fill(&mut tag);
        tag
    }

    fn write_cursor(&self, key: &[Param]) -> String {
        let values: Vec<Value> = key
            .iter()
            .map(|param| match param {
                Param::Int(value) => Value::from(*value),
                Param::Text(value) => Value::from(value.clone()),
            })
            .collect();
        let mut bytes = self.tag().to_vec();
        bytes.extend_from_slice(Value::Array(values).to_string().as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn read_cursor(&self, cursor: &str) -> Result<Vec<Param>> {
        self.try_read_cursor(cursor).ok_or_else(|| {
            Error::new(
                ErrorCode::InvalidCursor,
                "The cursor is not one of this list with these filters. Begin again without a cursor.",
            )
        })
    }

    fn try_read_cursor(&self, cursor: &str) -> Option<Vec<Param>> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let json = bytes.strip_prefix(&self.tag())?;
        let values: Vec<Value> = serde_json::from_slice(json).ok()?;
        if values.len() != self.keys.len() {
            return None;
        }
        let params = self.keys.iter().zip(values).map(|((_, kind), value)| match (kind, value) {
            (Kind::Int, Value::Number(number)) => number.as_i64().map(|number| Param::Int(Some(number))),
            (Kind::Text, Value::String(text)) if !text.contains('\0') => Some(Param::Text(Some(text))),
            _ => None,
        });
        params.collect()
    }

    /// The statement for the `limit` rows behind `after`.
    fn statement(&self, after: Option<&[Param]>, limit: usize) -> (String, Vec<Param>) {
        let names: Vec<&str> = self.keys.iter().map(|(name, _)| *name).collect();
        let mut select = format!("SELECT {}", self.columns);
        for (number, name) in names.iter().enumerate() {
            select.push_str(&format!(", {name} AS sort_key_{number}"));
        }
        let (from, params) = self.from.clone().into_parts();
        let mut number = params.len();
        let mut sql = format!("{select}{from}");
        let mut all = params;
        if let Some(after) = after {
            let marks: Vec<String> = after
                .iter()
                .map(|_| {
                    number += 1;
                    format!("${number}")
                })
                .collect();
            let sign = if self.descending { "<" } else { ">" };
            sql.push_str(&format!(" AND ({}) {sign} ({})", names.join(", "), marks.join(", ")));
            all.extend_from_slice(after);
        }
        let direction = if self.descending { " DESC" } else { "" };
        let order: Vec<String> = names.iter().map(|name| format!("{name}{direction}")).collect();
        sql.push_str(&format!(" ORDER BY {} LIMIT {limit}", order.join(", ")));
        (sql, all)
    }

    fn key_of(&self, row: &Row) -> Result<Vec<Param>> {
        let keys = self.keys.iter().enumerate();
        keys.map(|(number, (_, kind))| row.param(&format!("sort_key_{number}"), *kind)).collect()
    }
}

impl Snapshot {
    /// One page of `list`.
    pub(crate) async fn page<T>(
        &mut self,
        list: List,
        request: &PageRequest,
        read: impl Fn(&Row) -> Result<T>,
    ) -> Result<Page<T>> {
        self.page_where(list, request, read, |_| true).await
    }

    /// One page of those rows of `list` that `keep` lets through. Pages are
    /// full although rows are left out, and there is a next cursor only where
    /// there is a next row to see.
    pub(crate) async fn page_where<T>(
        &mut self,
        list: List,
        request: &PageRequest,
        read: impl Fn(&Row) -> Result<T>,
        mut keep: impl FnMut(&T) -> bool,
    ) -> Result<Page<T>> {
        let limit = usize::try_from(request.limit.clamp(1, tandem_core::page::MAX_LIMIT)).unwrap_or(1);
        let mut after = request.cursor.as_deref().map(|cursor| list.read_cursor(cursor)).transpose()?;
        let mut items = Vec::with_capacity(limit);
        let mut last_kept = Vec::new();
        let mut chunk = limit + 1;
        loop {
            let (sql, params) = list.statement(after.as_deref(), chunk);
            let rows = self.fetch(sql, params).await?;
            for row in &rows {
                let item = read(row)?;
                if !keep(&item) {
                    continue;
                }
                if items.len() == limit {
                    return Ok(Page { items, next_cursor: Some(list.write_cursor(&last_kept)) });
                }
                last_kept = list.key_of(row)?;
                items.push(item);
            }
            match rows.last() {
                Some(row) if rows.len() == chunk => after = Some(list.key_of(row)?),
                _ => return Ok(Page { items, next_cursor: None }),
            }
            chunk = CHUNK;
        }
    }
}

/// The pattern for `LIKE … ESCAPE '\'` that finds `text` anywhere, whatever its
/// case (the column searched holds lower case).
pub(crate) fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in text.trim().to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}
