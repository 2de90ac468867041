"""The error of reading or writing a vector file."""

from __future__ import annotations

from boundaries.errors import BoundaryError


class FileError(BoundaryError):
    """A file that cannot be read or written.

    The two sentences name the file, the row and field where they matter, what was expected, and the remedy.
    ``fields`` holds ``file`` and, where they are known, ``row`` (from 1), ``field`` and further values.
    """
