//! Splitting and reading records, against a reading of one character at a time.

use std::io::Cursor;

use proptest::prelude::*;

use super::{
    records::{Dialect, Records, scan_records},
    split::Splitter,
};
use crate::{options::Delimiter, reject::RejectCode};

const COMMA: Dialect = Dialect { delimiter: Delimiter::Byte(b','), quote: Some(b'"') };
const BLANKS: Dialect = Dialect { delimiter: Delimiter::Whitespace, quote: None };

/// The fields of every record as RFC 4180 reads them, slowly; none where a
/// quote is never closed.
fn slowly(text: &str) -> Option<Vec<Vec<String>>> {
    let mut records = Vec::new();
    let (mut record, mut field) = (Vec::new(), String::new());
    let mut rest = text.chars().peekable();
    let (mut at_start, mut stray) = (true, false);
    while let Some(c) = rest.next() {
        match c {
            '"' if at_start => {
                at_start = false;
                loop {
                    match rest.next()? {
                        '"' if rest.peek() == Some(&'"') => field.push(rest.next()?),
                        '"' => break,
                        c => field.push(c),
                    }
                }
                let line_end = rest.peek() == Some(&'\r') && rest.clone().nth(1) == Some('\n');
                stray |= !line_end && !matches!(rest.peek(), None | Some(',' | '\n'));
            }
            ',' => {
                record.push(std::mem::take(&mut field));
                at_start = true;
            }
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' => {
                record.push(std::mem::take(&mut field));
                records.push(if stray { vec!["stray".into()] } else { std::mem::take(&mut record) });
                record.clear();
                (at_start, stray) = (true, false);
            }
            c => {
                field.push(c);
                at_start = false;
            }
        }
    }
    Some(records)
}

/// The fields of every record of whole records.
fn quickly(text: &str, dialect: Dialect) -> Vec<Vec<String>> {
    let mut cells = Vec::new();
    let mut records = Vec::new();
    scan_records(text.as_bytes(), dialect, true, &mut cells, |cells, record| {
        let fields = cells[record.first..].iter().map(|c| {
            let raw = &text[c.range()];
            if c.is_escaped() { raw.replace("\"\"", "\"") } else { raw.to_owned() }
        });
        records.push(if record.stray { vec!["stray".into()] } else { fields.collect() });
        cells.clear();
    });
    records
}

fn blocks(text: &str, dialect: Dialect, block: usize, limit: usize) -> Vec<(String, Option<RejectCode>)> {
    let mut splitter = Splitter::new(Cursor::new(text.as_bytes().to_vec()), dialect, block, limit);
    let mut blocks = Vec::new();
    while let Some(block) = splitter.next_block().unwrap() {
        blocks.push((String::from_utf8(block.bytes).unwrap(), block.fault));
    }
    blocks
}

/// What every block comes to.
fn split_records(text: &str, block: usize) -> Vec<Vec<String>> {
    let read = |(bytes, fault): (String, Option<RejectCode>)| match fault {
        None => quickly(&bytes, COMMA),
        Some(code) => vec![vec![format!("{code:?}"), bytes]],
    };
    blocks(text, COMMA, block, 1 << 20).into_iter().flat_map(read).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn records_are_read_as_slowly(text in "[ab,\"\r\n]{0,60}\n") {
        if let Some(expected) = slowly(&text) {
            // Where a record is stray only that matters.
            prop_assert_eq!(quickly(&text, COMMA), expected);
        }
    }

    #[test]
    fn records_are_the_same_at_every_block_size(text in "[ab,\"\"\r\n]{0,60}\n?") {
        let whole = split_records(&text, 1 << 10);
        for block in 1..=text.len() + 1 {
            prop_assert_eq!(&split_records(&text, block), &whole, "block of {}", block);
        }
    }

    #[test]
    fn no_byte_is_lost(text in "[ab,\"\"\r\n]{1,80}", block in 1usize..20) {
        let mut rebuilt = String::new();
        for (bytes, fault) in blocks(&text, COMMA, block, 1 << 20) {
            rebuilt.push_str(&bytes);
            if fault.is_some() {
                rebuilt.push('\n');
            }
        }
        let ended = if text.ends_with('\n') { text.clone() } else { format!("{text}\n") };
        prop_assert_eq!(rebuilt, ended);
    }

    #[test]
    fn aligned_fields_are_words(text in "[ab \t\r\n]{0,60}\n") {
        let expected: Vec<Vec<String>> = text
            .split('\n')
            .map(|line| line.split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>())
            .filter(|words| !words.is_empty())
            .collect();
        prop_assert_eq!(quickly(&text, BLANKS), expected);
    }

    #[test]
    fn every_record_is_a_row_or_a_fault(text in "[ab,\"\r\n]{0,80}\n", width in 1usize..4) {
        prop_assume!(slowly(&text).is_some());
        let records = Records::read(text.as_bytes(), COMMA, width, 1 << 20);
        prop_assert_eq!(records.cells.len(), records.spans.len() * width);
        let mut all = 0;
        scan_records(text.as_bytes(), COMMA, width == 1, &mut Vec::new(), |cells, _| {
            cells.clear();
            all += 1;
        });
        prop_assert_eq!(records.spans.len() + records.faults.len(), all);
    }
}

#[test]
fn a_quote_never_closed_costs_its_line_alone() {
    let text = "a,b\n1,\"x\n2,y\n3,z\n";
    for block in [1, 4, 100] {
        let found = split_records(text, block);
        assert_eq!(found, [vec!["a", "b"], vec!["UnclosedQuote", "1,\"x"], vec!["2", "y"], vec!["3", "z"]]);
    }
}

#[test]
fn an_endless_line_is_passed_over_without_being_held() {
    let long = "x".repeat(1 << 20);
    let found = blocks(&format!("a\n{long}\nb\n{long}"), COMMA, 1 << 10, 1 << 14);
    let short: Vec<_> = found.iter().map(|(b, f)| (b.len().min(3000), *f)).collect();
    assert_eq!(
        short,
        [(2, None), (2048, Some(RejectCode::RecordTooLong)), (2, None), (2048, Some(RejectCode::RecordTooLong))]
    );
}

#[test]
fn header_and_lines_are_passed_over() {
    let start = |text: &str, lines: u32| {
        let mut splitter = Splitter::new(Cursor::new(text.as_bytes().to_vec()), COMMA, 3, 1 << 10);
        splitter.skip_lines(lines).unwrap();
        let skipped = splitter.skip_record().unwrap();
        let rest = splitter.next_block().unwrap().map(|b| String::from_utf8(b.bytes).unwrap());
        (skipped, rest)
    };
    assert_eq!(start("a,b\n1,2\n", 0), (1, Some("1,2\n".into())));
    assert_eq!(start("title\n\n\r\n\"a\nx\",\"b\"\"\"\n1,2\n", 1), (4, Some("1,2\n".into())));
    assert_eq!(start("a\"\"b,c\n1,2\n", 0), (1, Some("1,2\n".into())));
    assert_eq!(start("\"a,b\n1,2\n", 0), (1, Some("1,2\n".into())));
    assert_eq!(start("a,b", 0), (1, None));
}
