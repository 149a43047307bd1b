//! The text of a SQL component: a statement over the names of its inputs, in
//! which `{{name}}` stands for a parameter.

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// SQL as it stands.
    Sql(&'a str),
    /// The value of a parameter.
    Param(&'a str),
}

/// What keeps a template from being read: the text from where it is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong<'a> {
    /// `{{` without `}}`, or with no name between them.
    Unclosed(&'a str),
    /// A parameter inside of quotes, of which it needs none.
    Quoted(&'a str),
}

/// Where a statement stands, as far as quotes and comments go.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Open,
    Quote(u8),
    Line,
    Block,
}

/// The pieces of a template. In comments nothing is a parameter.
///
/// # Errors
/// What is wrong, and where.
pub fn pieces(sql: &str) -> Result<Vec<Piece<'_>>, Wrong<'_>> {
    let bytes = sql.as_bytes();
    let (mut found, mut from, mut at, mut place) = (Vec::new(), 0, 0, Place::Open);
    while at < bytes.len() {
        let two = bytes.get(at..at + 2).unwrap_or_default();
        match place {
            Place::Line if bytes[at] == b'\n' => place = Place::Open,
            Place::Block if two == b"*/" => (place, at) = (Place::Open, at + 1),
            // A doubled quote closes and opens again, which comes to the same.
            Place::Quote(quote) if bytes[at] == quote => place = Place::Open,
            Place::Quote(_) if two == b"{{" => return Err(Wrong::Quoted(&sql[at..])),
            Place::Open if two == b"--" => place = Place::Line,
            Place::Open if two == b"/*" => (place, at) = (Place::Block, at + 1),
            Place::Open if matches!(bytes[at], b'\'' | b'"') => place = Place::Quote(bytes[at]),
            Place::Open if two == b"{{" => {
                let rest = &sql[at..];
                let end = rest.find("}}").ok_or(Wrong::Unclosed(rest))?;
                let name = rest[2..end].trim();
                let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
                if name.is_empty() || !name.chars().all(plain) {
                    return Err(Wrong::Unclosed(rest));
                }
                found.push(Piece::Sql(&sql[from..at]));
                found.push(Piece::Param(name));
                at += end + 2;
                from = at;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found.push(Piece::Sql(&sql[from..]));
    found.retain(|piece| *piece != Piece::Sql(""));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parameters_stand_outside_of_quotes_and_comments() {
        let read =
            pieces("SELECT 'it''s', \"a\" -- {{no}}\nFROM t /* {{no}} */ WHERE x > {{ least }}{{more}}").unwrap();
        let params: Vec<&Piece<'_>> = read.iter().filter(|piece| matches!(piece, Piece::Param(_))).collect();
        assert_eq!(params, [&Piece::Param("least"), &Piece::Param("more")]);
        assert_eq!(pieces("SELECT '{{x}}'"), Err(Wrong::Quoted("{{x}}'")));
        assert_eq!(pieces("SELECT \"{{x}}\""), Err(Wrong::Quoted("{{x}}\"")));
        assert_eq!(pieces("SELECT {{x"), Err(Wrong::Unclosed("{{x")));
        assert_eq!(pieces("SELECT {{a b}}"), Err(Wrong::Unclosed("{{a b}}")));
        assert_eq!(pieces("SELECT {{}}"), Err(Wrong::Unclosed("{{}}")));
    }

    proptest! {
        #[test]
        fn nothing_of_a_template_is_lost(sql in "[a-z'\"{}\\-/* \n表é]{0,40}") {
            if let Ok(read) = pieces(&sql) {
                let text: String = read.iter().map(|piece| match piece {
                    Piece::Sql(text) => (*text).to_owned(),
                    Piece::Param(name) => format!("{{{{{name}}}}}"),
                }).collect();
                let bare = |text: &str| text.replace([' ', '\n'], "");
                prop_assert_eq!(bare(&text), bare(&sql));
            }
        }
    }
}
