"""What was recorded of a run: its arrows in order, how it ended, and what is wrong with it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mediasec.nodes.observation import Medium, Sent
from mpspec.flows.decoding import decode
from mpspec.flows.flow import Certainty, Flow, Outcome, Rung
from mpspec.flows.segment import Segment
from mpspec.flows.shows import SHOWS
from mpspec.protocol.parts import Part

_FAILURE = re.compile(
    r"\b(?:error|fail\w*|refus\w*|reject\w*|reset|lost|no listener|[4-6]\d\d)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """Something that one participant sent to another.

    Attributes:
        number: Its place in the recording, from 1.
        time: Seconds since the run began.
        sender: Name of the participant that sent it.
        receiver: Name of the participant that it was sent to; an address where no participant has it.
        medium: What carries it.
        name: What it is.
        octets: The message; empty for a connection.
        step: Number of the step in the clause; empty where it is not a step of it.
        certainty: How well its place is known; None where the flow's ladder does not have it.
        shows: IDs of the requirements that it shows.
    """

    number: int
    time: float
    sender: str
    receiver: str
    medium: Medium
    name: str
    octets: bytes = field(default=b"", repr=False)
    step: str = ""
    certainty: Certainty | None = None
    shows: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What carries it and what it is: `BFCP: FloorRequest`."""
        return self.name if self.name.startswith(f"{self.medium} ") else f"{self.medium}: {self.name}"

    @property
    def failed(self) -> bool:
        """Whether it tells of a failure."""
        return _FAILURE.search(self.name) is not None

    @property
    def decoded(self) -> tuple[Part, ...]:
        """The message taken apart, then each message of MIKEY that lies encoded in it; keys are hidden."""
        return decode(self.medium, self.octets)

    def as_json(self, *, decoded: bool) -> dict[str, Any]:
        """Return the arrow for a machine; octets are in hexadecimal.

        Args:
            decoded: Whether the message is given, as octets and taken apart.
        """
        described: dict[str, Any] = {
            "number": self.number,
            "time": self.time,
            "from": self.sender,
            "to": self.receiver,
            "medium": str(self.medium),
            "name": self.name,
            "failed": self.failed,
            "step": self.step,
            "certainty": self.certainty,
            "shows": list(self.shows),
        }
        if decoded:
            described["octets"] = self.octets.hex()
            described["decoded"] = [part.as_json() for part in self.decoded]
        return described


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What went over the network in memory.

    Attributes:
        seed: What decided the octets that are random otherwise.
        repeatable: Whether it decided those of TLS too.
        segments: Every segment of TCP, in order.
        tls_keys: The secrets of the TLS connections, in the form that Wireshark reads.
    """

    seed: int
    repeatable: bool
    segments: tuple[Segment, ...] = field(repr=False)
    tls_keys: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A run of a flow.

    Attributes:
        flow: The flow.
        arrows: What its participants sent, in order.
        outcome: How it ended; None where it broke off.
        problems: What is not as it should be, a sentence each; none where all is well.
        wire: What went over the network in memory; None where the flow ran on loopback.
    """

    flow: Flow
    arrows: tuple[Arrow, ...]
    outcome: Outcome | None
    problems: tuple[str, ...]
    wire: Wire | None

    def end_as_json(self) -> dict[str, Any]:
        """Return how the run ended, for a machine."""
        outcome = self.outcome
        return {
            "sentence": "" if outcome is None else outcome.sentence,
            "states": {} if outcome is None else dict(outcome.states),
            "findings": [
                {
                    "node": each.node,
                    "requirement": each.finding.requirement,
                    "where": each.finding.where,
                    "message": each.finding.message,
                }
                for each in (() if outcome is None else outcome.findings)
            ],
            "problems": list(self.problems),
        }


class Recorder:
    """Numbers what the nodes of a flow send, and finds its place in the ladder.

    Args:
        flow: The flow.
        hosts: IP address of each participant, by its name.
        now: The clock of the network, in seconds; that of a node may be wrong on purpose.
        observer: Is told of each arrow as it happens.
    """

    def __init__(
        self,
        flow: Flow,
        hosts: dict[str, str],
        now: Callable[[], float],
        observer: Callable[[Arrow], None],
    ) -> None:
        self._flow = flow
        self._names = {host: name for name, host in hosts.items()}
        self._now = now
        self._start = now()
        self._observer = observer
        self._arrows: list[Arrow] = []
        self._ladder = list(flow.ladder)

    def take(self, sent: Sent) -> None:
        """Take what a node sent, as its observer."""
        receiver = self._names.get(sent.receiver, sent.receiver)
        rung = self._rung(sent, receiver)
        arrow = Arrow(
            number=len(self._arrows) + 1,
            time=round(self._now() - self._start, 6),
            sender=sent.sender,
            receiver=receiver,
            medium=sent.medium,
            name=sent.name,
            octets=sent.octets,
            step=rung.step if rung else "",
            certainty=rung.certainty if rung else None,
            shows=rung.shows if rung else SHOWS.get((sent.medium, sent.name), ()),
        )
        self._arrows.append(arrow)
        self._observer(arrow)

    def finish(self, outcome: Outcome | None, problems: list[str], wire: Wire | None = None) -> Recording:
        """Return the recording of a run that has ended.

        Args:
            outcome: How it ended; None where it broke off.
            problems: What went wrong beside it.
            wire: What went over the network in memory; None where the flow ran on loopback.
        """
        problems = [*problems, *self._missing()]
        if outcome is not None:
            problems += self._flow.faults_of(outcome)
        return Recording(
            flow=self._flow,
            arrows=tuple(self._arrows),
            outcome=outcome,
            problems=tuple(problems),
            wire=wire,
        )

    def _rung(self, sent: Sent, receiver: str) -> Rung | None:
        """Return the next rung of the ladder, if it is this."""
        if not self._ladder:
            return None
        rung = self._ladder[0]
        if (rung.medium, rung.name, rung.sender, rung.receiver) != (
            sent.medium,
            sent.name,
            sent.sender,
            receiver,
        ):
            return None
        return self._ladder.pop(0)

    def _missing(self) -> Iterator[str]:
        """Yield that the ladder is not complete, naming the rung that did not come at its place."""
        if self._ladder:
            yield f"The flow did not show, at its place in the ladder: {self._ladder[0]}."
