"""The pages of the state machines: the drawing, and the same as a table with rules and code."""

from collections.abc import Iterable, Iterator
from typing import Any

from mpspec.flows.machines import Definition, Machine, Member
from mpspec.site import addresses
from mpspec.site.corpus import Corpus
from mpspec.site.pages import Page


def states(corpus: Corpus) -> Iterator[Page]:
    """Yield the list of state machines, and a page for each."""
    yield Page(
        path=addresses.STATES,
        title="State diagrams",
        template="states_index.html",
        data={
            "machines": [
                {
                    "path": addresses.states(machine.name),
                    "title": machine.title,
                    "about": machine.about,
                    "states": len(machine.states),
                    "transitions": len(machine.transitions),
                }
                for machine in corpus.machines
            ]
        },
    )
    for machine in corpus.machines:
        yield Page(
            path=addresses.states(machine.name),
            title=f"States: {machine.title}",
            template="states.html",
            data={"machine": _data(corpus, machine)},
        )


def _data(corpus: Corpus, machine: Machine) -> dict[str, Any]:
    words = {state.name: _state(state) for state in machine.states}
    events = {event.name: event for event in machine.events}
    pairs = dict.fromkeys((each.before, each.after) for each in machine.transitions)
    rows = [
        {
            "anchor": f"move-{number}",
            "before": words[each.before],
            "event": events[each.event].words if each.event else "",
            "meaning": events[each.event].meaning if each.event else "",
            "after": words[each.after],
            "requirements": _requirements(corpus, each.made_by),
            "code": [_code(definition) for definition in each.made_by],
        }
        for number, each in enumerate(
            sorted(machine.transitions, key=lambda each: list(pairs).index((each.before, each.after))), 1
        )
    ]
    return {
        "title": machine.title,
        "about": machine.about,
        "table": f"{machine.module}.{machine.table}",
        "path": machine.location.path,
        "line": machine.location.line,
        "end_line": machine.location.end_line,
        "first": words[machine.first],
        "last": [words[state.name] for state in machine.states if state.name in machine.last],
        "states": [
            {
                "name": state.name,
                "words": words[state.name],
                "meaning": state.meaning,
                "last": state.name in machine.last,
            }
            for state in sorted(machine.states, key=lambda state: state.name != machine.first)
        ],
        "edges": [
            {
                "before": before,
                "after": after,
                "moves": [
                    {"anchor": row["anchor"], "words": row["event"], "meaning": row["meaning"]}
                    for row in rows
                    if (row["before"], row["after"]) == (words[before], words[after]) and row["event"]
                ],
            }
            for before, after in pairs
        ],
        "rows": rows,
        "requirements": _requirements(corpus, machine.kept_by),
        "description": _description(machine, words),
    }


def _state(state: Member) -> str:
    return state.words[:1].upper() + state.words[1:]


def _requirements(corpus: Corpus, definitions: Iterable[Definition]) -> list[str]:
    found = (identity for each in definitions for identity in corpus.claims.get(each.name, ()))
    return [identity for identity in dict.fromkeys(found) if identity in corpus.model.requirements]


def _code(definition: Definition) -> dict[str, Any]:
    return {
        "name": ".".join(part for part in definition.name.split(".")[-2:] if part),
        "path": definition.location.path,
        "line": definition.location.line,
    }


def _description(machine: Machine, words: dict[str, str]) -> str:
    """Return the drawing in words."""
    said = [f"It begins as {words[machine.first]}."]
    for state in machine.states:
        ways = dict.fromkeys(each.after for each in machine.transitions if each.before == state.name)
        if ways:
            said.append(f"From {words[state.name]} to {', '.join(words[after] for after in ways)}.")
    return " ".join(said)
