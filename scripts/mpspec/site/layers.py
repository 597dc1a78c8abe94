"""A layout for small directed graphs: nodes in layers from the top, and room for the words on each edge.

The words on an edge have a place in a layer like a node, so that nothing that is drawn lies on something
else; edges bend between the layers only. The same graph is always laid out in the same way.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_SWEEPS = 24
_PASSING = 14.0
"""Width that is kept for an edge that passes a layer."""

_BETWEEN = 20.0
"""Least distance of two things in a layer."""

_BEND = 34.0
"""Height between two layers, in which edges bend."""

_PULL = 8.0
"""How much more an edge that passes holds its line than a node its middle."""

_PORT = 34.0
"""Greatest distance of two edges where they meet a node."""

Point = tuple[float, float]
_Line = tuple[Point, ...]
_Band = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """An edge to lay out.

    Attributes:
        tail: Node that it leaves.
        head: Node that it leads to; the same for a loop.
        width: Width of the words on it.
        height: Height of the words on it.
    """

    tail: str
    head: str
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where an edge runs.

    Attributes:
        words: Centre of the words on it.
        lines: Two lines, to the words and from them, each through points at which it is upright.
    """

    words: Point
    lines: tuple[tuple[Point, ...], tuple[Point, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where everything lies, from the top left corner.

    Attributes:
        nodes: Centre of each node.
        routes: Route of each edge, in their order.
        width: Width of all.
        height: Height of all.
    """

    nodes: dict[str, Point]
    routes: tuple[Route, ...]
    width: float
    height: float


@dataclass(slots=True, eq=False)
class _Slot:
    """A place in a layer: of a node, of the words on an edge, or of an edge that passes."""

    layer: int
    width: float
    height: float
    x: float = 0.0
    above: list["_Slot"] = field(default_factory=list)
    below: list["_Slot"] = field(default_factory=list)

    @property
    def beside(self) -> list["_Slot"]:
        return self.above + self.below

    @property
    def passes(self) -> bool:
        """Whether an edge passes here, with or without its words."""
        return len(self.above) == len(self.below) == 1


@dataclass(slots=True)
class _Chain:
    """What an edge goes through, from its upper node to its lower one; a loop hangs below its node."""

    slots: list[_Slot]
    words: _Slot

    @property
    def is_loop(self) -> bool:
        return self.slots[0] is self.slots[-1]


def layout(nodes: Mapping[str, tuple[float, float]], edges: Sequence[Edge]) -> Layout:
    """Lay out a graph whose first node stands at the top.

    Args:
        nodes: Width and height of each node, by its name.
        edges: Its edges, at most one from each node to each other.
    """
    ranks = _ranks(nodes, edges)
    slots = {name: _Slot(2 * ranks[name], *size) for name, size in nodes.items()}
    chains = [_chain(edge, slots) for edge in edges]
    found = {
        id(slot): slot for slot in [*slots.values(), *(slot for chain in chains for slot in chain.slots)]
    }
    layers: list[list[_Slot]] = [[] for _ in range(max(slot.layer for slot in found.values()) + 1)]
    for slot in found.values():
        layers[slot.layer].append(slot)
    layers = _ordered(layers)
    _place(layers)
    return _measured(layers, slots, edges, chains)


def _ranks(nodes: Mapping[str, object], edges: Sequence[Edge]) -> dict[str, int]:
    """Return how far down each node stands: as far as the longest way to it that does not turn back."""
    onward: dict[str, list[str]] = {name: [] for name in nodes}
    for edge in edges:
        if edge.tail != edge.head:
            onward[edge.tail].append(edge.head)
    done: list[str] = []
    ahead: set[tuple[str, str]] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        for following in onward[name]:
            if following in way:
                continue
            ahead.add((name, following))
            if following not in done:
                visit(following, (*way, following))
        done.append(name)

    for name in nodes:
        if name not in done:
            visit(name, (name,))
    ranks = dict.fromkeys(nodes, 0)
    for name in reversed(done):
        for following in onward[name]:
            if (name, following) in ahead:
                ranks[following] = max(ranks[following], ranks[name] + 1)
    return ranks


def _chain(edge: Edge, slots: Mapping[str, _Slot]) -> _Chain:
    """Return the places that an edge goes through, joined to each other."""
    upper, lower = sorted((slots[edge.tail], slots[edge.head]), key=lambda slot: slot.layer)
    if upper is lower:
        words = _Slot(upper.layer + 1, edge.width + _BETWEEN, edge.height)
        _join(upper, words)
        return _Chain([upper, words, upper], words)
    middle = (upper.layer + lower.layer) // 2
    words = _Slot(middle if middle % 2 else middle - 1, edge.width, edge.height)
    passed = [
        words if layer == words.layer else _Slot(layer, _PASSING, 0.0)
        for layer in range(upper.layer + 1, lower.layer)
    ]
    way = [upper, *passed, lower]
    for one, other in pairwise(way):
        _join(one, other)
    return _Chain(way, words)


def _join(upper: _Slot, lower: _Slot) -> None:
    upper.below.append(lower)
    lower.above.append(upper)


def _ordered(layers: list[list[_Slot]]) -> list[list[_Slot]]:
    """Return the layers with each in an order that lets few edges cross."""
    best, fewest = layers, _crossings(layers)
    order = [list(layer) for layer in layers]
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for layer in order if down else reversed(order):
            at = {slot: place for each in order for place, slot in enumerate(each)}
            middles = {}
            for slot in layer:
                beside = [at[other] for other in (slot.above if down else slot.below)]
                middles[slot] = sum(beside) / len(beside) if beside else float(at[slot])
            layer.sort(key=lambda slot: (middles[slot], at[slot]))
        for layer in order:
            _swap(order, layer)
        crossings = _crossings(order)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in order], crossings
    return best


def _swap(layers: list[list[_Slot]], layer: list[_Slot]) -> None:
    """Exchange neighbours in a layer as long as fewer edges cross for it."""
    for place in range(len(layer) - 1):
        before = _crossings(layers)
        layer[place], layer[place + 1] = layer[place + 1], layer[place]
        if _crossings(layers) >= before:
            layer[place], layer[place + 1] = layer[place + 1], layer[place]


def _crossings(layers: list[list[_Slot]]) -> int:
    count = 0
    for upper, lower in pairwise(layers):
        at = {slot: place for place, slot in enumerate(lower)}
        ends = [(place, at[other]) for place, slot in enumerate(upper) for other in slot.below]
        count += sum(
            (one[0] - other[0]) * (one[1] - other[1]) < 0
            for place, one in enumerate(ends)
            for other in ends[:place]
        )
    return count


def _place(layers: list[list[_Slot]]) -> None:
    """Give each slot its middle: as near below and above its neighbours as the others let it."""
    for layer in layers:
        for slot, x in zip(layer, _apart(layer, [0.0] * len(layer)), strict=True):
            slot.x = x
    for sweep in range(4 * _SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wanted = []
            for slot in layer:
                pull = [(_PULL if other.passes and slot.passes else 1.0, other.x) for other in slot.beside]
                wanted.append(_mean(pull) if pull else slot.x)
            for slot, x in zip(layer, _apart(layer, wanted), strict=True):
                slot.x = x
    left = min(slot.x - slot.width / 2 for layer in layers for slot in layer)
    for layer in layers:
        for slot in layer:
            slot.x -= left


def _apart(layer: list[_Slot], wanted: list[float]) -> list[float]:
    """Return middles as near to the wanted ones as they may be, in their order and apart (least squares)."""
    offsets = [0.0]
    for one, other in pairwise(layer):
        offsets.append(offsets[-1] + (one.width + other.width) / 2 + _BETWEEN)
    pools: list[list[tuple[float, float]]] = []
    for slot, goal, offset in zip(layer, wanted, offsets, strict=True):
        pool = [(_PULL if slot.passes else 1.0, goal - offset)]
        while pools and _mean(pools[-1]) > _mean(pool):
            pool = pools.pop() + pool
        pools.append(pool)
    level = [_mean(pool) for pool in pools for _ in pool]
    return [value + offset for value, offset in zip(level, offsets, strict=True)]


def _mean(pool: list[tuple[float, float]]) -> float:
    return sum(force * value for force, value in pool) / sum(force for force, _ in pool)


def _measured(
    layers: list[list[_Slot]], slots: Mapping[str, _Slot], edges: Sequence[Edge], chains: list[_Chain]
) -> Layout:
    bands: list[_Band] = []
    top = 0.0
    for layer in layers:
        bands.append((top, top + max(slot.height for slot in layer)))
        top = bands[-1][1] + _BEND
    routes = []
    for edge, chain, ports in zip(edges, chains, _ports(chains), strict=True):
        lines = _loop(chain, bands, ports) if chain.is_loop else _lines(chain, bands, ports)
        if slots[edge.tail] is not chain.slots[0]:
            lines = (lines[1][::-1], lines[0][::-1])
        routes.append(Route(words=_centre(chain.words, bands), lines=lines))
    return Layout(
        nodes={name: _centre(slot, bands) for name, slot in slots.items()},
        routes=tuple(routes),
        width=max(slot.x + slot.width / 2 for layer in layers for slot in layer),
        height=bands[-1][1],
    )


def _ports(chains: list[_Chain]) -> list[list[float]]:
    """Return where each edge meets its upper and its lower node: side by side, in their order."""
    sides: defaultdict[tuple[_Slot, str], list[tuple[float, int, int]]] = defaultdict(list)
    for at, chain in enumerate(chains):
        sides[chain.slots[0], "below"].append((chain.slots[1].x, at, 0))
        sides[chain.slots[-1], "below" if chain.is_loop else "above"].append((chain.slots[-2].x, at, 1))
    found = [[0.0, 0.0] for _ in chains]
    for (node, _), ends in sides.items():
        step = min(_PORT, node.width / (len(ends) + 1))
        for place, (_, at, end) in enumerate(sorted(ends)):
            found[at][end] = node.x + (place - (len(ends) - 1) / 2) * step
    return found


def _lines(chain: _Chain, bands: list[_Band], ports: list[float]) -> tuple[_Line, _Line]:
    """Return the lines of an edge from its upper node to the words, and from them to its lower node."""
    upper, lower, words = chain.slots[0], chain.slots[-1], chain.words
    first = [(ports[0], _centre(upper, bands)[1] + upper.height / 2), (ports[0], bands[upper.layer][1])]
    second: list[Point] = []
    for slot in chain.slots[1:-1]:
        top, bottom = bands[slot.layer]
        if slot is words:
            middle = (top + bottom) / 2
            first += [(slot.x, top), (slot.x, middle - slot.height / 2)]
            second += [(slot.x, middle + slot.height / 2), (slot.x, bottom)]
        else:
            (second or first).extend([(slot.x, top), (slot.x, bottom)])
    second += [(ports[1], bands[lower.layer][0]), (ports[1], _centre(lower, bands)[1] - lower.height / 2)]
    return tuple(first), tuple(second)


def _loop(chain: _Chain, bands: list[_Band], ports: list[float]) -> tuple[_Line, _Line]:
    """Return the lines of a loop: down to the left of the words, and up again from their right."""
    node, words = chain.slots[0], chain.words
    middle, (top, _) = _centre(words, bands)[1], bands[words.layer]
    lines = []
    for port, x in zip(ports, (words.x - words.width / 2, words.x + words.width / 2), strict=True):
        foot = (port, _centre(node, bands)[1] + node.height / 2)
        lines.append((foot, (port, bands[node.layer][1]), (x, top), (x, middle)))
    return lines[0], lines[1][::-1]


def _centre(slot: _Slot, bands: list[_Band]) -> Point:
    return slot.x, sum(bands[slot.layer]) / 2
