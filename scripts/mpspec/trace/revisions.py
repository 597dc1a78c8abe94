"""The project as it was at a commit, read from git without touching the work tree."""

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mpspec.model import CannotRun, Model

_PATHS = ("reqs", "impl", "tests")


@contextmanager
def model_at(root: Path, revision: str) -> Iterator[Model]:
    """Read the model of the project at a commit; its files exist as long as the block.

    Args:
        root: Root of the project, in a git checkout.
        revision: Name of a commit, such as `main` or `HEAD~2`.

    Raises:
        CannotRun: git is missing, does not know the commit, or the commit holds no such project.
    """
    if revision.startswith("-"):
        raise CannotRun(f"'{revision}' is no name of a commit.")
    command = ["git", "-C", str(root), "archive", "--format=tar", f"{revision}:./"]
    try:
        done = subprocess.run(command, capture_output=True, check=True)
    except OSError as error:
        raise CannotRun("git is needed to read an earlier state, and it is not there.") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise CannotRun(
            f"git cannot read '{revision}': {said[0] if said else 'it gives no reason'}."
        ) from error
    with tempfile.TemporaryDirectory(prefix="revision-") as folder:
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            for member in archive:
                octets = archive.extractfile(member) if member.isfile() and _is_wanted(member.name) else None
                if octets is not None:
                    place = Path(folder, member.name)
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(octets.read())
        yield Model.load(Path(folder))


def last_tag(root: Path) -> str:
    """Return the last tag before the commit that is checked out; empty where there is none, or no git."""
    command = ["git", "-C", str(root), "describe", "--tags", "--abbrev=0"]
    try:
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _is_wanted(name: str) -> bool:
    return Path(name).parts[0] in _PATHS
