"""The pages of the state machines: the drawing, and the same as a table with rules and code."""

from collections.abc import Iterable, Iterator
from typing import Any

from mpspec.site import addresses
from mpspec.site.corpus import Corpus
from mpspec.site.pages import Page

_Json = dict[str, Any]


def states(corpus: Corpus) -> Iterator[Page]:
    """Yield the list of state machines, and a page for each."""
    found = corpus.running.machines
    yield Page(
        path=addresses.STATES,
        title="State diagrams",
        template="states_index.html",
        data={
            "machines": [
                {
                    "path": addresses.states(machine["name"]),
                    "title": machine["title"],
                    "about": machine["about"],
                    "states": len(machine["states"]),
                    "transitions": len(machine["transitions"]),
                }
                for machine in found
            ],
            "faults": [] if found else corpus.running.faults,
        },
    )
    for machine in found:
        yield Page(
            path=addresses.states(machine["name"]),
            title=f"States: {machine['title']}",
            template="states.html",
            data={"machine": _data(corpus, machine)},
        )


def _data(corpus: Corpus, machine: _Json) -> _Json:
    words = {state["name"]: _capital(state["words"]) for state in machine["states"]}
    events = {event["name"]: event for event in machine["events"]}
    pairs = list(dict.fromkeys((each["before"], each["after"]) for each in machine["transitions"]))
    ordered = sorted(machine["transitions"], key=lambda each: pairs.index((each["before"], each["after"])))
    rows = [
        {
            "anchor": f"move-{number}",
            "pair": (each["before"], each["after"]),
            "before": words[each["before"]],
            "event": events[each["event"]]["words"],
            "meaning": events[each["event"]]["meaning"],
            "after": words[each["after"]],
            "requirements": _requirements(corpus, each["made_by"]),
            "code": [maker | {"name": ".".join(maker["name"].split(".")[-2:])} for maker in each["made_by"]],
        }
        for number, each in enumerate(ordered, 1)
    ]
    return {
        "title": machine["title"],
        "about": machine["about"],
        "table": machine["table"],
        "path": machine["path"],
        "line": machine["line"],
        "first": words[machine["first"]],
        "last": [words[state] for state in words if state in machine["last"]],
        "states": [
            {
                "name": state["name"],
                "words": words[state["name"]],
                "meaning": state["meaning"],
                "last": state["name"] in machine["last"],
            }
            for state in sorted(machine["states"], key=lambda state: state["name"] != machine["first"])
        ],
        "edges": [
            {
                "before": pair[0],
                "after": pair[1],
                "moves": [
                    {"anchor": row["anchor"], "words": row["event"], "meaning": row["meaning"]}
                    for row in rows
                    if row["pair"] == pair
                ],
            }
            for pair in pairs
        ],
        "rows": rows,
        "requirements": _requirements(corpus, machine["kept_by"]),
        "description": _description(machine, words),
    }


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _requirements(corpus: Corpus, definitions: Iterable[_Json]) -> list[str]:
    found = (identity for each in definitions for identity in corpus.claims.get(each["name"], ()))
    return [identity for identity in dict.fromkeys(found) if identity in corpus.model.requirements]


def _description(machine: _Json, words: dict[str, str]) -> str:
    """Return the drawing in words."""
    said = [f"It begins as {words[machine['first']]}."]
    for state in words:
        ways = dict.fromkeys(each["after"] for each in machine["transitions"] if each["before"] == state)
        if ways:
            said.append(f"From {words[state]} to {', '.join(words[after] for after in ways)}.")
    return " ".join(said)
