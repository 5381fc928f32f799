-- one row per conversation of the last 180 days that a person scored blind: how far the scorer's scores lie above their own
-- The first blind decision: who answers a contest has seen the scores. Conversations are the unit: the scores of one
-- hang together, so their differences are one, their mean.
WITH blind AS (
  SELECT review_id, source, pairs
  FROM staging.review_decided
  WHERE blind AND DATE(decided_at) > CAST(DATE_SUB(@as_of, INTERVAL 180 DAY) AS DATE)
  QUALIFY ROW_NUMBER() OVER (PARTITION BY review_id ORDER BY review_version) = 1
)
SELECT blind.source AS source, blind.review_id AS review_id, AVG(pair.scorer_score - pair.own_score) AS difference
FROM blind
CROSS JOIN UNNEST(blind.pairs) AS pair
WHERE pair.own_score IS NOT NULL
GROUP BY source, review_id
ORDER BY source, review_id
