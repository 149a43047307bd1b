//! A service that is called for the rows of a table.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray},
    compute::concat_batches,
    datatypes::{Field, Schema, SchemaRef},
};
use futures::TryStreamExt;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tandem_call::{Call, Method};
use tandem_components::{Output, Outputs, refuse};
use tandem_core::{Action, Error, ErrorCode, Result};
use tandem_engine::{Batches, encode};
use tandem_runner::Given;

use super::{effects::Writes, reads::Reads};

/// Calls that one node may make.
const MOST_CALLS: usize = 10_000;

#[derive(Deserialize)]
struct Params {
    service: String,
    #[serde(default)]
    path: String,
    method: Method,
    #[serde(default = "batch")]
    batch: usize,
    #[serde(default)]
    answer: Answer,
}

const fn batch() -> usize {
    500
}

#[derive(Deserialize, Clone, Copy, PartialEq, Default)]
#[serde(rename_all = "snake_case")]
enum Answer {
    #[default]
    Beside,
    Alone,
}

type Row = Map<String, Value>;

impl Writes {
    /// Calls a service, and gives its answers.
    pub(super) async fn call(&self, given: &Given<'_>) -> Result<Outputs> {
        let app = &self.task.app;
        let params: Params = serde_json::from_value(Value::Object(given.params.clone())).map_err(Error::internal)?;
        let table = given.tables.get("table").and_then(|tables| tables.first());
        let sent = match table.filter(|_| params.method != Method::Get) {
            Some(table) => {
                self.may_leave().await?;
                Some(Reads::of(app, given).ordered(table).await?)
            }
            None => None,
        };
        let (schema, batches) = match sent {
            None => {
                let call = self.one(given, &params, None, 0).await?;
                table_of(&answers(&params.service, call)?)?
            }
            Some((schema, batches)) => {
                let rows = objects(schema.clone(), batches.clone()).await?;
                if rows.len() > params.batch.saturating_mul(MOST_CALLS) {
                    return Err(cannot(
                        format!("That would be more than {MOST_CALLS} calls. Send more rows in one, or fewer rows."),
                        format!("调用次数将超过 {MOST_CALLS} 次。请增大每次发送的行数，或减少行数。"),
                    ));
                }
                let (mut found, total) = (Vec::new(), rows.len());
                for (turn, part) in rows.chunks(params.batch).enumerate() {
                    given.watch.progress(given.id, "rows", (turn * params.batch) as u64, Some(total as u64));
                    let body = json!({ "rows": part });
                    let answer = answers(&params.service, self.one(given, &params, Some(&body), turn).await?)?;
                    if params.answer == Answer::Beside && answer.len() != part.len() {
                        let (sent, came) = (part.len(), answer.len());
                        return Err(cannot(
                            format!(
                                "The service answered {came} rows to {sent}. Take the answers as a table of their own."
                            ),
                            format!("发送 {sent} 行，服务返回 {came} 行。请改为“单独成表”。"),
                        ));
                    }
                    found.extend(answer);
                }
                let (answered, answers) = table_of(&found)?;
                match params.answer {
                    Answer::Alone => (answered, answers),
                    Answer::Beside => beside(schema, &batches, answered, &answers)?,
                }
            }
        };
        Ok([("table".to_owned(), Output::Table { schema, batches })].into())
    }

    async fn one(&self, given: &Given<'_>, params: &Params, body: Option<&Value>, turn: usize) -> Result<Value> {
        // Another attempt of the same run makes the same calls.
        let key = format!("{}/{}/{turn}", self.task.run.id, given.id);
        let (service, path) = (params.service.as_str(), params.path.as_str());
        let call = Call { service, path, method: params.method, body, key: &key };
        self.task.app.services.call(call, given.cancel).await
    }

    /// Rows that are sent have left: all that the run reads must be of a kind that this person may take away.
    pub(super) async fn may_leave(&self) -> Result<()> {
        for source in &self.sources {
            self.task.app.require_asset(&self.task.principal, Action::Download, *source).await.map_err(|error| {
                let forbidden = matches!(error.code(), ErrorCode::Forbidden | ErrorCode::NotFound);
                let refused = || {
                    refuse(
                        ErrorCode::Forbidden,
                        "Rows would leave the installation, and you may not download all that this workflow reads. Ask for the right to download it.",
                        "数据将离开本系统，而您对该工作流读取的数据没有全部下载权限。请申请下载权限。",
                    )
                };
                if forbidden { refused() } else { error }
            })?;
        }
        Ok(())
    }
}

fn cannot(en: impl Into<String>, zh: impl Into<String>) -> Error {
    refuse(ErrorCode::InvalidParameter, en, zh)
}

/// Rows as objects named by their columns.
async fn objects(schema: SchemaRef, batches: Vec<RecordBatch>) -> Result<Vec<Value>> {
    let text = encode::encode(Batches::from_vec(schema, batches), encode::Format::Ndjson);
    let text: Vec<u8> = text
        .try_fold(Vec::new(), |mut all, part| async move {
            all.extend_from_slice(&part);
            Ok(all)
        })
        .await?;
    serde_json::Deserializer::from_slice(&text).into_iter().collect::<Result<_, _>>().map_err(Error::internal)
}

/// The rows of an answer.
fn answers(service: &str, answer: Value) -> Result<Vec<Row>> {
    let rows = match answer {
        Value::Object(mut all) if all.get("rows").is_some_and(Value::is_array) => all.remove("rows"),
        other => Some(other),
    };
    let rows = match rows {
        Some(Value::Array(rows)) => rows,
        None | Some(Value::Null) => Vec::new(),
        Some(one) => vec![one],
    };
    let row = |row: Value| match row {
        Value::Object(row) => Ok(row),
        Value::Array(_) => Err(refuse(
            ErrorCode::ServiceFailed,
            format!("The service “{service}” answered with lists in a list. It should answer with objects."),
            format!("服务“{service}”返回了嵌套列表，应返回对象。"),
        )),
        one => Ok([("answer".to_owned(), one)].into_iter().collect()),
    };
    rows.into_iter().map(row).collect()
}

/// A column for each name, in the order in which they come first; of whole numbers, numbers, yes and no, or text.
fn table_of(rows: &[Row]) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    let mut names: Vec<&String> = Vec::new();
    for name in rows.iter().flat_map(Row::keys) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let column = |name: &&String| -> (Field, ArrayRef) {
        let values = || rows.iter().map(|row| row.get(name.as_str()).filter(|value| !value.is_null()));
        let all = |is: fn(&Value) -> bool| values().flatten().all(is);
        let array: ArrayRef = if values().flatten().next().is_none() {
            Arc::new(StringArray::new_null(rows.len()))
        } else if all(Value::is_boolean) {
            Arc::new(values().map(|value| value.and_then(Value::as_bool)).collect::<BooleanArray>())
        } else if all(Value::is_i64) {
            Arc::new(values().map(|value| value.and_then(Value::as_i64)).collect::<Int64Array>())
        } else if all(Value::is_number) {
            Arc::new(values().map(|value| value.and_then(Value::as_f64)).collect::<Float64Array>())
        } else {
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Arc::new(values().map(|value| value.map(text)).collect::<StringArray>())
        };
        (Field::new(name.as_str(), array.data_type().clone(), true), array)
    };
    let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = names.iter().map(column).unzip();
    let schema = Arc::new(Schema::new(fields));
    let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(rows.len()));
    let batch = RecordBatch::try_new_with_options(schema.clone(), arrays, &options).map_err(Error::internal)?;
    Ok((schema, vec![batch]))
}

/// Both side by side; a column of the answer whose name is taken gets another.
fn beside(
    schema: SchemaRef,
    batches: &[RecordBatch],
    answered: SchemaRef,
    answers: &[RecordBatch],
) -> Result<(SchemaRef, Vec<RecordBatch>)> {
    let sent = concat_batches(&schema, batches).map_err(Error::internal)?;
    let came = concat_batches(&answered, answers).map_err(Error::internal)?;
    let mut fields: Vec<Field> = schema.fields().iter().map(|field| field.as_ref().clone()).collect();
    for field in answered.fields() {
        let mut name = field.name().clone();
        while fields.iter().any(|field| *field.name() == name) {
            name.push_str("_answer");
        }
        fields.push(field.as_ref().clone().with_name(name));
    }
    let schema = Arc::new(Schema::new(fields));
    let columns = sent.columns().iter().chain(came.columns()).cloned().collect();
    let batch = RecordBatch::try_new(schema.clone(), columns).map_err(Error::internal)?;
    Ok((schema, vec![batch]))
}
