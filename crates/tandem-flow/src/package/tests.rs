use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use tandem_core::{Lang, Text};

use super::*;
use crate::check::{Given, check};
use crate::digest::{World, digests};
use crate::graph::{Component, Edit, ExposedInput, ExposedOutput, Node, NodeId, PortRef, Workflow, ref_to};
use crate::signature::{Port, PortKind, Signature};
use crate::testing::{Shelf, dag, set, workflow};

struct Shelves(BTreeMap<Component, Workflow>);

impl Library for Shelves {
    fn inner(&self, component: &Component) -> Option<&Workflow> {
        self.0.get(component)
    }
}

fn shelves(name: &str, inner: &Workflow) -> Shelves {
    Shelves([(Component::new(name, 1), inner.clone())].into())
}

fn ids(names: &[&str]) -> std::collections::BTreeSet<NodeId> {
    names.iter().map(|name| NodeId::new(*name)).collect()
}

fn chosen(workflow: &Workflow, names: &[&str]) -> Choice {
    suggest(workflow, &Shelf::new(), ids(names), "cleaning", Text::new("Cleaning", "数据清洗"))
}

struct Still;

impl World for Still {
    fn component(&self, _: &Signature) -> String {
        String::new()
    }
    fn source(&self, _: &Node, _: &Signature) -> Option<String> {
        None
    }
    fn input(&self, _: &str) -> Option<String> {
        Some("data".into())
    }
    fn environment(&self, _: &Signature) -> Option<String> {
        None
    }
}

fn taken(workflow: &Workflow) -> BTreeMap<NodeId, crate::Digest> {
    digests(workflow, &Shelf::new(), &Given::default(), &Still, 1)
}

fn base() -> Workflow {
    let mut w = workflow("s=source f=filter g=group t=train p=predict s>f f>g g>t g>p t.model>p.model");
    w.apply(&Edit::DeclareParam {
        name: "city".into(),
        schema: json!({"type": "string", "default": "a = 1", "x-label": {"en": "Which", "zh-CN": "条件"}})
            .as_object()
            .cloned(),
    });
    set(&mut w, "s", "columns", json!(["city:text"]));
    set(&mut w, "f", "where", ref_to("city"));
    set(&mut w, "g", "by", json!(["city"]));
    w
}

#[test]
fn a_suggestion_takes_each_source_once_and_what_goes_out() {
    let choice = chosen(&base(), &["t", "p"]);
    assert_eq!(choice.inputs.len(), 1, "group feeds both: {:?}", choice.inputs);
    assert_eq!(choice.inputs[0].to.len(), 2);
    assert_eq!(
        choice.outputs.iter().map(|o| (&*o.name, &o.from)).collect::<Vec<_>>(),
        [("table", &PortRef::new("p", "table"))]
    );
    let choice = chosen(&base(), &["f", "g"]);
    assert_eq!(choice.params.iter().map(|p| (&*p.name, &*p.param)).collect::<Vec<_>>(), [("city", "where")]);
    assert_eq!(choice.params[0].label.get(Lang::Zh), "条件");
}

#[test]
fn a_package_shows_what_was_chosen_in_both_languages() {
    let mut choice = chosen(&base(), &["f", "g"]);
    choice.params.push(ChosenParam {
        name: "groups".into(),
        node: "g".into(),
        param: "by".into(),
        label: Text::new("Groups", "分组"),
        help: Some(Text::new("What makes a group.", "按什么分组。")),
        default: Some(json!(["region"])),
        required: false,
    });
    let packaged = package(&base(), &Shelf::new(), &choice).unwrap();
    let properties = &packaged.signature.params["properties"];
    assert_eq!(properties["groups"]["x-label"]["zh-CN"], "分组");
    assert_eq!(properties["groups"]["default"], json!(["region"]));
    assert!(properties["groups"].get("x-column").is_none(), "the group reads no input of the package");
    assert_eq!(properties["city"]["default"], "a = 1");
    assert_eq!(properties.as_object().unwrap().keys().collect::<Vec<_>>(), ["city", "groups"]);
    assert_eq!(packaged.workflow.nodes[&"g".into()].params["by"], ref_to("groups"));
    assert_eq!(packaged.signature.inputs[0].name, "table");
    assert_eq!(packaged.workflow.flaws(), Vec::<String>::new());
    let given = Given::default();
    assert!(check(&packaged.workflow, &Shelf::new(), &given).may_run());
}

#[test]
fn columns_are_chosen_from_the_input_of_the_package() {
    let mut choice = chosen(&base(), &["g"]);
    choice.inputs[0].name = "rows".into();
    choice.params = vec![ChosenParam {
        name: "by".into(),
        node: "g".into(),
        param: "by".into(),
        label: Text::new("By", "分组"),
        help: None,
        default: None,
        required: true,
    }];
    let packaged = package(&base(), &Shelf::new(), &choice).unwrap();
    assert_eq!(packaged.signature.params["properties"]["by"]["x-column"]["port"], "rows");
    assert_eq!(packaged.signature.params["required"], json!(["by"]));
    assert!(packaged.signature.params["properties"]["by"].get("default").is_none());
}

#[test]
fn a_choice_that_leaves_something_open_is_refused() {
    let refuse = |change: &dyn Fn(&mut Choice), nodes: &[&str], part: &str| {
        let mut choice = chosen(&base(), nodes);
        change(&mut choice);
        let error = package(&base(), &Shelf::new(), &choice).unwrap_err();
        assert!(error.message().contains(part), "{part}: {}", error.message());
    };
    refuse(&|c| c.nodes.clear(), &["f"], "at least one");
    refuse(&|c| _ = c.nodes.insert("gone".into()), &["f"], "not there");
    refuse(&|_| {}, &["f", "t"], "stands between");
    refuse(&|c| c.inputs.clear(), &["f"], "stay open");
    refuse(&|c| c.inputs[0].to.clear(), &["f"], "stay open");
    refuse(&|c| c.outputs[0].from.port = "rows".into(), &["f"], "no port");
    refuse(&|c| c.outputs[0].from.node = "s".into(), &["f"], "no port");
    refuse(&|c| c.params[0].param = "whence".into(), &["f"], "no parameter");
    refuse(&|c| c.params.push(c.params[0].clone()), &["f"], "Two parameters");
    refuse(&|c| c.name = "My Component".into(), &["f"], "name");
    refuse(
        &|c| {
            c.inputs.push(ChosenInput {
                to: vec![PortRef::new("p", "model"), PortRef::new("p", "table")],
                ..c.inputs[0].clone()
            })
        },
        &["t", "p"],
        "split",
    );
}

#[test]
fn the_component_takes_the_place_of_its_nodes() {
    let mut w = base();
    let choice = chosen(&w, &["f", "g"]);
    let undo = w.apply_all(&replace(&base(), &choice, &"box".into()));
    let mut edges: Vec<_> =
        w.edges.values().map(|e| format!("{}.{}>{}.{}", e.from.node, e.from.port, e.to.node, e.to.port)).collect();
    edges.sort();
    assert_eq!(edges, ["box.table>p.table", "box.table>t.table", "s.table>box.table", "t.model>p.model"]);
    assert_eq!(w.nodes[&"box".into()].params["city"], ref_to("city"));
    assert_eq!(w.flaws(), Vec::<String>::new());
    w.apply_all(&undo);
    assert_eq!(w, base());
}

#[test]
fn a_component_that_contains_itself_is_refused() {
    let inner = workflow("a=loop");
    let error = expand(&workflow("x=loop"), &shelves("loop", &inner)).unwrap_err();
    assert!(error.message().contains("contains itself"));
}

#[test]
fn packages_unfold_through_several_levels_with_values_from_outside() {
    let mut w = base();
    let choice = chosen(&w, &["f", "g"]);
    let first = package(&w, &Shelf::new(), &choice).unwrap();
    w.apply_all(&replace(&base(), &choice, &"box".into()));
    let mut shelf = Shelf::new();
    shelf.add(first.signature);
    let mut outer = suggest(&w, &shelf, ids(&["box", "t"]), "outer", Text::new("Outer", "外层"));
    outer.params[0].default = Some(json!("b = 2"));
    let second = package(&w, &shelf, &outer).unwrap();
    let before = w.clone();
    w.apply_all(&replace(&before, &outer, &"all".into()));
    let library = Shelves(
        [(Component::new("cleaning", 1), first.workflow), (Component::new("outer", 1), second.workflow)].into(),
    );
    let flat = expand(&w, &library).unwrap();
    assert_eq!(
        flat.nodes.keys().map(NodeId::as_str).collect::<Vec<_>>(),
        ["all/box/f", "all/box/g", "all/t", "p", "s"]
    );
    assert_eq!(flat.nodes[&"all/box/f".into()].params["where"], ref_to("city"), "the workflow still sets it");
    set(&mut w, "all", "city", Value::Null);
    assert_eq!(expand(&w, &library).unwrap().nodes[&"all/box/f".into()].params["where"], "b = 2");
    set(&mut w, "all", "city", json!("c = 3"));
    assert_eq!(expand(&w, &library).unwrap().nodes[&"all/box/f".into()].params["where"], "c = 3");
}

proptest! {
    /// What was packaged and unfolded computes what it computed before: each
    /// node has the digest that it had.
    #[test]
    fn packing_and_unfolding_changes_no_result(w in dag(14), from in 0..14usize, count in 1..6usize) {
        let wiring = crate::graph::Wiring::new(&w);
        let names: Vec<&str> = wiring.order().iter().skip(from % w.nodes.len()).take(count).map(|id| id.as_str()).collect();
        let choice = suggest(&w, &Shelf::new(), ids(&names), "pack", Text::new("Pack", "打包"));
        let Ok(packaged) = package(&w, &Shelf::new(), &choice) else { return Ok(()) };
        let mut packed = w.clone();
        packed.apply_all(&replace(&w, &choice, &"box".into()));
        prop_assert_eq!(packed.flaws(), Vec::<String>::new());
        let flat = expand(&packed, &shelves("pack", &packaged.workflow)).unwrap();
        prop_assert_eq!(flat.nodes.len(), w.nodes.len());
        let (before, after) = (taken(&w), taken(&flat));
        for id in w.nodes.keys() {
            let now = if names.contains(&id.as_str()) { NodeId::new("box").inside(id) } else { id.clone() };
            prop_assert_eq!(before.get(id), after.get(&now), "{}", id);
        }
    }
}

#[test]
fn a_newer_version_says_what_breaks_and_what_is_only_new() {
    let old = package(&base(), &Shelf::new(), &chosen(&base(), &["f", "g"])).unwrap().signature;
    assert_eq!(changes(&old, &old, false), []);
    let mut new = old.clone();
    let input = new.inputs[0].clone();
    new.inputs[0].optional = true;
    new.inputs.push(Port { name: "more".into(), ..input });
    new.outputs.remove(0);
    new.title = Text::new("Cleaned", "清洗后");
    let param = new.params["properties"]["city"].as_object_mut().unwrap();
    param.insert("default".into(), json!("b = 2"));
    new.params["properties"]["rows"] = json!({"type": "integer", "x-label": {"en": "Rows", "zh-CN": "行数"}});
    let found = changes(&old, &new, true);
    let told: Vec<(Part, &str, How, bool)> =
        found.iter().map(|one| (one.part, one.name.as_str(), one.change, one.breaking)).collect();
    let (first, output) = (old.inputs[0].name.as_str(), old.outputs[0].name.as_str());
    let mut expected = vec![
        (Part::Input, first, How::Changed, false),
        (Part::Input, "more", How::Added, true),
        (Part::Output, output, How::Removed, true),
        (Part::Parameter, "city", How::Changed, false),
        (Part::Parameter, "rows", How::Added, false),
        (Part::Words, "", How::Changed, false),
        (Part::Inside, "", How::Changed, false),
    ];
    expected[..2].sort_by_key(|one| one.1);
    assert_eq!(told, expected);
    assert!(found[3].message.en.contains(r#"was "a = 1" and is "b = 2""#), "{}", found[3].message.en);

    // The same the other way round: what may be set now must be, and what was any number has a bound.
    let mut strict = old.clone();
    strict.params["required"] = json!(["city"]);
    strict.params["properties"]["city"].as_object_mut().unwrap().remove("default");
    assert!(changes(&old, &strict, false)[0].breaking);
    let mut bound = old.clone();
    bound.params["properties"]["city"]["enum"] = json!(["a = 1"]);
    assert!(changes(&old, &bound, false)[0].breaking);
    let mut typed = old.clone();
    typed.params["properties"]["city"]["type"] = json!("number");
    assert!(changes(&old, &typed, false)[0].breaking);
    let mut words = old.clone();
    words.params["properties"]["city"]["x-label"]["en"] = json!("Where");
    assert!(!changes(&old, &words, false)[0].breaking);
}

#[test]
fn an_output_of_a_package_is_found_inside_however_deep() {
    let outer = base();
    let choice = chosen(&outer, &["f", "g"]);
    let inner = package(&outer, &Shelf::new(), &choice).unwrap().workflow;
    let library = shelves("cleaning", &inner);
    let mut uses = outer.clone();
    uses.apply_all(&replace(&outer, &choice, &NodeId::new("pack")));
    let output = choice.outputs[0].name.as_str();
    let found = output_inside(&uses, &library, &PortRef::new("pack", output)).unwrap();
    let expanded = expand(&uses, &library).unwrap();
    assert!(expanded.nodes.contains_key(&found.node), "{found:?}");
    assert_eq!(found.node.as_str(), "pack/g");
    assert_eq!(output_inside(&uses, &library, &PortRef::new("t", "model")), Some(PortRef::new("t", "model")));
    assert_eq!(output_inside(&uses, &library, &PortRef::new("pack", "nothing")), None);
    assert_eq!(output_inside(&uses, &library, &PortRef::new("gone", "table")), None);
    assert!(contains(&uses, &library, "cleaning") && contains(&uses, &library, "filter"));
    assert!(!contains(&outer, &library, "cleaning"));
}

#[test]
fn what_a_workflow_declares_is_its_face() {
    let mut w = base();
    let to = vec![PortRef::new("f", "table"), PortRef::new("f", "gone")];
    let label = Some(Text::new("Orders", "订单"));
    w.apply(&Edit::ExposeInput { name: "orders".into(), input: Some(ExposedInput { to, label, help: None }) });
    let output = |port: &str| Some(ExposedOutput { from: PortRef::new("t", port), label: None, help: None });
    w.apply(&Edit::ExposeOutput { name: "model".into(), output: output("model") });
    w.apply(&Edit::ExposeOutput { name: "lost".into(), output: output("lost") });
    let words = || Words {
        name: "own".into(),
        version: 3,
        title: Text::new("App", "应用"),
        summary: Text::new("An app", "一个应用"),
        help: Text::new("", ""),
    };
    let (signature, problems) = face(&w, &Shelf::new(), words());
    assert_eq!((signature.inputs.len(), signature.inputs[0].label.zh.as_str()), (1, "订单"));
    assert_eq!((signature.outputs.len(), signature.outputs[0].kind), (1, PortKind::Model));
    assert!(signature.params["properties"].get("city").is_some());
    let places: Vec<Option<&str>> = problems.iter().map(|problem| problem.at.port.as_deref()).collect();
    assert_eq!(places, [Some("gone"), Some("lost")]);
    let schema = json!({"type": "strange"}).as_object().cloned();
    w.apply(&Edit::DeclareParam { name: "Bad".into(), schema });
    let (_, problems) = face(&w, &Shelf::new(), words());
    assert!(problems.len() > 2 && problems.iter().all(|problem| problem.code == crate::check::Code::Declaration));
}
