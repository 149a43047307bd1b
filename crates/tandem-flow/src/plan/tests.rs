use std::time::Instant;

use proptest::prelude::*;

use super::next::counted;
use super::*;
use crate::graph::{EdgeId, Edit, ExposedOutput, PortRef};
use crate::testing::{Shelf, dag, drawn, workflow};

/// How each node of a made-up run ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Well,
    Badly,
    /// A branch goes to `then`, a decision is `no`.
    OneSide,
}

fn fates(most: usize) -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop_oneof![6 => Just(Fate::Well), 1 => Just(Fate::Badly), 2 => Just(Fate::OneSide)];
    prop::collection::vec(fate, most)
}

fn end(fate: Fate) -> State {
    match fate {
        Fate::Well => State::succeeded(),
        Fate::Badly => State::Failed,
        Fate::OneSide => State::Succeeded { closed: ["else".into()].into(), untrue: ["yes".into()].into() },
    }
}

fn cost(at: usize) -> Cost {
    Cost { memory: (at as u64 * 7) % 11, cores: at as u32 % 4 }
}

fn plan(workflow: &Workflow) -> Plan {
    let counter = std::cell::Cell::new(0);
    let plan = Plan::new(workflow, &Shelf::new(), |_, _, _| cost(counter.replace(counter.get() + 1)));
    assert_eq!(plan.len(), workflow.nodes.len());
    plan
}

/// A run in which `pick` says which running node ends next, and the process dies after some of the steps.
struct Run<'a> {
    plan: &'a Plan,
    fates: &'a [Fate],
    budget: Budget,
    pick: &'a [usize],
    dies_after: Option<usize>,
}

impl Run<'_> {
    /// Runs to the end and checks on the way what must hold at every step.
    fn go(&self, mut states: States) -> (States, Outcome, Vec<NodeId>) {
        let mut started = Vec::new();
        for step in 0..10 * self.plan.len() + 10 {
            let actions = next(self.plan, &states, &self.budget);
            for (place, action) in actions.iter().enumerate() {
                match action {
                    Action::Start(id) => {
                        let at = self.plan.at(id).unwrap();
                        assert_eq!(states.get(self.plan, id), State::Waiting);
                        for feed in self.plan.feeds(at) {
                            assert!(states.states[feed.from].is_final(), "{id} was started before its inputs");
                        }
                        states.set(self.plan, id, State::Running);
                        started.push(id.clone());
                    }
                    Action::Skip(id, reason) => _ = states.set(self.plan, id, State::Skipped { reason: *reason }),
                    Action::Finish(outcome) => {
                        assert_eq!(place, actions.len() - 1);
                        assert!(states.iter().all(State::is_final));
                        return (states, *outcome, started);
                    }
                }
            }
            let running: Vec<usize> = (0..self.plan.len()).filter(|at| states.states[*at] == State::Running).collect();
            assert!(!running.is_empty(), "nothing runs and nothing is finished");
            let spent = running.iter().map(|at| self.budget.clamp(self.plan.steps[*at].cost));
            let (memory, cores) = spent.fold((0, 0), |(m, c), cost| (m + cost.memory, c + cost.cores));
            assert!(memory <= self.budget.memory && cores <= self.budget.cores, "more than the budget was spent");
            if self.dies_after == Some(step) {
                states.resume();
                continue;
            }
            let at = running[self.pick[step % self.pick.len()] % running.len()];
            states.states[at] = end(self.fates[at % self.fates.len()]);
        }
        panic!("the run does not end");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// However nodes end one after another, however much may be spent, and
    /// wherever the process dies: the end states are the same.
    #[test]
    fn the_end_depends_on_the_nodes_alone(
        w in dag(20), fates in fates(20), pick in prop::collection::vec(0..64usize, 1..12),
        memory in 0..30u64, cores in 0..6u32, dies_after in 0..40usize
    ) {
        let plan = plan(&w);
        let quiet = Run { plan: &plan, fates: &fates, budget: Budget::new(u64::MAX, u32::MAX), pick: &[0], dies_after: None };
        let (ends, outcome, started) = quiet.go(States::new(&plan));
        let twice = started.iter().collect::<std::collections::BTreeSet<_>>().len() != started.len();
        prop_assert!(!twice, "a node was started twice");
        let other = Run { plan: &plan, fates: &fates, budget: Budget::new(memory, cores), pick: &pick, dies_after: Some(dies_after) };
        let (again, outcome_again, _) = other.go(States::new(&plan));
        prop_assert_eq!(&again, &ends);
        prop_assert_eq!(outcome, outcome_again);
        prop_assert_eq!(outcome == Outcome::Failed, ends.iter().any(|s| *s == State::Failed));
    }

    /// A node is skipped for a failure if and only if one of its ancestors failed.
    #[test]
    fn other_branches_finish(w in dag(20), fates in fates(20)) {
        let plan = plan(&w);
        let run = Run { plan: &plan, fates: &fates, budget: Budget::new(9, 2), pick: &[1, 0, 3], dies_after: None };
        let (ends, ..) = run.go(States::new(&plan));
        let wiring = Wiring::new(&w);
        let failed: Vec<&NodeId> = plan.nodes().filter(|id| ends.get(&plan, id) == State::Failed).collect();
        let behind: std::collections::BTreeSet<&NodeId> = failed.iter().flat_map(|id| wiring.downstream(id)).collect();
        for id in plan.nodes() {
            let skipped = ends.get(&plan, id) == State::Skipped { reason: SkipReason::Upstream };
            prop_assert_eq!(skipped, behind.contains(id), "{}", id);
        }
    }

    /// Another try runs what did not succeed and nothing else, and ends as if nothing had failed.
    #[test]
    fn another_try_keeps_what_succeeded(w in dag(20), fates in fates(20)) {
        let plan = plan(&w);
        let run = |fates: &[Fate], states| Run { plan: &plan, fates, budget: Budget::new(9, 2), pick: &[0], dies_after: None }.go(states);
        let (mut states, ..) = run(&fates, States::new(&plan));
        let kept: Vec<NodeId> = plan.nodes().filter(|id| matches!(states.get(&plan, id), State::Succeeded { .. })).cloned().collect();
        let mended: Vec<Fate> = fates.iter().map(|fate| if *fate == Fate::Badly { Fate::Well } else { *fate }).collect();
        states.retry();
        let (ends, outcome, started) = run(&mended, states);
        prop_assert!(started.iter().all(|id| !kept.contains(id)));
        prop_assert_eq!(outcome, Outcome::Succeeded);
        prop_assert_eq!(ends, run(&mended, States::new(&plan)).0);
    }

    #[test]
    fn views_melt_into_exactly_one_query(w in dag(24)) {
        let shelf = Shelf::new();
        let stages = stages(&w, &shelf);
        let wiring = Wiring::new(&w);
        prop_assert_eq!(stages.lazy.len() + stages.kept.len(), w.nodes.len());
        let place = |id: &NodeId| wiring.order().iter().position(|other| *other == id);
        let how = |id: &NodeId| shelf.find(&w.nodes[id].component).signature().unwrap().evaluation;
        for (id, stage) in &stages.kept {
            prop_assert!(stage.fused.is_sorted_by_key(&place));
            prop_assert!(stage.fused.iter().all(|view| stages.lazy.contains(view) && place(view) < place(id)));
            prop_assert!(stage.reads.iter().all(|read| stages.kept.contains_key(read)));
            let no_views = stage.fused.iter().all(|view| how(view) == crate::signature::Evaluation::Stored);
            prop_assert!(how(id).is_query() || no_views, "a view is read as rows by {}", id);
        }
        for view in stages.lazy.iter().filter(|id| how(id) == crate::signature::Evaluation::Lazy) {
            let homes = stages.kept.values().filter(|stage| stage.fused.contains(view)).count();
            prop_assert_eq!(homes, 1, "{}", view);
        }
    }
}

fn ends(written: &str, fates: &[(&str, Fate)]) -> Vec<(String, State)> {
    let w = workflow(written);
    let plan = plan(&w);
    let of = |id: &NodeId| fates.iter().find(|(name, _)| *name == id.as_str()).map_or(Fate::Well, |(_, fate)| *fate);
    let fates: Vec<Fate> = plan.nodes().map(of).collect();
    let run = Run { plan: &plan, fates: &fates, budget: Budget::new(100, 2), pick: &[0], dies_after: None };
    let (states, ..) = run.go(States::new(&plan));
    let skipped =
        plan.nodes().zip(states.iter()).filter(|(_, state)| matches!(state, State::Skipped { .. } | State::Failed));
    skipped.map(|(id, state)| (id.to_string(), state.clone())).collect()
}

const BRANCH: State = State::Skipped { reason: SkipReason::Branch };
const UPSTREAM: State = State::Skipped { reason: SkipReason::Upstream };

#[test]
fn a_branch_not_taken_is_skipped_and_a_join_takes_the_other() {
    let graph = "s=source d=decide b=branch x=filter y=filter u=union z=filter s>d s>b d.yes>b.on b.then>x b.else>y \
                 x>u.tables y>u.tables y>z";
    assert_eq!(ends(graph, &[("b", Fate::OneSide)]), [("y".into(), BRANCH), ("z".into(), BRANCH)]);
    let failed = ends(graph, &[("b", Fate::OneSide), ("x", Fate::Badly)]);
    assert_eq!(
        failed,
        [("x".into(), State::Failed), ("y".into(), BRANCH), ("u".into(), UPSTREAM), ("z".into(), BRANCH)]
    );
}

#[test]
fn a_false_value_skips_what_it_decides_and_is_a_value_for_all_else() {
    let graph = "s=source d=decide w=write b=branch s>d s>w d.yes>w.if s>b d.yes>b.on";
    assert_eq!(ends(graph, &[("d", Fate::OneSide)]), [("w".into(), BRANCH)]);
    assert_eq!(ends(graph, &[]), []);
}

#[test]
fn a_run_that_is_cancelled_starts_nothing_more() {
    let w = workflow("s=source f=filter g=filter s>f f>g");
    let plan = plan(&w);
    let mut states = States::new(&plan);
    let budget = Budget::new(100, 4);
    assert_eq!(next(&plan, &states, &budget), [Action::Start("s".into())]);
    states.set(&plan, &"s".into(), State::Running);
    states.cancel();
    let skip = |id: &str| Action::Skip(id.into(), SkipReason::Cancelled);
    assert_eq!(next(&plan, &states, &budget), [skip("f"), skip("g")]);
    states.set(&plan, &"s".into(), State::Cancelled);
    assert_eq!(next(&plan, &states, &budget), [skip("f"), skip("g"), Action::Finish(Outcome::Cancelled)]);
    states.retry();
    assert_eq!(next(&plan, &states, &budget), [Action::Start("s".into())]);
}

#[test]
fn a_try_from_a_node_runs_it_and_what_is_behind_it() {
    let w = workflow("s=source f=filter g=filter h=filter s>f f>g s>h");
    let plan = plan(&w);
    let mut states = States::new(&plan);
    w.nodes.keys().for_each(|id| _ = states.set(&plan, id, State::succeeded()));
    states.retry_from(&plan, &"f".into());
    let waiting: Vec<&str> =
        plan.nodes().filter(|id| states.get(&plan, id) == State::Waiting).map(NodeId::as_str).collect();
    assert_eq!(waiting, ["f", "g"]);
}

#[test]
fn the_longest_way_starts_first_and_the_greedy_run_alone() {
    let w = workflow("a=source b=source c=filter d=filter b>c c>d");
    let wants =
        |id: &NodeId, _: &Node, _: &Signature| Cost { memory: if id.as_str() == "b" { 1_000 } else { 10 }, cores: 1 };
    let plan = Plan::new(&w, &Shelf::new(), wants);
    let mut states = States::new(&plan);
    assert_eq!(next(&plan, &states, &Budget::new(100, 8)), [Action::Start("b".into())]);
    states.set(&plan, &"b".into(), State::Running);
    assert_eq!(next(&plan, &states, &Budget::new(100, 8)), []);
    states.set(&plan, &"b".into(), State::succeeded());
    assert_eq!(next(&plan, &states, &Budget::new(100, 8)), [Action::Start("c".into()), Action::Start("a".into())]);
}

#[test]
fn states_survive_their_journey() {
    for state in [State::Waiting, State::Running, end(Fate::OneSide), State::Failed, BRANCH, State::Cancelled] {
        let json = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<State>(&json).unwrap(), state, "{json}");
    }
    assert_eq!(serde_json::to_string(&State::succeeded()).unwrap(), r#"{"state":"succeeded"}"#);
}

/// `kept: fused <- reads` of every stage.
fn cut(workflow: &Workflow) -> Vec<String> {
    let names = |ids: &mut dyn Iterator<Item = &NodeId>| ids.map(NodeId::as_str).collect::<Vec<_>>().join(" ");
    let stages = stages(workflow, &Shelf::new());
    let line = |(id, stage): (&NodeId, &Stage)| {
        format!("{id}: {} < {}", names(&mut stage.fused.iter()), names(&mut stage.reads.iter()))
    };
    stages.kept.iter().map(line).collect()
}

#[test]
fn a_chain_of_queries_is_one_query() {
    assert_eq!(cut(&workflow("s=source f=filter j=join g=group s>f f>j.left s>j.right j>g")), ["g: s f j < "]);
    let diamond = workflow("s=source f=filter a=filter b=filter j=join g=group s>f f>a f>b a>j.left b>j.right j>g");
    assert_eq!(cut(&diamond), ["g: s f a b j < "]);
}

#[test]
fn rows_are_kept_where_they_are_read_twice_as_rows_or_looked_at() {
    let twice = workflow("s=source f=filter a=group b=group s>f f>a f>b");
    assert_eq!(cut(&twice), ["a:  < f", "b:  < f", "f: s < "]);
    let sink = workflow("s=source g=group k=select w=write s>g g>k k>w");
    assert_eq!(cut(&sink), ["g: s < ", "k:  < g", "w:  < k"]);
    assert_eq!(cut(&workflow("s=source f=filter s>f")), ["f: s < "]);
    assert_eq!(cut(&workflow("s=source t=train s>t")), ["t: s < "], "a stored table is not stored again");
    let mut exposed = workflow("s=source f=filter g=group s>f f>g");
    let output = ExposedOutput { from: PortRef::new("f", "table"), label: None, help: None };
    exposed.apply(&Edit::ExposeOutput { name: "clean".into(), output: Some(output) });
    assert_eq!(cut(&exposed), ["f: s < ", "g:  < f"]);
}

/// A run of 500 nodes: the work of one call is bounded by the size of the graph, and its time is printed.
#[test]
fn five_hundred_nodes_are_planned_in_no_time() {
    let mut random = 7_u32;
    let choices: Vec<[u16; 4]> = (0..500)
        .map(|_| {
            std::array::from_fn(|_| {
                random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (random >> 16) as u16
            })
        })
        .collect();
    let w = drawn(&choices);
    let ids: std::collections::BTreeSet<&EdgeId> = w.edges.keys().collect();
    let begun = Instant::now();
    let plan = Plan::new(&w, &Shelf::new(), |_, _, _| Cost { memory: 1, cores: 1 });
    let made = begun.elapsed();
    let begun = Instant::now();
    let stages = stages(&w, &Shelf::new());
    let cut = begun.elapsed();
    let (mut states, mut calls, mut most) = (States::new(&plan), 0_u32, 0);
    let mut spent = std::time::Duration::ZERO;
    loop {
        let begun = Instant::now();
        let (actions, looked_at) = counted(&plan, &states, &Budget::new(8, 8));
        spent += begun.elapsed();
        (calls, most) = (calls + 1, most.max(looked_at));
        for action in &actions {
            if let Action::Start(id) = action {
                states.set(&plan, id, State::Running);
            }
        }
        if matches!(actions.last(), Some(Action::Finish(_))) {
            break;
        }
        let at = states.iter().position(|state| *state == State::Running).unwrap();
        states.states[at] = State::succeeded();
    }
    println!(
        "{} nodes, {} connections: plan {made:?}, stages ({} kept) {cut:?}, {calls} calls, {:?} each, at most {most} looked at",
        plan.len(),
        ids.len(),
        stages.kept.len(),
        spent / calls
    );
    assert_eq!((plan.len(), calls as usize), (500, 501));
    assert!(most <= (plan.len() + ids.len()) as u64);
}
