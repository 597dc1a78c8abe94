"""The state machines of the reference implementation, read from its transition tables.

A table is taken as the program itself has it, and nothing of it is repeated here. What an event means, and
which definitions make it happen, is read from the source beside it.
"""

import ast
import importlib
import inspect
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any

import mediasec
from mediasec.bfcp import floor_request
from mediasec.bfcp.registry import RequestStatus
from mediasec.endpoints import tls_layer
from mediasec.msrp import states as msrp_states
from mediasec.nodes import signalling
from mediasec.procedures import key_management, ticket_initiator, ticket_responder
from mediasec.procedures.mp import termination
from mpspec.model import Location
from mpspec.model.implementations import Function, definitions, location_of, parse_module

_PACKAGE = Path(mediasec.__file__).parent
_MEANING = re.compile(r"    (?P<name>[A-Z_]+): (?P<text>.+(?:\n {8}.+)*)")
"""A line of the section Attributes, and those that go on with it."""

_ABBREVIATIONS = {"TCP", "TLS"}
_Table = Mapping[tuple[Enum, Enum], Enum]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A state or an event.

    Attributes:
        name: Its name in the code, such as `TICKET_GRANTED`.
        meaning: What it means, as the code says; empty where the name says all.
    """

    name: str
    meaning: str

    @property
    def words(self) -> str:
        """The name as words, such as `ticket granted`."""
        words = self.name.split("_")
        return " ".join(word if word in _ABBREVIATIONS else word.lower() for word in words)

    def as_json(self) -> dict[str, str]:
        """Return the member for another program."""
        return {"name": self.name, "words": self.words, "meaning": self.meaning}


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A function of the reference implementation.

    Attributes:
        name: Dotted name, such as `mediasec.msrp.session.Session.bind`.
        location: Where it stands.
    """

    name: str
    location: Location

    def as_json(self) -> dict[str, Any]:
        """Return the function for another program."""
        return {"name": self.name, "path": self.location.path, "line": self.location.line}


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One entry of a table.

    Attributes:
        before: Name of the state before.
        event: Name of the event.
        after: Name of the state after.
        made_by: Functions that make it happen.
    """

    before: str
    event: str
    after: str
    made_by: tuple[Definition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The states of something, and every way from one to another.

    Attributes:
        name: As an address has it, such as `msrp-session`.
        title: What it belongs to, as a delegate says it.
        about: What the code says of the states as a whole.
        first: Name of the state that it begins in.
        states: Its states, in the order of the code.
        events: Its events, in the order of the code.
        transitions: Entries of the table, in its order.
        kept_by: Functions that look an event up in the table.
        module: Module of the table.
        table: Name of the table in its module.
        location: Lines of the table.
    """

    name: str
    title: str
    about: str
    first: str
    states: tuple[Member, ...]
    events: tuple[Member, ...]
    transitions: tuple[Transition, ...]
    kept_by: tuple[Definition, ...]
    module: str
    table: str
    location: Location

    def as_json(self) -> dict[str, Any]:
        """Return the machine for another program."""
        return {
            "name": self.name,
            "title": self.title,
            "about": self.about,
            "first": self.first,
            "last": sorted(self.last),
            "states": [state.as_json() for state in self.states],
            "events": [event.as_json() for event in self.events],
            "transitions": [
                {
                    "before": each.before,
                    "event": each.event,
                    "after": each.after,
                    "made_by": [maker.as_json() for maker in each.made_by],
                }
                for each in self.transitions
            ],
            "kept_by": [keeper.as_json() for keeper in self.kept_by],
            "table": f"{self.module}.{self.table}",
            "path": self.location.path,
            "line": self.location.line,
        }

    @property
    def last(self) -> frozenset[str]:
        """Names of the states that nothing leaves."""
        left = {transition.before for transition in self.transitions}
        return frozenset(state.name for state in self.states if state.name not in left)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A module of the reference implementation, as text.

    Attributes:
        module: Its dotted name.
        path: Its file, relative to the root of the project.
        tree: Its text, parsed.
    """

    module: str
    path: str
    tree: ast.Module

    def knows(self, name: str, thing: object) -> bool:
        """Return whether a thing has this name in the module, because it stands there or is imported."""
        if getattr(sys.modules.get(self.module), name, None) is thing:
            return True
        return any(
            isinstance(node, ast.ImportFrom)
            and any(alias.name == name for alias in node.names)
            and getattr(sys.modules.get(node.module or ""), name, None) is thing
            for node in self.tree.body
        )

    def functions(self) -> Iterator[tuple[Definition, Function]]:
        """Yield every function."""
        for name, found in definitions(self.tree):
            if isinstance(found, Function):
                place = location_of(found, self.path)
                yield Definition(name=f"{self.module}.{name}", location=place), found


def machines() -> tuple[Machine, ...]:
    """Return every state machine.

    Raises:
        UnreadableSource: A module of the reference implementation cannot be read.
    """
    sources = list(_sources())
    return tuple(_machine(sources, *described) for described in _MACHINES)


_MACHINES: tuple[tuple[str, str, str, str, Enum], ...] = (
    (
        "bfcp-floor-request",
        "BFCP floor request",
        floor_request.__name__,
        "TRANSITIONS",
        RequestStatus.PENDING,
    ),
    (
        "msrp-session",
        "MSRP session",
        msrp_states.__name__,
        "TRANSITIONS",
        msrp_states.State.UNBOUND,
    ),
    (
        "mikey-ticket-initiator",
        "Initiator of MIKEY-TICKET",
        ticket_initiator.__name__,
        "INITIATOR_TRANSITIONS",
        ticket_initiator.InitiatorState.IDLE,
    ),
    (
        "mikey-ticket-responder",
        "Responder of MIKEY-TICKET",
        ticket_responder.__name__,
        "RESPONDER_TRANSITIONS",
        ticket_responder.ResponderState.IDLE,
    ),
    (
        "key-management-answer",
        "Answerer of an offer with MIKEY messages",
        key_management.__name__,
        "KEY_ANSWER_TRANSITIONS",
        key_management.KeyAnswerState.WAITING_FOR_OFFER,
    ),
    (
        "tls-connection",
        "TLS connection",
        tls_layer.__name__,
        "TRANSITIONS",
        tls_layer.State.HANDSHAKING,
    ),
    (
        "mp-termination",
        "Termination at the MRFP",
        termination.__name__,
        "TERMINATION_TRANSITIONS",
        termination.TerminationState.RESERVED,
    ),
    (
        "session",
        "Session of a UE with a conference",
        signalling.__name__,
        "CALL_TRANSITIONS",
        signalling.CallState.INVITING,
    ),
)
"""Name, title, module, table and first state of each."""


def _sources() -> Iterator[_Source]:
    """Yield every module of the reference implementation."""
    for path in sorted(_PACKAGE.rglob("*.py")):
        names = path.relative_to(_PACKAGE.parent).with_suffix("").parts
        relative = path.relative_to(_PACKAGE.parents[1]).as_posix()
        module = ".".join(names[:-1] if names[-1] == "__init__" else names)
        yield _Source(module=module, path=relative, tree=parse_module(path, relative))


def _machine(sources: list[_Source], name: str, title: str, module: str, table: str, first: Enum) -> Machine:
    """Return the machine of a table, whose keys are pairs of state and event."""
    found: _Table = getattr(importlib.import_module(module), table)
    states = type(first)
    events = type(next(iter(found))[1])
    makers = _makers(sources, events)
    source = next(source for source in sources if source.module == module)
    return Machine(
        name=name,
        title=title,
        about=inspect.cleandoc(states.__doc__ or "").partition("\n\n")[0],
        first=first.name,
        states=_members(states),
        events=_members(events),
        transitions=tuple(
            Transition(
                before=before.name,
                event=event.name,
                after=after.name,
                made_by=tuple(makers[event.name]),
            )
            for (before, event), after in found.items()
        ),
        kept_by=tuple(_keepers(sources, table, found)),
        module=module,
        table=table,
        location=_assigned(source, table),
    )


def _members(enumeration: type[Enum]) -> tuple[Member, ...]:
    """Return the members of an enumeration with what the code says of each, below it or in the docstring.

    Where it says nothing, a value in words that are not those of the name is what it means.
    """
    docstring = inspect.cleandoc(enumeration.__doc__ or "").partition("Attributes:\n")[2]
    said = {match["name"]: " ".join(match["text"].split()) for match in _MEANING.finditer(docstring)}
    (body,) = ast.parse(inspect.getsource(enumeration)).body
    assert isinstance(body, ast.ClassDef)
    for node, following in pairwise(body.body):
        if isinstance(node, ast.Assign) and isinstance(following, ast.Expr):
            said[ast.unparse(node.targets[0])] = inspect.cleandoc(str(ast.literal_eval(following.value)))
    members = []
    for member in enumeration:
        words = member.name.replace("_", " ").lower()
        own = member.value if isinstance(member.value, str) and member.value != words else ""
        members.append(Member(name=member.name, meaning=said.get(member.name, own)))
    return tuple(members)


def _makers(sources: list[_Source], enumeration: type[Enum]) -> dict[str, list[Definition]]:
    """Return, for each member of an enumeration, the functions that hand it on to another."""
    found: defaultdict[str, list[Definition]] = defaultdict(list)
    for source in sources:
        if not source.knows(enumeration.__name__, enumeration):
            continue
        for definition, function in source.functions():
            calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
            handed = {each for call in calls for argument in call.args for each in ast.walk(argument)}
            for member in enumeration:
                if any(_is_member(node, enumeration.__name__, member.name) for node in handed):
                    found[member.name].append(definition)
    return found


def _keepers(sources: list[_Source], name: str, table: _Table) -> Iterator[Definition]:
    """Yield the functions that look into a table."""
    for source in sources:
        if source.knows(name, table):
            for definition, function in source.functions():
                if any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(function)):
                    yield definition


def _is_member(node: ast.AST, enumeration: str, member: str) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == member
        and isinstance(node.value, ast.Name)
        and node.value.id == enumeration
    )


def _assigned(source: _Source, name: str) -> Location:
    """Return the lines that assign a name at the top of a module."""
    node = next(
        node
        for node in source.tree.body
        if (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name)
        or (isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name)
    )
    return Location(path=source.path, line=node.lineno, end_line=node.end_lineno or node.lineno)
