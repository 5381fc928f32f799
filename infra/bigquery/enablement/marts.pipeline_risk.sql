-- one row per framework, way of telling deals apart, its value and risk
-- What is certain has the risk at both ends of its ratings' intervals, what is possible between them.
WITH newest AS (
  SELECT deal_id, employee_id, stage, closed, released, context, value, currency, risk, risk_least, risk_most
  FROM staging.deal_changed
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY deal_id ORDER BY revision DESC) = 1
),
ranked AS (
  SELECT
    deal.employee_id,
    person.framework_id,
    deal.stage,
    COALESCE((SELECT MAX(one.value) FROM UNNEST(deal.context) AS one WHERE one.dimension = 'deal_size'), 'unknown') AS size,
    IF(deal.currency = 'USD', deal.value, NULL) AS dollars,
    CASE deal.risk WHEN 'low' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END AS stated,
    CASE COALESCE(deal.risk_least, deal.risk) WHEN 'low' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END AS least,
    CASE COALESCE(deal.risk_most, deal.risk) WHEN 'low' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END AS most
  FROM newest AS deal
  JOIN staging.employee_changed AS person ON person.employee_id = deal.employee_id
  WHERE deal.closed IS NULL AND deal.released IS NULL AND deal.risk IS NOT NULL
),
placed AS (
  SELECT *, 'all' AS dimension, '' AS told_as FROM ranked
  UNION ALL
  SELECT *, 'stage', stage FROM ranked
  UNION ALL
  SELECT *, 'size', size FROM ranked
),
levels AS (
  SELECT level, CASE level WHEN 'low' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END AS height
  FROM UNNEST(['high', 'medium', 'low']) AS level
),
counted AS (
  SELECT
    placed.framework_id,
    placed.dimension,
    placed.told_as,
    levels.level,
    COUNT(DISTINCT placed.employee_id) AS people,
    COUNTIF(placed.stated = levels.height) AS deals,
    COUNTIF(LEAST(placed.least, placed.stated) = levels.height AND GREATEST(placed.most, placed.stated) = levels.height) AS certain,
    COUNTIF(levels.height BETWEEN LEAST(placed.least, placed.stated) AND GREATEST(placed.most, placed.stated)) AS possible,
    SUM(IF(placed.stated = levels.height, COALESCE(placed.dollars, 0), 0)) AS amount,
    COUNTIF(placed.stated = levels.height AND placed.dollars IS NULL) AS unknown_amounts
  FROM placed
  CROSS JOIN levels
  GROUP BY placed.framework_id, placed.dimension, placed.told_as, levels.level
)
SELECT
  framework_id,
  dimension,
  told_as AS value,
  level AS risk,
  IF(people < 5, NULL, people) AS people,
  IF(people < 5, NULL, deals) AS deals,
  IF(people < 5, NULL, certain) AS deals_low,
  IF(people < 5, NULL, possible) AS deals_high,
  IF(people < 5, NULL, amount) AS amount,
  IF(people < 5, NULL, unknown_amounts) AS amounts_unknown,
  people < 5 AS suppressed
FROM counted
