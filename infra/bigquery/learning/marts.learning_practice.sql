-- one row per framework and month of the answers
-- An answer is told of again when it is sent again: the first telling of it counts. It counts when the learner says it
-- was given, and never later than it was received. Again is an answer to a question that the same person had answered
-- on an earlier day: what comes of it is recalled, and not just read.
WITH told AS (
  SELECT
    one.employee_id,
    one.framework_id,
    answer.review_id,
    answer.lesson_id,
    answer.question_id,
    answer.was_right,
    answer.hazard,
    LEAST(answer.answered_at, answer.received_at) AS counted_at
  FROM staging.answers_recorded AS one
  CROSS JOIN UNNEST(one.answers) AS answer
  WHERE answer.review_id IS NOT NULL AND answer.answered_at IS NOT NULL AND answer.received_at IS NOT NULL
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY one.employee_id, answer.review_id ORDER BY answer.received_at, one.publish_time, one.message_id
  ) = 1
),
followed AS (
  SELECT
    *,
    LAG(counted_at) OVER (
      PARTITION BY employee_id, lesson_id, question_id ORDER BY counted_at, review_id
    ) AS before
  FROM told
),
judged AS (
  SELECT
    framework_id,
    CAST(DATE_TRUNC(DATE(counted_at), MONTH) AS DATE) AS month,
    employee_id,
    lesson_id,
    was_right,
    hazard,
    before IS NOT NULL AND DATE(before) < DATE(counted_at) AS again
  FROM followed
),
counted AS (
  SELECT
    framework_id,
    month,
    COUNT(DISTINCT employee_id) AS persons,
    COUNT(DISTINCT lesson_id) AS lessons,
    COUNT(*) AS answers,
    COUNTIF(was_right) AS answers_right,
    COUNTIF(again) AS asked,
    COUNTIF(again AND was_right) AS again_right,
    COUNTIF(again AND hazard) AS hazards_again,
    COUNTIF(again AND hazard AND was_right) AS hazards_again_right
  FROM judged
  GROUP BY framework_id, month
),
shared AS (
  -- 1.64249856 is 1.2816 squared: the Wilson score interval at 80 %.
  SELECT
    *,
    persons < 5 AS suppressed,
    SAFE_DIVIDE(again_right, asked) AS share,
    SAFE_DIVIDE(again_right + 0.82124928e0, asked + 1.64249856e0) AS centre,
    SAFE_DIVIDE(
      1.2816e0 * SQRT(SAFE_DIVIDE(CAST(again_right AS FLOAT64) * (asked - again_right), asked) + 0.41062464e0),
      asked + 1.64249856e0
    ) AS spread
  FROM counted
)
SELECT
  framework_id,
  month,
  IF(suppressed, NULL, persons) AS people,
  IF(suppressed, NULL, lessons) AS lessons,
  IF(suppressed, NULL, answers) AS answers,
  IF(suppressed, NULL, answers_right) AS answers_right,
  IF(suppressed, NULL, asked) AS asked_again,
  IF(suppressed, NULL, again_right) AS again_right,
  IF(suppressed, NULL, hazards_again) AS hazards_again,
  IF(suppressed, NULL, hazards_again_right) AS hazards_again_right,
  IF(suppressed OR asked = 0, NULL, share) AS recalled_share,
  IF(suppressed OR asked = 0, NULL, GREATEST(0, centre - spread)) AS recalled_share_low,
  IF(suppressed OR asked = 0, NULL, LEAST(1, centre + spread)) AS recalled_share_high,
  suppressed
FROM shared
