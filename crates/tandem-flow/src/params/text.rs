//! Parameters written as text, as on a command line.

use serde_json::Value;
use tandem_core::{Error, ErrorCode, Result};

use super::{Schema, Type};

/// The value that `text` writes for the parameter `name`, such as `39`, `week`
/// or `["a", "b"]`. A list of texts may also be written `a,b`.
///
/// # Errors
/// `invalid_parameter` for a name there is not, or a text that is not of its type.
pub fn parse(schema: Schema<'_>, name: &str, text: &str) -> Result<Value> {
    let invalid = |message: String| Error::new(ErrorCode::InvalidParameter, message);
    let Some(part) = schema.property(name) else {
        let known: Vec<&str> = schema.properties().map(|(name, _)| name).collect();
        return Err(invalid(format!("There is no parameter “{name}”. There are: {}.", known.join(", "))));
    };
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(Value::Null);
    }
    let kind = part.kind().unwrap_or(Type::String);
    let value = match kind {
        Type::String => Some(Value::from(text)),
        Type::Integer => trimmed.parse::<i64>().ok().map(Value::from),
        Type::Number => trimmed.parse::<f64>().ok().filter(|v| v.is_finite()).map(Value::from),
        Type::Boolean => trimmed.parse::<bool>().ok().map(Value::from),
        Type::Array if !trimmed.starts_with('[') => {
            Some(trimmed.split(',').map(|item| Value::from(item.trim())).collect())
        }
        Type::Array => serde_json::from_str::<Value>(trimmed).ok().filter(Value::is_array),
        Type::Object => serde_json::from_str::<Value>(trimmed).ok().filter(Value::is_object),
    };
    value.ok_or_else(|| invalid(format!("“{name}” must be {}, and “{text}” is not.", kind.words().en)))
}
