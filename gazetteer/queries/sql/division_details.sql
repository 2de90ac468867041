-- Divisions as they stand, each at a day of its own; "cached" takes the polygons known now.
-- Takes ids (uuid[]) and days (date[]) of the same length; the answer keeps their order.
SELECT d.id, d.level, d.external, asked.day, s.type, n.name, n.pinyin, k.code,
    m.parent_id, pn.name AS parent_name, pk.code AS parent_code,
    sh.area_m2, life.first_day, life.end_day,
    ST_XMin(sh.geom) AS west, ST_YMin(sh.geom) AS south, ST_XMax(sh.geom) AS east, ST_YMax(sh.geom) AS north,
    ST_X(c.point) AS lon, ST_Y(c.point) AS lat
FROM unnest(CAST(:ids AS uuid[]), CAST(:days AS date[])) WITH ORDINALITY AS asked(id, day, place)
JOIN division d ON d.id = asked.id
CROSS JOIN LATERAL (
    SELECT lower(range_agg(valid)) AS first_day, upper(range_agg(valid)) AS end_day
    FROM division_state
    WHERE division_id = d.id
        AND upper_inf(recorded)
) life
LEFT JOIN division_state s ON s.division_id = d.id
    AND upper_inf(s.recorded)
    AND s.valid @> asked.day
LEFT JOIN division_name n ON n.division_id = d.id
    AND n.kind = 'official'
    AND upper_inf(n.recorded)
    AND n.valid @> asked.day
LEFT JOIN LATERAL (
    SELECT code
    FROM division_code
    WHERE division_id = d.id
        AND upper_inf(recorded)
        AND valid @> asked.day
    ORDER BY scheme <> 'cn', scheme
    LIMIT 1
) k ON true
LEFT JOIN member m ON m.child_id = d.id
    AND upper_inf(m.recorded)
    AND m.valid @> asked.day
LEFT JOIN division_name pn ON pn.division_id = m.parent_id
    AND pn.kind = 'official'
    AND upper_inf(pn.recorded)
    AND pn.valid @> asked.day
LEFT JOIN LATERAL (
    SELECT code
    FROM division_code
    WHERE division_id = m.parent_id
        AND upper_inf(recorded)
        AND valid @> asked.day
    ORDER BY scheme <> 'cn', scheme
    LIMIT 1
) pk ON true
LEFT JOIN division_shape sh ON CAST(:cached AS boolean)
    AND sh.division_id = d.id
    AND sh.valid @> asked.day
LEFT JOIN LATERAL (SELECT ST_PointOnSurface(sh.geom) AS point) c ON true
ORDER BY asked.place
