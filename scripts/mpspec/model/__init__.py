"""The model: statements, rules, the code that claims them and the tests that verify them.

It is read from the sources at each run: `reqs/` for the requirements, the docstrings of `impl/` for the
claims, the paths and names under `tests/` for the cases. Nothing in it is typed twice or kept.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Self

from mpspec.model import source_text
from mpspec.model.cases import Case, misplaced, read_cases
from mpspec.model.helpers import faults_of_helpers
from mpspec.model.implementations import Claim, Implementation, read_implementations
from mpspec.model.pages import Page, read_page
from mpspec.model.problem import CannotRun, Problem, UnreadableSource
from mpspec.model.requirements import Citation, Location, Requirement, Rule, Statement
from mpspec.model.reviews import PATH as REVIEWS
from mpspec.model.reviews import Review, read_reviews
from mpspec.model.verbal_forms import forbidden_forms, strength
from mpspec.model.vocabulary import Kind, Strength

__all__ = [
    "CannotRun",
    "Case",
    "Citation",
    "Claim",
    "Implementation",
    "Location",
    "Model",
    "Page",
    "Problem",
    "Requirement",
    "Review",
    "Rule",
    "Statement",
    "UnreadableSource",
]


@dataclass(frozen=True, kw_only=True)
class Model:
    """Everything that the sources say, with every fault found on the way.

    Attributes:
        root: Root of the project.
        pages: Pages of `reqs/` in reading order: the clause first, then the rules.
        implementations: Definitions that claim a requirement.
        cases: Every test, also those that verify no requirement.
        reviews: Every review, the oldest first.
        problems: Faults in any of them, in the order of their places.
    """

    root: Path
    pages: tuple[Page, ...]
    implementations: tuple[Implementation, ...]
    cases: tuple[Case, ...]
    reviews: tuple[Review, ...]
    problems: tuple[Problem, ...] = field(repr=False)

    @classmethod
    def load(cls, root: Path) -> Self:
        """Read the sources below the root of a project.

        Raises:
            UnreadableSource: A file cannot be read, or is not what its name says.
        """
        pages: list[Page] = []
        problems: list[Problem] = []
        paths = [
            *sorted((root / "reqs/tr29828").glob("*.md")),
            *sorted((root / "reqs/rules").glob("*.md")),
        ]
        problems += [
            Problem(
                path=path.relative_to(root).as_posix(),
                line=0,
                code="unread-page",
                message="No tool reads this page: it stands neither in reqs/tr29828 nor in reqs/rules.",
            )
            for path in sorted((root / "reqs").rglob("*.md"))
            if path not in paths
        ]
        for path in paths:
            page, found = read_page(path, root)
            pages.append(page)
            problems += found
        if not pages:
            raise UnreadableSource(f"{root} is not the root of the project: it has no page below reqs/.")
        implementations, found = read_implementations(root / "impl/mediasec", root)
        problems += found
        cases, found = read_cases(root / "tests", root)
        problems += found
        problems += faults_of_helpers(root)
        model = cls(
            root=root,
            pages=tuple(pages),
            implementations=tuple(implementations),
            cases=tuple(cases),
            reviews=read_reviews(root),
            problems=(),
        )
        problems += model._faults_of_links()
        problems += model._faults_of_text()
        return replace(model, problems=tuple(sorted(problems)))

    @cached_property
    def requirements(self) -> dict[str, Requirement]:
        """Every statement and rule by its ID, in reading order; of two with one ID the first."""
        found: dict[str, Requirement] = {}
        for page in self.pages:
            for requirement in page.requirements:
                found.setdefault(requirement.id, requirement)
        return found

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Every statement, in reading order."""
        return tuple(found for found in self.requirements.values() if isinstance(found, Statement))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in reading order."""
        return tuple(found for found in self.requirements.values() if isinstance(found, Rule))

    @cached_property
    def refined_by(self) -> dict[str, tuple[Rule, ...]]:
        """Rules that refine a requirement, by its ID."""
        found: defaultdict[str, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            for identity in rule.refines:
                found[identity].append(rule)
        return {identity: tuple(rules) for identity, rules in found.items()}

    def below(self, identity: str) -> tuple[Rule, ...]:
        """Return every rule that refines a requirement, at any depth, the nearest first."""
        found: dict[str, Rule] = {}
        waiting = [identity]
        while waiting:
            for rule in self.refined_by.get(waiting.pop(0), ()):
                if rule.id not in found:
                    found[rule.id] = rule
                    waiting.append(rule.id)
        return tuple(found.values())

    @cached_property
    def implemented_by(self) -> dict[str, tuple[Implementation, ...]]:
        """Definitions that claim a requirement, by its ID."""
        found: defaultdict[str, list[Implementation]] = defaultdict(list)
        for implementation in self.implementations:
            for identity in dict.fromkeys(implementation.requirements):
                found[identity].append(implementation)
        return {identity: tuple(definitions) for identity, definitions in found.items()}

    @cached_property
    def verified_by(self) -> dict[str, tuple[Case, ...]]:
        """Tests that verify a requirement, by its ID."""
        found: defaultdict[str, list[Case]] = defaultdict(list)
        for case in self.cases:
            for identity in case.requirements:
                found[identity].append(case)
        return {identity: tuple(cases) for identity, cases in found.items()}

    @cached_property
    def last_review(self) -> dict[str, Review]:
        """The last review of each requirement that has one, by its ID."""
        return {review.requirement: review for review in self.reviews}

    @cached_property
    def suspects(self) -> dict[str, str]:
        """Why a requirement is suspect, by its ID: its text, or one that it refines, changed unreviewed."""
        changed = {
            identity: review
            for identity, review in self.last_review.items()
            if identity in self.requirements and review.fingerprint != self.requirements[identity].fingerprint
        }
        found = {
            identity: f"Its text changed since {review.by} reviewed it on {review.date}."
            for identity, review in changed.items()
        }
        waiting = list(changed)
        while waiting:
            above = waiting.pop()
            for rule in self.refined_by.get(above, ()):
                if rule.id not in found:
                    found[rule.id] = f"It refines {above}, whose text is not reviewed."
                    waiting.append(rule.id)
        return found

    def _faults_of_links(self) -> list[Problem]:
        problems = [*misplaced(self.cases, self.requirements), *self._rings()]
        for page in self.pages:
            for requirement in page.requirements:
                place = requirement.location
                if isinstance(requirement, Statement) and requirement.clause != page.number:
                    problems.append(
                        Problem(
                            path=place.path,
                            line=place.line,
                            code="other-clause",
                            message=f"{requirement.id} is of clause {requirement.clause}, "
                            f"and stands on the page of {page.number}.",
                        )
                    )
                if self.requirements[requirement.id] is not requirement:
                    problems.append(
                        Problem(
                            path=place.path,
                            line=place.line,
                            code="id-twice",
                            message=f"{requirement.id} stands here for the second time.",
                        )
                    )
                for identity in requirement.refines if isinstance(requirement, Rule) else ():
                    if identity not in self.requirements or identity == requirement.id:
                        problems.append(
                            Problem(
                                path=place.path,
                                line=place.line,
                                code="unknown-id",
                                message=f"{requirement.id} refines {identity}: that is no other requirement.",
                            )
                        )
        for implementation in self.implementations:
            problems += self._faults_of_claims(implementation)
        return [*problems, *self._faults_of_reviews()]

    def _rings(self) -> Iterator[Problem]:
        """Yield a problem for each rule that refines itself by way of others."""
        for rule in self.rules:
            ring = [other.id for other in self.below(rule.id)]
            if rule.id in ring and rule.refines != (rule.id,):
                yield Problem(
                    path=rule.location.path,
                    line=rule.location.line,
                    code="refines-itself",
                    message=f"{rule.id} refines itself by way of {', '.join(ring[:3])}.",
                )

    def _faults_of_reviews(self) -> Iterator[Problem]:
        earlier: dict[str, Review] = {}
        # A day more, since a reviewer may be ahead of UTC.
        latest = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
        for review in self.reviews:
            requirement = self.requirements.get(review.requirement)
            before = earlier.get(review.requirement)
            if requirement is None:
                code, said = "unknown-id", "was reviewed, and reqs/ does not have it"
            elif review.fingerprint == requirement.fingerprint and review.text != requirement.text:
                code, said = "edited-review", f"has a review by {review.by} of another text than it says"
            elif review.date > latest:
                code, said = "review-date", f"has a review on {review.date}, which is not yet"
            elif before is not None and replace(review, note="") == replace(before, note=""):
                code, said = "review-twice", f"has the review by {review.by} on {review.date} twice"
            elif before is not None and review.date < before.date:
                code, said = "review-date", f"has a review on {review.date} behind one on {before.date}"
            else:
                earlier[review.requirement] = review
                continue
            yield Problem(path=REVIEWS.as_posix(), line=0, code=code, message=f"{review.requirement} {said}.")

    def _faults_of_claims(self, implementation: Implementation) -> list[Problem]:
        problems = []
        if not implementation.used:
            problems.append(
                Problem(
                    path=implementation.location.path,
                    line=implementation.location.line,
                    code="unused-claim",
                    message=f"{implementation.name} claims {', '.join(implementation.requirements)}, "
                    "and no code uses it.",
                )
            )
        for claim in implementation.claims:
            requirement = self.requirements.get(claim.requirement)
            if requirement is None:
                code, message = "unknown-id", f"claims {claim.requirement}, which reqs/ does not have"
            elif claim.citation not in requirement.sources:
                wanted = " or ".join(map(str, requirement.sources))
                code = "wrong-citation"
                message = f"claims {claim.requirement} from {claim.citation}, and reqs/ has it from {wanted}"
            else:
                continue
            problems.append(
                Problem(
                    path=implementation.location.path,
                    line=claim.line,
                    code=code,
                    message=f"{implementation.name} {message}.",
                )
            )
        return problems

    def _faults_of_text(self) -> list[Problem]:
        clause = [page for page in self.pages if page.path.startswith("reqs/tr29828/")]
        problems = source_text.differences(source_text.clause_text(self.root), clause)
        problems += source_text.faults_of_digest(self.root)
        for requirement in self.requirements.values():
            faults = [("forbidden-form", f"uses '{form}'") for form in forbidden_forms(requirement.text)]
            if isinstance(requirement, Statement):
                faults += _faults_of_strength(requirement)
            elif _RANKS[requirement.strength] > _RANKS[read := strength(requirement.text)]:
                faults.append(
                    ("strength", f"is declared '{requirement.strength}', and its text says '{read}'")
                )
            for code, message in faults:
                problems.append(
                    Problem(
                        path=requirement.location.path,
                        line=requirement.location.line,
                        code=code,
                        message=f"{requirement.id} {message} (TR 21.801 Annex E).",
                    )
                )
        return problems


_NOT_NORMATIVE = {Kind.DEFINITION, Kind.RATIONALE, Kind.POINTER, Kind.EDITORS_NOTE}
_RANKS = {each: 0 if "shall" in each else 1 if "should" in each else 2 for each in Strength}
"""How strong a verbal form is, 0 the strongest. A rule speaks in own words, often without any."""
_STRENGTHS = {
    Kind.REQUIREMENT: {Strength.SHALL, Strength.SHALL_NOT},
    Kind.RECOMMENDATION: {Strength.SHOULD, Strength.SHOULD_NOT},
    Kind.PERMISSION: {Strength.MAY, Strength.NEED_NOT},
}
"""Verbal forms of the kinds that are named for them."""


def _faults_of_strength(statement: Statement) -> list[tuple[str, str]]:
    read = strength(statement.text)
    faults = []
    if read is not statement.strength:
        faults.append(("strength", f"is declared '{statement.strength}', and its text says '{read}'"))
    elif read not in _STRENGTHS.get(statement.kind, {read}):
        faults.append(("other-kind", f"is declared a {statement.kind}, and its text says '{read}'"))
    if statement.kind in _NOT_NORMATIVE and read in {Strength.SHALL, Strength.SHALL_NOT}:
        faults.append(
            ("requirement-in-note", f"is {statement.kind} and says '{read}', which only a requirement may")
        )
    return faults
