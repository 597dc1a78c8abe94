"""The Ticket Transfer in an SDP offer and its answer: `a=key-mgmt`, and when a session set-up is aborted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial

from mediasec.errors import Finding, LocalProtocolError, RemoteProtocolError, RequirementViolated
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import GeneralExtension, Identity
from mediasec.mikey.registry import DataType, ErrorNumber, GeneralExtensionType, KeyDataType
from mediasec.procedures.ticket_agreement import Agreement
from mediasec.procedures.ticket_initiator import Initiator, InitiatorState
from mediasec.procedures.ticket_messages import read
from mediasec.procedures.ticket_responder import Answer, Responder, ResponderState
from mediasec.procedures.ticket_terms import PeerRefused, Randomness
from mediasec.sdp.message import SessionDescription
from mediasec.sdp.registry import MIKEY
from mediasec.sdp.streams import PlacedKey, Stream, streams_of

NOT_ACCEPTABLE_HERE = 488
"""SIP status of the answer to an offer whose key management failed."""
ATTRIBUTE_NOT_UNDERSTOOD = 306
"""SIP warning where a parameter is not supported."""
MISCELLANEOUS_WARNING = 399
"""SIP warning with a text for a person."""


class SetupAborted(RemoteProtocolError):
    """Key management failed, and with it the whole set-up of the session.

    Attributes:
        where: Place of the attribute in the description, or of the stream that lacks it.
        status: SIP status to answer an offer with.
        warnings: SIP warnings to answer an offer with.
        error_message: MIKEY Error message to answer with; None without one.
        may_renegotiate: Whether the peer said why, so that another offer can be made.
    """

    status = NOT_ACCEPTABLE_HERE

    def __init__(
        self,
        where: str,
        reason: str,
        *,
        warnings: tuple[int, ...] = (MISCELLANEOUS_WARNING,),
        error_message: bytes | None = None,
        may_renegotiate: bool = False,
    ) -> None:
        super().__init__(f"The session set-up is aborted at {where}: {reason}")
        self.where = where
        self.warnings = warnings
        self.error_message = error_message
        self.may_renegotiate = may_renegotiate


@dataclass(slots=True, kw_only=True)
class _Keyed:
    """A MIKEY message of an offer and the streams that it keys."""

    where: str
    octets: bytes = field(repr=False)
    protocols: tuple[str, ...]
    responder: Responder
    streams: list[int] = field(default_factory=list)


class KeyAnswerState(Enum):
    """How far the answerer of an offer is.

    Attributes:
        WAITING_FOR_OFFER: It has none.
        WAITING_FOR_KEYS: It has asked the KMS about tickets of the offer.
        READY: Each MIKEY message of the offer has its answer.
        ABORTED: One of them failed, and so the whole.
    """

    WAITING_FOR_OFFER = auto()
    WAITING_FOR_KEYS = auto()
    READY = auto()
    ABORTED = auto()


class KeyAnswerEvent(Enum):
    """What moves the answerer of an offer on.

    Attributes:
        TICKETS_TO_RESOLVE: Some tickets of the offer are for the KMS to open.
        ALL_ANSWERED: Each MIKEY message of the offer is accepted.
        ONE_FAILED: A MIKEY message of the offer, or what the KMS says of its ticket, is not acceptable.
    """

    TICKETS_TO_RESOLVE = auto()
    ALL_ANSWERED = auto()
    ONE_FAILED = auto()


KEY_ANSWER_TRANSITIONS = {
    (KeyAnswerState.WAITING_FOR_OFFER, KeyAnswerEvent.TICKETS_TO_RESOLVE): KeyAnswerState.WAITING_FOR_KEYS,
    (KeyAnswerState.WAITING_FOR_OFFER, KeyAnswerEvent.ALL_ANSWERED): KeyAnswerState.READY,
    (KeyAnswerState.WAITING_FOR_OFFER, KeyAnswerEvent.ONE_FAILED): KeyAnswerState.ABORTED,
    (KeyAnswerState.WAITING_FOR_KEYS, KeyAnswerEvent.ALL_ANSWERED): KeyAnswerState.READY,
    (KeyAnswerState.WAITING_FOR_KEYS, KeyAnswerEvent.ONE_FAILED): KeyAnswerState.ABORTED,
}
"""What the answerer does next: one failure ends all."""


class KeyAnswer:
    """The answerer's side of the key management of one offer.

    Attributes:
        state: How far it is.
        messages: TRANSFER_RESP for each stream, by its number; None where its policy has no response.
        agreements: What was agreed on for each stream, by its number.
    """

    def __init__(self, make_responder: Callable[[], Responder], initiator: Identity | None = None) -> None:
        """Wait for the offer.

        Args:
            make_responder: Makes a Responder for one `a=key-mgmt` of the offer.
            initiator: The offerer's identity from the signalling; None takes what the messages say.
        """
        self.state = KeyAnswerState.WAITING_FOR_OFFER
        self.messages: dict[int, bytes | None] = {}
        self.agreements: dict[int, Agreement] = {}
        self._make_responder = make_responder
        self._initiator = initiator
        self._pending: dict[str, _Keyed] = {}

    def receive_offer(
        self,
        offer: SessionDescription,
        now: float,
        random: Randomness,
        *,
        supplied: KeyDataType | None = None,
    ) -> dict[str, bytes]:
        """Take every MIKEY message that keys a stream of an offer.

        Args:
            offer: The offer, whose rules were checked.
            now: Seconds since 1970, UTC.
            random: Source of random octets.
            supplied: Type of a session key to supply; None takes those of the tickets.

        Returns:
            RESOLVE_INIT for the KMS for each ticket that has to be resolved, by the place of its attribute.

        Raises:
            SetupAborted: One of them is refused.

        Source:
            PROC_001 (RFC 4567, 4.1.2)
            PROC_002 (RFC 4567, 4.1.2)
        """
        if self.state is not KeyAnswerState.WAITING_FOR_OFFER:
            raise _local("an offer was taken already")
        to_kms = {}
        for keyed in self._keyed_streams(offer):
            step = partial(self._transfer, keyed, now, random, supplied)
            answer = self._attempt(keyed, step, now)
            if answer.to_kms is not None:
                self._pending[keyed.where] = keyed
                to_kms[keyed.where] = answer.to_kms
            else:
                self._settle(keyed, answer)
        self._move(KeyAnswerEvent.TICKETS_TO_RESOLVE if to_kms else KeyAnswerEvent.ALL_ANSWERED)
        return to_kms

    def receive_keys(self, where: str, octets: bytes, now: float, random: Randomness) -> None:
        """Take what the KMS answered about one ticket.

        Args:
            where: Place of its attribute, as `receive_offer` gave it.
            octets: RESOLVE_RESP.
            now: Seconds since 1970, UTC.
            random: Source of random octets.

        Raises:
            SetupAborted: The ticket is refused, by the KMS or by what it says.
            LocalProtocolError: Nothing was asked for this attribute.
        """
        keyed = self._pending.get(where)
        if keyed is None or self.state is not KeyAnswerState.WAITING_FOR_KEYS:
            raise _local(f"no ticket of {where} waits for its keys")
        answer = self._attempt(keyed, partial(keyed.responder.receive_keys, octets, now, random), now)
        del self._pending[where]
        self._settle(keyed, answer)
        if not self._pending:
            self._move(KeyAnswerEvent.ALL_ANSWERED)

    def _keyed_streams(self, offer: SessionDescription) -> list[_Keyed]:
        """Return the MIKEY messages of an offer, each with the streams that it keys.

        Source:
            PROC_005 (RFC 4567, 4.1.2)
            PROC_006 (RFC 4567, 4.1.2)
        """
        found: dict[str, _Keyed] = {}
        for stream in streams_of(offer):
            if not stream.wanted or not stream.over_tls:
                continue
            key = _mikey_of(stream)
            if key is None or key.message is None:
                self._move(KeyAnswerEvent.ONE_FAILED)
                raise SetupAborted(
                    stream.where,
                    "the stream has no key management message of MIKEY.",
                    warnings=(ATTRIBUTE_NOT_UNDERSTOOD,),
                )
            if key.where not in found:
                found[key.where] = _Keyed(
                    where=key.where,
                    octets=key.message.data,
                    protocols=stream.protocols,
                    responder=self._make_responder(),
                )
            found[key.where].streams.append(stream.index)
        return list(found.values())

    def _transfer(
        self, keyed: _Keyed, now: float, random: Randomness, supplied: KeyDataType | None
    ) -> Answer:
        check_protocols(keyed.octets, keyed.protocols)
        return keyed.responder.receive_transfer(
            keyed.octets, now, random, initiator=self._initiator, supplied=supplied
        )

    def _attempt(self, keyed: _Keyed, step: Callable[[], Answer], now: float) -> Answer:
        """Do one step; where it fails, abort all.

        Source:
            PROC_007 (RFC 4567, 4.1.2)
        """
        try:
            return step()
        except RemoteProtocolError as error:
            if keyed.responder.state is ResponderState.RESOLVING:
                raise
            self._move(KeyAnswerEvent.ONE_FAILED)
            message = keyed.responder.error_reply(keyed.octets, error, now)
            raise SetupAborted(keyed.where, str(error), error_message=message) from error

    def _settle(self, keyed: _Keyed, answer: Answer) -> None:
        assert answer.agreement is not None
        for index in keyed.streams:
            self.messages[index] = answer.to_initiator
            self.agreements[index] = answer.agreement

    def _move(self, event: KeyAnswerEvent) -> None:
        self.state = KEY_ANSWER_TRANSITIONS[self.state, event]


class KeyOffer:
    """The offerer's side of the key management of one offer.

    Attributes:
        agreements: What was agreed on for each stream, by its number.
    """

    def __init__(self, initiators: Mapping[int, Initiator]) -> None:
        """Wait for the answer.

        Args:
            initiators: By the number of each stream, the Initiator whose TRANSFER_INIT keys it in the offer.
        """
        self.agreements: dict[int, Agreement] = {}
        self._initiators = dict(initiators)

    def receive_answer(self, answer: SessionDescription) -> dict[int, Agreement]:
        """Take the answer: a TRANSFER_RESP for each stream that is accepted, or the refusal of all.

        Args:
            answer: The answer, whose rules were checked.

        Raises:
            SetupAborted: The answer refuses the keys, has none, or has wrong ones.

        Source:
            PROC_002 (RFC 4567, 4.1.2)
            PROC_008 (RFC 4567, 4.1.1)
            PROC_014 (RFC 4567, 4.1.1)
        """
        streams = streams_of(answer)
        _refuse_errors(streams)
        for index, initiator in self._initiators.items():
            if index >= len(streams):
                raise SetupAborted(f"media[{index}]", "the answer lacks the stream.")
            if streams[index].wanted:
                self.agreements[index] = _agreed(streams[index], initiator)
        return self.agreements


def _refuse_errors(streams: Sequence[Stream]) -> None:
    """Abort where an answer has a MIKEY Error message; it says why, so another offer may follow."""
    for stream in streams:
        key = _mikey_of(stream)
        if key is None or key.message is None:
            continue
        try:
            read(key.message.data, (DataType.TRANSFER_RESP,))
        except PeerRefused as refusal:
            raise SetupAborted(key.where, str(refusal), may_renegotiate=True) from refusal
        except RemoteProtocolError as error:
            raise SetupAborted(key.where, str(error)) from error


def _agreed(stream: Stream, initiator: Initiator) -> Agreement:
    """Return what the answer for one stream agrees on.

    Source:
        PROC_009 (RFC 4567, 8)
    """
    key = _mikey_of(stream)
    if key is not None and key.message is not None:
        try:
            return initiator.receive_response(key.message.data)
        except RemoteProtocolError as error:
            raise SetupAborted(key.where, str(error)) from error
    if initiator.state is InitiatorState.ESTABLISHED and initiator.agreement is not None:
        return initiator.agreement
    raise SetupAborted(stream.where, "the answer has no key management message, and one is wanted.")


def _mikey_of(stream: Stream) -> PlacedKey | None:
    """Return the MIKEY message that keys a stream, or None."""
    for key in stream.keys:
        if key.message is not None and key.message.protocol == MIKEY:
            return key
    return None


def check_protocols(octets: bytes, protocols: tuple[str, ...]) -> None:
    """Refuse a TRANSFER_INIT that was not made for an offer with these key management protocols.

    The list in the message is protected by its MAC, which is verified later; a list that was changed on its
    way, to lead the answerer to a weaker protocol, is noticed at the latest then.

    Args:
        octets: TRANSFER_INIT.
        protocols: Protocols that stand in the offer where the message stands, in their order.

    Raises:
        MalformedMessage: The message does not parse.
        RequirementViolated: It has no list, or another one.

    Source:
        PROC_004 (RFC 4567, 7)
        PROC_013 (RFC 4567, 4.1.4)
    """
    lists = [
        extension.protocols
        for extension in Message.parse(octets).all(GeneralExtension)
        if extension.kind == GeneralExtensionType.SDP_IDS
    ]
    if lists != [protocols]:
        raise RequirementViolated(
            Finding(
                requirement="PROC_004",
                where="payload",
                message="the list of key management protocols in the message is not that of the offer",
                reply=ErrorNumber.UNSPECIFIED,
            )
        )


def _local(message: str) -> LocalProtocolError:
    return LocalProtocolError(Finding(requirement="PROC_001", where="key management", message=message))
