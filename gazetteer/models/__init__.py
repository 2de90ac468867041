"""The tables as classes; one file a topic, named in the singular."""

from gazetteer.models.audit import AuditEntry, AuditHead
from gazetteer.models.base import Base
from gazetteer.models.boundary import (
    ArcRow,
    BoundaryLine,
    BoundaryLineState,
    Face,
    Member,
    Node,
    NodePosition,
)
from gazetteer.models.change_request import ChangeRequest, Operation, Review
from gazetteer.models.division import Division, DivisionCode, DivisionName, DivisionShape, DivisionState
from gazetteer.models.event import Event, Lineage
from gazetteer.models.import_batch import ImportBatch
from gazetteer.models.inspection import Inspection
from gazetteer.models.job import Job
from gazetteer.models.marker import Marker, MarkerPhoto, MarkerState, Tripoint, TripointState
from gazetteer.models.place_name import PlaceName, PlaceNameState
from gazetteer.models.release import Release, ReleaseArtifact
from gazetteer.models.user import ApiToken, User, UserGrant, UserSession

__all__ = [
    "ApiToken",
    "ArcRow",
    "AuditEntry",
    "AuditHead",
    "Base",
    "BoundaryLine",
    "BoundaryLineState",
    "ChangeRequest",
    "Division",
    "DivisionCode",
    "DivisionName",
    "DivisionShape",
    "DivisionState",
    "Event",
    "Face",
    "ImportBatch",
    "Inspection",
    "Job",
    "Lineage",
    "Marker",
    "MarkerPhoto",
    "MarkerState",
    "Member",
    "Node",
    "NodePosition",
    "Operation",
    "PlaceName",
    "PlaceNameState",
    "Release",
    "ReleaseArtifact",
    "Review",
    "Tripoint",
    "TripointState",
    "User",
    "UserGrant",
    "UserSession",
]
