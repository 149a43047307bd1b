//! The answer in a sentence, and the numbers that carry it.

use tandem_core::Text;
use tandem_report::{Headline, Number, NumberFormat};
use tandem_science::customer_value::Estimate;

use super::context::{Basis, Context, share};
use crate::scenarios::words::{Fill, count, num};

pub(super) fn subtitle(c: &Context<'_>, source: &str) -> Text {
    let counts = &c.s.counts;
    let from = counts.first_day.unwrap_or(c.s.parameters.from);
    c.words.fill(
        "subtitle",
        &[
            ("source", Fill::Raw(source.to_owned())),
            ("from", c.date(from)),
            ("to", c.date(c.s.as_of)),
            ("customers", count(counts.customers)),
            ("purchases", count(counts.purchase_days)),
        ],
    )
}

pub(super) fn answer(c: &Context<'_>) -> Text {
    let h = &c.s.headline;
    let customers = ("customers", count(h.customers));
    let horizon = ("horizon", Fill::Text(c.horizon.clone()));
    let first = match (h.expected_value, h.expected_purchases, top_tenth(c)) {
        (Some(value), _, Some(top)) => {
            let value = ("value", num(value.value, c.money.clone().compact()));
            c.words.fill("answer.value", &[customers, horizon, value, ("top", num(top, NumberFormat::percent(0)))])
        }
        (_, Some(purchases), _) => {
            let active = active_repeat_buyers(c).map_or(0.0, |e| e.value);
            let fills = [
                customers,
                horizon,
                ("purchases", num(purchases.value, NumberFormat::count())),
                ("active", num(active, NumberFormat::count())),
                ("repeat", count(h.repeat_buyers)),
            ];
            c.words.fill("answer.purchases", &fills)
        }
        _ => c.words.fill("answer.segments", &[customers, ("repeat", count(h.repeat_buyers))]),
    };
    match tested(c) {
        Some(second) => Text::new(format!("{} {}", first.en, second.en), format!("{}{}", first.zh, second.zh)),
        None => first,
    }
}

/// How the method did on what it had not seen, in a sentence.
fn tested(c: &Context<'_>) -> Option<Text> {
    let backtest = c.s.backtest.as_ref()?;
    let error = backtest.purchases.error_percent?;
    let fills = [
        ("days", count(backtest.holdout_days.into())),
        ("error", share(error.abs() / 100.0)),
        ("direction", Fill::Text(direction(c, error))),
    ];
    Some(c.words.fill("answer.tested", &fills))
}

/// “Too high” or “too low”.
pub(super) fn direction(c: &Context<'_>, error: f64) -> Text {
    c.t(if error < 0.0 { "dir.low" } else { "dir.high" })
}

pub(super) fn headline(c: &Context<'_>) -> Vec<Headline> {
    let h = &c.s.headline;
    let end = || ("end", c.date(h.horizon_end));
    let mut out = Vec::new();
    let mut add = |id: &str, key: &str, value: Number, help: Text| {
        out.push(Headline { id: id.to_owned(), label: c.t(key), value, help });
    };
    if let Some(value) = h.expected_value {
        let number = estimate(value, c.money.clone().compact());
        add("value", "head.value", number, c.words.fill("head.value.help", &[end()]));
    }
    if let Some(active) = active_repeat_buyers(c) {
        let of_all = active.value / (h.repeat_buyers.max(1) as f64);
        let fills = [
            ("share", num(of_all, NumberFormat::percent(0))),
            ("repeat", count(h.repeat_buyers)),
            ("once", count(h.customers - h.repeat_buyers)),
        ];
        let help = c.words.fill("head.active.help", &fills);
        add("active", "head.active", estimate(active, NumberFormat::count()), help);
    }
    if let Some(purchases) = h.expected_purchases {
        let number = estimate(purchases, NumberFormat::count());
        add("purchases", "head.purchases", number, c.words.fill("head.purchases.help", &[end()]));
    }
    if h.expected_purchases.is_none() {
        add("customers", "head.customers", whole(h.customers), c.t("head.customers.help"));
        let of_all = share(h.repeat_buyers as f64 / h.customers.max(1) as f64);
        add("repeat", "head.repeat", whole(h.repeat_buyers), c.words.fill("head.repeat.help", &[("share", of_all)]));
    }
    if h.expected_value.is_none() {
        if let Some(spent) = h.total_amount {
            add("spent", "head.spent", Number::new(spent, c.money.clone().compact()), c.t("head.spent.help"));
        }
        if let Some(average) = h.average_purchase {
            add("average", "head.average", Number::new(average, c.money.clone()), c.t("head.average.help"));
        }
    }
    if let Some(top) = top_tenth(c) {
        let help = if c.basis == Basis::Ahead { "head.top.help" } else { "head.top_spent.help" };
        let help = c.words.fill(help, &[("n", count(h.customers / 10))]);
        add("top", "head.top", Number::new(top, NumberFormat::percent(1)), help);
    }
    if let Some(backtest) = &c.s.backtest
        && let Some(error) = backtest.purchases.error_percent
    {
        let naive = backtest.purchases.naive_error_percent.unwrap_or(f64::NAN) / 100.0;
        let fills = [("days", count(backtest.holdout_days.into())), ("naive", num(naive, signed()))];
        add("error", "head.error", Number::new(error / 100.0, signed()), c.words.fill("head.error.help", &fills));
    }
    out.truncate(5);
    out
}

/// Of those who bought again. The model counts whoever bought once as active
/// with certainty, so they add the same number to the estimate and its ends.
fn active_repeat_buyers(c: &Context<'_>) -> Option<Estimate> {
    let h = &c.s.headline;
    let once = (h.customers - h.repeat_buyers) as f64;
    let less = |v: f64| (v - once).max(0.0);
    h.active_customers.map(|e| Estimate { value: less(e.value), low: e.low.map(less), high: e.high.map(less) })
}

/// The share of the best tenth of the customers.
fn top_tenth(c: &Context<'_>) -> Option<f64> {
    let curve = &c.s.charts.concentration;
    (c.s.headline.customers >= 20).then(|| curve.get(1).map(|p| p.value)).flatten()
}

fn estimate(e: Estimate, format: NumberFormat) -> Number {
    let number = Number::new(e.value, format);
    match (e.low, e.high) {
        (Some(low), Some(high)) => number.between(low, high, 0.95),
        _ => number,
    }
}

fn whole(value: u64) -> Number {
    Number::new(value as f64, NumberFormat::count())
}

/// A share that is written with its sign.
fn signed() -> NumberFormat {
    NumberFormat::percent(1).signed()
}
