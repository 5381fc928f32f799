-- one row per leader and active employee in the leader's organisation, as the records stand now
-- A senior manager's organisation is everyone below, through managers at any level (16 at most), leavers among them; sales
-- leadership's is everybody. As in the product (people_in_sight.py): a circle in the records ends where it closes, and
-- nobody is below themselves. up_2 … up_16 double the height of the walk each, so that a circle costs no more than a line.
WITH up_1 AS (
  SELECT employee_id, manager_id AS above_1
  FROM staging.employee_changed
),
up_2 AS (
  SELECT low.employee_id, low.above_1, high.above_1 AS above_2
  FROM up_1 AS low
  LEFT JOIN up_1 AS high ON high.employee_id = low.above_1
),
up_4 AS (
  SELECT low.employee_id, low.above_1, low.above_2, high.above_1 AS above_3, high.above_2 AS above_4
  FROM up_2 AS low
  LEFT JOIN up_2 AS high ON high.employee_id = low.above_2
),
up_8 AS (
  SELECT
    low.employee_id,
    [low.above_1, low.above_2, low.above_3, low.above_4, high.above_1, high.above_2, high.above_3, high.above_4] AS above,
    high.above_4 AS above_8
  FROM up_4 AS low
  LEFT JOIN up_4 AS high ON high.employee_id = low.above_4
),
lines AS (
  SELECT low.employee_id, leader_id
  FROM up_8 AS low
  CROSS JOIN UNNEST(low.above) AS leader_id
  UNION DISTINCT
  SELECT low.employee_id, leader_id
  FROM up_8 AS low
  JOIN up_8 AS high ON high.employee_id = low.above_8
  CROSS JOIN UNNEST(high.above) AS leader_id
),
leaders AS (
  SELECT employee_id AS leader_id, role
  FROM staging.employee_changed
  WHERE active AND role IN ('senior_manager', 'cro')
),
people AS (
  SELECT employee_id, framework_id, COALESCE(manager_id, '') AS team
  FROM staging.employee_changed
  WHERE active AND role = 'employee'
)
SELECT leaders.leader_id, people.employee_id, people.framework_id, people.team, FALSE AS everybody
FROM leaders
JOIN lines ON lines.leader_id = leaders.leader_id
JOIN people ON people.employee_id = lines.employee_id
WHERE leaders.role = 'senior_manager'
UNION ALL
SELECT leaders.leader_id, people.employee_id, people.framework_id, people.team, TRUE AS everybody
FROM leaders
CROSS JOIN people
WHERE leaders.role = 'cro'
