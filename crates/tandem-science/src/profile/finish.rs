//! From what was counted to what is shown.

use super::{
    codec::{Codec, exact, unsigned},
    column::{Column, LongDecimals, Opaque, Values},
    findings, hll,
    model::{Bin, ColumnProfile, Distinct, Histogram, Kind, Quantile, Quantiles, TopValue, Value},
    numeric::{self, Cell, Numeric},
    text,
    total::Sum,
    weighted::{Weighted, share_error},
};

const SHARES: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
/// Frequent values shown.
const TOP: usize = 20;

/// The profile of a column, and whether it is a key: certainly, likely, or not.
pub(super) fn column(column: Column, rows: u64) -> (ColumnProfile, Option<bool>) {
    let Column { name, kind, data_type, nulls, not_finite, long, values } = column;
    let mut profile = ColumnProfile {
        name,
        kind,
        data_type,
        nulls,
        null_share: if rows == 0 { 0.0 } else { nulls as f64 / rows as f64 },
        distinct: None,
        min: None,
        max: None,
        mean: None,
        std: None,
        sum: None,
        zeros: None,
        negatives: None,
        not_finite: matches!(values, Values::Float(..)).then_some(not_finite),
        quantiles: None,
        histogram: None,
        top: Vec::new(),
        text: None,
        warnings: Vec::new(),
    };
    let count = rows.saturating_sub(nulls);
    let complete = nulls == 0 && rows > 1 && not_finite == 0;
    let unique = match values {
        Values::Signed(codec, values) => numbers(&mut profile, values, codec, |v: i64| codec.signed(v), rows),
        Values::Unsigned(values) => numbers(&mut profile, values, Codec::Integer, unsigned, rows),
        Values::Float(codec, values) => numbers(&mut profile, values, codec, |v: f64| codec.between(v), rows),
        Values::Text(values) => texts(&mut profile, values.finish(), rows),
        Values::Boolean { yes, no } => booleans(&mut profile, yes, no, rows),
        Values::Opaque(values) => opaque(&mut profile, values, rows),
    };
    // What was counted as doubles was added up as decimals.
    if let Some((digits, scale)) = long.and_then(LongDecimals::sum).filter(|_| profile.sum.is_some()) {
        profile.sum = Some(exact(digits, scale));
        profile.mean = Some(Value::Number(Sum::Whole(digits).mean(count) / 10_f64.powi(scale)));
    }
    // A measure may well never repeat and still identify nothing.
    let can_be_key =
        matches!(kind, Kind::Integer | Kind::Text | Kind::Decimal | Kind::Timestamp | Kind::Binary | Kind::Date);
    (profile, unique.filter(|_| complete && can_be_key))
}

/// Whether no value comes twice: certainly, likely, or not (`None`).
fn is_unique(count: u64, distinct: Distinct, certain: bool) -> Option<bool> {
    if count == 0 {
        return None;
    }
    if certain || (distinct.exact && distinct.count == count) {
        return Some(true);
    }
    let short = 1.0 - distinct.count as f64 / count as f64;
    (!distinct.exact && short <= 3.0 * distinct.relative_error).then_some(false)
}

fn distinct(count: f64, exact: bool) -> Distinct {
    let relative_error = if exact { 0.0 } else { hll::RELATIVE_ERROR };
    Distinct { count: count.round() as u64, exact, relative_error }
}

fn numbers<T: Cell>(
    profile: &mut ColumnProfile,
    values: Numeric<T>,
    codec: Codec,
    show: impl Fn(T) -> Value,
    rows: u64,
) -> Option<bool> {
    let summary: numeric::Summary<T> = values.finish();
    let mut known = distinct(summary.distinct, summary.exact);
    let repeated = !summary.unique && summary.values.pairs().iter().any(|p| p.1 > 1);
    if summary.unique && !summary.exact {
        known = Distinct { count: summary.count, exact: true, relative_error: 0.0 };
    }
    profile.distinct = Some(known);
    if let Some((min, max)) = summary.range {
        profile.min = Some(show(min));
        profile.max = Some(show(max));
        let quantity = codec.is_quantity();
        let moments = &summary.moments;
        // Of doubles whose sum is too large for one, the mean still is not.
        let mean = Some(summary.sum.mean(summary.count)).filter(|mean| mean.is_finite()).unwrap_or(moments.mean);
        profile.mean = Some(match codec {
            Codec::Integer => Value::Number(mean),
            _ => codec.between(mean),
        });
        profile.std = moments.standard_deviation().filter(|_| quantity).map(|s| s / codec.scale());
        profile.sum = codec.sum(summary.sum).filter(|_| quantity);
        profile.zeros = quantity.then_some(summary.zeros);
        profile.negatives = quantity.then_some(summary.negatives);
        profile.quantiles = quantiles(&summary.values, |v| show(*v));
        profile.histogram = histogram(&summary.values, codec, &show);
        profile.top = top(&summary.values, summary.count, |v| show(*v));
    }
    findings::of_column(profile, rows, summary.count);
    findings::of_numbers(profile, &summary, codec);
    is_unique(summary.count, known, summary.unique).filter(|_| !repeated)
}

fn texts(profile: &mut ColumnProfile, summary: text::Summary, rows: u64) -> Option<bool> {
    let known = distinct(summary.distinct, summary.exact);
    let show = |v: &str| Value::Text(v.to_owned());
    let repeated = summary.values.pairs().iter().any(|p| p.1 > 1);
    profile.distinct = Some(known);
    profile.min = summary.range.as_ref().map(|r| show(&r.0));
    profile.max = summary.range.as_ref().map(|r| show(&r.1));
    profile.text = summary.profile;
    profile.top = top(&summary.values, summary.count, |v| show(v));
    findings::of_column(profile, rows, summary.count);
    findings::of_text(profile, &summary);
    is_unique(summary.count, known, false).filter(|_| !repeated)
}

fn booleans(profile: &mut ColumnProfile, yes: u64, no: u64, rows: u64) -> Option<bool> {
    let mut counts: Vec<(bool, u64)> = [(false, no), (true, yes)].into_iter().filter(|c| c.1 > 0).collect();
    profile.distinct = Some(distinct(counts.len() as f64, true));
    profile.min = counts.first().map(|c| Value::Boolean(c.0));
    profile.max = counts.last().map(|c| Value::Boolean(c.0));
    counts.sort_by_key(|c| std::cmp::Reverse(c.1));
    let total = (yes + no) as f64;
    profile.top = counts
        .into_iter()
        .map(|(value, count)| TopValue {
            value: Value::Boolean(value),
            count,
            share: count as f64 / total,
            exact: true,
        })
        .collect();
    findings::of_column(profile, rows, yes + no);
    None
}

fn opaque(profile: &mut ColumnProfile, values: Opaque, rows: u64) -> Option<bool> {
    let count = rows - profile.nulls.min(rows);
    if values.unknown {
        findings::of_column(profile, rows, count);
        return None;
    }
    let known = match &values.estimate {
        Some(estimate) => distinct(estimate.estimate(), false),
        None => distinct(values.exact.len() as f64, true),
    };
    profile.distinct = Some(known);
    findings::of_column(profile, rows, count);
    is_unique(count, known, false)
}

fn quantiles<T>(values: &Weighted<T>, show: impl Fn(&T) -> Value) -> Option<Quantiles> {
    let at = |&p: &f64| Some(Quantile { p, value: show(values.quantile(p)?) });
    let exact = values.is_exact();
    Some(Quantiles {
        values: SHARES.iter().map(at).collect::<Option<_>>()?,
        exact,
        rank_error: if exact { 0.0 } else { share_error(values.looked_at()) },
    })
}

fn top<T>(values: &Weighted<T>, count: u64, show: impl Fn(&T) -> Value) -> Vec<TopValue> {
    values
        .top(TOP)
        .into_iter()
        .map(|(value, seen)| {
            let scaled = values.scaled(seen);
            TopValue {
                value: show(value),
                count: scaled,
                share: scaled as f64 / count as f64,
                exact: values.is_exact(),
            }
        })
        .collect()
}

fn histogram<T: Cell>(values: &Weighted<T>, codec: Codec, show: impl Fn(T) -> Value) -> Option<Histogram> {
    let bars = values.bars(T::number, codec.is_whole())?;
    let single = bars.bars.len() == values.pairs().len() && bars.bars.iter().all(|b| b.0 == b.1);
    let bins = bars
        .bars
        .iter()
        .enumerate()
        .map(|(i, &(from, to, count))| {
            let edge = |at: f64| if single { show(values.pairs()[i].0) } else { codec.between(at) };
            Bin { from: edge(from), to: edge(to), count: values.scaled(count) }
        })
        .collect();
    Some(Histogram {
        bins,
        below: values.scaled(bars.below),
        above: values.scaled(bars.above),
        exact: values.is_exact(),
    })
}
