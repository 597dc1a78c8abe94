"""The vectors of MIKEY-TICKET: a page for each exchange, and every file as an implementer takes it."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mpspec.site import addresses
from mpspec.site.corpus import Corpus
from mpspec.site.pages import File, Page

_FOLDER = Path("tests/vectors/mikey")
_ARCHIVE = f"{addresses.VECTOR_FILES}.zip"
_KINDS = frozenset({".crt", ".json", ".key", ".md", ".py", ".sh"})
_LONG = 160
"""Hexadecimal digits of an input that a page still shows; the file has them all."""


def has_vectors(corpus: Corpus) -> bool:
    """Return whether there are vectors to show."""
    return (corpus.root / _FOLDER / "README.md").is_file()


def vectors(corpus: Corpus) -> Iterator[Page]:
    """Yield the list of all vectors, and a page for each exchange."""
    if not has_vectors(corpus):
        return
    exchanges = _read(corpus, "exchanges")
    yield Page(
        path=addresses.VECTORS,
        title="Vectors of MIKEY-TICKET",
        template="vectors.html",
        data={
            "about": (corpus.root / _FOLDER / "README.md").read_text(encoding="utf-8").partition("\n")[2],
            "archive": _ARCHIVE,
            "exchanges": [_listed(exchange) for exchange in exchanges],
            "messages": _read(corpus, "messages"),
            "operations": _read(corpus, "primitives"),
            "schemas": sorted(path.name for path in (corpus.root / _FOLDER).glob("*.schema.json")),
        },
    )
    for exchange in exchanges:
        yield Page(
            path=addresses.vector(exchange["id"]),
            title=f"Vector: {exchange['title']}",
            template="vector.html",
            data={
                "exchange": _listed(exchange),
                "identities": exchange["identities"],
                "sources": exchange["source"],
                "keys": exchange["session"]["keys_in_ticket"],
                "inputs": {name: _text(value) for name, value in exchange["inputs"].items()},
                "messages": exchange["messages"],
                "steps": [_step(step) for step in exchange["steps"]],
                "results": exchange["results"],
            },
        )


def vector_files(corpus: Corpus) -> Iterator[File]:
    """Yield each file of the vectors under the path that it has beside the others, and all in one archive."""
    if not has_vectors(corpus):
        return
    found = [
        path
        for path in sorted((corpus.root / _FOLDER).rglob("*"))
        if path.suffix in _KINDS and path.is_file()
    ]
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in found]
    for path, digest in zip(found, digests, strict=True):
        yield File(path=_published(corpus, path), shows=digest, make=path.read_bytes)
    yield File(path=_ARCHIVE, shows=digests, make=lambda: _archive(corpus, found))


def _read(corpus: Corpus, folder: str) -> list[dict[str, Any]]:
    """Return what the files of a folder hold, each with its own address as `file`."""
    found = []
    for path in sorted((corpus.root / _FOLDER / folder).glob("*.json")):
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found.append(content | {"file": _published(corpus, path)})
    return found


def _published(corpus: Corpus, path: Path) -> str:
    return f"{addresses.VECTOR_FILES}/{path.relative_to(corpus.root / _FOLDER).as_posix()}"


def _listed(exchange: dict[str, Any]) -> dict[str, Any]:
    algorithms = exchange["algorithms"]
    return {
        "page": addresses.vector(exchange["id"]),
        "file": exchange["file"],
        "title": exchange["title"],
        "origin": exchange["origin"],
        "mode": exchange["mode"],
        "flags": exchange["flags"],
        "algorithms": ", ".join(algorithms[kind] for kind in ("prf", "encryption", "mac")),
        "messages": len(exchange["messages"]),
    }


def _step(step: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": step["id"],
        "operation": step["operation"],
        "source": step["source"],
        "inputs": {name.replace("_", " "): _text(value) for name, value in step["inputs"].items()},
        "output": _text(step["output"]),
    }


def _text(value: Any) -> str:
    """Return an input or output as text; what is long is left to the file."""
    if isinstance(value, dict):
        return f"{value['value']} ({value['type']})"
    text = str(value)
    return text if len(text) <= _LONG or " " in text else f"{text[:_LONG]}… ({len(text) // 2} octets)"


def _archive(corpus: Corpus, found: list[Path]) -> bytes:
    """Return an archive that is the same octets from the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in found:
            name = f"mikey-ticket/{path.relative_to(corpus.root / _FOLDER).as_posix()}"
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return packed.getvalue()
