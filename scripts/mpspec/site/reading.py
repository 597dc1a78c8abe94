"""The clause and the rules as a reader reads them: continuous text with marks in the margin."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from mpspec.model import Page as Source
from mpspec.model import Requirement, Statement
from mpspec.model.vocabulary import Kind, Status, Strength, Verification
from mpspec.site import addresses
from mpspec.site.corpus import Corpus
from mpspec.site.pages import Page


def item(corpus: Corpus, requirement: Requirement) -> dict[str, Any]:
    """Return what the text and the margin show of one statement or rule."""
    standing = corpus.trace.standing(requirement.id)
    statement = requirement if isinstance(requirement, Statement) else None
    inspected = statement is not None and requirement.verification is Verification.INSPECTION
    return {
        "id": requirement.id,
        "title": requirement.title,
        "text": requirement.text,
        "strength": "" if requirement.strength is Strength.NONE else str(requirement.strength),
        "kind": str(statement.kind) if statement and inspected else "",
        "status": str(standing.status),
        "tests": standing.passed,
        "verbatim": statement is not None,
        "continues": statement is not None and statement.continues,
        "note": statement is not None and statement.kind is Kind.EDITORS_NOTE,
    }


def paragraphs(corpus: Corpus, requirements: Iterable[Requirement]) -> list[list[dict[str, Any]]]:
    """Return items by paragraph: a statement that continues the one before it stands in the same."""
    found: list[list[dict[str, Any]]] = []
    for requirement in requirements:
        read = item(corpus, requirement)
        if read["continues"] and found:
            found[-1].append(read)
        else:
            found.append([read])
    return found


def clause_pages(corpus: Corpus) -> list[Source]:
    """Return the pages of the clause, in its order."""
    return [page for page in corpus.model.pages if page.number]


def rule_pages(corpus: Corpus) -> list[Source]:
    """Return the pages of rules, in the order of their files."""
    return [page for page in corpus.model.pages if not page.number]


def docname(source: Source) -> str:
    """Return Sphinx's name of a page of `reqs/`."""
    return source.path.removesuffix(".md")


def heading(source: Source) -> str:
    """Return the heading of a page as it is read."""
    return f"{source.number} {source.title}".strip()


def summary(corpus: Corpus, requirements: Iterable[Requirement]) -> dict[str, int]:
    """Return how many requirements stand at each status, in the order of the statuses, without zeros."""
    found = [corpus.trace.standing(requirement.id).status for requirement in requirements]
    return {str(status): found.count(status) for status in Status if status in found}


def document_data(corpus: Corpus, name: str) -> dict[str, Any]:
    """Return what a page written in `reqs/` or `docs/` shows beside its text; empty where that is nothing."""
    source = corpus.sources.get(f"{name}.md")
    if source is None:
        return {}
    data: dict[str, Any] = {
        "items": {found.id: item(corpus, found) for found in source.requirements},
        "summary": summary(corpus, source.requirements),
    }
    machines = {
        machine["name"]: machine["title"]
        for found in source.requirements
        for machine in corpus.machines_of.get(found.id, ())
    }
    data["states"] = [
        {"title": title, "path": addresses.states(name)} for name, title in sorted(machines.items())
    ]
    if source.number:
        data["below"] = [
            {"title": heading(page), "path": addresses.document(docname(page))}
            for page in clause_pages(corpus)
            if page.number.rpartition(".")[0] == source.number
        ]
        data["neighbours"] = _neighbours(corpus, source)
    return data


def _neighbours(corpus: Corpus, source: Source) -> dict[str, dict[str, str]]:
    found = {}
    for before, after in pairwise(clause_pages(corpus)):
        if after is source:
            found["previous"] = before
        if before is source:
            found["next"] = after
    return {
        direction: {"title": heading(page), "path": addresses.document(docname(page))}
        for direction, page in found.items()
    }


def whole_clause(corpus: Corpus) -> Iterator[Page]:
    """Yield the page that holds the whole clause with its matrix, to read at one go or to print."""
    clauses = clause_pages(corpus)
    yield Page(
        path=addresses.WHOLE_CLAUSE,
        title="The whole clause with its matrix",
        template="whole.html",
        data={
            "clauses": [
                {
                    "heading": heading(source),
                    "anchor": f"clause-{source.number}",
                    "level": min(source.number.count(".") + 2, 6),
                    "paragraphs": paragraphs(corpus, source.requirements),
                }
                for source in clauses
            ],
            "rows": [
                {
                    "id": statement.id,
                    "title": statement.title,
                    "strength": str(statement.strength),
                    "status": str(corpus.trace.standing(statement.id).status),
                    "reason": corpus.trace.standing(statement.id).reason,
                    "binds": ", ".join(statement.binds),
                    "rules": Counter(
                        rule.id.rpartition("_")[0] for rule in corpus.model.refined_by.get(statement.id, ())
                    ),
                    "moves_to": ", ".join(statement.moves_to),
                }
                for source in clauses
                for statement in source.requirements
                if isinstance(statement, Statement)
            ],
            "built": corpus.built,
            "commit": corpus.commit[:7],
        },
    )


def rules_index(corpus: Corpus) -> Iterator[Page]:
    """Yield the page that leads to the rules of each protocol."""
    yield Page(
        path=addresses.RULES,
        title="Rules",
        template="rules.html",
        data={
            "pages": [
                {
                    "title": source.title,
                    "path": addresses.document(docname(source)),
                    "summary": summary(corpus, source.requirements),
                }
                for source in rule_pages(corpus)
            ]
        },
    )
