use std::time::Instant;

use proptest::prelude::*;

use super::*;
use crate::testing::{dag, drawn, workflow};

fn laid(mut workflow: Workflow) -> Workflow {
    let edits = layout(&workflow, &BTreeSet::new(), &Sizes::default());
    workflow.apply_all(&edits);
    workflow
}

/// Nodes on top of one another.
fn overlaps(workflow: &Workflow) -> usize {
    let sizes = Sizes::default();
    let places: Vec<Position> = workflow.nodes.values().map(|node| node.position).collect();
    let near = |a: &Position, b: &Position| (a.x - b.x).abs() < sizes.width && (a.y - b.y).abs() < sizes.height;
    (0..places.len()).flat_map(|a| (0..a).map(move |b| (a, b))).filter(|(a, b)| near(&places[*a], &places[*b])).count()
}

proptest! {
    #[test]
    fn connections_go_right_and_nodes_do_not_overlap(w in dag(30)) {
        let laid = laid(w.clone());
        for edge in laid.edges.values() {
            let x = |id: &NodeId| laid.nodes[id].position.x;
            prop_assert!(x(&edge.from.node) < x(&edge.to.node));
        }
        prop_assert_eq!(overlaps(&laid), 0);
        prop_assert!(layout(&laid, &BTreeSet::new(), &Sizes::default()).is_empty(), "a second time moves nothing");
        prop_assert!(crate::diff::diff(&w, &laid).changed.is_empty());
    }
}

#[test]
fn what_can_be_drawn_without_crossings_is() {
    // Drawn so that every pair crosses until the order is turned round.
    let w = workflow("a=source b=source c=source x=filter y=filter z=filter a>z b>y c>x");
    let wide = workflow(
        "s=source a=filter b=filter c=filter d=filter j=join k=join s>a s>b s>c s>d a>j.left d>j.right b>k.left c>k.right",
    );
    for w in [w, wide] {
        let wiring = Wiring::new(&w);
        let place: BTreeMap<&NodeId, usize> = wiring.order().iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let mut edges: Vec<_> = w.edges.values().map(|edge| (place[&edge.from.node], place[&edge.to.node])).collect();
        edges.sort_unstable();
        let mut layers = Layers::new(&(0..place.len()).collect::<Vec<_>>(), &edges);
        let before = cross::count(&layers);
        cross::untangle(&mut layers);
        assert!(before > 0 && cross::count(&layers) == 0, "{before} before, {} after", cross::count(&layers));
    }
}

#[test]
fn a_chain_is_a_straight_line_and_a_fork_is_even() {
    let chain = laid(workflow("a=source b=filter c=filter a>b b>c"));
    let places: Vec<Position> = chain.nodes.values().map(|node| node.position).collect();
    assert_eq!(places, [Position::new(0, 0), Position::new(310, 0), Position::new(620, 0)]);
    let fork = laid(workflow("a=source b=filter c=filter a>b a>c"));
    let y = |id: &str| fork.nodes[&id.into()].position.y;
    assert_eq!(y("a") * 2, y("b") + y("c"));
}

#[test]
fn a_cycle_is_laid_out_all_the_same_and_what_is_not_chosen_stays() {
    let circle = laid(workflow("u=union f=filter u>f f>u.tables"));
    assert_eq!(overlaps(&circle), 0);
    let w = workflow("a=source b=filter c=filter a>b b>c");
    let edits = layout(&w, &["b".into(), "c".into()].into(), &Sizes::default());
    assert!(edits.iter().all(|edit| !matches!(edit, Edit::MoveNode { id, .. } if id.as_str() == "a")), "{edits:?}");
}

#[test]
fn nodes_are_put_in_line_and_evenly_apart() {
    let all: BTreeSet<NodeId> = ["a".into(), "b".into(), "c".into()].into();
    let mut w = workflow("a=source b=source c=source d=source");
    let at = |w: &Workflow| w.nodes.values().map(|node| (node.position.x, node.position.y)).collect::<Vec<_>>();
    w.apply(&Edit::MoveNode { id: "b".into(), position: Position::new(10, 50) });
    w.apply_all(&distribute(&w, &all, Axis::Horizontal));
    assert_eq!(at(&w), [(0, 0), (100, 50), (200, 0), (300, 0)]);
    let mut lined = w.clone();
    lined.apply_all(&align(&w, &all, Align::Bottom));
    assert_eq!(at(&lined), [(0, 50), (100, 50), (200, 50), (300, 0)]);
    let mut lined = w.clone();
    lined.apply_all(&align(&w, &all, Align::Center));
    assert_eq!(at(&lined), [(100, 0), (100, 50), (100, 0), (300, 0)]);
    assert_eq!(distribute(&w, &BTreeSet::new(), Axis::Vertical), []);
}

/// Three hundred nodes: the time is printed.
#[test]
fn three_hundred_nodes_are_laid_out_at_once() {
    let mut random = 11_u32;
    let choices: Vec<[u16; 4]> = (0..300)
        .map(|_| {
            std::array::from_fn(|_| {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (random >> 16) as u16
            })
        })
        .collect();
    let w = drawn(&choices);
    let begun = Instant::now();
    let edits = layout(&w, &BTreeSet::new(), &Sizes::default());
    println!("{} nodes, {} connections: laid out in {:?}", w.nodes.len(), w.edges.len(), begun.elapsed());
    assert!(edits.len() > 250);
    let mut laid = w.clone();
    laid.apply_all(&edits);
    assert_eq!(overlaps(&laid), 0);
}
