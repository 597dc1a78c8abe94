"""Pages that list: the matrix, the test results, the unverified facts, the abbreviations."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from mpspec.evidence.store import Outcome
from mpspec.model import Case
from mpspec.model.vocabulary import Confidence
from mpspec.site import addresses
from mpspec.site.corpus import NOT_RUN, Corpus
from mpspec.site.home import evidence_data
from mpspec.site.pages import File, Page
from mpspec.trace.matrix import Row, as_csv, rows
from mpspec.trace.workbook import as_workbook

_MOST = 50
"""Tests that did not pass which are named on one page; the rest is counted."""


def matrix(corpus: Corpus) -> Iterator[Page]:
    """Yield the matrix: one row for each statement and rule."""
    found = rows(corpus.trace)
    yield Page(
        path=addresses.MATRIX,
        title="Matrix",
        template="matrix.html",
        data={
            "rows": [_row(row) for row in found],
            "clauses": list(dict.fromkeys(_clause(row) for row in found if row.type == "statement")),
            "strengths": list(dict.fromkeys(row.strength for row in found)),
            "statuses": list(dict.fromkeys(row.status for row in found)),
            "parties": sorted({party for row in found for party in row.binds}),
        },
    )


def matrix_files(corpus: Corpus) -> Iterator[File]:
    """Yield the matrix as files for a spreadsheet."""
    shows = [rows(corpus.trace), corpus.trace.evidence and corpus.trace.evidence.results]
    yield File(path="matrix.csv", shows=shows, make=lambda: as_csv(corpus.trace).encode())
    yield File(path="matrix.xlsx", shows=shows, make=lambda: as_workbook(corpus.trace))


def _row(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "type": row.type,
        "clause": _clause(row),
        "title": row.title,
        "strength": row.strength,
        "status": row.status,
        "binds": ", ".join(row.binds),
        "rules": len(row.rules),
        "code": len(row.code),
        "tests": len(row.tests),
        "moves_to": ", ".join(row.moves_to),
    }


def _clause(row: Row) -> str:
    """Return where a row comes from; the clause itself is of TR 29.828."""
    return row.clause.removeprefix("TR 29.828, ") if row.type == "statement" else row.clause


def results(corpus: Corpus) -> Iterator[Page]:
    """Yield the results of the last test run: all files on one page, and a page for each file."""
    files: defaultdict[str, list[Case]] = defaultdict(list)
    for case in corpus.model.cases:
        files[case.location.path].append(case)
    listed = []
    for path, cases in files.items():
        shown = [_case(corpus, case) for case in cases]
        outcomes = [case["outcome"] for case in shown]
        listed.append(
            {
                "path": path,
                "page": addresses.results(path),
                "count": len(shown),
                "seconds": round(sum(case["seconds"] for case in shown), 2),
                "outcomes": {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))},
            }
        )
        yield Page(
            path=addresses.results(path),
            title=f"Test results: {path.removeprefix('tests/')}",
            template="results_file.html",
            data={"path": path, "cases": shown},
        )
    ran = [case for case in corpus.model.cases if corpus.outcome(case) != NOT_RUN]
    wanting = sorted(
        (case for case in ran if corpus.outcome(case) != Outcome.PASSED),
        key=lambda case: corpus.outcome(case) == Outcome.SKIPPED,
    )
    yield Page(
        path=addresses.RESULTS,
        title="Test results",
        template="results.html",
        data={
            "files": listed,
            "evidence": evidence_data(corpus),
            "wanting": [_case(corpus, case) for case in wanting[:_MOST]],
            "unlisted": max(0, len(wanting) - _MOST),
            "not_run": len(corpus.model.cases) - len(ran),
        },
    )


def _case(corpus: Corpus, case: Case) -> dict[str, Any]:
    return {
        "name": case.node.rpartition("::")[2],
        "path": case.location.path,
        "line": case.location.line,
        "summary": case.summary,
        "requirements": [each for each in case.requirements if each in corpus.model.requirements],
        "outcome": corpus.outcome(case),
        "seconds": corpus.seconds(case),
        "runs": len(corpus.results(case)),
        "reason": next((run.reason for run in corpus.results(case) if run.reason), ""),
    }


def unverified(corpus: Corpus) -> Iterator[Page]:
    """Yield the list of all facts that could not be read in their sources."""
    yield Page(
        path=addresses.UNVERIFIED,
        title="Unverified facts",
        template="unverified.html",
        data={
            "rules": [
                {
                    "id": rule.id,
                    "title": rule.title,
                    "missing": rule.missing,
                    "text": rule.text,
                    "decision": rule.decision,
                }
                for rule in corpus.model.rules
                if rule.missing
            ],
            "moves": [
                {
                    "id": statement.id,
                    "title": statement.title,
                    "moves_to": ", ".join(statement.moves_to),
                    "confidence": str(statement.confidence),
                }
                for statement in corpus.model.statements
                if statement.confidence not in {None, Confidence.CERTAIN}
            ],
        },
    )


def abbreviations(_: Corpus) -> Iterator[Page]:
    """Yield the page of abbreviations and documents."""
    yield Page(path=addresses.GLOSSARY, title="Abbreviations", template="abbreviations.html")


def search_page(_: Corpus) -> Iterator[Page]:
    """Yield the page that a search leads to where there are no scripts."""
    yield Page(path=addresses.SEARCH, title="Search", template="search.html")
