//! Statements put together from fixed parts, for lists with optional filters.

use super::{Param, ToParam};

/// A statement and its parameters. The parts are literals of this crate; what
/// comes from outside is bound, never written into the text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sql {
    text: String,
    params: Vec<Param>,
}

impl Sql {
    /// A statement that begins with `text`; each `?` in it stands for the next
    /// parameter.
    pub(crate) fn new(text: &str, params: Vec<Param>) -> Self {
        Self::default().push(text, params)
    }

    /// Adds a part; each `?` in it stands for the next parameter.
    pub(crate) fn push(mut self, text: &str, params: Vec<Param>) -> Self {
        let mut number = self.params.len();
        for part in text.split_inclusive('?') {
            match part.strip_suffix('?') {
                Some(before) => {
                    number += 1;
                    self.text.push_str(before);
                    self.text.push('$');
                    self.text.push_str(&number.to_string());
                }
                None => self.text.push_str(part),
            }
        }
        self.params.extend(params);
        debug_assert_eq!(number, self.params.len(), "parameters of {}", self.text);
        self
    }

    /// Adds `text` where there is a value for its `?`.
    pub(crate) fn push_some<T: ToParam>(self, text: &str, value: Option<T>) -> Self {
        match value {
            Some(value) => self.push(text, vec![value.to_param()]),
            None => self,
        }
    }

    /// Adds ` AND column IN (…)`; nothing is in an empty list.
    pub(crate) fn push_in<T: ToParam>(self, column: &str, values: &[T]) -> Self {
        if values.is_empty() {
            return self.push(" AND 1 = 0", Vec::new());
        }
        let marks = vec!["?"; values.len()].join(", ");
        self.push(&format!(" AND {column} IN ({marks})"), values.iter().map(ToParam::to_param).collect())
    }

    /// The parameters so far.
    pub(crate) fn params(&self) -> &[Param] {
        &self.params
    }

    /// The text and the parameters.
    pub(crate) fn into_parts(self) -> (String, Vec<Param>) {
        (self.text, self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::params;

    #[test]
    fn parameters_are_numbered_across_parts() {
        let sql = Sql::new("a = ? AND b = ?", params![1_i64, "x"])
            .push_some(" AND c = ?", None::<i64>)
            .push_some(" AND d = ?", Some(true))
            .push_in("e", &["p", "q"])
            .push_in("f", &[] as &[i64]);
        let (text, params) = sql.into_parts();
        assert_eq!(text, "a = $1 AND b = $2 AND d = $3 AND e IN ($4, $5) AND 1 = 0");
        assert_eq!(params, params![1_i64, "x", true, "p", "q"]);
    }
}
