-- one row per employee, competency and context, as it stands now
-- A snapshot holds all skills of a person, a change only those that changed: so the newest snapshot, and what changed
-- at later revisions. A skill that a correction removed is in neither. Everybody has a snapshot each night: those of the
-- eight days up to the newest night are enough, and are as much to read after two years as after two weeks.
WITH newest_snapshot AS (
  SELECT employee_id, framework_id, as_of, revision, skills
  FROM staging.ratings_snapshotted
  WHERE as_of > CAST(DATE_SUB(@newest_day, INTERVAL 8 DAY) AS DATE)
  QUALIFY ROW_NUMBER() OVER (PARTITION BY employee_id ORDER BY revision DESC, as_of DESC) = 1
),
skills AS (
  SELECT snapshot.employee_id, snapshot.framework_id, snapshot.as_of, snapshot.revision, skill
  FROM newest_snapshot AS snapshot
  CROSS JOIN UNNEST(snapshot.skills) AS skill
  UNION ALL
  SELECT changed.employee_id, changed.framework_id, changed.as_of, changed.revision, skill
  FROM staging.skill_changed AS changed
  LEFT JOIN newest_snapshot AS snapshot ON snapshot.employee_id = changed.employee_id
  CROSS JOIN UNNEST(changed.skills) AS skill
  WHERE changed.changed_at >= CAST(DATE_SUB(@newest_day, INTERVAL 8 DAY) AS TIMESTAMP)
    AND (snapshot.revision IS NULL OR changed.revision > snapshot.revision)
),
named AS (
  SELECT
    *,
    COALESCE(
      (
        SELECT STRING_AGG(CONCAT(pair.dimension, '=', pair.value), '&' ORDER BY pair.dimension)
        FROM UNNEST(skill.context) AS pair
      ),
      ''
    ) AS context
  FROM skills
)
SELECT
  employee_id,
  framework_id,
  skill.competency AS competency,
  context,
  IF(ARRAY_LENGTH(skill.context) = 1, (SELECT MAX(pair.dimension) FROM UNNEST(skill.context) AS pair), NULL) AS dimension,
  IF(ARRAY_LENGTH(skill.context) = 1, (SELECT MAX(pair.value) FROM UNNEST(skill.context) AS pair), NULL) AS value,
  skill.current_rating AS current_rating,
  skill.preliminary_rating AS preliminary_rating,
  skill.interval_low AS interval_low,
  skill.interval_high AS interval_high,
  skill.confidence AS confidence,
  skill.stale AS stale,
  skill.trend AS trend,
  skill.status AS status,
  skill.tier AS tier,
  skill.field_observations AS field_observations,
  skill.validation_events AS validation_events,
  skill.validated_on AS validated_on,
  skill.expires_on AS expires_on,
  skill.practice_rating AS practice_rating,
  skill.field_rating AS field_rating,
  skill.discrepancy AS discrepancy,
  skill.last_observed_at AS last_observed_at,
  as_of,
  revision
FROM named
WHERE TRUE
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY employee_id, framework_id, skill.competency, context ORDER BY revision DESC, as_of DESC
) = 1
