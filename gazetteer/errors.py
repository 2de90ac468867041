"""What can go wrong in the register: a stable code, a sentence in both languages, fields for a machine.

HTTP status codes live in api/errors.py alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FieldError:
    """One wrong field or row: its name, a code, and the sentence in both languages."""

    field: str
    code: str
    zh: str
    en: str


class RegisterError(Exception):
    """Base of all domain errors.

    Parameters
    ----------
    zh, en : str
        What is wrong and what to do, for a person.
    code : str, optional
        Stable snake_case code; the class's own unless given.
    errors : sequence of FieldError
        Every fault found, when there are several.
    fields : Any
        What a program needs to react (ids, versions, places).
    """

    code = "register_error"

    def __init__(
        self, zh: str, en: str, *, code: str | None = None, errors: tuple[FieldError, ...] = (), **fields: Any
    ) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.code = code or type(self).code
        self.errors = errors
        self.fields = fields


class NotFound(RegisterError):
    """Nothing by that id, code or version, or nothing the caller may know of."""

    code = "not_found"


class NotSignedIn(RegisterError):
    """No valid session or token."""

    code = "not_signed_in"


class Forbidden(RegisterError):
    """The role or the subtree does not allow it."""

    code = "forbidden"


class OwnRequest(Forbidden):
    """Nobody decides on a request they wrote or edited."""

    code = "own_request"


class Stale(RegisterError):
    """The caller acts on a version or content that is not the present one."""

    code = "stale_version"


class WrongState(RegisterError):
    """The request's state has no such step."""

    code = "wrong_state"


class ConflictFound(RegisterError):
    """What the change is based on has changed since; `conflicts` holds base, mine and theirs."""

    code = "conflict"


class RuleBroken(RegisterError):
    """Input or change that breaks a rule of the register; `errors` or `issues` say which."""

    code = "rule_broken"


class TooManyTries(RegisterError):
    """Too many sign-ins in a short time."""

    code = "too_many_tries"
