"""What a check of the project's own sources finds."""

from dataclasses import dataclass


class CannotRun(Exception):
    """A tool cannot do its work: a file cannot be read or written. The message is one plain sentence."""


class UnreadableSource(CannotRun):
    """A source of the model or the evidence cannot be read at all."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """A fault in the requirements, the code's references to them, the tests or the evidence.

    Attributes:
        path: File, relative to the root of the project.
        line: Line in that file, from 1; 0 where the whole file is meant.
        code: Kind of the fault, such as `unknown-id`; stable, for machines.
        message: What is wrong and what is wanted, in one plain sentence.
    """

    path: str
    line: int
    code: str
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.message} [{self.code}]"
