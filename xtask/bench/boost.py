"""Gradient boosting with LightGBM, default settings.

usage: boost.py make ROWS FILE    writes ROWS rows of 30 columns and a class, as text of columns (see below)
       boost.py fit FILE          fits four fifths of the rows and judges the last fifth
       boost.py auc DATA          the AUC on every fifth row of the data sets that the tests use

FILE holds little-endian 32-bit floats, column after column, the class last; NaN is missing. `fit` prints
{"seconds": of the fit with its binning, "rows": [[AUC]]}.
"""
import json
import sys
import time

import lightgbm
import numpy as np

COLUMNS = 30


def auc(truth, scores):
    """The probability that a positive is scored above a negative, equal scores counting half."""
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    positives = truth.sum()
    return (ranks[truth > 0].sum() - positives * (positives + 1) / 2) / positives / (len(truth) - positives)


def make(rows, path):
    """Twenty continuous columns (one of them skewed, two with gaps), ten of few values, and a noisy class."""
    random = np.random.default_rng(7)
    columns = [random.standard_normal(rows) for _ in range(19)] + [random.exponential(size=rows) ** 2]
    columns += [random.integers(0, 2 + 5 * i, rows).astype(float) for i in range(10)]
    score = (columns[0] * columns[1] + np.sin(2 * columns[2]) + 0.5 * columns[3] + np.log1p(columns[19])
             + 0.3 * (columns[21] > 3) * columns[4] + (columns[25] % 3 == 0) - 1.5)
    for gap in (3, 5):
        columns[gap][random.random(rows) < 0.1] = np.nan
    truth = random.random(rows) < 1 / (1 + np.exp(-np.nan_to_num(score)))
    np.stack(columns + [truth.astype(float)]).astype("<f4").tofile(path)


def fit(path):
    """One fit, timed with its binning as ours is."""
    values = np.fromfile(path, "<f4").reshape(COLUMNS + 1, -1)
    rows, truth = np.ascontiguousarray(values[:COLUMNS].T.astype(np.float64)), values[COLUMNS]
    cut = len(truth) * 4 // 5
    start = time.perf_counter()
    data = lightgbm.Dataset(rows[:cut], truth[:cut])
    model = lightgbm.train({"objective": "binary", "verbose": -1}, data, num_boost_round=100)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "rows": [[float(auc(truth[cut:], model.predict(rows[cut:])))]]}))


def real(folder):
    """The figures that the tests of real data name."""
    import pandas as pd

    for file, leave, target, positive in (
            ("telco_churn_ibm/Telco-Customer-Churn.csv", ["customerID"], "Churn", "Yes"),
            ("german_credit/german_credit.csv", [], "Credit_risk", "BAD"),
            ("adult_uci/adult.csv", [], "income", ">50K")):
        table = pd.read_csv(f"{folder}/{file}", na_values=[" "])
        truth = (table[target] == positive).astype(int).to_numpy()
        table = table.drop(columns=[*leave, target])
        for name in table.columns:
            if not pd.api.types.is_numeric_dtype(table[name]):
                table[name] = table[name].astype("category")
        found = []
        for fifth in range(5):
            test = np.arange(len(table)) % 5 == fifth
            data = lightgbm.Dataset(table[~test], truth[~test])
            model = lightgbm.train({"objective": "binary", "verbose": -1}, data, num_boost_round=100)
            found.append(auc(truth[test], model.predict(table[test])))
        print(file, found, np.mean(found))


if sys.argv[1] == "make":
    make(int(sys.argv[2]), sys.argv[3])
elif sys.argv[1] == "fit":
    fit(sys.argv[2])
else:
    real(sys.argv[2])
