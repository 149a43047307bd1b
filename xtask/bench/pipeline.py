"""The steps of the bench `pipeline` in Polars. usage: pipeline.py ORDERS.parquet PRODUCTS.parquet

Prints {"seconds", "rows": [brand, orders, revenue] in the order of brand}.
"""
import json
import sys
import time

import polars as pl

start = time.perf_counter()
orders = (
    pl.scan_parquet(sys.argv[1])
    .filter(~pl.col("returned"))
    .with_columns(pl.col("amount").fill_null(0.0))
    .with_columns((pl.col("amount") * pl.col("quantity")).alias("revenue"))
)
found = (
    orders.join(pl.scan_parquet(sys.argv[2]), on="product_id", how="inner")
    .group_by("brand")
    .agg(pl.len().alias("orders"), pl.col("revenue").sum())
    .sort("brand")
    .collect()
)
print(json.dumps({"seconds": time.perf_counter() - start, "rows": [list(row) for row in found.rows()]}))
