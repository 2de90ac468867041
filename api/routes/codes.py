"""What a code meant and means."""

from __future__ import annotations

from flask import Response

from api.auth import public
from api.blueprint import make_blueprint, problems, reply
from api.database import get_session
from api.schemas.register import AtDay, CodeOut, CodePath
from gazetteer.queries.codes import find_code

api = make_blueprint("codes", "Codes of divisions 区划代码")


@api.get("/codes/<code>", responses={200: CodeOut, **problems(404)})
@public
def get_code(path: CodePath, query: AtDay) -> Response:
    """Return who bore a code, who bears it on a day, and what they are today."""
    found = find_code(get_session(), path.code, query.as_of, query.known_at)
    return reply(CodeOut.model_validate(found))
