"""Rules of offer and answer for the description as a whole."""

from collections.abc import Iterator
from dataclasses import replace

from mediasec.errors import Finding
from mediasec.sdp.fields import seen
from mediasec.sdp.message import SessionDescription
from mediasec.sdp.registry import LineType
from mediasec.sdp.rules.side import Side, finding

_MOST = (1 << 63) - 1
_MOST_AT_FIRST = (1 << 62) - 2


def _lines(description: SessionDescription) -> list[tuple[LineType, str]]:
    """Return every line without its ending."""
    fields = [*description.fields, *(each for media in description.media for each in media.fields)]
    return [(each.type, each.value) for each in fields]


def origin_numbers(side: Side) -> Iterator[Finding]:
    """Find a session ID or version that is too large.

    Source:
        SDP_081 (RFC 3264, 5)
    """
    origin = side.description.origin
    if origin.session_id > _MOST:
        yield finding("SDP_081", "session.origin", "The session ID does not fit in 63 bits.")
    most = _MOST_AT_FIRST if side.is_first else _MOST
    if origin.version > most:
        limit = "below 2^62 - 1 in a first offer" if side.is_first else "at most 2^63 - 1"
        yield finding(
            "SDP_081", "session.origin", f"The version of the description is too large; it is {limit}."
        )


def same_number(offer: SessionDescription, answer: SessionDescription) -> Iterator[Finding]:
    """Find an answer with more or fewer streams than the offer.

    Source:
        SDP_073 (RFC 3264, 6)
    """
    offered, answered = len(offer.media), len(answer.media)
    if offered != answered:
        message = (
            f"The answer has {answered} media lines, and the offer {offered}; the n-th answers the n-th."
        )
        yield finding("SDP_073", "session", message)


def same_media_types(offer: SessionDescription, answer: SessionDescription) -> Iterator[Finding]:
    """Find a stream that is answered by one of another media type.

    Source:
        SDP_074 (RFC 3264, 6.1)
    """
    for index, (offered, answered) in enumerate(zip(offer.media, answer.media, strict=False)):
        if offered.line.media != answered.line.media:
            message = (
                f"The media type is {seen(answered.line.media)}, and {seen(offered.line.media)} in the offer."
            )
            yield finding("SDP_074", f"media[{index}]", message)


def same_time(offer: SessionDescription, answer: SessionDescription) -> Iterator[Finding]:
    """Find an answer with another time than the offer.

    Source:
        SDP_075 (RFC 3264, 6)
    """
    offered = [(each.type, each.value) for each in offer.time_fields]
    answered = [(each.type, each.value) for each in answer.time_fields]
    if offered != answered:
        (_, wanted), (_, shown) = offered[0], answered[0]
        message = f"The time is {seen(shown)}, and {seen(wanted)} in the offer; the same is wanted."
        if wanted == shown:
            message = "The time lines are not all those of the offer; the same are wanted."
        yield finding("SDP_075", "session.timing", message)


def own_origin(offer: SessionDescription, answer: SessionDescription) -> Iterator[Finding]:
    """Find an answer that gives the offer's origin as its own.

    Source:
        SDP_076 (RFC 3264, 6)
    """
    if offer.origin == answer.origin and _lines(offer) != _lines(answer):
        message = "The origin is that of the offer; the answer is made by the other side, and has its own."
        yield finding("SDP_076", "session.origin", message)


def ended_streams(offer: SessionDescription, answer: SessionDescription) -> Iterator[Finding]:
    """Find a stream that was offered with port 0, and answered as if it were wanted.

    Source:
        SDP_077 (RFC 3264, 8.2)
    """
    for index, (offered, answered) in enumerate(zip(offer.media, answer.media, strict=False)):
        if offered.line.port == 0 and answered.line.port != 0:
            message = f"The port is {answered.line.port}, and the offer has port 0; 0 is wanted."
            yield finding("SDP_077", f"media[{index}]", message)


def version_counts_up(previous: SessionDescription, offer: SessionDescription) -> Iterator[Finding]:
    """Find a changed description whose version did not go up by one, or whose origin is another.

    Source:
        SDP_078 (RFC 3264, 8)
    """
    before, now = previous.origin, offer.origin
    if before == now:
        return
    if replace(now, version=before.version) != before:
        message = "The origin is another than before; only the version of it changes in a session."
        yield finding("SDP_078", "session.origin", message)
    elif now.version != before.version + 1:
        versions = f"{seen(str(now.version))} after {seen(str(before.version))}"
        message = f"The version of the description is {versions}; one higher is wanted."
        yield finding("SDP_078", "session.origin", message)


def unchanged_version(previous: SessionDescription, offer: SessionDescription) -> Iterator[Finding]:
    """Find a changed description with the version of the one before.

    Source:
        SDP_079 (RFC 3264, 8)
    """
    if previous.origin == offer.origin and _lines(previous) != _lines(offer):
        message = "The description changed and its version did not; a version one higher is wanted."
        yield finding("SDP_079", "session.origin", message)


def streams_stay(previous: SessionDescription, offer: SessionDescription) -> Iterator[Finding]:
    """Find a later offer with fewer streams.

    Source:
        SDP_080 (RFC 3264, 8)
    """
    before, now = len(previous.media), len(offer.media)
    if now < before:
        message = f"The offer has {now} media lines, and there were {before}; a stream is ended by port 0."
        yield finding("SDP_080", "session", message)


SIDE_RULES = (origin_numbers,)
ANSWER_RULES = (same_number, same_media_types, same_time, own_origin, ended_streams)
LATER_OFFER_RULES = (version_counts_up, unchanged_version, streams_stay)
