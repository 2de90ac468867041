"""Boundary lines as legal objects: agreement, survey, course; markers, tripoints, joint inspections."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UP = """
ALTER TABLE boundary_line_state
    ADD COLUMN line_type text CHECK (line_type IN ('250200', '620200', '630200', '640200', '650200', '660200',
        '670402', '670500')),
    ADD COLUMN agreement_date date,
    ADD COLUMN agreement_clause text CHECK (agreement_clause <> ''),
    ADD COLUMN survey_date date,
    ADD COLUMN accuracy_m double precision CHECK (accuracy_m > 0),
    ADD COLUMN course text CHECK (course <> ''),
    ADD CONSTRAINT boundary_line_follows_check CHECK (follows IN ('fixed', 'river_centre', 'channel_centre',
        'river_bank', 'ditch', 'road_centre', 'road_edge', 'ridge', 'valley', 'parcel_edge', 'wall', 'other')),
    ADD CONSTRAINT boundary_line_agreement_check
        CHECK (agreement_no IS NOT NULL OR (agreement_date IS NULL AND agreement_clause IS NULL));
COMMENT ON COLUMN boundary_line_state.line_type IS 'JXLX 界线类型; null is the type of the level (630200 省 640200 地 650200 县 660200 乡 670500 村)';
COMMENT ON COLUMN boundary_line_state.follows IS 'what it follows on the ground: river centre, road, ridge, parcel edge, or fixed';
COMMENT ON COLUMN boundary_line_state.accuracy_m IS 'largest error of position in metres';
COMMENT ON COLUMN boundary_line_state.course IS 'text of the course 走向说明 as a person left it';
CREATE INDEX boundary_line_state_line_idx ON boundary_line_state (line_id) WHERE upper_inf(recorded);
COMMENT ON INDEX boundary_line_state_line_idx IS 'the lines that own the arcs of an edit or of a view';
CREATE INDEX boundary_line_state_left_idx ON boundary_line_state (left_id) WHERE upper_inf(recorded);
COMMENT ON INDEX boundary_line_state_left_idx IS 'the lines of a division; lines between the divisions of a draft';
CREATE INDEX boundary_line_state_right_idx ON boundary_line_state (right_id) WHERE upper_inf(recorded);
COMMENT ON INDEX boundary_line_state_right_idx IS 'the lines of a division; lines between the divisions of a draft';

CREATE TABLE marker (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    created_event bigint NOT NULL REFERENCES event
);
COMMENT ON TABLE marker IS 'Identity of a boundary marker 界桩; everything else is dated.';

CREATE TABLE marker_state (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    marker_id uuid NOT NULL REFERENCES marker,
    line_id uuid NOT NULL REFERENCES boundary_line,
    number text NOT NULL CHECK (number <> ''),
    letter text NOT NULL CHECK (letter IN ('Q', 'A', 'B', 'C', 'D', 'E')),
    form text NOT NULL CHECK (form IN ('single_two', 'single_three', 'double', 'triple')),
    material text NOT NULL CHECK (material <> ''),
    node_id bigint REFERENCES node,
    x bigint CHECK (abs(x) <= 180000000000),
    y bigint CHECK (abs(y) <= 90000000000),
    elevation_m double precision,
    accuracy_m double precision CHECK (accuracy_m > 0),
    gnss jsonb CHECK (jsonb_typeof(gnss) = 'object'),
    side_1_id uuid NOT NULL REFERENCES division,
    side_2_id uuid NOT NULL REFERENCES division,
    side_3_id uuid REFERENCES division,
    reference_objects jsonb NOT NULL DEFAULT '[]',
    status text NOT NULL DEFAULT 'standing' CHECK (status IN ('standing', 'damaged', 'lost')),
    note text,
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    recorded tstzrange NOT NULL CHECK (NOT isempty(recorded)),
    event_id bigint NOT NULL REFERENCES event,
    closed_event_id bigint REFERENCES event,
    CHECK ((node_id IS NULL) = (x IS NOT NULL) AND (x IS NULL) = (y IS NULL)),
    CHECK (side_1_id <> side_2_id AND side_1_id IS DISTINCT FROM side_3_id AND side_2_id IS DISTINCT FROM side_3_id),
    CHECK ((form IN ('single_three', 'triple')) = (side_3_id IS NOT NULL)),
    CHECK (CASE form WHEN 'double' THEN letter IN ('A', 'B') WHEN 'triple' THEN letter IN ('C', 'D', 'E') ELSE letter = 'Q' END),
    CHECK (jsonb_typeof(reference_objects) = 'array' AND jsonb_array_length(reference_objects) <= 3),
    CHECK (upper_inf(recorded) = (closed_event_id IS NULL)),
    EXCLUDE USING gist (marker_id WITH =, valid WITH &&, recorded WITH &&),
    CONSTRAINT marker_one_number EXCLUDE USING gist (line_id WITH =, number WITH =, letter WITH =, valid WITH &&, recorded WITH &&)
);
COMMENT ON COLUMN marker_state.letter IS 'Q single; A B two with one number; C D E three with one number (GB/T 17796)';
COMMENT ON COLUMN marker_state.form IS 'single_two 单立双面 single_three 单立三面 double 同号双立 triple 同号三立';
COMMENT ON COLUMN marker_state.node_id IS 'the node it stands on and moves with; null: it stands at x, y';
COMMENT ON COLUMN marker_state.x IS 'longitude in 1e-9 degree, EPSG:4490';
COMMENT ON COLUMN marker_state.y IS 'latitude in 1e-9 degree, EPSG:4490';
COMMENT ON COLUMN marker_state.elevation_m IS 'metres above 1985国家高程基准';
COMMENT ON COLUMN marker_state.accuracy_m IS 'error of position in metres';
COMMENT ON COLUMN marker_state.gnss IS 'evidence of the survey as the instrument gave it';
COMMENT ON COLUMN marker_state.reference_objects IS '方位物: at most three of {name, azimuth_deg, distance_m}';
CREATE INDEX marker_state_marker_idx ON marker_state (marker_id) WHERE upper_inf(recorded);
COMMENT ON INDEX marker_state_marker_idx IS 'one marker, and markers by id in lists';
CREATE INDEX marker_state_line_idx ON marker_state (line_id) WHERE upper_inf(recorded);
COMMENT ON INDEX marker_state_line_idx IS 'the markers of a line';
CREATE INDEX marker_state_node_idx ON marker_state (node_id) WHERE upper_inf(recorded);
COMMENT ON INDEX marker_state_node_idx IS 'does a node of an edit carry a marker';

CREATE TABLE marker_photo (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    marker_id uuid NOT NULL REFERENCES marker,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    bytes bigint NOT NULL CHECK (bytes > 0),
    media_type text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp')),
    taken_on date,
    note text,
    uploaded_by uuid NOT NULL REFERENCES app_user,
    uploaded_at timestamptz NOT NULL,
    UNIQUE (marker_id, sha256)
);
COMMENT ON TABLE marker_photo IS 'A photo of a marker; the file lies in the data folder under its hash.';
CREATE TRIGGER marker_photo_append_only BEFORE UPDATE OR DELETE ON marker_photo
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE tripoint (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    created_event bigint NOT NULL REFERENCES event
);
COMMENT ON TABLE tripoint IS 'Identity of a place where three divisions meet 三交点.';

CREATE TABLE tripoint_state (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tripoint_id uuid NOT NULL REFERENCES tripoint,
    node_id bigint NOT NULL REFERENCES node,
    name text NOT NULL CHECK (name <> ''),
    side_1_id uuid NOT NULL REFERENCES division,
    side_2_id uuid NOT NULL REFERENCES division,
    side_3_id uuid NOT NULL REFERENCES division,
    agreement_no text,
    agreement_date date,
    valid daterange NOT NULL CHECK (NOT isempty(valid)),
    recorded tstzrange NOT NULL CHECK (NOT isempty(recorded)),
    event_id bigint NOT NULL REFERENCES event,
    closed_event_id bigint REFERENCES event,
    CHECK (side_1_id <> side_2_id AND side_1_id <> side_3_id AND side_2_id <> side_3_id),
    CHECK (agreement_no IS NOT NULL OR agreement_date IS NULL),
    CHECK (upper_inf(recorded) = (closed_event_id IS NULL)),
    EXCLUDE USING gist (tripoint_id WITH =, valid WITH &&, recorded WITH &&),
    CONSTRAINT tripoint_one_node EXCLUDE USING gist (node_id WITH =, valid WITH &&, recorded WITH &&)
);
COMMENT ON COLUMN tripoint_state.node_id IS 'all lines that meet there end on this node, so on one coordinate';
CREATE INDEX tripoint_state_tripoint_idx ON tripoint_state (tripoint_id) WHERE upper_inf(recorded);
COMMENT ON INDEX tripoint_state_tripoint_idx IS 'one tripoint';
CREATE INDEX tripoint_state_node_idx ON tripoint_state (node_id) WHERE upper_inf(recorded);
COMMENT ON INDEX tripoint_state_node_idx IS 'does a node of an edit carry a tripoint; the tripoints at the ends of a line';

CREATE TABLE inspection (
    id uuid PRIMARY KEY,
    line_id uuid NOT NULL REFERENCES boundary_line,
    inspected_on date NOT NULL,
    occasion text NOT NULL CHECK (occasion IN ('regular', 'extra')),
    inspected_by text NOT NULL CHECK (inspected_by <> ''),
    result text NOT NULL CHECK (result IN ('intact', 'repaired', 'changed', 'disputed')),
    findings jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(findings) = 'object'),
    documents jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(documents) = 'array'),
    next_due date CHECK (next_due > inspected_on),
    corrects uuid UNIQUE REFERENCES inspection,
    recorded_by uuid NOT NULL REFERENCES app_user,
    recorded_at timestamptz NOT NULL,
    CHECK ((occasion = 'regular') = (next_due IS NOT NULL)),
    CHECK (corrects <> id)
);
COMMENT ON TABLE inspection IS '联合检查 every five years (行政区域界线管理条例 Art. 12); rows are only added, a wrong one is corrected by another.';
COMMENT ON COLUMN inspection.occasion IS 'regular, or extra after a flood or works: the due day then stays';
COMMENT ON COLUMN inspection.result IS 'intact 完好, repaired 已修复, changed 有变化, disputed 有争议';
COMMENT ON COLUMN inspection.findings IS 'text by subject: observance, markers, surroundings, crossings, other';
CREATE INDEX inspection_line_idx ON inspection (line_id, inspected_on);
COMMENT ON INDEX inspection_line_idx IS 'the inspections of a line, and when the next is due';
CREATE TRIGGER inspection_append_only BEFORE UPDATE OR DELETE ON inspection
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

DOWN = """
DROP TABLE inspection, tripoint_state, tripoint, marker_photo, marker_state, marker;
DROP INDEX boundary_line_state_line_idx, boundary_line_state_left_idx, boundary_line_state_right_idx;
ALTER TABLE boundary_line_state
    DROP CONSTRAINT boundary_line_agreement_check,
    DROP CONSTRAINT boundary_line_follows_check,
    DROP COLUMN course,
    DROP COLUMN accuracy_m,
    DROP COLUMN survey_date,
    DROP COLUMN agreement_clause,
    DROP COLUMN agreement_date,
    DROP COLUMN line_type;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
