"""A small graph of a requirement's neighbours as SVG: its text can be selected, no program draws it."""

from collections import Counter
from typing import Any

from markupsafe import Markup, escape

from mpspec.model import Requirement, Rule, Statement
from mpspec.site import addresses
from mpspec.site.corpus import Corpus

_MOST = 6
"""Nodes of one kind that are drawn; the rest is counted."""

_WIDTH, _HEIGHT, _GAP, _BETWEEN = 250, 40, 8, 70
_CHARACTERS = 32
_HEAD = 26

Node = dict[str, str]
Group = dict[str, Any]


def neighbours(corpus: Corpus, requirement: Requirement) -> dict[str, Any]:
    """Return the neighbours of a requirement: left what it refines, right what speaks for it."""
    model = corpus.model
    rules = [_requirement(corpus, rule.id) for rule in model.refined_by.get(requirement.id, ())]
    code = [
        {
            "label": ".".join(found.name.split(".")[-2:]),
            "note": found.location.path.removeprefix("impl/mediasec/"),
            "target": addresses.source(found.location.path, found.location.line),
        }
        for found in model.implemented_by.get(requirement.id, ())
    ]
    places = {
        case.location.path: case.location.line for case in reversed(model.verified_by.get(requirement.id, ()))
    }
    counts = Counter(case.location.path for case in model.verified_by.get(requirement.id, ()))
    tests = [
        {
            "label": path.rpartition("/")[2].removesuffix(".py"),
            "note": f"{path.split('/')[-2]} · {counts[path]} {'test' if counts[path] == 1 else 'tests'}",
            "target": addresses.source(path, line),
        }
        for path, line in sorted(places.items())
    ]
    left = [
        _requirement(corpus, identity)
        for identity in (requirement.refines if isinstance(requirement, Rule) else ())
        if identity in model.requirements
    ]
    moves = (
        [{"label": f"TS 23.333, {clause}", "note": "", "target": "#moves"} for clause in requirement.moves_to]
        if isinstance(requirement, Statement)
        else []
    )
    return {
        "id": requirement.id,
        "left": _groups(("Refines", left)),
        "middle": _requirement(corpus, requirement.id),
        "right": _groups(("Rules", rules), ("Code", code), ("Tests", tests), ("Moves to", moves)),
    }


def _requirement(corpus: Corpus, identity: str) -> Node:
    return {
        "label": identity,
        "note": str(corpus.trace.standing(identity).status),
        "target": addresses.requirement(identity),
    }


def _groups(*groups: tuple[str, list[Node]]) -> list[Group]:
    return [
        {"title": title, "nodes": nodes[:_MOST], "more": max(0, len(nodes) - _MOST)}
        for title, nodes in groups
        if nodes
    ]


def drawn(graph: dict[str, Any], page: str) -> Markup:
    """Return the graph as SVG for a page; nothing where a requirement has no neighbours."""
    if not graph["left"] and not graph["right"]:
        return Markup("")
    height = max(_height(graph["left"]), _height(graph["right"]), _HEIGHT)
    at_middle = _WIDTH + _BETWEEN if graph["left"] else 0
    at_right = at_middle + _WIDTH + _BETWEEN
    width = at_right + _WIDTH if graph["right"] else at_middle + _WIDTH
    middle = height / 2
    lines: list[str] = []
    boxes: list[str] = []
    for groups, x, from_x, to_x in (
        (graph["left"], 0, _WIDTH, at_middle),
        (graph["right"], at_right, at_right, at_middle + _WIDTH),
    ):
        for centre, drawing in _column(groups, x, (height - _height(groups)) / 2, page):
            if centre is not None:
                lines.insert(0, _line(from_x, centre, to_x, middle))
            boxes.append(drawing)
    boxes.append(_node(graph["middle"], at_middle, middle - _HEIGHT / 2, page, "self"))
    return Markup(  # noqa: S704 - each text in it is escaped where it is put in
        '<svg class="graph" role="group" aria-labelledby="graph-title graph-description" '
        f'viewBox="-1 -1 {width + 2} {_number(height + 2)}" '
        f'width="{width + 2}" height="{_number(height + 2)}">'
        f'<title id="graph-title">Neighbours of {escape(graph["id"])}</title>'
        f'<desc id="graph-description">{escape(_description(graph))}</desc>'
        f"{''.join(lines)}{''.join(boxes)}</svg>"
    )


def _height(groups: list[Group]) -> float:
    heights = [
        _HEAD + (len(group["nodes"]) + bool(group["more"])) * (_HEIGHT + _GAP) - _GAP for group in groups
    ]
    return sum(heights) + max(0, len(heights) - 1) * 2 * _GAP


def _column(groups: list[Group], x: int, y: float, page: str) -> list[tuple[float | None, str]]:
    found: list[tuple[float | None, str]] = []
    for group in groups:
        head = f'<text class="head" x="{x}" y="{_number(y + 16)}">{escape(group["title"])}</text>'
        found.append((None, head))
        y += _HEAD
        for node in group["nodes"]:
            found.append((y + _HEIGHT / 2, _node(node, x, y, page)))
            y += _HEIGHT + _GAP
        if group["more"]:
            more = f"and {group['more']} more, listed above"
            found.append((None, f'<text class="note" x="{x + 10}" y="{_number(y + 24)}">{more}</text>'))
            y += _HEIGHT + _GAP
        y += _GAP
    return found


def _node(node: Node, x: int, y: float, page: str, kind: str = "") -> str:
    label = node["label"] if len(node["label"]) <= _CHARACTERS else node["label"][: _CHARACTERS - 1] + "…"
    title = f"{node['label']}, {node['note']}" if node["note"] else node["label"]
    inner = (
        f"<title>{escape(title)}</title>"
        f'<rect x="{x}" y="{_number(y)}" width="{_WIDTH}" height="{_HEIGHT}" rx="3"/>'
        f'<text x="{x + 10}" y="{_number(y + (17 if node["note"] else 25))}">{escape(label)}</text>'
        f'<text class="note" x="{x + 10}" y="{_number(y + 33)}">{escape(node["note"])}</text>'
    )
    if kind:
        return f'<g class="{kind}">{inner}</g>'
    return f'<a href="{escape(addresses.relative(page, node["target"]))}">{inner}</a>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    bend = (x1 + x2) / 2
    numbers = [_number(value) for value in (x1, y1, bend, y1, bend, y2, x2, y2)]
    return '<path d="M{} {}C{} {} {} {} {} {}"/>'.format(*numbers)


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _description(graph: dict[str, Any]) -> str:
    parts = [
        f"{group['title']}: {', '.join(node['label'] for node in group['nodes'])}"
        + (f" and {group['more']} more" if group["more"] else "")
        for group in [*graph["left"], *graph["right"]]
    ]
    return ". ".join(parts) + "."
