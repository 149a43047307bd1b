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
pub(crate) fn refuse(code: ErrorCode, en: impl Into<String>, zh: impl Into<String>) -> Error {
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
