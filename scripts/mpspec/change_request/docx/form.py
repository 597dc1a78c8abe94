"""The CR form: the lines above it and its three tables, by the geometry measured in version 12.1.

Widths are twips, sizes half points, borders eighths of a point. Readers of CRs look for the labels: they
stand here exactly as in the form.
"""

from collections.abc import Callable, Iterator

from mpspec.change_request.definition import AFFECTED, CATEGORIES, Definition
from mpspec.change_request.docx.body import BodyMaker
from mpspec.change_request.docx.form_table import Cell, cells_table
from mpspec.change_request.ooxml import Element, make, run
from mpspec.change_request.paragraphs import Style
from mpspec.change_request.styles import RED

RIGHT_TAB = 9639
_NUMBER_COLUMNS = (142, 1559, 709, 1276, 709, 992, 2410, 1701, 143)
_AFFECTED_COLUMNS = (2835, 1418, 283, 709, 284, 2126, 283, 1418, 283)
_DATA_COLUMNS = (1843, 851, 284, 284, 567, 1700, 567, 143, 281, 993, 2127)
_LABEL_TAB = 1759
_WIDE_LABEL_TAB = 2184
_HISTORY_SINCE = 12
"""Version of the form from which on it has a row for the revision history."""

HELP = "http://www.3gpp.org/Change-Requests"
CATEGORIES_HELP = "http://www.3gpp.org/ftp/Specs/html-info/21900.htm"

Link = Callable[[str], str]
"""Returns the ID of the relationship to an address."""


class Form:
    """Makes the form of one CR.

    Args:
        definition: Has the fields.
        maker: Knows the styles of the document.
        link: Makes hyperlinks.
        clauses_affected: The clauses as the change itself has them, where the definition says nothing.
    """

    def __init__(self, definition: Definition, maker: BodyMaker, link: Link, clauses_affected: str) -> None:
        self._definition = definition
        self._maker = maker
        self._link = link
        self._clauses_affected = clauses_affected

    def elements(self) -> Iterator[Element]:
        """Yield the lines above the form and its tables, with the small paragraphs between them."""
        shown = self._definition.shown
        yield self._above(f"3GPP TSG-{shown('group')} Meeting #{shown('meeting')}\t{shown('tdoc')}")
        place = f"{shown('location')}, {shown('country')}, {shown('start_date')} - {shown('end_date')}"
        yield self._above(place)
        if self._definition.cover.get("revision_of"):
            yield self._above(f"\trevision of {self._definition.cover['revision_of']}")
        yield self._numbers()
        yield self._small()
        yield self._affected()
        yield self._small()
        yield self._data()
        yield self._small()

    def _above(self, text: str) -> Element:
        properties = self._maker.properties(Style.COVER)
        properties.append(make("w:tabs", make("w:tab", val="right", pos=RIGHT_TAB)))
        properties.append(make("w:spacing", after=0))
        return make("w:p", properties, run(text, make("w:b"), make("w:sz", val=24)))

    def _small(self) -> Element:
        return self._text("", size=8)

    def _text(
        self,
        text: str,
        *,
        bold: bool = False,
        italic: bool = False,
        size: int | None = None,
        align: str = "",
        left: int | None = None,
        tab: int | None = None,
    ) -> Element:
        """Return a paragraph of the form."""
        properties = self._maker.properties(Style.COVER)
        if tab is not None:
            properties.append(make("w:tabs", make("w:tab", val="right" if tab > 1000 else "left", pos=tab)))
        properties.append(make("w:spacing", after=0))
        if left is not None:
            properties.append(make("w:ind", left=left))
        if align:
            properties.append(make("w:jc", val=align))
        looks = [make(tag) for tag, wanted in (("w:b", bold), ("w:i", italic)) if wanted]
        if size is not None:
            looks.append(make("w:sz", val=size))
        paragraph = make("w:p", properties)
        if text:
            paragraph.append(run(text, *looks))
        elif size is not None:
            properties.append(make("w:rPr", make("w:sz", val=size)))
        return paragraph

    def _linked(self, paragraph: Element, text: str, address: str, **looks: str) -> None:
        properties = [make("w:b"), make("w:i"), make("w:color", val=RED)] if "red" in looks else [make("w:i")]
        if size := looks.get("size"):
            properties.append(make("w:sz", val=size))
        paragraph.append(make("w:hyperlink", run(text, *properties), r__id=self._link(address)))

    def _label(self, text: str, tab: int) -> Element:
        return self._text(text, bold=True, italic=True, tab=tab)

    def _value(self, field_or_text: str, *, bold: bool = False, align: str = "") -> list[Element]:
        return [
            self._text(line, left=None if align else 100, bold=bold, align=align)
            for line in field_or_text.split("\n")
        ]

    # Table 1: which specification, which CR.

    def _numbers(self) -> Element:
        shown = self._definition.shown
        spec = self._definition.specification.rpartition(" ")[2]

        def big(text: str, align: str) -> list[Element]:
            return [self._text(text, bold=True, size=28, align=align)]

        version = f"CR-Form-v{self._definition.form}"
        sides = ("left", "right")
        rows = [
            [
                Cell(
                    span=9,
                    paragraphs=[self._text(version, italic=True, size=14, align="right")],
                    borders=("top", *sides),
                )
            ],
            [
                Cell(
                    span=9,
                    paragraphs=[self._text("CHANGE REQUEST", bold=True, size=32, align="center")],
                    borders=sides,
                )
            ],
            [Cell(span=9, paragraphs=[self._small()], borders=sides)],
            [
                Cell(span=1, paragraphs=[self._text("")], borders=("left",)),
                Cell(span=1, paragraphs=big(spec, "right"), input="pct30"),
                Cell(span=1, paragraphs=big("CR", "center")),
                Cell(span=1, paragraphs=big(shown("cr_number"), "left"), input="pct30"),
                Cell(span=1, paragraphs=big("rev", "center")),
                Cell(span=1, paragraphs=big(shown("revision"), "center"), input="pct30"),
                Cell(span=1, paragraphs=big("Current version:", "center")),
                Cell(span=1, paragraphs=big(shown("version"), "center"), input="pct30"),
                Cell(span=1, paragraphs=[self._text("")], borders=("right",)),
            ],
            [Cell(span=9, paragraphs=[self._small()], borders=sides)],
            [Cell(span=9, paragraphs=[self._help()], borders=("top",))],
            [Cell(span=9, paragraphs=[self._small()])],
        ]
        return cells_table(_NUMBER_COLUMNS, rows)

    def _help(self) -> Element:
        paragraph = self._text("For ", italic=True, align="center")
        self._linked(paragraph, "HELP", HELP, red="yes")
        paragraph.append(run(" on using this form: comprehensive instructions can be found at ", make("w:i")))
        paragraph.append(make("w:r", make("w:br")))
        self._linked(paragraph, HELP, HELP)
        paragraph.append(run(".", make("w:i")))
        return paragraph

    # Table 2: what is affected.

    def _affected(self) -> Element:
        ticked = {part.strip() for part in self._definition.shown("affects").split(",")}
        row = [Cell(span=1, paragraphs=[self._text("Proposed change affects:", bold=True, italic=True)])]
        for name in AFFECTED:
            row.append(Cell(span=1, paragraphs=[self._text(name, align="right")]))
            tick = self._text("X" if name in ticked else "", bold=True, align="center")
            row.append(
                Cell(
                    span=1,
                    paragraphs=[tick],
                    input="pct25",
                    borders=("top", "left", "bottom", "right"),
                    thickness=4 if name == "Radio Access Network" else 6,
                )
            )
        return cells_table(_AFFECTED_COLUMNS, [row])

    # Table 3: the rest, block by block.

    def _data(self) -> Element:
        rows = [*self._block_a(), *self._block_b(), *self._block_c(), *self._block_d()]
        if int(self._definition.form.partition(".")[0]) >= _HISTORY_SINCE:
            rows += self._history()
        return cells_table(_DATA_COLUMNS, rows)

    def _block_a(self) -> list[list[Cell]]:
        shown = self._definition.shown
        rows = [[Cell(span=11, paragraphs=[self._small()])]]
        fields = (("Title:", "title"), ("Source to WG:", "source"), ("Source to TSG:", "source_tsg"))
        for at, (label, field) in enumerate(fields):
            top = ("top",) if at == 0 else ()
            rows.append(
                [
                    Cell(span=1, paragraphs=[self._label(label, _LABEL_TAB)], borders=(*top, "left")),
                    Cell(
                        span=10, paragraphs=self._value(shown(field)), input="pct30", borders=(*top, "right")
                    ),
                ]
            )
        rows.insert(2, self._spacer(1, 10))
        rows.append(self._spacer(1, 10))
        return rows

    def _spacer(self, label: int, value: int, *borders: str) -> list[Cell]:
        return [
            Cell(span=label, paragraphs=[self._small()], borders=("left", *borders)),
            Cell(span=value, paragraphs=[self._small()], borders=("right", *borders)),
        ]

    def _block_b(self) -> list[list[Cell]]:
        shown = self._definition.shown
        work_items = [
            Cell(span=1, paragraphs=[self._label("Work item code:", _LABEL_TAB)], borders=("left",)),
            Cell(span=5, paragraphs=self._value(shown("work_items")), input="pct30"),
            Cell(span=1, paragraphs=[self._text("")]),
            Cell(span=3, paragraphs=[self._text("Date:", bold=True, italic=True, align="right")]),
            Cell(span=1, paragraphs=self._value(shown("date")), input="pct30", borders=("right",)),
        ]
        category = [
            Cell(span=1, paragraphs=[self._label("Category:", _LABEL_TAB)], borders=("left",)),
            Cell(span=1, paragraphs=self._value(shown("category"), bold=True), input="pct30"),
            Cell(span=5, paragraphs=[self._text("")]),
            Cell(span=3, paragraphs=[self._text("Release:", bold=True, italic=True, align="right")]),
            Cell(span=1, paragraphs=self._value(shown("release")), input="pct30", borders=("right",)),
        ]
        legend = [
            Cell(span=1, paragraphs=[self._text("")], borders=("left", "bottom")),
            Cell(span=8, paragraphs=self._categories(), borders=("bottom",)),
            Cell(span=2, paragraphs=self._releases(), borders=("right", "bottom")),
        ]
        return [
            work_items,
            self._spacer(1, 10),
            category,
            legend,
            [Cell(span=11, paragraphs=[self._small()])],
        ]

    def _categories(self) -> list[Element]:
        """Return the legend of the categories."""
        first = self._text("Use ", italic=True, size=18)
        first.append(run("one", make("w:i"), make("w:sz", val=18), make("w:u", val="single")))
        first.append(run(" of the following categories:", make("w:i"), make("w:sz", val=18)))
        legend = [first]
        for letter, meaning in CATEGORIES.items():
            line = self._text("", left=383)
            line.append(run(letter, make("w:b"), make("w:i"), make("w:sz", val=18)))
            line.append(run(f"  ({meaning})", make("w:i"), make("w:sz", val=18)))
            legend.append(line)
        last = self._text("Detailed explanations of the above categories can", size=18)
        last.append(make("w:r", make("w:br")))
        last.append(run("be found in 3GPP ", make("w:sz", val=18)))
        self._linked(last, "TR 21.900", CATEGORIES_HELP, size="18")
        last.append(run(".", make("w:sz", val=18)))
        return [*legend, last]

    def _releases(self) -> list[Element]:
        first = self._text("Use ", italic=True, size=18)
        first.append(run("one", make("w:i"), make("w:sz", val=18), make("w:u", val="single")))
        first.append(run(" of the following releases:", make("w:i"), make("w:sz", val=18)))
        lines = [
            self._text(line, italic=True, size=18, tab=950, left=100)
            for line in release_list(self._definition.shown("release"))
        ]
        return [first, *lines]

    def _block_c(self) -> list[list[Cell]]:
        shown = self._definition.shown
        rows: list[list[Cell]] = []
        fields = (
            ("Reason for change:", "reason"),
            ("Summary of change:", "summary"),
            ("Consequences if not approved:", "consequences"),
        )
        for at, (label, field) in enumerate(fields):
            edge = ("top",) if at == 0 else ("bottom",) if at == len(fields) - 1 else ()
            if at:
                rows.append(self._spacer(2, 9))
            rows.append(self._wide(label, shown(field), *edge))
        rows.append([Cell(span=11, paragraphs=[self._small()])])
        return rows

    def _wide(self, label: str, value: str, *edges: str) -> list[Cell]:
        return [
            Cell(span=2, paragraphs=[self._label(label, _WIDE_LABEL_TAB)], borders=("left", *edges)),
            Cell(span=9, paragraphs=self._value(value), input="pct30", borders=("right", *edges)),
        ]

    def _block_d(self) -> list[list[Cell]]:
        cover = self._definition.cover
        clauses = cover.get("clauses_affected") or self._clauses_affected
        box = ("top", "left", "bottom", "right")
        rows = [self._wide("Clauses affected:", clauses, "top"), self._spacer(2, 9)]
        rows.append(
            [
                Cell(span=2, paragraphs=[self._text("")], borders=("left",)),
                *(
                    Cell(span=1, paragraphs=[self._text(letter, bold=True, align="center")], borders=box)
                    for letter in "YN"
                ),
                Cell(span=4, paragraphs=[self._text("")]),
                Cell(span=3, paragraphs=[self._text("")], borders=("right",)),
            ]
        )
        for label, kind, field in (
            ("Other specs", "Other core specifications", "other_core"),
            ("affected:", "Test specifications", "other_test"),
            ("(show related CRs)", "O&M Specifications", "other_om"),
        ):
            related = cover.get(field, "")
            ticks = ("X", "") if related else ("", "X")
            rows.append(
                [
                    Cell(span=2, paragraphs=[self._label(label, _WIDE_LABEL_TAB)], borders=("left",)),
                    *(
                        Cell(
                            span=1,
                            paragraphs=[self._text(tick, bold=True, align="center")],
                            input="pct25",
                            borders=box,
                        )
                        for tick in ticks
                    ),
                    Cell(span=4, paragraphs=[self._text(kind, left=0)]),
                    Cell(
                        span=3,
                        paragraphs=[
                            self._text(line, left=99) for line in (related or "TS/TR ... CR ...").split("\n")
                        ],
                        input="pct30",
                        borders=("right",),
                    ),
                ]
            )
        rows.append(self._spacer(2, 9))
        rows.append(self._wide("Other comments:", cover.get("other_comments", ""), "bottom"))
        return rows

    def _history(self) -> list[list[Cell]]:
        lines = "\n".join(
            f"Revision {revision.revision} of {revision.of}: {revision.text}"
            for revision in self._definition.history
        )
        return [
            [Cell(span=11, paragraphs=[self._small()])],
            self._wide("This CR's revision history:", lines, "top", "bottom"),
        ]


def release_list(release: str) -> list[str]:
    """Return the Releases that the form names: from 8 to 11, and the four up to the target's."""
    digits = release.removeprefix("Rel-")
    target = int(digits) if digits.isdecimal() else 18
    numbers = sorted({8, 9, 10, 11, *range(max(8, target - 3), target + 1)})
    lines = []
    for before, number in zip([numbers[0] - 1, *numbers], numbers, strict=False):
        if number - before > 1:
            lines.append("...")
        lines.append(f"Rel-{number}\t(Release {number})")
    return lines
