//! The forms' own words.

use chrono::{DateTime, Utc};
use tandem_core::Lang;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $en:literal, $zh:literal;)+) => {
        $($(#[$doc])* pub(crate) const fn $name(lang: Lang) -> &'static str {
            match lang { Lang::En => $en, Lang::Zh => $zh }
        })+
    };
}

words! {
    scenario = "Scenario report", "场景报告";
    made = "Made", "生成于";
    contents = "Contents", "目录";
    interval = "interval", "区间";
    chart_data = "Data of this chart", "图表数据";
    show_all = "Show all rows listed here", "显示此处列出的全部行";
    how_to_tell = "How to tell it worked", "如何判断有效";
    provenance = "How this was made", "结果从何而来";
    input = "Input", "输入";
    version = "version", "版本";
    rows = "rows", "行";
    parameters = "Parameters", "参数";
    engine = "Computed by", "计算程序";
    seed = "Seed", "随机种子";
    run = "Run", "运行";
    digest = "Digest", "摘要";
    caution = "Note", "注意";
    serious = "Warning", "警告";
    info = "For information", "提示";
}

/// What kind of report it is, by the name of what made it.
pub(crate) fn kind(scenario: &str, lang: Lang) -> &'static str {
    match (scenario, lang) {
        ("dashboard", Lang::En) => "Dashboard",
        ("dashboard", Lang::Zh) => "仪表盘",
        ("workflow", Lang::En) => "Workflow report",
        ("workflow", Lang::Zh) => "工作流报告",
        (_, lang) => self::scenario(lang),
    }
}

/// When it was made.
pub(crate) fn moment(at: DateTime<Utc>, lang: Lang) -> String {
    match lang {
        Lang::En => at.format("%-d %b %Y, %H:%M UTC").to_string(),
        Lang::Zh => at.format("%Y年%-m月%-d日 %H:%M（UTC）").to_string(),
    }
}

/// That a table is listed in part.
pub(crate) fn listed_of(listed: &str, total: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{listed} of {total} rows are listed here."),
        Lang::Zh => format!("此处列出 {total} 行中的前 {listed} 行。"),
    }
}

/// That a table is listed without some columns.
pub(crate) fn columns_of(shown: usize, total: usize, lang: Lang) -> String {
    match lang {
        Lang::En => format!("The first {shown} of {total} columns are listed here."),
        Lang::Zh => format!("此处列出 {total} 列中的前 {shown} 列。"),
    }
}

/// Which part of a table that is too wide for a page.
pub(crate) fn part_of(part: usize, parts: usize, lang: Lang) -> String {
    match lang {
        Lang::En => format!("Columns, part {part} of {parts}"),
        Lang::Zh => format!("列，第 {part} 部分（共 {parts} 部分）"),
    }
}

/// The number of a page.
pub(crate) fn page_of(page: usize, pages: usize, lang: Lang) -> String {
    match lang {
        Lang::En => format!("Page {page} of {pages}"),
        Lang::Zh => format!("第 {page} 页，共 {pages} 页"),
    }
}
