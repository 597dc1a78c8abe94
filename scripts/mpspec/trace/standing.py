"""Standing of a requirement: its status with the reason, computed from the model and the evidence."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mpspec.evidence.mutant_store import Score, score
from mpspec.evidence.mutants import MutationResults
from mpspec.evidence.store import Evidence, Outcome, Result
from mpspec.model import Case, Model, Requirement, Rule
from mpspec.model.vocabulary import Status, Strength, Verification
from mpspec.trace.strengths import Needs

BROKEN = {Outcome.FAILED, Outcome.ERROR, Outcome.XFAILED, Outcome.XPASSED, Outcome.FLAKY}
"""Outcomes that show a requirement not kept. An expected failure is a failure that somebody expects, and a
test that passed when it was tried again failed before."""

_WORST_FIRST = (Status.FAILING, Status.SUSPECT, Status.HOLLOW, Status.UNTESTED, Status.VERIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a requirement stands.

    Attributes:
        status: Its status.
        reason: Why, in one plain sentence.
        passed: Runs of its tests that passed, those of the rules that refine it included.
    """

    status: Status
    reason: str
    passed: int = 0


def standings(
    model: Model,
    evidence: Evidence | None,
    mutation: MutationResults,
    strengths: Mapping[Strength, Needs],
) -> dict[str, Standing]:
    """Return the standing of every requirement, by its ID.

    Args:
        model: The requirements, the code and the tests.
        evidence: The last run; None where there is none yet.
        mutation: What the tests made of mutants of the code.
        strengths: What each strength needs.
    """
    return _Standings(model, evidence, mutation, strengths).all()


class _Standings:
    """Computes each standing once: a statement stands as the worst of its own tests and of its rules."""

    def __init__(
        self,
        model: Model,
        evidence: Evidence | None,
        mutation: MutationResults,
        strengths: Mapping[Strength, Needs],
    ) -> None:
        self._model = model
        self._evidence = evidence
        self._mutation = mutation
        self._strengths = strengths
        self._found: dict[str, Standing] = {}
        self._open: set[str] = set()

    def all(self) -> dict[str, Standing]:
        return {identity: self._of(requirement) for identity, requirement in self._model.requirements.items()}

    def _of(self, requirement: Requirement) -> Standing:
        identity = requirement.id
        if identity not in self._found:
            if identity in self._open:  # Rules that refine each other in a ring prove nothing.
                return Standing(status=Status.UNTESTED, reason=f"{identity} refines itself.")
            self._open.add(identity)
            standing = self._computed(requirement)
            why = self._model.suspects.get(identity)
            if why and standing.status is not Status.FAILING:
                standing = Standing(status=Status.SUSPECT, reason=why, passed=standing.passed)
            self._found[identity] = standing
            self._open.discard(identity)
        return self._found[identity]

    def _computed(self, requirement: Requirement) -> Standing:
        if requirement.verification is Verification.INSPECTION:
            review = self._model.last_review.get(requirement.id)
            if review is None:
                return Standing(
                    status=Status.NOT_REVIEWED,
                    reason="It is to be inspected; no review of it is recorded yet.",
                )
            reason = f"{review.by} reviewed it on {review.date}."
            return Standing(status=Status.BY_INSPECTION, reason=reason)
        rules = [
            rule
            for rule in self._model.refined_by.get(requirement.id, ())
            if rule.verification is Verification.TEST
        ]
        cases = self._model.verified_by.get(requirement.id, ())
        own = self._by_tests(requirement, cases) if cases or not rules else None
        below = {rule.id: self._of(rule) for rule in rules}
        parts = [*below.values(), *([own] if own else [])]
        status = min((part.status for part in parts), key=_WORST_FIRST.index)
        if own is not None and own.status is status:
            reason = own.reason
        else:
            reason = _named([identity for identity, part in below.items() if part.status is status], status)
        if status is Status.VERIFIED and below:
            reason = f"{_count(len(below), 'rule')} that refine it: all verified."
            if own is not None:
                reason += f" {own.reason}"
        return Standing(status=status, reason=reason, passed=sum(part.passed for part in parts))

    def _needs(self, requirement: Requirement) -> Needs:
        """Return what a requirement needs; mutants of a part of the code that claims it prove no lack."""
        claiming = self._model.implemented_by.get(requirement.id, ())
        needs = self._strengths[requirement.strength]
        if all(self._mutation.of(code.name) is not None for code in claiming if code.executable):
            return needs
        return replace(needs, mutants=0)

    def _by_tests(self, requirement: Requirement, cases: tuple[Case, ...]) -> Standing:
        if not cases:
            return Standing(status=Status.UNTESTED, reason="No test verifies it.")
        if self._evidence is None:
            return Standing(status=Status.UNTESTED, reason="Its tests have not run yet.")
        results = [result for case in cases for result in self._evidence.by_case.get(case.node, ())]
        counts = Counter(result.outcome for result in results)
        passed, skipped = counts[Outcome.PASSED], counts[Outcome.SKIPPED]
        broken = [result for result in results if result.outcome in BROKEN]
        if broken:
            return Standing(status=Status.FAILING, reason=_why_failing(broken), passed=passed)
        if not passed:
            reason = "Its tests were skipped." if skipped else "Its tests did not run."
            return Standing(status=Status.UNTESTED, reason=reason)
        if isinstance(requirement, Rule) and not self._model.implemented_by.get(requirement.id):
            return Standing(status=Status.UNTESTED, reason="No code claims to implement it.", passed=passed)
        caught = score(self._mutation.of_requirement(requirement.id))
        needs = self._needs(requirement)
        hollow = _why_hollow(self._model, requirement, cases, results, caught, needs)
        if hollow:
            return Standing(status=Status.HOLLOW, reason=hollow, passed=passed)
        reason = f"{_count(passed, 'test')} passed on {self._evidence.finished[:10]}"
        if self._evidence.commit:
            reason += f" at {self._evidence.commit[:7]}{' with changes' if self._evidence.modified else ''}"
        claiming, executed = executed_by(self._model, requirement.id, results)
        if claiming:
            reason += f"; they executed {len(executed)} of {_count(len(claiming), 'implementing definition')}"
        elif self._model.implemented_by.get(requirement.id):
            reason += "; what claims it only holds data, so whether they used it cannot be seen"
        if caught.total:
            reason += f"; {caught}"
        if skipped:
            reason += f"; {skipped} skipped"
        return Standing(status=Status.VERIFIED, reason=f"{reason}.", passed=passed)


def executed_by(model: Model, identity: str, results: Iterable[Result]) -> tuple[set[str], set[str]]:
    """Return the names of the executable code that claims a requirement, and which of it the results ran."""
    claiming = {code.name for code in model.implemented_by.get(identity, ()) if code.executable}
    executed = {name for result in results for name in result.executed}
    return claiming, claiming & executed


def _why_hollow(
    model: Model,
    requirement: Requirement,
    cases: tuple[Case, ...],
    results: list[Result],
    caught: Score,
    needs: Needs,
) -> str:
    """Return why passing tests prove nothing, or an empty string where they do."""
    if not any(case.can_fail for case in cases):
        return "None of its tests holds an assertion that can fail."
    claiming, executed = executed_by(model, requirement.id, results)
    if needs.executed and claiming and not executed:
        return (
            f"Its tests passed and executed none of the {_count(len(claiming), 'definition')} that claim it."
        )
    if caught.noticed < min(needs.mutants, caught.total):
        some = caught.noticed or "none"
        return f"Its tests passed and notice {some} of the {_count(caught.total, 'mutant')} of its code."
    return ""


def _why_failing(broken: list[Result]) -> str:
    name = broken[0].node.rpartition("::")[2]
    more = f", and {len(broken) - 1} more" if len(broken) > 1 else ""
    return f"{name} ended as {broken[0].outcome}{more}."


def _named(identities: list[str], status: Status) -> str:
    others = " and others" if len(identities) > 3 else ""
    return f"Of the rules that refine it, {', '.join(identities[:3])}{others}: {status}."


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
