//! Words of a text: Chinese by jieba with its own dictionary, other writing by
//! what stands between spaces and signs.

mod stop;

use std::sync::{Arc, OnceLock};

use arrow::{
    array::{ArrayRef, AsArray, Int64Array, StringArray},
    datatypes::{DataType, Int64Type},
};
use jieba_rs::Jieba;
use tandem_core::{Error, Result};
use tandem_engine::{ScalarFunction, Takes};

use super::{texts, width::half};

/// The words and how frequent they are, five megabytes of text: read when the
/// first Chinese text is segmented, and not before.
static DICTIONARY: &str = include_str!(env!("JIEBA_DICTIONARY"));

/// Which words of a text count.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taste {
    /// Whether words that say nothing by themselves are left out.
    pub(crate) stop: bool,
    /// Characters of the shortest word.
    pub(crate) shortest: usize,
}

fn jieba() -> Result<&'static Jieba> {
    static JIEBA: OnceLock<Option<Jieba>> = OnceLock::new();
    let read = JIEBA.get_or_init(|| Jieba::with_dict(&mut DICTIONARY.as_bytes()).ok());
    read.as_ref().ok_or_else(|| Error::internal("the dictionary of Chinese words can't be read"))
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

/// The words of a text in their order, in small letters and usual width.
///
/// # Errors
/// `internal` where the dictionary can't be read.
pub(crate) fn words(text: &str, taste: Taste) -> Result<Vec<String>> {
    let text = half(text).to_lowercase();
    let mut found: Vec<String> = Vec::new();
    // Runs of Chinese characters are segmented, whatever stands between them.
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let han = is_han(first);
        let end = rest.find(|c| is_han(c) != han).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        match han {
            true => found.extend(jieba()?.cut(run, true).into_iter().map(|token| token.word.to_owned())),
            false => found.extend(spaced(run)),
        }
        rest = after;
    }
    found.retain(|word| word.chars().count() >= taste.shortest && !(taste.stop && stop::is(word)));
    Ok(found)
}

/// Letters and digits that stand together; an apostrophe inside belongs to its word.
fn spaced(text: &str) -> impl Iterator<Item = String> {
    let text = text.replace('\u{2019}', "'");
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .map(|word| word.trim_matches('\''))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.into_iter()
}

/// `text_words(text, stop, shortest)`: the words, separated by spaces.
pub(super) fn function() -> ScalarFunction {
    let takes = Takes::These(vec![DataType::Utf8, DataType::Boolean, DataType::Int64]);
    ScalarFunction::new("text_words", takes, DataType::Utf8, |columns, rows| {
        let [text, stop, shortest] = columns else { return Ok(Arc::new(StringArray::new_null(rows)) as ArrayRef) };
        let (stop, shortest) = (stop.as_boolean(), shortest.as_primitive::<Int64Type>());
        let mut found = Vec::with_capacity(rows);
        for (text, (stop, shortest)) in texts(text).zip(stop.iter().zip(shortest.iter())) {
            let shortest = usize::try_from(shortest.unwrap_or(1)).unwrap_or(1);
            let taste = Taste { stop: stop.unwrap_or(false), shortest };
            found.push(text.map(|text| words(text, taste)).transpose()?.map(|words| words.join(" ")));
        }
        Ok(Arc::new(StringArray::from(found)) as ArrayRef)
    })
}

/// `word_count(words, word)`: how often a word is among words separated by spaces.
pub(super) fn count() -> ScalarFunction {
    let takes = Takes::These(vec![DataType::Utf8, DataType::Utf8]);
    ScalarFunction::new("word_count", takes, DataType::Int64, |columns, rows| {
        let [text, word] = columns else { return Ok(Arc::new(Int64Array::new_null(rows)) as ArrayRef) };
        let count = |(text, word): (Option<&str>, Option<&str>)| {
            let (text, word) = (text?, word?);
            i64::try_from(text.split(' ').filter(|own| *own == word).count()).ok()
        };
        Ok(Arc::new(texts(text).zip(texts(word)).map(count).collect::<Int64Array>()) as ArrayRef)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        words(text, Taste { stop: true, shortest: 2 }).unwrap()
    }

    #[test]
    fn chinese_is_segmented_and_the_rest_is_split() {
        assert_eq!(of("快递很慢，客服态度不好！"), ["快递", "客服", "态度", "不好"]);
        assert_eq!(of("The delivery wasn’t FAST, it was slow."), ["delivery", "fast", "slow"]);
        assert_eq!(of("ｉPhone 15的屏幕很好"), ["iphone", "15", "屏幕"]);
        assert_eq!(of("  ，。！ "), Vec::<String>::new());
    }

    #[test]
    fn what_says_nothing_stays_where_it_is_asked_for() {
        let all = words("我的快递 is here", Taste { stop: false, shortest: 1 }).unwrap();
        assert_eq!(all, ["我", "的", "快递", "is", "here"]);
    }

    #[test]
    fn a_word_never_holds_a_space() {
        for text in ["a b", "南京市长江大桥 new york", "1.5 kg", "'quoted'"] {
            let all = words(text, Taste { stop: false, shortest: 1 }).unwrap();
            assert!(all.iter().all(|word| !word.is_empty() && !word.contains(char::is_whitespace)), "{all:?}");
        }
    }
}
