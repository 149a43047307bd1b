//! What is wrong with a body or parameter that can't be read, in words for
//! people: the reader's own name types of the program.

use tandem_core::{Error, ErrorCode};

/// The error for JSON inside of a field that can't be read.
pub(crate) fn field(name: &str, error: &serde_json::Error) -> Error {
    Error::new(ErrorCode::InvalidParameter, told(name, name, &error.to_string()))
}

/// The message for what a reader says of `whole`, which begins with the path to
/// the field where it knows that.
pub(crate) fn message(whole: &str, said: &str) -> String {
    match said.split_once(": ") {
        Some((path, said)) if !path.contains(' ') => told(path, whole, said),
        _ => told("", whole, said),
    }
}

/// The message for text that is no JSON at all.
pub(crate) fn no_json(said: &str) -> String {
    let place =
        said.rsplit_once(" at line ").map(|(_, place)| format!(" (line {})", place.replace(" column", ", column")));
    format!("The body is not JSON{}. Send it in the form that the API's document describes.", place.unwrap_or_default())
}

fn told(path: &str, whole: &str, said: &str) -> String {
    let said = said.rsplit_once(" at line ").map_or(said, |(said, _)| said);
    let inside = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let named = if path.is_empty() { whole.to_owned() } else { format!("“{path}”") };
    let mut quoted = said.split('`').skip(1).step_by(2);
    if said.starts_with("missing field")
        && let Some(name) = quoted.next()
    {
        return format!("“{}” is missing. Add it.", inside(name));
    }
    if said.starts_with("duplicate field")
        && let Some(name) = quoted.next()
    {
        return format!("“{}” comes twice. Give it once.", inside(name));
    }
    if said.starts_with("unknown field")
        && let Some(name) = quoted.next()
    {
        let at = path.strip_suffix(name).map_or(path, |parent| parent.trim_end_matches('.'));
        let at = if at.is_empty() { String::new() } else { format!(" in “{at}”") };
        return match list(quoted) {
            Some(known) => format!("There is no field “{name}”{at}. Leave it out, or take one of these: {known}."),
            None => format!("There is no field “{name}”{at}. Leave it out."),
        };
    }
    if said.starts_with("unknown variant") {
        return match list(quoted.skip(1)) {
            Some(known) => format!("{named} must be one of these: {known}."),
            None => format!("{named} has a value that is none of its choices."),
        };
    }
    let expected = said.rsplit_once(", expected ").map(|(_, expected)| expected);
    match expected.and_then(kind).or_else(|| number(said)) {
        Some(kind) => format!("{named} must be {kind}. Correct it and send the request again."),
        None => format!("{named} is not of the form that this operation takes. The API's document describes it."),
    }
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<&str> = names.collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// What a type of the program is to people.
fn kind(expected: &str) -> Option<&'static str> {
    let expected = expected.trim_end_matches('.');
    Some(match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" | "u128" => "a whole number that is not negative",
        "i8" | "i16" | "i32" | "i64" | "isize" | "i128" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a string" | "a borrowed string" | "a character" | "string or map" | "an identifier" => "text",
        "a sequence" | "an array" => "a list",
        "a map" => "an object",
        "a UUID string" => "an identifier (a UUID)",
        _ if expected.starts_with("struct ") || expected.contains("tagged enum") => "an object",
        _ if expected.starts_with("an RFC 3339") || expected.contains("date and time") => {
            "a time such as 2026-01-31T08:00:00Z"
        }
        _ => return None,
    })
}

/// The same of what readers of text say.
fn number(said: &str) -> Option<&'static str> {
    if said.starts_with("invalid digit") || said.starts_with("number too ") {
        return Some("a whole number in range");
    }
    if said.starts_with("invalid float") {
        return Some("a number");
    }
    if said.contains("`true` or `false`") {
        return Some("true or false");
    }
    said.starts_with("UUID parsing failed").then_some("an identifier (a UUID)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_readers_say_becomes_what_to_do() {
        for (said, told) in [
            ("missing field `name` at line 1 column 2", "“name” is missing. Add it."),
            ("target: missing field `name` at line 1 column 2", "“target.name” is missing. Add it."),
            (
                "unknown field `nam`, expected one of `name`, `kind` at line 1 column 9",
                "There is no field “nam”. Leave it out, or take one of these: name, kind.",
            ),
            (
                "target.nam: unknown field `nam`, expected `name` at line 1 column 9",
                "There is no field “nam” in “target”. Leave it out, or take one of these: name.",
            ),
            (
                "limit: invalid type: string \"x: 1\", expected u32 at line 1 column 9",
                "“limit” must be a whole number that is not negative. Correct it and send the request again.",
            ),
            (
                "invalid type: sequence, expected struct NewThing at line 1 column 0",
                "The body must be an object. Correct it and send the request again.",
            ),
            (
                "mode: unknown variant `mix`, expected one of `append`, `replace` at line 1 column 9",
                "“mode” must be one of these: append, replace.",
            ),
            (
                "limit: invalid digit found in string",
                "“limit” must be a whole number in range. Correct it and send the request again.",
            ),
            (
                "what: data did not match any variant of untagged enum Thing",
                "“what” is not of the form that this operation takes. The API's document describes it.",
            ),
        ] {
            assert_eq!(message("The body", said), told, "{said}");
        }
        assert_eq!(
            no_json("expected value at line 3 column 7"),
            "The body is not JSON (line 3, column 7). Send it in the form that the API's document describes."
        );
    }
}
