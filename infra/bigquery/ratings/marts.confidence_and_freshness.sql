-- one row per framework and competency
WITH counted AS (
  SELECT
    skill.framework_id,
    skill.competency,
    COUNT(*) AS ratings,
    COUNTIF(skill.confidence = 'high') AS high,
    COUNTIF(skill.confidence = 'medium') AS medium,
    COUNTIF(skill.confidence = 'low') AS low,
    COUNTIF(skill.confidence = 'unknown') AS unknown,
    COUNTIF(skill.as_of > CAST(DATE_SUB(@as_of, INTERVAL 7 DAY) AS DATE)) AS recalculated,
    COUNTIF(DATE(skill.last_observed_at) > CAST(DATE_SUB(@as_of, INTERVAL 7 DAY) AS DATE)) AS observed,
    COUNTIF(
      skill.last_observed_at IS NULL
      OR DATE(skill.last_observed_at) < CAST(DATE_SUB(@as_of, INTERVAL 30 DAY) AS DATE)
    ) AS unobserved
  FROM staging.current_skills AS skill
  JOIN staging.employee_changed AS person
    ON person.employee_id = skill.employee_id AND person.framework_id = skill.framework_id
  WHERE person.active
    AND person.role = 'employee'
    AND skill.context = ''
    AND skill.current_rating IS NOT NULL
  GROUP BY skill.framework_id, skill.competency
)
SELECT
  framework_id,
  competency,
  IF(ratings < 5, NULL, ratings) AS ratings,
  IF(ratings < 5, NULL, SAFE_DIVIDE(high, ratings)) AS high_share,
  IF(ratings < 5, NULL, SAFE_DIVIDE(medium, ratings)) AS medium_share,
  IF(ratings < 5, NULL, SAFE_DIVIDE(low, ratings)) AS low_share,
  IF(ratings < 5, NULL, SAFE_DIVIDE(unknown, ratings)) AS unknown_share,
  IF(ratings < 5, NULL, SAFE_DIVIDE(recalculated, ratings)) AS updated_within_7_days_share,
  IF(ratings < 5, NULL, SAFE_DIVIDE(observed, ratings)) AS observed_within_7_days_share,
  IF(ratings < 5, NULL, SAFE_DIVIDE(unobserved, ratings)) AS stale_over_30_days_share,
  ratings < 5 AS suppressed
FROM counted
