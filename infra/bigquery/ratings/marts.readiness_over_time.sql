-- one row per framework and day
WITH counted AS (
  SELECT
    snapshot.framework_id,
    snapshot.as_of AS day,
    COUNT(*) AS people,
    COUNTIF(snapshot.core_validated) AS ready,
    COUNT(snapshot.overall_readiness) AS rated,
    AVG(snapshot.overall_readiness) AS mean_readiness
  FROM staging.ratings_snapshotted AS snapshot
  JOIN staging.employee_changed AS person
    ON person.employee_id = snapshot.employee_id AND person.framework_id = snapshot.framework_id
  WHERE person.role = 'employee' AND (person.active OR DATE(person.changed_at) > snapshot.as_of)
  GROUP BY snapshot.framework_id, snapshot.as_of
),
shared AS (
  -- 1.64249856 is 1.2816 squared: the Wilson score interval at 80 %.
  SELECT
    *,
    people < 5 AS suppressed,
    SAFE_DIVIDE(ready, people) AS share,
    SAFE_DIVIDE(ready + 0.82124928e0, people + 1.64249856e0) AS centre,
    SAFE_DIVIDE(
      1.2816e0 * SQRT(SAFE_DIVIDE(CAST(ready AS FLOAT64) * (people - ready), people) + 0.41062464e0), people + 1.64249856e0
    ) AS spread
  FROM counted
),
likely AS (
  SELECT framework_id, day, known, likely_ready, likely_ready_low, likely_ready_high
  FROM staging.likely_ready
  WHERE likely_ready IS NOT NULL AND leader_id IS NULL
  QUALIFY ROW_NUMBER() OVER (PARTITION BY framework_id, day ORDER BY counted_at DESC) = 1
)
SELECT
  shared.framework_id,
  shared.day,
  IF(suppressed, NULL, people) AS people,
  IF(suppressed OR likely.known < 5, NULL, likely.known) AS known,
  IF(suppressed OR likely.known < 5, NULL, likely.likely_ready) AS likely_ready,
  IF(suppressed OR likely.known < 5, NULL, likely.likely_ready_low) AS likely_ready_low,
  IF(suppressed OR likely.known < 5, NULL, likely.likely_ready_high) AS likely_ready_high,
  IF(suppressed, NULL, ready) AS ready,
  IF(suppressed, NULL, share) AS ready_share,
  IF(suppressed, NULL, GREATEST(0, centre - spread)) AS ready_share_low,
  IF(suppressed, NULL, LEAST(1, centre + spread)) AS ready_share_high,
  IF(suppressed OR rated < 5, NULL, mean_readiness) AS mean_readiness,
  suppressed
FROM shared
LEFT JOIN likely ON likely.framework_id = shared.framework_id AND likely.day = shared.day
