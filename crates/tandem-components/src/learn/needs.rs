//! Whether a table has what a model needs.

use tandem_core::{ErrorCode, Result};
use tandem_science::model::Model;

use crate::{Table, refusal::refuse};

/// The columns that a model reads, all of which the table must have.
///
/// # Errors
/// `unknown_column`, which names all that are missing.
pub(super) fn inputs<'a>(model: &'a Model, table: &Table) -> Result<Vec<&'a str>> {
    let needed: Vec<&str> = model.signature.inputs.iter().map(|input| input.name.as_str()).collect();
    let missing: Vec<&str> = needed.iter().copied().filter(|name| table.column(name).is_none()).collect();
    if missing.is_empty() {
        return Ok(needed);
    }
    Err(refuse(
        ErrorCode::UnknownColumn,
        format!(
            "The model needs columns that the table doesn't have: {}. Bring the table to the same form as the one that the model learned from.",
            missing.join(", ")
        ),
        format!("表中缺少模型需要的列：{}。请把表处理成与训练数据相同的形式。", missing.join("、")),
    ))
}
