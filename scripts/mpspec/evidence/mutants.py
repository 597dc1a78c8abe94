"""Evidence by mutation: which faults in the implementing code the verifying tests notice.

The results are kept, those of each definition under the fingerprint of its module and of the tests that ran,
so that a run costs only what changed.
"""

import hashlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from mpspec.evidence.mutant_run import Job, Outcome, run_all, time_limit
from mpspec.evidence.mutant_store import (
    MutantResult,
    Verdict,
    read_equivalent,
    read_results,
    write_results,
)
from mpspec.evidence.mutation import Mutant, mutants
from mpspec.evidence.surroundings import Surroundings
from mpspec.model import Implementation, Model, UnreadableSource
from mpspec.model.implementations import definitions, location_of, parse_module

_BASELINE_SECONDS = 1800.0
"""Limit of the CPU time of a file of tests without a mutant."""
_SAVED_EVERY = 100
"""Runs after which the results so far are written, so that a run that is stopped loses little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An implementing definition with the tests that ought to notice a fault in it.

    Attributes:
        implementation: The definition.
        nodes: Tests of every requirement that it, or a definition around it, claims.
        fingerprint: SHA-256 over its module, the files of the tests and what they rest on, in hexadecimal.
    """

    implementation: Implementation
    nodes: tuple[str, ...]
    fingerprint: str


def targets(model: Model) -> list[Target]:
    """Return every implementing definition that holds code and has tests, in the order of the sources."""
    surroundings = Surroundings(model.root)
    found: list[Target] = []
    for implementation, nodes in _tested(model):
        digest = hashlib.sha256("\n".join(nodes).encode())
        digest.update(surroundings.of_module(implementation.location.path))
        for node in nodes:
            digest.update(surroundings.digest(_file_of(node)))
        found.append(Target(implementation=implementation, nodes=nodes, fingerprint=digest.hexdigest()))
    return found


def _tested(model: Model) -> Iterator[tuple[Implementation, tuple[str, ...]]]:
    """Yield every implementing definition that holds code and has tests, with these."""
    by_path: defaultdict[str, list[Implementation]] = defaultdict(list)
    for implementation in model.implementations:
        by_path[implementation.location.path].append(implementation)
    for there in by_path.values():
        for implementation in there:
            claimed = _claimed_around(implementation, there)
            nodes = {case.node for identity in claimed for case in model.verified_by.get(identity, ())}
            if nodes and implementation.executable:
                yield implementation, tuple(sorted(nodes))


def _claimed_around(implementation: Implementation, there: list[Implementation]) -> list[str]:
    """Return what a definition claims, and what the definitions around it claim."""
    return [
        identity
        for other in there
        if _holds(other, implementation) or other is implementation
        for identity in other.requirements
    ]


def _holds(outer: Implementation, inner: Implementation) -> bool:
    first, last = outer.location.line, outer.location.end_line
    return outer is not inner and first <= inner.location.line and inner.location.end_line <= last


def mutants_of(target: Target, model: Model) -> list[Mutant]:
    """Return the mutants of a definition, without those of an implementing definition inside of it."""
    place = target.implementation.location
    source = (model.root / place.path).read_bytes()
    inner = [other.location for other in model.implementations if other.location.path == place.path]
    inner = [other for other in inner if place.line < other.line and other.end_line <= place.end_line]
    found: list[Mutant] = []
    for _, definition in definitions(parse_module(model.root / place.path, place.path)):
        if location_of(definition, place.path).line == place.line:
            found += [
                mutant
                for mutant in mutants(source, place.path, target.implementation.name, definition)
                if not any(other.line <= mutant.line <= other.end_line for other in inner)
            ]
            break
    return found


class MutationResults:
    """The kept results of a project, as far as they speak of its present code and tests."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._equivalent = read_equivalent(model.root)
        kept = read_results(model.root)
        self._results = {
            target.implementation.name: kept[target.implementation.name][1]
            for target in (self.targets if kept else ())
            if kept.get(target.implementation.name, ("", ()))[0] == target.fingerprint
        }

    @cached_property
    def targets(self) -> list[Target]:
        """Every definition that mutants are made of."""
        return targets(self._model)

    @cached_property
    def count(self) -> int:
        """How many definitions mutants are made of."""
        return sum(1 for _ in _tested(self._model))

    @property
    def missing(self) -> int:
        """How many of them have no results that speak of their present code and tests."""
        return self.count - len(self._results)

    @property
    def needless_excuses(self) -> Iterator[str]:
        """IDs on the list of equivalent mutants that a test notices, or that are no mutants of the code."""
        known = {result.id: result for results in self._results.values() for result in results}
        for identity in self._equivalent:
            if identity in known:
                if known[identity].verdict is not Verdict.SURVIVED:
                    yield identity
            elif len(self._results) == len(self.targets):
                yield identity

    def of(self, name: str) -> tuple[MutantResult, ...] | None:
        """Return the results of a definition, or None where it never ran or changed since."""
        results = self._results.get(name)
        if results is None:
            return None
        return tuple(
            replace(result, verdict=Verdict.EQUIVALENT, reason=self._equivalent[result.id])
            if result.verdict is Verdict.SURVIVED and result.id in self._equivalent
            else result
            for result in results
        )

    def of_requirement(self, identity: str) -> tuple[MutantResult, ...]:
        """Return the results of all code that claims a requirement, as far as it ran."""
        claiming = self._model.implemented_by.get(identity, ())
        return tuple(result for code in claiming for result in self.of(code.name) or ())

    def run(
        self,
        wanted: Iterable[Target],
        workers: int,
        progress: Callable[[int, int], None],
        seconds: float | None = None,
    ) -> None:
        """Run the mutants of definitions that have no result yet, and keep what came of them.

        Args:
            wanted: The definitions.
            workers: Number of runs at a time.
            progress: Is told how many mutants are done, and of how many.
            seconds: Time after which no more of them are begun; without it all are run.

        Raises:
            UnreadableSource: Every test file fails without any mutant.
        """
        missing = [target for target in wanted if target.implementation.name not in self._results]
        if not missing:
            return
        ends = None if seconds is None else time.monotonic() + seconds
        took, broken = self._baseline(missing, workers)
        missing = [target for target in missing if not broken & set(map(_file_of, target.nodes))]
        if not missing:
            raise UnreadableSource(f"{min(broken)} fails without any mutant: run scripts/test first.")
        changes = {target.implementation.name: mutants_of(target, self._model) for target in missing}
        sources = {
            path: (self._model.root / path).read_bytes()
            for path in {target.implementation.location.path for target in missing}
        }
        jobs = [
            Job(
                key=f"{target.implementation.name} {mutant.id}",
                path=mutant.path,
                source=mutant.applied(sources[mutant.path]).decode(),
                nodes=tuple(sorted(target.nodes, key=lambda node: took.get(node, 0.0))),
                seconds=time_limit(sum(took.get(node, 0.0) for node in target.nodes)),
            )
            for target in missing
            for mutant in changes[target.implementation.name]
        ]
        outcomes: dict[str, Outcome] = {}
        try:
            for outcome in run_all(self._model.root, jobs, workers):
                outcomes[outcome.key] = outcome
                progress(len(outcomes), len(jobs))
                if len(outcomes) % _SAVED_EVERY == 0:
                    self._keep(changes, outcomes, sources)
                if ends is not None and time.monotonic() > ends:
                    break
        finally:
            self._keep(changes, outcomes, sources)

    def _keep(
        self,
        changes: Mapping[str, list[Mutant]],
        outcomes: Mapping[str, Outcome],
        sources: Mapping[str, bytes],
    ) -> None:
        """Keep the results of each definition whose every mutant has run."""
        for name, mutants_there in changes.items():
            keys = [f"{name} {mutant.id}" for mutant in mutants_there]
            if all(key in outcomes for key in keys):
                self._results[name] = tuple(
                    _result(mutant, outcomes[key], sources[mutant.path])
                    for key, mutant in zip(keys, mutants_there, strict=True)
                )
        kept = {
            target.implementation.name: (target.fingerprint, self._results[target.implementation.name])
            for target in self.targets
            if target.implementation.name in self._results
        }
        write_results(self._model.root, kept)

    def _baseline(self, missing: list[Target], workers: int) -> tuple[Mapping[str, float], set[str]]:
        """Return how many seconds each test takes without a mutant, and the files that fail without one.

        Each file runs in its own process. What a failing file verifies stays without a result.
        """
        files: defaultdict[str, list[str]] = defaultdict(list)
        for node in sorted({node for target in missing for node in target.nodes}):
            files[_file_of(node)].append(node)
        jobs = [
            Job(key=name, path="", source="", nodes=tuple(nodes), seconds=_BASELINE_SECONDS)
            for name, nodes in files.items()
        ]
        seconds: dict[str, float] = {}
        broken = set()
        for outcome in run_all(self._model.root, jobs, workers):
            if outcome.failed or outcome.timed_out:
                broken.add(outcome.key)
            seconds |= outcome.seconds
        return seconds, broken


def _file_of(node: str) -> str:
    return node.partition("::")[0]


def _result(mutant: Mutant, outcome: Outcome, source: bytes) -> MutantResult:
    verdict = Verdict.KILLED if outcome.failed else Verdict.SURVIVED
    if outcome.timed_out:
        verdict = Verdict.TIMED_OUT
    return MutantResult(
        id=mutant.id,
        line=mutant.line,
        verdict=verdict,
        killer=outcome.failed if verdict is Verdict.KILLED else "",
        diff=mutant.diff(source),
    )
