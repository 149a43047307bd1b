//! Models: learning, answering, judging and explaining.

mod boosting;
mod clusters;
mod coefficients;
mod dbscan;
mod describe;
mod evaluate;
mod explain;
pub(crate) mod features;
mod forecast;
mod gradient_boosting_classifier;
mod gradient_boosting_regressor;
mod importances;
mod isolation_forest;
mod k_means;
mod linear;
mod linear_regression;
mod logistic_regression;
mod needs;
mod pca;
mod predict;
mod seasonal_decomposition;
mod series;
mod train;
mod trained;
mod tune;

use crate::{Body::Rows, catalog::Entry};

/// In the order of the palette.
pub(crate) const COMPONENTS: &[Entry] = &[
    (include_str!("gradient_boosting_classifier.json"), Rows(gradient_boosting_classifier::FUNCTION)),
    (include_str!("gradient_boosting_regressor.json"), Rows(gradient_boosting_regressor::FUNCTION)),
    (include_str!("logistic_regression.json"), Rows(logistic_regression::FUNCTION)),
    (include_str!("linear_regression.json"), Rows(linear_regression::FUNCTION)),
    (include_str!("tune.json"), Rows(tune::FUNCTION)),
    (include_str!("predict.json"), Rows(predict::FUNCTION)),
    (include_str!("evaluate.json"), Rows(evaluate::FUNCTION)),
    (include_str!("explain.json"), Rows(explain::FUNCTION)),
    (include_str!("k_means.json"), Rows(k_means::FUNCTION)),
    (include_str!("dbscan.json"), Rows(dbscan::FUNCTION)),
    (include_str!("pca.json"), Rows(pca::FUNCTION)),
    (include_str!("isolation_forest.json"), Rows(isolation_forest::FUNCTION)),
    (include_str!("forecast.json"), Rows(forecast::FUNCTION)),
    (include_str!("seasonal_decomposition.json"), Rows(seasonal_decomposition::FUNCTION)),
];
