"""What waits for a person: suspects, hollow links, faults that no test notices, texts not reviewed."""

from collections.abc import Iterable, Iterator
from typing import Any

from mpspec.evidence.mutant_store import Verdict, score
from mpspec.model import CannotRun, Implementation
from mpspec.model.vocabulary import Status
from mpspec.site import addresses
from mpspec.site.corpus import Corpus
from mpspec.site.pages import Page
from mpspec.trace.revisions import last_tag, model_at
from mpspec.trace.sheet import sheet
from mpspec.trace.words import Change, Run, word_diff
from mpspec.trace.worklist import entries


def reviews(corpus: Corpus) -> Iterator[Page]:
    """Yield the work list of a reviewer."""
    model, trace = corpus.model, corpus.trace
    waiting = entries(trace)
    tested = [
        (code, results)
        for code in model.implementations
        if (results := trace.mutation.of(code.name)) is not None
    ]
    survivors = [
        _survivor(corpus, code, result.line, result.diff)
        for code, results in tested
        for result in results
        if result.verdict is Verdict.SURVIVED
    ]
    every = score(result for _, results in tested for result in results)
    yield Page(
        path=addresses.REVIEWS,
        title="Reviews",
        template="reviews.html",
        data={
            "suspects": [
                {"id": each.id, "title": each.title, "reason": each.reason, "runs": _runs(corpus, each.id)}
                for each in waiting
                if each.suspect
            ],
            "unreviewed": [{"id": each.id, "title": each.title} for each in waiting if not each.suspect],
            "reviewed": len(model.requirements) - len(waiting),
            "hollow": [
                {"id": identity, "title": model.requirements[identity].title, "reason": standing.reason}
                for identity, standing in trace.standings.items()
                if standing.status is Status.HOLLOW
            ],
            "score": f"{every}: {every.percent:.1f} %" if every.total else "",
            "tested": len(tested),
            "targets": trace.mutation.count,
            **_since_last_tag(corpus),
            "survivors": survivors,
            "problems": [
                {"path": problem.path, "line": problem.line, "message": problem.message, "code": problem.code}
                for problem in trace.problems
            ],
        },
    )


def _since_last_tag(corpus: Corpus) -> dict[str, Any]:
    """Return what changed since the last tag; no tag where there is none or it cannot be read."""
    tag = last_tag(corpus.root)
    if not tag:
        return {"tag": "", "changes": []}
    try:
        with model_at(corpus.root, tag) as before:
            changes = sheet(before, corpus.model, {}, {})
    except CannotRun:
        return {"tag": "", "changes": []}
    return {
        "tag": tag,
        "changes": [
            {
                "kind": str(each.kind),
                "id": each.id,
                "known": each.id in corpus.model.requirements,
                "title": each.title,
                "fields": [list(field) for field in each.fields],
                "gained": len(each.gained),
                "lost": len(each.lost),
                "runs": _changed(each.text),
            }
            for each in changes
        ],
    }


def _changed(runs: Iterable[Run]) -> list[dict[str, str]]:
    """Return the words of a text with their fate; nothing where none changed."""
    found = [{"change": str(run.change), "text": run.text} for run in runs]
    return found if any(run["change"] != Change.KEPT for run in found) else []


def _survivor(corpus: Corpus, code: Implementation, line: int, diff: str) -> dict[str, Any]:
    known = corpus.model.requirements
    return {
        "name": code.name,
        "path": code.location.path,
        "line": line,
        "diff": diff,
        "requirements": [identity for identity in code.requirements if identity in known],
    }


def _runs(corpus: Corpus, identity: str) -> list[dict[str, str]]:
    """Return the present text against the reviewed one; nothing where they are equal."""
    review = corpus.model.last_review.get(identity)
    text = corpus.model.requirements[identity].text
    if review is None or review.text == text:
        return []
    return _changed(word_diff(review.text, text))
