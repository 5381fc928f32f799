-- one row per leader, framework and day
-- Of organisations: read only through team_views.organisation_readiness, which filters by leader_id.
-- Earlier days, too, are of the people who are in the organisation now: a reorganisation changes no trend by itself.
WITH counted AS (
  SELECT
    member.leader_id,
    member.everybody,
    snapshot.framework_id,
    snapshot.as_of AS day,
    COUNT(*) AS people,
    COUNTIF(snapshot.core_validated) AS ready
  FROM staging.organisation_members AS member
  JOIN staging.ratings_snapshotted AS snapshot
    ON snapshot.employee_id = member.employee_id AND snapshot.framework_id = member.framework_id
  GROUP BY member.leader_id, member.everybody, snapshot.framework_id, snapshot.as_of
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
  -- Counted under the leader, or under nobody of everybody.
  SELECT framework_id, day, COALESCE(leader_id, '') AS leader_id, known, likely_ready, likely_ready_low, likely_ready_high
  FROM staging.likely_ready
  WHERE likely_ready IS NOT NULL
  QUALIFY ROW_NUMBER() OVER (PARTITION BY framework_id, day, leader_id ORDER BY counted_at DESC) = 1
)
SELECT
  shared.leader_id,
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
  suppressed
FROM shared
LEFT JOIN likely
  ON likely.framework_id = shared.framework_id
  AND likely.day = shared.day
  AND likely.leader_id = IF(shared.everybody, '', shared.leader_id)
