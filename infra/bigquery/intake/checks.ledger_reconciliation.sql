-- days on which the warehouse has not as many events as the ledger, but for what has been looked into
-- The refresh loads the ledger's counts into checks.ledger_counts; the newest count of a day stands. Only days that are
-- over, since today's messages may still be on their way.
WITH ledger AS (
  SELECT day, kind, events, surplus, repaired
  FROM checks.ledger_counts
  WHERE day < @as_of
  QUALIFY ROW_NUMBER() OVER (PARTITION BY day, kind ORDER BY counted_at DESC, surplus DESC NULLS LAST) = 1
),
staged AS (
  SELECT DATE(received_at) AS day, kind, COUNT(*) AS events
  FROM staging.observation_recorded
  WHERE DATE(received_at) < @as_of AND DATE(received_at) >= (SELECT MIN(day) FROM ledger)
  GROUP BY DATE(received_at), kind
)
SELECT
  COALESCE(ledger.day, staged.day) AS day,
  COALESCE(ledger.kind, staged.kind) AS kind,
  COALESCE(ledger.events, 0) AS ledger_events,
  COALESCE(staged.events, 0) AS staged_events,
  COALESCE(staged.events, 0) - COALESCE(ledger.events, 0) AS difference,
  COALESCE(ledger.repaired, 0) AS repaired
FROM ledger
FULL JOIN staged ON staged.day = ledger.day AND staged.kind = ledger.kind
WHERE COALESCE(ledger.events, 0) + COALESCE(ledger.surplus, 0) != COALESCE(staged.events, 0)
ORDER BY day, kind
