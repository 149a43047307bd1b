use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::graph::{Component, Edit, ExposedInput, Position, ref_to};
use crate::testing::{Shelf, dag, set, workflow};

/// A world in which a dataset's content is its parameters.
#[derive(Default)]
struct Still {
    code: String,
    environment: Option<String>,
    data: Option<String>,
}

impl World for Still {
    fn component(&self, _: &Signature) -> String {
        self.code.clone()
    }

    fn source(&self, _: &Node, signature: &Signature) -> Option<String> {
        (signature.name == "source").then(|| self.data.clone().unwrap_or_default())
    }

    fn input(&self, name: &str) -> Option<String> {
        (name == "data").then(|| self.data.clone().unwrap_or_default())
    }

    fn environment(&self, _: &Signature) -> Option<String> {
        self.environment.clone()
    }
}

fn taken(workflow: &Workflow) -> BTreeMap<NodeId, Digest> {
    digests(workflow, &Shelf::new(), &Given::default(), &Still::default(), 42)
}

/// The nodes whose digest differs.
fn changed(before: &BTreeMap<NodeId, Digest>, after: &BTreeMap<NodeId, Digest>) -> Vec<String> {
    before.keys().filter(|id| before.get(*id) != after.get(*id)).map(NodeId::to_string).collect()
}

proptest! {
    #[test]
    fn looks_do_not_change_it_and_a_parameter_changes_all_that_is_downstream(w in dag(12), which in any::<prop::sample::Index>()) {
        let before = taken(&w);
        prop_assert_eq!(before.len(), w.nodes.len());
        let id = w.nodes.keys().nth(which.index(w.nodes.len())).cloned().unwrap();
        let mut looks = w.clone();
        looks.apply_all(&[
            Edit::MoveNode { id: id.clone(), position: Position::new(-7, 7) },
            Edit::SetLabel { id: id.clone(), label: Some("named".into()) },
            Edit::SetNodeNote { id: id.clone(), note: Some("why".into()) },
        ]);
        prop_assert_ne!(&looks, &w);
        prop_assert_eq!(&taken(&looks), &before);

        // Another version of the component stands for any change of what the node does.
        let mut shelf = Shelf::new();
        let component = w.nodes[&id].component.clone();
        let mut other = shelf.signatures[&component].clone();
        other.version = 2;
        shelf.add(other);
        let mut deeds = w.clone();
        deeds.apply(&Edit::SetComponent { id: id.clone(), component: Component::new(component.name, 2) });
        let after = digests(&deeds, &shelf, &Given::default(), &Still::default(), 42);
        let mut expected: Vec<String> = Wiring::new(&w).downstream(&id).into_iter().map(NodeId::to_string).collect();
        expected.push(id.to_string());
        expected.sort();
        let mut found = changed(&before, &after);
        found.sort();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn everything_that_matters_changes_it() {
    let base = || {
        let mut w = workflow("s=source f=filter t=train s>f f>t");
        set(&mut w, "f", "where", json!("a > 1"));
        w
    };
    let before = taken(&base());
    let with = |change: &dyn Fn(&mut Workflow)| {
        let mut w = base();
        change(&mut w);
        changed(&before, &taken(&w))
    };
    assert_eq!(with(&|w| set(w, "f", "where", json!("a > 2"))), ["f", "t"]);
    assert_eq!(with(&|w| set(w, "t", "trees", json!(99))), ["t"]);
    assert_eq!(with(&|w| set(w, "t", "trees", json!(100))), Vec::<String>::new(), "100 is the default");
    assert_eq!(
        with(&|w| {
            w.apply(&Edit::SetSeed { id: "t".into(), seed: Some(7) });
        }),
        ["t"]
    );
    assert_eq!(
        with(&|w| {
            w.apply(&Edit::SetSeed { id: "t".into(), seed: Some(42) });
        }),
        Vec::<String>::new()
    );
    assert_eq!(
        with(&|w| {
            w.apply(&Edit::SetSeed { id: "f".into(), seed: Some(7) });
        }),
        Vec::<String>::new(),
        "no chance in a filter"
    );
    let world = |world: Still| changed(&before, &digests(&base(), &Shelf::new(), &Given::default(), &world, 42));
    assert_eq!(world(Still { data: Some("other rows".into()), ..Still::default() }), ["f", "s", "t"]);
    assert_eq!(world(Still { code: "mended".into(), ..Still::default() }), ["f", "s", "t"]);
    assert_eq!(world(Still { environment: Some("other".into()), ..Still::default() }), ["f", "s", "t"]);
    let seeded = digests(&base(), &Shelf::new(), &Given::default(), &Still::default(), 43);
    assert_eq!(changed(&before, &seeded), ["t"]);
}

#[test]
fn the_order_of_a_union_counts_and_the_ids_do_not() {
    let before = taken(&workflow("a=source b=filter u=union a>b a>u.tables b>u.tables"));
    let turned = taken(&workflow("a=source b=filter u=union a>b b>u.tables a>u.tables"));
    assert_eq!(changed(&before, &turned), ["u"]);
    let named = taken(&workflow("z=source y=filter x=union z>y z>x.tables y>x.tables"));
    assert_eq!(named[&"x".into()], before[&"u".into()]);
}

#[test]
fn which_output_feeds_a_node_counts() {
    let train = taken(&workflow("s=source p=split f=filter s>p p.train>f"));
    let test = taken(&workflow("s=source p=split f=filter s>p p.test>f"));
    assert_eq!(changed(&train, &test), ["f"]);
}

#[test]
fn parameters_and_inputs_of_the_workflow_are_in_it() {
    let mut w = workflow("f=filter");
    let input = ExposedInput { to: vec![crate::graph::PortRef::new("f", "table")], label: None, help: None };
    w.apply(&Edit::ExposeInput { name: "data".into(), input: Some(input) });
    w.apply(&Edit::DeclareParam {
        name: "c".into(),
        schema: json!({"type": "string", "default": "x"}).as_object().cloned(),
    });
    set(&mut w, "f", "where", ref_to("c"));
    let given = |value: Value| Given { params: json!({"c": value}).as_object().cloned().unwrap(), ..Given::default() };
    let digest = |given: &Given, world: &Still| digests(&w, &Shelf::new(), given, world, 1)[&"f".into()].clone();
    let still = Still::default();
    assert_eq!(digest(&given(json!("x")), &still), digest(&Given::default(), &still));
    assert_ne!(digest(&given(json!("y")), &still), digest(&given(json!("x")), &still));
    let other = Still { data: Some("rows".into()), ..Still::default() };
    assert_ne!(digest(&Given::default(), &other), digest(&Given::default(), &still));
}

#[test]
fn what_can_not_run_has_none() {
    let mut w = workflow("s=source n=nowhere f=filter g=filter t=train s>t n>f");
    set(&mut w, "t", "trees", json!(-1));
    assert_eq!(taken(&w).keys().map(NodeId::as_str).collect::<Vec<_>>(), ["s"]);
}

#[test]
fn json_has_one_spelling() {
    let of = |json: &str| canonical(&serde_json::from_str(json).unwrap());
    assert_eq!(of(r#"{ "b": [1.0, -0.0, 2.50], "a": "q\"" }"#), r#"{"a":"q\"","b":[1,0,2.5]}"#);
    assert_eq!(of("[true, null, 12345678901234567890]"), "[true,null,12345678901234567890]");
    assert_ne!(Digest::of(&json!("1")), Digest::of(&json!(1)));
}
