WITH tile AS (
    SELECT ST_TileEnvelope(:z, :x, :y) AS frame,
        ST_Transform(ST_TileEnvelope(:z, :x, :y, margin => 0.03), 4490) AS box,
        ST_Transform(ST_TileEnvelope(:z, :x, :y), 4490) AS own
), shape AS (
    SELECT d.id, s.level, s.area_m2, s.geom, n.name, n.pinyin, t.type, k.code, pk.code AS parent_code
    FROM tile
    JOIN division_shape s ON s.geom && tile.box
    JOIN division d ON d.id = s.division_id
    JOIN division_state t ON t.division_id = d.id
        AND upper_inf(t.recorded)
        AND t.valid @> CAST(:on AS date)
    LEFT JOIN division_name n ON n.division_id = d.id
        AND n.kind = 'official'
        AND upper_inf(n.recorded)
        AND n.valid @> CAST(:on AS date)
    LEFT JOIN LATERAL (
        SELECT code FROM division_code c
        WHERE c.division_id = d.id AND upper_inf(c.recorded) AND c.valid @> CAST(:on AS date)
        ORDER BY (c.scheme = 'cn') DESC, c.scheme LIMIT 1
    ) k ON true
    LEFT JOIN member m ON m.child_id = d.id
        AND upper_inf(m.recorded)
        AND m.valid @> CAST(:on AS date)
    LEFT JOIN LATERAL (
        SELECT code FROM division_code c
        WHERE c.division_id = m.parent_id AND upper_inf(c.recorded) AND c.valid @> CAST(:on AS date)
        ORDER BY (c.scheme = 'cn') DESC, c.scheme LIMIT 1
    ) pk ON true
    WHERE s.valid @> CAST(:on AS date)
        AND s.level = ANY(CAST(:levels AS smallint[]))
), drawn AS (
    SELECT shape.level, shape.id::text AS id, shape.code, shape.name, shape.pinyin, shape.type,
        shape.parent_code, round(shape.area_m2::numeric, 3)::float8 AS area_m2,
        ST_AsMVTGeom(
            ST_Transform(ST_Simplify(shape.geom, :tolerance, true), 3857), tile.frame, 4096, 64, true
        ) AS geom
    FROM shape, tile
), part AS (
    SELECT a.left_face, a.right_face, a.line_id, a.geom
    FROM tile
    JOIN arc a ON a.geom && tile.box
    WHERE upper_inf(a.recorded)
        AND a.valid @> CAST(:on AS date)
), chain AS (
    WITH RECURSIVE up AS (
        SELECT m.face_id, m.parent_id AS division_id
        FROM member m
        WHERE m.face_id IN (SELECT left_face FROM part UNION SELECT right_face FROM part)
            AND upper_inf(m.recorded)
            AND m.valid @> CAST(:on AS date)
        UNION ALL
        SELECT up.face_id, m.parent_id
        FROM up
        JOIN member m ON m.child_id = up.division_id
        WHERE upper_inf(m.recorded)
            AND m.valid @> CAST(:on AS date)
    )
    SELECT up.face_id, max(d.id::text) FILTER (WHERE d.level <= 3) AS district,
        max(d.id::text) FILTER (WHERE d.level = 4) AS town
    FROM up
    JOIN division d ON d.id = up.division_id
    GROUP BY up.face_id
), border AS (
    SELECT CASE
            WHEN l.district IS DISTINCT FROM r.district THEN 3
            WHEN l.town IS DISTINCT FROM r.town THEN 4
            ELSE 5
        END AS level, part.line_id, part.geom
    FROM part
    LEFT JOIN chain l ON l.face_id = part.left_face
    LEFT JOIN chain r ON r.face_id = part.right_face
), line AS (
    SELECT border.level, s.name, COALESCE(s.legal_status, '600004') AS legal_status,
        ST_AsMVTGeom(
            ST_Transform(ST_Simplify(border.geom, :tolerance, true), 3857), tile.frame, 4096, 64, true
        ) AS geom
    FROM border
    CROSS JOIN tile
    LEFT JOIN boundary_line_state s ON s.line_id = border.line_id
        AND upper_inf(s.recorded)
        AND s.valid @> CAST(:on AS date)
    WHERE border.level = ANY(CAST(:levels AS smallint[]))
), label AS (
    SELECT shape.id::text AS id, shape.name, shape.level, shape.type,
        ST_AsMVTGeom(ST_Transform(ST_PointOnSurface(shape.geom), 3857), tile.frame, 4096, 0, false) AS geom
    FROM shape, tile
    WHERE ST_Intersects(ST_PointOnSurface(shape.geom), tile.own)
), place AS (
    SELECT p.place_id::text AS id, p.name, p.pinyin, p.legal_category, p.class_name,
        ST_AsMVTGeom(ST_Transform(ST_PointOnSurface(p.geom), 3857), tile.frame, 4096, 0, false) AS geom
    FROM tile
    JOIN place_name_state p ON p.geom && tile.own
    WHERE :places
        AND upper_inf(p.recorded)
        AND p.valid @> CAST(:on AS date)
)
SELECT
    (SELECT COALESCE(ST_AsMVT(q, 'districts', 4096, 'geom'), '') FROM
        (SELECT * FROM drawn WHERE level = 3 AND geom IS NOT NULL ORDER BY id) q)
    || (SELECT COALESCE(ST_AsMVT(q, 'towns', 4096, 'geom'), '') FROM
        (SELECT * FROM drawn WHERE level = 4 AND geom IS NOT NULL ORDER BY id) q)
    || (SELECT COALESCE(ST_AsMVT(q, 'villages', 4096, 'geom'), '') FROM
        (SELECT * FROM drawn WHERE level = 5 AND geom IS NOT NULL ORDER BY id) q)
    || (SELECT COALESCE(ST_AsMVT(q, 'boundary_lines', 4096, 'geom'), '') FROM
        (SELECT * FROM line WHERE geom IS NOT NULL) q)
    || (SELECT COALESCE(ST_AsMVT(q, 'labels', 4096, 'geom'), '') FROM
        (SELECT * FROM label WHERE geom IS NOT NULL ORDER BY id) q)
    || (SELECT COALESCE(ST_AsMVT(q, 'place_names', 4096, 'geom'), '') FROM
        (SELECT * FROM place WHERE geom IS NOT NULL ORDER BY id) q)
