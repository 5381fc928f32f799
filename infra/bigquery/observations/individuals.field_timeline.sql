-- one row per manager, employee, observation in the field and competency, over the last 180 days
-- About individuals: read only through team_views.field_timeline, which filters by manager_id.
-- Without conversations whose scores are not open to others yet.
WITH observations AS (
  -- A correction has the source and source id of what it corrects, and a rejection takes an observation out.
  SELECT *
  FROM staging.observation_recorded
  WHERE standing IN ('counted', 'rejected') AND kind = 'field'
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY employee_id, source, source_id ORDER BY human DESC, analysis DESC, received_at DESC, event_id DESC
  ) = 1
)
SELECT
  COALESCE(person.manager_id, '') AS manager_id,
  observed.employee_id,
  observed.source,
  observed.source_id,
  given.competency,
  observed.framework_id,
  observed.occurred_at,
  given.score,
  given.confidence,
  observed.human > 0 AS reviewed,
  observed.review_decision,
  observed.scorer,
  -- The call's record says which deal it is, as a person may have said since; else what the observation named.
  COALESCE(call.account_name, observed.account_name) AS account_name,
  COALESCE(call.deal_id, observed.deal_id) AS deal_id,
  observed.deal_stage,
  call.source_url
FROM observations AS observed
JOIN staging.employee_changed AS person ON person.employee_id = observed.employee_id
CROSS JOIN UNNEST(observed.scores) AS given
LEFT JOIN staging.call_analysed AS call
  ON call.source = observed.source AND call.call_id = observed.source_id
LEFT JOIN staging.closed_calls AS closed
  ON closed.employee_id = observed.employee_id
  AND closed.source = observed.source
  AND closed.source_id = observed.source_id
WHERE person.active
  AND closed.employee_id IS NULL
  AND observed.standing = 'counted'
  AND given.known
  AND DATE(observed.occurred_at) > CAST(DATE_SUB(@as_of, INTERVAL 180 DAY) AS DATE)
