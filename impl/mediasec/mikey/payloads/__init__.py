"""The payloads of RFC 3830 and RFC 6043, one class each, and the chains that they form."""

from mediasec.mikey.payloads.chain import (
    MAX_PAYLOADS,
    check_chain,
    first_identity,
    first_payload,
    first_type,
    iterate_chain,
    parse_chain,
    serialize_chain,
)
from mediasec.mikey.payloads.general import Error, GeneralExtension, PolicyParameter, SecurityPolicy
from mediasec.mikey.payloads.header import (
    VERSION,
    EmptyMap,
    GenericMap,
    GenericSession,
    Header,
    SessionMap,
    SrtpMap,
    SrtpSession,
    SrtpSessionData,
    UnknownMap,
)
from mediasec.mikey.payloads.identities import (
    Certificate,
    CertificateHash,
    Identity,
    Rand,
    RoleIdentity,
    RoleRand,
)
from mediasec.mikey.payloads.key_data import Interval, Kemac, KeyData, Spi, Validity
from mediasec.mikey.payloads.payload import AnyPayload, Opaque, Payload
from mediasec.mikey.payloads.protection import (
    DiffieHellman,
    EncryptedEnvelopeKey,
    Signature,
    Verification,
)
from mediasec.mikey.payloads.ticket import Ticket, TicketHeader, TicketPolicy
from mediasec.mikey.payloads.timestamps import RoleTimestamp, Timestamp

__all__ = [
    "MAX_PAYLOADS",
    "VERSION",
    "AnyPayload",
    "Certificate",
    "CertificateHash",
    "DiffieHellman",
    "EmptyMap",
    "EncryptedEnvelopeKey",
    "Error",
    "GeneralExtension",
    "GenericMap",
    "GenericSession",
    "Header",
    "Identity",
    "Interval",
    "Kemac",
    "KeyData",
    "Opaque",
    "Payload",
    "PolicyParameter",
    "Rand",
    "RoleIdentity",
    "RoleRand",
    "RoleTimestamp",
    "SecurityPolicy",
    "SessionMap",
    "Signature",
    "Spi",
    "SrtpMap",
    "SrtpSession",
    "SrtpSessionData",
    "Ticket",
    "TicketHeader",
    "TicketPolicy",
    "Timestamp",
    "UnknownMap",
    "Validity",
    "Verification",
    "check_chain",
    "first_identity",
    "first_payload",
    "first_type",
    "iterate_chain",
    "parse_chain",
    "serialize_chain",
]
