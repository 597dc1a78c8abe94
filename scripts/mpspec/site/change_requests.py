"""The pages of the change requests: changed text, what each carries, findings, cover, documents."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from mpspec.change_request import export, pack
from mpspec.change_request.paragraphs import HEADINGS, Paragraph, Style
from mpspec.change_request.presentation import Presentation, ShownBlock
from mpspec.site import addresses
from mpspec.site.corpus import Corpus
from mpspec.site.pages import Page

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


def change_request_files(corpus: Corpus) -> Iterator[tuple[str, bytes]]:
    """Yield path and octets of each document, and of its zip as in the packs of approved CRs."""
    for definition in corpus.definitions:
        shown = corpus.change_requests.get(definition.name)
        if shown is not None:
            octets = export(definition, corpus.model)
            yield f"cr/{shown.document}", octets
            yield f"cr/{definition.name}.zip", pack([(definition, octets)])


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
