"""DuckDB's SUMMARIZE of a file. usage: profile.py FILE. Prints {"seconds", "rows": columns summarized}."""
import json
import sys
import time

import duckdb

start = time.perf_counter()
columns = duckdb.sql(f"SUMMARIZE SELECT * FROM '{sys.argv[1]}'").fetchall()
print(json.dumps({"seconds": time.perf_counter() - start, "rows": [[row[0]] for row in columns]}))
