//! The body of a call of a component, as JSON Schema.

use serde_json::{Map, Value, json};
use tandem_core::Lang;

use super::{Port, PortKind, Signature};

/// What an endpoint that runs the component takes: inputs, parameters, a seed.
pub fn call_schema(signature: &Signature, lang: Lang) -> Value {
    let inputs: Map<String, Value> =
        signature.inputs.iter().map(|port| (port.name.clone(), input(port, lang))).collect();
    let required: Vec<&str> =
        signature.inputs.iter().filter(|port| !port.optional).map(|port| port.name.as_str()).collect();
    let mut params = Value::Object(signature.schema());
    describe(&mut params, lang);
    let mut call = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": signature.title(lang),
        "description": signature.summary.get(lang),
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "inputs": { "type": "object", "additionalProperties": false, "properties": inputs, "required": required },
            "params": params,
            "seed": { "type": "integer", "minimum": 0 },
        },
    });
    if !required.is_empty() {
        call["required"] = json!(["inputs"]);
    }
    call
}

fn input(port: &Port, lang: Lang) -> Value {
    let version = json!({ "type": "integer", "minimum": 1 });
    let one = match port.kind {
        PortKind::Table => json!({ "oneOf": [
            asset("dataset", &version),
            {
                "type": "object",
                "additionalProperties": false,
                "properties": { "rows": { "type": "array", "items": { "type": "object" } } },
                "required": ["rows"],
            },
        ] }),
        PortKind::Model => asset("model", &version),
        PortKind::Report => asset("report", &version),
        PortKind::Value => json!({}),
    };
    let mut schema = if port.many { json!({ "type": "array", "items": one, "minItems": 1 }) } else { one };
    schema["title"] = json!(port.label.get(lang));
    if let Some(help) = &port.help {
        schema["description"] = json!(help.get(lang));
    }
    schema
}

/// An asset by name or id, the latest version where none is named.
fn asset(kind: &str, version: &Value) -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": { kind: { "type": "string" }, "version": version },
        "required": [kind],
    })
}

/// Puts the words of one language where plain JSON Schema has them.
fn describe(schema: &mut Value, lang: Lang) {
    let Some(map) = schema.as_object_mut() else { return };
    for (word, plain) in [("x-label", "title"), ("x-help", "description")] {
        if let Some(text) = map.get(word).and_then(|text| text.get(lang.tag())).cloned() {
            map.insert(plain.to_owned(), text);
        }
    }
    for (name, part) in map.iter_mut() {
        match (name.as_str(), part) {
            ("properties", Value::Object(parts)) => parts.values_mut().for_each(|part| describe(part, lang)),
            ("items", part) => describe(part, lang),
            _ => {}
        }
    }
}
