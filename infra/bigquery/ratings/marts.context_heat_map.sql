-- one row per framework, competency, context dimension and value
WITH cells AS (
  SELECT
    skill.framework_id,
    skill.competency,
    skill.dimension,
    skill.value,
    COUNTIF(NOT COALESCE(skill.stale, FALSE)) AS people,
    AVG(IF(skill.stale, NULL, skill.current_rating)) AS mean_rating,
    COUNTIF(skill.stale) AS stale_ratings
  FROM staging.current_skills AS skill
  JOIN staging.employee_changed AS person
    ON person.employee_id = skill.employee_id AND person.framework_id = skill.framework_id
  WHERE person.active
    AND person.role = 'employee'
    AND skill.dimension IS NOT NULL
    AND skill.current_rating IS NOT NULL
  GROUP BY skill.framework_id, skill.competency, skill.dimension, skill.value
)
SELECT
  framework_id,
  competency,
  dimension,
  value,
  IF(people < 5, NULL, people) AS people,
  IF(people < 5, NULL, mean_rating) AS mean_rating,
  IF(people < 5, NULL, stale_ratings) AS stale_ratings,
  IF(people < 5, NULL, mean_rating < 70) AS weak,
  people < 5 AS suppressed
FROM cells
