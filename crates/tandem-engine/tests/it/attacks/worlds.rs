//! Two worlds that differ in hidden things alone.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, RecordBatch, TimestampMicrosecondArray};
use tandem_engine::{AccessPlan, CompareOp, Filter, Mask, TableAccess, TableRef, TableSource, Value, WriteMode};

use crate::support::{Bench, batch, ints, sorted, texts};

/// In every hidden value and in no visible one.
pub(crate) const NEEDLE: &str = "s3cr3t";

/// Rows of the table. The first six are visible; `salary`, `phone`, `age` and
/// `joined` are masked, `note` is hidden.
pub(crate) fn rows(world: i64) -> RecordBatch {
    let hidden = if world == 0 { 40 } else { 3 };
    let ids: Vec<i64> = (1..=6).chain((0..hidden).map(|at| 777_001 + world * 1000 + at)).collect();
    let seen = |at: usize| at < 6;
    let all = 0..ids.len();
    let region: Vec<String> =
        all.clone().map(|at| if seen(at) { "east".into() } else { format!("west {NEEDLE}") }).collect();
    // Visible codes are numbers; a cast of a hidden one would fail and say it.
    let code: Vec<String> =
        all.clone().map(|at| if seen(at) { (at % 3).to_string() } else { format!("{NEEDLE}{world}{at}") }).collect();
    let salary: Vec<f64> = all.clone().map(|at| (54_321 + world * 1111 + at as i64 * 7) as f64).collect();
    let phone: Vec<String> = all.clone().map(|at| format!("138{NEEDLE}{world}{at}99")).collect();
    let email: Vec<String> = all
        .clone()
        .map(|at| if seen(at) { format!("{at}@{NEEDLE}") } else { format!("{NEEDLE}{world}@{at}") })
        .collect();
    let age: Vec<i64> = all.clone().map(|at| 20 + (at as i64 % 3) * 10 + world * 3 + 1).collect();
    let joined = all.clone().map(|at| (at as i64 % 2) * 86_400_000_000 + world * 3_600_000_000 + 1).collect::<Vec<_>>();
    let note: Vec<String> = all.map(|at| format!("{NEEDLE} note {world} {at}")).collect();
    let text = |values: &[String]| texts(values.iter().map(String::as_str));
    let salary: ArrayRef = Arc::new(Float64Array::from(salary));
    batch(vec![
        ("id", ints(ids)),
        ("region", text(&region)),
        ("code", text(&code)),
        ("salary", salary),
        ("phone", text(&phone)),
        ("email", text(&email)),
        ("age", ints(age)),
        ("joined", Arc::new(TimestampMicrosecondArray::from(joined))),
        ("note", text(&note)),
    ])
}

fn restricted(source: TableSource) -> TableAccess {
    TableAccess {
        source,
        row_filter: Some(Filter::And {
            filters: vec![
                Filter::Compare { column: "region".into(), is: CompareOp::Eq, value: Value::Text("east".into()) },
                Filter::Not {
                    filter: Box::new(Filter::Like {
                        column: "note".into(),
                        pattern: format!("%never {NEEDLE}%"),
                        ignore_case: false,
                    }),
                },
            ],
        }),
        masks: [
            ("salary".to_owned(), Mask::Null),
            ("phone".to_owned(), Mask::Partial { keep_start: 3, keep_end: 2 }),
            ("email".to_owned(), Mask::Hash { salt: NEEDLE.into() }),
            ("age".to_owned(), Mask::Bucket { width: 10.0 }),
            ("joined".to_owned(), Mask::Bucket { width: 86_400.0 }),
        ]
        .into(),
        hidden_columns: vec!["note".into()],
    }
}

/// Both worlds, each an engine with the table and one that is open.
pub(super) struct Worlds {
    pub(super) benches: [Bench; 2],
    pub(super) plans: [AccessPlan; 2],
    files: Vec<String>,
    /// What the mask makes of emails in hidden rows.
    hidden_hashes: Vec<String>,
}

impl Worlds {
    /// `stored`: as a dataset of several files; else in memory.
    pub(super) async fn new(stored: bool) -> Self {
        let (mut benches, mut plans, mut files) = (Vec::new(), Vec::new(), Vec::new());
        for world in [0, 1] {
            let bench = Bench::new();
            let rows = rows(world);
            let source = if stored {
                let dataset = bench.table(rows.slice(0, 4)).await;
                let rest = rows.slice(4, rows.num_rows() - 4);
                bench.write(dataset, WriteMode::Append, rest).await.unwrap();
                for path in bench.engine.files_at(dataset, 1).await.unwrap() {
                    files.push(path.to_string_lossy().into_owned());
                }
                TableSource::Version { dataset, delta_version: 1 }
            } else {
                TableSource::Memory { schema: rows.schema(), batches: vec![rows] }
            };
            let open = batch(vec![("id", ints([1, 2, 777_001, 778_001])), ("word", texts(["a", "b", "c", "d"]))]);
            let open = TableSource::Memory { schema: open.schema(), batches: vec![open] };
            plans.push(
                AccessPlan::new("guest")
                    .with_table(TableRef::latest("people"), restricted(source))
                    .with_table(TableRef::latest("open"), TableAccess::full(open)),
            );
            benches.push(bench);
        }
        let worlds = |mut of: Vec<Bench>| -> [Bench; 2] {
            let second = of.pop().unwrap();
            [of.pop().unwrap(), second]
        };
        let second = plans.pop().unwrap();
        let (benches, plans) = (worlds(benches), [plans.pop().unwrap(), second]);
        let mut hidden_hashes = Vec::new();
        for (bench, plan) in benches.iter().zip(&plans) {
            let mut open = plan.clone();
            open.tables.get_mut(&TableRef::latest("people")).unwrap().row_filter = None;
            hidden_hashes.extend(bench.rows(&open, "SELECT email FROM people WHERE id > 6").await);
        }
        assert_eq!(hidden_hashes.len(), 43);
        Self { benches, plans, files, hidden_hashes }
    }

    /// The answer that both worlds give.
    pub(super) async fn ask(&self, sql: &str) -> String {
        let mut answers = Vec::new();
        for (bench, plan) in self.benches.iter().zip(&self.plans) {
            answers.push(match bench.ask(plan, sql).await {
                Ok(rows) => sorted(rows).join("\n"),
                Err(error) => format!("{}: {error}", error.code().as_str()),
            });
        }
        answers.iter().for_each(|answer| self.clean(sql, answer));
        // Which of several bad rows is met first is chance, whether one is met is not.
        let same = |answer: &str| match answer.split_once(':') {
            Some(("compute_failed", _)) => "compute_failed".to_owned(),
            _ => answer.to_owned(),
        };
        assert_eq!(same(&answers[0]), same(&answers[1]), "the answer tells the worlds apart: {sql}");
        answers.remove(0)
    }

    pub(super) fn clean(&self, asked: &str, answer: &str) {
        // What the asker wrote may come back.
        let answer = answer.replace(asked, "");
        let told = answer.to_lowercase();
        let own = asked.to_lowercase().contains(NEEDLE);
        assert!(own || !told.contains(NEEDLE), "{asked} gave {answer}");
        for hash in &self.hidden_hashes {
            assert!(!answer.contains(hash.as_str()), "{asked} gave {answer}");
        }
        for file in &self.files {
            let folder = file.rsplit_once('/').unwrap().0;
            let asked_for = asked.contains(folder);
            assert!(asked_for || !answer.contains(folder), "{asked} gave {answer}");
        }
        let salaries = ["54321", "54,321", "5.4321e4", "55432"];
        if !salaries.iter().any(|salary| asked.contains(salary)) {
            assert!(!salaries.iter().any(|salary| answer.contains(salary)), "{asked} gave {answer}");
        }
    }
}
