//! The language of what is printed and written.

use clap::ValueEnum;
use tandem_core::Lang;

/// A language, as an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LangArg {
    /// English.
    En,
    /// Simplified Chinese (简体中文).
    #[value(alias = "zh-CN", alias = "zh-cn")]
    Zh,
}

/// The language asked for; otherwise that of the environment, and English where it names no other.
pub(crate) fn pick(asked: Option<LangArg>) -> Lang {
    match asked {
        Some(LangArg::En) => Lang::En,
        Some(LangArg::Zh) => Lang::Zh,
        None => {
            let set =
                ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|v| std::env::var(v).ok().filter(|s| !s.is_empty()));
            if set.is_some_and(|s| s.starts_with("zh")) { Lang::Zh } else { Lang::En }
        }
    }
}
