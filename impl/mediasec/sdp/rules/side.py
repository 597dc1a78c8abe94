"""What a rule looks at: the description of one side, or the two descriptions of one stream."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Self

from mediasec.errors import Finding
from mediasec.sdp.message import SessionDescription
from mediasec.sdp.registry import Role, Solution
from mediasec.sdp.streams import Level, Stream, solution_of, streams_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """What the two ends of a session are.

    Attributes:
        offerer: The side that made the offer.
        answerer: The side that answers.
    """

    offerer: Role = Role.UE
    answerer: Role = Role.CONFERENCE


DIAL_IN = Roles()
"""A UE calls the conference."""

DIAL_OUT = Roles(offerer=Role.CONFERENCE, answerer=Role.UE)
"""The conference calls a UE."""

BETWEEN_UES = Roles(offerer=Role.UE, answerer=Role.UE)
"""A UE calls a UE: no conference has a part in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A description, who made it for whom, and as what.

    Attributes:
        description: The offer or answer.
        streams: Its streams.
        session: Its attributes of the session.
        is_offer: Whether it is an offer.
        is_first: Whether it is the first offer of the session; an answer is not.
        maker: The side that made it.
        peer: The side that it was made for.
        solution: The solution that the session is checked against.
    """

    description: SessionDescription
    streams: tuple[Stream, ...] = field(repr=False)
    session: Level = field(repr=False)
    is_offer: bool
    is_first: bool
    maker: Role
    peer: Role
    solution: Solution

    @classmethod
    def of_offer(cls, offer: SessionDescription, roles: Roles, *, is_first: bool) -> Self:
        """Look at an offer."""
        streams = streams_of(offer)
        return cls(
            description=offer,
            streams=streams,
            session=Level.of("session", offer.attributes),
            is_offer=True,
            is_first=is_first,
            maker=roles.offerer,
            peer=roles.answerer,
            solution=solution_of(streams),
        )

    @classmethod
    def of_answer(cls, answer: SessionDescription, roles: Roles, solution: Solution | None) -> Self:
        """Look at an answer; without the offer's solution, at what the answer itself shows."""
        streams = streams_of(answer)
        return cls(
            description=answer,
            streams=streams,
            session=Level.of("session", answer.attributes),
            is_offer=False,
            is_first=False,
            maker=roles.answerer,
            peer=roles.offerer,
            solution=solution or solution_of(streams),
        )

    @property
    def levels(self) -> Iterator[Level]:
        """The session's level, and that of each wanted stream."""
        yield self.session
        for stream in self.streams:
            if stream.wanted:
                yield stream.own


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One stream in an offer and in its answer.

    Attributes:
        offer: The stream as it was offered.
        answer: The stream as it was answered.
    """

    offer: Stream
    answer: Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """One stream in the previous description of a side and in its later offer.

    Attributes:
        previous: The stream before.
        offer: The stream in the later offer.
        answer: The stream in the other side's answer to the previous offer, where it is at hand.
    """

    previous: Stream
    offer: Stream
    answer: Stream | None = None


SideRule = Callable[[Side], Iterator[Finding]]
StreamRule = Callable[[Stream, Side], Iterator[Finding]]
ExchangeRule = Callable[[Exchange], Iterator[Finding]]
RenewalRule = Callable[[Renewal], Iterator[Finding]]


def finding(requirement: str, where: str, message: str) -> Finding:
    """Return a finding: the ID of the rule, the place, what was seen and what is wanted."""
    return Finding(requirement=requirement, where=where, message=message)
