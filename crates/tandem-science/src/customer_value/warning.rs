//! What to know before trusting the figures.

use serde::{Deserialize, Serialize};
use tandem_core::{Text, text::grouped};

use super::{Backtest, Fit, Params, snapshot::Snapshot};
use crate::transactions::{Counts, Transactions};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// A stable code for each warning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum WarningCode { $($(#[$doc])* $name,)+ }
    };
}

codes! {
    /// No amount column: no monetary part.
    NoAmount,
    /// More than a fifth of the rows could not be used.
    ManyRowsExcluded,
    /// More than a hundredth of the rows equal an earlier one.
    ManyDuplicates,
    /// More than a tenth of the rows are returns.
    ManyReturns,
    /// Returns that found no purchase to be taken off.
    ReturnsUnmatched,
    /// Days are those of UTC since the time zone is not known.
    TimeZoneIgnored,
    /// A few rows lie far after all others.
    SuspiciousDates,
    /// Too few repeat buyers: no forecasts.
    NoForecast,
    /// Too few repeat buyers with an amount: no values.
    NoValue,
    /// A parameter of the model of repeat buying is not determined.
    BgnbdAtBoundary,
    /// A parameter of the model of spending is not determined.
    GammaGammaAtBoundary,
    /// The model's mean purchase is infinite; the plain mean stands in.
    InfiniteMean,
    /// How often and how much are correlated, against the model's assumption.
    ValueFrequencyCorrelated,
    /// There was no hold-out to judge the fit on.
    BacktestSkipped,
    /// The hold-out turned out very different, or the naive forecast came nearer.
    BacktestPoor,
    /// The horizon is longer than the history.
    HorizonBeyondHistory,
    /// The uncertainty of the totals could not be worked out.
    NoInterval,
}

/// One warning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    /// What it is about.
    pub code: WarningCode,
    /// What it means here, and what to do.
    pub text: Text,
}

/// Warnings as they are found.
#[derive(Debug, Default)]
pub(super) struct Warnings(Vec<Warning>);

impl Warnings {
    fn add(&mut self, code: WarningCode, en: String, zh: String) {
        self.0.push(Warning { code, text: Text::new(en, zh) });
    }

    pub(super) fn finish(mut self) -> Vec<Warning> {
        self.0.sort_by_key(|w| w.code);
        self.0
    }

    pub(super) fn about_rows(&mut self, counts: &Counts) {
        let rows = counts.rows.max(1) as f64;
        let percent = |part: u64| part as f64 / rows * 100.0;
        let number = |count: u64| grouped(count as f64, 0);
        let excluded =
            counts.missing_customer + counts.unreadable_time + counts.missing_amount + counts.unreadable_amount;
        if percent(excluded) > 20.0 {
            self.add(
                WarningCode::ManyRowsExcluded,
                format!(
                    "{} rows ({:.1} %) could not be used: {} without a customer, {} without a readable time, {} without a readable amount. The results describe the rest only.",
                    number(excluded), percent(excluded), number(counts.missing_customer), number(counts.unreadable_time), number(counts.missing_amount + counts.unreadable_amount)
                ),
                format!(
                    "{} 行（{:.1}%）无法使用：缺少客户 {} 行，时间无法识别 {} 行，金额无法识别 {} 行。结果只反映其余数据。",
                    number(excluded), percent(excluded), number(counts.missing_customer), number(counts.unreadable_time), number(counts.missing_amount + counts.unreadable_amount)
                ),
            );
        }
        let duplicates = counts.duplicates - counts.duplicates_dropped.min(counts.duplicates);
        if percent(duplicates) > 1.0 {
            self.add(
                WarningCode::ManyDuplicates,
                format!("{} rows ({:.1} %) equal an earlier row in every column and were kept. If they were exported twice, set duplicates to drop.", number(duplicates), percent(duplicates)),
                format!("{} 行（{:.1}%）与之前的行完全相同，已保留。若为重复导出，请将 duplicates 设为 drop。", number(duplicates), percent(duplicates)),
            );
        }
        if percent(counts.returns) > 10.0 {
            self.add(
                WarningCode::ManyReturns,
                format!("{} rows ({:.1} %) are returns. They are not purchases; check that negative amounts do mean returns.", number(counts.returns), percent(counts.returns)),
                format!("{} 行（{:.1}%）为退货，不计为购买。请确认负数金额确为退货。", number(counts.returns), percent(counts.returns)),
            );
        }
        if counts.returns_unmatched < 0.0 {
            self.add(
                WarningCode::ReturnsUnmatched,
                format!(
                    "Returns of {} have no earlier purchase in the data, so nothing was taken off for them.",
                    grouped(-counts.returns_unmatched, 2)
                ),
                format!("金额共 {} 的退货在数据中找不到此前的购买，未作冲减。", grouped(-counts.returns_unmatched, 2)),
            );
        }
        if counts.time_zone_ignored {
            self.add(
                WarningCode::TimeZoneIgnored,
                "The time column names a time zone that is not known here, so days begin at midnight UTC.".into(),
                "时间列所带的时区名称无法识别，日期按 UTC 零点划分。".into(),
            );
        }
    }

    /// The last thousandth of the purchases should not lie more than a tenth of
    /// the history (and 30 days) after the rest.
    pub(super) fn about_dates(&mut self, transactions: &Transactions) {
        let mut days = transactions.days.clone();
        if days.len() < 50 {
            return;
        }
        let few = (days.len() / 1000).max(1);
        let at = days.len() - 1 - few;
        let (_, &mut usual, _) = days.select_nth_unstable(at);
        let (gap, span) = (transactions.last_day - usual, usual - transactions.first_day);
        if gap > 30 && f64::from(gap) > 0.1 * f64::from(span) {
            let last = crate::transactions::date_of(transactions.last_day);
            let gap = grouped(f64::from(gap), 0);
            self.add(
                WarningCode::SuspiciousDates,
                format!("The data ends on {last}, {gap} days after nearly all purchases. One wrong date there makes every customer look inactive: check the latest dates."),
                format!("数据截止于 {last}，比绝大多数购买晚 {gap} 天。个别错误日期会使所有客户显得不活跃，请检查最晚的日期。"),
            );
        }
    }

    pub(super) fn about_fit(&mut self, snapshot: &Snapshot, fit: &Fit, has_amount: bool) {
        let repeat = grouped(snapshot.repeat_buyers().count() as f64, 0);
        if !has_amount {
            self.add(
                WarningCode::NoAmount,
                "No amount column was given, so there are no values and segments use recency and frequency only."
                    .into(),
                "未指定金额列，因此没有价值部分，分群只依据最近购买时间与购买频率。".into(),
            );
        }
        match &fit.bgnbd {
            None => self.add(
                WarningCode::NoForecast,
                format!("Only {repeat} customers bought on more than one day, or their purchases fit no model: there are segments but no forecasts. Take a longer period."),
                format!("只有 {repeat} 位客户在多于一天购买，或其购买无法拟合模型：仅有分群，没有预测。请使用更长时间的数据。"),
            ),
            Some(bgnbd) if bgnbd.at_boundary => self.add(
                WarningCode::BgnbdAtBoundary,
                "The data does not determine every parameter of the model of repeat buying (nobody seems to leave, or customers seem alike). Totals are usable; single customers' P(alive) is not.".into(),
                "数据不足以确定复购模型的全部参数（似乎无人流失，或客户之间没有差异）。总量可参考，单个客户的活跃概率不可靠。".into(),
            ),
            Some(_) => {}
        }
        match &fit.gamma_gamma {
            None if has_amount => self.add(
                WarningCode::NoValue,
                "Too few customers bought again for an amount above zero, or the amounts fit no model: values are left out.".into(),
                "有金额的复购客户太少，或金额无法拟合模型：不给出价值预测。".into(),
            ),
            None => {}
            Some(spending) => {
                if spending.at_boundary {
                    self.add(
                        WarningCode::GammaGammaAtBoundary,
                        "The amounts do not determine every parameter of the model of spending; all customers seem to spend alike.".into(),
                        "金额不足以确定消费模型的全部参数，客户之间的消费似乎没有差异。".into(),
                    );
                }
                if spending.model.population_mean().is_none() {
                    self.add(
                        WarningCode::InfiniteMean,
                        "Spending varies so much between customers that the model has no finite mean; customers without a repeat purchase are valued at the plain mean purchase.".into(),
                        "客户之间消费差异过大，模型均值不存在；没有复购的客户按全体平均购买额估值。".into(),
                    );
                }
                self.about_independence(snapshot);
            }
        }
    }

    fn about_independence(&mut self, snapshot: &Snapshot) {
        let pairs: Vec<(f64, f64)> = snapshot
            .repeat_buyers()
            .filter(|c| c.mean > 0.0)
            .map(|c| (f64::from(c.history.frequency), c.mean))
            .collect();
        let rho = correlation(&pairs);
        if rho.abs() > 0.3 {
            self.add(
                WarningCode::ValueFrequencyCorrelated,
                format!("How often customers buy and how much they spend are correlated ({rho:.2}), while the model takes them as independent: values of the most frequent buyers may be {}.", if rho > 0.0 { "too low" } else { "too high" }),
                format!("购买频率与单次消费额相关（{rho:.2}），而模型假定二者独立：高频客户的价值可能{}。", if rho > 0.0 { "被低估" } else { "被高估" }),
            );
        }
    }

    pub(super) fn about_horizon(&mut self, params: &Params, transactions: &Transactions) {
        let ahead = params.horizon * params.unit.days();
        let history = f64::from(transactions.last_day - transactions.first_day + 1);
        if ahead > history {
            let (ahead, history) = (grouped(ahead, 0), grouped(history, 0));
            self.add(
                WarningCode::HorizonBeyondHistory,
                format!("The horizon ({ahead} days) is longer than the history ({history} days): take the values as a rough guide."),
                format!("预测期（{ahead} 天）比历史（{history} 天）更长，数值仅供粗略参考。"),
            );
        }
    }

    pub(super) fn backtest_skipped(&mut self, en: &str, zh: &str) {
        self.add(
            WarningCode::BacktestSkipped,
            format!("The forecasts were not tested on a hold-out: {en}. Choose another calibration_end, or take a longer period."),
            format!("未能用留出期检验预测：{zh}。请调整 calibration_end，或使用更长时间的数据。"),
        );
    }

    pub(super) fn about_backtest(&mut self, test: &Backtest) {
        let measure = &test.purchases;
        let Some(error) = measure.error_percent else { return };
        if error.abs() > 25.0 || measure.rmse > measure.naive_rmse {
            self.add(
                WarningCode::BacktestPoor,
                format!(
                    "On the hold-out the model's total was off by {error:+.1} %, with an error a customer of {:.2} purchases (repeating the recent past: {:.2}). The model knows no seasons and no campaigns: use it to rank customers rather than for totals.",
                    measure.rmse, measure.naive_rmse
                ),
                format!(
                    "在留出期，模型总量偏差 {error:+.1}%，单个客户误差（均方根）{:.2} 次（照搬近期为 {:.2} 次）。模型不含季节与营销活动因素：宜用于客户排序，不宜用于总量。",
                    measure.rmse, measure.naive_rmse
                ),
            );
        }
    }

    pub(super) fn no_interval(&mut self) {
        self.add(
            WarningCode::NoInterval,
            "The totals come without an interval: the data does not say how sure the model's parameters are.".into(),
            "总量没有给出区间：数据不足以判断模型参数的把握程度。".into(),
        );
    }
}

/// Pearson's correlation; 0 where either does not vary.
fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let n = pairs.len().max(1) as f64;
    let (mx, my) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
    let sum = |of: fn(f64, f64) -> f64| pairs.iter().map(|p| of(p.0 - mx, p.1 - my)).sum::<f64>();
    let variance = sum(|x, _| x * x) * sum(|_, y| y * y);
    if variance > 0.0 { sum(|x, y| x * y) / variance.sqrt() } else { 0.0 }
}
