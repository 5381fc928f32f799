-- one row per manager, employee and competency
-- About individuals: read only through team_views.team_skill_matrix, which filters by manager_id.
WITH framework AS (
  SELECT framework_id, competencies
  FROM staging.framework_published
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY framework_id ORDER BY version DESC) = 1
)
SELECT
  COALESCE(person.manager_id, '') AS manager_id,
  person.employee_id,
  declared.competency,
  framework.framework_id,
  declared.name,
  declared.core,
  skill.current_rating,
  skill.interval_low,
  skill.interval_high,
  COALESCE(skill.confidence, 'unknown') AS confidence,
  COALESCE(skill.stale, FALSE) AS stale,
  COALESCE(skill.trend, 'insufficient') AS trend,
  COALESCE(skill.status, 'not_started') AS status,
  skill.tier,
  COALESCE(skill.discrepancy, FALSE) AS discrepancy,
  skill.expires_on,
  skill.last_observed_at
FROM staging.employee_changed AS person
JOIN framework ON framework.framework_id = person.framework_id
CROSS JOIN UNNEST(framework.competencies) AS declared
LEFT JOIN staging.current_skills AS skill
  ON skill.employee_id = person.employee_id
  AND skill.framework_id = person.framework_id
  AND skill.competency = declared.competency
  AND skill.context = ''
WHERE person.active AND person.role = 'employee'
