-- Eight analytic questions to 20 million orders, in SQL that both engines take. Each orders its answer fully and gives
-- numbers and text alone, and says where nulls go, so that the answers can be compared.

-- filtered totals
SELECT count(*) AS orders, sum(amount) AS amount, avg(quantity) AS quantity, min(amount) AS least, max(amount) AS most
FROM orders WHERE returned = false AND channel IN ('web', 'app');

-- revenue by month and category
SELECT CAST(extract(year FROM ordered_at) AS INT) AS y, CAST(extract(month FROM ordered_at) AS INT) AS m, category,
  sum(amount) AS amount, count(*) AS orders
FROM orders GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;

-- best customers
SELECT customer_id, sum(amount) AS amount, count(*) AS orders
FROM orders GROUP BY customer_id ORDER BY amount DESC NULLS LAST, customer_id LIMIT 20;

-- distinct customers by city
SELECT city, count(DISTINCT customer_id) AS customers, count(DISTINCT coupon) AS coupons
FROM orders GROUP BY city ORDER BY city;

-- one week of one channel
SELECT category, count(*) AS orders, sum(amount) AS amount, stddev(amount) AS spread
FROM orders
WHERE ordered_at >= TIMESTAMP '2024-03-04 00:00:00' AND ordered_at < TIMESTAMP '2024-03-11 00:00:00' AND channel = 'app'
GROUP BY category ORDER BY category;

-- margin by brand
SELECT brand, sum(amount * margin) AS margin, count(*) AS orders
FROM orders JOIN products ON orders.product_id = products.product_id
WHERE returned = false GROUP BY brand ORDER BY margin DESC NULLS LAST, brand LIMIT 50;

-- three best products of each category
WITH sold AS (SELECT category, product_id, sum(amount) AS amount FROM orders GROUP BY category, product_id),
ranked AS (SELECT *, row_number() OVER (PARTITION BY category ORDER BY amount DESC NULLS LAST, product_id) AS place FROM sold)
SELECT category, place, product_id, amount FROM ranked WHERE place <= 3 ORDER BY category, place;

-- recency, frequency and money in fifths
WITH customers AS (
  SELECT customer_id, max(ordered_at) AS last_order, count(*) AS frequency, sum(amount) AS money
  FROM orders WHERE returned = false GROUP BY customer_id),
scored AS (
  SELECT ntile(5) OVER (ORDER BY last_order, customer_id) AS r, ntile(5) OVER (ORDER BY frequency, customer_id) AS f,
    money FROM customers)
SELECT r, f, count(*) AS customers, avg(money) AS money FROM scored GROUP BY r, f ORDER BY r, f;
