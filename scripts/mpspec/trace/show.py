"""All of one requirement, as an object for machines and as lines for a terminal."""

import textwrap
from collections.abc import Iterator
from typing import Any

from mpspec.model import Case, Rule, Statement
from mpspec.trace import Trace

_WIDTH = 80


def described(trace: Trace, identity: str) -> dict[str, Any]:
    """Return all that the trace knows of one requirement, ready for JSON; an unknown ID is a KeyError."""
    model = trace.model
    requirement = model.requirements[identity]
    standing = trace.standing(identity)
    found: dict[str, Any] = {
        "id": identity,
        "title": requirement.title,
        "text": requirement.text,
        "sources": [str(source) for source in requirement.sources],
        "strength": requirement.strength,
        "binds": list(requirement.binds),
        "verification": requirement.verification,
        "status": standing.status,
        "reason": standing.reason,
        "path": requirement.location.path,
        "line": requirement.location.line,
    }
    if isinstance(requirement, Statement):
        found |= {
            "kind": requirement.kind,
            "moves_to": list(requirement.moves_to),
            "confidence": requirement.confidence,
        }
    else:
        found |= {
            "refines": list(requirement.refines),
            "certainty": requirement.certainty,
            "missing": requirement.missing,
            "decision": requirement.decision,
        }
    found["rules"] = [
        {"id": rule.id, "title": rule.title, "status": trace.standing(rule.id).status}
        for rule in model.refined_by.get(identity, ())
    ]
    found["code"] = [
        {
            "name": code.name,
            "summary": code.summary,
            "path": code.location.path,
            "line": code.location.line,
            "end_line": code.location.end_line,
        }
        for code in model.implemented_by.get(identity, ())
    ]
    found["tests"] = [_test(trace, case) for case in model.verified_by.get(identity, ())]
    return found


def _test(trace: Trace, case: Case) -> dict[str, Any]:
    results = trace.evidence.by_case.get(case.node, ()) if trace.evidence else ()
    return {
        "node": case.node,
        "summary": case.summary,
        "path": case.location.path,
        "line": case.location.line,
        "results": [
            {
                "node": result.node,
                "outcome": result.outcome,
                "seconds": result.seconds,
                "reason": result.reason,
            }
            for result in results
        ],
    }


def lines(trace: Trace, identity: str) -> Iterator[str]:
    """Yield the same as plain lines of at most 80 columns; an unknown ID is a KeyError."""
    found = described(trace, identity)
    requirement = trace.model.requirements[identity]
    yield f"{identity}  {found['status']}  {found['strength']}"
    yield from _wrapped(found["title"])
    yield ""
    yield from _wrapped(found["text"], "  ")
    yield ""
    yield from _wrapped(f"Status: {found['status']}. {found['reason']}")
    yield from _wrapped(f"Source: {'; '.join(found['sources'])} ({found['path']}:{found['line']})")
    yield from _wrapped(f"Binds: {', '.join(found['binds'])}")
    if isinstance(requirement, Statement) and requirement.moves_to:
        target = ", ".join(requirement.moves_to)
        yield from _wrapped(f"Moves to: TS 23.333 {target} ({requirement.confidence})")
    if isinstance(requirement, Rule):
        yield from _wrapped(f"Refines: {', '.join(requirement.refines)}")
        if requirement.missing:
            yield from _wrapped(f"Unverified: {requirement.missing}")
    yield from _listed(
        "Rules", [f"{rule['id']}  {rule['status']}  {rule['title']}" for rule in found["rules"]]
    )
    yield from _listed(
        "Code",
        [f"{code['name']}  {code['path']}:{code['line']}-{code['end_line']}" for code in found["code"]],
    )
    tests = [f"{_outcomes(test)}  {test['summary']}  {test['node']}" for test in found["tests"]]
    yield from _listed("Tests", tests)


def _outcomes(test: dict[str, Any]) -> str:
    outcomes = [result["outcome"] for result in test["results"]]
    if not outcomes:
        return "not run"
    return ", ".join(f"{outcomes.count(each)} {each}" for each in sorted(set(outcomes)))


def _listed(head: str, entries: list[str]) -> Iterator[str]:
    if entries:
        yield ""
        yield f"{head} ({len(entries)})"
        for entry in entries:
            yield from _wrapped(entry, "    ", first="  ")


def _wrapped(text: str, indent: str = "", first: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
