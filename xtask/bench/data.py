"""Makes the data of a bench: the same bytes every time, for a number of rows.

usage: data.py orders|products ROWS FILE.csv|FILE.parquet
"""
import os
import sys

import duckdb

ORDERS = """
SELECT
  i AS order_id,
  -- Few buy much and many buy little: the square crowds customers at the low numbers.
  CAST(1 + floor(400000 * r1 * r1) AS INTEGER) AS customer_id,
  CAST(1 + floor(10000 * r2 * sqrt(r2)) AS INTEGER) AS product_id,
  ['grocery', 'fresh fruit', 'bakery', 'meat', 'dairy', 'frozen', 'drinks', 'wine', 'snacks', 'baby', 'beauty', 'home',
   'garden', 'pets', 'books', 'music', 'toys', 'sport', 'office', 'other'][1 + CAST(h3 % 20 AS INTEGER)] AS category,
  ['store', 'web', 'app', 'phone', 'partner'][1 + CAST((h3 >> 8) % 5 AS INTEGER)] AS channel,
  ['北京', '上海', '广州', '深圳', '成都', '杭州', '武汉', '西安', 'London', 'Paris', 'Berlin', 'Madrid', 'New York',
   'Chicago', 'Boston', 'Sydney'][1 + CAST((h3 >> 16) % 16 AS INTEGER)] AS city,
  TIMESTAMP '2023-01-01' + to_seconds(CAST(i * 63072000.0 / $rows AS BIGINT) + CAST((h3 >> 24) % 3600 AS BIGINT)) AS ordered_at,
  CAST(1 + (h3 >> 40) % 6 AS INTEGER) AS quantity,
  CASE WHEN (h3 >> 44) % 100 = 0 THEN NULL ELSE round(1 + 199 * r4 * r4, 2) END AS amount,
  CASE WHEN (h3 >> 50) % 5 = 0 THEN 'C' || (h3 >> 52) % 300 END AS coupon,
  (h3 >> 56) % 33 = 0 AS returned,
  CASE WHEN (h3 >> 48) % 10 = 0 THEN 'left at the door, "as asked" on day ' || (h3 >> 32) % 365 ELSE 'no note' END AS note
FROM (
  SELECT i, hash(i * 3 + 2) AS h3,
    (hash(i * 3) >> 11) / 9007199254740992.0 AS r1,
    (hash(i * 3 + 1) >> 11) / 9007199254740992.0 AS r2,
    (hash(i * 7 + 5) >> 11) / 9007199254740992.0 AS r4
  FROM range($rows) numbers(i)
)
"""

PRODUCTS = """
SELECT CAST(i + 1 AS INTEGER) AS product_id, 'product ' || (i + 1) AS product,
  'brand ' || (hash(i) % 200) AS brand, round(0.2 + (hash(i * 5) % 60) / 100.0, 2) AS margin
FROM range($rows) numbers(i)
"""


def main() -> None:
    what, rows, file = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    query = {"orders": ORDERS, "products": PRODUCTS}[what].replace("$rows", str(rows))
    options = "HEADER" if file.endswith(".csv") else "FORMAT parquet, COMPRESSION zstd"
    # Under another name first, so that an interrupted run leaves no half file to be taken for a whole one.
    duckdb.sql(f"COPY ({query}) TO '{file}.part' ({options})")
    os.rename(f"{file}.part", file)


main()
