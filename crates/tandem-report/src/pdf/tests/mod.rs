//! PDF documents, made with the font that ships.

mod any;
mod reader;

use std::{
    path::Path,
    sync::OnceLock,
    time::{Duration, Instant},
};

use tandem_core::{Lang, Text};

use super::{Fonts, render, table::ROWS};
use crate::{Block, Cell, Column, NumberFormat, Report, Section, Table, fixture};

/// The font as the web application's packages have it.
pub(super) fn fonts() -> &'static Fonts {
    static FONTS: OnceLock<Fonts> = OnceLock::new();
    FONTS.get_or_init(|| {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/node_modules/@expo-google-fonts/noto-sans-sc");
        let weight = |name: &str| {
            let path = folder.join(name);
            std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}; run scripts/web install first", path.display()))
        };
        Fonts::new(weight("400Regular/NotoSansSC_400Regular.ttf"), weight("600SemiBold/NotoSansSC_600SemiBold.ttf"))
            .unwrap()
    })
}

/// A report with one table of so many rows.
pub(super) fn long(rows: usize) -> Report {
    let columns = vec![
        Column::text("id", Text::new("Customer", "客户")),
        Column::number("value", Text::new("Value", "价值"), NumberFormat::money(None)).with_bar(),
    ];
    let row = |at: usize| vec![Cell::Raw(format!("customer-{at}")), Cell::Number(at as f64)];
    let table = Table {
        id: "all".into(),
        title: Text::new("Everybody", "所有客户"),
        columns,
        rows: (0..rows).map(row).collect(),
        total_rows: None,
        page_rows: None,
        note: None,
    };
    let mut report = fixture::report();
    report.sections = vec![Section::new("all", Text::new("All", "全部")).block(Block::Table(table))];
    report
}

#[test]
fn the_same_report_gives_the_same_bytes_and_few_of_them() {
    let report = fixture::report();
    for lang in [Lang::En, Lang::Zh] {
        let pdf = render(&report, lang, fonts()).unwrap();
        assert!(pdf.starts_with(b"%PDF-1.7") && pdf.ends_with(b"%%EOF"));
        assert_eq!(pdf, render(&report, lang, fonts()).unwrap());
        assert!(pdf.len() < 200_000, "{} bytes: more than the glyphs that are used?", pdf.len());
    }
    assert_ne!(render(&report, Lang::En, fonts()).unwrap(), render(&report, Lang::Zh, fonts()).unwrap());
}

#[test]
fn a_hundred_thousand_rows_take_bounded_time_and_room() {
    let report = long(100_000);
    let began = Instant::now();
    let pdf = render(&report, Lang::En, fonts()).unwrap();
    // Many times what it takes without optimization on a busy machine, and far below what all rows would take.
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    let part = render(&long(ROWS), Lang::En, fonts()).unwrap();
    assert!(pdf.len() < part.len() + 5_000, "{} bytes, and {} for the rows that are listed", pdf.len(), part.len());
}

#[test]
fn what_is_not_a_font_is_refused() {
    assert!(Fonts::new(&b"not a font"[..], &b""[..]).is_err());
}
