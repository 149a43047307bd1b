//! Upper and lower case: unquoted names mean what they mean whatever the case,
//! while tables and columns keep the spelling that their files gave them.

use std::collections::{HashMap, HashSet};

use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan};

use super::names::table_ref;

/// The spellings that exist. An unquoted word takes the one it equals but for
/// case: first of a table or column, else of a quoted name in the statement,
/// else that of its first use.
#[derive(Default)]
pub(crate) struct Spelling {
    known: HashMap<String, HashSet<String>>,
}

impl Spelling {
    /// Adds the name of a table or column.
    pub(crate) fn add(&mut self, name: &str) {
        self.known.entry(name.to_lowercase()).or_default().insert(name.to_owned());
    }

    pub(super) fn apply(&self, mut tokens: Vec<TokenWithSpan>) -> Vec<TokenWithSpan> {
        qualify_by_version(&mut tokens);
        let mut seen: HashMap<String, String> = HashMap::new();
        for token in &tokens {
            if let Token::Word(word) = &token.token
                && word.quote_style.is_some()
            {
                seen.entry(word.value.to_lowercase()).or_insert_with(|| word.value.clone());
            }
        }
        for token in &mut tokens {
            let Token::Word(word) = &mut token.token else { continue };
            // `sales@v3` was quoted by the lexer; its name still knows no case.
            if word.quote_style.is_some() && !word.value.contains('\u{E000}') {
                continue;
            }
            let folded = word.value.to_lowercase();
            match self.known.get(&folded) {
                Some(spellings) if spellings.contains(&word.value) => {}
                Some(spellings) if spellings.len() == 1 => {
                    word.value.clone_from(spellings.iter().next().unwrap_or(&folded))
                }
                Some(_) => {}
                None => word.value.clone_from(seen.entry(folded).or_insert_with(|| word.value.clone())),
            }
        }
        tokens
    }
}

/// `SELECT sales.amount FROM sales@v3`: where only one version of a table is
/// named, its name alone stands for it before a dot.
fn qualify_by_version(tokens: &mut [TokenWithSpan]) {
    let mut versions: HashMap<String, HashSet<String>> = HashMap::new();
    let mut plain: HashSet<String> = HashSet::new();
    let is_dot = |token: Option<&TokenWithSpan>| token.is_some_and(|token| token.token == Token::Period);
    for (at, token) in tokens.iter().enumerate() {
        let Token::Word(word) = &token.token else { continue };
        let table = table_ref(&word.value);
        if table.version.is_some() {
            versions.entry(table.name.to_lowercase()).or_default().insert(word.value.clone());
        } else if !is_dot(tokens.get(at + 1)) {
            // A table, a column or an alias of this name: it means itself.
            plain.insert(word.value.to_lowercase());
        }
    }
    for at in 1..tokens.len() {
        if !is_dot(tokens.get(at)) {
            continue;
        }
        let Some(TokenWithSpan { token: Token::Word(word), .. }) = tokens.get_mut(at - 1) else { continue };
        let name = word.value.to_lowercase();
        if let (Some(versions), false) = (versions.get(&name), plain.contains(&name))
            && let (1, Some(only)) = (versions.len(), versions.iter().next())
        {
            word.value.clone_from(only);
            word.quote_style = Some('"');
        }
    }
}
