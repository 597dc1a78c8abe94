"""The text of WordprocessingML: what a reader sees, without the marks of revision."""

from collections.abc import Iterator

from mpspec.change_request.ooxml import Element, name

_TEXTS = {name("w:t"), name("w:delText")}
_CHARACTERS = {
    name("w:tab"): "\t",
    name("w:br"): "\n",
    name("w:cr"): "\n",
    name("w:noBreakHyphen"): "\N{NON-BREAKING HYPHEN}",
    name("w:softHyphen"): "\N{SOFT HYPHEN}",
}
_STYLE = name("w:pStyle")
_VALUE = name("w:val")
_UNSEEN = {name("w:pPr"), name("w:rPr"), name("w:drawing"), name("w:pict"), name("w:object"), name("w:sdtPr")}


def text_of(element: Element) -> str:
    """Return the text below a run, a paragraph or a piece of one.

    Deleted text counts as long as it stands there. The code of a field is not text, its
    result is. Pictures have none.
    """
    return "".join(_pieces(element))


def _pieces(element: Element) -> Iterator[str]:
    for child in element:
        if child.tag in _TEXTS:
            yield child.text or ""
        elif child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        elif child.tag not in _UNSEEN and isinstance(child.tag, str) and len(child):
            yield from _pieces(child)


def style_of(paragraph: Element) -> str:
    """Return the style ID of a paragraph, which stands first of its properties; empty where it names none."""
    properties = paragraph[0] if len(paragraph) else None
    style = properties[0] if properties is not None and len(properties) else None
    return style.get(_VALUE, "") if style is not None and style.tag == _STYLE else ""


def rows_of(table: Element) -> list[list[str]]:
    """Return the texts of a table, row by row; the paragraphs of a cell are separated by line ends."""
    return [
        [
            "\n".join(text_of(paragraph) for paragraph in cell.iter(name("w:p")))
            for cell in row.iter(name("w:tc"))
        ]
        for row in table.iter(name("w:tr"))
    ]
