//! Reference figures: statsmodels 0.15.0 (`ETSModel`, `STL`) on the monthly
//! airline passengers of Box and Jenkins.

use proptest::prelude::*;
use tandem_core::{Cancel, ErrorCode};

use super::{ets::*, *};
use crate::{
    testing::{all_near, near, uniform},
    work::Work,
};

const PASSENGERS: [f64; 144] = [
    112., 118., 132., 129., 121., 135., 148., 148., 136., 119., 104., 118., 115., 126., 141., 135., 125., 149., 170.,
    170., 158., 133., 114., 140., 145., 150., 178., 163., 172., 178., 199., 199., 184., 162., 146., 166., 171., 180.,
    193., 181., 183., 218., 230., 242., 209., 191., 172., 194., 196., 196., 236., 235., 229., 243., 264., 272., 237.,
    211., 180., 201., 204., 188., 235., 227., 234., 264., 302., 293., 259., 229., 203., 229., 242., 233., 267., 269.,
    270., 315., 364., 347., 312., 274., 237., 278., 284., 277., 317., 313., 318., 374., 413., 405., 355., 306., 271.,
    306., 315., 301., 356., 348., 355., 422., 465., 467., 404., 347., 305., 336., 340., 318., 362., 348., 363., 435.,
    491., 505., 404., 359., 310., 337., 360., 342., 406., 396., 420., 472., 548., 559., 463., 407., 362., 405., 417.,
    391., 419., 461., 472., 535., 622., 606., 508., 461., 390., 432.,
];

use ErrorKind::{Additive as EA, Multiplicative as EM};
use SeasonKind::{Additive as SA, Multiplicative as SM, None as SN};
use TrendKind::{Additive as TA, Damped as TD, None as TN};

/// The likelihoods that statsmodels finds; ours may be higher, where its search
/// stops early.
#[test]
fn every_model_is_at_least_as_likely_as_in_statsmodels() {
    let expected = [
        (EA, TN, SN, -710.3939565491972),
        (EA, TN, SA, -586.0412864700967),
        (EA, TD, SN, -710.2543201789299),
        (EA, TA, SA, -564.9837806754878),
        (EA, TD, SA, -568.8609977886451),
        (EM, TN, SN, -680.4507994804309),
        (EM, TN, SM, -530.5955183784179),
        (EM, TA, SN, -677.9888660758024),
        (EM, TA, SA, -547.6548958009438),
        (EM, TA, SM, -522.4899307974674),
        (EM, TD, SM, -525.6171162371236),
    ];
    for (error, trend, season, log_likelihood) in expected {
        let spec = Spec { error, trend, season };
        let found = fit(&PASSENGERS, 12, spec, None).unwrap();
        let better = found.log_likelihood - log_likelihood;
        assert!(better > -0.35, "{}: {} against {log_likelihood}", spec.name(), found.log_likelihood);
    }
}

#[test]
fn the_best_model_of_all_is_chosen() {
    let cancel = Cancel::new();
    let best = choose(&PASSENGERS, 12, &Work { threads: 2, ..Work::new(&cancel) }).unwrap();
    assert_eq!((best.spec.error, best.spec.season), (EM, SM), "{}", best.spec.name());
    for spec in Spec::allowed(&PASSENGERS, 12) {
        assert!(fit(&PASSENGERS, 12, spec, None).unwrap().aicc >= best.aicc);
    }
    assert_eq!(choose(&PASSENGERS, 12, &Work::new(&cancel)).unwrap(), best);
    let text = serde_json::to_string(&best).unwrap();
    assert_eq!(serde_json::from_str::<Ets>(&text).unwrap().expect(12), best.expect(12));
}

#[test]
fn forecasts_and_intervals_are_those_of_statsmodels() {
    let found = fit(&PASSENGERS, 12, Spec { error: EA, trend: TA, season: SA }, None).unwrap();
    let expected = [451.578501, 427.259926, 464.704162, 500.104599, 508.663838, 567.717214];
    all_near(&found.expect(6), &expected, 0.015);
    let width = [47.972754, 49.479479, 50.941726, 52.363546, 53.748018, 55.098018];
    for ((low, high), expected) in found.intervals(6, 0.95, 0).into_iter().zip(width) {
        // Its variance is over all values, ours over degrees of freedom.
        near(high - low, expected * (144.0_f64 / 128.0).sqrt(), 0.02);
    }
    let found = fit(&PASSENGERS, 12, Spec { error: EM, trend: TD, season: SM }, None).unwrap();
    let expected = [441.91148674992115, 434.6611710925493, 496.9289109675743, 483.5203251024159, 484.49001580596087];
    all_near(&found.expect(5), &expected, 0.03);
}

#[test]
fn a_decomposition_is_that_of_statsmodels() {
    let plain = decompose(&PASSENGERS, 12, 13, false).unwrap();
    all_near(&plain.trend[..3], &[121.46332735717158, 122.39250740445387, 123.2841510505695], 1e-9);
    all_near(&plain.seasonal[..3], &[-9.157112583029669, 0.9613566924321564, 12.919571096481375], 1e-8);
    all_near(&plain.remainder[..3], &[-0.3062147741419068, -5.353864096886028, -4.2037221470508825], 1e-7);
    all_near(&plain.seasonal[141..], &[-33.76674539273176, -97.3198138247714, -60.35118306145695], 1e-8);
    all_near(&[plain.trend_strength, plain.seasonal_strength], &[0.9971574083645777, 0.9815304216549953], 1e-9);
    let robust = decompose(&PASSENGERS, 12, 13, true).unwrap();
    all_near(&robust.trend[70..73], &[255.9573709773652, 259.52565742881313, 263.2942807223547], 1e-6);
    all_near(&robust.seasonal[..3], &[-8.60785920571112, 0.9769311384097428, 10.487503521302209], 1e-5);
    assert_eq!(decompose(&PASSENGERS[..23], 12, 13, false).unwrap_err().code(), ErrorCode::NotEnoughData);
}

#[test]
fn the_last_years_would_have_been_forecast_well() {
    let cancel = Cancel::new();
    let params = ForecastParams { period: 12, horizon: 12, ..ForecastParams::default() };
    let points = BacktestParams { origins: 3, step: 6 };
    let found = backtest(&PASSENGERS, &params, &points, &Work::new(&cancel)).unwrap();
    assert_eq!(found.origins, [120, 126, 132]);
    assert!(found.mase.unwrap() < 0.6 && found.mape.unwrap() < 0.06, "{found:?}");
    assert!(found.coverage > 0.7 && found.horizons.len() == 12);
    let work = Work { threads: 3, ..Work::new(&cancel) };
    assert_eq!(backtest(&PASSENGERS, &params, &points, &work).unwrap(), found);
    let many = BacktestParams { origins: 30, step: 6 };
    assert_eq!(backtest(&PASSENGERS, &params, &many, &work).unwrap_err().code(), ErrorCode::NotEnoughData);
}

#[test]
fn a_long_season_goes_on_as_it_was() {
    let noise = uniform(41, 400);
    let series: Vec<f64> = (0..400)
        .map(|t| 50.0 + 0.05 * f64::from(t) + 10.0 * f64::from(t % 52).sin() + noise[t as usize] - 0.5)
        .collect();
    let cancel = Cancel::new();
    let params = ForecastParams { period: 52, horizon: 30, ..ForecastParams::default() };
    let fitted = Fitted::new(&series, &params, &Work::new(&cancel)).unwrap();
    assert_eq!(fitted.season.len(), 52);
    let forecast = fitted.forecast(&params);
    for (step, value) in forecast.values.iter().enumerate() {
        let t = 400 + step as i32;
        let truth = 50.0 + 0.05 * f64::from(t) + 10.0 * f64::from(t % 52).sin();
        assert!((value - truth).abs() < 2.0, "{step}: {value} {truth}");
        assert!(forecast.low[step] < *value && *value < forecast.high[step]);
    }
}

#[test]
fn odd_series_are_no_trouble_and_bad_ones_say_why() {
    let cancel = Cancel::new();
    let work = Work::new(&cancel);
    let params = ForecastParams { period: 4, horizon: 3, ..ForecastParams::default() };
    let constant = Fitted::new(&[5.0; 30], &params, &work).unwrap().forecast(&params);
    all_near(&constant.values, &[5.0; 3], 1e-6);
    let zeros = Fitted::new(&[0.0; 30], &params, &work).unwrap().forecast(&params);
    assert!(zeros.values.iter().all(|v| v.abs() < 1e-6));
    let line: Vec<f64> = (0..30).map(f64::from).collect();
    all_near(&Fitted::new(&line, &params, &work).unwrap().forecast(&params).values, &[30.0, 31.0, 32.0], 1e-3);
    let code = |series: &[f64]| Fitted::new(series, &params, &work).unwrap_err().code();
    assert_eq!(code(&[1.0, f64::NAN, 2.0, 3.0, 4.0, 5.0]), ErrorCode::InvalidParameter);
    assert_eq!(code(&[1.0, 2.0]), ErrorCode::NotEnoughData);
    cancel.cancel();
    assert_eq!(Fitted::new(&line, &params, &work).unwrap_err().code(), ErrorCode::Cancelled);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Another unit of measure gives the same forecast in that unit.
    #[test]
    fn units_do_not_matter(scale in 1e-3_f64..1e4) {
        let series: Vec<f64> = PASSENGERS[..60].iter().map(|v| v * scale).collect();
        let spec = Spec { error: EM, trend: TA, season: SA };
        let (one, two) = (fit(&PASSENGERS[..60], 12, spec, None).unwrap(), fit(&series, 12, spec, None).unwrap());
        for (a, b) in one.expect(12).iter().zip(two.expect(12)) {
            prop_assert!((a * scale / b - 1.0).abs() < 0.01, "{} {}", a * scale, b);
        }
    }

    #[test]
    fn parts_add_up(values in prop::collection::vec(-100.0_f64..100.0, 24..60), period in 2_usize..12, robust in any::<bool>()) {
        let parts = decompose(&values, period, 7, robust).unwrap();
        for (t, value) in values.iter().enumerate() {
            prop_assert!((parts.trend[t] + parts.seasonal[t] + parts.remainder[t] - value).abs() < 1e-9);
        }
    }
}
