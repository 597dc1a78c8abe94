"""How the tools write a file: beside its place, then renamed, so that a failure loses nothing."""

import os
from pathlib import Path

from mpspec.model.problem import CannotRun


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
