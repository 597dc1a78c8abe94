"""The state machines of the reference implementation, read from its transition tables.

A table is taken as the program itself has it, and nothing of it is repeated here. What an event means, and
which definitions make it happen, is read from the source beside it.
"""

import ast
import importlib
import inspect
from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import mediasec
from mediasec.bfcp import floor_request
from mediasec.bfcp.registry import RequestStatus
from mediasec.endpoints import tls_layer
from mediasec.msrp import states as msrp_states
from mediasec.procedures import key_management, ticket_initiator, ticket_responder
from mpspec.model import Location
from mpspec.model.implementations import Function, definitions, location_of, parse_module

_ROOT = Path(mediasec.__file__).parents[2]
_Table = Mapping[Any, Any]


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
        return self.name.replace("_", " ").lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A function of the reference implementation.

    Attributes:
        name: Dotted name, such as `mediasec.msrp.session.Session.bind`.
        location: Where it stands.
    """

    name: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One entry of a table.

    Attributes:
        before: Name of the state before.
        event: Name of the event; empty where the table names none.
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
        events: Its events, in the order of the code; none where the table names none.
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

    @property
    def last(self) -> frozenset[str]:
        """Names of the states that nothing leaves."""
        left = {transition.before for transition in self.transitions}
        return frozenset(state.name for state in self.states if state.name not in left)


def machines() -> tuple[Machine, ...]:
    """Return every state machine.

    Raises:
        UnreadableSource: A module of the reference implementation cannot be read.
    """
    return (
        _machine(
            "bfcp-floor-request",
            "BFCP floor request",
            floor_request.__name__,
            "TRANSITIONS",
            RequestStatus.PENDING,
        ),
        _machine(
            "msrp-session",
            "MSRP session",
            msrp_states.__name__,
            "TRANSITIONS",
            msrp_states.State.UNBOUND,
        ),
        _machine(
            "mikey-ticket-initiator",
            "Initiator of MIKEY-TICKET",
            ticket_initiator.__name__,
            "INITIATOR_TRANSITIONS",
            ticket_initiator.InitiatorState.IDLE,
        ),
        _machine(
            "mikey-ticket-responder",
            "Responder of MIKEY-TICKET",
            ticket_responder.__name__,
            "RESPONDER_TRANSITIONS",
            ticket_responder.ResponderState.IDLE,
        ),
        _machine(
            "key-management-answer",
            "Answerer of an offer with MIKEY messages",
            key_management.__name__,
            "KEY_ANSWER_TRANSITIONS",
            key_management.KeyAnswerState.WAITING_FOR_OFFER,
        ),
        _machine(
            "tls-connection",
            "TLS connection",
            tls_layer.__name__,
            "TRANSITIONS",
            tls_layer.State.HANDSHAKING,
        ),
    )


def _machine(name: str, title: str, module: str, table: str, first: Enum) -> Machine:
    """Return the machine of a table, whose keys are pairs of state and event, or states alone."""
    entries = list(_entries(getattr(importlib.import_module(module), table)))
    states = type(first)
    events = next((type(event) for _, event, _ in entries if event is not None), None)
    sources = list(_sources(Path(importlib.import_module(module).__file__ or "").parent))
    makers = _makers(sources, events or states)
    path, tree, _ = next(source for source in sources if source[2] == module)
    return Machine(
        name=name,
        title=title,
        about=inspect.cleandoc(states.__doc__ or ""),
        first=first.name,
        states=_members(states),
        events=_members(events) if events else (),
        transitions=tuple(
            Transition(
                before=before.name,
                event=event.name if event else "",
                after=after.name,
                made_by=tuple(makers[(event or after).name]),
            )
            for before, event, after in entries
        ),
        kept_by=tuple(_keepers(sources, module, table)),
        module=module,
        table=table,
        location=_assigned(tree, table, path),
    )


def _entries(table: _Table) -> Iterator[tuple[Enum, Enum | None, Enum]]:
    for key, after in table.items():
        if isinstance(after, AbstractSet):
            yield from ((key, None, state) for state in type(key) if state in after)
        else:
            before, event = key
            yield before, event, after


def _members(enumeration: type[Enum]) -> tuple[Member, ...]:
    """Return the members of an enumeration with their docstrings, or their values where these say more."""
    (body,) = ast.parse(inspect.getsource(enumeration)).body
    assert isinstance(body, ast.ClassDef)
    said = {}
    for node, following in zip(body.body, body.body[1:], strict=False):
        if isinstance(node, ast.Assign) and isinstance(following, ast.Expr):
            said[ast.unparse(node.targets[0])] = inspect.cleandoc(str(ast.literal_eval(following.value)))
    members = []
    for member in enumeration:
        words = member.name.replace("_", " ").lower()
        own = member.value if isinstance(member.value, str) and member.value != words else ""
        members.append(Member(name=member.name, meaning=said.get(member.name, own)))
    return tuple(members)


def _sources(folder: Path) -> Iterator[tuple[str, ast.Module, str]]:
    """Yield path, tree and dotted name of each module of a package."""
    for path in sorted(folder.glob("*.py")):
        relative = path.relative_to(_ROOT)
        names = relative.with_suffix("").parts[1:]
        yield relative.as_posix(), parse_module(path, relative.as_posix()), ".".join(names)


def _makers(
    sources: list[tuple[str, ast.Module, str]], enumeration: type[Enum]
) -> dict[str, list[Definition]]:
    """Return, for each member of an enumeration, the functions that hand it on to another."""
    found: defaultdict[str, list[Definition]] = defaultdict(list)
    for path, tree, module in sources:
        if not _knows(tree, module, enumeration.__module__, enumeration.__name__):
            continue
        for name, function in _functions(tree):
            calls = (node for node in ast.walk(function) if isinstance(node, ast.Call))
            handed = {each for call in calls for argument in call.args for each in ast.walk(argument)}
            for member in enumeration:
                if any(_is_member(node, enumeration.__name__, member.name) for node in handed):
                    location = location_of(function, path)
                    found[member.name].append(Definition(name=f"{module}.{name}", location=location))
    return found


def _keepers(sources: list[tuple[str, ast.Module, str]], owner: str, table: str) -> Iterator[Definition]:
    """Yield the functions that look into a table."""
    for path, tree, module in sources:
        if not _knows(tree, module, owner, table):
            continue
        for name, function in _functions(tree):
            if any(isinstance(node, ast.Name) and node.id == table for node in ast.walk(function)):
                yield Definition(name=f"{module}.{name}", location=location_of(function, path))


def _functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    return ((name, found) for name, found in definitions(tree) if isinstance(found, Function))


def _knows(tree: ast.Module, module: str, owner: str, name: str) -> bool:
    """Return whether a module defines a name, or imports it from the module that does."""
    return module == owner or any(
        isinstance(node, ast.ImportFrom)
        and node.module == owner
        and any(alias.name == name for alias in node.names)
        for node in tree.body
    )


def _is_member(node: ast.AST, enumeration: str, member: str) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == member
        and isinstance(node.value, ast.Name)
        and node.value.id == enumeration
    )


def _assigned(tree: ast.Module, name: str, path: str) -> Location:
    """Return the lines that assign a name at the top of a module."""
    node = next(
        node
        for node in tree.body
        if (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name)
        or (isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name)
    )
    return Location(path=path, line=node.lineno, end_line=node.end_lineno or node.lineno)
