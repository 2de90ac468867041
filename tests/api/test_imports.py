"""Imports over HTTP: upload, preview, assumptions, confirm, and a second person's signature."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.conftest import Browser, SignIn
from tests.api.problems import problem

IMPORTS = "/api/v1/imports"
EDITION_2019 = Path(__file__).parents[2] / "data" / "shapefiles" / "2019"


@pytest.fixture
def admin(sign_in: SignIn) -> Browser:
    return sign_in("administrator")


def zipped(folder: Path, *only: str) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.iterdir()):
            if not only or path.stem in only:
                archive.write(path, path.name)
    packed.seek(0)
    return packed


def upload(browser: Browser, file: io.BytesIO, name: str = "2019.zip", **more: Any) -> TestResponse:
    data = {"files": [(file, name)], "door": "first_load", **more}
    return browser.post(IMPORTS, data=data, content_type="multipart/form-data")


def test_import_when_it_goes_the_whole_way_then_the_register_is_there(
    admin: Browser, sign_in: SignIn
) -> None:
    made = upload(admin, zipped(EDITION_2019))
    assert made.status_code == 201, made.text
    assert made.json["state"] == "checked"
    assert {layer["file"]: (layer["level"], layer["rows"]) for layer in made.json["layers"]} == {
        "districts": (3, 1),
        "towns": (4, 12),
        "villages": (5, 106),
    }
    assert made.json["can_confirm"] is True
    address = f"{IMPORTS}/{made.json['id']}"
    confirmed = admin.post(
        f"{address}/confirm",
        json={"valid_from": "2019-01-01", "source": "公开资料", "document_no": "新府〔2019〕1号"},
    )
    assert confirmed.json["state"] == "confirmed"
    problem(admin.post(f"{address}/sign"), 403, "own_request")
    approver = sign_in("approver")
    assert approver.get(address).json["source"] == "公开资料"
    signed = approver.post(f"{address}/sign")
    assert signed.status_code == 200, signed.text
    assert signed.json["state"] == "applied"
    district = admin.get("/api/v1/divisions/510132").json
    assert district["name"] == "新津县"
    assert len(admin.get("/api/v1/divisions?level=5&limit=200").json["items"]) == 106
    problem(approver.post(f"{address}/sign"), 409, "wrong_state")
    assert [item["id"] for item in admin.get(IMPORTS).json["items"]] == [made.json["id"]]


def test_upload_when_the_level_is_said_then_it_is_checked_anew(admin: Browser) -> None:
    made = upload(admin, zipped(EDITION_2019, "villages"), levels='{"villages": 5}')
    assert made.status_code == 201, made.text
    address = f"{IMPORTS}/{made.json['id']}"
    again = admin.put(f"{address}/assumptions", json={"levels": {"villages": 5}, "encoding": "UTF-8"})
    assert again.status_code == 200, again.text
    assert again.json["choices"]["encoding"] == {"*": "UTF-8"}
    assert admin.post(f"{address}/cancel").json["state"] == "cancelled"
    problem(admin.post(f"{address}/confirm", json={"source": "x"}), 409, "wrong_state")


def test_confirm_when_values_are_missing_then_each_is_named(admin: Browser) -> None:
    made = upload(admin, zipped(EDITION_2019)).json
    answer = admin.post(f"{IMPORTS}/{made['id']}/confirm", json={"source": "公开资料"})
    assert [error["field"] for error in problem(answer, 422)["errors"]] == ["valid_from"]


def test_upload_when_it_is_no_vector_file_then_refused_in_words(admin: Browser) -> None:
    made = upload(admin, io.BytesIO(b"cbuiltins\nprint\n(S'executed'\ntR."), "data.pkl")
    assert made.status_code == 201, made.text
    assert made.json["state"] == "refused"
    assert made.json["faults"]


@pytest.mark.parametrize("name", ["..", "/", "a/..", ""])
def test_upload_when_the_name_leads_elsewhere_then_422(admin: Browser, name: str) -> None:
    problem(upload(admin, io.BytesIO(b"x"), name), 422)


def test_upload_when_choices_are_malformed_then_422(admin: Browser) -> None:
    problem(upload(admin, io.BytesIO(b"x"), "a.shp", levels='{"a": 9}'), 422, "malformed_choices")


@pytest.mark.parametrize("role", ["surveyor", "clerk", "reviewer", "approver", "publisher"])
def test_upload_when_the_role_may_not_then_403(sign_in: SignIn, role: str) -> None:
    problem(upload(sign_in(role), io.BytesIO(b"x"), "a.shp"), 403, "forbidden")


@pytest.mark.parametrize("door", ["", "/confirm", "/sign", "/cancel", "/assumptions"])
def test_import_when_unknown_then_404(admin: Browser, door: str) -> None:
    address = f"{IMPORTS}/00000000-0000-4000-8000-000000000000{door}"
    if door == "":
        problem(admin.get(address), 404, "not_found")
    elif door == "/assumptions":
        problem(admin.put(address, json={}), 404, "not_found")
    else:
        problem(admin.post(address, json={"source": "x"}), 404, "not_found")
