use proptest::prelude::*;
use serde_json::json;
use tandem_core::ErrorCode;

use super::*;

/// Any edit of the elements whose ids begin with `who`, some of which are in [`drawn`].
pub(crate) fn edit(who: &'static str) -> impl Strategy<Value = Edit> {
    let id = move || (0..5u8).prop_map(move |n| format!("{who}{n}"));
    let place = || (-50..50i32, -50..50i32).prop_map(|(x, y)| Position::new(x, y));
    let word = || prop::option::of("[a-c]{1,2}");
    let label = move || {
        let both = ("[a-c]{1,2}", "[a-b]").prop_map(|(en, zh)| Label::from(Text::new(en, zh)));
        prop::option::of(prop_oneof!["[a-c]{1,2}".prop_map(Label::from), both])
    };
    let port = move || {
        (id(), prop::sample::select(vec!["in", "out"])).prop_map(|(node, port)| PortRef::new(node.as_str(), port))
    };
    let node = move || {
        (prop::option::of(id()), place(), label()).prop_map(|(frame, position, label)| {
            let frame = frame.map(|frame| FrameId::new(frame.as_str()));
            Box::new(Node { label, frame, ..Node::new(Component::new("filter", 1), position) })
        })
    };
    let edge = move || (port(), port(), 0..3i32).prop_map(|(from, to, order)| Edge { from, to, order });
    prop_oneof![
        (id(), node()).prop_map(|(id, node)| Edit::AddNode { id: NodeId::new(id), node }),
        id().prop_map(|id| Edit::RemoveNode { id: NodeId::new(id) }),
        (id(), place()).prop_map(|(id, position)| Edit::MoveNode { id: NodeId::new(id), position }),
        (id(), 1..4u32).prop_map(|(id, version)| Edit::SetComponent {
            id: NodeId::new(id),
            component: Component::new("filter", version)
        }),
        (id(), "[p-q]", prop_oneof![Just(json!(null)), Just(json!(1)), Just(json!("x"))])
            .prop_map(|(id, param, value)| Edit::SetParam { id: NodeId::new(id), param, value }),
        (id(), label()).prop_map(|(id, label)| Edit::SetLabel { id: NodeId::new(id), label }),
        (id(), word()).prop_map(|(id, note)| Edit::SetNodeNote { id: NodeId::new(id), note }),
        (id(), prop::option::of(0..3u32)).prop_map(|(id, seed)| Edit::SetSeed { id: NodeId::new(id), seed }),
        (id(), prop::option::of(id()))
            .prop_map(|(id, frame)| Edit::SetFrame { id: NodeId::new(id), frame: frame.map(FrameId::new) }),
        (id(), edge()).prop_map(|(id, edge)| Edit::Connect { id: EdgeId::new(id), edge }),
        id().prop_map(|id| Edit::Disconnect { id: EdgeId::new(id) }),
        (id(), 0..3i32).prop_map(|(id, order)| Edit::Reorder { id: EdgeId::new(id), order }),
        (id(), place()).prop_map(|(id, position)| Edit::AddNote {
            id: NoteId::new(id),
            note: Note { text: "new".into(), position, size: None }
        }),
        id().prop_map(|id| Edit::RemoveNote { id: NoteId::new(id) }),
        (id(), "[a-b]").prop_map(|(id, text)| Edit::SetNoteText { id: NoteId::new(id), text }),
        (id(), place()).prop_map(|(id, position)| Edit::MoveNote { id: NoteId::new(id), position, size: None }),
        id().prop_map(|id| Edit::AddFrame {
            id: FrameId::new(id),
            frame: Frame { title: "new".into(), folded: false }
        }),
        id().prop_map(|id| Edit::RemoveFrame { id: FrameId::new(id) }),
        (id(), "[a-b]").prop_map(|(id, title)| Edit::SetFrameTitle { id: FrameId::new(id), title: title.into() }),
        (id(), any::<bool>()).prop_map(|(id, folded)| Edit::FoldFrame { id: FrameId::new(id), folded }),
        (id(), prop::option::of(0..3)).prop_map(|(name, top)| Edit::DeclareParam {
            name,
            schema: top.map(|top| json!({"type": "integer", "default": top}).as_object().unwrap().clone())
        }),
        (id(), prop::option::of(prop::collection::vec(port(), 0..3))).prop_map(|(name, to)| Edit::ExposeInput {
            name,
            input: to.map(|to| ExposedInput { to, label: None, help: None })
        }),
        (id(), prop::option::of(port())).prop_map(|(name, from)| Edit::ExposeOutput {
            name,
            output: from.map(|from| ExposedOutput { from, label: None, help: None })
        }),
    ]
}

fn edits(who: &'static str) -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(edit(who), 0..25)
}

/// A document with elements of two people, connected with one another.
fn drawn() -> Workflow {
    let mut workflow = Workflow::default();
    for who in ["a", "b"] {
        workflow.apply(&Edit::AddFrame {
            id: format!("{who}0").as_str().into(),
            frame: Frame { title: "f".into(), folded: false },
        });
        for n in 0..3 {
            let mut node = Node::new(Component::new("filter", 1), Position::new(n * 10, 0));
            node.frame = Some(FrameId::new(format!("{who}0")));
            workflow.apply(&Edit::AddNode { id: NodeId::new(format!("{who}{n}")), node: Box::new(node) });
        }
    }
    for (n, (from, to)) in [("a0", "b0"), ("b0", "a1"), ("a1", "b2")].into_iter().enumerate() {
        let edge = Edge { from: PortRef::new(from, "out"), to: PortRef::new(to, "in"), order: 0 };
        workflow.apply(&Edit::Connect { id: EdgeId::new(format!("x{n}")), edge });
    }
    let to = vec![PortRef::new("a0", "in"), PortRef::new("b1", "in")];
    workflow
        .apply(&Edit::ExposeInput { name: "shared".into(), input: Some(ExposedInput { to, label: None, help: None }) });
    workflow
}

proptest! {
    #[test]
    fn edits_never_make_a_document_invalid(edits in edits("a")) {
        let mut workflow = drawn();
        for edit in &edits {
            workflow.apply(edit);
            prop_assert_eq!(workflow.flaws(), Vec::<String>::new(), "after {:?}", edit);
        }
        prop_assert_eq!(Workflow::read(&workflow.write().unwrap()).unwrap(), workflow);
    }

    #[test]
    fn undo_brings_back_what_was_and_redo_what_came(edits in edits("a")) {
        let before = drawn();
        let mut workflow = before.clone();
        let undo = workflow.apply_all(&edits);
        let after = workflow.clone();
        let redo = workflow.apply_all(&undo);
        prop_assert_eq!(&workflow, &before);
        workflow.apply_all(&redo);
        prop_assert_eq!(&workflow, &after);
    }

    #[test]
    fn edits_of_different_things_give_the_same_in_any_order(
        mine in edits("a"), yours in edits("b"), turns in prop::collection::vec(any::<bool>(), 50)
    ) {
        let (mut first, mut second, mut mixed) = (drawn(), drawn(), drawn());
        first.apply_all(&mine);
        first.apply_all(&yours);
        second.apply_all(&yours);
        second.apply_all(&mine);
        prop_assert_eq!(&first, &second);
        let (mut mine, mut yours) = (mine.iter(), yours.iter());
        for turn in turns {
            let next = if turn { mine.next().or_else(|| yours.next()) } else { yours.next().or_else(|| mine.next()) };
            next.into_iter().for_each(|edit| { mixed.apply(edit); });
        }
        prop_assert_eq!(&first, &mixed);
    }

    #[test]
    fn an_edit_survives_its_journey(edit in edit("a")) {
        let json = serde_json::to_string(&edit).unwrap();
        prop_assert_eq!(serde_json::from_str::<Edit>(&json).unwrap(), edit);
    }
}

#[test]
fn two_people_change_different_fields_of_one_node() {
    let label = Edit::SetLabel { id: "a0".into(), label: Some("mine".into()) };
    let param = Edit::SetParam { id: "a0".into(), param: "p".into(), value: json!(1) };
    let (mut one, mut two) = (drawn(), drawn());
    one.apply_all(&[label.clone(), param.clone()]);
    two.apply_all(&[param, label]);
    assert_eq!(one, two);
    assert_eq!(one.nodes[&"a0".into()].label, Some("mine".into()));
}

#[test]
fn the_last_of_two_writers_of_one_field_wins() {
    let set = |value: i32| Edit::SetParam { id: "a0".into(), param: "p".into(), value: json!(value) };
    let mut workflow = drawn();
    workflow.apply_all(&[set(1), set(2)]);
    assert_eq!(workflow.nodes[&"a0".into()].params["p"], 2);
}

#[test]
fn a_node_goes_with_its_connections_and_edits_of_it_do_nothing() {
    let mut workflow = drawn();
    workflow.apply(&Edit::RemoveNode { id: "b0".into() });
    assert_eq!(workflow.edges.keys().map(EdgeId::as_str).collect::<Vec<_>>(), ["x2"]);
    assert_eq!(workflow.apply(&Edit::MoveNode { id: "b0".into(), position: Position::new(1, 1) }), []);
    workflow.apply(&Edit::RemoveNode { id: "a0".into() });
    assert_eq!(workflow.inputs["shared"].to, [PortRef::new("b1", "in")]);
    workflow.apply(&Edit::RemoveNode { id: "b1".into() });
    assert!(workflow.inputs.is_empty());
}

#[test]
fn what_changes_nothing_leaves_nothing_to_undo() {
    let mut workflow = drawn();
    let same = workflow.nodes[&"a1".into()].position;
    assert_eq!(workflow.apply(&Edit::MoveNode { id: "a1".into(), position: same }), []);
    assert_eq!(workflow.apply(&Edit::SetParam { id: "a1".into(), param: "p".into(), value: json!(null) }), []);
    let other = Node::new(Component::new("other", 1), Position::default());
    assert_eq!(workflow.apply(&Edit::AddNode { id: "a1".into(), node: Box::new(other) }), []);
    assert_eq!(workflow, drawn());
}

#[test]
fn a_document_of_a_newer_release_is_refused_in_words() {
    let error = Workflow::read(r#"{"format": 9, "cells": {"strange": true}}"#).unwrap_err();
    assert_eq!(error.code(), ErrorCode::UnsupportedFormat);
    assert!(error.message().contains("newer release (format 9"), "{}", error.message());
}

#[test]
fn documents_that_are_none_are_refused() {
    let edge = r#""from": {"node": "n", "port": "out"}, "to": {"node": "gone", "port": "in"}"#;
    let node = r#""n": {"component": {"name": "a", "version": 1}, "position": {"x": 0, "y": 0}}"#;
    let dangling = format!(r#"{{"format": 1, "nodes": {{{node}}}, "edges": {{"e": {{{edge}}}}}}}"#);
    let misnamed = format!(r#"{{"format": 1, "nodes": {{{}}}}}"#, node.replacen('n', "n n", 1));
    let cases = [
        ("", "no workflow"),
        ("{}", "format"),
        (r#"{"format": "1"}"#, "format"),
        (r#"{"format": 0}"#, "format 0"),
        (r#"{"format": 1, "nodse": {}}"#, "nodse"),
        (dangling.as_str(), "gone"),
        (misnamed.as_str(), "can't be an id"),
        (r#"{"format": 1, "outputs": {"o": {"from": {"node": "x", "port": "out"}}}}"#, "output o"),
        (r#"{"format": 1, "inputs": {"i": {"to": []}}}"#, "feeds nothing"),
    ];
    for (json, part) in cases {
        let error = Workflow::read(json).unwrap_err();
        assert_eq!(error.code(), ErrorCode::MalformedFile, "{json}");
        assert!(error.message().contains(part), "{json}: {}", error.message());
    }
    let read =
        Workflow::read(&format!(r#"{{"format": 1, "nodes": {{{}}}}}"#, node.replace(r#""x": 0"#, r#""x": 2.6"#)));
    assert_eq!(read.unwrap().nodes[&"n".into()].position, Position::new(3, 0));
}

#[test]
fn cycles_are_found_and_what_is_behind_them_is_not_on_them() {
    let mut workflow = Workflow::default();
    for id in ["a", "b", "c", "d", "e"] {
        workflow.apply(&Edit::AddNode {
            id: id.into(),
            node: Box::new(Node::new(Component::new("f", 1), Position::default())),
        });
    }
    for (n, (from, to)) in [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d"), ("a", "e")].into_iter().enumerate() {
        let edge = Edge { from: PortRef::new(from, "out"), to: PortRef::new(to, "in"), order: 0 };
        workflow.apply(&Edit::Connect { id: EdgeId::new(format!("e{n}")), edge });
    }
    let wiring = Wiring::new(&workflow);
    assert_eq!(wiring.order().iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["a", "e"]);
    assert_eq!(wiring.circling().iter().map(|id| id.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    assert_eq!(wiring.downstream(&"b".into()).len(), 3);
}

#[test]
fn a_parameter_takes_its_value_from_the_workflow() {
    let mut workflow = drawn();
    let declare = |name: &str, schema| Edit::DeclareParam { name: name.into(), schema };
    workflow.apply(&declare(
        "top",
        json!({"type": "integer", "default": 5, "x-order": 2, "x-required": true}).as_object().cloned(),
    ));
    workflow.apply(&declare("zone", json!({"type": "string", "x-order": 1}).as_object().cloned()));
    for (param, value) in [("n", ref_to("top")), ("z", ref_to("zone")), ("plain", json!({"$param": "top", "and": 1}))] {
        workflow.apply(&Edit::SetParam { id: "a0".into(), param: param.into(), value });
    }
    let node = &workflow.nodes[&"a0".into()];
    let given =
        |given: serde_json::Value| serde_json::Value::Object(workflow.resolve(node, given.as_object().unwrap()));
    assert_eq!(given(json!({})), json!({"n": 5, "plain": {"$param": "top", "and": 1}}));
    assert_eq!(given(json!({"top": 7, "zone": "east"}))["n"], 7);
    let schema = workflow.schema();
    assert_eq!(schema["required"], json!(["top"]));
    assert_eq!(schema["properties"].as_object().unwrap().keys().collect::<Vec<_>>(), ["zone", "top"]);
    assert!(schema["properties"]["top"].get("x-order").is_none());
}
