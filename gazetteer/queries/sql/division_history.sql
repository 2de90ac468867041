-- What each event set (added) or ended (closed) of a division's name, code, type, parent and shape.
WITH touched AS (
    SELECT event_id, closed_event_id, 'name' AS what, name AS value
    FROM division_name
    WHERE division_id = :id
        AND kind = 'official'
    UNION ALL
    SELECT event_id, closed_event_id, 'code', code
    FROM division_code
    WHERE division_id = :id
    UNION ALL
    SELECT event_id, closed_event_id, 'type', type
    FROM division_state
    WHERE division_id = :id
    UNION ALL
    SELECT m.event_id, m.closed_event_id, 'parent', p.name
    FROM member m
    LEFT JOIN LATERAL (
        SELECT name
        FROM division_name
        WHERE division_id = m.parent_id
            AND kind = 'official'
            AND upper_inf(recorded)
        ORDER BY valid && m.valid DESC, lower(valid) DESC
        LIMIT 1
    ) p ON true
    WHERE m.child_id = :id
),
-- A correction takes the place of the shape that a legal change brought: that event is found by its day.
shapes AS (
    SELECT s.event_id, to_char(s.area_m2, 'FM9999999999990.000') AS area,
        to_char(lag(s.area_m2) OVER (ORDER BY lower(s.valid)), 'FM9999999999990.000') AS before,
        CASE WHEN e.kind <> 'correct' THEN e.id ELSE (
            SELECT max(l.id)
            FROM event l
            WHERE l.effective_on = lower(s.valid)
                AND l.kind <> 'correct'
        ) END AS legal_event
    FROM division_shape s
    JOIN event e ON e.id = s.event_id
    WHERE s.division_id = :id
)
SELECT event_id AS event, what, 'after' AS side, value
FROM touched
UNION
SELECT closed_event_id, what, 'before', value
FROM touched
WHERE closed_event_id IS NOT NULL
UNION
SELECT event_id, 'shape', 'after', area
FROM shapes
UNION
SELECT legal_event, 'shape', 'before', before
FROM shapes
WHERE before IS NOT NULL
UNION
SELECT legal_event, 'shape', 'touched', NULL
FROM shapes
WHERE legal_event IS NOT NULL
UNION
SELECT r.applied_event, 'shape', 'touched', NULL
FROM change_request r
JOIN event e ON e.id = r.applied_event
    AND e.kind = 'correct'
WHERE :id = ANY(r.touched_divisions)
    AND EXISTS (
        SELECT 1
        FROM operation o
        WHERE o.request_id = r.id
            AND o.kind IN ('reshape', 'move_node', 'insert_vertex', 'move_vertex', 'delete_vertex')
    )
