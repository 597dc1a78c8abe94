"""What a flow is: its participants, what runs, the arrows that it must show, and how it ends."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from mediasec.errors import Finding
from mediasec.nodes.observation import Medium

if TYPE_CHECKING:
    from mpspec.flows.stage import Stage


class Certainty(StrEnum):
    """How well it is known that an arrow stands at its place.

    Attributes:
        READ: It was read in the source.
        DERIVED: It follows from what was read.
        UNVERIFIED: It could not be read, and is this project's reading.
    """

    READ = "read"
    DERIVED = "derived"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A node of a flow.

    Attributes:
        name: Its name, such as `UE-A`.
        role: What it is, such as `IMS UE`.
        address: Its IP address in a recording, one of those for documentation.
        hidden: Whether it stands behind a NAT: it opens connections, and nobody reaches it.
    """

    name: str
    role: str
    address: str
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """An arrow that a flow must show, at its place among the others.

    Attributes:
        medium: What carries it.
        name: What it is; as the node names it that sends it.
        sender: Name of the participant that sends it.
        receiver: Name of the participant that it is sent to.
        step: Number of the step in the clause, such as `4` or `4-6`; empty where it has none.
        certainty: How well its place is known.
        shows: IDs of the requirements that it shows.
    """

    medium: Medium
    name: str
    sender: str
    receiver: str
    step: str = ""
    certainty: Certainty = Certainty.READ
    shows: tuple[str, ...] = ()

    def __str__(self) -> str:
        step = f"step {self.step}, " if self.step else ""
        return f"{step}{self.medium} {self.name} from {self.sender} to {self.receiver}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFinding:
    """A requirement that a node found broken.

    Attributes:
        node: Name of the participant that found it.
        finding: The finding.
    """

    node: str
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended.

    Attributes:
        states: State of each participant at the end, by its name.
        sentence: What came of it, for people.
        findings: What the nodes found broken on the way, in order.
    """

    states: Mapping[str, str]
    sentence: str
    findings: tuple[NodeFinding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A flow of messages between nodes, which can be run.

    Attributes:
        name: Its name on the command line and in addresses: lower-case words with hyphens.
        title: What people call it.
        summary: What happens, in a sentence or two.
        clauses: Where it comes from, such as `TS 23.333, 6.2.19.3.1`.
        participants: The nodes, from left to right.
        run: Builds the nodes on a stage, has them exchange what they exchange, and ends them.
        ladder: The arrows that it must show, in order; others may stand between them.
        ends: State in which each participant ends, by its name.
        finds: IDs of the requirements that a node must find broken; none but these.
    """

    name: str
    title: str
    summary: str
    clauses: tuple[str, ...]
    participants: tuple[Participant, ...]
    run: "Callable[[Stage], Awaitable[Outcome]]" = field(repr=False)
    ladder: tuple[Rung, ...] = field(repr=False)
    ends: Mapping[str, str] = field(repr=False)
    finds: tuple[str, ...] = ()

    def faults_of(self, outcome: Outcome) -> list[str]:
        """Return what about an end is not as it should be, a sentence each."""
        faults = [
            f"{name} ended as '{outcome.states.get(name, 'unknown')}', and '{state}' is wanted."
            for name, state in self.ends.items()
            if outcome.states.get(name) != state
        ]
        found = {each.finding.requirement for each in outcome.findings}
        faults += [f"No node found {wanted} broken." for wanted in self.finds if wanted not in found]
        faults += [
            f"{each.node} found {each.finding.requirement} broken: {each.finding.message}"
            for each in outcome.findings
            if each.finding.requirement not in self.finds
        ]
        return faults
