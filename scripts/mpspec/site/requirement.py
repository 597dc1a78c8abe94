"""The page of one requirement: what it says, where it stands, and everything that speaks for it."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

from mpspec.evidence.mutant_store import score
from mpspec.model import Requirement, Rule, Statement
from mpspec.site import addresses
from mpspec.site.code import lines_of
from mpspec.site.corpus import Corpus
from mpspec.site.flows import shown_by
from mpspec.site.graph import neighbours
from mpspec.site.pages import File, Page
from mpspec.site.reading import docname, heading, paragraphs, summary
from mpspec.trace.show import described
from mpspec.trace.words import word_diff


def requirement_pages(corpus: Corpus) -> Iterator[Page]:
    """Yield the page of every statement and rule."""
    for source in corpus.model.pages:
        contexts = {item["id"]: group for group in paragraphs(corpus, source.requirements) for item in group}
        for requirement in source.requirements:
            if corpus.model.requirements[requirement.id] is not requirement:
                continue
            data = _data(corpus, requirement)
            data["context"] = contexts[requirement.id]
            data["source_page"] = {
                "title": heading(source),
                "path": f"{addresses.document(docname(source))}#{requirement.id}",
            }
            yield Page(
                path=addresses.requirement(requirement.id),
                title=f"{requirement.id} {requirement.title}",
                template="requirement.html",
                data=data,
            )


def requirement_files(corpus: Corpus) -> Iterator[File]:
    """Yield the same facts as JSON and as Markdown, for each requirement."""
    for requirement in corpus.model.requirements.values():
        known, text = described(corpus.trace, requirement.id), _markdown(corpus, requirement)
        known["flows"] = [
            {"name": flow["name"], "messages": flow["arrows"]} for flow in shown_by(corpus, requirement.id)
        ]
        yield File(path=f"req/{requirement.id}.json", shows=known, make=partial(_json, known))
        yield File(path=f"req/{requirement.id}.md", shows=text, make=text.encode)


def _json(known: dict[str, Any]) -> bytes:
    return (json.dumps(known, indent=1, ensure_ascii=False) + "\n").encode()


def _data(corpus: Corpus, requirement: Requirement) -> dict[str, Any]:
    model = corpus.model
    mutants = corpus.trace.mutation.of_requirement(requirement.id)
    known = described(corpus.trace, requirement.id)
    for code, found in zip(known["code"], model.implemented_by.get(requirement.id, ()), strict=True):
        code["text"] = lines_of(corpus.root, found.location)
    for test, case in zip(known["tests"], model.verified_by.get(requirement.id, ()), strict=True):
        test |= {
            "name": case.node.rpartition("::")[2],
            "outcome": corpus.outcome(case),
            "seconds": corpus.seconds(case),
            "end_line": case.location.end_line,
            "runs": len(corpus.results(case)),
            "faults": [f"{run.outcome}: {run.reason}" for run in corpus.results(case) if run.reason],
        }
    before, after = corpus.beside(requirement.id)
    rules = model.refined_by.get(requirement.id, ())
    return {
        "item": known,
        "type": "statement" if isinstance(requirement, Statement) else "rule",
        "previous": _named(corpus, before) if before else None,
        "following": _named(corpus, after) if after else None,
        "sources": [{"document": source.document, "clause": source.clause} for source in requirement.sources],
        "parents": [
            _named(corpus, identity)
            for identity in (requirement.refines if isinstance(requirement, Rule) else ())
            if identity in model.requirements
        ],
        "rules": [_named(corpus, rule.id) for rule in rules],
        "summary": summary(corpus, rules),
        "unverified_rules": [{"id": rule.id, "missing": rule.missing} for rule in rules if rule.missing],
        "through_rules": _through_rules(corpus, requirement),
        "graph": neighbours(corpus, requirement),
        "flows": shown_by(corpus, requirement.id),
        "states": [
            {"title": machine["title"], "path": addresses.states(machine["name"])}
            for machine in corpus.machines_of.get(requirement.id, ())
        ],
        "fingerprint": requirement.fingerprint,
        "evidence": _evidence(corpus),
        "passed": corpus.trace.standing(requirement.id).passed,
        "reviews": _reviews(corpus, requirement),
        "history": _history(corpus, requirement.id),
        "score": str(score(mutants)) if mutants else "",
        "survivors": [
            {
                "diff": mutant.diff,
                "line": mutant.line,
                "verdict": str(mutant.verdict),
                "reason": mutant.reason,
            }
            for mutant in mutants
            if not mutant.noticed
        ],
        "carried_by": [
            {
                "name": name,
                "kind": str(corpus.change_requests[name].kind),
                "specification": corpus.change_requests[name].specification,
                "clause": clause,
            }
            for name, clause in corpus.carried_by.get(requirement.id, ())
        ],
        "markdown_text": _markdown(corpus, requirement),
    }


def _reviews(corpus: Corpus, requirement: Requirement) -> list[dict[str, Any]]:
    """Return who reviewed which text when, the last first; `diff` leads from that text to the present one."""
    return [
        {
            "by": review.by,
            "date": review.date,
            "note": review.note,
            "current": review.fingerprint == requirement.fingerprint,
            "diff": _runs(review.text, requirement.text) if review.text != requirement.text else [],
        }
        for review in corpus.reviews.get(requirement.id, ())
    ]


def _history(corpus: Corpus, identity: str) -> list[dict[str, Any]]:
    """Return each change of a text, the last first, with the words that it took out and put in."""
    versions = corpus.history.get(identity, ())
    return [
        {
            "commit": version.commit,
            "author": version.author,
            "date": version.date,
            "diff": _runs(before.text, version.text) if before and before.text and version.text else [],
            "first": before is None,
        }
        for before, version in zip([None, *versions], versions, strict=False)
    ][::-1]


def _runs(old: str, new: str) -> list[dict[str, str]]:
    return [{"change": str(run.change), "text": run.text} for run in word_diff(old, new)]


def _through_rules(corpus: Corpus, requirement: Requirement) -> dict[str, Any]:
    """Return the code and the tests of the rules that refine a requirement, at any depth."""
    model = corpus.model
    code: dict[str, dict[str, Any]] = {}
    files: dict[str, dict[str, str]] = {}
    for rule in model.below(requirement.id):
        for found in model.implemented_by.get(rule.id, ()):
            place = found.location
            shown = {"name": found.name, "path": place.path, "line": place.line, "end_line": place.end_line}
            code.setdefault(found.name, shown | {"rules": []})["rules"].append(rule.id)
        for case in model.verified_by.get(rule.id, ()):
            files.setdefault(case.location.path, {})[case.node] = corpus.outcome(case)
    return {
        "code": list(code.values()),
        "files": [
            {"path": path, "page": addresses.results(path), "outcomes": Counter(outcomes.values())}
            for path, outcomes in files.items()
        ],
    }


def _named(corpus: Corpus, identity: str) -> dict[str, str]:
    requirement = corpus.model.requirements[identity]
    return {
        "id": identity,
        "title": requirement.title,
        "strength": str(requirement.strength),
        "status": str(corpus.trace.standing(identity).status),
    }


def _evidence(corpus: Corpus) -> dict[str, str]:
    evidence = corpus.trace.evidence
    if evidence is None:
        return {}
    return {"finished": evidence.finished[:10], "commit": evidence.commit[:7]}


def _markdown(corpus: Corpus, requirement: Requirement) -> str:
    """Return the requirement as Markdown for a mail, an issue or a pull request."""
    model = corpus.model
    standing = corpus.trace.standing(requirement.id)
    sources = "; ".join(map(str, requirement.sources))
    lines = [
        f"**{requirement.id}** {requirement.title}",
        "",
        f"> {requirement.text}",
        "",
        f"- Source: {sources}",
        f"- Strength: {requirement.strength}",
        f"- Binds: {', '.join(requirement.binds)}",
        f"- Status: {standing.status}. {standing.reason}",
    ]
    if isinstance(requirement, Statement) and requirement.moves_to:
        lines.append(f"- Moves to: TS 23.333, {', '.join(requirement.moves_to)} ({requirement.confidence})")
    if isinstance(requirement, Rule):
        lines.append(f"- Refines: {', '.join(requirement.refines)}")
    if isinstance(requirement, Rule) and requirement.missing:
        lines.append(f"- Unverified: {requirement.missing}")
    for noun, names in (
        ("Rules", [rule.id for rule in model.refined_by.get(requirement.id, ())]),
        (
            "Code",
            [
                f"`{code.name}` ({code.location.path}:{code.location.line})"
                for code in model.implemented_by.get(requirement.id, ())
            ],
        ),
        (
            "Tests",
            [f"`{case.node}`: {corpus.outcome(case)}" for case in model.verified_by.get(requirement.id, ())],
        ),
        ("Call flows", [f"{flow['title']} (`{flow['name']}`)" for flow in shown_by(corpus, requirement.id)]),
    ):
        if names:
            lines += [f"- {noun}:", *(f"  - {name}" for name in names)]
    return "\n".join(lines) + "\n"
