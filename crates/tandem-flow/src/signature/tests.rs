use serde_json::{Value, json};
use tandem_core::{ErrorCode, Lang};

use super::*;

/// A component with all that a signature can have.
pub(crate) fn group() -> Value {
    let words = |en: &str, zh: &str| json!({"en": en, "zh-CN": zh});
    json!({
        "name": "group", "version": 2, "kind": "builtin", "category": "shape", "evaluation": "heavy", "seeded": false,
        "title": words("Group", "分组汇总"),
        "summary": words("One row a group, with totals.", "每组一行，附汇总值。"),
        "help": words("Rows without a value in a group column form a group of their own.", "分组列为空的行单独成组。"),
        "inputs": [{
            "name": "table", "kind": "table", "label": words("Table", "表"),
            "columns": [{"name": "id", "accepts": ["integer"]}],
            "roles": [{"name": "customer", "label": words("Customer", "客户"), "help": words("Who bought.", "谁买的。"),
                       "required": true, "accepts": ["text", "integer"]}]
        }],
        "params": {
            "type": "object", "required": ["by"],
            "properties": {
                "by": {"type": "array", "items": {"type": "string"}, "minItems": 1,
                       "x-column": {"port": "table", "many": true}, "x-label": words("Group by", "分组列")},
                "function": {"type": "string", "enum": ["sum", "mean"], "default": "sum", "x-label": words("Function", "汇总方式"),
                             "x-enum-labels": {"sum": words("Sum", "求和"), "mean": words("Mean", "平均")}},
                "top": {"type": "integer", "minimum": 1, "x-label": words("Only the first", "只取前几组"),
                        "x-when": {"param": "function", "in": ["sum"]}}
            }
        },
        "outputs": [{"name": "table", "kind": "table", "label": words("Groups", "分组结果")}],
        "example": {
            "title": words("Rows a city", "每个城市的行数"),
            "inputs": {"table": [{"columns": [{"name": "id", "kind": "integer"}, {"name": "city", "kind": "text"}],
                                  "rows": [[1, "上海"], [2, "a|b"]]}]},
            "params": {"by": ["city"], "customer": "id"},
            "outputs": {"table": {"columns": [{"name": "city", "kind": "text"}], "rows": [["上海"], [null]]}}
        }
    })
}

fn read(value: &Value) -> Result<Signature> {
    Signature::parse(&value.to_string())
}

/// Where the flaws of the signature are after a change of it.
fn flawed(pointer: &str, value: Value) -> Vec<String> {
    let mut changed = group();
    *changed.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = value;
    let signature: Signature = serde_json::from_value(changed).unwrap();
    flaws(&signature).into_iter().map(|flaw| flaw.at).collect()
}

#[test]
fn a_signature_is_read_and_written() {
    let signature = read(&group()).unwrap();
    assert_eq!(signature.id(), "group@2");
    assert_eq!(flaws(&signature), []);
    assert_eq!(untranslated(&signature), Vec::<String>::new());
    let again: Signature = serde_json::from_str(&serde_json::to_string(&signature).unwrap()).unwrap();
    assert_eq!(again, signature);
}

#[test]
fn a_role_is_a_parameter() {
    let schema = read(&group()).unwrap().schema();
    let schema = crate::params::Schema::new(&schema);
    assert_eq!(schema.properties().map(|(name, _)| name).collect::<Vec<_>>(), ["customer", "by", "function", "top"]);
    assert!(schema.requires("customer") && schema.requires("by") && !schema.requires("top"));
    assert_eq!(schema.property("customer").and_then(|s| s.column()).unwrap().port, "table");
}

#[test]
fn every_flaw_is_found_where_it_is() {
    let cases = [
        ("/name", json!("Group By"), "name"),
        ("/version", json!(0), "version"),
        ("/inputs/0/name", json!("The Table"), "inputs.The Table"),
        ("/outputs/0/kind", json!("model"), "evaluation"),
        ("/kind", json!("python"), "evaluation"),
        ("/evaluation", json!("stored"), "evaluation"),
        ("/inputs/0/roles/0/name", json!("by"), "inputs.table.roles.by"),
        ("/params/type", json!("array"), "params"),
        ("/params/required", json!(["bye"]), "params.required"),
        ("/params/properties/by/type", json!("string"), "params.by"),
        ("/params/properties/by/x-column/port", json!("rows"), "params.by"),
        ("/params/properties/by/x-column", json!({"port": "table", "kinds": ["words"]}), "params.by"),
        ("/params/properties/function/default", json!("max"), "params.function.default"),
        ("/params/properties/function/type", json!("words"), "params.function"),
        ("/params/properties/top/x-when/param", json!("method"), "params.top"),
        ("/params/properties/top", json!({"type": "integer", "x-lable": "?"}), "params.top"),
        ("/params/properties/top", json!({"type": "string", "pattern": "("}), "params.top"),
        ("/params/properties/top", json!({"type": "array"}), "params.top"),
        ("/example/params/by", json!(["town"]), "example.params.by[0]"),
        ("/example/outputs/table/rows", json!([[1, 2]]), "example.outputs.table"),
        ("/example/inputs", json!({"rows": []}), "example.inputs"),
        ("/example/outputs", json!({"rows": {"columns": [], "rows": []}}), "example.outputs"),
    ];
    for (pointer, value, at) in cases {
        let found = flawed(pointer, value.clone());
        assert!(found.iter().any(|found| found == at), "{pointer} = {value}: {found:?}");
    }
    let mut outputs = group();
    outputs["outputs"][0]["many"] = json!(true);
    assert_eq!(read(&outputs).unwrap_err().code(), ErrorCode::InvalidRequest);
    outputs["outputs"][0] = json!({"name": "x", "kind": "value", "label": {"en": "x", "zh-CN": "x"}, "roles": [
        {"name": "r", "label": {"en": "x", "zh-CN": "x"}, "required": true}]});
    assert!(read(&outputs).is_err());
}

#[test]
fn words_that_are_missing_in_a_language_are_found() {
    let missing = |pointer: &str, value: Value| {
        let mut changed = group();
        *changed.pointer_mut(pointer).unwrap() = value;
        untranslated(&serde_json::from_value(changed).unwrap())
    };
    assert_eq!(missing("/title/zh-CN", json!("")), ["title"]);
    assert_eq!(missing("/summary/zh-CN", json!("One row a group, with totals.")), ["summary"]);
    assert_eq!(missing("/summary/en", json!("每组一行")), ["summary"]);
    assert_eq!(missing("/params/properties/function/x-enum-labels", json!({})).len(), 2);
    assert_eq!(missing("/params/properties/by/x-label", json!({"en": "By"})), ["params.by.x-label"]);
    assert_eq!(missing("/title/zh-CN", json!("PCA")), Vec::<String>::new());
}

#[test]
fn the_page_has_every_parameter_and_the_example_in_its_language() {
    let signature = read(&group()).unwrap();
    let (en, zh) = (page(&signature, Lang::En), page(&signature, Lang::Zh));
    for part in
        ["# Group", "## Inputs", "| `by` | Group by | columns of `table` |  |", "`sum` Sum · `mean` Mean", "a\\|b"]
    {
        assert!(en.contains(part), "{part} is not in:\n{en}");
    }
    for part in ["# 分组汇总", "## 参数", "`sum` 求和", "整数 ≥ 1", "| 上海 |"] {
        assert!(zh.contains(part), "{part} is not in:\n{zh}");
    }
}

#[test]
fn the_call_is_described_as_plain_json_schema() {
    let schema = call_schema(&read(&group()).unwrap(), Lang::Zh);
    assert_eq!(schema["required"], json!(["inputs"]));
    assert_eq!(schema["properties"]["inputs"]["required"], json!(["table"]));
    assert_eq!(schema["properties"]["params"]["properties"]["by"]["title"], "分组列");
    assert_eq!(schema["properties"]["params"]["required"], json!(["customer", "by"]));
    let many = json!({"name": "union", "version": 1, "kind": "builtin", "category": "shape", "evaluation": "lazy",
        "title": {"en": "U", "zh-CN": "并"}, "summary": {"en": "U", "zh-CN": "并"},
        "inputs": [{"name": "tables", "kind": "table", "many": true, "label": {"en": "T", "zh-CN": "表"}}]});
    let schema = call_schema(&read(&many).unwrap(), Lang::En);
    assert_eq!(schema["properties"]["inputs"]["properties"]["tables"]["type"], "array");
}

#[test]
fn a_statement_names_what_is_declared() {
    let with = |sql: Value, change: &dyn Fn(&mut Value)| {
        let mut sum = json!({"name": "best", "version": 1, "kind": "sql", "category": "own", "evaluation": "heavy", "seeded": false,
            "title": {"en": "B", "zh-CN": "最"}, "summary": {"en": "B", "zh-CN": "最"}, "sql": sql,
            "inputs": [{"name": "orders", "kind": "table", "label": {"en": "O", "zh-CN": "订单"}}],
            "params": {"type": "object", "properties": {"least": {"type": "number", "default": 1, "x-label": {"en": "L", "zh-CN": "最低"}}}},
            "outputs": [{"name": "table", "kind": "table", "label": {"en": "T", "zh-CN": "表"}}]});
        change(&mut sum);
        let signature: Signature = serde_json::from_value(sum).unwrap();
        flaws(&signature).into_iter().map(|flaw| flaw.at).collect::<Vec<_>>()
    };
    let good = json!("SELECT * FROM orders WHERE amount > {{least}}");
    let same = |_: &mut Value| {};
    assert_eq!(with(good.clone(), &same), Vec::<String>::new());
    for wrong in
        [json!(null), json!(" "), json!("SELECT {{most}}"), json!("SELECT '{{least}}'"), json!("SELECT {{least")]
    {
        assert_eq!(with(wrong.clone(), &same), ["sql"], "{wrong}");
    }
    assert_eq!(with(good.clone(), &|sum| sum["inputs"][0]["many"] = json!(true)), ["outputs"]);
    assert_eq!(with(good.clone(), &|sum| sum["outputs"] = json!([])), ["outputs"]);
    assert_eq!(with(good.clone(), &|sum| sum["evaluation"] = json!("eager")), ["evaluation"]);
    assert_eq!(with(good, &|sum| sum["kind"] = json!("builtin")), ["sql"]);
}

#[test]
fn how_a_component_is_made_is_not_told_with_its_signature() {
    let mut secret = group();
    secret["sql"] = json!("SELECT 1");
    let signature: Signature = serde_json::from_value(secret).unwrap();
    assert_eq!(signature.sql.as_deref(), Some("SELECT 1"));
    assert!(!serde_json::to_string(&signature).unwrap().contains("SELECT"));
}
