"""Rules for the keys of a stream: a=key-mgmt, and a=fingerprint beside it."""

from collections.abc import Iterator

from mediasec.errors import Finding, MalformedMessage
from mediasec.sdp.attributes import Fingerprint
from mediasec.sdp.fields import seen
from mediasec.sdp.registry import MIKEY, AttributeName, HashFunction, MikeyDataType, Solution
from mediasec.sdp.rules.side import (
    Exchange,
    ExchangeRule,
    Renewal,
    RenewalRule,
    Side,
    SideRule,
    StreamRule,
    finding,
)
from mediasec.sdp.streams import PlacedKey, Stream

_REFUSED_HASHES = (HashFunction.MD5, HashFunction.MD2)


def _listed(protocols: tuple[str, ...]) -> str:
    """Return protocols fit to be shown, the first of them where there are many."""
    return seen(", ".join(protocols[:4]))


def _mikey(keys: tuple[PlacedKey, ...]) -> Iterator[tuple[str, MikeyDataType | int | None]]:
    """Yield place and data type of each MIKEY message."""
    for key in keys:
        if key.message is not None and key.message.protocol == MIKEY:
            yield key.where, key.message.data_type


def stream_has_key(stream: Stream, side: Side) -> Iterator[Finding]:
    """Find a stream over TLS without a=key-mgmt of mikey.

    Source:
        SDP_008 (TS 23.333, 6.2.19.2.2)
    """
    if side.solution is not Solution.G3 or not stream.over_tls:
        return
    if not stream.keys:
        carried = "TRANSFER_INIT" if side.is_offer else "TRANSFER_RESP"
        message = f"The stream has no a=key-mgmt; 'a=key-mgmt:mikey' with the {carried} is wanted."
        yield finding("SDP_008", stream.where, message)
    elif stream.protocols and MIKEY not in stream.protocols:
        message = f"The a=key-mgmt is of {_listed(stream.protocols)}; 'mikey' in lower case is wanted."
        yield finding("SDP_008", stream.keys[0].where, message)


def key_syntax(side: Side) -> Iterator[Finding]:
    """Find a value of a=key-mgmt that cannot be read.

    Source:
        SDP_010 (RFC 4567, 3.1)
    """
    for level in side.levels:
        for key in level.keys:
            if key.fault:
                yield finding("SDP_010", key.where, f"The value of a=key-mgmt cannot be read: {key.fault}.")


def data_type(side: Side) -> Iterator[Finding]:
    """Find a MIKEY message that does not belong in the offer, or in the answer.

    A MIKEY error in an answer is left to the rule on failures.

    Source:
        SDP_011 (RFC 6043, 7)
        SDP_012 (RFC 6043, 7)
    """
    wanted = MikeyDataType.TRANSFER_INIT if side.is_offer else MikeyDataType.TRANSFER_RESP
    allowed = {wanted} if side.is_offer else {wanted, MikeyDataType.ERROR}
    identity, carrier = ("SDP_011", "offer") if side.is_offer else ("SDP_012", "answer")
    for level in side.levels:
        for where, number in _mikey(level.keys):
            if number in allowed:
                continue
            if isinstance(number, MikeyDataType):
                what = f"is of type {number.name}, {number.value}"
            else:
                what = "ends before its type" if number is None else f"is of type {number}"
            message = f"The MIKEY message {what}; the {carrier} carries a {wanted.name}, {wanted.value}."
            yield finding(identity, where, message)


def one_stream_for_a_key(side: Side) -> Iterator[Finding]:
    """Find a TRANSFER_INIT at the session level that is to key several streams.

    Source:
        SDP_013 (TS 23.333, 6.2.19.2.2)
    """
    where = next((where for where, _ in _mikey(side.session.keys)), None)
    keyed = sum(stream.wanted and stream.can_be_keyed and not stream.own.keys for stream in side.streams)
    if where is not None and side.is_offer and keyed > 1:
        message = (
            f"One TRANSFER_INIT, with its one Crypto Session, stands here for {keyed} streams; "
            "an a=key-mgmt in each media description is wanted."
        )
        yield finding("SDP_013", where, message)


def each_protocol_once(side: Side) -> Iterator[Finding]:
    """Find a key management protocol that a level of an offer lists twice.

    Source:
        SDP_014 (RFC 4567, 4.1.2)
    """
    if not side.is_offer:
        return
    for level in side.levels:
        listed: set[str] = set()
        for key in level.keys:
            if key.message is not None and key.message.protocol in listed:
                message = (
                    f"The protocol {seen(key.message.protocol)} stands here for the second time; the "
                    "attributes of one level are alternatives, each of another protocol."
                )
                yield finding("SDP_014", key.where, message)
            elif key.message is not None:
                listed.add(key.message.protocol)


def failure_ends_all(side: Side) -> Iterator[Finding]:
    """Find an answer that goes on although the key management of a stream failed.

    Source:
        SDP_018 (RFC 4567, 4.1.2)
    """
    accepted = sum(1 for stream in side.streams if stream.wanted)
    if side.is_offer or not accepted:
        return
    for level in [side.session, *(stream.own for stream in side.streams)]:
        for where, number in _mikey(level.keys):
            if number is MikeyDataType.ERROR:
                message = (
                    f"A MIKEY error refuses the keys here, and {accepted} of the streams "
                    f"{'is' if accepted == 1 else 'are'} accepted all the same; none is to be."
                )
                yield finding("SDP_018", where, message)


def no_fingerprint(side: Side) -> Iterator[Finding]:
    """Find a fingerprint for a stream whose TLS has no certificate.

    Source:
        SDP_021 (RFC 8122, 5)
    """
    reported: set[str] = set()
    for stream in side.streams:
        fingerprint = stream.first(AttributeName.FINGERPRINT)
        if fingerprint is None or not stream.wanted or not stream.over_tls or fingerprint.where in reported:
            continue
        if MIKEY in stream.protocols:
            reported.add(fingerprint.where)
            message = "a=fingerprint is of a certificate, and TLS keyed by MIKEY-TICKET presents none."
            yield finding("SDP_021", fingerprint.where, message)


def fingerprint_hash(side: Side) -> Iterator[Finding]:
    """Find a fingerprint that cannot be read, or is of a broken hash function.

    Source:
        SDP_022 (RFC 8122, 5)
    """
    for level in side.levels:
        for attribute in level.all(AttributeName.FINGERPRINT):
            try:
                function = Fingerprint.parse(attribute.value).hash_function
            except MalformedMessage as error:
                message = f"The value of a=fingerprint cannot be read: {error.reason}."
                yield finding("SDP_022", attribute.where, message)
                continue
            if function in _REFUSED_HASHES:
                message = f"The fingerprint is of {function}, which is not to be used; sha-256 is preferred."
                yield finding("SDP_022", attribute.where, message)


def answered_protocol(exchange: Exchange) -> Iterator[Finding]:
    """Find an answer with another key management protocol than those offered, or with several.

    Source:
        SDP_015 (RFC 4567, 4.1.2)
    """
    offered, answered = exchange.offer.protocols, exchange.answer.protocols
    unread = len(offered) < len(exchange.offer.keys)
    if unread or not answered:
        return
    where = exchange.answer.keys[0].where
    if len(answered) > 1:
        message = f"The answer has {len(answered)} key management messages for this stream; it takes one."
        yield finding("SDP_015", where, message)
    elif answered[0] not in offered:
        listed = _listed(offered) if offered else "none"
        message = f"The answer is of {seen(answered[0])}; the offer listed {listed}."
        yield finding("SDP_015", where, message)


def answered_level(exchange: Exchange) -> Iterator[Finding]:
    """Find an answer whose a=key-mgmt stands at another level than the offer's.

    Source:
        SDP_016 (RFC 4567, 4.1.2)
    """
    offer, answer = exchange.offer, exchange.answer
    if offer.keys and answer.keys and bool(offer.own.keys) != bool(answer.own.keys):
        offered, answered = ("media", "session") if offer.own.keys else ("session", "media")
        message = (
            f"The offer has its a=key-mgmt at the {offered} level, and the answer at the {answered} level."
        )
        yield finding("SDP_016", answer.keys[0].where, message)


def common_protocol(exchange: Exchange) -> Iterator[Finding]:
    """Find a stream that was accepted although no protocol of its offer is known.

    Source:
        SDP_017 (RFC 4567, 4.1.2)
    """
    offered = exchange.offer.protocols
    if offered and MIKEY not in offered:
        message = f"The stream is accepted, and the offer lists only {_listed(offered)}; port 0 is wanted."
        yield finding("SDP_017", exchange.answer.where, message)


def renewed_protocol(renewal: Renewal) -> Iterator[Finding]:
    """Find a later offer that changes the key management protocol of a stream.

    Source:
        SDP_019 (RFC 4567, 4.1.2)
    """
    before, now = renewal.previous.protocols, renewal.offer.protocols
    if before and now and set(before).isdisjoint(now):
        message = f"The key management is of {_listed(now)}; the stream has {_listed(before)}."
        yield finding("SDP_019", renewal.offer.keys[0].where, message)


SIDE_RULES: tuple[SideRule, ...] = (
    key_syntax,
    data_type,
    one_stream_for_a_key,
    each_protocol_once,
    failure_ends_all,
    no_fingerprint,
    fingerprint_hash,
)
STREAM_RULES: tuple[StreamRule, ...] = (stream_has_key,)
EXCHANGE_RULES: tuple[ExchangeRule, ...] = (answered_protocol, answered_level, common_protocol)
RENEWAL_RULES: tuple[RenewalRule, ...] = (renewed_protocol,)
