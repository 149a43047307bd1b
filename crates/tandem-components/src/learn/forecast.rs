//! What series will be, with intervals, and how well that would have worked.

use std::collections::BTreeMap;

use serde::Deserialize;
use tandem_core::Result;
use tandem_flow::{Column, ColumnKind, Columns};
use tandem_report::{Block, LineSeries, Section};
use tandem_science::forecast::{self, Backtest, BacktestParams, Fitted, ForecastParams, backtest};

use super::series::{self, Read, Series};
use crate::{
    Ask, Function, Host, Output, Outputs,
    gives::{self, Shape},
    page::{axis, caution, chart, count, figures, line, lines, raw, t},
    refusal::told,
};

pub(super) const FUNCTION: Function = Function { columns, run };

const VALUES: &Shape = &[
    ("actual", ColumnKind::Number),
    ("forecast", ColumnKind::Number),
    ("low", ColumnKind::Number),
    ("high", ColumnKind::Number),
];
const ERRORS: &Shape = &[
    ("model", ColumnKind::Text),
    ("steps", ColumnKind::Integer),
    ("mae", ColumnKind::Number),
    ("rmse", ColumnKind::Number),
    ("mape", ColumnKind::Number),
    ("mase", ColumnKind::Number),
    ("coverage", ColumnKind::Number),
    ("failure", ColumnKind::Text),
];
/// Series that are drawn.
const DRAWN: usize = 6;

#[derive(Deserialize)]
struct Params {
    #[serde(flatten)]
    series: series::Params,
    horizon: usize,
    level: f64,
    history: bool,
    origins: usize,
}

/// A series with what was found.
struct Done<'a> {
    series: &'a Series,
    fitted: Fitted,
    forecast: forecast::Forecast,
    tried: Option<Backtest>,
}

fn errors(params: &Params) -> Vec<Column> {
    let group = params.series.group().map(|group| Column::new(group, ColumnKind::Text));
    group.into_iter().chain(gives::columns(ERRORS)).collect()
}

fn columns(ask: &Ask<'_>) -> Result<BTreeMap<String, Columns>> {
    let params: Params = ask.params()?;
    let table = params.series.keys(ask, &gives::columns(VALUES))?;
    Ok(gives::known([("table", table), ("errors", errors(&params))]))
}

fn run(ask: &Ask<'_>, host: &dyn Host) -> Result<Outputs> {
    let params: Params = ask.params()?;
    let columns = params.series.keys(ask, &gives::columns(VALUES))?;
    let read = params.series.read(ask, host)?;
    let settings = ForecastParams {
        period: read.season,
        horizon: params.horizon,
        level: params.level,
        seed: ask.seed,
        ..ForecastParams::default()
    };
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    let total = read.series.len() as u64;
    for (at, series) in read.series.iter().enumerate() {
        host.work().check()?;
        host.work().progress.report("forecast", at as u64, Some(total));
        match one(series, &settings, params.origins, host) {
            Ok(found) => done.push(found),
            Err(error) => {
                host.work().check()?;
                failed.push((series, error));
            }
        }
    }
    if done.is_empty()
        && let Some((_, error)) = failed.pop()
    {
        return Err(error);
    }
    let mut page = Section::new(
        "forecast",
        t(format!("Forecast of {}", params.series.value()), format!("“{}”的预测", params.series.value())),
    );
    page = page.block(summary(&read, &done, failed.len()));
    if let Some(block) = doubts(&read, &done, &params) {
        page = page.block(block);
    }
    for (at, found) in done.iter().take(DRAWN).enumerate() {
        page = page.block(picture(at, found, &read, params.series.value()));
    }
    if let (1, Some(Done { tried: Some(tried), .. })) = (done.len(), done.first()) {
        page = page.block(horizons(tried));
    }
    let failures = failed.iter().map(|(series, error)| (*series, error.message().to_owned())).collect::<Vec<_>>();
    let outputs = [
        ("table", table(&columns, &read, &done, &params)?),
        ("errors", error_table(&params, &done, &failures)?),
        ("report", Output::Report(page)),
    ];
    Ok(outputs.into_iter().map(|(port, output)| (port.to_owned(), output)).collect())
}

fn one<'a>(series: &'a Series, settings: &ForecastParams, origins: usize, host: &dyn Host) -> Result<Done<'a>> {
    let fitted = Fitted::new(&series.values, settings, &host.work()).map_err(told)?;
    let forecast = fitted.forecast(settings);
    // A series that is too short to be tried is forecast all the same, and the page says so.
    let points = BacktestParams { origins, step: 1 };
    let tried = backtest(&series.values, settings, &points, &host.work()).ok();
    Ok(Done { series, fitted, forecast, tried })
}

fn table(columns: &[Column], read: &Read, done: &[Done<'_>], params: &Params) -> Result<Output> {
    let (mut group, mut steps) = (Vec::new(), Vec::new());
    let mut values: [Vec<Option<f64>>; 4] = Default::default();
    for found in done {
        let known = found.series.values.len();
        let all = found.series.steps(found.forecast.values.len());
        let from = if params.history { 0 } else { known };
        for (at, step) in all.enumerate().skip(from) {
            group.push(found.series.group.clone());
            steps.push(step);
            let ahead = at.checked_sub(known);
            let of = |values: &[f64]| ahead.and_then(|ahead| values.get(ahead).copied());
            values[0].push(found.series.values.get(at).copied());
            values[1].push(of(&found.forecast.values).or_else(|| found.fitted.fitted.get(at).copied()));
            values[2].push(of(&found.forecast.low));
            values[3].push(of(&found.forecast.high));
        }
    }
    let mut arrays = Vec::new();
    if params.series.group().is_some() {
        arrays.push(gives::texts(group));
    }
    arrays.push(read.calendar.column(steps.into_iter()));
    arrays.extend(values.map(gives::numbers));
    gives::table(columns, arrays)
}

fn error_table(params: &Params, done: &[Done<'_>], failed: &[(&Series, String)]) -> Result<Output> {
    let tried = |of: fn(&Backtest) -> Option<f64>| {
        let found = done.iter().map(move |found| found.tried.as_ref().and_then(of));
        gives::numbers(found.chain(failed.iter().map(|_| None)))
    };
    let all = || done.iter().map(|found| found.series).chain(failed.iter().map(|(series, _)| *series));
    let mut arrays = Vec::new();
    if params.series.group().is_some() {
        arrays.push(gives::texts(all().map(|series| series.group.as_ref())));
    }
    let names = done.iter().map(|found| Some(found.fitted.ets.spec.name()));
    arrays.push(gives::texts(names.chain(failed.iter().map(|_| None))));
    arrays.push(gives::counts(all().map(|series| series.values.len() as u64)));
    arrays.push(tried(|tried| Some(tried.mae)));
    arrays.push(tried(|tried| Some(tried.rmse)));
    arrays.push(tried(|tried| tried.mape));
    arrays.push(tried(|tried| tried.mase));
    arrays.push(tried(|tried| Some(tried.coverage)));
    arrays.push(gives::texts(done.iter().map(|_| None).chain(failed.iter().map(|(_, failure)| Some(failure)))));
    gives::table(&errors(params), arrays)
}

fn summary(read: &Read, done: &[Done<'_>], failed: usize) -> Block {
    let filled: usize = read.series.iter().map(|series| series.filled).sum();
    let mut rows = vec![
        (t("Series", "序列数"), Some(done.len() as f64)),
        (t("Steps of a season", "季节周期"), Some(read.season as f64)),
        (t("Steps that were filled", "补齐的步数"), Some(filled as f64)),
        (t("Rows left out: no time or value", "因时间或数值为空而略去的行"), Some(read.missing as f64)),
    ];
    if failed > 0 {
        rows.push((t("Series that could not be forecast", "无法预测的序列数"), Some(failed as f64)));
    }
    if let (1, Some(Done { tried: Some(tried), .. })) = (done.len(), done.first()) {
        rows.push((t("Mean absolute error when tried on the past", "回测平均绝对误差"), Some(tried.mae)));
        rows.push((t("Error over that of repeating the last season", "与重复上一季相比的误差（MASE）"), tried.mase));
        rows.push((t("Share of values that were in their interval", "落入区间的比例"), Some(tried.coverage)));
    }
    figures("figures", t("In figures", "概况"), rows)
}

fn doubts(read: &Read, done: &[Done<'_>], params: &Params) -> Option<Block> {
    let untried = done.iter().filter(|found| found.tried.is_none()).count();
    if untried > 0 {
        return Some(caution(
            "not_tried",
            format!(
                "{untried} series are too short to try {} forecasts of {} steps on their past, so nothing is known of their error.",
                params.origins, params.horizon
            ),
            format!("有 {untried} 个序列太短，无法回测 {} 次 {} 步预测，误差未知。", params.origins, params.horizon),
        ));
    }
    let worse =
        done.iter().filter(|found| found.tried.as_ref().and_then(|tried| tried.mase).is_some_and(|mase| mase > 1.0));
    let worse = worse.count();
    (worse > 0).then(|| {
        caution(
            "no_better",
            format!(
                "For {worse} of {} series the forecast was no better than repeating the last season.",
                read.series.len()
            ),
            format!("{} 个序列中有 {worse} 个的预测并不优于直接重复上一季。", read.series.len()),
        )
    })
}

fn picture(at: usize, found: &Done<'_>, read: &Read, value: &str) -> Block {
    let place = |step: i64| read.calendar.place(step);
    let known = found.series.values.len();
    let actual = found.series.steps(0).zip(&found.series.values).map(|(step, value)| [place(step), *value]);
    let ahead: Vec<i64> = found.series.steps(found.forecast.values.len()).skip(known).collect();
    let expected = ahead.iter().zip(&found.forecast.values).map(|(step, value)| [place(*step), *value]);
    let band = ahead.iter().zip(found.forecast.low.iter().zip(&found.forecast.high));
    let band: Vec<[f64; 3]> = band
        .map(|(step, (low, high))| [place(*step), *low, *high])
        .filter(|b| b.iter().all(|v| v.is_finite()))
        .collect();
    let expected = line(t("forecast", "预测"), 1, expected);
    let series = vec![line(t("actual", "实际"), 0, actual), LineSeries { dashed: true, band: Some(band), ..expected }];
    let name = found.series.group.as_deref().unwrap_or(value);
    let alt = t(
        format!("{name} so far and to come, by the model {}.", found.fitted.ets.spec.name()),
        format!("{name} 的历史与预测，模型为 {}。", found.fitted.ets.spec.name()),
    );
    chart(&format!("series_{}", at + 1), raw(name), alt, lines(read.axis(), axis(value, value), series))
}

fn horizons(tried: &Backtest) -> Block {
    let error = tried.horizons.iter().map(|one| [one.ahead as f64, one.mae]);
    let alt = t(
        format!(
            "Tried from {} points of the past, forecasts were off by {:.4} on average.",
            tried.origins.len(),
            tried.mae
        ),
        format!("在过去 {} 个时点回测，平均误差 {:.4}。", tried.origins.len(), tried.mae),
    );
    let plot = lines(
        count("Steps ahead", "预测步数"),
        axis("Mean absolute error", "平均绝对误差"),
        vec![line(t("error", "误差"), 0, error)],
    );
    chart("horizons", t("Error by steps ahead", "各步预测误差"), alt, plot)
}
