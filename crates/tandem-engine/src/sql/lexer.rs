//! Tokens, with `name@v3` and `"any name"@v3` made into one quoted name each.

use datafusion::sql::sqlparser::{
    dialect::GenericDialect,
    keywords::Keyword,
    tokenizer::{Token, TokenWithSpan, Tokenizer, Word},
};
use tandem_core::{Error, ErrorCode, Result};

use super::names::versioned;

/// The tokens of `sql`.
///
/// # Errors
/// `invalid_sql` where it can't be cut into tokens, or a version stands alone.
pub(super) fn tokens(sql: &str) -> Result<Vec<TokenWithSpan>> {
    let raw = Tokenizer::new(&GenericDialect {}, sql)
        .tokenize_with_location()
        .map_err(|error| Error::new(ErrorCode::InvalidSql, format!("The SQL can't be read: {error}.")))?;
    let mut out: Vec<TokenWithSpan> = Vec::with_capacity(raw.len());
    for token in raw {
        let Token::Word(word) = &token.token else {
            out.push(token);
            continue;
        };
        if word.quote_style.is_some() {
            out.push(token);
            continue;
        }
        match split_version(&word.value) {
            // `@v3` right behind a quoted name belongs to it.
            Some(("", version)) => match out.last_mut() {
                Some(TokenWithSpan { token: Token::Word(name), .. }) if name.quote_style.is_some() => {
                    name.value = versioned(&name.value, version);
                }
                _ => {
                    return Err(Error::new(
                        ErrorCode::InvalidSql,
                        format!("“{}” must stand right behind a table's name, as in sales{0}.", word.value),
                    ));
                }
            },
            Some((name, version)) => {
                let word =
                    Word { value: versioned(name, version), quote_style: Some('"'), keyword: Keyword::NoKeyword };
                out.push(TokenWithSpan { token: Token::Word(word), span: token.span });
            }
            None => out.push(token),
        }
    }
    Ok(out)
}

/// `sales@v3` → (`sales`, 3).
fn split_version(word: &str) -> Option<(&str, u64)> {
    let (name, version) = word.rsplit_once('@')?;
    let digits = version.strip_prefix(['v', 'V'])?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some((name, digits.parse().ok()?))
}
