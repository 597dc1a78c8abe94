"""The first page: where the clause stands, what is wrong with it, and where to go."""

from typing import Any

from mpspec.model.vocabulary import Status, Strength
from mpspec.site import addresses
from mpspec.site.corpus import Corpus
from mpspec.site.reading import clause_pages, docname, heading, rule_pages, summary

_WANTING = (Status.FAILING, Status.HOLLOW, Status.SUSPECT, Status.UNTESTED)


def home_data(corpus: Corpus) -> dict[str, Any]:
    """Return what the first page shows."""
    trace = corpus.trace
    statements = corpus.model.statements
    return {
        "statements": len(statements),
        "rules": len(corpus.model.rules),
        "tests": sum(1 for case in corpus.model.cases if case.requirements),
        "bars": [
            {
                "title": heading(page),
                "path": addresses.document(docname(page)),
                "total": len(page.requirements),
                "summary": summary(corpus, page.requirements),
            }
            for page in [*clause_pages(corpus), *rule_pages(corpus)]
            if page.requirements
        ],
        "strengths": {
            str(strength): summary(corpus, found)
            for strength in Strength
            if (found := [each for each in statements if each.strength is strength])
        },
        "wanting": [
            {
                "status": str(status),
                "found": [
                    {
                        "id": identity,
                        "title": corpus.model.requirements[identity].title,
                        "reason": standing.reason,
                    }
                    for identity, standing in trace.standings.items()
                    if standing.status is status
                ],
            }
            for status in _WANTING
        ],
        "unverified": sum(1 for rule in corpus.model.rules if rule.missing),
        "flows": len(corpus.flows),
        "evidence": evidence_data(corpus),
        "built": corpus.built,
        "commit": corpus.commit,
        "modified": corpus.modified,
    }


def evidence_data(corpus: Corpus) -> dict[str, Any]:
    """Return what is told of the test run that a page rests on; `fault` alone where there is none."""
    evidence = corpus.trace.evidence
    if evidence is None:
        return {"fault": str(corpus.trace.evidence_fault)}
    outcomes = [str(result.outcome) for result in evidence.results]
    outdated = evidence.outdated(corpus.root)
    return {
        "fault": "",
        "finished": evidence.finished.replace("T", " ").removesuffix("Z"),
        "commit": evidence.commit,
        "modified": evidence.modified,
        "python": evidence.python,
        "outcomes": {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))},
        "outdated": len(outdated),
    }
