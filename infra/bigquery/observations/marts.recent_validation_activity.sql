-- one row per framework, day and activity of the last 90 days
WITH events AS (
  -- A correction has the source and source id of what it corrects, and a rejection takes an event out.
  SELECT
    framework_id,
    employee_id,
    DATE(occurred_at) AS day,
    activity,
    kind,
    standing,
    passed,
    COALESCE(overall_score, (SELECT AVG(scored.score) FROM UNNEST(scores) AS scored)) AS score
  FROM staging.observation_recorded
  WHERE standing IN ('counted', 'rejected')
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY employee_id, source, source_id ORDER BY human DESC, analysis DESC, received_at DESC, event_id DESC
  ) = 1
),
counted AS (
  SELECT
    framework_id,
    day,
    activity,
    COUNT(*) AS events,
    COUNT(DISTINCT employee_id) AS people,
    AVG(score) AS mean_score,
    COUNTIF(passed IS NOT NULL) AS judged,
    COUNTIF(passed) AS passes
  FROM events
  WHERE kind = 'validation'
    AND standing = 'counted'
    AND day BETWEEN CAST(DATE_SUB(@as_of, INTERVAL 89 DAY) AS DATE) AND @as_of
  GROUP BY framework_id, day, activity
)
SELECT
  framework_id,
  day,
  activity,
  events,
  IF(people < 5, NULL, people) AS people,
  IF(people < 5, NULL, mean_score) AS mean_score,
  IF(people < 5, NULL, SAFE_DIVIDE(passes, judged)) AS pass_share,
  people < 5 AS suppressed
FROM counted
