-- the rows of individuals.team_skill_matrix about the people who report to whoever asks
-- A manager's id is the e-mail address of their Google account. Rows without a manager are nobody's: no account is ''.
SELECT
  employee_id,
  competency,
  framework_id,
  name,
  core,
  current_rating,
  interval_low,
  interval_high,
  confidence,
  stale,
  trend,
  status,
  tier,
  discrepancy,
  expires_on,
  last_observed_at,
  manager_id
FROM individuals.team_skill_matrix
WHERE manager_id = LOWER(SESSION_USER())
