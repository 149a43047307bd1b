-- A SELECT over the inputs, by their names; {{most}} and the like are the parameters of component.json, put in as
-- literals, and those that choose a column as its name. Nothing else can be read from here.
SELECT {{customer}} AS customer, sum({{amount}}) AS spent
FROM orders
GROUP BY {{customer}}
ORDER BY spent DESC, customer
LIMIT {{most}}
