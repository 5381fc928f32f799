-- one row per manager, employee and competency
-- About individuals: read only through team_views.practice_beside_field, which filters by manager_id.
WITH closed AS (
  -- Of whom what is rated from a moment on knows of a conversation that is not open to others yet.
  SELECT employee_id, MIN(received_at) AS since
  FROM staging.closed_calls
  GROUP BY employee_id
),
standing AS (
  SELECT told.employee_id, told.framework_id, told.competency, told.state, told.since
  FROM staging.discrepancy_changed AS told
  LEFT JOIN closed ON closed.employee_id = told.employee_id
  WHERE ARRAY_LENGTH(told.context) = 0
    AND (closed.since IS NULL OR told.publish_time < closed.since)
  QUALIFY ROW_NUMBER() OVER (PARTITION BY told.discrepancy_id ORDER BY told.revision DESC) = 1
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
