"""Drawing a recording as a sequence diagram in SVG; its text can be selected, and no program draws it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from mediasec.nodes.observation import Medium
from mpspec.flows.flow import Certainty
from mpspec.flows.recording import Arrow, Recording

_WIDEST, _LEFT, _RIGHT, _GUTTER, _MARGIN = 1100, 150, 102, 76, 10
_SPACING, _WIDEST_BOX = 300, 180
_LINE, _BELOW_ARROW = 17, 15
_SHORTEST_LABEL = 250
_CROSS, _SAMPLE = 16, 48
_NAMES, _ROWS_BETWEEN_NAMES = 30, 20

_STYLE = Markup("""
.flow-diagram { color: var(--text, currentColor); font: 13px/1.3 var(--sans, system-ui, sans-serif); }
.flow-diagram:root { --text: #1b1f24; --ground: #fff; --link: #0b4a8f; --failing: #b3231b;
  background: var(--ground); }
@media (prefers-color-scheme: dark) { .flow-diagram:root {
  --text: #e3e7eb; --ground: #15181b; --link: #8fbcff; --failing: #ff9a90; } }
.flow-diagram text { fill: currentColor; stroke: none; }
.flow-diagram path, .flow-diagram rect, .flow-diagram line { stroke: currentColor; fill: none; }
.flow-diagram .name { font-weight: 700; font-size: 15px; }
.flow-diagram .small { font-size: 12px; }
.flow-diagram .label { paint-order: stroke; stroke: var(--ground, Canvas); stroke-width: 5px;
  stroke-linejoin: round; }
.flow-diagram .number { font-weight: 700; fill: var(--link, currentColor); }
.flow-diagram .life { stroke-width: 1; stroke-opacity: 0.45; }
.flow-diagram .box { fill: var(--ground, Canvas); }
.flow-diagram .band { stroke-width: 1; stroke-opacity: 0.6; fill: currentColor; fill-opacity: 0.07; }
.flow-diagram .head { fill: currentColor; stroke: none; }
.flow-diagram .hit { stroke: none; fill: transparent; }
.flow-diagram .failed { color: var(--failing, currentColor); }
.flow-diagram a:hover .label, .flow-diagram a:focus .label { text-decoration: underline; }
.flow-diagram a:focus { outline: none; }
.flow-diagram a:focus-visible .hit { stroke: currentColor; stroke-width: 2; }
@media (forced-colors: active) { .flow-diagram { --text: CanvasText; --ground: Canvas; --link: LinkText;
  --failing: CanvasText; } }
""")

_STROKES = {
    Medium.KMS: (2.0, "2 5", "round"),
    Medium.SIGNALLING: (1.6, "14 5", "butt"),
    Medium.MP: (1.6, "12 4 2 4", "butt"),
    Medium.TCP: (1.0, "", "butt"),
    Medium.TLS: (1.0, "", "butt"),
    Medium.MSRP: (2.6, "", "butt"),
    Medium.BFCP: (2.6, "7 5", "butt"),
}
"""Width, dashes and ends of the line of each medium; that of TLS is double."""

_NARROW, _WIDE = "fijlrt.,:;'|()[] -", "mwMW@%&"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """An arrow with its place.

    Attributes:
        arrow: The arrow.
        start: Where its line begins, from the left.
        end: Where its head is.
        y: Where its line is, from the top.
        lines: Its label.
        middle: Middle of the label.
        tunnelled: Whether it runs in a TLS session.
    """

    arrow: Arrow
    start: float
    end: float
    y: float
    lines: list[str]
    middle: float
    tunnelled: bool

    @property
    def top(self) -> float:
        """Where its label begins."""
        return self.y - 7 - _LINE * len(self.lines)

    @property
    def ends(self) -> frozenset[float]:
        """Both lifelines."""
        return frozenset((self.start, self.end))


def draw(recording: Recording) -> str:
    """Return the sequence diagram of a recording as a file of SVG, which can stand in a page too.

    Each arrow is a link to `#message-` with its number. A page may set the colours of its own, as the
    properties `--text`, `--ground`, `--link` and `--failing`.
    """
    flow = recording.flow
    names = [each.name for each in flow.participants]
    names += dict.fromkeys(arrow.receiver for arrow in recording.arrows if arrow.receiver not in names)
    spacing = min(_SPACING, (_WIDEST - _LEFT - _RIGHT) / max(1, len(names) - 1))
    places = {name: round(_LEFT + number * spacing, 1) for number, name in enumerate(names)}
    width = round(max(places.values())) + _RIGHT
    heads = _heads(recording, names, spacing)
    top = _MARGIN + _height(heads)
    rows = list(_rows(recording, places, width, top + _BELOW_ARROW))
    bottom = (rows[-1].y if rows else top) + 2 * _BELOW_ARROW
    feet = _feet(recording, names, spacing)
    legend = _legend([row.arrow.medium for row in rows], bottom + _height(feet) + 2 * _LINE, width)
    parts = [
        *(_lifeline(x, _MARGIN + _height({name: heads[name]}), bottom) for name, x in places.items()),
        *(_box(heads[name], places[name], _MARGIN, spacing) for name in names),
        *_bands(rows),
        *_names(rows, places),
        *_steps(rows),
        *map(_arrow, rows),
        *(_box(feet[name], places[name], bottom, spacing) for name in names),
        *(drawing for _, drawing in legend),
    ]
    height = round(max((y for y, _ in legend), default=bottom + _height(feet)) + _MARGIN)
    return str(
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" class="flow-diagram" role="group" '
            'aria-labelledby="{0}-title {0}-description" width="{1}" height="{2}" viewBox="0 0 {1} {2}">\n'
            '<title id="{0}-title">{3}</title>\n<desc id="{0}-description">{4}</desc>\n'
            "<style>{5}</style>\n{6}\n</svg>\n"
        ).format(
            flow.name,
            width,
            height,
            flow.title,
            _described(recording, names),
            _STYLE,
            Markup("\n").join(parts),
        )
    )


def _described(recording: Recording, names: list[str]) -> str:
    """Return what the diagram shows, for whoever does not see it; each arrow has a name of its own."""
    count = len(recording.arrows)
    sentence = "It broke off." if recording.outcome is None else recording.outcome.sentence
    among = f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{recording.flow.summary} {count} messages between {among}. {sentence}"


def _heads(recording: Recording, names: list[str], spacing: float) -> dict[str, list[str]]:
    """Return what stands above each lifeline."""
    roles = {each.name: each.role + ", behind a NAT" * each.hidden for each in recording.flow.participants}
    return {name: [name, *_broken(roles.get(name, "not known"), _box_width(spacing) - 8)] for name in names}


def _feet(recording: Recording, names: list[str], spacing: float) -> dict[str, list[str]]:
    """Return what stands below each lifeline."""
    states = {} if recording.outcome is None else recording.outcome.states
    return {name: [name, *_broken(states.get(name, ""), _box_width(spacing) - 8)] for name in names}


def _height(boxes: dict[str, list[str]]) -> int:
    return max(map(len, boxes.values())) * _LINE + _MARGIN


def _box_width(spacing: float) -> float:
    return min(spacing - 10, _WIDEST_BOX)


def _box(lines: list[str], x: float, top: float, spacing: float) -> Markup:
    """Return a box with the name of a participant and more."""
    width = _box_width(spacing)
    frame = Markup('<rect class="box" x="{}" y="{}" width="{}" height="{}" rx="3"/>').format(
        _number(x - width / 2), _number(top), _number(width), len(lines) * _LINE + _MARGIN
    )
    texts = [
        Markup('<text class="{}" x="{}" y="{}" text-anchor="middle">{}</text>').format(
            "small" if place else "name", _number(x), _number(top + (place + 1) * _LINE), line
        )
        for place, line in enumerate(lines)
    ]
    return Markup("").join([frame, *texts])


def _lifeline(x: float, top: float, bottom: float) -> Markup:
    return Markup('<line class="life" x1="{0}" y1="{1}" x2="{0}" y2="{2}"/>').format(
        _number(x), _number(top), _number(bottom)
    )


def _rows(recording: Recording, places: dict[str, float], width: float, y: float) -> Iterator[_Row]:
    """Yield the arrows with their places, from top to bottom."""
    secured: set[frozenset[str]] = set()
    for arrow in recording.arrows:
        start, end = places[arrow.sender], places[arrow.receiver]
        ends = frozenset((arrow.sender, arrow.receiver))
        if arrow.medium is Medium.TLS and "established" in arrow.name:
            secured.add(ends)
        text = f"{arrow.number} {arrow.title}"
        if arrow.certainty not in (None, Certainty.READ):
            text += f" ({arrow.certainty})"
        lines = _broken(text, max(abs(start - end) - 2 * _MARGIN, _SHORTEST_LABEL))
        half = max(map(_width, lines)) / 2
        middle = min(max((start + end) / 2, _GUTTER + half), width - _MARGIN - half)
        y += _NAMES if _is_after_names(arrow) else 0
        y += _BELOW_ARROW + _LINE * len(lines)
        yield _Row(
            arrow=arrow,
            start=start,
            end=end,
            y=y,
            lines=lines,
            middle=middle,
            tunnelled=ends in secured and arrow.medium in (Medium.TLS, Medium.MSRP, Medium.BFCP),
        )
        y += _BELOW_ARROW


def _is_after_names(arrow: Arrow) -> bool:
    """Return whether the names of the participants stand once more above an arrow."""
    return arrow.number > 1 and arrow.number % _ROWS_BETWEEN_NAMES == 1


def _names(rows: list[_Row], places: dict[str, float]) -> Iterator[Markup]:
    """Yield the names of the participants between the arrows of a long drawing."""
    for row in rows:
        if _is_after_names(row.arrow):
            for name, x in places.items():
                yield Markup('<text class="name label" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                    _number(x), _number(row.top - _LINE), name
                )


def _bands(rows: list[_Row]) -> Iterator[Markup]:
    """Yield a band around what runs in a TLS session, arrow after arrow."""
    for (tunnelled, ends), group in groupby(rows, lambda row: (row.tunnelled, row.ends)):
        inside = list(group)
        if tunnelled:
            left, right = min(ends), max(ends)
            top, bottom = inside[0].top, inside[-1].y + _BELOW_ARROW
            yield Markup(
                '<rect class="band" x="{}" y="{}" width="{}" height="{}" rx="12"/>'
                '<text class="small" x="{}" y="{}">TLS</text>'
            ).format(
                _number(left + 3),
                _number(top),
                _number(right - left - 6),
                _number(bottom - top),
                _number(left + 12),
                _number(bottom - 3),
            )


def _steps(rows: list[_Row]) -> Iterator[Markup]:
    """Yield a bracket with the number of the step beside the arrows that belong to it."""
    for step, group in groupby(rows, lambda row: row.arrow.step):
        inside = list(group)
        if step:
            top, bottom = inside[0].top + 2, inside[-1].y + 4
            yield Markup(
                '<path d="M{0} {1}h-6v{2}h6"/><text class="small" x="{3}" y="{4}" text-anchor="end">'
                "step {5}</text>"
            ).format(
                _GUTTER - 4,
                _number(top),
                _number(bottom - top),
                _GUTTER - 15,
                _number((top + bottom) / 2 + 4),
                step,
            )


def _arrow(row: _Row) -> Markup:
    """Return an arrow with its label: a link to its message, whose name begins as what can be seen."""
    arrow = row.arrow
    seen = " ".join([*row.lines, *(["failure"] if arrow.failed else [])])
    step = f", step {arrow.step}" if arrow.step else ""
    label = f"{seen}, from {arrow.sender} to {arrow.receiver}{step}"
    left = min(row.start, row.end, row.middle - max(map(_width, row.lines)) / 2)
    right = max(row.start, row.end, row.middle + max(map(_width, row.lines)) / 2)
    hit = Markup('<rect class="hit" x="{}" y="{}" width="{}" height="{}" rx="3"/>').format(
        _number(left), _number(row.top), _number(right - left), _number(row.y + 8 - row.top)
    )
    way = 1 if row.end > row.start else -1
    stops = arrow.failed and not arrow.octets
    tip = row.end - way * (_CROSS if stops else 0)
    return Markup('<a href="#message-{}"{} aria-label="{}">{}{}{}{} {}</a>').format(
        arrow.number,
        Markup(' class="failed"') if arrow.failed else "",
        label,
        hit,
        _line(arrow.medium, row.start, tip, row.y),
        _label(row),
        _cross(tip, row.y, 6) if stops else _tip(row.end, row.y, way),
        _failure(row.end - way * 2 * _CROSS, row.y + 14, marked=not stops) if arrow.failed else "",
    )


def _label(row: _Row) -> Markup:
    texts = []
    for place, line in enumerate(row.lines):
        number, _, rest = line.partition(" ") if not place else ("", "", line)
        bold = Markup('<tspan class="number">{}</tspan> ').format(number) if number else ""
        texts.append(
            Markup('<text class="label" x="{}" y="{}" text-anchor="middle">{}{}</text>').format(
                _number(row.middle), _number(row.top + (place + 1) * _LINE - 4), bold, rest
            )
        )
    return Markup(" ").join(texts)


def _line(medium: Medium, start: float, end: float, y: float) -> Markup:
    """Return a line in the style of a medium."""
    width, dashes, cap = _STROKES[medium]
    style = Markup(' stroke-width="{}"').format(width)
    if dashes:
        style += Markup(' stroke-dasharray="{}" stroke-linecap="{}"').format(dashes, cap)
    return Markup("").join(
        Markup('<line x1="{}" y1="{}" x2="{}" y2="{}"{}/>').format(
            _number(start), _number(at), _number(end), _number(at), style
        )
        for at in ((y - 2, y + 2) if medium is Medium.TLS else (y,))
    )


def _tip(x: float, y: float, way: int) -> Markup:
    return Markup('<path class="head" d="M{} {}l{} -5v10z"/>').format(_number(x), _number(y), -10 * way)


def _cross(x: float, y: float, half: int) -> Markup:
    return Markup('<path stroke-width="2.5" d="M{0} {1}l{2} {2}m0 -{2}l-{2} {2}"/>').format(
        _number(x - half), _number(y - half), 2 * half
    )


def _failure(x: float, y: float, *, marked: bool) -> Markup:
    """Return the word for a failure, with a cross where there is none at the arrow's head."""
    text = Markup('<text class="small" x="{}" y="{}">failure</text>').format(_number(x - 12), _number(y + 4))
    return _cross(x - 20, y, 4) + text if marked else text


def _legend(media: list[Medium], y: float, width: float) -> list[tuple[float, Markup]]:
    """Return what the lines mean, each with its place from the top."""
    found, x = [], float(_MARGIN)
    for medium in Medium:
        needed = _SAMPLE + _width(medium) + 3 * _MARGIN
        if medium not in media:
            continue
        if x + needed > width:
            x, y = float(_MARGIN), y + _LINE + 4
        text = Markup('<text class="small" x="{}" y="{}">{}</text>').format(
            _number(x + _SAMPLE + 8), _number(y + 4), medium
        )
        found.append((y, _line(medium, x, x + _SAMPLE, y) + text))
        x += needed
    return found


def _broken(text: str, limit: float) -> list[str]:
    """Return text in lines that are about as wide as they may be; words stay whole."""
    lines: list[str] = []
    for word in text.split():
        if lines and _width(f"{lines[-1]} {word}") <= limit:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _width(text: str) -> float:
    """Return about how wide text is that no program has measured."""
    return sum(4.2 if one in _NARROW else 11 if one in _WIDE else 9 if one.isupper() else 7.3 for one in text)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
