"""A state machine as SVG: its text can be selected, no program draws it, and each event leads to its row."""

from typing import Any

from markupsafe import Markup

from mpspec.site.layers import Edge, Layout, Point, layout

_STATE_HEIGHT = 40.0
_LINE = 24.0
"""Height of a line of words; as much as a finger needs."""

_TOP = 34.0
"""Room for the way into the first state."""

_MARGIN = 4.0
_ARROW = 9.0


def drawn_states(machine: dict[str, Any]) -> Markup:
    """Return the drawing of a machine, as `mpspec.site.states` describes it."""
    states, edges = machine["states"], machine["edges"]
    found = layout(
        {state["name"]: (max(110.0, _width(state["words"], 15) + 36), _STATE_HEIGHT) for state in states},
        [
            Edge(
                tail=edge["before"],
                head=edge["after"],
                width=max((_width(move["words"], 14) + 12 for move in edge["moves"]), default=0.0),
                height=_LINE * len(edge["moves"]),
            )
            for edge in edges
        ],
    )
    width, height = found.width + 2 * _MARGIN, found.height + _TOP + _MARGIN
    return Markup(
        '<svg class="graph states" role="group" aria-labelledby="states-title states-description" '
        'viewBox="{} {} {} {}" width="{}" height="{}">'
        '<title id="states-title">States of: {}</title>'
        '<desc id="states-description">{}</desc>{}{}{}</svg>'
    ).format(
        *map(_number, (-_MARGIN, -_TOP, width, height, width, height)),
        machine["title"],
        machine["description"],
        _lines(found, edges),
        Markup("").join(_state(state, found.nodes[state["name"]]) for state in states),
        Markup("").join(
            _words(edge["moves"], route.words) for edge, route in zip(edges, found.routes, strict=True)
        ),
    )


def _lines(found: Layout, edges: list[dict[str, Any]]) -> Markup:
    parts = []
    first_x, first_y = next(iter(found.nodes.values()))
    start = first_y - _STATE_HEIGHT / 2
    parts.append(
        Markup('<circle cx="{0}" cy="{1}" r="6"/><path d="M{0} {1}V{2}"/>').format(
            *map(_number, (first_x, start - 24, start))
        )
    )
    parts.append(_arrow(((first_x, start - 24), (first_x, start))))
    for route, edge in zip(found.routes, edges, strict=True):
        before, after = route.lines
        if not edge["moves"] and edge["before"] != edge["after"]:  # There are no words to leave room for.
            before, after = (), before + after
        parts += [Markup('<path d="{}"/>').format(_path(line)) for line in (before, after) if line]
        parts.append(_arrow(after))
    return Markup("").join(parts)


def _path(points: tuple[Point, ...]) -> str:
    """Return a line that is upright at each of its points."""
    (x, y), *others = points
    parts = [f"M{_number(x)} {_number(y)}"]
    for to_x, to_y in others:
        middle = (y + to_y) / 2
        if x == to_x:
            parts.append(f"V{_number(to_y)}")
        else:
            numbers = map(_number, (x, middle, to_x, middle, to_x, to_y))
            parts.append("C" + " ".join(numbers))
        x, y = to_x, to_y
    return "".join(parts)


def _arrow(line: tuple[Point, ...]) -> Markup:
    """Return the head of an arrow at the end of a line, which comes from above or from below."""
    x, y = line[-1]
    back = y - _ARROW if line[0][1] < y else y + _ARROW
    corners = ((x, y), (x - _ARROW / 2, back), (x + _ARROW / 2, back))
    points = " ".join(f"{_number(a)},{_number(b)}" for a, b in corners)
    return Markup('<polygon points="{}"/>').format(points)


def _state(state: dict[str, Any], centre: Point) -> Markup:
    x, y = centre
    width = max(110.0, _width(state["words"], 15) + 36)
    frames = [0.0, 4.0] if state["last"] else [0.0]
    boxes = Markup("").join(
        Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="{}"/>').format(
            *map(
                _number,
                (
                    x - width / 2 + inset,
                    y - _STATE_HEIGHT / 2 + inset,
                    width - 2 * inset,
                    _STATE_HEIGHT - 2 * inset,
                    10 - inset,
                ),
            )
        )
        for inset in frames
    )
    return Markup('<g>{}<text class="state" x="{}" y="{}">{}</text></g>').format(
        boxes, _number(x), _number(y + 5), state["words"]
    )


def _words(moves: list[dict[str, Any]], centre: Point) -> Markup:
    x, y = centre
    top = y - _LINE * len(moves) / 2
    parts = []
    for at, move in enumerate(moves):
        width = _width(move["words"], 14) + 8
        parts.append(
            Markup(
                '<a href="#{}"><title>{}</title><rect class="room" x="{}" y="{}" width="{}" height="{}"/>'
                '<text x="{}" y="{}">{}</text></a>'
            ).format(
                move["anchor"],
                f"{move['words']}: {move['meaning']}" if move["meaning"] else move["words"],
                *map(_number, (x - width / 2, top + _LINE * at, width, _LINE, x, top + _LINE * at + 17)),
                move["words"],
            )
        )
    return Markup("").join(parts)


def _width(text: str, size: float) -> float:
    """Return the width that a text takes in a font of a size, rather too much than too little."""
    return sum(0.35 if letter in "iljtf,.' -" else 0.62 for letter in text) * size


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
