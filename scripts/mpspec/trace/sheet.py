"""The review sheet: what a change does to the requirements, their links and their standing."""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from mpspec.model import Model, Requirement, Rule, Statement
from mpspec.trace.standing import Standing
from mpspec.trace.words import Run, word_diff


class Kind(StrEnum):
    """What happened to a requirement; in the order of a sheet."""

    STRENGTH = "strength changed"
    REMOVED = "removed"
    REPLACED = "ID used for another requirement"
    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    STATUS = "status changed"
    LINKS = "links changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What happened to one requirement.

    Attributes:
        kind: The weightiest thing that happened.
        id: Its ID.
        clause: Its source, as citations.
        title: Its title.
        text: Its text, word by word, from before to after.
        fields: Other fields that changed: name, before, after.
        gained: Links that it has now and had not, each as `code NAME`, `test NODE` or `rule ID`.
        lost: Links that it had and has no more.
        touched: Change requests that carry it.
        flows: Names of the flows that show it.
    """

    kind: Kind
    id: str
    clause: str
    title: str
    text: tuple[Run, ...]
    fields: tuple[tuple[str, str, str], ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    touched: tuple[str, ...]
    flows: tuple[str, ...]


_SAME = 0.3
"""Share of equal words from which a text under a new title is still that of the same requirement."""

Flows = Mapping[str, Collection[str]]
"""Names of the flows that show a requirement, by its ID."""
_NO_FLOWS: Flows = MappingProxyType({})


def sheet(
    before: Model,
    after: Model,
    standings_before: Mapping[str, Standing],
    standings_after: Mapping[str, Standing],
    flows: Flows = _NO_FLOWS,
) -> list[Entry]:
    """Compare two states of the project; the weightiest changes first, each kind sorted by clause.

    Args:
        before: The earlier state.
        after: The later state.
        standings_before: Standings of the earlier state; empty where they are not known.
        standings_after: Standings of the later state; empty where they are not known.
        flows: Which flows show a requirement.
    """
    carrying = carried_by(after.root)
    entries = []
    for identity in dict.fromkeys([*after.requirements, *before.requirements]):
        old, new = before.requirements.get(identity), after.requirements.get(identity)
        fields = tuple(_fields(old, new, standings_before.get(identity), standings_after.get(identity)))
        was, now = set(_links(before, identity)), set(_links(after, identity))
        shown = new or old
        assert shown is not None
        kind = _kind(old, new, {name for name, _, _ in fields}, was != now)
        if kind is not None:
            entries.append(
                Entry(
                    kind=kind,
                    id=identity,
                    clause="; ".join(map(str, shown.sources)),
                    title=shown.title,
                    text=tuple(word_diff(old.text if old else "", new.text if new else "")),
                    fields=fields,
                    gained=tuple(sorted(now - was)) if old else (),
                    lost=tuple(sorted(was - now)) if new else (),
                    touched=tuple(sorted(carrying.get(identity, ()))),
                    flows=tuple(sorted(flows.get(identity, ()))),
                )
            )
    order = list(Kind)
    return sorted(entries, key=lambda entry: (order.index(entry.kind), entry.clause, entry.id))


def carried_by(root: Path) -> dict[str, set[str]]:
    """Return the files of `reqs/change_requests` that name a requirement, by its ID."""
    found: dict[str, set[str]] = {}
    for path in sorted((root / "reqs/change_requests").glob("*.toml")):
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue  # The change request's own lint names it; here it carries nothing.
        for text in _strings(data):
            found.setdefault(text, set()).add(path.name)
    return found


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _kind(old: Requirement | None, new: Requirement | None, fields: set[str], links: bool) -> Kind | None:
    if old is None:
        return Kind.ADDED
    if new is None:
        return Kind.REMOVED
    if "title" in fields and _likeness(old.text, new.text) < _SAME:
        return Kind.REPLACED
    if "strength" in fields:
        return Kind.STRENGTH
    if old.text != new.text or fields & {"kind", "binds", "verification", "certainty"}:
        return Kind.CHANGED
    if fields & {"source", "page", "refines", "moves to"}:
        return Kind.MOVED
    if "status" in fields:
        return Kind.STATUS
    return Kind.LINKS if links or "title" in fields else None


def _likeness(old: str, new: str) -> float:
    return SequenceMatcher(a=old.split(), b=new.split(), autojunk=False).ratio()


def _fields(
    old: Requirement | None, new: Requirement | None, was: Standing | None, now: Standing | None
) -> Iterator[tuple[str, str, str]]:
    if old is None or new is None:
        return
    for (name, before), (_, after) in zip(_shown(old), _shown(new), strict=False):
        if before != after:
            yield name, before, after
    if was is not None and now is not None and was.status is not now.status:
        yield "status", was.status, now.status


def _shown(requirement: Requirement) -> Iterable[tuple[str, str]]:
    fields = [
        ("strength", requirement.strength),
        ("title", requirement.title),
        ("source", "; ".join(map(str, requirement.sources))),
        ("page", requirement.location.path),
        ("binds", ", ".join(requirement.binds)),
        ("verification", requirement.verification),
    ]
    if isinstance(requirement, Statement):
        return [*fields, ("kind", requirement.kind), ("moves to", ", ".join(requirement.moves_to))]
    return [*fields, ("certainty", requirement.certainty), ("refines", ", ".join(requirement.refines))]


def _links(model: Model, identity: str) -> Iterator[str]:
    for code in model.implemented_by.get(identity, ()):
        yield f"code {code.name}"
    for case in model.verified_by.get(identity, ()):
        yield f"test {case.node}"
    for rule in model.refined_by.get(identity, ()):
        yield f"rule {rule.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What a change of one thing would touch.

    Attributes:
        requirements: IDs, in reading order.
        code: Names of implementing definitions.
        tests: Names of tests.
        change_requests: Files of `reqs/change_requests`.
        flows: Names of flows.
    """

    requirements: tuple[str, ...]
    code: tuple[str, ...]
    tests: tuple[str, ...]
    change_requests: tuple[str, ...]
    flows: tuple[str, ...]


def impact(model: Model, subject: str, flows: Flows = _NO_FLOWS) -> Impact | None:
    """Return what a change of a requirement or of a file would touch, or None where there is no such thing.

    A requirement touches all that refines it; a file touches the requirements that stand in it, that its code
    claims or that its tests verify, and what they refine.
    """
    if subject in model.requirements:
        found = _below(model, {subject})
    else:
        path = _within(model.root, subject)
        found = {identity for identity, each in model.requirements.items() if each.location.path == path}
        found |= {
            identity
            for code in model.implementations
            if code.location.path == path
            for identity in code.requirements
        }
        found |= {
            identity for case in model.cases if case.location.path == path for identity in case.requirements
        }
        if not found and not (path and (model.root / path).is_file()):
            return None
        found = _above(model, found)
    carrying = carried_by(model.root)
    return Impact(
        requirements=tuple(identity for identity in model.requirements if identity in found),
        code=tuple(code.name for code in model.implementations if found & set(code.requirements)),
        tests=tuple(case.node for case in model.cases if found & set(case.requirements)),
        change_requests=tuple(sorted({name for identity in found for name in carrying.get(identity, ())})),
        flows=tuple(sorted({name for identity in found for name in flows.get(identity, ())})),
    )


def _within(root: Path, subject: str) -> str:
    """Return a file as the model names it; empty where it lies outside of the project."""
    top = root.resolve()
    file = (top / subject).resolve()
    return file.relative_to(top).as_posix() if file.is_relative_to(top) else ""


def _below(model: Model, found: set[str]) -> set[str]:
    waiting = list(found)
    while waiting:
        for rule in model.refined_by.get(waiting.pop(), ()):
            if rule.id not in found:
                found = found | {rule.id}
                waiting.append(rule.id)
    return found


def _above(model: Model, found: set[str]) -> set[str]:
    waiting = list(found)
    while waiting:
        requirement = model.requirements.get(waiting.pop())
        for identity in requirement.refines if isinstance(requirement, Rule) else ():
            if identity not in found:
                found = found | {identity}
                waiting.append(identity)
    return found
