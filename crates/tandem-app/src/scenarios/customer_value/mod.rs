//! Customer value: what each customer is worth from here on.
//!
//! The algorithms are in `tandem-science`; here rows are fed to them and their
//! outcome becomes a report.

mod report;
mod settings;
#[cfg(test)]
mod tests;

use serde_json::Value;
use tandem_core::{Cancel, Error, ErrorCode, Progress, Result};
use tandem_science::{
    customer_value,
    transactions::{Cleaner, Roles},
};

use super::{Answer, Manifest, Mapping, Request, params};
use settings::Settings;

/// The scenario's name.
pub const NAME: &str = "customer-value";

const MANIFEST: &str = include_str!("../../../../../scenarios/customer-value/manifest.json");
const WORDS: &str = include_str!("../../../../../scenarios/customer-value/words.json");

/// Its signature.
///
/// # Errors
/// `internal` where the pack is malformed, which the tests rule out.
pub fn manifest() -> Result<Manifest> {
    Manifest::parse(MANIFEST)
}

/// Reads the rows, values the customers and writes the report.
///
/// # Errors
/// See [`super::run`].
pub fn run(request: Request<'_>, progress: &dyn Progress, cancel: &Cancel) -> Result<Answer> {
    let manifest = manifest()?;
    let settled = params::settle(&manifest, &request.params)?;
    let settings = Settings::read(&settled, request.seed)?;
    let mut cleaner = Cleaner::new(roles(&request.mapping)?, settings.cleaning);
    let mut read = 0;
    progress.report("clean", 0, request.row_count);
    for batch in &mut *request.rows {
        cancel.check()?;
        let batch = batch?;
        cleaner.update(&batch)?;
        read += batch.num_rows() as u64;
        progress.report("clean", read, request.row_count);
    }
    let rejected = request.rows.rejected();
    let transactions = cleaner.finish()?;
    let outcome = customer_value::run(&transactions, &settings.params, progress, cancel)?;
    let result = result(&outcome.summary, &request.mapping, rejected)?;
    progress.report("report", 0, None);
    let report = report::build(&report::Inputs {
        outcome: &outcome,
        manifest: &manifest,
        settled: &settled,
        mapping: &request.mapping,
        made: &request.made,
        currency: settings.currency.as_deref(),
        rejected,
    })?;
    Ok(Answer { result, report, table: outcome.customers })
}

fn roles(mapping: &Mapping) -> Result<Roles> {
    let column = |role: &str| mapping.get(role).map(str::to_owned);
    let needed = |role: &str| {
        column(role).ok_or_else(|| {
            Error::new(
                ErrorCode::InvalidParameter,
                format!("No column was named for “{role}”; name one and run again."),
            )
        })
    };
    Ok(Roles {
        customer: needed("customer")?,
        time: needed("time")?,
        amount: column("amount"),
        quantity: column("amount").and(column("quantity")),
    })
}

/// The figures, with what they were made of in front.
fn result(summary: &customer_value::Summary, mapping: &Mapping, rejected: u64) -> Result<Value> {
    let mut value = serde_json::json!({ "scenario": NAME, "mapping": mapping, "rejected_rows": rejected });
    let figures = serde_json::to_value(summary).map_err(Error::internal)?;
    if let (Value::Object(all), Value::Object(figures)) = (&mut value, figures) {
        all.extend(figures);
    }
    Ok(value)
}
