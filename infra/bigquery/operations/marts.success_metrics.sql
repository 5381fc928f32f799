-- one row per framework, metric and week of the last 26 weeks
-- The weeks that a metric can speak of: from the first snapshot, event or page view on. People count in the weeks from
-- their hire to their leaving, in the role that they have now.
WITH weeks AS (
  SELECT week, CAST(DATE_ADD(week, INTERVAL 6 DAY) AS DATE) AS last_day
  FROM UNNEST(
    GENERATE_DATE_ARRAY(
      CAST(DATE_SUB(CAST(DATE_TRUNC(@as_of, WEEK(MONDAY)) AS DATE), INTERVAL 175 DAY) AS DATE),
      CAST(DATE_TRUNC(@as_of, WEEK(MONDAY)) AS DATE),
      INTERVAL 7 DAY
    )
  ) AS week
),
members AS (
  SELECT weeks.week, weeks.last_day, person.framework_id, person.employee_id, person.role
  FROM weeks
  CROSS JOIN staging.employee_changed AS person
  WHERE (person.hire_date IS NULL OR person.hire_date <= weeks.last_day)
    AND (person.active OR DATE(person.changed_at) > weeks.last_day)
),
snapshots AS (
  SELECT weeks.week, snapshot.employee_id, snapshot.framework_id, snapshot.as_of, snapshot.skills
  FROM weeks
  JOIN staging.ratings_snapshotted AS snapshot
    ON snapshot.as_of <= weeks.last_day AND snapshot.as_of > CAST(DATE_SUB(weeks.week, INTERVAL 28 DAY) AS DATE)
  WHERE weeks.last_day < @as_of
  QUALIFY ROW_NUMBER() OVER (PARTITION BY weeks.week, snapshot.employee_id ORDER BY snapshot.as_of DESC) = 1
),
skills AS (
  SELECT
    snapshots.week,
    snapshots.framework_id,
    snapshots.employee_id,
    snapshots.as_of,
    skill.competency,
    skill.status,
    skill.confidence,
    skill.current_rating,
    skill.discrepancy
  FROM snapshots
  CROSS JOIN UNNEST(snapshots.skills) AS skill
  WHERE ARRAY_LENGTH(skill.context) = 0
  UNION ALL
  SELECT
    weeks.week,
    skill.framework_id,
    skill.employee_id,
    skill.as_of,
    skill.competency,
    skill.status,
    skill.confidence,
    skill.current_rating,
    skill.discrepancy
  FROM weeks
  CROSS JOIN staging.current_skills AS skill
  WHERE weeks.last_day >= @as_of AND skill.context = ''
),
core AS (
  SELECT framework.framework_id, declared.competency
  FROM (
    SELECT framework_id, competencies
    FROM staging.framework_published
    WHERE TRUE
    QUALIFY ROW_NUMBER() OVER (PARTITION BY framework_id ORDER BY version DESC) = 1
  ) AS framework
  CROSS JOIN UNNEST(framework.competencies) AS declared
  WHERE declared.core
),
validated_core AS (
  SELECT skills.week, skills.framework_id, skills.employee_id, COUNTIF(skills.status = 'validated') AS validated
  FROM skills
  JOIN core ON core.framework_id = skills.framework_id AND core.competency = skills.competency
  GROUP BY skills.week, skills.framework_id, skills.employee_id
),
coverage AS (
  SELECT
    members.framework_id,
    members.week,
    COUNT(*) AS people,
    COUNTIF(validated_core.validated >= 3) AS numerator,
    COUNT(*) AS denominator
  FROM members
  JOIN (SELECT DISTINCT framework_id, week FROM skills) AS measured
    ON measured.framework_id = members.framework_id AND measured.week = members.week
  LEFT JOIN validated_core
    ON validated_core.employee_id = members.employee_id
    AND validated_core.framework_id = members.framework_id
    AND validated_core.week = members.week
  WHERE members.role = 'employee'
  GROUP BY members.framework_id, members.week
),
ratings AS (
  SELECT
    members.framework_id,
    members.week,
    COUNT(DISTINCT members.employee_id) AS people,
    COUNTIF(skills.confidence IN ('medium', 'high')) AS confident,
    COUNTIF(skills.as_of > CAST(DATE_SUB(LEAST(members.last_day, @as_of), INTERVAL 7 DAY) AS DATE)) AS fresh,
    COUNT(*) AS denominator
  FROM members
  JOIN skills
    ON skills.employee_id = members.employee_id
    AND skills.framework_id = members.framework_id
    AND skills.week = members.week
  WHERE members.role = 'employee' AND skills.current_rating IS NOT NULL
  GROUP BY members.framework_id, members.week
),
events AS (
  -- A correction has the source and source id of what it corrects, and a rejection takes an event out.
  SELECT framework_id, kind, standing, CAST(DATE_TRUNC(DATE(occurred_at), WEEK(MONDAY)) AS DATE) AS week
  FROM staging.observation_recorded
  WHERE standing IN ('counted', 'rejected')
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY employee_id, source, source_id ORDER BY human DESC, analysis DESC, received_at DESC, event_id DESC
  ) = 1
),
validations AS (
  SELECT framework_id, week, COUNT(*) AS events
  FROM events
  WHERE kind = 'validation' AND standing = 'counted'
  GROUP BY framework_id, week
),
throughput AS (
  SELECT started.framework_id, weeks.week, COALESCE(validations.events, 0) AS numerator
  FROM (SELECT framework_id, MIN(week) AS first_week FROM validations GROUP BY framework_id) AS started
  JOIN weeks ON weeks.week >= started.first_week
  LEFT JOIN validations ON validations.framework_id = started.framework_id AND validations.week = weeks.week
),
adoption AS (
  SELECT
    framework.framework_id,
    weeks.week,
    (SELECT COUNT(IF(declared.has_rule, 1, NULL)) FROM UNNEST(framework.competencies) AS declared) AS numerator
  FROM weeks
  JOIN staging.framework_published AS framework ON DATE(framework.published_at) <= weeks.last_day
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY framework.framework_id, weeks.week ORDER BY framework.version DESC) = 1
),
views AS (
  SELECT
    employee_id,
    CAST(DATE_TRUNC(DATE(viewed_at), WEEK(MONDAY)) AS DATE) AS week,
    LOGICAL_OR(page = 'readiness') AS readiness
  FROM staging.page_viewed
  GROUP BY employee_id, week
),
opened AS (
  SELECT MIN(week) AS first_week FROM views
),
active_use AS (
  SELECT
    members.framework_id,
    members.week,
    IF(members.role = 'employee', 'weekly_active_use', 'manager_adoption') AS metric,
    COUNT(*) AS people,
    COUNT(views.employee_id) AS numerator,
    COUNT(*) AS denominator
  FROM members
  JOIN opened ON members.week >= opened.first_week
  LEFT JOIN views ON views.employee_id = members.employee_id AND views.week = members.week
  WHERE members.role IN ('employee', 'manager', 'senior_manager')
  GROUP BY members.framework_id, members.week, IF(members.role = 'employee', 'weekly_active_use', 'manager_adoption')
),
planning AS (
  -- Of one person, mostly: so whether at all in the quarter up to a week, not how often.
  SELECT members.framework_id, members.week, MAX(IF(views.readiness, 1, 0)) AS numerator
  FROM members
  JOIN opened ON members.week >= opened.first_week
  LEFT JOIN views
    ON views.employee_id = members.employee_id
    AND views.week BETWEEN CAST(DATE_SUB(members.week, INTERVAL 84 DAY) AS DATE) AND members.week
  WHERE members.role = 'cro'
  GROUP BY members.framework_id, members.week
),
conversations AS (
  SELECT
    person.framework_id,
    CAST(DATE_TRUNC(DATE(call.started_at), WEEK(MONDAY)) AS DATE) AS week,
    COUNT(DISTINCT call.record_id) AS analysed,
    COUNT(DISTINCT IF(call.scores > 0, call.record_id, NULL)) AS scored
  FROM staging.call_analysed AS call
  CROSS JOIN UNNEST(call.employees) AS speaker
  JOIN staging.employee_changed AS person ON person.employee_id = speaker
  GROUP BY person.framework_id, week
),
apart AS (
  SELECT framework_id, week, COUNTIF(discrepancy) AS numerator
  FROM skills
  WHERE current_rating IS NOT NULL
  GROUP BY framework_id, week
),
metrics AS (
  SELECT framework_id, 'skill_coverage' AS metric, week, people, numerator, denominator, 0.7e0 AS target FROM coverage
  UNION ALL
  SELECT framework_id, 'data_quality', week, people, confident, denominator, 0.8e0 FROM ratings
  UNION ALL
  SELECT framework_id, 'data_freshness', week, people, fresh, denominator, 0.95e0 FROM ratings
  UNION ALL
  SELECT framework_id, 'validation_throughput', week, CAST(NULL AS INT64), numerator, CAST(NULL AS INT64), 100e0 FROM throughput
  UNION ALL
  SELECT framework_id, 'admin_adoption', week, CAST(NULL AS INT64), numerator, CAST(NULL AS INT64), 15e0 FROM adoption
  UNION ALL
  SELECT framework_id, 'leadership_planning', week, CAST(NULL AS INT64), numerator, CAST(NULL AS INT64), 1e0 FROM planning
  UNION ALL
  SELECT framework_id, 'calls_analysed', week, CAST(NULL AS INT64), analysed, CAST(NULL AS INT64), 100e0 FROM conversations
  UNION ALL
  SELECT framework_id, 'scored_calls', week, CAST(NULL AS INT64), scored, analysed, 0.85e0 FROM conversations
  UNION ALL
  SELECT framework_id, 'discrepancies', week, CAST(NULL AS INT64), numerator, CAST(NULL AS INT64), 10e0 FROM apart
  UNION ALL
  SELECT framework_id, metric, week, people, numerator, denominator, IF(metric = 'manager_adoption', 0.9e0, 0.8e0)
  FROM active_use
),
valued AS (
  SELECT
    *,
    COALESCE(people < 5, FALSE) AS suppressed,
    IF(denominator IS NULL, CAST(numerator AS FLOAT64), SAFE_DIVIDE(numerator, denominator)) AS reached
  FROM metrics
)
SELECT
  framework_id,
  metric,
  week,
  CAST(DATE_ADD(week, INTERVAL 6 DAY) AS DATE) < @as_of AS week_complete,
  IF(suppressed, NULL, numerator) AS numerator,
  IF(suppressed, NULL, denominator) AS denominator,
  IF(suppressed, NULL, reached) AS value,
  target,
  IF(suppressed, NULL, reached >= target) AS met,
  suppressed
FROM valued
