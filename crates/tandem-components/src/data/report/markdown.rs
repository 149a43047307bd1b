//! Words with headings and lists, as Markdown writes them. A report has no
//! other markup: emphasis is left out, of links the address is kept.

use tandem_core::Text;
use tandem_report::Block;

use crate::page::raw;

/// Most characters of a text.
const MOST: usize = 100_000;

/// The text as blocks of a page.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open = Open::Nothing;
    let end = text.char_indices().nth(MOST).map_or(text.len(), |(at, _)| at);
    for line in text[..end].lines() {
        let line = line.trim();
        if line.is_empty() || is_rule(line) {
            open.close(&mut blocks);
        } else if let Some(words) = heading(line) {
            open.close(&mut blocks);
            blocks.push(Block::Heading { text: raw(&plain(words)) });
        } else if let Some((ordered, words)) = item(line) {
            open.item(ordered, plain(words), &mut blocks);
        } else {
            open.line(&plain(line.trim_start_matches("> ")), &mut blocks);
        }
    }
    open.close(&mut blocks);
    blocks
}

/// What the next line may go on with.
enum Open {
    Nothing,
    Paragraph(String),
    List { ordered: bool, items: Vec<Text> },
}

impl Open {
    fn close(&mut self, blocks: &mut Vec<Block>) {
        match std::mem::replace(self, Self::Nothing) {
            Self::Nothing => {}
            Self::Paragraph(words) => blocks.push(Block::Paragraph { text: raw(&words) }),
            Self::List { ordered, items } => blocks.push(Block::List { ordered, items }),
        }
    }

    fn item(&mut self, is_ordered: bool, words: String, blocks: &mut Vec<Block>) {
        match self {
            Self::List { ordered, items } if *ordered == is_ordered => items.push(raw(&words)),
            _ => {
                self.close(blocks);
                *self = Self::List { ordered: is_ordered, items: vec![raw(&words)] };
            }
        }
    }

    fn line(&mut self, words: &str, blocks: &mut Vec<Block>) {
        match self {
            Self::Paragraph(all) => {
                // Between Chinese characters a line's end is no space.
                let wide = |c: Option<char>| c.is_some_and(|c| c >= '\u{2E80}');
                if !wide(all.chars().last()) || !wide(words.chars().next()) {
                    all.push(' ');
                }
                all.push_str(words);
            }
            _ => {
                self.close(blocks);
                *self = Self::Paragraph(words.to_owned());
            }
        }
    }
}

fn is_rule(line: &str) -> bool {
    line.len() >= 3 && ["-", "*", "_"].iter().any(|sign| line.replace(sign, "").is_empty())
}

fn heading(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches('#');
    let level = line.len() - rest.len();
    ((1..=6).contains(&level) && rest.starts_with(' ')).then(|| rest.trim())
}

fn item(line: &str) -> Option<(bool, &str)> {
    if let Some(words) = ["- ", "* ", "+ "].iter().find_map(|sign| line.strip_prefix(sign)) {
        return Some((false, words.trim()));
    }
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let words = rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") "))?;
    (rest.len() < line.len()).then(|| (true, words.trim()))
}

/// The words without signs of emphasis and code, links as “words (address)”.
fn plain(line: &str) -> String {
    let line = line.replace("**", "").replace("__", "").replace('`', "");
    let mut out = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        let link = after.split_once("](").and_then(|(words, after)| {
            let (address, after) = after.split_once(')')?;
            Some((words, address, after))
        });
        match link {
            Some((words, address, after)) => {
                out.push_str(&format!("{words} ({address})"));
                rest = after;
            }
            None => {
                out.push('[');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_lists_and_paragraphs_are_told_apart() {
        let text = "# 结论\n\n销售额**上升**，\n但利润下降。\nSee [the source](http://x).\n\n- one\n- two\n1. first\n---\nend [open";
        let list =
            |ordered, items: &[&str]| Block::List { ordered, items: items.iter().map(|item| raw(item)).collect() };
        assert_eq!(
            blocks(text),
            vec![
                Block::Heading { text: raw("结论") },
                Block::Paragraph { text: raw("销售额上升，但利润下降。 See the source (http://x).") },
                list(false, &["one", "two"]),
                list(true, &["first"]),
                Block::Paragraph { text: raw("end [open") },
            ]
        );
        assert_eq!(blocks("\n \n"), Vec::new());
    }
}
