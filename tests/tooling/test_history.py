"""The history of a requirement: each text that it had, who brought it and when."""

import subprocess
from pathlib import Path

import pytest

from mpspec.trace.history import history

_PAGE = """# 7 Interface

:::{{stmt}} A title
:id: AB_001
:strength: shall

{one}
:::
{rest}"""
_OTHER = """
:::{stmt} Another
:id: AB_002

It stays.
:::
"""


def _git(root: Path, *arguments: str, author: str = "Ada") -> None:
    identity = ["-c", f"user.name={author}", "-c", "user.email=author@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository in which one statement is written, reworded by another person and taken away."""
    page = tmp_path / "reqs/tr29828/7.md"
    page.parent.mkdir(parents=True)
    _git(tmp_path, "init", "-q")
    for text, author, day in (
        (_PAGE.format(one="It shall hold.", rest=_OTHER), "Ada", "2026-11-01"),
        (_PAGE.format(one="It shall\nhold.", rest=_OTHER), "Ada", "2026-11-02"),
        (_PAGE.format(one="It shall hold\nalways.", rest=_OTHER), "Bo", "2026-11-03"),
        ("# 7 Interface\n" + _OTHER, "Ada", "2026-11-04"),
    ):
        page.write_text(text, encoding="utf-8")
        _git(tmp_path, "add", "-A")
        _git(tmp_path, "commit", "-q", "--date", f"{day}T12:00:00Z", "-m", "change", author=author)
    return tmp_path


def test_each_text_is_a_version_with_its_author_and_day(repository: Path) -> None:
    found = history(repository)
    assert [(each.author, each.date, each.text) for each in found["AB_001"]] == [
        ("Ada", "2026-11-01", "It shall hold."),
        ("Bo", "2026-11-03", "It shall hold always."),
        ("Ada", "2026-11-04", ""),
    ]
    assert [each.text for each in found["AB_002"]] == ["It stays."]


def test_a_requirement_keeps_its_history_on_another_page(repository: Path) -> None:
    page = repository / "reqs/tr29828/7.md"
    page.rename(page.with_name("7_1.md"))
    _git(repository, "add", "-A")
    _git(repository, "commit", "-q", "-m", "move")
    assert [each.text for each in history(repository)["AB_002"]] == ["It stays."]


def test_without_git_there_is_no_history(tmp_path: Path) -> None:
    assert history(tmp_path) == {}
