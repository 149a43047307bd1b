//! What the commands that read files have in common.

use tandem_app::files::FileRows;
use tandem_app::scenarios::Rows;
use tandem_core::Lang;

use crate::output;

/// `NAME=VALUE`, as in `--map customer=household_id`.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}

/// Says how many rows of a file could not be read, and the first of them.
pub(crate) fn say_rejected(rows: &FileRows, lang: Lang) {
    let first = rows.rejects().iter().map(|r| (r.line.unwrap_or(r.row_number), r.message.as_str()));
    say_rejects(None, rows.rejected(), first, lang);
}

/// The same from what was kept of them; `name` where there are several files.
pub(crate) fn say_rejects<'a>(name: Option<&str>, count: u64, first: impl Iterator<Item = (u64, &'a str)>, lang: Lang) {
    if count == 0 {
        return;
    }
    output::say(&match (lang, name) {
        (Lang::En, name) => {
            let rows = if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
            format!("{rows} of {} could not be read:", name.unwrap_or("the file"))
        }
        (Lang::Zh, Some(name)) => format!("{name} 中有 {count} 行无法读取，已剔除："),
        (Lang::Zh, None) => format!("文件中有 {count} 行无法读取，已剔除："),
    });
    let mut shown = 0;
    for (line, message) in first {
        shown += 1;
        output::say(&match lang {
            Lang::En => format!("  line {line}: {message}"),
            Lang::Zh => format!("  第 {line} 行：{message}"),
        });
    }
    if count > shown {
        output::say("  …");
    }
}
