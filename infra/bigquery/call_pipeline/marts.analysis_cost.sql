-- one row per scorer, route and week of the last 26 weeks
SELECT
  scorer,
  COALESCE(route, 'immediate') AS route,
  CAST(DATE_TRUNC(DATE(finished_at), WEEK(MONDAY)) AS DATE) AS week,
  COUNT(*) AS calls,
  SUM(input_tokens) AS input_tokens,
  SUM(cache_write_tokens) AS cache_write_tokens,
  SUM(cache_read_tokens) AS cache_read_tokens,
  SUM(output_tokens) AS output_tokens,
  SUM(cost_usd) AS cost_usd,
  SAFE_DIVIDE(SUM(cost_usd), COUNT(*)) AS cost_per_call,
  SAFE_DIVIDE(SUM(cache_read_tokens), SUM(input_tokens + cache_write_tokens + cache_read_tokens)) AS cached_share,
  FALSE AS suppressed
FROM staging.call_analysed
WHERE scorer IS NOT NULL
  AND output_tokens IS NOT NULL
  AND DATE(finished_at) > CAST(DATE_SUB(@as_of, INTERVAL 182 DAY) AS DATE)
GROUP BY scorer, route, week
