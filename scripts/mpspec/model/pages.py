"""Reading `reqs/`: pages of MyST text with `stmt` and `rule` directives.

A directive is a colon fence with its options, a blank line, and the text:

    :::{rule} The BFCP media line
    :id: SDP_001
    :source: RFC 8856, 4
    ...

    The protocol of a BFCP stream over TCP with TLS is `TCP/TLS/BFCP`.
    :::

The same files are the source of the site; a test holds this reader and Sphinx together.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from mpspec.model.problem import Problem, UnreadableSource
from mpspec.model.requirements import Citation, Location, Requirement, Rule, Statement
from mpspec.model.vocabulary import ID_PATTERN, Certainty, Confidence, Kind, Party, Strength, Verification

_FENCE = re.compile(r":::\{(?P<type>stmt|rule)\} (?P<title>\S.*)")
_OPTION = re.compile(r":(?P<name>[a-z_]+):(?: (?P<value>.*))?")
_HIDING = {"<!--": "-->", "```": "```", "~~~": "~~~"}
"""What begins a comment or an example, with what ends it: a directive in it is none."""
_HEADING = re.compile(r"# (?:(?P<number>[0-9A-Z]+(?:\.[0-9]+)*) )?(?P<title>.+)")

STATEMENT_FIELDS = (
    "clause",
    "kind",
    "strength",
    "binds",
    "verification",
    "documents",
    "moves_to",
    "confidence",
    "continues",
)
RULE_FIELDS = (
    "source",
    "refines",
    "strength",
    "binds",
    "verification",
    "certainty",
    "missing",
    "decision",
)
_OPTIONAL = {
    "documents",
    "moves_to",
    "confidence",
    "continues",
    "certainty",
    "missing",
    "decision",
    "verification",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of `reqs/`.

    Attributes:
        path: File, relative to the root of the project, with `/`.
        number: Clause number of its heading, such as `7.1.1.3`; empty on a page of rules.
        title: Its heading without the number.
        requirements: Its statements and rules, in their order.
    """

    path: str
    number: str
    title: str
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """One directive as it stands in the file."""

    type: str
    title: str
    options: dict[str, str]
    text: str
    location: Location


def read_page(path: Path, root: Path) -> tuple[Page, list[Problem]]:
    """Read one page, with every fault found in it.

    Raises:
        UnreadableSource: The file cannot be read, or is not UTF-8.
    """
    relative = path.relative_to(root).as_posix()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableSource(f"{relative} cannot be read: {error}") from error
    problems: list[Problem] = []
    heading = next((match for line in lines if (match := _HEADING.fullmatch(line))), None)
    requirements: list[Requirement] = []
    for block in _blocks(lines, relative, problems):
        requirement = _Fields(block, problems).requirement()
        if requirement is not None:
            requirements.append(requirement)
    page = Page(
        path=relative,
        number=(heading["number"] or "") if heading else "",
        title=heading["title"].strip() if heading else "",
        requirements=tuple(requirements),
    )
    return page, problems


def texts(source: str) -> dict[str, str]:
    """Return the text of each statement and rule of a page by its ID, whatever else is wrong there."""
    return {
        block.options["id"]: block.text
        for block in _blocks(source.splitlines(), "", [])
        if ID_PATTERN.fullmatch(block.options.get("id", ""))
    }


def _blocks(lines: list[str], path: str, problems: list[Problem]) -> Iterator[_Block]:
    """Yield each directive of a page; one that does not end is a problem."""
    at = 0
    hidden = ""
    while at < len(lines):
        line = lines[at].strip()
        fence = _FENCE.fullmatch(lines[at].rstrip())
        at += 1
        if hidden or line.startswith(tuple(_HIDING)):
            hidden = _still_hidden(line, hidden)
            continue
        if fence is None:
            continue
        start = at
        options: dict[str, str] = {}
        while at < len(lines) and (option := _OPTION.fullmatch(lines[at].rstrip())):
            if option["name"] in options:
                problems.append(
                    Problem(
                        path=path,
                        line=at + 1,
                        code="option-twice",
                        message=f"The option {option['name']} stands here for the second time.",
                    )
                )
            options[option["name"]] = (option["value"] or "").strip()
            at += 1
        body: list[str] = []
        while at < len(lines) and lines[at].rstrip() != ":::":
            body.append(lines[at])
            at += 1
        if at == len(lines):
            problems.append(
                Problem(
                    path=path,
                    line=start,
                    code="open-directive",
                    message="This directive has no closing ':::'.",
                )
            )
            return
        at += 1
        yield _Block(
            type=fence["type"],
            title=fence["title"].strip(),
            options=options,
            text=" ".join(" ".join(body).split()),
            location=Location(path=path, line=start, end_line=at),
        )


def _still_hidden(line: str, hidden: str) -> str:
    """Return the mark that ends the comment or the example which a line stands in; empty behind its end."""
    if not hidden:
        opening = next(mark for mark in _HIDING if line.startswith(mark))
        hidden, line = _HIDING[opening], line[len(opening) :]
    return "" if hidden in line else hidden


_Value = TypeVar("_Value")


class _Fields:
    """Turns the options of one directive into values, and every bad one into a problem."""

    def __init__(self, block: _Block, problems: list[Problem]) -> None:
        self._block = block
        self._problems = problems
        self._broken = False

    def _problem(self, code: str, message: str) -> None:
        self._broken = True
        location = self._block.location
        self._problems.append(Problem(path=location.path, line=location.line, code=code, message=message))

    def _value(self, name: str, convert: Callable[[str], _Value], default: _Value) -> _Value:
        text = self._block.options.get(name, "")
        if not text:
            if name not in _OPTIONAL:
                self._problem("missing-option", f"The {self._block.type} has no '{name}'.")
            return default
        try:
            return convert(text)
        except ValueError as error:
            self._problem("bad-value", f"'{name}' has a value that the model does not know: {error}.")
            return default

    def _values(
        self, name: str, convert: Callable[[str], _Value], separator: str = ","
    ) -> tuple[_Value, ...]:
        return self._value(
            name, lambda text: tuple(convert(part.strip()) for part in text.split(separator)), ()
        )

    def requirement(self) -> Requirement | None:
        """Return the statement or rule, or None where a field is broken."""
        block = self._block
        identity = self._value("id", _identity, "")
        if not block.text:
            self._problem("no-text", f"{identity or 'This directive'} has no text.")
        known = {"id", *(STATEMENT_FIELDS if block.type == "stmt" else RULE_FIELDS)}
        for name in sorted(set(block.options) - known):
            self._problem("unknown-option", f"A {block.type} has no option '{name}'.")
        requirement = self._statement(identity) if block.type == "stmt" else self._rule(identity)
        return None if self._broken else requirement

    def _statement(self, identity: str) -> Statement:
        block = self._block
        statement = Statement(
            id=identity,
            title=block.title,
            clause=self._value("clause", str, ""),
            kind=self._value("kind", Kind, Kind.REQUIREMENT),
            strength=self._value("strength", Strength, Strength.NONE),
            binds=self._values("binds", Party),
            verification=self._value("verification", Verification, Verification.TEST),
            documents=self._values("documents", str),
            moves_to=self._values("moves_to", str),
            confidence=self._value("confidence", Confidence, None),
            continues=self._value("continues", _flag, False),
            text=block.text,
            location=block.location,
        )
        if bool(statement.moves_to) != (statement.confidence is not None):
            self._problem("confidence", "'moves_to' and 'confidence' go together: one of them is missing.")
        return statement

    def _rule(self, identity: str) -> Rule:
        block = self._block
        rule = Rule(
            id=identity,
            title=block.title,
            sources=self._values("source", Citation.parse, ";"),
            refines=self._values("refines", _identity),
            strength=self._value("strength", Strength, Strength.NONE),
            binds=self._values("binds", Party),
            verification=self._value("verification", Verification, Verification.TEST),
            certainty=self._value("certainty", Certainty, Certainty.CONFIRMED),
            missing=self._value("missing", str, ""),
            decision=self._value("decision", str, ""),
            text=block.text,
            location=block.location,
        )
        if (rule.certainty is Certainty.UNVERIFIED) != bool(rule.missing):
            self._problem(
                "missing", "An unverified rule says in 'missing' what could not be read; no other does."
            )
        return rule


def _identity(text: str) -> str:
    if not ID_PATTERN.fullmatch(text):
        raise ValueError(f"'{text}' is not an ID such as 'SDP_012'")
    return text


def _flag(text: str) -> bool:
    if text != "yes":
        raise ValueError(f"'{text}' is not 'yes'; without the option it is no")
    return True
