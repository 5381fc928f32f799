-- one row per framework, month of the meeting, reason, kind of activity and arm
-- A deal that is held out has no activity: its rows say how many deals go without, apart from all others. The share is
-- of what was asked for and stands: what was withdrawn before it was done is no failure, what the meeting is ahead of
-- is no success yet.
WITH newest AS (
  SELECT assignment_id, content_id, employee_id, deal_id, arm, reason, kind, state, meeting_at, done_at, helped
  FROM staging.preparation_counted
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY assignment_id, content_id ORDER BY counted_at DESC) = 1
),
judged AS (
  SELECT
    person.framework_id,
    CAST(DATE_TRUNC(DATE(one.meeting_at), MONTH) AS DATE) AS month,
    one.reason,
    one.kind,
    one.arm,
    one.employee_id,
    one.deal_id,
    one.helped,
    one.state != 'held_out' AS asked_for,
    one.done_at IS NOT NULL AND one.done_at <= one.meeting_at AS before_it,
    one.done_at IS NOT NULL AND one.done_at > one.meeting_at AS after_it,
    one.done_at IS NULL AND one.state = 'cancelled' AS withdrawn,
    one.done_at IS NULL AND one.state = 'open' AND DATE(one.meeting_at) >= @as_of AS ahead
  FROM newest AS one
  JOIN staging.employee_changed AS person ON person.employee_id = one.employee_id
  WHERE one.meeting_at IS NOT NULL
),
counted AS (
  SELECT
    framework_id,
    month,
    reason,
    kind,
    arm,
    COUNT(DISTINCT employee_id) AS persons,
    COUNT(DISTINCT deal_id) AS deals,
    COUNTIF(asked_for) AS assigned,
    COUNTIF(asked_for AND before_it) AS in_time,
    COUNTIF(asked_for AND after_it) AS late,
    COUNTIF(asked_for AND withdrawn) AS cancelled,
    COUNTIF(asked_for AND ahead) AS ahead,
    COUNTIF(asked_for AND NOT withdrawn AND NOT ahead) AS asked,
    COUNTIF(helped) AS helped,
    COUNTIF(NOT helped) AS helped_not
  FROM judged
  GROUP BY framework_id, month, reason, kind, arm
),
shared AS (
  -- 1.64249856 is 1.2816 squared: the Wilson score interval at 80 %.
  SELECT
    *,
    persons < 5 AS suppressed,
    SAFE_DIVIDE(in_time, asked) AS share,
    SAFE_DIVIDE(in_time + 0.82124928e0, asked + 1.64249856e0) AS centre,
    SAFE_DIVIDE(
      1.2816e0 * SQRT(SAFE_DIVIDE(CAST(in_time AS FLOAT64) * (asked - in_time), asked) + 0.41062464e0), asked + 1.64249856e0
    ) AS spread
  FROM counted
)
SELECT
  framework_id,
  month,
  reason,
  kind,
  arm,
  IF(suppressed, NULL, persons) AS people,
  IF(suppressed, NULL, deals) AS deals,
  IF(suppressed, NULL, assigned) AS assigned,
  IF(suppressed, NULL, in_time) AS in_time,
  IF(suppressed, NULL, late) AS late,
  IF(suppressed, NULL, asked - in_time - late) AS not_done,
  IF(suppressed, NULL, cancelled) AS cancelled,
  IF(suppressed, NULL, ahead) AS ahead,
  IF(suppressed OR asked = 0, NULL, share) AS in_time_share,
  IF(suppressed OR asked = 0, NULL, GREATEST(0, centre - spread)) AS in_time_share_low,
  IF(suppressed OR asked = 0, NULL, LEAST(1, centre + spread)) AS in_time_share_high,
  IF(suppressed, NULL, helped) AS helped,
  IF(suppressed, NULL, helped_not) AS helped_not,
  suppressed
FROM shared
