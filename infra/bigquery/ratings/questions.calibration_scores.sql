-- one row per competency, person, and conversation or session of the last 180 days: the score that counts
-- What a rating's filter sees: of several about one source id the one that counts, a person's decision included; what
-- waits, was rejected or has no number is out. At most 400 people per competency, always the same ones, chosen by their
-- hash: calibration costs as much in an organisation of 40,000 as in one of 400.
WITH effective AS (
  SELECT employee_id, kind, source, human, analysis, standing, occurred_at, event_id, scores
  FROM staging.observation_recorded
  WHERE kind IN ('field', 'validation')
    -- Of what waits no older one counts in its place; what is void was never there.
    AND standing != 'void'
    AND DATE(occurred_at) > CAST(DATE_SUB(@as_of, INTERVAL 180 DAY) AS DATE)
    AND DATE(occurred_at) <= @as_of
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY employee_id, kind, source, source_id
    ORDER BY human DESC, analysis DESC, received_at DESC, event_id DESC
  ) = 1
),
counted AS (
  SELECT
    given.competency AS competency,
    TO_HEX(MD5(effective.employee_id)) AS person,
    effective.occurred_at AS occurred_at,
    effective.event_id AS event_id,
    effective.kind = 'validation' AS practice,
    -- What a person has decided is nobody else's lean.
    IF(effective.human > 0, '', effective.source) AS scorer,
    -- Which scorer it was, for those that may not score alone; a person's decision stands whoever scored before.
    IF(effective.human > 0, 0, effective.analysis) AS scored_by,
    AVG(given.score) AS score
  FROM effective
  CROSS JOIN UNNEST(effective.scores) AS given
  WHERE effective.standing = 'counted' AND given.known AND given.score IS NOT NULL
  GROUP BY competency, person, occurred_at, event_id, practice, scorer, scored_by
),
numbered AS (
  SELECT *, DENSE_RANK() OVER (PARTITION BY competency ORDER BY person) AS place
  FROM counted
)
SELECT competency, person, UNIX_DATE(DATE(occurred_at)) AS day, score, practice, scorer AS source, scored_by AS analysis
FROM numbered
WHERE place <= 400
ORDER BY competency, person, occurred_at, event_id
