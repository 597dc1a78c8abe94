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
    demand_commit(root, revision)
    command = ["git", "-C", str(root), "archive", "--format=tar", f"{revision}:./"]
    try:
        done = subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotRun(f"git cannot read '{revision}' below {root}.") from error
    with tempfile.TemporaryDirectory(prefix="revision-") as folder:
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
            for member in archive:
                octets = archive.extractfile(member) if member.isfile() and _is_wanted(member.name) else None
                if octets is not None:
                    place = Path(folder, member.name)
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(octets.read())
        yield Model.load(Path(folder))


def demand_commit(root: Path, revision: str) -> None:
    """Do nothing where a name is that of a commit.

    Raises:
        CannotRun: git is missing, the project is in none of its repositories, or it does not know the commit.
    """
    command = ["git", "-C", str(root), "rev-parse", "--verify", "--quiet", "--end-of-options"]
    try:
        subprocess.run(["git", "-C", str(root), "rev-parse"], capture_output=True, check=True)
        subprocess.run([*command, f"{revision}^{{commit}}"], capture_output=True, check=True)
    except OSError as error:
        raise CannotRun("git is needed to read an earlier state, and it is not there.") from error
    except subprocess.CalledProcessError as error:
        if command[-1] in error.cmd:
            raise CannotRun(f"git knows no commit '{revision}'.") from error
        raise CannotRun(f"{root} is in no git repository, so that there is no earlier state.") from error


def last_tag(root: Path) -> str:
    """Return the last tag before the commit that is checked out; empty where there is none, or no git."""
    command = ["git", "-C", str(root), "describe", "--tags", "--abbrev=0"]
    try:
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _is_wanted(name: str) -> bool:
    return Path(name).parts[0] in _PATHS
