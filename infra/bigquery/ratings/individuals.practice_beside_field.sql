-- one row per manager, employee and competency
-- About individuals: read only through team_views.practice_beside_field, which filters by manager_id.
WITH standing AS (
  SELECT employee_id, framework_id, competency, state, since
  FROM staging.discrepancy_changed
  WHERE ARRAY_LENGTH(context) = 0
  QUALIFY ROW_NUMBER() OVER (PARTITION BY discrepancy_id ORDER BY revision DESC) = 1
)
SELECT
  COALESCE(person.manager_id, '') AS manager_id,
  skill.employee_id,
  skill.competency,
  skill.framework_id,
  skill.practice_rating,
  skill.field_rating,
  skill.practice_rating - skill.field_rating AS difference,
  skill.discrepancy,
  IF(skill.discrepancy, standing.since, NULL) AS discrepancy_since,
  skill.confidence,
  skill.field_observations,
  skill.validation_events
FROM staging.current_skills AS skill
JOIN staging.employee_changed AS person
  ON person.employee_id = skill.employee_id AND person.framework_id = skill.framework_id
LEFT JOIN standing
  ON standing.employee_id = skill.employee_id
  AND standing.framework_id = skill.framework_id
  AND standing.competency = skill.competency
  AND standing.state = 'found'
WHERE person.active
  AND person.role = 'employee'
  AND skill.context = ''
  AND skill.practice_rating IS NOT NULL
  AND skill.field_rating IS NOT NULL
