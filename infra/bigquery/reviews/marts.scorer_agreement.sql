-- one row per scorer, competency and reason of review
WITH decisions AS (
  -- Whoever has seen a score is drawn towards it: only who scored before says how far the scorer agrees with people.
  SELECT scorer, employee_id, pairs
  FROM staging.review_decided
  WHERE blind
  QUALIFY ROW_NUMBER() OVER (PARTITION BY review_id ORDER BY review_version) = 1
),
compared AS (
  SELECT
    decisions.scorer AS scorer,
    pair.competency AS competency,
    pair.reason AS reason,
    decisions.employee_id AS employee_id,
    pair.scorer_score - pair.own_score AS difference
  FROM decisions, UNNEST(decisions.pairs) AS pair
),
counted AS (
  SELECT
    scorer,
    competency,
    reason,
    COUNT(*) AS reviewed,
    COUNT(difference) AS kept,
    COUNT(DISTINCT employee_id) AS people,
    COUNTIF(ABS(difference) <= 10) AS near,
    AVG(difference) AS bias,
    AVG(ABS(difference)) AS mean_difference
  FROM compared
  GROUP BY scorer, competency, reason
)
SELECT
  scorer,
  competency,
  reason,
  reviewed,
  kept,
  IF(people < 5, NULL, SAFE_DIVIDE(near, kept)) AS within_share,
  IF(people < 5, NULL, bias) AS bias,
  IF(people < 5, NULL, mean_difference) AS mean_difference,
  people < 5 AS suppressed
FROM counted
