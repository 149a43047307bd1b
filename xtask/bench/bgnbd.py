"""BG/NBD of the CDNOW purchases with `lifetimes`.

usage: bgnbd.py MASTER.txt SUMMARY.csv
Writes each customer's frequency, recency and age in days to SUMMARY.csv, so that both fit the same histories.
Prints {"seconds": of the fit alone, "rows": [[r, alpha, a, b]]}.
"""
import json
import sys
import time
import warnings

import pandas as pd
from lifetimes import BetaGeoFitter
from lifetimes.utils import summary_data_from_transaction_data

warnings.simplefilter("ignore")
purchases = pd.read_csv(sys.argv[1], sep=r"\s+", skiprows=1, header=None, names=["customer", "day", "cds", "dollars"],
                        dtype={"customer": str, "day": str})
purchases["day"] = pd.to_datetime(purchases.day, format="%Y%m%d")
summary = summary_data_from_transaction_data(purchases, "customer", "day", observation_period_end="1997-09-30", freq="D")
summary.astype(int).to_csv(sys.argv[2])
start = time.perf_counter()
model = BetaGeoFitter().fit(summary.frequency, summary.recency / 7, summary["T"] / 7)
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "rows": [[float(model.params_[name]) for name in ("r", "alpha", "a", "b")]]}))
