"""Change requests: draft, check, preview, decide."""

from __future__ import annotations

from flask import Response

from api.auth import get_actor, guard
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session
from api.schemas.base import IdPath
from api.schemas.effects import describe_check, describe_preview
from api.schemas.requests import (
    CheckOut,
    LogList,
    LogOut,
    OperationsIn,
    OverlapList,
    OverlapOut,
    OverlapQuery,
    PreviewOut,
    ReceiptOut,
    RequestEditIn,
    RequestIn,
    RequestOut,
    RequestPage,
    RequestQuery,
    RequestWithReceipts,
    StepIn,
    StepPath,
)
from gazetteer.errors import ConflictFound
from gazetteer.operations import requests
from gazetteer.operations.previews import preview_request
from gazetteer.queries.overlaps import find_overlapping, list_overlaps
from gazetteer.queries.pages import parse_cursor, write_cursor
from gazetteer.queries.requests import get_request, list_log, list_requests

api = make_blueprint("requests", "Change requests 变更申请")


@api.get("/requests", responses={200: RequestPage, **problems(401, 403)})
@guard("request.read")
def list_visible_requests(query: RequestQuery) -> Response:
    """List the requests that concern the caller, the newest first; page by `cursor`."""
    before = parse_cursor(query.cursor, int)[0] if query.cursor else None
    found = list_requests(
        get_session(),
        get_actor(),
        states=query.states,
        mine=query.mine,
        before=None if before is None else int(before),
        limit=query.limit + 1,
    )
    shown = found[: query.limit]
    cursor = write_cursor((shown[-1].number,)) if len(found) > query.limit else None
    items = [RequestOut.model_validate(request) for request in shown]
    return reply(RequestPage(items=items, next_cursor=cursor))


@api.post("/requests", responses={201: RequestOut, **problems(401, 403, 415)})
@guard("request.draft")
def create_request(body: RequestIn) -> Response:
    """Open an empty draft."""
    made = requests.create_request(
        get_session(),
        get_actor(),
        kind=body.kind,
        title=body.title,
        reason=body.reason,
        effective_on=body.effective_on,
    )
    return reply(RequestOut.model_validate(made), 201)


@api.get("/requests/<uuid:id>", responses={200: RequestOut, **problems(401, 403, 404)})
@guard("request.read")
def get_one_request(path: IdPath) -> Response:
    """Return a request with its operations and what the caller may do with it."""
    return reply(RequestOut.model_validate(get_request(get_session(), get_actor(), path.id)))


@api.patch("/requests/<uuid:id>", responses={200: RequestOut, **problems(401, 403, 404, 409, 415)})
@guard("request.draft")
def edit_request(path: IdPath, body: RequestEditIn) -> Response:
    """Change the title, the reason or the day of effect of a draft."""
    request = requests.edit_request(get_session(), get_actor(), path.id, **dict(body))
    return reply(RequestOut.model_validate(request))


@api.get("/requests/overlapping", responses={200: OverlapList, **problems(401, 403)})
@guard("request.read")
def list_overlapping(query: OverlapQuery) -> Response:
    """List the open requests on lines or divisions that somebody is about to work on."""
    found = find_overlapping(get_session(), get_actor(), query.arc_ids, query.division_ids)
    return reply(OverlapList(items=[OverlapOut.model_validate(overlap) for overlap in found]))


@api.get("/requests/<uuid:id>/overlaps", responses={200: OverlapList, **problems(401, 403, 404)})
@guard("request.read")
def list_request_overlaps(path: IdPath) -> Response:
    """List the other open requests that touch what this one touches."""
    found = list_overlaps(get_session(), get_actor(), path.id)
    return reply(OverlapList(items=[OverlapOut.model_validate(overlap) for overlap in found]))


@api.put(
    "/requests/<uuid:id>/operations",
    responses={200: RequestWithReceipts, **problems(401, 403, 404, 409, 415)},
)
@guard("request.draft")
def put_operations(path: IdPath, body: OperationsIn) -> Response:
    """Make the list sent the content of the draft; sending the same again changes nothing."""
    request, receipts = requests.put_operations(
        get_session(), get_actor(), path.id, version=body.version, operations=body.operations
    )
    answer = RequestOut.model_validate(request)
    given = [ReceiptOut.model_validate(receipt) for receipt in receipts]
    return reply(RequestWithReceipts(**dict(answer), receipts=given))


@api.post("/requests/<uuid:id>/check", responses={200: CheckOut, **problems(401, 403, 404)})
@guard("request.read")
def check_request(path: IdPath) -> Response:
    """Replay and check a request on the register of today; nothing is stored."""
    return reply(describe_check(requests.check_request(get_session(), get_actor(), path.id)))


@api.get("/requests/<uuid:id>/preview", responses={200: PreviewOut, **problems(401, 403, 404)})
@guard("request.read")
def get_preview(path: IdPath) -> Response:
    """Return what a request would do: shapes before and after, area gained and lost."""
    return reply(describe_preview(preview_request(get_session(), get_actor(), path.id)))


@api.get("/requests/<uuid:id>/log", responses={200: LogList, **problems(401, 403, 404)})
@guard("request.read")
def get_log(path: IdPath) -> Response:
    """List the steps of a request, the oldest first."""
    lines = list_log(get_session(), get_actor(), path.id)
    return reply(LogList(items=[LogOut.model_validate(line) for line in lines]))


@api.post(
    "/requests/<uuid:id>/<any(submit, return, approve, reject, withdraw):action>",
    responses={200: RequestOut, **problems(401, 403, 404, 409, 415)},
)
@guard("request.read")
def step_request(path: StepPath, body: StepIn) -> Response:
    """Take a step on exactly the version and content that was seen."""
    try:
        request = requests.step_request(
            get_session(),
            get_actor(),
            path.id,
            path.action,
            version=body.version,
            content_hash=body.content_hash,
            reason=body.reason,
            document_no=body.document_no,
        )
    except ConflictFound as error:
        found = describe_check(error.fields["evaluation"]).model_dump(mode="json")
        raise ConflictFound(error.zh, error.en, code=error.code, **found) from error
    return reply(RequestOut.model_validate(request))
