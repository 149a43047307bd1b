//! JSON with one spelling (after RFC 8785): names sorted, no spaces, numbers by their value.

use serde_json::Value;

/// The one spelling of a value: values that are equal are written alike.
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(name, _)| *name);
            out.push('{');
            for (index, (name, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
        Value::Number(number) => {
            let whole = number.as_f64().filter(|v| number.is_f64() && v.fract() == 0.0 && v.abs() < 9.0e15);
            match whole {
                // 1.0 is 1, and there is one zero.
                Some(v) => out.push_str(&(v as i64).to_string()),
                None => out.push_str(&number.to_string()),
            }
        }
        plain => out.push_str(&plain.to_string()),
    }
}
