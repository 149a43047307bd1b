//! Progress on a terminal; nothing in a pipe.

use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};
use tandem_core::{Lang, Progress};

/// One bar on standard error that goes through the phases of a piece of work.
/// Where standard error is no terminal, nothing is drawn.
#[derive(Debug)]
pub(crate) struct Bar {
    bar: ProgressBar,
    lang: Lang,
    phase: Mutex<&'static str>,
}

impl Bar {
    /// A bar that is drawn from its first report on.
    pub(crate) fn new(lang: Lang) -> Self {
        Self { bar: ProgressBar::no_length(), lang, phase: Mutex::new("") }
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn report(&self, phase: &'static str, done: u64, total: Option<u64>) {
        // Rows are cleaned as they are read, and reading knows how far it is.
        if phase == "clean" {
            return;
        }
        let mut current = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        if *current != phase {
            *current = phase;
            self.bar.set_message(name(phase, self.lang));
            let template = match (phase, total) {
                ("read", _) => "{msg:12} {wide_bar:.36} {bytes}/{total_bytes} {eta}",
                (_, Some(_)) => "{msg:12} {wide_bar:.36} {pos}/{len}",
                (_, None) => "{spinner:.36} {msg}",
            };
            if let Ok(style) = ProgressStyle::with_template(template) {
                self.bar.set_style(style.progress_chars("━╸─"));
            }
        }
        match total {
            Some(total) => self.bar.set_length(total),
            None => self.bar.unset_length(),
        }
        self.bar.set_position(done);
    }
}

/// A phase in words.
fn name(phase: &'static str, lang: Lang) -> &'static str {
    let (en, zh) = match phase {
        "read" => ("Reading", "读取"),
        "rfm" => ("Segments", "分群"),
        "fit" => ("Fitting", "拟合模型"),
        "backtest" => ("Back-test", "回测"),
        "value" => ("Valuing", "估值"),
        "interval" => ("Intervals", "区间模拟"),
        "report" => ("Report", "生成报告"),
        "profile" => ("Profiling", "数据概况"),
        "query" => ("Querying", "查询"),
        "nodes" => ("Running", "运行中"),
        other => (other, other),
    };
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}
