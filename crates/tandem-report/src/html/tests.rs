use tandem_core::Lang;

use super::render;
use crate::{Report, fixture};

#[test]
fn hostile_words_stay_words() {
    for lang in [Lang::En, Lang::Zh] {
        let page = render(&fixture::report(), lang);
        assert!(!page.contains("<script"));
        assert!(!page.contains('\u{202E}') && !page.contains('\u{0}'));
        assert!(page.contains("&lt;script&gt;alert(&#39;1&#39;)"));
    }
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let page = render(&fixture::report(), Lang::En);
    for reference in [" src=", "url(", "@import", "<link", "<iframe", "onload", "javascript:"] {
        assert!(!page.contains(reference), "{reference}");
    }
    // Links stay inside the page.
    assert!(page.split("href=\"").skip(1).all(|rest| rest.starts_with('#')));
}

#[test]
fn ids_are_unique() {
    let page = render(&fixture::report(), Lang::Zh);
    let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn the_language_is_said_and_the_same_report_gives_the_same_bytes() {
    let report = fixture::report();
    let (en, zh) = (render(&report, Lang::En), render(&report, Lang::Zh));
    assert!(en.contains("<html lang=\"en\">") && en.contains("95% interval <span>€1,000 – €1,500</span>"));
    assert!(zh.contains("<html lang=\"zh-CN\">") && zh.contains("95%区间") && zh.contains("重要价值客户"));
    assert_eq!(en, render(&report, Lang::En));
}

#[test]
fn the_document_survives_json() {
    let mut report = fixture::report();
    assert!(report.to_json().is_err(), "NaN has no JSON, and that is said when writing, not when reading");
    report.sections[0].blocks.retain(|b| !format!("{b:?}").contains("NaN"));
    let json = report.to_json().unwrap();
    assert_eq!(Report::from_json(&json).unwrap(), report);
    assert!(Report::from_json(b"{}").is_err());
}
