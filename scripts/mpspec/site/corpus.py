"""What every page is made from: the trace, the words to explain, and the state of the checkout."""

import os
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from mpspec.change_request import Definition, Presentation, definitions, present
from mpspec.evidence.store import Outcome, Result, commit_of
from mpspec.model import CannotRun, Case, Model, Page, Review
from mpspec.site.modules import Module, read_modules
from mpspec.site.recordings import Recorded, Running, running
from mpspec.trace import Trace
from mpspec.trace.history import Version, history

NOT_RUN = "not run"


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """The sources and the evidence of one build.

    Attributes:
        root: Root of the project.
        trace: Model and evidence, joined.
        built: Day of the build, or that of `SOURCE_DATE_EPOCH`, as `2026-11-23`.
        commit: Commit that is checked out; empty outside of git.
        modified: Whether the work tree differs from that commit.
        change_request_faults: Why a change request cannot be written, a sentence for each.
    """

    root: Path
    trace: Trace
    built: str
    commit: str
    modified: bool
    change_request_faults: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, root: Path) -> Self:
        """Read everything.

        Raises:
            UnreadableSource: The model cannot be read.
        """
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        now = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
        commit, modified = commit_of(root)
        return cls(
            root=root,
            trace=Trace.load(root),
            built=f"{now:%Y-%m-%d}",
            commit=commit,
            modified=modified,
        )

    @property
    def model(self) -> Model:
        """The model alone."""
        return self.trace.model

    @cached_property
    def sources(self) -> dict[str, Page]:
        """Pages of `reqs/`, by their paths."""
        return {page.path: page for page in self.model.pages}

    @cached_property
    def reviews(self) -> dict[str, list[Review]]:
        """Reviews of each requirement, by its ID, the last first."""
        found: dict[str, list[Review]] = {}
        for review in reversed(self.model.reviews):
            found.setdefault(review.requirement, []).append(review)
        return found

    @cached_property
    def history(self) -> dict[str, tuple[Version, ...]]:
        """Versions of each requirement's text, from git."""
        return history(self.root)

    @cached_property
    def modules(self) -> tuple[Module, ...]:
        """Modules of the reference implementation."""
        return read_modules(self.root)

    @cached_property
    def references(self) -> dict[str, str]:
        """Document behind each number in square brackets of TR 29.828, such as `2`."""
        numbers = tomllib.loads((self.root / "reqs/references.toml").read_text(encoding="utf-8"))
        return {str(number): document for document, number in numbers["TR 29.828"].items()}

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """Definitions of the change requests; none where one of them cannot be read."""
        try:
            return tuple(definitions(self.root))
        except CannotRun as error:
            self.change_request_faults.append(str(error))
            return ()

    @cached_property
    def change_requests(self) -> dict[str, Presentation]:
        """Each change request that can be written, by the name of its definition."""
        shown = {}
        for definition in self.definitions:
            try:
                shown[definition.name] = present(definition, self.model)
            except CannotRun as error:
                self.change_request_faults.append(str(error))
        return shown

    @cached_property
    def carried_by(self) -> dict[str, list[tuple[str, str]]]:
        """Change requests that carry a statement, by its ID: name and clause of the target."""
        found: dict[str, list[tuple[str, str]]] = {}
        for shown in self.change_requests.values():
            for each in shown.statements:
                if each.text:
                    found.setdefault(each.statement, []).append((shown.name, each.clause))
        return found

    @cached_property
    def running(self) -> Running:
        """What the reference implementation does when it runs."""
        return running(self.root)

    @property
    def flows(self) -> tuple[Recorded, ...]:
        """Each recorded flow, in the order of the catalogue."""
        return self.running.flows

    @cached_property
    def claims(self) -> dict[str, tuple[str, ...]]:
        """Requirements that a definition claims, by its dotted name."""
        return {code.name: code.requirements for code in self.model.implementations}

    @cached_property
    def machines_of(self) -> dict[str, list[dict[str, Any]]]:
        """State machines by requirement: its code moves them, or looks into their tables."""
        found: dict[str, list[dict[str, Any]]] = {}
        for machine in self.running.machines:
            makers = [maker for transition in machine["transitions"] for maker in transition["made_by"]]
            names = [definition["name"] for definition in (*machine["kept_by"], *makers)]
            for identity in dict.fromkeys(each for name in names for each in self.claims.get(name, ())):
                found.setdefault(identity, []).append(machine)
        return found

    def beside(self, identity: str) -> tuple[str, str]:
        """Return the IDs before and after one in reading order; empty at the ends."""
        return self._beside[identity]

    @cached_property
    def _beside(self) -> dict[str, tuple[str, str]]:
        order = list(self.model.requirements)
        return dict(zip(order, zip(["", *order[:-1]], [*order[1:], ""], strict=True), strict=True))

    def results(self, case: Case) -> tuple[Result, ...]:
        """Return the runs of a test, none where it did not run."""
        return self.trace.evidence.by_case.get(case.node, ()) if self.trace.evidence else ()

    def outcome(self, case: Case) -> str:
        """Return the outcome of a test: that of all its runs, or the worst of them."""
        outcomes = {result.outcome for result in self.results(case)}
        return next((str(outcome) for outcome in _WORST_FIRST if outcome in outcomes), NOT_RUN)

    def seconds(self, case: Case) -> float:
        """Return how long all runs of a test took together."""
        return round(sum(result.seconds for result in self.results(case)), 4)


_WORST_FIRST = (
    Outcome.ERROR,
    Outcome.FAILED,
    Outcome.XPASSED,
    Outcome.XFAILED,
    Outcome.PASSED,
    Outcome.SKIPPED,
)
