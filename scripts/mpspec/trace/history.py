"""How the text of each requirement came to be, from git: who changed it when, version by version."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mpspec.model.pages import texts

_MOST = 1000
"""Commits that are looked at, the last ones; older versions are not shown."""

_FORMAT = "%x1e%h%x1f%an%x1f%as%x1f"
_FOLDERS = ("reqs/tr29828", "reqs/rules")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One text of a requirement.

    Attributes:
        commit: Abbreviated commit that brought it.
        author: Who wrote that commit.
        date: Day of that commit, as `2026-11-23`.
        text: The text, with white space folded; empty where the commit took the requirement away.
    """

    commit: str
    author: str
    date: str
    text: str


def history(root: Path, most: int = _MOST, linear: bool = False) -> dict[str, tuple[Version, ...]]:
    """Return the versions of each requirement that ever was, the oldest first; without git there is none.

    git runs twice, however long the history is.

    Args:
        root: Root of the project.
        most: Commits that are looked at, the last ones; -1 for all.
        linear: Whether what a merge brings is one change, so that no side of it undoes the other.
    """
    try:
        log = _git(
            root,
            b"",
            "log",
            "--reverse",
            f"--max-count={most}",
            "--no-renames",
            "--raw",
            "--no-abbrev",
            *(["--first-parent", "--diff-merges=first-parent"] if linear else []),
            f"--format={_FORMAT}",
            "--",
            *_FOLDERS,
        ).decode(errors="replace")
    except (OSError, subprocess.CalledProcessError):
        return {}
    commits = [commit.split("\x1f") for commit in log.split("\x1e")[1:]]
    changes = [
        (Version(commit=name, author=author, date=date, text=""), list(_changed_pages(raw)))
        for name, author, date, raw in commits
    ]
    pages = _blobs(root, {blob for _, changed in changes for _, blob in changed if blob})
    found: dict[str, list[Version]] = {}
    present: dict[str, dict[str, str]] = {}
    for version, changed in changes:
        before = {identity: text for page in present.values() for identity, text in page.items()}
        for path, blob in changed:
            present[path] = pages.get(blob, {})
        after = {identity: text for page in present.values() for identity, text in page.items()}
        for identity in before.keys() | after.keys():
            text = after.get(identity, "")
            if before.get(identity, "") != text:
                found.setdefault(identity, []).append(
                    Version(commit=version.commit, author=version.author, date=version.date, text=text)
                )
    return {identity: tuple(versions) for identity, versions in found.items()}


def is_whole(root: Path) -> bool:
    """Return whether git has the whole history here, not only its last commits."""
    try:
        return _git(root, b"", "rev-parse", "--is-shallow-repository").strip() == b"false"
    except (OSError, subprocess.CalledProcessError):
        return False


def _changed_pages(raw: str) -> Iterator[tuple[str, str]]:
    """Yield path and blob of each page that a commit changed; no blob where it took the page away."""
    for line in raw.splitlines():
        if line.startswith(":"):
            fields, _, path = line.partition("\t")
            if path.endswith(".md"):
                blob = fields.split()[3]
                yield path, "" if set(blob) == {"0"} else blob


def _blobs(root: Path, names: set[str]) -> dict[str, dict[str, str]]:
    """Return the texts of the requirements in each blob."""
    found = {}
    octets = _git(root, "\n".join(sorted(names)).encode() + b"\n", "cat-file", "--batch") if names else b""
    at = 0
    while at < len(octets):
        end = octets.index(b"\n", at)
        name, kind, *size = octets[at:end].decode().split()
        at = end + 1
        if kind != "missing":
            length = int(size[0])
            found[name] = texts(octets[at : at + length].decode(errors="replace"))
            at += length + 1
    return found


def _git(root: Path, said: bytes, *arguments: str) -> bytes:
    return subprocess.run(
        ["git", "-C", str(root), *arguments], input=said, capture_output=True, check=True
    ).stdout
