//! The page's own words.

use tandem_core::Lang;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $en:literal, $zh:literal;)+) => {
        $($(#[$doc])* pub(super) const fn $name(lang: Lang) -> &'static str {
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
