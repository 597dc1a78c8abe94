"""Marks tell which functions were called, and change nothing else of the code."""

import asyncio
import importlib
import importlib.util
import inspect
import itertools
import py_compile
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from mpspec.evidence.execution import Execution
from mpspec.evidence.marks import Marks, NotMarked
from mpspec.model.implementations import read_implementations

SOURCE = '''"""Sample."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, overload


def plain() -> int:
    """Return one."""
    return 1


def silent():
    """Do nothing."""


def one_line(): return 1


def outer() -> Callable[[], int]:
    def inner() -> int:
        return 1

    return inner


def counting() -> Iterator[int]:
    """Count."""
    yield 1


async def waiting() -> None:
    pass


async def streaming() -> AsyncIterator[int]:
    yield 1


@functools.cache
def remembered() -> int:
    return 1


def failing(
    text: str = "none",
) -> None:
    """Fail."""

    raise ValueError(
        text,
    )


@overload
def either(value: int) -> int: ...


@overload
def either(value: str) -> str: ...


def either(value):
    return value


class Named(Protocol):
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Point:
    """A point."""

    value: Callable[[], int] = field(default=lambda: 1)

    def method(self) -> int:
        return 1

    @staticmethod
    def static() -> int:
        return 1

    @classmethod
    def made(cls) -> Point:
        return cls()


class Box:
    @property
    def held(self) -> int:
        """What is held."""
        return 1

    @held.setter
    def held(self, value: int) -> None:
        pass
'''
NUMBERS = itertools.count()


class Sample:
    """A package below `impl`, and the marks of this process for it."""

    def __init__(self, root: Path) -> None:
        # Python imports a package once, so each test has one of its own.
        self.name = f"sample_{next(NUMBERS)}"
        self.root = root
        self.path = root / "impl" / self.name / "code.py"
        self.path.parent.mkdir(parents=True)
        (self.path.parent / "__init__.py").write_text('"""Package."""\n')
        self.path.write_text(SOURCE)
        self.marks = Marks(root)

    def imported(self) -> ModuleType:
        """Import the module."""
        return importlib.import_module(f"{self.name}.code")

    def taken(self) -> set[str]:
        """Return the first line of each function that was called."""
        lines = self.path.read_text().splitlines()
        return {lines[line - 1].strip() for path, line in self.marks.take() if self.root / path == self.path}


@pytest.fixture
def sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sample]:
    """Return the package, where Python finds it; it is not imported yet, and nothing is marked."""
    monkeypatch.syspath_prepend(tmp_path / "impl")
    finders = sys.meta_path.copy()
    yield Sample(tmp_path)
    sys.meta_path[:] = finders


async def first(numbers) -> int:
    return await anext(numbers)


@pytest.mark.parametrize(
    ("use", "wanted"),
    [
        (lambda code: code, set()),
        (lambda code: code.plain(), {"def plain() -> int:"}),
        (lambda code: code.silent(), {"def silent():"}),
        (lambda code: code.one_line(), {"def one_line(): return 1"}),
        (lambda code: code.outer(), {"def outer() -> Callable[[], int]:"}),
        (
            lambda code: code.outer()(),
            {"def outer() -> Callable[[], int]:", "def inner() -> int:"},
        ),
        (lambda code: code.counting(), set()),
        (lambda code: next(code.counting()), {"def counting() -> Iterator[int]:"}),
        (lambda code: code.waiting().close(), set()),
        (lambda code: asyncio.run(code.waiting()), {"async def waiting() -> None:"}),
        (
            lambda code: asyncio.run(first(code.streaming())),
            {"async def streaming() -> AsyncIterator[int]:"},
        ),
        (lambda code: code.remembered(), {"@functools.cache"}),
        (lambda code: code.either(1), {"def either(value):"}),
        (lambda code: code.Point().value(), set()),
        (lambda code: code.Point().method(), {"def method(self) -> int:"}),
        (lambda code: code.Point.static(), {"@staticmethod"}),
        (lambda code: code.Point.made(), {"@classmethod"}),
        (lambda code: code.Box().held, {"@property"}),
        (lambda code: setattr(code.Box(), "held", 1), {"@held.setter"}),
    ],
)
# A coroutine that is closed before it began is what one of the cases is about.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_each_function_is_told_apart(sample: Sample, use, wanted: set[str]) -> None:
    """What counts is that a body begins to run, not that a function is defined or a generator made."""
    sample.marks.start()
    code = sample.imported()
    sample.marks.take()
    use(code)
    assert sample.taken() == wanted
    assert sample.taken() == set()


def test_what_an_import_calls_counts(sample: Sample) -> None:
    """A function that is called while its module is imported was called."""
    sample.path.write_text(SOURCE + "\n\nplain()\n")
    sample.marks.start()
    sample.imported()
    assert sample.taken() == {"def plain() -> int:"}


def codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def test_no_line_moves(sample: Sample) -> None:
    """Each function has the lines, the place, the name and the docstring that it has without marks."""
    marked = codes(sample.marks.compile(SOURCE.encode(), str(sample.path)))
    plain = codes(compile(SOURCE, str(sample.path), "exec", dont_inherit=True))
    for one, other in zip(marked, plain, strict=True):
        assert (one.co_qualname, one.co_firstlineno) == (other.co_qualname, other.co_firstlineno)
        assert {line for *_, line in one.co_lines()} == {line for *_, line in other.co_lines()}
        assert one.co_flags == other.co_flags


def test_what_is_shown_of_the_code_stays(sample: Sample) -> None:
    """A traceback, the source and the docstring of a function are those of the file."""
    sample.marks.start()
    code = sample.imported()
    with pytest.raises(ValueError, match="none") as caught:
        code.failing()
    frame = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert (frame.filename, frame.line) == (str(sample.path), "raise ValueError(")
    assert inspect.getsource(code.plain) == 'def plain() -> int:\n    """Return one."""\n    return 1\n'
    assert (code.plain.__doc__, code.silent.__doc__) == ("Return one.", "Do nothing.")
    assert code.Box.held.__doc__ == "What is held."
    assert code.plain.__annotations__ == {"return": "int"}


def test_marked_code_is_not_kept(sample: Sample) -> None:
    """The files that Python keeps beside a source are not written; the next run without marks has none."""
    sample.marks.start()
    code = sample.imported()
    assert "__ran__" in code.plain.__code__.co_names
    assert not list(sample.root.rglob("*.pyc"))
    sample.marks.stop()
    importlib.reload(code)
    assert "__ran__" not in code.plain.__code__.co_names


def test_code_that_was_kept_is_not_used(sample: Sample) -> None:
    """Code that a run without marks kept is no use to one with marks, and stays as it is."""
    kept = Path(str(py_compile.compile(str(sample.path), doraise=True)))
    before = kept.read_bytes()
    sample.marks.start()
    sample.imported().plain()
    assert sample.taken() == {"def plain() -> int:"}
    assert kept.read_bytes() == before


def test_what_was_imported_before_cannot_be_marked(sample: Sample) -> None:
    """Code that was imported already is told of, and nothing of it is taken for not executed."""
    sample.imported()
    with pytest.raises(NotMarked, match=f"^{sample.name} was imported before"):
        sample.marks.start()


def test_code_from_elsewhere_is_refused(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package of the same name from outside of the project is not taken for the project's."""
    elsewhere = sample.root / "elsewhere"
    (elsewhere / sample.name).mkdir(parents=True)
    (elsewhere / sample.name / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(elsewhere)
    sample.marks.start()
    with pytest.raises(NotMarked, match="outside of"):
        sample.imported()


CLAIMING = '''"""Sample."""


class Both:
    """Both.

    Source:
        SDP_001 (RFC 8856, 4)
    """

    def own(self):
        def inner():
            return 1

        return inner

    def other(self):
        """Other.

        Source:
            SDP_002 (RFC 8856, 4)
        """

        def inner():
            return 1

        return inner


def unclaimed():
    return 1
'''


def test_a_call_counts_for_the_innermost_claim_around_it(sample: Sample) -> None:
    """Each test is told of what ran in its time, under the definition that speaks for the function."""
    sample.path.write_text(CLAIMING)
    implementations, problems = read_implementations(sample.path.parent, sample.root)
    assert problems == []
    execution = Execution(sample.root)
    code = sample.imported()
    both = code.Both()
    execution.at_work("a class")
    inner_of_class = both.own()
    execution.at_work("a method with a claim")
    inner_of_method = both.other()
    execution.at_work("")
    code.Both().own()()
    execution.at_work("inside of the class")
    inner_of_class()
    execution.at_work("inside of the method")
    inner_of_method()
    execution.at_work("code without a claim")
    code.unclaimed()
    execution.at_work("nothing")
    execution.at_work("")
    code.Both().other()
    assert execution.finish(implementations) == {
        "a class": [f"{sample.name}.code.Both"],
        "a method with a claim": [f"{sample.name}.code.Both.other"],
        "inside of the class": [f"{sample.name}.code.Both"],
        "inside of the method": [f"{sample.name}.code.Both.other"],
    }
