"""The gate: what must not be wrong when a change lands."""

from collections.abc import Iterator, Mapping

from mpspec.evidence.store import PATH, Evidence, Outcome
from mpspec.model import Case, Model, Problem, Requirement, Rule, Statement
from mpspec.model.vocabulary import Status, Verification
from mpspec.trace.standing import Standing, executed_by

_MAX_OUTDATED = 5
"""Outdated sources that are named one by one."""


def gate(
    model: Model, evidence: Evidence | None, evidence_fault: str, standings: Mapping[str, Standing]
) -> Iterator[Problem]:
    """Yield every problem: those of the sources, of the evidence, and of each requirement."""
    yield from model.problems
    if evidence is None:
        yield Problem(path=PATH.as_posix(), line=0, code="no-evidence", message=evidence_fault)
    else:
        yield from _faults_of_evidence(model, evidence)
    for identity, requirement in model.requirements.items():
        if requirement.verification is Verification.TEST or identity in model.suspects:
            yield from _faults_of_requirement(model, requirement, standings[identity])


def _faults_of_evidence(model: Model, evidence: Evidence) -> Iterator[Problem]:
    outdated = evidence.outdated(model.root)
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
    if case.requirements and not results:
        yield "no-result", "has no result in the evidence."
    if case.requirements and not case.can_fail:
        yield "cannot-fail", "holds no assertion that can fail."
    if all(result.outcome is not Outcome.PASSED for result in results):
        return
    for identity in case.requirements:
        claiming, executed = executed_by(model, identity, results)
        if claiming and not executed:
            yield "hollow-link", f"verifies {identity} and executes none of the code that claims it."


def _faults_of_requirement(model: Model, requirement: Requirement, standing: Standing) -> Iterator[Problem]:
    faults = list(_faults_of_links(model, requirement))
    if standing.status is not Status.VERIFIED and not faults:
        faults.append((f"is-{standing.status}", f"is {standing.status}. {standing.reason}"))
    place = requirement.location
    for code, message in faults:
        yield Problem(path=place.path, line=place.line, code=code, message=f"{requirement.id} {message}")


def _faults_of_links(model: Model, requirement: Requirement) -> Iterator[tuple[str, str]]:
    if requirement.verification is Verification.INSPECTION:
        return
    if isinstance(requirement, Statement) and not model.refined_by.get(requirement.id):
        yield "not-refined", "is to be tested, and no rule refines it."
    if isinstance(requirement, Rule) and not model.implemented_by.get(requirement.id):
        yield "no-implementation", "is claimed by no code."
    if isinstance(requirement, Rule) and not model.verified_by.get(requirement.id):
        yield "no-test", "is verified by no test."
