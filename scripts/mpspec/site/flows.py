"""The pages of the recorded flows: diagram, messages, how it ended, and files to take along."""

import hashlib
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from mpspec.site import addresses
from mpspec.site.corpus import Corpus
from mpspec.site.pages import File, Page
from mpspec.site.recordings import CAPTURE, DIAGRAM, KEYS, MESSAGES, PORTS, Recorded

_MOST = 108_000
"""Characters of a flow's page; where its messages would take more, the longest have pages of their own."""

_ARROW, _REFERENCE, _FIELD = 400, 60, 130
"""Characters that a message, a requirement and a field take beside their own words."""

_READ = "read"
"""How well the place of a message is known that needs no word."""

_SHOWN_OCTETS = 32
_CALM = "Conferences and their media"
_FAULTY = "What goes wrong"


def flows(corpus: Corpus) -> Iterator[Page]:
    """Yield the list of flows, and the pages of each."""
    recorded = corpus.flows
    kinds: dict[str, list[dict[str, Any]]] = {_CALM: [], _FAULTY: []}
    for each in recorded:
        flow, messages = each.content["flow"], each.content["messages"]
        kinds[_FAULTY if _goes_wrong(each.content) else _CALM].append(
            {
                "path": addresses.flow(each.name),
                "title": flow["title"],
                "summary": flow["summary"],
                "clauses": flow["clauses"],
                "arrows": len(messages),
            }
        )
    yield Page(
        path=addresses.FLOWS,
        title="Call flows",
        template="flows.html",
        data={
            "kinds": {kind: listed for kind, listed in kinds.items() if listed},
            "faults": corpus.running.faults,
        },
    )
    for each in recorded:
        yield from _pages(corpus, each)


def flow_files(corpus: Corpus) -> Iterator[File]:
    """Yield the files of each recording."""
    for recorded in corpus.flows:
        for path in recorded.files:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            place = addresses.flow_file(recorded.name, path.name)
            yield File(path=place, shows=digest, make=path.read_bytes)


def shown_by(corpus: Corpus, identity: str) -> list[dict[str, Any]]:
    """Return the flows that show a requirement or else a rule that refines it, each with its arrows."""
    below = [rule.id for rule in corpus.model.below(identity)]
    shown = []
    for recorded in corpus.flows:
        own = recorded.shows.get(identity, [])
        by_rules = {number for rule in below for number in recorded.shows.get(rule, ())}
        if own or by_rules:
            shown.append(
                {
                    "name": recorded.name,
                    "path": addresses.flow(recorded.name),
                    "title": recorded.title,
                    "arrows": own or sorted(by_rules),
                    "by_rules": not own,
                }
            )
    return shown


def _goes_wrong(found: dict[str, Any]) -> bool:
    return bool(found["end"]["findings"]) or any(arrow["failed"] for arrow in found["messages"])


def _pages(corpus: Corpus, recorded: Recorded) -> Iterator[Page]:
    found, flow = recorded.content, recorded.content["flow"]
    arrows = [_arrow(corpus, arrow) for arrow in found["messages"]]
    apart = _apart(recorded, arrows)
    for before, arrow, after in zip([None, *apart], apart, [*apart[1:], None], strict=False):
        yield _message(recorded, arrow, before, after)
    numbers = [arrow["number"] for arrow in apart]
    yield Page(
        path=addresses.flow(recorded.name),
        title=f"Call flow: {recorded.title}",
        template="flow.html",
        data={
            "flow": {
                "name": recorded.name,
                "title": recorded.title,
                "summary": flow["summary"],
                "sources": [_source(clause) for clause in flow["clauses"]],
                "participants": flow["participants"],
            },
            "diagram": Markup(recorded.diagram),  # noqa: S704 - the drawing escapes what stands in it
            "arrows": [
                arrow | ({"fields": [], "apart": True} if arrow["number"] in numbers else {"apart": False})
                for arrow in arrows
            ],
            "end": _end(corpus, found),
            "files": [
                {
                    "name": path.name,
                    "path": addresses.flow_file(recorded.name, path.name),
                    "what": _WHAT.get(path.name, ""),
                    "octets": path.stat().st_size,
                }
                for path in recorded.files
            ],
            "command": found["opens"],
            "ports": found["ports"],
        },
    )


_WHAT = {
    CAPTURE: "every segment, for Wireshark",
    KEYS: "secrets of the TLS connections in the capture",
    MESSAGES: "every message, as octets and field by field",
    DIAGRAM: "the diagram above",
    PORTS: "tells Wireshark what each port carries",
}


def _apart(recorded: Recorded, arrows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the messages that are too long for the page of their flow."""
    room = _MOST - len(recorded.diagram)
    room -= sum(_ARROW + _REFERENCE * len(arrow["shows"]) for arrow in arrows)
    apart = []
    for arrow in sorted(arrows, key=_length):
        room -= _length(arrow)
        if arrow["fields"] and room < 0:
            apart.append(arrow)
    return sorted(apart, key=lambda arrow: int(arrow["number"]))


def _length(arrow: dict[str, Any]) -> int:
    """Return how many characters the fields of a message take."""
    return sum(_FIELD + len(row["name"]) + len(row["value"]) for row in arrow["fields"])


def _message(
    recorded: Recorded, arrow: dict[str, Any], before: dict[str, Any] | None, after: dict[str, Any] | None
) -> Page:
    return Page(
        path=addresses.flow_message(recorded.name, arrow["number"]),
        title=f"Message {arrow['number']} of call flow: {recorded.title}",
        template="flow_message.html",
        data={
            "flow": {"name": recorded.name, "title": recorded.title},
            "arrow": arrow,
            "previous": before["number"] if before else 0,
            "following": after["number"] if after else 0,
        },
    )


def _source(clause: str) -> dict[str, str]:
    document, _, place = clause.partition(", ")
    return {"document": document, "clause": place}


def _arrow(corpus: Corpus, arrow: dict[str, Any]) -> dict[str, Any]:
    certainty = arrow["certainty"]
    return {
        "number": arrow["number"],
        "step": arrow["step"],
        "certainty": "" if certainty in {None, _READ} else certainty,
        "sender": arrow["from"],
        "receiver": arrow["to"],
        "medium": arrow["medium"],
        "name": arrow["name"],
        "failed": arrow["failed"],
        "shows": [identity for identity in arrow["shows"] if identity in corpus.model.requirements],
        "octets": len(arrow["octets"]) // 2,
        "fields": [row for part in arrow["decoded"] for row in _fields(part)],
    }


def _fields(part: dict[str, Any], level: int = 0, section: str = "") -> Iterator[dict[str, Any]]:
    """Yield a part of a message and those in it, one row each; a section stands where it changes."""
    own = part.get("section", "")
    yield {
        "offset": part["offset"],
        "level": min(level, 6),
        "name": part["name"],
        "value": _value(part),
        "section": _source(own) if own and own != section else None,
    }
    for inner in part.get("parts", ()):
        yield from _fields(inner, level + 1, own or section)


def _value(part: dict[str, Any]) -> str:
    if part.get("hidden"):
        return f"hidden ({part['length']} octets)"
    octets = part.get("octets", "")
    if part.get("value") or not octets:
        return str(part.get("value", ""))
    if len(octets) <= 2 * _SHOWN_OCTETS:
        return str(octets)
    return f"{octets[: 2 * _SHOWN_OCTETS]}… ({part['length']} octets)"


def _end(corpus: Corpus, found: dict[str, Any]) -> dict[str, Any]:
    end = found["end"]
    return {
        "sentence": end["sentence"],
        "states": end["states"],
        "findings": [
            each | {"known": each["requirement"] in corpus.model.requirements} for each in end["findings"]
        ],
        "problems": end["problems"],
    }
