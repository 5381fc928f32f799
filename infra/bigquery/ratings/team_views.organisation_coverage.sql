-- the rows of organisations.organisation_coverage about the organisation of whoever asks
-- A leader's id is the e-mail address of their Google account. Who leads no organisation has no rows.
SELECT
  framework_id,
  competency,
  name,
  core,
  people,
  validated,
  in_progress,
  expired,
  not_started,
  stale,
  validated_share,
  validated_share_low,
  validated_share_high,
  suppressed,
  leader_id
FROM organisations.organisation_coverage
WHERE leader_id = LOWER(SESSION_USER())
