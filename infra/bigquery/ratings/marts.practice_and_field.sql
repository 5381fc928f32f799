-- one row per framework and competency
WITH both_sides AS (
  SELECT
    skill.framework_id,
    skill.competency,
    COUNT(*) AS people,
    AVG(skill.practice_rating) AS mean_practice,
    AVG(skill.field_rating) AS mean_field,
    AVG(skill.practice_rating - skill.field_rating) AS mean_difference,
    STDDEV_SAMP(skill.practice_rating - skill.field_rating) AS spread,
    COUNTIF(skill.discrepancy AND skill.practice_rating > skill.field_rating) AS practice_ahead,
    COUNTIF(skill.discrepancy AND skill.field_rating > skill.practice_rating) AS field_ahead
  FROM staging.current_skills AS skill
  JOIN staging.employee_changed AS person
    ON person.employee_id = skill.employee_id AND person.framework_id = skill.framework_id
  WHERE person.active
    AND skill.context = ''
    AND skill.practice_rating IS NOT NULL
    AND skill.field_rating IS NOT NULL
  GROUP BY skill.framework_id, skill.competency
)
SELECT
  framework_id,
  competency,
  IF(people < 5, NULL, people) AS people,
  IF(people < 5, NULL, mean_practice) AS mean_practice,
  IF(people < 5, NULL, mean_field) AS mean_field,
  IF(people < 5, NULL, mean_difference) AS mean_difference,
  IF(people < 5, NULL, mean_difference - 1.2816e0 * SAFE_DIVIDE(spread, SQRT(people))) AS difference_low,
  IF(people < 5, NULL, mean_difference + 1.2816e0 * SAFE_DIVIDE(spread, SQRT(people))) AS difference_high,
  IF(people < 5, NULL, practice_ahead) AS practice_ahead,
  IF(people < 5, NULL, field_ahead) AS field_ahead,
  people < 5 AS suppressed
FROM both_sides
