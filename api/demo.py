"""The demonstration: accounts, the edition of 2019, what followed, and a first release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from gazetteer.errors import RegisterError
from gazetteer.imports.choices import parse_choices
from gazetteer.imports.pipeline import check_import, sign_import, start_import
from gazetteer.operations.demo_accounts import create_demo_accounts, grant_demo_roles
from gazetteer.operations.import_batches import confirm_import
from gazetteer.operations.releases import request_release
from gazetteer.queries.actors import get_actor_by_login
from gazetteer.queries.applied_imports import has_applied, has_divisions
from gazetteer.queries.codes import find_holder
from gazetteer.queries.divisions import Filter, list_divisions
from gazetteer.queries.releases import find_latest_version
from gazetteer.settings import Settings

SHAPEFILES = Path(__file__).parents[1] / "data" / "shapefiles"
DISTRICT_2019 = "510132"
TOWN = "永商镇"
FIRST_DAY = dt.date(2019, 1, 1)
SOURCE = "data/shapefiles：新津公开代码、名称与外轮廓；内部界线为示意"

Tell = Callable[[str], None]


class DemoFailed(RegisterError):
    """A step of the demonstration that did not come to its end."""

    code = "demo_failed"


@dataclass(frozen=True)
class Demo:
    """What the demonstration is made with."""

    sessions: sessionmaker[Session]
    settings: Settings
    tell: Tell


def load_demo(demo: Demo) -> None:
    """Bring the demonstration into an empty register; what is there already is left alone."""
    with demo.sessions() as session:
        create_demo_accounts(session, production=demo.settings.production)
        demo.tell("演示账号已就绪 accounts are there")
        if not has_divisions(session):
            _import(demo, session, "first_load", SHAPEFILES / "2019", FIRST_DAY)
        _grant(session)
        if not has_applied(session, "edition"):
            _import(demo, session, "edition", SHAPEFILES / "2020", None)
        if find_latest_version(session) is None:
            _release(demo, session)


def _import(demo: Demo, session: Session, door: str, folder: Path, valid_from: dt.date | None) -> None:
    """Take a folder through the door: the administrator confirms, the approver signs."""
    demo.tell(f"导入 {folder.name} 年版 importing the edition of {folder.name}")
    admin, approver = get_actor_by_login(session, "admin"), get_actor_by_login(session, "approver")
    choices = parse_choices({"confirmed": ["*"]})
    paths = [folder, SHAPEFILES / "neighbours.csv"] if door == "first_load" else [folder]
    batch = start_import(session, admin, demo.settings.home, door, paths, choices)
    checked = check_import(session, admin, batch.id)
    faults = [fault for fault in checked.batch.preview["faults"] if fault["severity"] == "error"]
    if faults:
        raise DemoFailed(
            "；".join(fault["message"] for fault in faults),
            "; ".join(fault["message_en"] for fault in faults),
            faults=faults,
        )
    confirm_import(session, admin, batch.id, valid_from=valid_from, source=SOURCE, document_no=None)
    sign_import(session, approver, batch.id, checked)


def _release(demo: Demo, session: Session) -> None:
    """Build the first release in this process, as the publisher."""
    from api.jobs import run_job  # the worker's modules are heavy, and mostly not needed here

    demo.tell("生成首个版本 building the first release")
    publisher = get_actor_by_login(session, "publisher")
    job = request_release(session, publisher, "演示区划首个版本（界线示意）", queued=False)
    if not run_job(demo.sessions, demo.settings, job.id):
        raise DemoFailed(
            "首个版本生成失败，原因见日志。",
            "The first release could not be built: see the log.",
            job=str(job.id),
        )


def _grant(session: Session) -> None:
    district = find_holder(session, DISTRICT_2019, FIRST_DAY)
    towns = list_divisions(session, Filter(on=FIRST_DAY, level=4, parent=district, q=TOWN))
    grant_demo_roles(session, {"district": district, "town": towns.items[0].id})
