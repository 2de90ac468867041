"""Imports: upload, look at what was understood, confirm, and let a second person sign."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import Response
from werkzeug.datastructures import FileStorage

from api.auth import get_actor, guard
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session, get_settings
from api.errors import InvalidInput
from api.schemas.base import IdPath
from api.schemas.imports import AssumptionsIn, ConfirmIn, ImportForm, ImportList, ImportOut
from gazetteer.errors import FieldError
from gazetteer.imports.choices import parse_choices
from gazetteer.imports.pipeline import check_import, describe_batch, sign_import, start_import
from gazetteer.operations import import_batches
from gazetteer.queries.imports import get_import, list_imports

api = make_blueprint("imports", "Imports 数据导入")


def _answer(described: dict[str, Any]) -> ImportOut:
    return ImportOut.model_validate(described)


@api.get("/imports", responses={200: ImportList, **problems(401, 403)})
@guard("import.sign")
def list_all_imports() -> Response:
    """List the last hundred imports, the newest first."""
    return reply(
        ImportList(items=[_answer(describe_batch(batch)) for batch in list_imports(get_session(), 100)])
    )


@api.post("/imports", responses={201: ImportOut, **problems(401, 403, 413, 415)})
@guard("import.first_load", form=True)
def upload(form: ImportForm) -> Response:
    """Upload files; the answer says what was understood and what is wrong. Nothing is applied yet."""
    session, actor = get_session(), get_actor()
    said = form.model_dump(exclude={"files", "door"}, exclude_none=True)
    choices = parse_choices(said)
    home = get_settings().home
    with tempfile.TemporaryDirectory(prefix="quming-upload-") as folder:
        paths = _keep(form.files, Path(folder))
        batch = start_import(session, actor, home, form.door, paths, choices)
    checked = check_import(session, actor, batch.id)
    return reply(_answer(describe_batch(checked.batch)), 201)


def _keep(files: Sequence[FileStorage], folder: Path) -> list[Path]:
    """Store uploads under the last part of their names; a name that leads elsewhere is not a name."""
    paths: list[Path] = []
    for file in files:
        name = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1].strip()
        if name in ("", ".", "..") or "\0" in name or len(name.encode()) > 200 or folder / name in paths:
            raise InvalidInput(
                "文件名为空、重复或无法使用。",
                "A file has no usable name, or one that another file has.",
                errors=(FieldError("files", "bad_name", f"文件名“{name}”无法使用", f"cannot use '{name}'"),),
            )
        paths.append(folder / name)
        file.save(paths[-1])
    return paths


@api.get("/imports/<uuid:id>", responses={200: ImportOut, **problems(401, 403, 404)})
@guard("import.sign")
def get_one_import(path: IdPath) -> Response:
    """Return an import with its preview."""
    return reply(_answer(describe_batch(get_import(get_session(), path.id))))


@api.put("/imports/<uuid:id>/assumptions", responses={200: ImportOut, **problems(401, 403, 404, 409, 415)})
@guard("import.first_load")
def put_assumptions(path: IdPath, body: AssumptionsIn) -> Response:
    """Say what the files are; they are read and checked anew."""
    choices = parse_choices(body.model_dump(exclude_none=True))
    return reply(_answer(describe_batch(check_import(get_session(), get_actor(), path.id, choices).batch)))


@api.post("/imports/<uuid:id>/confirm", responses={200: ImportOut, **problems(401, 403, 404, 409, 415)})
@guard("import.first_load")
def confirm(path: IdPath, body: ConfirmIn) -> Response:
    """Confirm a checked import; a second person then signs it."""
    batch = import_batches.confirm_import(
        get_session(),
        get_actor(),
        path.id,
        valid_from=body.valid_from,
        source=body.source,
        document_no=body.document_no,
    )
    return reply(_answer(describe_batch(batch)))


@api.post("/imports/<uuid:id>/sign", responses={200: ImportOut, **problems(401, 403, 404, 409)})
@guard("import.sign")
def sign(path: IdPath) -> Response:
    """Sign a confirmed import as the second person: it is applied, whole or not at all."""
    session = get_session()
    sign_import(session, get_actor(), path.id)
    return reply(_answer(describe_batch(get_import(session, path.id))))


@api.post("/imports/<uuid:id>/cancel", responses={200: ImportOut, **problems(401, 403, 404, 409)})
@guard("import.first_load")
def cancel(path: IdPath) -> Response:
    """Give an import up; its record and files stay."""
    return reply(_answer(describe_batch(import_batches.cancel_import(get_session(), get_actor(), path.id))))
