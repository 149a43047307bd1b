//! Sniffs and reads a file, and says what came of it: `read FILE`.
#![expect(clippy::print_stdout, reason = "an example")]

use std::{path::Path, time::Instant};

use tandem_ingest::{Context, ImportOptions, open, sniff};

fn main() -> tandem_core::Result<()> {
    let Some(path) = std::env::args().nth(1) else {
        println!("usage: read FILE");
        return Ok(());
    };
    let path = Path::new(&path);
    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let start = Instant::now();
    let sniffed = sniff(path, &name, &ImportOptions::default())?;
    let looked = start.elapsed();
    let (mut rows, mut rejected) = (0, 0);
    for chunk in open(path, &sniffed.options, &Context::default())? {
        let chunk = chunk?;
        rows += chunk.batch.num_rows();
        for reject in chunk.rejects.iter().take(10usize.saturating_sub(rejected)) {
            println!("rejected: {reject:?}");
        }
        rejected += chunk.rejects.len();
    }
    for column in &sniffed.columns {
        println!("{}: {} {:?}", column.name, column.column_type, column.samples);
    }
    for warning in &sniffed.warnings {
        println!("warning: {}", warning.message);
    }
    println!("{rows} rows, {rejected} rejected; sniffed in {looked:.2?}, all in {:.2?}", start.elapsed());
    Ok(())
}
