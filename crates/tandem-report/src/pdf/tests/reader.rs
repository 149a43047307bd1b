//! What a reader of somebody else's making finds in a document.
//!
//! Runs with the Python that `TANDEM_TEST_PYTHON` names, in which it is
//! installed; without that the test says so and passes.

use std::process::Command;

use serde_json::Value;
use tandem_core::Lang;

use super::{super::render, fonts, long};
use crate::{Report, fixture};

const SCRIPT: &str = r#"
import json, sys
from pypdf import PdfReader
reader = PdfReader(sys.argv[1], strict=True)
root = reader.trailer["/Root"]
def outline(items):
    return [outline(i) if isinstance(i, list) else [i.title, reader.get_destination_page_number(i)] for i in items]
links = []
for page in reader.pages:
    for link in page.get("/Annots", []):
        action = link.get_object()["/A"]
        links.append(str(action.get("/URI", action["/S"])))
fonts = []
for font in reader.pages[0]["/Resources"]["/Font"].values():
    kin = font.get_object()["/DescendantFonts"][0].get_object()
    fonts.append(len(kin["/FontDescriptor"]["/FontFile2"].get_data()))
print(json.dumps({
    "pages": [page.extract_text() for page in reader.pages],
    "size": [float(v) for v in reader.pages[0].mediabox[2:]],
    "outline": outline(reader.outline), "links": links, "fonts": fonts,
    "title": reader.metadata.title, "made": str(reader.metadata.creation_date), "lang": str(root["/Lang"]),
    "tagged": bool(root["/MarkInfo"]["/Marked"]),
    "language": reader.xmp_metadata.dc_language,
}))
"#;

fn read(report: &Report, lang: Lang) -> Option<Value> {
    let Ok(python) = std::env::var("TANDEM_TEST_PYTHON") else {
        eprintln!("skipped: TANDEM_TEST_PYTHON names no Python with pypdf");
        return None;
    };
    let folder = std::env::temp_dir().join(format!("tandem-pdf-{}-{}", std::process::id(), lang.tag()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("report.pdf");
    std::fs::write(&path, render(report, lang, fonts()).unwrap()).unwrap();
    let out = Command::new(python).arg("-c").arg(SCRIPT).arg(&path).output().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(out.stderr.is_empty(), "the reader complains: {}", String::from_utf8_lossy(&out.stderr));
    Some(serde_json::from_slice(&out.stdout).unwrap())
}

/// All words, without the blanks and line ends between them.
fn text(read: &Value) -> String {
    let pages = read["pages"].as_array().unwrap().iter().map(|page| page.as_str().unwrap());
    pages.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn a_reader_finds_the_words_the_outline_and_the_language() {
    for (lang, sections, words) in [
        (
            Lang::En,
            ["Charts", "Tables", "What to do", "How this was made"],
            [
                "Customervalue",
                "€1,234",
                "95%interval€1,000–€1,500",
                "Scenarioreport",
                "Made5Mar2024,08:26UTC",
                "Howtotellitworked:Theystay.",
                "1of2,357rowsarelistedhere.",
                "Page1of",
            ],
        ),
        (
            Lang::Zh,
            ["图表", "表格", "怎么做", "结果从何而来"],
            [
                "客户价值",
                "€1,234",
                "95%区间€1,000–€1,500",
                "场景报告",
                "生成于2024年3月5日08:26（UTC）",
                "如何判断有效：留存。",
                "此处列出2,357行中的前1行。",
                "第1页，共",
            ],
        ),
    ] {
        let report = fixture::report();
        let Some(read) = read(&report, lang) else { return };
        let text = text(&read);
        for words in words {
            assert!(text.contains(words), "{words} is not in {text}");
        }
        // Words of pictures are words, too.
        assert!(text.contains(if lang == Lang::En { "Customers" } else { "客户数" }));
        let tops: Vec<&str> = read["outline"].as_array().unwrap().iter().filter_map(|mark| mark[0].as_str()).collect();
        assert_eq!(tops, sections);
        assert_eq!(read["outline"][1].as_array().unwrap().len(), 14, "the charts stand below their section");
        assert_eq!((read["lang"].as_str(), read["tagged"].as_bool()), (Some(lang.tag()), Some(true)));
        assert_eq!(read["title"], report.title.get(lang));
        assert!(read["made"].as_str().unwrap().starts_with("2024-03-05 08:26:00"));
        assert_eq!(read["size"], serde_json::json!([595.28, 841.89]));
        assert_eq!(read["links"].as_array().unwrap().len(), 4, "one to each section");
        for font in read["fonts"].as_array().unwrap() {
            assert!(font.as_u64().unwrap() < 120_000, "a font of {font} bytes is more than what is used");
        }
    }
}

#[test]
fn a_long_table_says_what_is_left_out_and_repeats_its_head() {
    let Some(read) = read(&long(1_200), Lang::En) else { return };
    let pages: Vec<&str> = read["pages"].as_array().unwrap().iter().map(|page| page.as_str().unwrap()).collect();
    assert!(pages.len() > 5);
    let all = text(&read);
    assert!(all.contains("customer-0") && all.contains("customer-499") && !all.contains("customer-500"));
    assert!(all.contains("500of1,200rowsarelistedhere."));
    for page in &pages[1..pages.len() - 1] {
        assert!(page.contains("Customer\n") || page.contains("Customer "), "no head on {page}");
    }
    for (number, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("Page {} of {}", number + 1, pages.len())));
    }
}
