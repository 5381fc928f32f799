-- one row per employee and conversation whose scores are not open to others yet
-- As the product has it (shared/privacy/domain/visibility.py), a day at a time: what opens in the course of a day is open
-- from the next one on, so that it may be late and is never early. Whoever reads a mart is not the employee.
WITH setting AS (
  SELECT COALESCE(ANY_VALUE(employee_first_hours HAVING MAX known_at), 48e0) AS hours
  FROM staging.review_settings
),
seen AS (
  SELECT
    observed.employee_id,
    observed.source,
    observed.source_id,
    observed.received_at,
    GREATEST(
      TIMESTAMP_ADD(observed.occurred_at, INTERVAL CAST(60 * setting.hours AS INT64) MINUTE),
      TIMESTAMP_ADD(observed.received_at, INTERVAL CAST(30 * setting.hours AS INT64) MINUTE)
    ) AS opens_at
  FROM staging.observation_recorded AS observed
  CROSS JOIN setting
  WHERE observed.kind = 'field'
    AND setting.hours > 0
    -- As far back as a setting of six weeks could close anything; the rest need not be read.
    AND DATE(observed.occurred_at) > CAST(DATE_SUB(@as_of, INTERVAL 60 DAY) AS DATE)
    AND observed.received_at < TIMESTAMP_ADD(observed.occurred_at, INTERVAL 14 DAY)
)
SELECT employee_id, source, source_id, MIN(received_at) AS received_at, MAX(opens_at) AS opens_at
FROM seen
WHERE DATE(opens_at) >= @as_of
GROUP BY employee_id, source, source_id
