-- one row per manager, employee and competency
-- About individuals: read only through team_views.practice_beside_field, which filters by manager_id.
SELECT
  COALESCE(person.manager_id, '') AS manager_id,
  skill.employee_id,
  skill.competency,
  skill.framework_id,
  skill.practice_rating,
  skill.field_rating,
  skill.practice_rating - skill.field_rating AS difference,
  skill.discrepancy,
  skill.confidence,
  skill.field_observations,
  skill.validation_events
FROM staging.current_skills AS skill
JOIN staging.employee_changed AS person
  ON person.employee_id = skill.employee_id AND person.framework_id = skill.framework_id
WHERE person.active
  AND person.role = 'employee'
  AND skill.context = ''
  AND skill.practice_rating IS NOT NULL
  AND skill.field_rating IS NOT NULL
