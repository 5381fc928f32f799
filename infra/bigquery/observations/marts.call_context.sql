-- one row per framework, competency, context dimension and value, over the last 90 days
-- Without conversations whose scores are not open to others yet.
WITH observations AS (
  -- A correction has the source and source id of what it corrects, and a rejection takes an observation out.
  SELECT *
  FROM staging.observation_recorded
  WHERE standing IN ('counted', 'rejected') AND kind = 'field'
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY employee_id, source, source_id ORDER BY human DESC, analysis DESC, received_at DESC, event_id DESC
  ) = 1
),
scored AS (
  SELECT
    observed.framework_id,
    observed.employee_id,
    observed.source,
    observed.source_id,
    given.competency,
    given.score,
    pair.dimension,
    pair.value
  FROM observations AS observed
  CROSS JOIN UNNEST(observed.scores) AS given
  CROSS JOIN UNNEST(given.context) AS pair
  LEFT JOIN staging.closed_calls AS closed
    ON closed.employee_id = observed.employee_id
    AND closed.source = observed.source
    AND closed.source_id = observed.source_id
  WHERE observed.standing = 'counted'
    AND closed.employee_id IS NULL
    AND given.known
    AND given.score IS NOT NULL
    AND DATE(observed.occurred_at) > CAST(DATE_SUB(@as_of, INTERVAL 90 DAY) AS DATE)
),
cells AS (
  SELECT
    framework_id,
    competency,
    dimension,
    value,
    COUNT(DISTINCT CONCAT(source, '/', source_id)) AS calls,
    COUNT(DISTINCT employee_id) AS people,
    AVG(score) AS mean_score
  FROM scored
  GROUP BY framework_id, competency, dimension, value
)
SELECT
  framework_id,
  competency,
  dimension,
  value,
  calls,
  IF(people < 5, NULL, people) AS people,
  IF(people < 5, NULL, mean_score) AS mean_score,
  people < 5 AS suppressed
FROM cells
