-- one row per framework and day
WITH counted AS (
  SELECT
    snapshot.framework_id,
    snapshot.as_of AS day,
    COUNT(*) AS people,
    COUNTIF(snapshot.core_validated) AS ready,
    AVG(snapshot.overall_readiness) AS mean_readiness
  FROM staging.ratings_snapshotted AS snapshot
  JOIN staging.employee_changed AS person
    ON person.employee_id = snapshot.employee_id AND person.framework_id = snapshot.framework_id
  WHERE person.role = 'employee' AND (person.active OR DATE(person.changed_at) > snapshot.as_of)
  GROUP BY snapshot.framework_id, snapshot.as_of
),
shared AS (
  -- 3.8416 is 1.96 squared: the Wilson score interval at 95 %.
  SELECT
    *,
    people < 5 AS suppressed,
    SAFE_DIVIDE(ready, people) AS share,
    SAFE_DIVIDE(ready + 1.9208e0, people + 3.8416e0) AS centre,
    SAFE_DIVIDE(
      1.96e0 * SQRT(SAFE_DIVIDE(CAST(ready AS FLOAT64) * (people - ready), people) + 0.9604e0), people + 3.8416e0
    ) AS spread
  FROM counted
)
SELECT
  framework_id,
  day,
  IF(suppressed, NULL, people) AS people,
  IF(suppressed, NULL, ready) AS ready,
  IF(suppressed, NULL, share) AS ready_share,
  IF(suppressed, NULL, GREATEST(0, centre - spread)) AS ready_share_low,
  IF(suppressed, NULL, LEAST(1, centre + spread)) AS ready_share_high,
  IF(suppressed, NULL, mean_readiness) AS mean_readiness,
  suppressed
FROM shared
