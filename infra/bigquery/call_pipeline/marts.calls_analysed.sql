-- one row per source and week of the last 26 weeks
WITH calls AS (
  SELECT *, CAST(DATE_TRUNC(DATE(started_at), WEEK(MONDAY)) AS DATE) AS week
  FROM staging.call_analysed
  WHERE DATE(started_at) > CAST(DATE_SUB(@as_of, INTERVAL 182 DAY) AS DATE)
)
SELECT
  source,
  week,
  COUNT(*) AS calls,
  COUNTIF(ARRAY_LENGTH(employees) > 0) AS with_a_speaker,
  COUNTIF(state = 'observed') AS observed,
  COUNTIF(scores > 0) AS scored,
  SAFE_DIVIDE(COUNTIF(scores > 0), COUNTIF(ARRAY_LENGTH(employees) > 0)) AS scored_share,
  COUNTIF(state = 'nobody') AS nobody,
  COUNTIF(state = 'internal') AS internal,
  COUNTIF(state = 'private') AS private,
  COUNTIF(state = 'refused') AS refused,
  COUNTIF(state = 'failed') AS failed,
  COUNTIF(deal_link = 'unmatched') AS unmatched,
  SUM(scores) AS scores,
  SUM(waiting) AS waiting,
  SAFE_DIVIDE(SUM(waiting), SUM(scores)) AS waiting_share,
  FALSE AS suppressed
FROM calls
GROUP BY source, week
