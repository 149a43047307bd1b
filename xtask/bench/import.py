"""DuckDB reads a CSV file and writes it as zstd Parquet.

usage: import.py FILE.csv FILE.parquet. Prints {"seconds", "rows": [[how many]]}.
"""
import json
import os
import sys
import time

import duckdb

source, target = sys.argv[1:]
start = time.perf_counter()
duckdb.sql(f"COPY (FROM read_csv('{source}')) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
seconds = time.perf_counter() - start
print(json.dumps({"seconds": seconds, "rows": duckdb.sql(f"SELECT count(*) FROM '{target}'").fetchall()}))
os.remove(target)
