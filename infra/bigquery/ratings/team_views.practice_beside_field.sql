-- the rows of individuals.practice_beside_field about the people who report to whoever asks
-- A manager's id is the e-mail address of their Google account. Rows without a manager are nobody's: no account is ''.
SELECT
  employee_id,
  competency,
  framework_id,
  practice_rating,
  field_rating,
  difference,
  discrepancy,
  discrepancy_since,
  confidence,
  field_observations,
  validation_events,
  manager_id
FROM individuals.practice_beside_field
WHERE manager_id = LOWER(SESSION_USER())
