use std::collections::HashMap;

use arrow::{
    array::{
        ArrayRef, AsArray, BooleanArray, Date32Array, Int8Array, Int32Array, Int64Array, LargeStringArray, RecordBatch,
        StringArray, StringViewArray, TimestampMicrosecondArray, UInt64Array,
    },
    datatypes::{DataType, Field, Int64Type, Schema},
    util::display::array_value_to_string,
};
use datafusion::{
    datasource::MemTable,
    execution::{SessionStateBuilder, memory_pool::GreedyMemoryPool, runtime_env::RuntimeEnvBuilder},
    physical_plan::collect,
    prelude::{SessionConfig, SessionContext},
};
use proptest::prelude::*;

use super::{table::Groups, *};

/// A value of each column, or none.
type Row = (Option<bool>, Option<i8>, Option<i32>, Option<i64>, Option<&'static str>, Option<&'static str>, i64);

/// Short and long ones, equal beginnings, a text that is a zero.
const TEXTS: [&str; 8] = [
    "",
    "\0",
    "baby",
    "twelve bytes",
    "thirteen byte",
    "thirteen bytes and more",
    "thirteen bytes and less",
    "上海市浦东新区",
];

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let text = || prop::option::weighted(0.8, prop::sample::select(&TEXTS[..]));
    let whole = prop_oneof![Just(i64::MIN), Just(i64::MAX), -3_i64..3];
    let row = (
        any::<Option<bool>>(),
        prop::option::of(-2_i8..2),
        prop::option::of(prop_oneof![-2_i32..2, any::<i32>()]),
        prop::option::of(whole),
        text(),
        text(),
        -5_i64..5,
    );
    prop::collection::vec(row, 0..120)
}

fn batch(rows: &[Row]) -> RecordBatch {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("flag", Arc::new(rows.iter().map(|row| row.0).collect::<BooleanArray>())),
        ("tiny", Arc::new(rows.iter().map(|row| row.1).collect::<Int8Array>())),
        ("whole", Arc::new(rows.iter().map(|row| row.2).collect::<Int32Array>())),
        ("day", Arc::new(rows.iter().map(|row| row.2).collect::<Date32Array>())),
        ("long", Arc::new(rows.iter().map(|row| row.3).collect::<Int64Array>())),
        ("since", Arc::new(rows.iter().map(|row| row.3.map(|value| value as u64)).collect::<UInt64Array>())),
        ("at", Arc::new(rows.iter().map(|row| row.3).collect::<TimestampMicrosecondArray>().with_timezone("+08:00"))),
        ("label", Arc::new(rows.iter().map(|row| row.4).collect::<StringViewArray>())),
        ("text", Arc::new(rows.iter().map(|row| row.5).collect::<StringArray>())),
        ("large", Arc::new(rows.iter().map(|row| row.5).collect::<LargeStringArray>())),
        ("value", Arc::new(rows.iter().map(|row| row.6).collect::<Int64Array>())),
    ];
    let fields = columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), *name != "value"));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    RecordBatch::try_new(schema, columns.into_iter().map(|(_, array)| array).collect()).unwrap()
}

/// How a test groups.
struct Session {
    ours: bool,
    memory: usize,
    probe_rows: usize,
}

const USUAL: Session = Session { ours: true, memory: 1 << 30, probe_rows: 100_000 };

/// The rows of a query over two partitions of batches of seven rows, in order, and the steps of its plan with the rows
/// that they gave.
fn ask(session: &Session, halves: [RecordBatch; 2], sql: &str) -> (Vec<String>, Vec<(String, usize)>) {
    let batches = |half: &RecordBatch| -> Vec<RecordBatch> {
        (0..half.num_rows()).step_by(7).map(|at| half.slice(at, 7.min(half.num_rows() - at))).collect()
    };
    let mut config = SessionConfig::new().with_target_partitions(2).with_batch_size(16);
    config.options_mut().execution.skip_partial_aggregation_probe_rows_threshold = session.probe_rows;
    config.options_mut().optimizer.repartition_file_scans = false;
    let runtime =
        RuntimeEnvBuilder::new().with_memory_pool(Arc::new(GreedyMemoryPool::new(session.memory))).build_arc();
    let mut builder =
        SessionStateBuilder::new().with_default_features().with_config(config).with_runtime_env(runtime.unwrap());
    if session.ours {
        builder = builder.with_physical_optimizer_rule(Arc::new(PartialGroups));
    }
    let context = SessionContext::new_with_state(builder.build());
    let table = MemTable::try_new(halves[0].schema(), halves.iter().map(batches).collect()).unwrap();
    #[expect(clippy::disallowed_methods, reason = "what is tested lies beneath access plans")]
    context.register_table("t", Arc::new(table)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let plan = context.sql(sql).await.unwrap().create_physical_plan().await.unwrap();
        let answer = collect(plan.clone(), context.task_ctx()).await.unwrap();
        let mut lines: Vec<String> = answer
            .iter()
            .flat_map(|batch| {
                (0..batch.num_rows()).map(move |row| {
                    let cell = |column: &ArrayRef| match column.is_null(row) {
                        true => "missing".to_owned(),
                        false => format!("{:?}", array_value_to_string(column, row).unwrap()),
                    };
                    batch.columns().iter().map(cell).collect::<Vec<_>>().join(" ")
                })
            })
            .collect();
        lines.sort();
        let mut steps = Vec::new();
        plan.apply(|step| {
            steps.push((step.name().to_owned(), step.metrics().and_then(|all| all.output_rows()).unwrap_or(0)));
            Ok(TreeNodeRecursion::Continue)
        })
        .unwrap();
        (lines, steps)
    })
}

fn is_ours(steps: &[(String, usize)]) -> bool {
    steps.iter().any(|(name, _)| name == "PartialGroupsExec")
}

/// What is grouped by: one column of each type, and some beside each other, in 64 bits and in 128.
const COLUMNS: [&str; 14] = [
    "flag",
    "tiny",
    "whole",
    "day",
    "long",
    "since",
    "at",
    "label",
    "text",
    "large",
    "flag, label, tiny",
    "whole, text",
    "label, large, day",
    "long, label, flag",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn groups_are_those_of_the_engine(one in rows(), two in rows(), which in prop::sample::subsequence(&COLUMNS[..], 2)) {
        for columns in which {
            let sql = format!(
                "SELECT {columns}, count(*), sum(value), min(value), avg(value), count(label) FILTER (WHERE value > 0), \
                 count(DISTINCT value), count(DISTINCT text) FROM t GROUP BY {columns}"
            );
            let halves = || [batch(&one), batch(&two)];
            let (ours, steps) = ask(&USUAL, halves(), &sql);
            prop_assert!(is_ours(&steps), "{columns}: {steps:?}");
            let (expected, _) = ask(&Session { ours: false, ..USUAL }, halves(), &sql);
            prop_assert_eq!(&ours, &expected, "{}", columns);
            // Rows become states at once where the first two are groups of their own.
            let (passed, _) = ask(&Session { probe_rows: 1, ..USUAL }, halves(), &sql);
            prop_assert_eq!(&passed, &expected, "{}", columns);
        }
    }

    #[test]
    fn each_number_has_one_group(keys in prop::collection::vec(prop_oneof![0_i64..40, -3_000_000_i64..3_000_000, any::<i64>()], 1..400)) {
        let schema = Schema::new(vec![Field::new("key", DataType::Int64, false)]);
        let mut table = Groups::new(&Layout::of(&schema).unwrap());
        let mut known = HashMap::new();
        let mut found = Vec::new();
        for part in keys.chunks(50) {
            table.find(&[Arc::new(Int64Array::from(part.to_vec()))], &mut found).unwrap();
            for (key, group) in part.iter().zip(&found) {
                let next = known.len();
                prop_assert_eq!(*group, *known.entry(*key).or_insert(next));
            }
        }
        let taken = table.take().unwrap();
        prop_assert_eq!(table.len(), 0);
        for (group, key) in taken[0].as_primitive::<Int64Type>().values().iter().enumerate() {
            prop_assert_eq!(known.get(key), Some(&group));
        }
        prop_assert_eq!(taken[0].len(), known.len());
    }
}

/// `count` rows with a text of each number from `first` on, short or long, the numbers twice.
fn many(first: i64, count: i64) -> RecordBatch {
    let numbers = (0..2 * count).map(|row| first + row % count);
    let schema =
        Schema::new(vec![Field::new("name", DataType::Utf8View, true), Field::new("value", DataType::Int64, false)]);
    let names: ArrayRef = Arc::new(
        numbers
            .clone()
            .map(|number| {
                Some(if number % 2 == 0 { format!("c{number}") } else { format!("customer number {number}") })
            })
            .collect::<StringViewArray>(),
    );
    RecordBatch::try_new(Arc::new(schema), vec![names, Arc::new(numbers.collect::<Int64Array>())]).unwrap()
}

#[test]
fn what_does_not_fit_into_memory_is_given_away_and_meets_again() {
    let halves = || [many(0, 20_000), many(20_000, 20_000)];
    let sql = "SELECT name, count(*) AS n, sum(value) AS v FROM t GROUP BY name";
    let given = |steps: &[(String, usize)]| steps.iter().find(|(name, _)| name == "PartialGroupsExec").unwrap().1;
    let (roomy, steps) = ask(&USUAL, halves(), sql);
    assert_eq!((roomy.len(), given(&steps)), (40_000, 40_000));
    let (tight, steps) = ask(&Session { memory: 3 << 20, ..USUAL }, halves(), sql);
    assert!(given(&steps) > 40_000, "{steps:?}");
    assert_eq!(tight, roomy);
}

#[test]
fn rows_that_are_groups_of_their_own_pass() {
    let halves = || [many(0, 20_000), many(20_000, 20_000)];
    let (_, steps) =
        ask(&Session { probe_rows: 1000, ..USUAL }, halves(), "SELECT name, count(*) FROM t GROUP BY name");
    assert_eq!(steps.iter().find(|(name, _)| name == "PartialGroupsExec").unwrap().1, 80_000, "{steps:?}");
}

#[test]
fn other_types_and_too_many_columns_are_left_to_the_engine() {
    let rows = || [batch(&[]), batch(&[])];
    for columns in ["CAST(value AS DOUBLE)", "CAST(value AS DECIMAL(10, 2))", "long, at", "long, label, text, large"] {
        let (_, steps) = ask(&USUAL, rows(), &format!("SELECT {columns}, count(*) FROM t GROUP BY {columns}"));
        assert!(!is_ours(&steps), "{columns}: {steps:?}");
    }
    for sql in ["SELECT count(*) FROM t", "SELECT label, first_value(value ORDER BY long) FROM t GROUP BY label"] {
        assert!(!is_ours(&ask(&USUAL, rows(), sql).1), "{sql}");
    }
}
