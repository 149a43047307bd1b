//! SQL components: parameters are values and names, never pieces of the statement.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tandem_components::{Ask, Component, Table};
use tandem_core::ErrorCode;
use tandem_engine::{AccessPlan, TableAccess, TableRef, TableSource};
use tandem_flow::{Column, ColumnKind, Signature};

use crate::support::Bench;

fn component(sql: &str) -> Component {
    let words = json!({"en": "W", "zh-CN": "字"});
    let port = |name: &str| json!({"name": name, "kind": "table", "label": words});
    let param = |schema: Value| {
        let mut schema = schema;
        schema["x-label"] = words.clone();
        schema
    };
    let json = json!({"name": "own", "version": 1, "kind": "sql", "category": "own", "evaluation": "lazy", "seeded": false,
    "title": words, "summary": words, "sql": sql, "inputs": [port("orders"), port("cities")], "outputs": [port("table")],
    "params": {"type": "object", "properties": {
        "by": param(json!({"type": "string", "x-column": {"port": "orders"}})),
        "all": param(json!({"type": "array", "items": {"type": "string"}, "x-column": {"port": "orders", "many": true}})),
        "city": param(json!({"type": "string"})),
        "some": param(json!({"type": "array", "items": {"type": "string"}})),
        "least": param(json!({"type": "number"})),
        "yes": param(json!({"type": "boolean"})),
    }}});
    Component::of_template(&Signature::parse(&json.to_string()).unwrap()).unwrap()
}

/// The rows of the statement over two orders and one city.
async fn rows(sql: &str, params: Value) -> Result<Vec<String>, tandem_core::Error> {
    let bench = Bench::new();
    let params: Map<String, Value> = serde_json::from_value(params).unwrap();
    let mut plan = AccessPlan::new("test");
    let mut inputs = BTreeMap::new();
    for (port, text) in [
        ("orders", "SELECT 'it''s' AS city, 1 AS \"a \"\"b\" UNION ALL SELECT 'x', 2"),
        ("cities", "SELECT 'x' AS city"),
    ] {
        let (batches, _) =
            bench.engine.query(&AccessPlan::new("make"), text, &tandem_core::Cancel::new()).await?.collect().await?;
        let schema = batches[0].schema();
        let name = format!("n.{port}");
        let columns =
            schema.fields().iter().map(|field| Column::new(field.name().as_str(), ColumnKind::Text)).collect();
        plan = plan.with_table(TableRef::latest(&name), TableAccess::full(TableSource::Memory { schema, batches }));
        inputs.insert(port.to_owned(), vec![Table { name, columns }]);
    }
    let text = component(sql).text("table", &Ask { params: &params, inputs: &inputs, seed: 0 }, &[])?;
    let (batches, _) = bench.engine.query(&plan, &text, &tandem_core::Cancel::new()).await?.collect().await?;
    let mut rows: Vec<String> = crate::support::lines(&batches);
    rows.sort();
    Ok(rows)
}

#[tokio::test]
async fn parameters_are_literals_and_names() {
    let same = async |sql: &str, params: Value, expected: &[&str]| {
        assert_eq!(rows(sql, params).await.unwrap(), expected, "{sql}")
    };
    same("SELECT {{by}} FROM orders -- that was all", json!({"by": "a \"b"}), &["1", "2"]).await;
    same(
        "SELECT {{all}} FROM orders WHERE city = {{city}};",
        json!({"all": ["city", "a \"b"], "city": "it's"}),
        &["it's | 1"],
    )
    .await;
    same("SELECT o.city FROM orders o JOIN cities c ON o.city = c.city", json!({}), &["x"]).await;
    same("SELECT city FROM orders WHERE city IN ({{some}})", json!({"some": ["x", "y"]}), &["x"]).await;
    same("SELECT city FROM orders WHERE city IN ({{some}})", json!({"some": []}), &[]).await;
    same(
        "SELECT 1 AS n FROM cities WHERE {{yes}} AND {{least}} < 1.5 AND {{city}} IS NULL",
        json!({"yes": true, "least": 1.25}),
        &["1"],
    )
    .await;
    // A value that looks like SQL is a value, and a name that does is a name.
    same("SELECT {{city}} AS c FROM cities", json!({"city": "' || (SELECT 1) || '"}), &["' || (SELECT 1) || '"]).await;
    let error = rows("SELECT {{by}} FROM orders", json!({"by": "city\" FROM cities; --"})).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::UnknownColumn);
}

#[tokio::test]
async fn nothing_but_what_is_connected_can_be_read() {
    for sql in ["SELECT * FROM \"n.orders\" JOIN secrets USING (city)", "SELECT * FROM read_csv('/etc/passwd')"] {
        let error = rows(sql, json!({})).await.unwrap_err();
        assert!(
            matches!(error.code(), ErrorCode::UnknownTable | ErrorCode::InvalidSql | ErrorCode::SqlNotAllowed),
            "{error:?}"
        );
    }
}
