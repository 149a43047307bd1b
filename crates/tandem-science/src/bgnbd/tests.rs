use proptest::prelude::*;

use super::*;

const CDNOW: BgNbd = BgNbd {
    r: 0.251_624_011_424_104,
    alpha: 4.788_945_170_327_029,
    a: 0.723_433_035_728_750_3,
    b: 2.161_086_981_372_124,
};

/// ₂F₁ by its defining series, for comparison with the paper's form.
fn hyp2f1(a: f64, b: f64, c: f64, z: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 0..200_000 {
        let k = f64::from(k);
        term *= (a + k) * (b + k) / ((c + k) * (k + 1.0)) * z;
        sum += term;
        if term.abs() < 1e-17 * f64::abs(sum) {
            break;
        }
    }
    sum
}

fn paper(c: f64, beta: f64, a: f64, b: f64, t: f64) -> f64 {
    let z = t / (beta + t);
    (a + b - 1.0) / (a - 1.0) * (1.0 - (beta / (beta + t)).powf(c) * hyp2f1(c, b, a + b - 1.0, z))
}

#[test]
fn the_comparison_itself_is_right() {
    // ₂F₁(1, 1; 2; z) = −ln(1 − z)/z and ₂F₁(a, b; b; z) = (1 − z)^−a (DLMF 15.4).
    assert!((hyp2f1(1.0, 1.0, 2.0, 0.5) - 2.0 * 2.0_f64.ln()).abs() < 1e-14);
    assert!((hyp2f1(0.3, 2.5, 2.5, 0.9) - 0.1_f64.powf(-0.3)).abs() < 1e-13);
    // ₂F₁(1/2, 1/2; 3/2; z²) = asin(z)/z.
    assert!((hyp2f1(0.5, 0.5, 1.5, 0.64) - 0.8_f64.asin() / 0.8).abs() < 1e-14);
}

/// The paper's form worked out with 40 digits (mpmath 1.3); `lifetimes` 0.11.3
/// agrees with it to 1e-11.
#[test]
fn agrees_with_the_papers_form_in_forty_digits() {
    let rows = [
        (2, 30.43, 38.86, 1.232_787_968_804_914_4, 0.729_379_375_321_713_5),
        (0, 0.0, 38.86, 0.200_077_988_597_949_42, 1.0),
        (7, 29.43, 38.86, 3.451_072_536_507_407_3, 0.658_829_347_829_578_9),
        (1, 1.71, 38.86, 0.207_160_770_966_911_9, 0.215_952_959_436_412_63),
    ];
    for (x, t_x, age, purchases, alive) in rows {
        assert!((CDNOW.expected_next(39.0, x, t_x, age) / purchases - 1.0).abs() < 1e-13);
        assert!((CDNOW.p_alive(x, t_x, age) / alive - 1.0).abs() < 1e-13);
    }
}

#[test]
fn the_point_where_the_papers_form_breaks_is_smooth() {
    let at = |a: f64| expected_purchases(2.3, 20.0, a, 1.9, 39.0);
    assert!((at(1.0) - 0.5 * (at(1.0 - 1e-5) + at(1.0 + 1e-5))).abs() < 1e-9);
    assert!((at(1.1) - paper(2.3, 20.0, 1.1, 1.9, 39.0)).abs() < 1e-11);
    // Nobody ever leaves: just the mean rate. Everybody does at once: at most one.
    assert!((expected_purchases(2.0, 10.0, 1e-9, 5.0, 30.0) - 6.0).abs() < 1e-6);
    assert!(expected_purchases(2.0, 10.0, 8e3, 1e-3, 1e6) <= 1.0 + 1e-6);
    // So many purchases that their first probabilities underflow.
    let many = expected_purchases(4_000.0, 600.0, 1e-12, 5.0, 600.0);
    assert!((many / 4_000.0 - 1.0).abs() < 1e-9, "{many}");
}

#[test]
fn too_few_repeat_buyers_are_refused() {
    let once = History { frequency: 0, age_days: 100, recency_days: 0 };
    let error = BgNbd::fit(&Histories::new([once; 500], 7.0)).unwrap_err();
    assert_eq!(error.code(), tandem_core::ErrorCode::NotEnoughData);
}

/// Draws customers from the model, and finds the parameters back.
#[test]
fn recovers_the_parameters_it_was_made_with() {
    use rand::{Rng, SeedableRng};
    use rand_distr::{Beta, Distribution, Exp, Gamma};
    let truth = BgNbd { r: 0.6, alpha: 30.0, a: 0.8, b: 3.0 };
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    let mut customer = || {
        let rate = Gamma::new(truth.r, 1.0 / truth.alpha).unwrap().sample(&mut random);
        let leave = Beta::new(truth.a, truth.b).unwrap().sample(&mut random);
        let age: f64 = random.random_range(200.0..600.0);
        let (mut x, mut t) = (0, 0.0);
        loop {
            let next = t + Exp::new(rate).unwrap().sample(&mut random);
            if next > age {
                break;
            }
            (x, t) = (x + 1, next);
            if random.random::<f64>() < leave {
                break;
            }
        }
        History { frequency: x, age_days: age.round() as u32, recency_days: (t.round() as u32).min(age as u32) }
    };
    let fit = BgNbd::fit(&Histories::new((0..40_000).map(|_| customer()), 1.0)).unwrap();
    let (found, expected) = (fit.model.logs(), truth.logs());
    let errors = fit.covariance_of_logs.unwrap();
    for i in 0..4 {
        let error = errors[i][i].sqrt();
        assert!((found[i] - expected[i]).abs() < 4.0 * error, "{:?} ± {error}", fit.model);
    }
}

proptest! {
    #[test]
    fn derivatives_are_those_of_the_value(
        logs in prop::array::uniform4(-2.0_f64..2.0),
        past in prop::collection::vec((0_u32..9, 1_u32..400, 0.0_f64..1.0), 1..20),
    ) {
        let histories = Histories::new(
            past.into_iter().map(|(frequency, age_days, part)| History {
                frequency,
                age_days,
                recency_days: if frequency == 0 { 0 } else { (f64::from(age_days) * part) as u32 },
            }),
            7.0,
        );
        let likelihood = likelihood::Likelihood::new(&histories);
        let here = likelihood.evaluate(&logs);
        for i in 0..4 {
            let h = 1e-5;
            let at = |sign: f64| { let mut p = logs; p[i] += sign * h; likelihood.evaluate(&p) };
            let (up, down) = (at(1.0), at(-1.0));
            let slope = (up.value - down.value) / (2.0 * h);
            prop_assert!((slope - here.gradient[i]).abs() < 1e-5 * (1.0 + slope.abs()));
            for j in 0..4 {
                let slope = (up.gradient[j] - down.gradient[j]) / (2.0 * h);
                prop_assert!((slope - here.hessian[i][j]).abs() < 1e-5 * (1.0 + slope.abs()), "{} {}", i, j);
            }
        }
    }

    #[test]
    fn equals_the_papers_form(
        c in 0.05_f64..30.0, beta in 0.5_f64..100.0, a in 0.05_f64..0.9, b in 1.1_f64..20.0, t in 0.1_f64..80.0,
    ) {
        let (ours, paper) = (expected_purchases(c, beta, a, b, t), paper(c, beta, a, b, t));
        prop_assert!((ours - paper).abs() < 1e-9 * paper.max(1e-2), "{} {}", ours, paper);
    }

    #[test]
    fn forecasts_keep_their_bounds(
        logs in prop::array::uniform4(-3.0_f64..3.0), x in 0_u32..200, part in 0.0_f64..=1.0,
        age in 0.0_f64..500.0, t in 0.01_f64..500.0,
    ) {
        let model = BgNbd::from_logs(logs);
        let t_x = if x == 0 { 0.0 } else { age * part };
        let alive = model.p_alive(x, t_x, age);
        prop_assert!((0.0..=1.0).contains(&alive));
        // A purchase later is a better sign.
        prop_assert!(x == 0 || model.p_alive(x, age, age) >= alive);
        let next = model.expected_next(t, x, t_x, age);
        let never_leaving = (model.r + f64::from(x)) / (model.alpha + age) * t;
        prop_assert!(next >= 0.0 && next <= never_leaving * (1.0 + 1e-9));
        prop_assert!(model.expected_next(2.0 * t, x, t_x, age) >= next * (1.0 - 1e-12));
    }

    #[test]
    fn grouping_does_not_depend_on_order(
        past in prop::collection::vec((0_u32..5, 0_u32..50, 0_u32..50), 1..50), seed in 0_usize..50,
    ) {
        let all: Vec<History> =
            past.into_iter().map(|(frequency, age_days, recency_days)| History { frequency, age_days, recency_days }).collect();
        let mut turned = all.clone();
        turned.rotate_left(seed % all.len());
        let (one, two) = (Histories::new(all, 1.0), Histories::new(turned, 1.0));
        prop_assert_eq!(one.groups(), two.groups());
        prop_assert_eq!(one.groups().iter().map(|g| u64::from(g.1)).sum::<u64>(), one.customers());
    }
}
