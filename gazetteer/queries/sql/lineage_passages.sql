-- Lineage reachable from some units, both ways, of events in force after "since" and not after "on".
WITH RECURSIVE passage AS (
    SELECT l.id, l.event_id, l.from_id, l.to_id, l.role, l.area_m2, l.population, l.source_population,
        l.exact, l.basis, e.kind, e.effective_on, e.summary, e.recorded_at
    FROM lineage l
    JOIN event e ON e.id = l.event_id
    WHERE e.effective_on > CAST(:since AS date)
        AND e.effective_on <= CAST(:on AS date)
),
onward AS (
    SELECT start AS id
    FROM unnest(CAST(:starts AS uuid[])) AS start
    UNION
    SELECT p.to_id
    FROM onward o
    JOIN passage p ON p.from_id = o.id
),
back AS (
    SELECT start AS id
    FROM unnest(CAST(:starts AS uuid[])) AS start
    UNION
    SELECT p.from_id
    FROM back b
    JOIN passage p ON p.to_id = b.id
)
SELECT p.*, source.area_m2 AS source_m2, target.area_m2 AS target_m2,
    EXISTS (
        SELECT 1
        FROM division_state s
        WHERE s.division_id = p.from_id
            AND upper_inf(s.recorded)
            AND s.valid @> p.effective_on
    ) AS source_lives,
    EXISTS (
        SELECT 1
        FROM division_state s
        WHERE s.division_id = p.to_id
            AND upper_inf(s.recorded)
            AND s.valid @> p.effective_on - 1
    ) AS target_lived
FROM passage p
LEFT JOIN division_shape source ON source.division_id = p.from_id
    AND source.valid @> p.effective_on - 1
LEFT JOIN division_shape target ON target.division_id = p.to_id
    AND target.valid @> p.effective_on
WHERE p.from_id IN (SELECT id FROM onward)
    OR p.to_id IN (SELECT id FROM back)
ORDER BY p.effective_on, p.event_id, p.id
