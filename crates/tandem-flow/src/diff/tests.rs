use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::graph::{Edit, PortRef};
use crate::testing::{set, workflow};

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(crate::graph::tests::edit("a"), 0..30)
}

proptest! {
    #[test]
    fn the_way_back_ends_where_it_began(first in edits(), then in edits()) {
        let mut old = Workflow::default();
        old.apply_all(&first);
        let mut now = old.clone();
        now.apply_all(&then);
        let found = diff(&old, &now);
        let mut back = now.clone();
        back.apply_all(&restore(&old, &now));
        prop_assert_eq!(&back, &old);
        prop_assert_eq!(restore(&old, &old).into_iter().map(|edit| old.clone().apply(&edit)).collect::<Vec<_>>().concat(), vec![]);
        // The difference is empty only between equals, and the other way round it is its mirror.
        let mirror = diff(&now, &old);
        prop_assert_eq!(&found.added, &mirror.removed);
        prop_assert_eq!(&found.connected, &mirror.disconnected);
        prop_assert_eq!(found.changed.keys().collect::<Vec<_>>(), mirror.changed.keys().collect::<Vec<_>>());
        prop_assert_eq!(found == diff(&old, &old), old == now);
    }

    #[test]
    fn one_node_comes_back(first in edits(), then in edits(), which in 0..5u8) {
        let mut old = Workflow::default();
        old.apply_all(&first);
        let mut now = old.clone();
        now.apply_all(&then);
        let id = NodeId::new(format!("a{which}"));
        let others: Vec<_> = now.nodes.iter().filter(|(other, _)| **other != id).map(|(id, node)| (id.clone(), node.clone())).collect();
        now.apply_all(&restore_node(&old, &now, &id));
        prop_assert!(diff(&old, &now).changed.get(&id).is_none_or(|change| change.frame.is_some()));
        prop_assert_eq!(old.nodes.contains_key(&id), now.nodes.contains_key(&id));
        prop_assert_eq!(now.flaws(), Vec::<String>::new());
        prop_assert!(others.iter().all(|(id, node)| now.nodes.get(id) == Some(node)));
    }
}

#[test]
fn what_changed_is_said_parameter_by_parameter_and_moves_apart() {
    let mut old = workflow("s=source f=filter g=group s>f f>g");
    set(&mut old, "f", "where", json!("a > 1"));
    let mut new = old.clone();
    set(&mut new, "f", "where", json!("a > 2"));
    set(&mut new, "g", "by", json!(["city"]));
    new.apply(&Edit::MoveNode { id: "s".into(), position: Position::new(9, 9) });
    let found = diff(&old, &new);
    assert_eq!(found.changed[&"f".into()].params["where"], Change { from: json!("a > 1"), to: json!("a > 2") });
    assert_eq!(found.changed[&"g".into()].params["by"].from, json!(null));
    assert_eq!(found.moved.keys().map(NodeId::as_str).collect::<Vec<_>>(), ["s"]);
    assert!(!found.changed.contains_key(&"s".into()) && found.matters());
}

#[test]
fn what_only_looks_different_does_not_matter() {
    let old = workflow("s=source f=filter s>f");
    let mut new = old.clone();
    new.apply(&Edit::MoveNode { id: "s".into(), position: Position::new(9, 9) });
    new.apply(&Edit::SetLabel { id: "f".into(), label: Some("Adults".into()) });
    assert!(!diff(&old, &new).matters());
    new.apply(&Edit::Reorder { id: "e0".into(), order: 3 });
    assert!(diff(&old, &new).matters());
}

#[test]
fn a_removed_node_comes_back_with_its_connections() {
    let old = workflow("s=source f=filter g=group h=filter s>f f>g f>h");
    let mut now = old.clone();
    now.apply(&Edit::RemoveNode { id: "f".into() });
    now.apply(&Edit::RemoveNode { id: "h".into() });
    now.apply_all(&restore_node(&old, &now, &"f".into()));
    let ends: Vec<_> = now.edges.values().map(|edge| (&edge.from, &edge.to)).collect();
    let port = |node: &str| PortRef::new(node, "table");
    assert_eq!(ends, [(&port("s"), &port("f")), (&port("f"), &port("g"))]);
}
