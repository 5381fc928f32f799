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
people AS (
  -- The scores of one person resemble each other: the interval counts people, not scores.
  SELECT
    framework_id,
    competency,
    dimension,
    value,
    employee_id,
    COUNT(*) AS given,
    SUM(score) AS total
  FROM scored
  GROUP BY framework_id, competency, dimension, value, employee_id
),
spreads AS (
  SELECT
    framework_id,
    competency,
    dimension,
    value,
    COUNT(*) AS people,
    SUM(given) AS given,
    SUM(total) / SUM(given) AS mean_score,
    SUM(total * total) AS of_totals,
    SUM(total * given) AS of_both,
    SUM(given * given) AS of_given
  FROM people
  GROUP BY framework_id, competency, dimension, value
),
calls AS (
  SELECT
    framework_id,
    competency,
    dimension,
    value,
    COUNT(DISTINCT CONCAT(source, '/', source_id)) AS calls
  FROM scored
  GROUP BY framework_id, competency, dimension, value
),
cells AS (
  SELECT
    spread.framework_id,
    spread.competency,
    spread.dimension,
    spread.value,
    held.calls,
    spread.people,
    spread.mean_score,
    1.2816e0 * SQRT(
      GREATEST(
        0,
        spread.of_totals
        - 2 * spread.mean_score * spread.of_both
        + spread.mean_score * spread.mean_score * spread.of_given
      ) * SAFE_DIVIDE(spread.people, spread.people - 1)
    ) / spread.given AS half
  FROM spreads AS spread
  JOIN calls AS held
    ON held.framework_id = spread.framework_id
    AND held.competency = spread.competency
    AND held.dimension = spread.dimension
    AND held.value = spread.value
)
SELECT
  framework_id,
  competency,
  dimension,
  value,
  calls,
  IF(people < 5, NULL, people) AS people,
  IF(people < 5, NULL, mean_score) AS mean_score,
  IF(people < 5, NULL, GREATEST(0, mean_score - half)) AS mean_score_low,
  IF(people < 5, NULL, LEAST(100, mean_score + half)) AS mean_score_high,
  people < 5 AS suppressed
FROM cells
