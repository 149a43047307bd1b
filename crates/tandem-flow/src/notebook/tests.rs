use proptest::prelude::*;
use serde_json::json;
use tandem_core::{ErrorCode, Lang};

use super::*;
use crate::check::Given;
use crate::diff::changes;
use crate::graph::{Edit, ExposedInput, ExposedOutput, Note, PortRef, ref_to};
use crate::testing::{Shelf, dag, set, workflow};

/// Queries that say what they are made from.
struct Words;

impl Queries for Words {
    fn sql(&self, asked: &Asked<'_>) -> Option<String> {
        let names: Vec<&str> = asked.inputs.iter().map(|input| input.name).collect();
        let condition = asked.params.get("where").and_then(Value::as_str).unwrap_or("true");
        Some(format!("-- {}\nSELECT *\nFROM {}\nWHERE {condition}", asked.signature.name, names.join(", ")))
    }
}

fn written() -> Written {
    let free = |name: &str, text: &str, result: Option<&str>| Free {
        component: Component::new(name, 3),
        text: text.into(),
        names: Names::Param("names".into()),
        result: result.map(str::to_owned),
        inputs: "tables".into(),
        output: "out".into(),
    };
    Written { sql: free("sql", "sql", None), python: free("python", "code", Some("result")) }
}

fn style() -> Style {
    Style { lang: Lang::En, files: [("data".to_owned(), "my data.csv".to_owned())].into(), origin: None }
}

fn notebook(workflow: &Workflow) -> Value {
    write(workflow, &Shelf::new(), &Words, &Given::default(), &style())
}

fn back(notebook: &Value) -> Returned {
    read(&notebook.to_string(), &written()).unwrap()
}

fn source(cell: &Value) -> String {
    cell["source"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect()
}

/// The cell with that id.
fn cell<'n>(notebook: &'n mut Value, id: &str) -> &'n mut Value {
    notebook["cells"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .find(|cell| cell["id"] == id)
        .unwrap_or_else(|| panic!("no cell {id}"))
}

/// Puts other words into a cell.
fn change(notebook: &mut Value, id: &str, from: &str, to: &str) {
    let cell = cell(notebook, id);
    let before = source(cell);
    assert!(before.contains(from), "{from} is not in {before}");
    cell["source"] = json!(before.replace(from, to));
}

/// Adds a cell before the one at `place`.
fn add(notebook: &mut Value, place: usize, id: &str, source: &str) {
    let cell =
        json!({"cell_type": "code", "id": id, "metadata": {}, "source": source, "outputs": [], "execution_count": 1});
    notebook["cells"].as_array_mut().unwrap().insert(place, cell);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no others", |v| v.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[\"'\\\\\n\r\t\0a#]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn a_value_survives_as_a_literal(value in any_json()) {
        let text = format!("x = {}  # so it is\n", python::literal(&value, &|_| None));
        let read = python::Reader::new(&text, &|_| None).assignments();
        prop_assert_eq!(read, Some(vec![("x".to_owned(), value)]), "{}", text);
    }

    #[test]
    fn whatever_is_no_literal_is_not_misread(text in "[a-z0-9\"'\\[\\]{}:,.=# \n\\\\()-]{0,40}") {
        python::Reader::new(&text, &|_| None).assignments();
        code::names(&text);
        code::assigned(&text);
    }

    /// A notebook that nobody touched brings back the same workflow: ids,
    /// places, parameters, and all else.
    #[test]
    fn nothing_is_lost_on_the_way(
        w in dag(10), edits in prop::collection::vec(crate::graph::tests::edit("n"), 0..25),
        values in prop::collection::vec(("[a-e]", any_json()), 0..6)
    ) {
        let mut w = w;
        w.apply_all(&edits);
        let ids: Vec<NodeId> = w.nodes.keys().cloned().collect();
        for (turn, (param, value)) in values.into_iter().enumerate() {
            if let Some(id) = ids.get(turn) {
                w.apply(&Edit::SetParam { id: id.clone(), param, value });
            }
        }
        let written = notebook(&w);
        let returned = back(&written);
        prop_assert_eq!(&returned.workflow, &w);
        prop_assert_eq!(&returned.before, &w);
        prop_assert_eq!(returned.remarks, vec![]);
        let cells = written["cells"].as_array().unwrap();
        let ids: std::collections::BTreeSet<&str> = cells.iter().map(|cell| cell["id"].as_str().unwrap()).collect();
        prop_assert_eq!(ids.len(), cells.len(), "ids of cells are there once");
        let fits = |id: &&str| id.len() <= 64 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        prop_assert!(ids.iter().all(fits));
    }

    /// Whatever a step is called and whatever is noted at it stays a comment.
    #[test]
    fn no_words_of_a_step_become_code(
        label in "[a-z\n\r#\"'\\\\\u{b}\u{c}\u{85}\u{2028} ]{0,12}", note in "[a-z\n\r#\"'\\\\\u{b}\u{c}\u{85}\u{2028} ]{0,12}",
        name in "[a-z\n\r#\"'\\\\\u{2028} ]{1,12}",
    ) {
        let mut w = Workflow::default();
        let component = Component::new(&name, 1);
        let node = crate::graph::Node { label: Some(label.into()), note: Some(note), ..crate::graph::Node::new(component, crate::graph::Position::new(0, 0)) };
        w.nodes.insert("s".into(), node);
        let mut n = notebook(&w);
        let source = source(cell(&mut n, "n-s"));
        // Python's own rule: these two end a line, and nothing else does.
        let code: Vec<&str> = source.split(['\n', '\r']).filter(|line| !line.starts_with('#')).collect();
        prop_assert_eq!(code, vec![format!("tandem.component({})", Value::from(format!("{name}@1")))], "{}", source);
    }
}

#[test]
fn what_lies_too_deep_is_not_read() {
    let deep = |levels: usize| format!("x = {}{}", "[".repeat(levels), "]".repeat(levels));
    let read = |text: &str| python::Reader::new(text, &|_| None).assignments().is_some();
    assert!(read(&deep(64)) && !read(&deep(65)) && !read(&"[".repeat(1_000_000)));
}

fn churn() -> Workflow {
    let mut w = workflow("s=source f=filter p=split t=train q=predict s>f f>p p.train>t p.test>q t.model>q.model");
    w.apply(&Edit::DeclareParam {
        name: "trees".into(),
        schema: json!({"type": "integer", "default": 50}).as_object().cloned(),
    });
    w.apply(&Edit::SetLabel { id: "f".into(), label: Some("Adults only".into()) });
    set(&mut w, "f", "where", json!("age > 18"));
    set(&mut w, "t", "trees", ref_to("trees"));
    set(&mut w, "p", "share", json!(0.25));
    w.apply(&Edit::SetSeed { id: "p".into(), seed: Some(7) });
    w.apply(&Edit::AddNote {
        id: "why".into(),
        note: Note { text: "# Why\nBecause.".into(), position: Position::new(5, 5), size: None },
    });
    let output = ExposedOutput { from: PortRef::new("q", "table"), label: None, help: None };
    w.apply(&Edit::ExposeOutput { name: "scores".into(), output: Some(output) });
    w
}

#[test]
fn the_notebook_reads_like_one_that_a_person_wrote() {
    let n = notebook(&churn());
    assert_eq!((&n["nbformat"], &n["nbformat_minor"]), (&json!(4), &json!(5)));
    let all: Vec<String> = n["cells"].as_array().unwrap().iter().map(source).collect();
    let expected = [
        "import tandem",
        "trees = 50",
        "# Why\nBecause.",
        "# The source · source@1\nsource = tandem.sql(\"\"\"\n-- source\nSELECT *\nFROM \nWHERE true\n\"\"\", inputs={})",
        "# Adults only · filter@1: parameters; the SQL below was made from them, and is made anew when the notebook comes back\n\
         adults_only_params = {\n    \"where\": \"age > 18\",\n}",
        "# Adults only · filter@1\nadults_only = tandem.sql(\"\"\"\n-- filter\nSELECT *\nFROM source\nWHERE age > 18\n\"\"\", inputs={\"source\": source})",
        "# The split · split@1: parameters\nsplit_params = {\n    \"share\": 0.25,\n}",
        "# The split · split@1\nsplit_train, split_test = tandem.component(\"split@1\", inputs={\"table\": adults_only}, params=split_params, seed=7, outputs=[\"train\",\"test\"])",
        "# The train · train@1: parameters\ntrain_params = {\n    \"trees\": trees,\n}",
        "# The train · train@1\ntrain = tandem.component(\"train@1\", inputs={\"table\": split_train}, params=train_params)",
        "# The predict · predict@1\npredict = tandem.component(\"predict@1\", inputs={\"model\": train, \"table\": split_test})",
        "outputs = {\"scores\": predict}",
        "# What every table holds, whatever the order of its rows: `tandem workflow run --every-table --json` says the same.\n\
         tandem.fingerprints({\n    \"s.table\": source,\n    \"f.table\": adults_only,\n    \"p.train\": split_train,\n    \
         \"p.test\": split_test,\n    \"q.table\": predict,\n})",
    ];
    assert_eq!(all, expected);
    assert!(n["cells"].as_array().unwrap().iter().all(|cell| cell["metadata"]["tags"].as_array().unwrap().len() == 1));
}

#[test]
fn long_lists_are_put_on_several_lines_and_notes_are_comments() {
    let mut w = churn();
    let names: Vec<String> = (0..40).map(|n| format!("column {n}")).collect();
    set(&mut w, "p", "name", json!(names));
    w.apply(&Edit::SetNodeNote { id: "p".into(), note: Some("So that\nnobody cheats.".into()) });
    let mut n = notebook(&w);
    let params = source(cell(&mut n, "p-p"));
    assert!(params.lines().all(|line| line.chars().count() <= 114) && params.lines().count() > 6, "{params}");
    assert!(
        source(cell(&mut n, "n-p")).starts_with("# The split · split@1\n# So that\n# nobody cheats.\nsplit_train,")
    );
    assert_eq!(back(&n), Returned { workflow: w.clone(), before: w, origin: None, remarks: vec![] });
}

#[test]
fn changed_parameters_come_back() {
    let mut n = notebook(&churn());
    change(&mut n, "parameters", "50", "80");
    change(&mut n, "p-f", "\"age > 18\"", "'age > 21'");
    change(&mut n, "p-p", "0.25", "0.5,\n    \"name\": [1, {'a': None}]");
    change(&mut n, "p-t", "trees,", "120,");
    let Returned { workflow, remarks, .. } = back(&n);
    assert_eq!(remarks, []);
    assert_eq!(workflow.params["trees"]["default"], 80);
    assert_eq!(workflow.nodes[&"f".into()].params["where"], "age > 21");
    assert_eq!(workflow.nodes[&"p".into()].params["name"], json!([1, {"a": null}]));
    assert_eq!(workflow.nodes[&"t".into()].params["trees"], 120);
    let mut other = crate::diff::diff(&churn(), &workflow);
    other.changed.retain(|id, _| !["f", "p", "t"].contains(&id.as_str()));
    assert!(other.changed.is_empty() && other.disconnected.is_empty() && other.moved.is_empty());
}

#[test]
fn parameters_that_are_computed_stay_as_they_were() {
    let mut n = notebook(&churn());
    change(&mut n, "p-f", "\"age > 18\"", "build(21)");
    change(&mut n, "parameters", "50", "10 * 5");
    let Returned { workflow, remarks, .. } = back(&n);
    assert_eq!(workflow, churn());
    assert_eq!(remarks.iter().map(|r| r.cell.as_str()).collect::<Vec<_>>(), ["p-f", "parameters"]);
}

#[test]
fn changed_sql_becomes_a_component_of_its_own_and_what_reads_it_still_does() {
    let mut n = notebook(&churn());
    change(&mut n, "n-f", "WHERE age > 18", "WHERE age > 65 AND city = '\\\\'");
    let Returned { workflow, remarks, .. } = back(&n);
    let node = &workflow.nodes[&"f".into()];
    assert_eq!(node.component, Component::new("sql", 3));
    assert_eq!(node.params["sql"], "-- filter\nSELECT *\nFROM source\nWHERE age > 65 AND city = '\\'");
    assert_eq!(node.params["names"], json!(["source"]));
    assert_eq!(workflow.edges[&"e0".into()].to, PortRef::new("f", "tables"));
    assert_eq!(workflow.edges[&"e1".into()].from, PortRef::new("f", "out"));
    assert_eq!((remarks.len(), node.position), (1, churn().nodes[&"f".into()].position));
    // Comments and empty lines are no change.
    let mut n = notebook(&churn());
    change(&mut n, "n-f", "# Adults only", "# Only adults\n");
    assert_eq!(back(&n), Returned { workflow: churn(), before: churn(), origin: None, remarks: vec![] });
}

#[test]
fn added_cells_come_back_as_python_between_what_they_use_and_what_uses_them() {
    let mut n = notebook(&churn());
    let at = n["cells"].as_array().unwrap().iter().position(|cell| cell["id"] == "p-p").unwrap();
    add(&mut n, at, "c0ffee", "# fewer\nadults_only = adults_only.dropna()\n");
    add(&mut n, at + 1, "0ddba11", "%matplotlib inline\n");
    let last = n["cells"].as_array().unwrap().len();
    add(&mut n, last, "cafe", "best = predict.sort('score')\nbest.head()");
    add(&mut n, last + 1, "blank", "# nothing\n");
    let Returned { workflow, remarks, .. } = back(&n);
    let added = &workflow.nodes[&"c0ffee".into()];
    assert_eq!(added.component, Component::new("python", 3));
    assert_eq!(added.params["code"], "# fewer\nadults_only = adults_only.dropna()");
    assert_eq!((&added.params["names"], &added.params["result"]), (&json!(["adults_only"]), &json!("adults_only")));
    let mut ends: Vec<String> = workflow
        .edges
        .values()
        .map(|e| format!("{}.{}>{}.{}", e.from.node, e.from.port, e.to.node, e.to.port))
        .collect();
    ends.sort();
    assert!(
        ends.contains(&"f.table>c0ffee.tables".to_owned()) && ends.contains(&"c0ffee.out>p.table".to_owned()),
        "{ends:?}"
    );
    assert!(
        ends.contains(&"q.table>cafe.tables".to_owned()) && !ends.contains(&"f.table>p.table".to_owned()),
        "{ends:?}"
    );
    assert_eq!(workflow.nodes.len(), churn().nodes.len() + 2);
    assert_eq!(remarks.iter().map(|r| r.cell.as_str()).collect::<Vec<_>>(), ["c0ffee", "0ddba11", "cafe"]);
    assert_eq!(workflow.flaws(), Vec::<String>::new());
}

#[test]
fn a_removed_cell_is_a_removed_node_and_a_copied_one_is_another() {
    let mut n = notebook(&churn());
    n["cells"].as_array_mut().unwrap().retain(|cell| cell["id"] != "n-q");
    let mut copy = cell(&mut n, "n-f").clone();
    copy["id"] = json!("copied");
    n["cells"].as_array_mut().unwrap().push(copy);
    let Returned { workflow, remarks, .. } = back(&n);
    assert!(!workflow.nodes.contains_key(&"q".into()) && workflow.outputs.is_empty());
    assert_eq!(remarks.iter().map(|r| r.cell.as_str()).collect::<Vec<_>>(), ["n-q"]);
    assert_eq!(workflow.nodes[&"copied".into()].params, churn().nodes[&"f".into()].params);
    assert!(workflow.edges.values().any(|edge| edge.to.node.as_str() == "copied" && edge.from.node.as_str() == "s"));
    assert_eq!(workflow.flaws(), Vec::<String>::new());
}

#[test]
fn a_changed_call_keeps_its_node_and_says_so() {
    let mut n = notebook(&churn());
    change(&mut n, "n-t", "train@1", "train@2");
    let Returned { workflow, remarks, .. } = back(&n);
    assert_eq!((workflow, remarks[0].cell.as_str()), (churn(), "n-t"));
}

#[test]
fn a_parameter_of_the_workflow_keeps_a_query_a_call_that_follows_it() {
    let mut w = workflow("s=source f=filter s>f");
    w.apply(&Edit::DeclareParam { name: "only".into(), schema: json!({"default": "a > 1"}).as_object().cloned() });
    set(&mut w, "f", "where", ref_to("only"));
    let mut n = notebook(&w);
    assert!(source(cell(&mut n, "n-f")).contains("= tandem.component(\"filter@1\""), "{}", source(cell(&mut n, "n-f")));
    assert_eq!(back(&n).workflow, w);
}

#[test]
fn sql_over_numbered_tables_goes_on_to_know_its_own_names() {
    let mut written = written();
    written.sql.names = Names::Numbered("t".into());
    let changed = |from: &str, to: &str| {
        let mut n = notebook(&churn());
        change(&mut n, "n-f", from, to);
        read(&n.to_string(), &written).unwrap().workflow.nodes[&"f".into()].params.clone()
    };
    let params = changed("> 18", "> 65");
    let with = "WITH \"source\" AS (SELECT * FROM t1)";
    assert_eq!(params["sql"], format!("{with}\n-- filter\nSELECT *\nFROM source\nWHERE age > 65"));
    assert_eq!(params.len(), 1);
    let params = changed("-- filter\nSELECT *\nFROM source", "with a as (select * from source)\nSELECT *\nFROM a");
    let with = format!("{with},\na as (select * from source)");
    assert_eq!(params["sql"], format!("{with}\nSELECT *\nFROM a\nWHERE age > 18"));
}

#[test]
fn what_was_done_on_the_canvas_meanwhile_stays() {
    let mut n = notebook(&churn());
    change(&mut n, "p-f", "18", "21");
    change(&mut n, "p-p", "0.25", "0.5");
    let mut now = churn();
    now.apply(&Edit::MoveNode { id: "f".into(), position: Position::new(7, 7) });
    now.apply(&Edit::SetLabel { id: "f".into(), label: Some("Grown up".into()) });
    now.apply(&Edit::AddNode {
        id: "z".into(),
        node: Box::new(Node::new(Component::new("filter", 1), Position::new(1, 1))),
    });
    now.apply(&Edit::RemoveNode { id: "p".into() });
    let (merged, remarks) = merge(&back(&n), &now);
    let mut expected = now.clone();
    set(&mut expected, "f", "where", json!("age > 21"));
    assert_eq!(merged, expected);
    assert_eq!(remarks.iter().map(|r| r.cell.as_str()).collect::<Vec<_>>(), ["n-p"]);
    assert_eq!(merge(&back(&notebook(&churn())), &now), (now, vec![]));
}

#[test]
fn a_cell_that_is_brought_back_again_takes_the_place_of_what_it_said() {
    let mut n = notebook(&churn());
    let last = n["cells"].as_array().unwrap().len();
    add(&mut n, last, "cafe", "best = predict.sort('score')");
    let (once, _) = merge(&back(&n), &churn());
    assert_eq!(merge(&back(&n), &once), (once.clone(), vec![]), "the same again changes nothing");
    cell(&mut n, "cafe")["source"] = json!(["best = adults_only.sort('age')"]);
    let (twice, remarks) = merge(&back(&n), &once);
    assert_eq!(twice.nodes.len(), once.nodes.len());
    assert_eq!(twice.nodes[&"cafe".into()].params["names"], json!(["adults_only"]));
    let fed: Vec<&str> =
        twice.edges.values().filter(|e| e.to.node.as_str() == "cafe").map(|e| e.from.node.as_str()).collect();
    assert_eq!(fed, ["f"]);
    assert_eq!(remarks.iter().map(|r| r.cell.as_str()).collect::<Vec<_>>(), ["cafe"]);
    let mut now = once.clone();
    now.apply_all(&changes(&once, &twice));
    assert_eq!(now, twice);
    assert_eq!(changes(&twice, &now), vec![]);
}

#[test]
fn a_notebook_says_which_workflow_it_is_of() {
    let style = Style { origin: Some("w7".into()), ..style() };
    let n = write(&churn(), &Shelf::new(), &Words, &Given::default(), &style);
    assert_eq!(back(&n).origin.as_deref(), Some("w7"));
    let bare = notebook(&churn());
    assert_eq!((back(&bare).origin, bare["metadata"]["tandem"].get("origin")), (None, None));
}

#[test]
fn a_cell_that_cannot_be_understood_is_named() {
    let mut n = notebook(&churn());
    cell(&mut n, "n-t")["metadata"]["tandem"]["node"] = json!("gone");
    cell(&mut n, "n-q")["source"] = json!(7);
    n["cells"].as_array_mut().unwrap().retain(|cell| cell["id"] != "p-p");
    let Returned { workflow, remarks, .. } = back(&n);
    let mut cells: Vec<&str> = remarks.iter().map(|r| r.cell.as_str()).collect();
    cells.sort_unstable();
    assert_eq!(cells, ["n-p", "n-q", "n-q", "n-t", "n-t"]);
    assert_eq!(workflow.nodes[&"p".into()].params["share"], 0.25);
    assert_eq!(workflow.flaws(), Vec::<String>::new());
}

#[test]
fn words_between_cells_become_notes() {
    let mut n = notebook(&churn());
    let words = json!({"cell_type": "markdown", "id": "new words", "metadata": {}, "source": ["Look ", "here"]});
    n["cells"].as_array_mut().unwrap().push(words);
    assert_eq!(back(&n).workflow.notes[&"new-words".into()].text, "Look here");
}

#[test]
fn inputs_of_the_workflow_are_cells_and_come_back() {
    let mut w = workflow("f=filter j=join f>j.left");
    let to = vec![PortRef::new("f", "table"), PortRef::new("j", "right")];
    w.apply(&Edit::ExposeInput { name: "data".into(), input: Some(ExposedInput { to, label: None, help: None }) });
    let mut n = notebook(&w);
    assert_eq!(source(cell(&mut n, "inputs")), "data = tandem.input(\"data\", \"my data.csv\")");
    assert!(source(cell(&mut n, "n-j")).contains("FROM filter_2, data"), "{}", source(cell(&mut n, "n-j")));
    assert_eq!(back(&n), Returned { workflow: w.clone(), before: w, origin: None, remarks: vec![] });
}

#[test]
fn what_is_no_notebook_of_ours_is_refused() {
    let refuse = |json: &str| read(json, &written()).unwrap_err();
    assert_eq!(refuse("{").code(), ErrorCode::MalformedFile);
    assert_eq!(refuse("{}").code(), ErrorCode::MalformedFile);
    assert_eq!(refuse(r#"{"cells": [], "nbformat": 3}"#).code(), ErrorCode::MalformedFile);
    assert_eq!(refuse(r#"{"cells": [], "nbformat": 4, "metadata": {}}"#).code(), ErrorCode::UnsupportedFormat);
    let newer = r#"{"cells": [], "nbformat": 4, "metadata": {"tandem": {"form": 2}}}"#;
    assert!(refuse(newer).message().contains("newer"));
    let newer =
        r#"{"cells": [], "nbformat": 4, "metadata": {"tandem": {"form": 1, "workflow": {"format": 2, "x": 1}}}}"#;
    assert!(refuse(newer).message().contains("newer"));
}
