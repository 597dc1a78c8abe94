"""The search index: everything that a reader may type, with the very place that it leads to."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import quote

from mpspec.model import Rule
from mpspec.site import addresses
from mpspec.site.corpus import Corpus
from mpspec.site.reading import clause_pages, docname, heading, rule_pages
from mpspec.site.vectors import has_vectors

Entry = tuple[str, str, str, str]
"""Kind, key that is compared exactly, title, and address."""

_NAMED = 4
"""Rules of one section that its entry names; the rest is counted."""


def search_index(corpus: Corpus, documents: list[tuple[str, str]]) -> bytes:
    """Return the index as a script, loaded when somebody searches: a page from disk may fetch no data.

    Args:
        corpus: What the site is made from.
        documents: Title and address of each guide, decision and the like.
    """
    found = [*_entries(corpus), *(("page", "", title, path) for title, path in documents)]
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in found)
    return f"window.searchIndex=[\n{lines}\n];\n".encode()


def _entries(corpus: Corpus) -> Iterator[Entry]:
    model = corpus.model
    for page in clause_pages(corpus):
        yield "clause", page.number, page.title, addresses.document(docname(page))
    for page in rule_pages(corpus):
        yield "rules", "", heading(page), addresses.document(docname(page))
    for requirement in model.requirements.values():
        yield "requirement", requirement.id, requirement.title, addresses.requirement(requirement.id)
    yield from _sources(corpus)
    for module in corpus.modules:
        yield "code", module.name, module.summary, addresses.api(module.name)
        for definition in module.definitions:
            place = f"{addresses.api(module.name)}#{definition.name}"
            yield "code", f"{module.name}.{definition.name}", definition.summary, place
    for case in model.cases:
        name = case.node.rpartition("::")[2]
        yield "test", name, case.summary, addresses.source(case.location.path, case.location.line)
    yield from _pages(corpus)


def _pages(corpus: Corpus) -> Iterator[Entry]:
    for name, shown in corpus.change_requests.items():
        yield "change request", name, shown.title, addresses.change_request(name)
    for recorded in corpus.flows:
        title = f"{recorded.title} ({'; '.join(recorded.content['flow']['clauses'])})"
        yield "call flow", recorded.name, title, addresses.flow(recorded.name)
    for machine in corpus.running.machines:
        yield "states", "", machine["title"], addresses.states(machine["name"])
    if has_vectors(corpus):
        yield "page", "", "Vectors of MIKEY-TICKET", addresses.VECTORS
    for title, path in (
        ("Change requests", addresses.CHANGE_REQUESTS),
        ("Matrix", addresses.MATRIX),
        ("Unverified facts", addresses.UNVERIFIED),
        ("Test results", addresses.RESULTS),
        ("Reviews", addresses.REVIEWS),
        ("Call flows", addresses.FLOWS),
        ("State diagrams", addresses.STATES),
        ("Abbreviations", addresses.GLOSSARY),
        ("The whole clause with its matrix", addresses.WHOLE_CLAUSE),
    ):
        yield "page", "", title, path


def _sources(corpus: Corpus) -> Iterator[Entry]:
    """Yield each section that rules name, in order; it leads to its only rule, or to the rows of all."""
    rules: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in corpus.model.rules:
        for source in rule.sources:
            rules[str(source)].append(rule)
    for cited in sorted(rules, key=_in_order):
        first, *others = rules[cited]
        if others:
            named = ", ".join(rule.id for rule in rules[cited][:_NAMED])
            title = f"{named} and {len(others) + 1 - _NAMED} more" if len(others) >= _NAMED else named
            yield "source", cited, title, f"{addresses.MATRIX}#type=rule&q=%22{quote(cited)}%22"
        else:
            yield "source", cited, f"{first.id} {first.title}", addresses.requirement(first.id)


def _in_order(cited: str) -> list[tuple[int, str]]:
    """Return what a citation is sorted by: numbers by their value."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", cited)]
