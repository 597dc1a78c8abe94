"""The paragraph and character styles of 3GPP documents, by values measured in real ones.

Sizes are half points, as Word counts them; distances are twips, 1/20 of a point.
The page is A4; `w:docDefaults` names no size and no spacing, so that each style means what it says.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mpspec.change_request.ooxml import Element, make, name

PAGE_WIDTH = 11907
PAGE_HEIGHT = 16840
MARGIN_TOP = 1418
MARGIN_SIDE = 1134
HEADER_DISTANCE = 680
FOOTER_DISTANCE = 567
DEFAULT_TAB = 284
TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN_SIDE
"""Width between the margins: the right tab of a line above the form."""

RED = "FF0000"
BLUE = "0000FF"


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleDefinition:
    """One paragraph style; None means as in the style that it is based on.

    Attributes:
        id: Style ID, what `w:pStyle` names.
        name: Name that Word shows, and that readers match.
        base: ID of the style that it is based on; empty if none.
        font: Font; size: its size in half points.
        before: Space before, after: space after, in twips.
        line: Distance of lines, in 240ths of a line.
        left: Indent in twips; hanging: how far the first line hangs out, in twips.
        level: Outline level from 0; 9 for none.
        tabs: Tabs as pairs of kind and position in twips.
        border: Whether a line stands above.
        frame: Whether a box stands around it.
    """

    id: str
    name: str
    base: str = "Normal"
    next: str = ""
    font: str = ""
    size: int | None = None
    bold: bool | None = None
    italic: bool | None = None
    colour: str = ""
    align: str = ""
    before: int | None = None
    after: int | None = None
    line: int | None = None
    left: int | None = None
    hanging: int | None = None
    keep_next: bool | None = None
    keep_lines: bool | None = None
    level: int | None = None
    tabs: tuple[tuple[str, int], ...] = ()
    border: bool | None = None
    frame: bool = False


def _headings() -> Iterator[StyleDefinition]:
    yield StyleDefinition(
        id="Heading1",
        name="heading 1",
        base="",
        next="Normal",
        font="Arial",
        size=36,
        before=240,
        after=180,
        left=1134,
        hanging=1134,
        keep_next=True,
        keep_lines=True,
        level=0,
        border=True,
    )
    yield StyleDefinition(
        id="Heading2",
        name="heading 2",
        base="Heading1",
        next="Normal",
        size=32,
        before=180,
        level=1,
        border=False,
    )
    yield StyleDefinition(
        id="Heading3", name="heading 3", base="Heading2", next="Normal", size=28, before=120, level=2
    )
    for level, base, size, indent in ((4, "Heading3", 24, 1418), (5, "Heading4", 22, 1701)):
        yield StyleDefinition(
            id=f"Heading{level}",
            name=f"heading {level}",
            base=base,
            next="Normal",
            size=size,
            left=indent,
            hanging=indent,
            level=level - 1,
        )
    yield StyleDefinition(
        id="H6", name="H6", base="Heading5", next="Normal", size=20, left=1985, hanging=1985, level=9
    )
    for level in (6, 7):
        yield StyleDefinition(
            id=f"Heading{level}", name=f"heading {level}", base="H6", next="Normal", level=level - 1
        )
    yield StyleDefinition(
        id="Heading8", name="heading 8", base="Heading1", next="Normal", left=0, hanging=0, level=7
    )
    yield StyleDefinition(id="Heading9", name="heading 9", base="Heading8", next="Normal", level=8)


def _lists() -> Iterator[StyleDefinition]:
    base = "Normal"
    for level, indent in enumerate((568, 851, 1135, 1418, 1702), start=1):
        number = "" if level == 1 else str(level)
        yield StyleDefinition(
            id=f"List{number}", name=f"List {number}".strip(), base=base, left=indent, hanging=284
        )
        yield StyleDefinition(id=f"B{level}", name=f"B{level}", base=f"List{number}")
        base = f"List{number}"


def _text() -> Iterator[StyleDefinition]:
    yield StyleDefinition(id="NO", name="NO", left=1135, hanging=851, keep_lines=True)
    yield StyleDefinition(id="NW", name="NW", base="NO", after=0)
    yield StyleDefinition(id="NF", name="NF", base="NO", font="Arial", size=18, keep_next=True, after=0)
    yield StyleDefinition(id="EX", name="EX", left=1702, hanging=1418, keep_lines=True)
    yield StyleDefinition(id="EW", name="EW", base="EX", after=0)
    yield StyleDefinition(id="EditorsNote", name="Editor's Note", base="NO", colour=RED)
    yield StyleDefinition(
        id="PL",
        name="PL",
        base="",
        font="Courier New",
        size=16,
        tabs=tuple(("left", at) for at in range(384, 9217, 384)),
    )
    yield StyleDefinition(id="EQ", name="EQ", keep_lines=True, tabs=(("center", 4536), ("right", 9072)))
    yield StyleDefinition(id="FP", name="FP", after=0)


def _tables() -> Iterator[StyleDefinition]:
    yield StyleDefinition(
        id="TH",
        name="TH",
        font="Arial",
        bold=True,
        align="center",
        before=60,
        keep_next=True,
        keep_lines=True,
    )
    yield StyleDefinition(id="TF", name="TF", base="TH", before=0, after=240, keep_next=False)
    yield StyleDefinition(
        id="TAL", name="TAL", font="Arial", size=18, after=0, keep_next=True, keep_lines=True
    )
    yield StyleDefinition(id="TAC", name="TAC", base="TAL", align="center")
    yield StyleDefinition(id="TAR", name="TAR", base="TAL", align="right")
    yield StyleDefinition(id="TAH", name="TAH", base="TAC", bold=True)
    yield StyleDefinition(id="TAN", name="TAN", base="TAL", left=851, hanging=851)


def _cover() -> Iterator[StyleDefinition]:
    yield StyleDefinition(id="Header", name="header", base="", font="Arial", size=18, bold=True)
    yield StyleDefinition(id="Footer", name="footer", base="Header", italic=True, align="center")
    yield StyleDefinition(id="CRCoverPage", name="CR Cover Page", base="", font="Arial", after=120)
    yield StyleDefinition(
        id="ChangeMarker",
        name="Change Marker",
        font="Arial",
        size=28,
        bold=True,
        colour=BLUE,
        align="center",
        keep_next=True,
        frame=True,
    )


DEFINITIONS: tuple[StyleDefinition, ...] = (
    StyleDefinition(id="Normal", name="Normal", base="", after=180),
    *_headings(),
    *_lists(),
    *_text(),
    *_tables(),
    *_cover(),
)
"""Every paragraph style, each after the one that it is based on."""

ID_BY_NAME = {definition.name: definition.id for definition in DEFINITIONS}
"""The ID of a style by its name."""


def style_elements(*, stand_alone: bool = False) -> Iterator[Element]:
    """Yield the children of `w:styles`: the defaults, then every style.

    Args:
        stand_alone: Whether the styles go into a document with other defaults: then those that are based on
            none say themselves what our defaults leave out.
    """
    yield make(
        "w:docDefaults",
        make(
            "w:rPrDefault",
            make(
                "w:rPr",
                _fonts("Times New Roman"),
                make("w:lang", val="en-GB", eastAsia="en-US", bidi="ar-SA"),
            ),
        ),
        make("w:pPrDefault"),
    )
    for definition in DEFINITIONS:
        yield _style(_standing_alone(definition) if stand_alone and not definition.base else definition)
    yield make(
        "w:style",
        make("w:name", val="Default Paragraph Font"),
        make("w:uiPriority", val=1),
        make("w:semiHidden"),
        type="character",
        default=1,
        styleId="DefaultParagraphFont",
    )
    yield make(
        "w:style",
        make("w:name", val="Hyperlink"),
        make("w:basedOn", val="DefaultParagraphFont"),
        make("w:rPr", make("w:color", val=BLUE), make("w:u", val="single")),
        type="character",
        styleId="Hyperlink",
    )
    yield _table_style()


def _standing_alone(definition: StyleDefinition) -> StyleDefinition:
    """Return a style that does not lean on the defaults of its document."""
    return replace(
        definition,
        font=definition.font or "Times New Roman",
        size=definition.size or 20,
        before=definition.before or 0,
        after=definition.after or 0,
        line=240,
    )


def _style(definition: StyleDefinition) -> Element:
    made = make("w:style", type="paragraph", styleId=definition.id)
    if definition.id == "Normal":
        made.set(name("w:default"), "1")
    made.append(make("w:name", val=definition.name))
    if definition.base:
        made.append(make("w:basedOn", val=definition.base))
    if definition.next:
        made.append(make("w:next", val=definition.next))
    made.append(make("w:qFormat"))
    for properties in (_paragraph_properties(definition), _run_properties(definition)):
        if len(properties):
            made.append(properties)
    return made


def _paragraph_properties(definition: StyleDefinition) -> Element:
    """Return `w:pPr`, its children in the order of the standard."""
    made = make("w:pPr")
    for tag, flag in (("w:keepNext", definition.keep_next), ("w:keepLines", definition.keep_lines)):
        if flag is not None:
            made.append(make(tag, val=None if flag else 0))
    if definition.border is not None or definition.frame:
        made.append(_borders(definition))
    if definition.tabs:
        made.append(make("w:tabs", *(make("w:tab", val=kind, pos=at) for kind, at in definition.tabs)))
    if definition.before is not None or definition.after is not None:
        rule = None if definition.line is None else "auto"
        made.append(
            make(
                "w:spacing",
                before=definition.before,
                after=definition.after,
                line=definition.line,
                lineRule=rule,
            )
        )
    if definition.left is not None or definition.hanging is not None:
        hanging = definition.hanging
        made.append(
            make(
                "w:ind", left=definition.left, hanging=hanging or None, firstLine=0 if hanging == 0 else None
            )
        )
    if definition.align:
        made.append(make("w:jc", val=definition.align))
    if definition.level is not None:
        made.append(make("w:outlineLvl", val=definition.level))
    return made


def _borders(definition: StyleDefinition) -> Element:
    if definition.frame:
        sides = ("top", "left", "bottom", "right")
        return make(
            "w:pBdr", *(make(f"w:{side}", val="single", sz=4, space=1, color="auto") for side in sides)
        )
    if definition.border:
        return make("w:pBdr", make("w:top", val="single", sz=12, space=3, color="auto"))
    return make("w:pBdr", make("w:top", val="none", sz=0, space=0, color="auto"))


def _run_properties(definition: StyleDefinition) -> Element:
    """Return `w:rPr`, its children in the order of the standard."""
    made = make("w:rPr")
    if definition.font:
        made.append(_fonts(definition.font))
    for tag, flag in (("w:b", definition.bold), ("w:i", definition.italic)):
        if flag is not None:
            made.append(make(tag, val=None if flag else 0))
    if definition.colour:
        made.append(make("w:color", val=definition.colour))
    if definition.size is not None:
        made.append(make("w:sz", val=definition.size))
    return made


def _fonts(font: str) -> Element:
    return make("w:rFonts", ascii=font, hAnsi=font, eastAsia=font, cs=font)


def _table_style() -> Element:
    margins = (("top", 0), ("left", 108), ("bottom", 0), ("right", 108))
    return make(
        "w:style",
        make("w:name", val="Normal Table"),
        make("w:uiPriority", val=99),
        make("w:semiHidden"),
        make(
            "w:tblPr",
            make("w:tblInd", w=0, type="dxa"),
            make("w:tblCellMar", *(make(f"w:{side}", w=width, type="dxa") for side, width in margins)),
        ),
        type="table",
        default=1,
        styleId="TableNormal",
    )
