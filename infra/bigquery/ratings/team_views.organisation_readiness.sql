-- the rows of organisations.organisation_readiness about the organisation of whoever asks
-- A leader's id is the e-mail address of their Google account. Who leads no organisation has no rows.
SELECT
  framework_id,
  day,
  people,
  known,
  likely_ready,
  likely_ready_low,
  likely_ready_high,
  ready,
  ready_share,
  ready_share_low,
  ready_share_high,
  suppressed,
  leader_id
FROM organisations.organisation_readiness
WHERE leader_id = LOWER(SESSION_USER())
