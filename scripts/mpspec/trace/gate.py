"""The gate: what must not be wrong when a change lands."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from mpspec.evidence.mutant_store import EQUIVALENT
from mpspec.evidence.mutants import MutationResults
from mpspec.evidence.store import PATH, EditedEvidence, Evidence, MissingEvidence, Outcome, commit_of
from mpspec.model import Case, Model, Problem, Requirement, Rule, Statement, UnreadableSource
from mpspec.model.cases import NO_EVIDENCE
from mpspec.model.reviews import PATH as REVIEWS
from mpspec.model.vocabulary import Kind, Status, Strength, Verification
from mpspec.trace.history import history, is_whole
from mpspec.trace.standing import BROKEN, Standing, executed_by
from mpspec.trace.strengths import PATH as STRENGTHS
from mpspec.trace.strengths import Needs

_MAX_OUTDATED = 5
"""Outdated sources that are named one by one."""
_READ_ONLY = {Kind.DEFINITION, Kind.RATIONALE, Kind.POINTER, Kind.EDITORS_NOTE}
"""Kinds of statements that a person's review may settle, whatever their verbal form."""
_SHALL = {Strength.SHALL, Strength.SHALL_NOT}
_NEVER_SKIPPED = "tests/conformance/"
"""Tests that need nothing but Python: one that is skipped there hides what it would have shown."""


def gate(
    model: Model,
    evidence: Evidence | None,
    evidence_fault: UnreadableSource | None,
    standings: Mapping[str, Standing],
    strengths: Mapping[Strength, Needs],
) -> Iterator[Problem]:
    """Yield every problem: those of the sources, of the evidence, and of each requirement."""
    yield from model.problems
    if evidence is None:
        code = "unreadable-evidence"
        if isinstance(evidence_fault, MissingEvidence):
            code = "no-evidence"
        elif isinstance(evidence_fault, EditedEvidence):
            code = "edited-evidence"
        yield Problem(path=PATH.as_posix(), line=0, code=code, message=str(evidence_fault))
    else:
        yield from _faults_of_evidence(model, evidence)
    yield from _early_reviews(model)
    yield from _used_again(model)
    yield from _weak_needs(strengths)
    for identity, requirement in model.requirements.items():
        if requirement.verification is Verification.TEST or identity in model.suspects:
            yield from _faults_of_requirement(model, requirement, standings[identity], evidence is not None)
        read_only = isinstance(requirement, Statement) and requirement.kind in _READ_ONLY
        needs = strengths[requirement.strength]
        if requirement.verification is Verification.INSPECTION and not (read_only or needs.inspection):
            yield Problem(
                path=requirement.location.path,
                line=requirement.location.line,
                code="needs-test",
                message=f"{identity} says '{requirement.strength}' and is to be inspected only; "
                f"{STRENGTHS.as_posix()} asks for a test.",
            )


def _early_reviews(model: Model) -> Iterator[Problem]:
    """Yield a problem for each review that is older than the text it speaks of, as far as git knows."""
    if not model.reviews or not is_whole(model.root):
        return
    known = history(model.root, most=-1)
    for review in model.reviews:
        days = [each.date for each in known.get(review.requirement, ()) if each.text == review.text]
        if days and review.date < _day_before(min(days)):
            yield Problem(
                path=REVIEWS.as_posix(),
                line=0,
                code="review-date",
                message=f"{review.requirement} has a review on {review.date} of a text that came to be on "
                f"{min(days)}.",
            )


def _used_again(model: Model) -> Iterator[Problem]:
    """Yield a problem for each ID that was taken away and given to another text, as far as git knows."""
    for identity, versions in history(model.root, linear=True).items():
        requirement = model.requirements.get(identity)
        if requirement is None:
            continue
        texts = [version.text for version in versions]
        for at, text in enumerate(texts):
            if at and not texts[at - 1] and text not in texts[:at]:
                yield Problem(
                    path=requirement.location.path,
                    line=requirement.location.line,
                    code="id-reused",
                    message=f"{identity} was taken away, and {versions[at].commit} gave it to another text.",
                )


def _day_before(day: str) -> str:
    """Return the day before one, since a reviewer may be behind the clock of the author."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _weak_needs(strengths: Mapping[Strength, Needs]) -> Iterator[Problem]:
    """Yield a problem where the table asks too little of a 'shall' to prove anything."""
    for strength in sorted(_SHALL):
        needs = strengths[strength]
        if needs.inspection or not needs.executed or needs.mutants < 1:
            yield Problem(
                path=STRENGTHS.as_posix(),
                line=0,
                code="weak-needs",
                message=f"'{strength}' needs a test that executes the code and notices a mutant of it.",
            )


def excuses(mutation: MutationResults) -> Iterator[Problem]:
    """Yield a problem for each mutant that is excused as equivalent and is none."""
    for identity in mutation.needless_excuses:
        yield Problem(
            path=EQUIVALENT.as_posix(),
            line=0,
            code="needless-excuse",
            message=f"{identity} is excused; a test notices it, or there is no such mutant.",
        )


def _faults_of_evidence(model: Model, evidence: Evidence) -> Iterator[Problem]:
    outdated = evidence.outdated(model.root)
    commit, _ = commit_of(model.root) if outdated else ("", False)
    if commit and evidence.commit and commit != evidence.commit:
        yield Problem(
            path=PATH.as_posix(),
            line=0,
            code="other-commit",
            message=f"It was made at {evidence.commit[:7]}, and {commit[:7]} is checked out.",
        )
    for path in outdated[:_MAX_OUTDATED]:
        yield Problem(
            path=path,
            line=0,
            code="outdated-evidence",
            message="The evidence speaks of another state of it: run scripts/test again.",
        )
    if len(outdated) > _MAX_OUTDATED:
        yield Problem(
            path=PATH.as_posix(),
            line=0,
            code="outdated-evidence",
            message=f"It speaks of another state of {len(outdated) - _MAX_OUTDATED} more sources.",
        )
    if evidence.partial:
        yield Problem(
            path=PATH.as_posix(),
            line=0,
            code="partial-evidence",
            message=f"The run was not whole. {evidence.partial}",
        )
    if outdated:
        return
    for case in model.cases:
        for code, message in _faults_of_case(model, evidence, case):
            yield Problem(
                path=case.location.path,
                line=case.location.line,
                code=code,
                message=f"{case.node.rpartition('::')[2]} {message}",
            )
    for implementation in model.implementations:
        for identity in dict.fromkeys(implementation.requirements):
            results = [
                result
                for case in model.verified_by.get(identity, ())
                for result in evidence.by_case.get(case.node, ())
            ]
            claiming, executed = executed_by(model, identity, results)
            if results and implementation.name in claiming - executed:
                yield Problem(
                    path=implementation.location.path,
                    line=implementation.location.line,
                    code="hollow-claim",
                    message=f"{implementation.name} claims {identity}, and none of its tests executes it.",
                )


def _faults_of_case(model: Model, evidence: Evidence, case: Case) -> Iterator[tuple[str, str]]:
    results = evidence.by_case.get(case.node, ())
    if not results and not case.location.path.startswith(NO_EVIDENCE):
        yield "no-result", "has no result in the evidence."
    broken = [result for result in results if result.outcome in BROKEN]
    if broken and not case.requirements:
        yield "failed-test", f"ended as {broken[0].outcome}: {broken[0].reason or 'no reason is known'}."
    if case.requirements and not case.can_fail:
        yield "cannot-fail", "holds no assertion that can fail."
    skipped = [result.reason for result in results if result.outcome is Outcome.SKIPPED]
    if case.requirements and skipped and case.node.startswith(_NEVER_SKIPPED):
        yield "skipped-test", f"was skipped: {skipped[0]}."
    if all(result.outcome is not Outcome.PASSED for result in results):
        return
    for identity in case.requirements:
        claiming, executed = executed_by(model, identity, results)
        if claiming and not executed:
            yield "hollow-link", f"verifies {identity} and executes none of the code that claims it."


def _faults_of_requirement(
    model: Model, requirement: Requirement, standing: Standing, ran: bool
) -> Iterator[Problem]:
    """Yield what is wrong with a requirement; where no tests ran, that is said once and not of each."""
    faults = list(_faults_of_links(model, requirement))
    settled = Status.VERIFIED if ran else Status.UNTESTED
    if standing.status not in {Status.VERIFIED, settled} and not faults:
        faults.append((f"is-{standing.status}", f"is {standing.status}. {standing.reason}"))
    place = requirement.location
    for code, message in faults:
        yield Problem(path=place.path, line=place.line, code=code, message=f"{requirement.id} {message}")


def _faults_of_links(model: Model, requirement: Requirement) -> Iterator[tuple[str, str]]:
    if requirement.verification is Verification.INSPECTION:
        return
    if isinstance(requirement, Statement):
        below = model.below(requirement.id)
        if not below:
            yield "not-refined", "is to be tested, and no rule refines it."
        elif requirement.strength in _SHALL and not any(rule.strength in _SHALL for rule in below):
            yield "weaker-rules", f"says '{requirement.strength}', and no rule that refines it does."
    if isinstance(requirement, Rule) and not model.implemented_by.get(requirement.id):
        yield "no-implementation", "is claimed by no code."
    if isinstance(requirement, Rule) and not model.verified_by.get(requirement.id):
        yield "no-test", "is verified by no test."
