-- one row per scorer, competency and reason of review
WITH decisions AS (
  -- After a contest the last decision on a review is the one that stands.
  SELECT scorer, employee_id, pairs
  FROM staging.review_decided
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY review_id ORDER BY review_version DESC) = 1
),
compared AS (
  SELECT
    decisions.scorer AS scorer,
    pair.competency AS competency,
    pair.reason AS reason,
    decisions.employee_id AS employee_id,
    pair.scorer_score - pair.person_score AS difference
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
