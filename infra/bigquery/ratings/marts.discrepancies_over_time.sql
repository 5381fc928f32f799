-- one row per framework, competency and week of the last 26 weeks
-- Of general skills. A discrepancy begins and ends in the week in which the platform told it; one that turned round has
-- ended in one direction and begun in the other. Compared are the people whose last snapshot by the end of the week, no
-- older than 7 days, has three observations on both sides or a discrepancy by a rule.
WITH weeks AS (
  SELECT week, LEAST(CAST(DATE_ADD(week, INTERVAL 6 DAY) AS DATE), @as_of) AS last_day
  FROM UNNEST(
    GENERATE_DATE_ARRAY(
      CAST(DATE_SUB(CAST(DATE_TRUNC(@as_of, WEEK(MONDAY)) AS DATE), INTERVAL 175 DAY) AS DATE),
      CAST(DATE_TRUNC(@as_of, WEEK(MONDAY)) AS DATE),
      INTERVAL 7 DAY
    )
  ) AS week
),
members AS (
  SELECT weeks.week, weeks.last_day, person.framework_id, person.employee_id
  FROM weeks
  CROSS JOIN staging.employee_changed AS person
  WHERE person.active OR DATE(person.changed_at) > weeks.last_day
),
snapshots AS (
  SELECT members.week, members.framework_id, members.employee_id, snapshot.skills
  FROM members
  JOIN staging.ratings_snapshotted AS snapshot
    ON snapshot.employee_id = members.employee_id
    AND snapshot.framework_id = members.framework_id
    AND snapshot.as_of <= members.last_day
    AND snapshot.as_of > CAST(DATE_SUB(members.last_day, INTERVAL 7 DAY) AS DATE)
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY members.week, snapshot.employee_id ORDER BY snapshot.as_of DESC) = 1
),
compared AS (
  SELECT snapshots.framework_id, skill.competency, snapshots.week, COUNT(*) AS people
  FROM snapshots
  CROSS JOIN UNNEST(snapshots.skills) AS skill
  WHERE ARRAY_LENGTH(skill.context) = 0
    AND ((skill.practice_rating IS NOT NULL AND skill.field_rating IS NOT NULL) OR skill.discrepancy)
  GROUP BY snapshots.framework_id, skill.competency, snapshots.week
),
told AS (
  SELECT
    employee_id,
    framework_id,
    competency,
    discrepancy_id,
    revision,
    as_of,
    since,
    IF(state = 'found', direction, NULL) AS direction
  FROM staging.discrepancy_changed
  WHERE ARRAY_LENGTH(context) = 0
),
changes AS (
  SELECT
    *,
    LAG(direction) OVER (PARTITION BY discrepancy_id ORDER BY revision) AS direction_before,
    LAG(since) OVER (PARTITION BY discrepancy_id ORDER BY revision) AS since_before
  FROM told
),
moved AS (
  SELECT
    members.framework_id,
    changes.competency,
    members.week,
    COUNTIF(changes.direction IS NOT NULL AND COALESCE(changes.direction_before, '') <> changes.direction) AS found,
    COUNTIF(changes.direction_before IS NOT NULL AND COALESCE(changes.direction, '') <> changes.direction_before)
      AS resolved,
    AVG(
      IF(
        changes.direction_before IS NOT NULL AND COALESCE(changes.direction, '') <> changes.direction_before,
        DATE_DIFF(changes.as_of, changes.since_before, DAY),
        NULL
      )
    ) AS mean_days
  FROM changes
  JOIN members
    ON members.employee_id = changes.employee_id
    AND members.framework_id = changes.framework_id
    AND changes.as_of BETWEEN members.week AND members.last_day
  GROUP BY members.framework_id, changes.competency, members.week
),
last_told AS (
  SELECT members.framework_id, told.competency, members.week, told.direction
  FROM told
  JOIN members
    ON members.employee_id = told.employee_id
    AND members.framework_id = told.framework_id
    AND told.as_of <= members.last_day
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY members.week, told.discrepancy_id ORDER BY told.revision DESC) = 1
),
standing AS (
  SELECT
    framework_id,
    competency,
    week,
    COUNTIF(direction = 'practice_ahead') AS practice_ahead,
    COUNTIF(direction = 'field_ahead') AS field_ahead
  FROM last_told
  GROUP BY framework_id, competency, week
),
shown AS (
  SELECT
    compared.framework_id,
    compared.competency,
    compared.week,
    compared.people,
    COALESCE(moved.found, 0) AS found,
    COALESCE(moved.resolved, 0) AS resolved,
    moved.mean_days,
    COALESCE(standing.practice_ahead, 0) AS practice_ahead,
    COALESCE(standing.field_ahead, 0) AS field_ahead,
    compared.people < 5 AS suppressed
  FROM compared
  LEFT JOIN moved
    ON moved.framework_id = compared.framework_id
    AND moved.competency = compared.competency
    AND moved.week = compared.week
  LEFT JOIN standing
    ON standing.framework_id = compared.framework_id
    AND standing.competency = compared.competency
    AND standing.week = compared.week
)
SELECT
  framework_id,
  competency,
  week,
  CAST(DATE_ADD(week, INTERVAL 6 DAY) AS DATE) < @as_of AS week_complete,
  IF(suppressed, NULL, people) AS people,
  IF(suppressed, NULL, found) AS found,
  IF(suppressed, NULL, resolved) AS resolved,
  IF(suppressed, NULL, practice_ahead) AS practice_ahead,
  IF(suppressed, NULL, field_ahead) AS field_ahead,
  IF(suppressed, NULL, mean_days) AS mean_days,
  suppressed
FROM shown
