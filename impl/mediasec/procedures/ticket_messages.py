"""Reading the messages of MIKEY-TICKET, and the Error messages that answer those that cannot be accepted."""

from collections.abc import Collection
from dataclasses import dataclass

from mediasec.errors import (
    AuthenticationFailed,
    Finding,
    LocalProtocolError,
    MalformedMessage,
    RemoteProtocolError,
    RequirementViolated,
)
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import (
    EmptyMap,
    Error,
    GenericMap,
    Header,
    SecurityPolicy,
    Timestamp,
    Verification,
)
from mediasec.mikey.protection import ProtectionKeys, authenticate, error_coverage, verify
from mediasec.mikey.registry import DataType, ErrorNumber, MacAlgorithm, PrfFunction
from mediasec.mikey.rules import check_message, reasons_to_reject
from mediasec.mikey.strength import check_algorithms
from mediasec.procedures.ticket_terms import PeerRefused
from mediasec.wire import OctetReader

_ERROR = bytes([DataType.ERROR])
_TRANSFERS = (DataType.TRANSFER_INIT, DataType.TRANSFER_RESP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message that was read and breaks no rule by itself.

    Attributes:
        message: The message, which keeps its octets, since later MACs cover them.
    """

    message: Message

    @property
    def timestamp(self) -> Timestamp:
        """Its timestamp, which every message has that was read here."""
        found = self.message.first(Timestamp)
        assert found is not None
        return found

    @property
    def authenticator(self) -> bytes:
        """Its MAC or signature; empty without one."""
        found = self.message.authenticator
        return b"" if found is None else found.proof

    @property
    def function(self) -> PrfFunction:
        """The PRF of its common header.

        Raises:
            RequirementViolated: It is not known.
        """
        function = self.message.header.prf_function
        if isinstance(function, PrfFunction):
            return function
        raise RequirementViolated(
            Finding(
                requirement="MKY_001",
                where="header.prf_function",
                message=f"the PRF function {function} is not known",
                reply=ErrorNumber.INVALID_PRF,
            )
        )


def read(octets: bytes, expected: Collection[DataType], *, update: bool = False) -> Received:
    """Read a message of a kind that is expected now, and check all that it says by itself.

    Args:
        octets: The message.
        expected: Kinds of message that are expected.
        update: Whether it is to belong to the update of a bundle.

    Raises:
        MalformedMessage: It does not parse.
        RequirementViolated: It is not expected, or breaks a rule.
        PeerRefused: It is an Error message; it is not authenticated.

    Source:
        PROC_101 (RFC 6043, 5.4)
    """
    message = Message.parse_unchecked(octets)
    data_type = message.header.data_type
    if data_type not in expected and data_type != DataType.ERROR:
        raise RequirementViolated(
            Finding(
                requirement="PROC_101",
                where="header.data_type",
                message=f"a message of type {getattr(data_type, 'name', data_type)} is not expected now",
                reply=ErrorNumber.INVALID_DT,
            )
        )
    findings = reasons_to_reject(check_message(message, update=update)) + check_algorithms(message)
    if findings:
        raise RequirementViolated(*findings)
    if data_type == DataType.ERROR:
        numbers = tuple(error.number for error in message.all(Error))
        raise PeerRefused(numbers, authentic=False)
    return Received(message=message)


def authenticated_refusal(octets: bytes, keys: ProtectionKeys) -> PeerRefused | None:
    """Return what an Error message says if its MAC verifies, else None.

    Args:
        octets: A message.
        keys: The keys of the message that it complains about.

    Source:
        PROC_102 (RFC 6043, 5.4)
    """
    if octets[1:2] != _ERROR:
        return None
    try:
        message = Message.parse(octets)
        verify(message, keys, error_coverage(message))
    except RemoteProtocolError:
        return None
    return PeerRefused(tuple(error.number for error in message.all(Error)), authentic=True)


def error_number(error: RemoteProtocolError) -> int:
    """Return the number by which an Error message names what went wrong.

    Source:
        PROC_103 (RFC 6043, 5.4)
    """
    match error:
        case AuthenticationFailed():
            return ErrorNumber.AUTH_FAILURE
        case RequirementViolated():
            replies = [finding.reply for finding in error.findings if finding.reply is not None]
            return replies[0] if replies else ErrorNumber.UNSPECIFIED
    return ErrorNumber.UNSPECIFIED


def error_message(
    faulty: bytes,
    error: RemoteProtocolError,
    timestamp: Timestamp,
    *,
    keys: ProtectionKeys | None = None,
    supported: tuple[SecurityPolicy, ...] = (),
) -> bytes | None:
    """Return the Error message that answers a message, or None where none may.

    Args:
        faulty: The message that was received.
        error: Why it is refused.
        timestamp: A fresh timestamp.
        keys: The keys of the faulty message, if its sender was authenticated: then the answer has a MAC.
        supported: Security policies that are supported, where those of a TRANSFER_INIT are not.

    Source:
        PROC_104 (RFC 6043, 5.4)
        PROC_105 (RFC 6043, 5.4)
    """
    try:
        header, _ = Header.parse(OctetReader(faulty))
    except MalformedMessage:
        return None
    if header.data_type == DataType.ERROR or isinstance(error, PeerRefused):
        return None
    transfer = header.data_type in _TRANSFERS
    sessions = GenericMap(sessions=()) if transfer else EmptyMap()
    number = error_number(error)
    policies = supported if transfer and number == ErrorNumber.INVALID_SP else ()
    function = header.prf_function
    blank = () if keys is None else (Verification.blank(mac_beside(function)),)
    answer = Message(
        header=Header(
            version=header.version,
            data_type=DataType.ERROR,
            prf_function=function,
            csb_id=header.csb_id,
            sessions=sessions,
        ),
        payloads=(timestamp, Error(number=number), *policies, *blank),
    )
    try:
        if keys is not None:
            answer = authenticate(answer, keys, error_coverage(answer))
        return answer.octets
    except LocalProtocolError:
        return None


def mac_beside(function: int) -> MacAlgorithm:
    """Return the MAC algorithm that stands beside a PRF where nothing else says which.

    Args:
        function: PRF of the common header; uint7.
    """
    if function == PrfFunction.PRF_HMAC_SHA_256:
        return MacAlgorithm.HMAC_SHA_256_256
    return MacAlgorithm.HMAC_SHA_1_160
