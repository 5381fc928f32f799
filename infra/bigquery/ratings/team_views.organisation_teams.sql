-- the rows of organisations.organisation_teams about the organisation of whoever asks
-- A leader's id is the e-mail address of their Google account. Who leads no organisation has no rows.
SELECT
  framework_id,
  team,
  people,
  ready,
  ready_share,
  ready_share_low,
  ready_share_high,
  weakest,
  weakest_validated,
  suppressed,
  leader_id
FROM organisations.organisation_teams
WHERE leader_id = LOWER(SESSION_USER())
