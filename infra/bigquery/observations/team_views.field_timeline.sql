-- the rows of individuals.field_timeline about the people who report to whoever asks
-- A manager's id is the e-mail address of their Google account. Rows without a manager are nobody's: no account is ''.
SELECT
  employee_id,
  source,
  source_id,
  competency,
  framework_id,
  occurred_at,
  score,
  confidence,
  reviewed,
  review_decision,
  scorer,
  account_name,
  deal_id,
  deal_stage,
  source_url,
  manager_id
FROM individuals.field_timeline
WHERE manager_id = LOWER(SESSION_USER())
