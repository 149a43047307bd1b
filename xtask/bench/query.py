"""One SQL query in DuckDB. usage: query.py SQL NAME=FILE… Prints {"seconds", "rows"}."""
import json
import sys
import time

import duckdb

database = duckdb.connect()
for table in sys.argv[2:]:
    name, file = table.split("=", 1)
    database.sql(f"CREATE VIEW {name} AS FROM '{file}'")
start = time.perf_counter()
rows = database.sql(sys.argv[1]).fetchall()
print(json.dumps({"seconds": time.perf_counter() - start, "rows": rows}, default=str))
