"""The trace: from each requirement to the code, the tests and their results, and back.

The console, the gate, the matrix and the site all read this one object, so that they agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from mpspec.evidence.mutants import MutationResults
from mpspec.evidence.store import PATH, Evidence
from mpspec.model import Model, Problem, UnreadableSource
from mpspec.model.vocabulary import Strength
from mpspec.trace.gate import excuses, gate
from mpspec.trace.standing import Standing, standings
from mpspec.trace.strengths import Needs, read_strengths

__all__ = ["Standing", "Trace"]


@dataclass(frozen=True, kw_only=True)
class Trace:
    """Model and evidence, joined.

    Attributes:
        model: What the sources say.
        evidence: What the last test run showed; None where there is none.
        evidence_fault: Why there is no evidence; None where there is.
        strengths: What a requirement of each strength needs.
    """

    model: Model
    evidence: Evidence | None
    evidence_fault: UnreadableSource | None
    strengths: Mapping[Strength, Needs]

    @classmethod
    def load(cls, root: Path, evidence: Path | None = None) -> Self:
        """Read model and evidence of the project at a root.

        Evidence that cannot be read is no error here: `evidence_fault` says so, and the gate fails.

        Args:
            root: Root of the project.
            evidence: File of the evidence; by default that of the checkout.

        Raises:
            UnreadableSource: The model or the table of strengths cannot be read.
        """
        found, fault = None, None
        try:
            found = Evidence.load(evidence or root / PATH)
        except UnreadableSource as error:
            fault = error
        return cls(
            model=Model.load(root), evidence=found, evidence_fault=fault, strengths=read_strengths(root)
        )

    @cached_property
    def mutation(self) -> MutationResults:
        """What the tests made of the mutants of the implementing code, as far as they ran.

        Raises:
            UnreadableSource: The kept results cannot be read.
        """
        return MutationResults(self.model)

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """Standing of every requirement, by its ID, in reading order."""
        return standings(self.model, self.evidence, self.mutation, self.strengths)

    def standing(self, identity: str) -> Standing:
        """Return the standing of one requirement; an unknown ID is a KeyError."""
        return self.standings[identity]

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that the gate finds wrong."""
        problems = gate(self.model, self.evidence, self.evidence_fault, self.standings, self.strengths)
        return (*problems, *excuses(self.mutation))
