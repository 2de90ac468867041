-- Divisions by any name they have or had and by code, and place names; the best match of each.
-- "wide" adds what contains the text and what is romanized so: it reads every name, the rest uses indexes.
WITH RECURSIVE tree AS (
    SELECT CAST(:within AS uuid) AS id
    UNION
    SELECT m.child_id
    FROM tree t
    JOIN member m ON m.parent_id = t.id
    WHERE m.child_id IS NOT NULL
        AND upper_inf(m.recorded)
),
hits AS (
    SELECT n.division_id AS id, n.name, n.kind, n.valid,
        CASE WHEN n.name = ANY(:names) THEN 'exact' WHEN n.name LIKE :prefix ESCAPE '\' THEN 'prefix'
            ELSE 'contained' END AS match,
        CASE WHEN n.name = ANY(:names) THEN 1 WHEN n.name LIKE :prefix ESCAPE '\' THEN 2 ELSE 4 END AS rank
    FROM division_name n
    WHERE upper_inf(n.recorded)
        AND (n.name = ANY(:names)
            OR n.name LIKE :prefix ESCAPE '\'
            OR (:wide AND n.name LIKE :contained ESCAPE '\')
            OR (:wide AND CAST(:pinyin AS text) IS NOT NULL
                AND translate(lower(n.pinyin), 'āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜ ''’', 'aaaaeeeeiiiioooouuuuvvvvv')
                    LIKE :pinyin))
    UNION ALL
    SELECT k.division_id, k.code, 'official', k.valid, 'code', CASE WHEN k.code = ANY(:codes) THEN 0 ELSE 3 END
    FROM division_code k
    WHERE upper_inf(k.recorded)
        AND (k.code = ANY(:codes) OR k.code LIKE :code_prefix)
),
divisions AS (
    SELECT DISTINCT ON (h.id) h.id, h.name, h.kind, h.match, d.level, life.lives, life.first_day, life.end_day,
        h.valid @> CAST(:on AS date) AS named_so, h.rank
    FROM hits h
    JOIN division d ON d.id = h.id
    CROSS JOIN LATERAL (
        SELECT bool_or(valid @> CAST(:on AS date)) AS lives, lower(range_agg(valid)) AS first_day,
            upper(range_agg(valid)) AS end_day
        FROM division_state
        WHERE division_id = h.id
            AND upper_inf(recorded)
    ) life
    WHERE CAST(:within AS uuid) IS NULL OR h.id IN (SELECT id FROM tree)
    ORDER BY h.id, h.rank, h.kind <> 'official', NOT h.valid @> CAST(:on AS date)
),
places AS (
    SELECT p.place_id AS id, p.name, CASE WHEN p.name = ANY(:forms) THEN 'exact'
            WHEN p.name LIKE :prefix ESCAPE '\' THEN 'prefix' ELSE 'contained' END AS match
    FROM place_name_state p
    WHERE upper_inf(p.recorded)
        AND p.valid @> CAST(:on AS date)
        AND (p.name = ANY(:forms)
            OR p.name LIKE :prefix ESCAPE '\'
            OR (:wide AND p.name LIKE :contained ESCAPE '\'))
        AND (CAST(:within AS uuid) IS NULL OR EXISTS (
            SELECT 1
            FROM division_shape sh
            WHERE sh.division_id = :within
                AND sh.valid @> CAST(:on AS date)
                AND ST_Intersects(sh.geom, p.geom)
        ))
)
SELECT *
FROM (
    SELECT 'division' AS what, id, name, kind, match, level, lives, first_day, end_day, named_so, rank
    FROM divisions
    UNION ALL
    SELECT 'name', id, name, 'official', match, NULL, true, NULL, NULL, true,
        CASE match WHEN 'exact' THEN 1 WHEN 'prefix' THEN 2 ELSE 4 END
    FROM places
) found
ORDER BY rank, kind <> 'official', NOT (lives AND named_so), level NULLS LAST, name, id
LIMIT :limit
