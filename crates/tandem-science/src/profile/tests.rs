use std::sync::Arc;

use arrow::{
    array::{
        Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array, Float64Array,
        Int32Array, Int64Array, ListArray, RecordBatch, StringArray, StringViewArray, TimestampMicrosecondArray,
        UInt64Array,
    },
    compute::concat_batches,
    datatypes::{DataType, Field, Int32Type, Schema},
};
use proptest::prelude::*;
use rand::{Rng, SeedableRng, seq::SliceRandom};

use super::*;

fn batch(columns: &[(&str, ArrayRef)]) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.iter().map(|(name, array)| (*name, array.clone(), true))).unwrap()
}

fn profile(batches: &[RecordBatch]) -> Profile {
    let mut profiler = Profiler::new(batches[0].schema());
    batches.iter().for_each(|b| profiler.update(b).unwrap());
    profiler.finish()
}

fn of(array: impl Array + 'static) -> ColumnProfile {
    named("column", array)
}

fn named(name: &str, array: impl Array + 'static) -> ColumnProfile {
    profile(&[batch(&[(name, Arc::new(array))])]).columns.remove(0)
}

fn codes(profile: &ColumnProfile) -> Vec<WarningCode> {
    profile.warnings.iter().map(|w| w.code).collect()
}

fn text(value: &str) -> Option<Value> {
    Some(Value::Text(value.into()))
}

/// The first `n` values cut into parts that are profiled apart.
fn in_parts(whole: &RecordBatch, cuts: &[usize]) -> Profile {
    let mut cuts: Vec<usize> = cuts.iter().map(|c| c % (whole.num_rows() + 1)).collect();
    cuts.extend([0, whole.num_rows()]);
    cuts.sort_unstable();
    let mut merged: Option<Profiler> = None;
    for range in cuts.windows(2) {
        let mut part = Profiler::new(whole.schema());
        part.update(&whole.slice(range[0], range[1] - range[0])).unwrap();
        match &mut merged {
            Some(merged) => merged.merge(part).unwrap(),
            None => merged = Some(part),
        }
    }
    merged.unwrap().finish()
}

#[test]
fn a_small_column_is_described_exactly() {
    let column = of(Int32Array::from(vec![Some(3), None, Some(-1), Some(3), Some(0)]));
    assert_eq!((column.kind, column.nulls, column.null_share), (Kind::Integer, 1, 0.2));
    assert_eq!(column.distinct, Some(Distinct { count: 3, exact: true, relative_error: 0.0 }));
    assert_eq!(
        (column.min, column.max, column.mean),
        (Some(Value::Integer(-1)), Some(Value::Integer(3)), Some(Value::Number(1.25)))
    );
    assert!((column.std.unwrap() - 2.061_552_812_808_83).abs() < 1e-12);
    assert_eq!((column.sum, column.zeros, column.negatives), (Some(Value::Integer(5)), Some(1), Some(1)));
    let quantiles = column.quantiles.unwrap();
    let values: Vec<Value> = quantiles.values.into_iter().map(|q| q.value).collect();
    assert_eq!(values, [-1, -1, -1, 0, 3, 3, 3].map(Value::Integer));
    assert!(quantiles.exact && quantiles.rank_error == 0.0);
    let histogram = column.histogram.unwrap();
    assert_eq!(histogram.bins.iter().map(|b| b.count).collect::<Vec<_>>(), [1, 1, 2]);
    assert_eq!(column.top[0], TopValue { value: Value::Integer(3), count: 2, share: 0.5, exact: true });
}

#[test]
fn every_kind_has_its_own_form() {
    let dates = of(Date32Array::from(vec![10_134, 10_135]));
    assert_eq!((dates.min, dates.kind, dates.sum), (text("1997-09-30"), Kind::Date, None));
    let moments = of(TimestampMicrosecondArray::from(vec![0, 10_000_000]).with_timezone("UTC"));
    assert_eq!((moments.mean, moments.std), (text("1970-01-01T00:00:05Z"), None));
    let flags = of(BooleanArray::from(vec![Some(true), Some(false), Some(true), None]));
    assert_eq!((flags.top[0].count, flags.top[0].value.clone(), flags.nulls), (2, Value::Boolean(true), 1));
    let big = of(UInt64Array::from(vec![u64::MAX, 1]));
    assert_eq!((big.min, big.max), (Some(Value::Integer(1)), text("18446744073709551615")));
    let money = of(Decimal128Array::from(vec![386, 115]).with_precision_and_scale(10, 2).unwrap());
    assert_eq!(
        (money.kind, money.max, money.sum),
        (Kind::Decimal, Some(Value::Number(3.86)), Some(Value::Number(5.01)))
    );
    let long = of(Decimal128Array::from(vec![386, 115]).with_precision_and_scale(38, 2).unwrap());
    assert_eq!((long.max, long.sum), (Some(Value::Number(3.86)), Some(Value::Number(5.01))));
    let short = of(Float32Array::from(vec![3.86, f32::NAN, f32::INFINITY]));
    assert_eq!((short.max, short.not_finite), (Some(Value::Number(3.86)), Some(2)));
    let lists =
        of(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)]), None, Some(vec![Some(1)])]));
    assert_eq!((lists.kind, lists.nulls, lists.distinct.unwrap().count), (Kind::Other, 1, 1));
    let nothing = of(arrow::array::NullArray::new(3));
    assert_eq!((nothing.nulls, codes(&nothing)), (3, vec![WarningCode::AllNull]));
}

#[test]
fn sums_are_exact() {
    assert_eq!(of(Int64Array::from(vec![1, 1, 5])).sum, Some(Value::Integer(7)));
    assert_eq!(of(Float64Array::from(vec![0.1; 10])).sum, Some(Value::Number(1.0)));
    let tenths = of(Float64Array::from(vec![0.1, 0.2, 0.3]));
    assert_eq!((tenths.sum, tenths.mean), (Some(Value::Number(0.6)), Some(Value::Number(0.6 / 3.0))));
    let ids = of(Int64Array::from_iter_values((0..3).map(|i| 10_000_000_000_000_001 + i)));
    assert_eq!(ids.sum, text("30000000000000006"));
    assert_eq!(of(UInt64Array::from(vec![u64::MAX; 2])).sum, text("36893488147419103230"));
    let money = |precision, values: Vec<i128>| {
        of(Decimal128Array::from(values).with_precision_and_scale(precision, 2).unwrap())
    };
    assert_eq!(money(18, vec![999_999_999_999_999_999; 2]).sum, text("19999999999999999.98"));
    let long = money(38, vec![10_000_000_000_000_001, 2, -1]);
    assert_eq!((long.sum, long.mean), (text("100000000000000.02"), Some(Value::Number(33_333_333_333_333.34))));
    assert_eq!(money(20, vec![110, 110, 110]).sum, Some(Value::Number(3.3)));
    // A sum may be too large for a double where the mean is not.
    let vast = of(Float64Array::from(vec![1.25e308, 0.75e308]));
    assert!(vast.sum.is_none() && matches!(vast.mean, Some(Value::Number(mean)) if mean.is_finite()), "{vast:?}");
}

#[test]
fn sums_do_not_depend_on_parts() {
    let whole = large();
    let sums = |profile: Profile| profile.columns.into_iter().map(|c| (c.sum, c.mean)).collect::<Vec<_>>();
    let expected = sums(profile(std::slice::from_ref(&whole)));
    let Some(Value::Integer(ordered)) = expected[0].0.clone() else { panic!("a whole sum: {expected:?}") };
    assert!(ordered > 0 && expected.iter().filter(|(sum, _)| sum.is_some()).count() >= 3);
    for cuts in [&[150_000][..], &[7, 1_000, 200_001], &[100, 5_000, 5_001, 290_000]] {
        assert_eq!(sums(in_parts(&whole, cuts)), expected);
    }
}

#[test]
fn layouts_of_text_are_one() {
    let values = vec![Some("a"), None, Some("更长的一段文字"), Some("a")];
    let plain = of(StringArray::from(values.clone()));
    let look = plain.text.unwrap();
    assert_eq!((look.min_length, look.max_length, look.mean_length), (1, 7, 3.0));
    assert_eq!((plain.min.clone(), plain.max.clone(), plain.nulls), (text("a"), text("更长的一段文字"), 1));
    let view = of(StringViewArray::from(values.clone()));
    assert_eq!(ColumnProfile { data_type: plain.data_type.clone(), ..view }, plain);
    let dictionary: DictionaryArray<Int32Type> = values.into_iter().collect();
    // The schema's layout and the batch's may differ.
    let schema = Arc::new(Schema::new(vec![Field::new("column", DataType::Utf8, true)]));
    let mut profiler = Profiler::new(schema);
    profiler.update(&batch(&[("column", Arc::new(dictionary))])).unwrap();
    assert_eq!(profiler.finish().columns[0], plain);
}

#[test]
fn an_empty_table_is_described_too() {
    let empty = profile(&[batch(&[
        ("a", Arc::new(Int64Array::from(Vec::<i64>::new()))),
        ("b", Arc::new(StringArray::from(Vec::<&str>::new()))),
    ])]);
    assert_eq!((empty.rows, empty.key_candidates.len()), (0, 0));
    assert!(empty.columns.iter().all(|c| c.warnings.is_empty() && c.min.is_none() && c.null_share == 0.0));
    assert!(profile(&[RecordBatch::new_empty(Arc::new(Schema::empty()))]).columns.is_empty());
}

#[test]
fn a_batch_of_other_columns_is_refused() {
    let mut profiler = Profiler::new(Arc::new(Schema::new(vec![Field::new("a", DataType::Int64, true)])));
    let wrong_type = batch(&[("a", Arc::new(StringArray::from(vec!["1"])))]);
    let code = |result: Result<()>| result.unwrap_err().code();
    assert_eq!(code(profiler.update(&wrong_type)), ErrorCode::SchemaMismatch);
    let moments = batch(&[("a", Arc::new(TimestampMicrosecondArray::from(vec![1])))]);
    assert_eq!(code(profiler.update(&moments)), ErrorCode::SchemaMismatch);
    assert_eq!(code(profiler.update(&RecordBatch::new_empty(Arc::new(Schema::empty())))), ErrorCode::SchemaMismatch);
    let other = Profiler::new(Arc::new(Schema::new(vec![Field::new("a", DataType::Utf8, true)])));
    assert_eq!(code(profiler.merge(other)), ErrorCode::SchemaMismatch);
}

/// 300,000 rows: unique in order, unique in disorder, skewed, long text.
fn large() -> RecordBatch {
    let n = 300_000;
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(5);
    let mut shuffled: Vec<i64> = (0..n).map(|i| i * 7).collect();
    shuffled.shuffle(&mut random);
    let skewed: Vec<f64> = (0..n).map(|_| -random.random::<f64>().max(1e-12).ln() * 100.0).collect();
    let names: Vec<String> = (0..n)
        .map(|_| {
            if random.random_bool(0.1) {
                "多次出现".to_owned()
            } else {
                format!("name {}", random.random_range(0..60_000))
            }
        })
        .collect();
    batch(&[
        ("in_order", Arc::new(Int64Array::from_iter_values(0..n))),
        ("shuffled", Arc::new(Int64Array::from(shuffled))),
        ("skewed", Arc::new(Float64Array::from(skewed))),
        ("name", Arc::new(StringArray::from(names))),
    ])
}

#[test]
fn a_large_table_is_described_within_the_stated_errors() {
    let whole = large();
    let n = whole.num_rows() as f64;
    let batches: Vec<RecordBatch> =
        (0..whole.num_rows()).step_by(8_192).map(|i| whole.slice(i, 8_192.min(whole.num_rows() - i))).collect();
    for profile in [profile(&batches), in_parts(&whole, &[100_000, 100_500, 220_000])] {
        let [in_order, shuffled, skewed, name] = &profile.columns[..] else { panic!("four columns") };
        assert_eq!(in_order.distinct, Some(Distinct { count: 300_000, exact: true, relative_error: 0.0 }));
        let distinct = shuffled.distinct.unwrap();
        assert!(!distinct.exact && (distinct.count as f64 / n - 1.0).abs() < 3.0 * distinct.relative_error);
        let keys: Vec<(&str, bool)> = profile.key_candidates.iter().map(|k| (k.column.as_str(), k.certain)).collect();
        assert_eq!(keys, [("in_order", true), ("shuffled", false)]);
        assert_eq!(
            (shuffled.min.clone(), shuffled.max.clone()),
            (Some(Value::Integer(0)), Some(Value::Integer(2_099_993)))
        );
        let Some(Value::Number(mean)) = shuffled.mean else { panic!("a mean") };
        assert!((mean - 1_049_996.5).abs() < 1e-3);

        // −100 ln(1 − p) is the quantile of what was drawn.
        let quantiles = skewed.quantiles.as_ref().unwrap();
        for quantile in &quantiles.values {
            let Value::Number(value) = quantile.value else { panic!("a number") };
            let p = 1.0 - (-value / 100.0).exp();
            assert!((p - quantile.p).abs() < 1.5 * quantiles.rank_error, "{quantile:?} is at {p}");
        }
        assert!(!quantiles.exact && quantiles.rank_error < 0.01);
        let histogram = skewed.histogram.as_ref().unwrap();
        let counted: u64 = histogram.bins.iter().map(|b| b.count).sum::<u64>() + histogram.below + histogram.above;
        assert!((counted as f64 / n - 1.0).abs() < 1e-3);

        let top = &name.top[0];
        assert_eq!((top.value.clone(), top.exact), (Value::Text("多次出现".into()), false));
        assert!((top.share - 0.1).abs() < 0.01, "{top:?}");
        assert!((name.distinct.unwrap().count as f64 / 60_000.0 - 1.0).abs() < 0.04);
        assert_eq!(name.text.unwrap().min_length, 4);
    }
}

#[test]
fn threads_change_nothing() {
    let whole = large();
    let of = |threads| {
        let mut profiler = Profiler::new(whole.schema()).with_threads(threads);
        profiler.update(&whole).unwrap();
        serde_json::to_string(&profiler.finish()).unwrap()
    };
    assert_eq!(of(1), of(3));
    assert_eq!(of(1), of(64));
    let mut wrong = Profiler::new(whole.schema()).with_threads(2);
    let ones: ArrayRef = Arc::new(Int64Array::from(vec![1; 1 << 14]));
    let names: Vec<String> = (0..whole.num_columns()).map(|at| at.to_string()).collect();
    let other = batch(&names.iter().map(|name| (name.as_str(), ones.clone())).collect::<Vec<_>>());
    assert!(wrong.update(&other).is_err());
}

#[test]
fn a_sample_can_be_told_to_be_the_same_again() {
    let whole = large();
    assert_eq!(profile(std::slice::from_ref(&whole)), profile(&[whole]));
}

#[test]
fn oddities_of_numbers_are_named() {
    use WarningCode as W;
    assert_eq!(codes(&of(Int32Array::from(vec![5; 30]))), [W::Constant]);
    let mostly: Vec<i32> = (0..100).map(|i| if i == 0 { 2 } else { 1 }).collect();
    assert_eq!(codes(&of(Int32Array::from(mostly))), [W::DominantValue]);
    let sparse: Vec<Option<i32>> = (0..100).map(|i| (i % 3 == 0).then_some(i % 7)).collect();
    assert_eq!(codes(&of(Int32Array::from(sparse))), [W::ManyNulls]);
    assert_eq!(codes(&named("customer_id", Int32Array::from(vec![1, 2, 2, 3]))), [W::LikelyId]);
    assert_eq!(codes(&of(Int32Array::from((0..200).collect::<Vec<_>>()))), [W::LikelyId]);
    assert_eq!(codes(&of(Int32Array::from(vec![20_240_101, 20_240_229, 20_241_231]))), [W::DateAsNumber]);
    assert!(codes(&of(Int32Array::from(vec![20_240_199, 20_240_230, 20_241_331]))).is_empty());
    assert_eq!(codes(&of(Float64Array::from(vec![17_850.0, 13_047.0, 12_583.0]))), [W::IntegerAsFloat]);
    assert_eq!(codes(&of(Float64Array::from(vec![1e17, 2e17, 3e17]))), [W::IntegerAsFloat, W::PrecisionLost]);
    let zips = named("zip", Int32Array::from(vec![2_134, 10_001, 94_107, 60_601]));
    assert_eq!(codes(&zips), [W::LikelyId, W::LeadingZerosLost]);
    assert_eq!(zips.warnings[1].figures["digits"], 5.0);
    let mut spend: Vec<f64> = (0..100).map(|i| 10.0 + f64::from(i) / 10.0).collect();
    spend.extend([-3.5, 9_999.5]);
    let spend = of(Float64Array::from(spend));
    assert_eq!(codes(&spend), [W::FewNegatives, W::Outliers]);
    assert_eq!(spend.histogram.unwrap().above, 1);
    assert_eq!(codes(&of(Float64Array::from(vec![0.5, f64::NAN]))), [W::NotFinite]);
    let days = of(Date32Array::from(vec![Some(0), Some(19_000), Some(19_001), None]));
    assert_eq!(codes(&days), [W::PlaceholderDates]);
}

#[test]
fn oddities_of_text_are_named() {
    use WarningCode as W;
    let codes_of = |values: &[&str]| codes(&of(StringArray::from(values.to_vec())));
    assert_eq!(codes_of(&["a", "", "  ", "b"]), [W::BlankText]);
    assert_eq!(codes_of(&["北京", "北京\u{3000}", "上海"]), [W::PaddedText, W::MixedCase]);
    assert_eq!(codes_of(&["Visa", "visa", "cash"]), [W::MixedCase]);
    assert_eq!(codes_of(&["a\u{fffd}", "b"]), [W::BrokenText]);
    assert_eq!(codes_of(&["N/A", "b", "c", "无"]), [W::NullAsText]);
    assert_eq!(codes_of(&["1.5", "2", "¥1,000.00"]), [W::NumberAsText]);
    assert!(codes_of(&["007", "0571", "010"]).is_empty());
    assert_eq!(codes_of(&["2024-01-01", "2024/1/2", "2024年1月3日"]), [W::DateAsText]);
    let mut nearly: Vec<String> = (0..199).map(|i| format!("user{i}")).collect();
    nearly.push("user0".into());
    assert_eq!(codes(&of(StringArray::from(nearly))), [W::NearlyUnique]);
}

#[test]
fn long_texts_are_cut_at_a_character() {
    let long = "汉".repeat(5_000);
    let column = of(StringArray::from(vec![long.as_str(), "b"]));
    assert_eq!(column.text.unwrap().max_length, 5_000);
    assert_eq!(column.max, Some(Value::Text("汉".repeat(200))));
}

#[test]
fn long_texts_do_not_fill_the_memory() {
    let values: Vec<String> = (0..6_000).map(|i| format!("{i:04}{}", "长".repeat(300))).collect();
    let column = of(StringArray::from(values));
    // 600 bytes are kept of each, and 2 MB of all.
    let distinct = column.distinct.unwrap();
    assert!(!distinct.exact && (distinct.count as f64 / 6_000.0 - 1.0).abs() < 3.0 * distinct.relative_error);
    assert_eq!(column.text.unwrap().max_length, 304);
    assert_eq!(column.min, Some(Value::Text(format!("0000{}", "长".repeat(196)))));
}

#[test]
fn it_is_json_and_back() {
    let profile = profile(&[large().slice(0, 20_000)]);
    let json = serde_json::to_string(&profile).unwrap();
    assert_eq!(serde_json::from_str::<Profile>(&json).unwrap(), profile);
    assert!(json.contains(r#""kind":"integer""#));
    for code in WarningCode::ALL {
        let name = serde_json::to_value(code).unwrap();
        assert!(name.as_str().is_some_and(|n| n.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
    }
}

proptest! {
    /// With few values everything is exact, however the table is cut.
    #[test]
    fn parts_and_batches_give_the_whole(
        rows in prop::collection::vec((prop::option::of(-50_i64..50), prop::option::of(-9.0_f64..9.0), prop::option::of("[ab ]{0,3}")), 1..120),
        cuts in prop::collection::vec(0_usize..120, 0..5),
    ) {
        let whole = batch(&[
            ("i", Arc::new(rows.iter().map(|r| r.0).collect::<Int64Array>())),
            ("f", Arc::new(rows.iter().map(|r| r.1).collect::<Float64Array>())),
            ("t", Arc::new(rows.iter().map(|r| r.2.as_deref()).collect::<StringArray>())),
        ]);
        let expected = profile(std::slice::from_ref(&whole));
        prop_assert_eq!(&in_parts(&whole, &cuts), &expected);
        let at = cuts.first().copied().unwrap_or(0) % (rows.len() + 1);
        let turned = concat_batches(&whole.schema(), &[whole.slice(at, rows.len() - at), whole.slice(0, at)]).unwrap();
        prop_assert_eq!(&profile(&[turned]), &expected);
    }
}
