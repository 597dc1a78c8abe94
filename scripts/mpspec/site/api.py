"""The pages of the API and of the code itself."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from mpspec.site import addresses
from mpspec.site.corpus import Corpus
from mpspec.site.docstrings import parts
from mpspec.site.modules import Module
from mpspec.site.pages import Page


def api(corpus: Corpus) -> Iterator[Page]:
    """Yield the list of modules and a page for each."""
    found = corpus.modules
    yield Page(
        path=addresses.API,
        title="API of mediasec",
        template="api.html",
        data={"modules": [{"name": module.name, "summary": module.summary} for module in found]},
    )
    for module in found:
        yield Page(
            path=addresses.api(module.name),
            title=module.name,
            template="module.html",
            data={"module": _shown(module)},
        )


def _shown(module: Module) -> dict[str, Any]:
    return {
        "name": module.name,
        "path": module.path,
        "parts": [asdict(part) for part in parts(module.docstring)],
        "definitions": [
            {
                "name": definition.name,
                "signature": definition.signature,
                "line": definition.line,
                "level": definition.level,
                "parts": [asdict(part) for part in parts(definition.docstring)],
            }
            for definition in module.definitions
        ],
    }


def sources(corpus: Corpus) -> Iterator[Page]:
    """Yield a page for each file of code that another page leads to, with every line numbered."""
    paths = [module.path for module in corpus.modules]
    paths += [code.location.path for code in corpus.model.implementations]
    paths += [case.location.path for case in corpus.model.cases]
    for path in dict.fromkeys(paths):
        yield Page(
            path=addresses.source_page(path),
            title=path,
            template="source.html",
            data={"path": path, "text": (corpus.root / path).read_text(encoding="utf-8")},
        )
