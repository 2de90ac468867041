#!/usr/bin/env python3
"""Bring the database up to date and load the demonstration, unless that was done with this very code.

The note of what was done lies in QUMING_HOME/run, so it goes when the data go. It is not trusted for a
server named by QUMING_DATABASE_URL, whose database somebody may have replaced.
"""

from __future__ import annotations

import os
from pathlib import Path

from house import default_home, die, read_dotenv
from services import code_hash, run_command, settings_of


def is_prepared(note: Path, code: str) -> bool:
    """Say whether this code has prepared the private database already."""
    ours = not os.environ.get("QUMING_DATABASE_URL")
    return ours and note.exists() and note.read_text(encoding="ascii").strip() == code


def main() -> None:
    """Prepare the database."""
    read_dotenv()
    home = default_home()
    settings = settings_of(home)
    note = home / "run" / "prepared"
    code = code_hash(settings)
    if is_prepared(note, code):
        return
    if run_command(home, ["migrate"]) != 0:
        die("The database could not be brought up to date.",
            "The lines above say why. Nothing was changed: each step is all or nothing.")  # fmt: skip
    if settings.get("QUMING_ENV") != "production" and run_command(home, ["demo"]) != 0:
        die("The demonstration district could not be loaded.",
            "The lines above say why; 'make clean-data' and 'make run' begin from nothing.")  # fmt: skip
    note.write_text(f"{code}\n", encoding="ascii")


if __name__ == "__main__":
    main()
