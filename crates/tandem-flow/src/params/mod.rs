//! Parameters: checked against a JSON Schema, filled with defaults, and every
//! problem said in words, at its place.
//!
//! Of JSON Schema this knows `type` (string, number, integer, boolean, array,
//! object), `enum`, `minimum`, `exclusiveMinimum`, `maximum`,
//! `exclusiveMaximum`, `minLength`, `maxLength`, `pattern`, `format` (date,
//! date-time), `items`, `minItems`, `maxItems`, `uniqueItems`, `properties`,
//! `required` and `default`. Beside them stand the product's own words:
//!
//! | word | means |
//! |---|---|
//! | `x-label`, `x-help` | what it is called and what it does, in both languages |
//! | `x-enum-labels` | what each value of `enum` is called |
//! | `x-unit`, `x-unit-from` | the unit, or the parameter whose value's label it is |
//! | `x-format` | how a number is written: `percent` |
//! | `x-pattern-help` | what `pattern` asks for, in words |
//! | `x-placeholder` | an example in an empty field |
//! | `x-group`, `x-advanced` | where the form shows it |
//! | `x-when` | `{param, in: […]}`: it counts only while that parameter has one of these values |
//! | `x-column` | `{port, kinds, many}`: the name of a column of an input |
//! | `x-new-column` | the name of a column that it makes |
//! | `x-expression`, `x-sql`, `x-code` | the text is an expression over a port, SQL, or code in a language |

mod check;
mod problem;
mod schema;
mod settle;
#[cfg(test)]
mod tests;
mod text;

pub use problem::{Code, Problem};
pub use schema::{ColumnChoice, Schema, Type};
pub use settle::{Settled, settle};
pub use text::parse;
