//! Mail that a workflow sends on its way.

use futures::TryStreamExt;
use serde::Deserialize;
use serde_json::Value;
use tandem_components::{Outputs, refuse, sql::ident};
use tandem_core::{Error, ErrorCode, Lang, Result, Text};
use tandem_engine::encode;
use tandem_report::{FileFormat, Provenance, Report, SCHEMA_VERSION, Section};
use tandem_runner::Given;

use super::{effects::Writes, reads::Reads};
use crate::{
    mail::{self, Attachment, Letter},
    runs::scenario::ENGINE,
};

#[derive(Deserialize)]
struct Params {
    #[serde(default)]
    to: Vec<String>,
    subject: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    when: When,
    #[serde(default)]
    attach: Attach,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Default)]
#[serde(rename_all = "snake_case")]
enum When {
    #[default]
    Always,
    Rows,
    NoRows,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Default)]
#[serde(rename_all = "snake_case")]
enum Attach {
    #[default]
    Nothing,
    Xlsx,
    Csv,
}

impl Attach {
    const fn format(self) -> Option<encode::Format> {
        match self {
            Self::Nothing => None,
            Self::Xlsx => Some(encode::Format::Xlsx),
            Self::Csv => Some(encode::Format::CsvForSpreadsheets),
        }
    }
}

impl Writes {
    /// Sends a message, where its condition is met.
    pub(super) async fn notify(&self, given: &Given<'_>) -> Result<Outputs> {
        let (app, principal) = (&self.task.app, &self.task.principal);
        let params: Params = serde_json::from_value(Value::Object(given.params.clone())).map_err(Error::internal)?;
        let table = given.tables.get("table").and_then(|tables| tables.first());
        let reads = Reads::of(app, given);
        let rows = match table {
            Some(table) => Some(reads.count(table).await?),
            None if params.when == When::Always => None,
            None => {
                return Err(refuse(
                    ErrorCode::InvalidParameter,
                    "Connect the table whose rows decide whether it is sent, or send always.",
                    "请接入用于判断的表，或改为总是发送。",
                ));
            }
        };
        let met = match params.when {
            When::Always => true,
            When::Rows => rows.is_some_and(|rows| rows > 0),
            When::NoRows => rows == Some(0),
        };
        if !met {
            return Ok(Outputs::new());
        }
        let reports = given.reports.get("reports").map_or(&[][..], Vec::as_slice);
        let format = table.and(params.attach.format());
        if format.is_some() || !reports.is_empty() {
            self.may_leave().await?;
        }
        let mut attachments = Vec::new();
        if let Some((table, format)) = table.zip(format) {
            let stream =
                app.engine.query(&reads.plan, &format!("SELECT * FROM {}", ident(table)), given.cancel).await?;
            let most = app.mail.as_ref().map_or(0, |sender| sender.config().max_bytes);
            let bytes =
                encode::encode(stream.into_batches(), format).try_fold(Vec::new(), |mut all, part| async move {
                    // Beyond the limit it is refused anyway.
                    if all.len() as u64 <= most {
                        all.extend_from_slice(&part);
                    }
                    Ok(all)
                });
            attachments.push(file(&format!("{}.{}", given.id, format.extension()), format.media_type(), bytes.await?));
        }
        let lang = self.lang().await?;
        if !reports.is_empty() {
            let format = FileFormat::Html;
            let made = app.report_file(self.report(reports), format, lang).await?;
            attachments.push(file(&format!("{}.{}", given.id, format.extension()), format.media_type(), made));
        }
        let value = given.values.get("value").and_then(|values| values.first());
        let fill = |text: &str| filled(text, rows, value);
        let to = if params.to.is_empty() { vec![self.own_address().await?] } else { params.to.clone() };
        let letter = Letter {
            id: format!(
                "{}-{}",
                self.task.run.id,
                given.id.as_str().replace(|c: char| !c.is_ascii_alphanumeric(), "-")
            ),
            to,
            subject: fill(&params.subject).replace(['\r', '\n'], " "),
            text: fill(&params.text),
            attachments,
        };
        mail::send(app, principal.org, letter).await?;
        Ok(Outputs::new())
    }

    async fn own_address(&self) -> Result<String> {
        let account = self.task.app.meta.read().await?.account(self.task.principal.user).await?;
        Ok(account.ok_or_else(|| Error::not_found("account"))?.email)
    }

    /// The language of whoever runs the workflow.
    async fn lang(&self) -> Result<Lang> {
        let account = self.task.app.meta.read().await?.account(self.task.principal.user).await?;
        Ok(account.map_or(Lang::En, |account| account.lang))
    }

    fn report(&self, sections: &[Section]) -> Report {
        let same = |text: &str| Text::new(text, text);
        Report {
            schema_version: SCHEMA_VERSION,
            scenario: "workflow".to_owned(),
            title: same(&self.origin),
            subtitle: same(""),
            created_at: self.task.app.clock.now(),
            answer: same(""),
            headline: Vec::new(),
            warnings: Vec::new(),
            sections: sections.to_vec(),
            provenance: Provenance {
                run: Some(self.task.run.id),
                inputs: Vec::new(),
                params: Vec::new(),
                engine: ENGINE.to_owned(),
                seed: u64::try_from(self.task.run.seed).unwrap_or_default(),
                digest: None,
            },
        }
    }
}

fn file(name: &str, media_type: &str, bytes: Vec<u8>) -> Attachment {
    Attachment { name: name.to_owned(), media_type: media_type.to_owned(), bytes }
}

/// `{rows}` and `{value}` replaced by what they stand for; what isn't there stays as it was written.
fn filled(text: &str, rows: Option<u64>, value: Option<&Value>) -> String {
    let mut text = text.to_owned();
    if let Some(value) = value {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text = text.replace("{value}", &value);
    }
    match rows {
        Some(rows) => text.replace("{rows}", &rows.to_string()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::filled;

    #[test]
    fn what_stands_for_rows_and_values_is_replaced_where_it_is_known() {
        assert_eq!(filled("{rows} rows of {value}", Some(3), Some(&json!("上海"))), "3 rows of 上海");
        assert_eq!(filled("{rows} rows of {value}", None, Some(&json!(2.5))), "{rows} rows of 2.5");
        assert_eq!(filled("{rows} {value}", Some(0), None), "0 {value}");
    }
}
