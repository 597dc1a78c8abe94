"""The pages of the change requests: changed text, what each carries, findings, cover, documents."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

from mpspec.change_request import Definition, export, pack
from mpspec.change_request.paragraphs import HEADINGS, Paragraph, Style
from mpspec.change_request.presentation import Presentation, ShownBlock
from mpspec.site import addresses
from mpspec.site.corpus import Corpus
from mpspec.site.pages import File, Page

_LISTS = {Style.LIST_1: 1, Style.LIST_2: 2, Style.LIST_3: 3, Style.LIST_4: 4, Style.LIST_5: 5}


def change_requests(corpus: Corpus) -> Iterator[Page]:
    """Yield the list of change requests, and a page for each."""
    yield Page(
        path=addresses.CHANGE_REQUESTS,
        title="Change requests",
        template="change_requests.html",
        data={
            "found": [
                {
                    "name": shown.name,
                    "kind": str(shown.kind),
                    "specification": shown.specification,
                    "release": next(field.value for field in shown.cover if field.label == "Release"),
                    "title": shown.title,
                    "mirrors": shown.mirrors,
                    "carries": len({each.statement for each in shown.statements if each.text}),
                    "moved_on": list(shown.moved_on),
                }
                for shown in corpus.change_requests.values()
            ],
            "faults": corpus.change_request_faults,
        },
    )
    for shown in corpus.change_requests.values():
        yield Page(
            path=addresses.change_request(shown.name),
            title=f"{shown.kind} to {shown.specification}: {shown.name}",
            template="change_request.html",
            data={"cr": _data(shown)},
        )


def change_request_files(corpus: Corpus) -> Iterator[File]:
    """Yield each document, and its zip as in the packs of approved CRs."""
    for definition in corpus.definitions:
        presented = corpus.change_requests.get(definition.name)
        if presented is not None:
            shows = [repr(definition), repr(presented)]
            write = partial(export, definition, corpus.model)
            yield File(path=f"cr/{presented.document}", shows=shows, make=write)
            zipped = partial(_packed, definition, write)
            yield File(path=f"cr/{definition.name}.zip", shows=shows, make=zipped)


def _packed(definition: Definition, write: Callable[[], bytes]) -> bytes:
    return pack([(definition, write())])


def _data(shown: Presentation) -> dict[str, Any]:
    return {
        "name": shown.name,
        "kind": str(shown.kind),
        "specification": shown.specification,
        "title": shown.title,
        "mirrors": shown.mirrors,
        "document": shown.document,
        "pack": shown.pack,
        "cover": [asdict(field) for field in shown.cover],
        "blocks": [_block(block) for block in shown.blocks],
        "statements": [
            {
                "id": each.statement,
                "clause": each.clause,
                "adapted": each.adapted,
                "runs": [{"change": str(run.change), "text": run.text} for run in each.runs],
                "reason": each.reason,
            }
            for each in shown.statements
        ],
        "notes": list(shown.notes),
        "findings": [
            {"place": found.place, "message": found.message, "weight": str(found.weight)}
            for found in shown.findings
        ],
        "moved_on": list(shown.moved_on),
    }


def _block(shown: ShownBlock) -> dict[str, Any]:
    block = shown.block
    if not isinstance(block, Paragraph):
        return {"kind": "table", "change": str(shown.change), "rows": [list(row) for row in block.rows]}
    kind = "heading" if block.style in HEADINGS else "list" if block.style in _LISTS else "text"
    if block.style is Style.MARKER:
        kind = "marker"
    return {
        "kind": kind,
        "level": HEADINGS.index(block.style) + 1 if kind == "heading" else _LISTS.get(block.style, 0),
        "note": block.style in {Style.NOTE, Style.EDITORS_NOTE},
        "change": str(shown.change),
        "spans": [{"text": span.text, "bold": span.bold} for span in block.spans],
        "statements": list(dict.fromkeys(block.statements)),
    }
