use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::graph::{Edge, EdgeId, Edit, ExposedInput, PortRef, Wiring, Workflow, ref_to};
use crate::testing::{Shelf, dag, set, signature, workflow};
use crate::{Column, ColumnKind};

/// Severity aside: code, node, port or parameter.
fn found(workflow: &Workflow, shelf: &Shelf) -> Vec<(Code, String)> {
    let place = |at: Place| {
        [at.node.map(|n| n.to_string()), at.port, at.param].into_iter().flatten().collect::<Vec<_>>().join(".")
    };
    let checked = check(workflow, shelf, &Given::default());
    for problem in &checked.problems {
        assert!(!problem.message.en.is_empty() && !problem.message.zh.is_ascii(), "{problem:?}");
    }
    checked.problems.into_iter().map(|problem| (problem.code, place(problem.at))).collect()
}

fn refused(workflow: &Workflow, from: &str, to: &str) -> Option<RefusalCode> {
    let port = |end: &str| {
        let (node, port) = end.split_once('.').unwrap();
        PortRef::new(node, port)
    };
    let refusal = connection(workflow, &Shelf::new(), &port(from), &port(to)).err()?;
    assert!(!refusal.message.zh.is_ascii());
    Some(refusal.code)
}

#[test]
fn a_connection_is_refused_with_its_reason() {
    let w = workflow("s=source f=filter g=filter t=train p=predict u=union x=nowhere s>f f>g s>u.tables");
    assert_eq!(refused(&w, "s.table", "p.table"), None);
    assert_eq!(refused(&w, "t.model", "p.model"), None);
    assert_eq!(refused(&w, "f.table", "u.tables"), None);
    assert_eq!(refused(&w, "s.table", "u.tables"), None, "a table may be stacked onto itself");
    let cases = [
        ("gone.table", "f.table", RefusalCode::UnknownNode),
        ("x.table", "f.table", RefusalCode::UnknownComponent),
        ("s.rows", "p.table", RefusalCode::UnknownPort),
        ("s.table", "p.rows", RefusalCode::UnknownPort),
        ("f.table", "f.table", RefusalCode::SameNode),
        ("s.table", "p.model", RefusalCode::KindsDiffer),
        ("s.table", "f.table", RefusalCode::AlreadyConnected),
        ("s.table", "g.table", RefusalCode::PortTaken),
    ];
    for (from, to, code) in cases {
        assert_eq!(refused(&w, from, to), Some(code), "{from} > {to}");
    }
    let open = workflow("s=source f=filter g=filter f>g");
    assert_eq!(refused(&open, "g.table", "f.table"), Some(RefusalCode::Cycle));
}

#[test]
fn a_port_that_is_fed_from_outside_is_taken() {
    let mut w = workflow("s=source f=filter");
    let input = ExposedInput { to: vec![PortRef::new("f", "table")], label: None, help: None };
    w.apply(&Edit::ExposeInput { name: "data".into(), input: Some(input) });
    assert_eq!(refused(&w, "s.table", "f.table"), Some(RefusalCode::PortTaken));
    assert_eq!(found(&w, &Shelf::new()), []);
    let given = Given {
        inputs: [("data".to_owned(), Columns::Known(vec![Column::new("a", ColumnKind::Text)]))].into(),
        ..Given::default()
    };
    let checked = check(&w, &Shelf::new(), &given);
    assert_eq!(checked.nodes[&"f".into()].outputs["table"].known().unwrap()[0].name, "a");
}

#[test]
fn columns_are_known_at_every_port_and_a_missing_one_is_said_where_it_is_needed() {
    let mut w = workflow("s=source f=filter k=select g=group s>f f>k k>g");
    set(&mut w, "s", "columns", json!(["city:text", "amount:number"]));
    set(&mut w, "k", "columns", json!(["city"]));
    set(&mut w, "g", "by", json!(["city"]));
    let checked = check(&w, &Shelf::new(), &Given::default());
    assert!(checked.may_run(), "{:?}", checked.problems);
    assert_eq!(
        checked.nodes[&"g".into()].inputs["table"],
        [Columns::Known(vec![Column::new("city", ColumnKind::Text)])]
    );
    set(&mut w, "g", "total", json!("amount"));
    assert_eq!(found(&w, &Shelf::new()), [(Code::MissingColumn, "g.total".into())]);
    set(&mut w, "g", "total", json!("city"));
    assert_eq!(found(&w, &Shelf::new()), [(Code::ColumnKind, "g.total".into())]);
}

#[test]
fn a_kind_that_changes_upstream_is_said_downstream() {
    let mut w = workflow("s=source g=group s>g");
    set(&mut w, "s", "columns", json!(["amount:number"]));
    set(&mut w, "g", "total", json!("amount"));
    assert_eq!(found(&w, &Shelf::new()), []);
    set(&mut w, "s", "columns", json!(["amount:text"]));
    assert_eq!(found(&w, &Shelf::new()), [(Code::ColumnKind, "g.total".into())]);
}

#[test]
fn what_stands_behind_an_error_is_not_blamed_for_it() {
    let mut w = workflow("s=source k=select g=group s>k k>g");
    set(&mut w, "s", "columns", json!(["city:text"]));
    set(&mut w, "k", "columns", json!(["gone"]));
    set(&mut w, "g", "by", json!(["anything"]));
    assert_eq!(found(&w, &Shelf::new()), [(Code::MissingColumn, "k.columns[0]".into())]);
}

#[test]
fn columns_that_only_the_data_tells_are_left_to_the_run() {
    let mut w = workflow("s=source p=pivot g=group s>p p>g");
    set(&mut w, "g", "by", json!(["made by the pivot"]));
    assert_eq!(found(&w, &Shelf::new()), []);
}

#[test]
fn a_component_that_is_gone_withdrawn_or_old_is_said() {
    let mut shelf = Shelf::new();
    let mut newer = signature("filter", "lazy", "table:table", "table:table", json!({}));
    newer.version = 2;
    shelf.add(newer);
    let w = workflow("s=source f=filter n=nowhere s>f");
    assert_eq!(found(&w, &shelf), [(Code::MissingComponent, "n".into()), (Code::NewerComponent, "f".into())]);
    let notice = check(&workflow("s=source f=filter s>f"), &shelf, &Given::default());
    assert!(notice.may_run() && notice.problems[0].severity == Severity::Notice);
    shelf.withdrawn.push(Component::new("filter", 1));
    let checked = check(&workflow("s=source f=filter s>f"), &shelf, &Given::default());
    assert_eq!(checked.problems[0].code, Code::WithdrawnComponent);
    assert!(!checked.may_run() && checked.problems[0].message.en.contains("Version 2"));
}

#[test]
fn connections_that_a_newer_version_broke_are_said() {
    let mut shelf = Shelf::new();
    let mut newer = signature("filter", "lazy", "rows:table", "table:table", json!({}));
    newer.version = 2;
    shelf.add(newer);
    let mut w = workflow("s=source f=filter s>f");
    w.apply(&Edit::SetComponent { id: "f".into(), component: Component::new("filter", 2) });
    assert_eq!(found(&w, &shelf), [(Code::UnknownPort, "f.table".into()), (Code::MissingInput, "f.rows".into())]);
}

#[test]
fn the_graph_itself_is_checked() {
    let shelf = Shelf::new();
    assert_eq!(found(&workflow("f=filter"), &shelf), [(Code::MissingInput, "f.table".into())]);
    let two = workflow("a=source b=source f=filter a>f b>f");
    assert_eq!(found(&two, &shelf), [(Code::PortTaken, "f.table".into())]);
    let circle = workflow("s=source u=union f=filter g=filter s>u.tables u>f f>u.tables f>g");
    assert_eq!(found(&circle, &shelf), [(Code::Cycle, "f".into()), (Code::Cycle, "u".into())]);
    let kinds = workflow("s=source p=predict s>p s>p.model");
    assert_eq!(found(&kinds, &shelf)[0], (Code::KindsDiffer, "p.model".into()));
}

#[test]
fn parameters_are_checked_at_their_node() {
    let shelf = Shelf::new();
    let mut w = workflow("s=source t=train f=filter s>t s>f");
    set(&mut w, "t", "trees", json!(0));
    set(&mut w, "f", "where", json!("nonsense"));
    assert_eq!(found(&w, &shelf), [(Code::Objection, "f.where".into()), (Code::Parameter, "t.trees".into())]);
    set(&mut w, "f", "where", ref_to("condition"));
    set(&mut w, "t", "trees", json!(10));
    assert_eq!(found(&w, &shelf), [(Code::UnknownParameter, "f.where".into())]);
    w.apply(&Edit::DeclareParam { name: "condition".into(), schema: json!({"type": "string"}).as_object().cloned() });
    assert_eq!(found(&w, &shelf), []);
    let given = Given { params: json!({"condition": "nonsense"}).as_object().cloned().unwrap(), ..Given::default() };
    assert_eq!(check(&w, &shelf, &given).problems[0].code, Code::Objection);
}

proptest! {
    #[test]
    fn what_is_drawn_with_leave_has_no_faults_of_the_graph(w in dag(14)) {
        prop_assert_eq!(found(&w, &Shelf::new()), vec![]);
        prop_assert_eq!(Wiring::new(&w).order().len(), w.nodes.len());
    }

    /// Whatever the refusals let through never makes a cycle, a port taken twice or a mix of kinds.
    #[test]
    fn refusals_keep_the_graph_sound(w in dag(8), tries in prop::collection::vec((0..8usize, 0..8usize, 0..3usize, 0..3usize), 0..30)) {
        let shelf = Shelf::new();
        let mut w = w;
        w.edges.clear();
        let ports = ["table", "model", "tables"];
        for (n, (from, to, out, into)) in tries.into_iter().enumerate() {
            let (from, to) = (PortRef::new(&*format!("n{from}"), ports[out]), PortRef::new(&*format!("n{to}"), ports[into]));
            if connection(&w, &shelf, &from, &to).is_ok() {
                w.apply(&Edit::Connect { id: EdgeId::new(format!("e{n}")), edge: Edge { from, to, order: 0 } });
            }
        }
        let missing = |code: &Code| *code == Code::MissingInput;
        prop_assert!(found(&w, &shelf).iter().all(|(code, _)| missing(code)), "{:?}", found(&w, &shelf));
    }
}
