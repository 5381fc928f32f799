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
    COUNTIF(skill.status = 'validated' AND NOT COALESCE(skill.stale, FALSE)) AS validated,
    COUNTIF(skill.status = 'in_progress' AND NOT COALESCE(skill.stale, FALSE)) AS in_progress,
    COUNTIF(skill.status = 'expired') AS expired,
    COUNTIF(skill.status IN ('validated', 'in_progress') AND skill.stale) AS stale
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
  -- 1.64249856 is 1.2816 squared: the Wilson score interval at 80 %.
  SELECT
    *,
    people < 5 AS suppressed,
    SAFE_DIVIDE(validated, people) AS share,
    SAFE_DIVIDE(validated + 0.82124928e0, people + 1.64249856e0) AS centre,
    SAFE_DIVIDE(
      1.2816e0 * SQRT(SAFE_DIVIDE(CAST(validated AS FLOAT64) * (people - validated), people) + 0.41062464e0),
      people + 1.64249856e0
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
  IF(suppressed, NULL, people - validated - in_progress - expired - stale) AS not_started,
  IF(suppressed, NULL, stale) AS stale,
  IF(suppressed, NULL, share) AS validated_share,
  IF(suppressed, NULL, GREATEST(0, centre - spread)) AS validated_share_low,
  IF(suppressed, NULL, LEAST(1, centre + spread)) AS validated_share_high,
  suppressed
FROM shared
