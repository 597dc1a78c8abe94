"""How the tools read a file of somebody else's, and write one.

Reading is bounded. Writing is beside the place, then renamed, so that a failure loses nothing.
"""

import os
from pathlib import Path

from mpspec.model.problem import CannotRun

_MOST_OCTETS = 64 << 20
"""Size of the largest file that is read, in octets."""


def read_foreign_text(path: Path) -> str:
    """Return the text of a file that somebody else made.

    Raises:
        CannotRun: It cannot be read, is too large, or is not UTF-8.
    """
    try:
        size = path.stat().st_size
        if size > _MOST_OCTETS:
            raise CannotRun(f"{path} has {size} octets, and {_MOST_OCTETS} is the most that is read.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CannotRun(f"{path} is not text in UTF-8.") from error


def write_beside(path: Path, data: bytes) -> None:
    """Write a file beside its place and rename it; missing folders are made.

    Raises:
        CannotRun: The place cannot be written; what stood there is as it was.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        os.replace(beside, path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise CannotRun(f"{path} cannot be written: {error.strerror}.") from error
