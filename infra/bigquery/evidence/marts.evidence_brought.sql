-- one row per framework, month of the work and kind
-- An item counts when its sender says that it was captured, and never later than it was received, as answers do. The
-- framework is the one by which the learner works now. What was taken back or expired was brought all the same.
WITH brought AS (
  SELECT
    learner.framework_id,
    CAST(DATE_TRUNC(DATE(LEAST(COALESCE(item.captured_at, item.received_at), item.received_at)), MONTH) AS DATE) AS month,
    item.kind,
    item.employee_id,
    item.recorded_by = item.employee_id AS by_learner,
    ARRAY_LENGTH(item.competencies) > 0 AS about_skills,
    item.content_kept
  FROM staging.evidence_recorded AS item
  INNER JOIN staging.employee_changed AS learner ON learner.employee_id = item.employee_id
  WHERE item.received_at IS NOT NULL AND item.kind IS NOT NULL
),
counted AS (
  SELECT
    framework_id,
    month,
    kind,
    COUNT(DISTINCT employee_id) AS persons,
    COUNT(*) AS items,
    COUNTIF(by_learner) AS items_by_learners,
    COUNTIF(about_skills) AS items_about_skills,
    COUNTIF(NOT content_kept) AS items_removed
  FROM brought
  GROUP BY framework_id, month, kind
)
SELECT
  framework_id,
  month,
  kind,
  IF(persons < 5, NULL, persons) AS people,
  IF(persons < 5, NULL, items) AS items,
  IF(persons < 5, NULL, items_by_learners) AS items_by_learners,
  IF(persons < 5, NULL, items_about_skills) AS items_about_skills,
  IF(persons < 5, NULL, items_removed) AS items_removed,
  persons < 5 AS suppressed
FROM counted
