//! What a component says when it can't do what its parameters ask, in both languages.

use std::fmt;

use tandem_core::{Error, ErrorCode, Text};

/// The words of a refusal, kept beneath the error for whoever shows it in a language.
#[derive(Debug)]
struct Refusal(Text);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.zh)
    }
}

impl std::error::Error for Refusal {}

/// An error with its words in both languages.
pub fn refuse(code: ErrorCode, en: impl Into<String>, zh: impl Into<String>) -> Error {
    let text = Text::new(en, zh);
    Error::new(code, text.en.clone()).with_source(Refusal(text))
}

/// The error of a component that can't do what its parameters ask.
pub(crate) fn cannot(en: impl Into<String>, zh: impl Into<String>) -> Error {
    refuse(ErrorCode::InvalidParameter, en, zh)
}

/// What an error says, in both languages as far as it has them.
pub fn words(error: &Error) -> Text {
    let source = std::error::Error::source(error);
    match source.and_then(|source| source.downcast_ref::<Refusal>()) {
        Some(refusal) => refusal.0.clone(),
        None => Text::new(error.message(), format!("该组件无法执行：{}", error.message())),
    }
}

/// The error of a component that has too little to go by.
pub(crate) fn too_little(en: impl Into<String>, zh: impl Into<String>) -> Error {
    refuse(ErrorCode::NotEnoughData, en, zh)
}

/// An error of an algorithm, which speaks English alone, with Chinese words by its kind.
pub(crate) fn told(error: Error) -> Error {
    let zh = match error.code() {
        ErrorCode::NotEnoughData => "数据太少，或取值没有变化，不足以得出可信的结果。请增加行，或减少列。",
        ErrorCode::DidNotConverge => "拟合未收敛：类别几乎能被完全区分，或有列高度相关。请加大惩罚项，或减少列。",
        ErrorCode::SchemaMismatch => "某一列的类型不适用，请先转换其类型，或不使用该列。",
        ErrorCode::UnknownColumn => "缺少需要的列，请检查上游表的列名。",
        ErrorCode::InvalidParameter => "参数不适用于这些数据，请检查所选的列与各项参数。",
        _ => return error,
    };
    refuse(error.code(), error.message().to_owned(), zh)
}
