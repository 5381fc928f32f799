-- one row per leader and framework
-- Of organisations: read only through team_views.organisation_pipeline, which filters by leader_id.
-- A deal's risk is one person's readiness: where those whose deals are at risk, or those whose are not, are fewer than
-- five people, neither is told.
WITH newest AS (
  SELECT deal_id, employee_id, closed, released, risk, risk_least, risk_most
  FROM staging.deal_changed
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY deal_id ORDER BY revision DESC) = 1
),
bounded AS (
  SELECT
    employee_id,
    risk != 'low' AS at_risk,
    risk != 'low' AND COALESCE(risk_least, risk) != 'low' AS surely,
    risk != 'low' OR COALESCE(risk_most, risk) != 'low' AS possibly
  FROM newest
  WHERE closed IS NULL AND released IS NULL AND risk IS NOT NULL
),
counted AS (
  SELECT
    member.leader_id,
    member.framework_id,
    COUNT(DISTINCT deal.employee_id) AS people,
    COUNT(DISTINCT IF(deal.at_risk, deal.employee_id, NULL)) AS with_risk,
    COUNT(DISTINCT IF(deal.at_risk, NULL, deal.employee_id)) AS without_risk,
    COUNT(*) AS deals,
    COUNTIF(deal.at_risk) AS at_risk,
    COUNTIF(deal.surely) AS at_risk_low,
    COUNTIF(deal.possibly) AS at_risk_high
  FROM staging.organisation_members AS member
  JOIN bounded AS deal ON deal.employee_id = member.employee_id
  GROUP BY member.leader_id, member.framework_id
),
shared AS (
  SELECT *, people < 5 OR with_risk BETWEEN 1 AND 4 OR without_risk BETWEEN 1 AND 4 AS suppressed
  FROM counted
)
SELECT
  leader_id,
  framework_id,
  IF(suppressed, NULL, people) AS people,
  IF(suppressed, NULL, deals) AS deals,
  IF(suppressed, NULL, at_risk) AS at_risk,
  IF(suppressed, NULL, at_risk_low) AS at_risk_low,
  IF(suppressed, NULL, at_risk_high) AS at_risk_high,
  suppressed
FROM shared
