-- one row per leader, framework and team
-- Of organisations: read only through team_views.organisation_teams, which filters by leader_id.
-- A team of fewer than five is withheld; where all that is withheld is fewer than five people, so is the next smallest
-- team: the organisation less the teams that are shown would be those few.
WITH framework AS (
  SELECT framework_id, competencies
  FROM staging.framework_published
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY framework_id ORDER BY version DESC) = 1
),
core AS (
  SELECT framework.framework_id, declared.competency, declared.name
  FROM framework
  CROSS JOIN UNNEST(framework.competencies) AS declared
  WHERE declared.core
),
validated AS (
  SELECT member.leader_id, member.framework_id, member.team, core.name, COUNTIF(
    skill.status = 'validated' AND NOT COALESCE(skill.stale, FALSE)
  ) AS people
  FROM staging.organisation_members AS member
  JOIN core ON core.framework_id = member.framework_id
  LEFT JOIN staging.current_skills AS skill
    ON skill.employee_id = member.employee_id
    AND skill.framework_id = member.framework_id
    AND skill.competency = core.competency
    AND skill.context = ''
  GROUP BY member.leader_id, member.framework_id, member.team, core.name
),
weakest AS (
  SELECT leader_id, framework_id, team, name, people
  FROM validated
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY leader_id, framework_id, team ORDER BY people, name) = 1
),
newest AS (
  SELECT employee_id, framework_id, core_validated
  FROM staging.ratings_snapshotted
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (PARTITION BY employee_id, framework_id ORDER BY as_of DESC, revision DESC) = 1
),
counted AS (
  SELECT
    member.leader_id,
    member.framework_id,
    member.team,
    COUNT(*) AS people,
    COUNTIF(newest.core_validated) AS ready
  FROM staging.organisation_members AS member
  LEFT JOIN newest ON newest.employee_id = member.employee_id AND newest.framework_id = member.framework_id
  GROUP BY member.leader_id, member.framework_id, member.team
),
ordered AS (
  SELECT
    *,
    SUM(people) OVER (
      PARTITION BY leader_id, framework_id ORDER BY people, team ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) - people AS in_smaller
  FROM counted
),
shared AS (
  -- 1.64249856 is 1.2816 squared: the Wilson score interval at 80 %.
  SELECT
    *,
    people < 5 OR in_smaller BETWEEN 1 AND 4 AS suppressed,
    SAFE_DIVIDE(ready, people) AS share,
    SAFE_DIVIDE(ready + 0.82124928e0, people + 1.64249856e0) AS centre,
    SAFE_DIVIDE(
      1.2816e0 * SQRT(SAFE_DIVIDE(CAST(ready AS FLOAT64) * (people - ready), people) + 0.41062464e0), people + 1.64249856e0
    ) AS spread
  FROM ordered
)
SELECT
  shared.leader_id,
  shared.framework_id,
  shared.team,
  IF(suppressed, NULL, shared.people) AS people,
  IF(suppressed, NULL, ready) AS ready,
  IF(suppressed, NULL, share) AS ready_share,
  IF(suppressed, NULL, GREATEST(0, centre - spread)) AS ready_share_low,
  IF(suppressed, NULL, LEAST(1, centre + spread)) AS ready_share_high,
  IF(suppressed, NULL, weakest.name) AS weakest,
  IF(suppressed, NULL, weakest.people) AS weakest_validated,
  suppressed
FROM shared
LEFT JOIN weakest
  ON weakest.leader_id = shared.leader_id
  AND weakest.framework_id = shared.framework_id
  AND weakest.team = shared.team
