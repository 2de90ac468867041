-- The units of a day with their attributes: of one level or all, under one division or everywhere.
WITH RECURSIVE tree AS (
    SELECT CAST(:within AS uuid) AS id
    WHERE CAST(:within AS uuid) IS NOT NULL
    UNION
    SELECT m.child_id
    FROM tree t
    JOIN member m ON m.parent_id = t.id
    WHERE m.child_id IS NOT NULL
        AND upper_inf(m.recorded)
        AND m.valid @> CAST(:on AS date)
),
official AS (
    SELECT division_id, name
    FROM division_name
    WHERE kind = 'official'
        AND upper_inf(recorded)
        AND valid @> CAST(:on AS date)
),
coded AS (
    SELECT DISTINCT ON (division_id) division_id, code
    FROM division_code
    WHERE upper_inf(recorded)
        AND valid @> CAST(:on AS date)
    ORDER BY division_id, scheme <> 'cn', scheme
)
SELECT d.id, d.level, s.type, n.name, k.code, m.parent_id, pn.name AS parent_name, s.seat_address,
    ST_X(s.seat) AS lon, ST_Y(s.seat) AS lat
FROM division d
JOIN division_state s ON s.division_id = d.id
    AND upper_inf(s.recorded)
    AND s.valid @> CAST(:on AS date)
LEFT JOIN official n ON n.division_id = d.id
LEFT JOIN coded k ON k.division_id = d.id
LEFT JOIN member m ON m.child_id = d.id
    AND upper_inf(m.recorded)
    AND m.valid @> CAST(:on AS date)
LEFT JOIN official pn ON pn.division_id = m.parent_id
WHERE NOT d.external
    AND (CAST(:level AS smallint) IS NULL OR d.level = CAST(:level AS smallint))
    AND (CAST(:within AS uuid) IS NULL OR d.id IN (SELECT id FROM tree))
ORDER BY d.level, k.code COLLATE "C" NULLS LAST, d.id
