use super::*;

#[test]
fn every_scenario_is_found_by_its_name_and_others_are_not() {
    for manifest in list().unwrap() {
        assert_eq!(find(&manifest.name).unwrap(), manifest);
        assert!(manifest.properties().count() > 0);
    }
    assert_eq!(find("crystal-ball").unwrap_err().code(), ErrorCode::NotFound);
}

#[test]
fn parameters_have_labels_and_help_in_both_languages() {
    for manifest in list().unwrap() {
        for (name, schema) in manifest.properties() {
            for key in ["x-label", "x-help"] {
                let text: tandem_core::Text = serde_json::from_value(schema[key].clone()).unwrap();
                assert!(!text.en.is_empty() && !text.zh.is_empty(), "{name} {key}");
            }
            for option in schema.get("enum").and_then(Value::as_array).into_iter().flatten() {
                let labels = &schema["x-enum-labels"][option.as_str().unwrap()];
                assert!(serde_json::from_value::<tandem_core::Text>(labels.clone()).is_ok(), "{name} {option}");
            }
        }
    }
}
