"""The layout of small graphs: nothing lies on anything else, whatever the graph."""

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from mpspec.site.layers import Edge, Layout, layout

_NAMES = "abcdefghijkl"
Box = tuple[float, float, float, float]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, tuple[float, float]], list[Edge]]:
    names = _NAMES[: draw(st.integers(1, len(_NAMES)))]
    widths = st.floats(40, 200)
    nodes = {name: (draw(widths), 40.0) for name in names}
    ends = st.tuples(st.sampled_from(names), st.sampled_from(names))
    pairs = draw(st.lists(ends, unique=True, max_size=20))
    return nodes, [
        Edge(tail=tail, head=head, width=draw(st.floats(0, 220)), height=24.0 * draw(st.integers(0, 4)))
        for tail, head in pairs
    ]


def _boxes(nodes: dict[str, tuple[float, float]], edges: list[Edge], found: Layout) -> list[Box]:
    sized = [(found.nodes[name], size) for name, size in nodes.items()]
    sized += [
        (route.words, (edge.width, edge.height)) for edge, route in zip(edges, found.routes, strict=True)
    ]
    return [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for (x, y), (w, h) in sized]


@given(graphs())
def test_no_box_lies_on_another_and_all_are_inside(graph) -> None:
    nodes, edges = graph
    found = layout(nodes, edges)
    boxes = _boxes(nodes, edges, found)
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart
    for left, top, right, bottom in boxes:
        assert left >= -0.01
        assert top >= -0.01
        assert right <= found.width + 0.01
        assert bottom <= found.height + 0.01


@given(graphs())
def test_an_edge_joins_its_nodes_by_way_of_its_words_and_crosses_no_box(graph) -> None:
    nodes, edges = graph
    found = layout(nodes, edges)
    boxes = _boxes(nodes, edges, found)
    for edge, route in zip(edges, found.routes, strict=True):
        before, after = route.lines
        for name, (x, y) in ((edge.tail, before[0]), (edge.head, after[-1])):
            (middle, height), (node_width, node_height) = found.nodes[name], nodes[name]
            assert abs(x - middle) <= node_width / 2
            assert abs(abs(y - height) - node_height / 2) < 0.01
        for end in (before[-1], after[0]):
            assert abs(end[1] - route.words[1]) <= edge.height / 2 + 0.01
        for line in route.lines:
            for (from_x, from_y), (to_x, to_y) in pairwise(line):
                # Where a line bends it is between two layers; where it is upright it has a place of its own.
                low, high = sorted((from_y, to_y))
                for left, top, right, bottom in boxes:
                    if from_x != to_x:
                        assert bottom <= low + 0.01 or top >= high - 0.01 or high - low < 0.01
                    elif left + 0.01 < from_x < right - 0.01:
                        assert bottom <= low + 0.01 or top >= high - 0.01


@given(graphs())
def test_the_same_graph_is_laid_out_in_the_same_way(graph) -> None:
    assert layout(*graph) == layout(*graph)
