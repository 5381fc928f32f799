-- one row per framework and competency
WITH framework AS (
  SELECT framework_id, competencies
  FROM staging.framework_published
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY framework_id ORDER BY version DESC) = 1
),
counted AS (
  SELECT
    framework.framework_id,
    declared.competency,
    declared.name,
    declared.category,
    declared.core,
    COUNT(person.employee_id) AS people,
    COUNTIF(skill.status = 'validated') AS validated,
    COUNTIF(skill.status = 'in_progress') AS in_progress,
    COUNTIF(skill.status = 'expired') AS expired
  FROM framework
  CROSS JOIN UNNEST(framework.competencies) AS declared
  LEFT JOIN staging.employee_changed AS person
    ON person.framework_id = framework.framework_id AND person.active AND person.role = 'employee'
  LEFT JOIN staging.current_skills AS skill
    ON skill.employee_id = person.employee_id
    AND skill.framework_id = person.framework_id
    AND skill.competency = declared.competency
    AND skill.context = ''
  GROUP BY framework.framework_id, declared.competency, declared.name, declared.category, declared.core
),
shared AS (
  -- 3.8416 is 1.96 squared: the Wilson score interval at 95 %.
  SELECT
    *,
    people < 5 AS suppressed,
    SAFE_DIVIDE(validated, people) AS share,
    SAFE_DIVIDE(validated + 1.9208e0, people + 3.8416e0) AS centre,
    SAFE_DIVIDE(
      1.96e0 * SQRT(SAFE_DIVIDE(CAST(validated AS FLOAT64) * (people - validated), people) + 0.9604e0),
      people + 3.8416e0
    ) AS spread
  FROM counted
)
SELECT
  framework_id,
  competency,
  name,
  category,
  core,
  IF(suppressed, NULL, people) AS people,
  IF(suppressed, NULL, validated) AS validated,
  IF(suppressed, NULL, in_progress) AS in_progress,
  IF(suppressed, NULL, expired) AS expired,
  IF(suppressed, NULL, people - validated - in_progress - expired) AS not_started,
  IF(suppressed, NULL, share) AS validated_share,
  IF(suppressed, NULL, GREATEST(0, centre - spread)) AS validated_share_low,
  IF(suppressed, NULL, LEAST(1, centre + spread)) AS validated_share_high,
  suppressed
FROM shared
