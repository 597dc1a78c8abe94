"""What an offer, an answer, both together and a later offer break, as findings.

Each function takes descriptions that keep to the form of SDP, as `SessionDescription.parse` returns them, and
returns every finding; it raises nothing. A stream with port 0 is not wanted, and nothing is asked of it.
"""

from collections.abc import Iterator

from mediasec.errors import Finding
from mediasec.sdp.message import SessionDescription
from mediasec.sdp.registry import Solution
from mediasec.sdp.rules import bfcp, conference, connection, keys, media_lines, msrp, session
from mediasec.sdp.rules.side import BETWEEN_UES, DIAL_IN, DIAL_OUT, Exchange, Renewal, Roles, Side

__all__ = [
    "BETWEEN_UES",
    "DIAL_IN",
    "DIAL_OUT",
    "RECOMMENDATIONS",
    "Roles",
    "check_answer",
    "check_exchange",
    "check_later_offer",
    "check_offer",
]

RECOMMENDATIONS = frozenset({"SDP_013", "SDP_016", "SDP_021", "SDP_023", "SDP_032", "SDP_034", "SDP_051"})
"""Rules that say should or should not: a finding of one is no reason to refuse a description."""

_SIDE_RULES = (
    *session.SIDE_RULES,
    *media_lines.SIDE_RULES,
    *keys.SIDE_RULES,
    *connection.SIDE_RULES,
    *bfcp.SIDE_RULES,
)
_STREAM_RULES = (
    *media_lines.STREAM_RULES,
    *keys.STREAM_RULES,
    *conference.STREAM_RULES,
    *connection.STREAM_RULES,
    *msrp.STREAM_RULES,
    *bfcp.STREAM_RULES,
)
_EXCHANGE_RULES = (
    *keys.EXCHANGE_RULES,
    *connection.EXCHANGE_RULES,
    *msrp.EXCHANGE_RULES,
    *bfcp.EXCHANGE_RULES,
)
_RENEWAL_RULES = (*keys.RENEWAL_RULES, *connection.RENEWAL_RULES, *msrp.RENEWAL_RULES)


def check_offer(offer: SessionDescription, roles: Roles = DIAL_IN) -> list[Finding]:
    """Return what the first offer of a session breaks.

    Args:
        offer: The offer.
        roles: What the two ends are.
    """
    return list(_check_side(Side.of_offer(offer, roles, is_first=True)))


def check_answer(
    answer: SessionDescription, roles: Roles = DIAL_IN, solution: Solution | None = None
) -> list[Finding]:
    """Return what an answer breaks by itself.

    Args:
        answer: The answer.
        roles: What the two ends are.
        solution: The solution of the offer; None where the offer is not at hand.
    """
    return list(_check_side(Side.of_answer(answer, roles, solution)))


def check_exchange(
    offer: SessionDescription, answer: SessionDescription, roles: Roles = DIAL_IN
) -> list[Finding]:
    """Return what an answer breaks, by itself and as the answer to this offer; places are in the answer.

    Args:
        offer: The offer; what it breaks by itself is asked of `check_offer`.
        answer: The answer.
        roles: What the two ends are.
    """
    offered = Side.of_offer(offer, roles, is_first=False)
    answered = Side.of_answer(answer, roles, offered.solution)
    findings = [finding for rule in session.ANSWER_RULES for finding in rule(offer, answer)]
    findings += _check_side(answered)
    for first, second in zip(offered.streams, answered.streams, strict=False):
        if first.wanted and second.wanted:
            exchange = Exchange(offer=first, answer=second)
            findings += [finding for rule in _EXCHANGE_RULES for finding in rule(exchange)]
    return findings


def check_later_offer(
    previous: SessionDescription,
    offer: SessionDescription,
    roles: Roles = DIAL_IN,
    answer: SessionDescription | None = None,
) -> list[Finding]:
    """Return what a later offer of a session breaks, by itself and after the previous description.

    Args:
        previous: The last description, offer or answer, that the same side made.
        offer: The later offer.
        roles: What the two ends are; the offerer is the side that makes the later offer.
        answer: The other side's answer, where `previous` is an offer and its answer is at hand.
    """
    before = Side.of_offer(previous, roles, is_first=False)
    now = Side.of_offer(offer, roles, is_first=False)
    answered = Side.of_answer(answer, roles, before.solution).streams if answer is not None else ()
    findings = [finding for rule in session.LATER_OFFER_RULES for finding in rule(previous, offer)]
    findings += _check_side(now)
    for index, (old, new) in enumerate(zip(before.streams, now.streams, strict=False)):
        if old.wanted and new.wanted and old.kind is new.kind:
            reply = answered[index] if index < len(answered) else None
            renewal = Renewal(previous=old, offer=new, answer=reply)
            findings += [finding for rule in _RENEWAL_RULES for finding in rule(renewal)]
    return findings


def _check_side(side: Side) -> Iterator[Finding]:
    for side_rule in _SIDE_RULES:
        yield from side_rule(side)
    for stream in side.streams:
        if stream.wanted:
            for stream_rule in _STREAM_RULES:
                yield from stream_rule(stream, side)
