-- the rows of organisations.organisation_pipeline about the organisation of whoever asks
-- A leader's id is the e-mail address of their Google account. Who leads no organisation has no rows.
SELECT
  framework_id,
  people,
  deals,
  at_risk,
  at_risk_low,
  at_risk_high,
  suppressed,
  leader_id
FROM organisations.organisation_pipeline
WHERE leader_id = LOWER(SESSION_USER())
