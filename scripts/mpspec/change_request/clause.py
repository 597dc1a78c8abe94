"""The TR clause as paragraphs, built from `reqs/` alone."""

from collections.abc import Iterator

from mpspec.change_request.paragraphs import Paragraph, Style, heading, joined, printable
from mpspec.model import Model, Page, Statement, UnreadableSource
from mpspec.model.vocabulary import Kind


def clause_paragraphs(model: Model, number: str) -> list[Paragraph]:
    """Return a clause of the TR with all below it, in reading order.

    Raises:
        UnreadableSource: `reqs/` has no such clause.
    """
    pages = [page for page in model.pages if page.number == number or page.number.startswith(f"{number}.")]
    if not pages:
        raise UnreadableSource(f"reqs/ has no clause {number}.")
    return [paragraph for page in pages for paragraph in _page(page)]


def _page(page: Page) -> Iterator[Paragraph]:
    yield heading(page.number, page.title)
    group: list[Statement] = []
    for statement in page.requirements:
        assert isinstance(statement, Statement)
        if group and not statement.continues:
            yield _paragraph(group)
            group = []
        group.append(statement)
    if group:
        yield _paragraph(group)


def _paragraph(statements: list[Statement]) -> Paragraph:
    return Paragraph(
        style=_style(statements[0]),
        spans=joined((printable(found.text, found.id), found.id) for found in statements),
    )


def _style(statement: Statement) -> Style:
    if statement.kind is Kind.EDITORS_NOTE:
        return Style.EDITORS_NOTE
    if statement.text.startswith("NOTE"):
        return Style.NOTE
    return Style.NORMAL
