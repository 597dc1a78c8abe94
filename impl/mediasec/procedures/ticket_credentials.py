"""Asking the KMS: initial messages that a pre-shared key protects, or RSA keys and certificates."""

from dataclasses import dataclass, field

from mediasec.crypto import (
    RsaPrivateKey,
    certified_rsa_key,
    rsa_encrypt,
    sha256,
)
from mediasec.errors import LocalProtocolError
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import (
    AnyPayload,
    Certificate,
    CertificateHash,
    EmptyMap,
    EncryptedEnvelopeKey,
    Header,
    Identity,
    RoleIdentity,
    RoleRand,
    Signature,
    Ticket,
    TicketPolicy,
    Timestamp,
    Verification,
)
from mediasec.mikey.protection import (
    ProtectionKeys,
    authenticate,
    initial_coverage,
    response_coverage,
    sign,
    verify,
)
from mediasec.mikey.registry import (
    CertificateType,
    DataType,
    EnvelopeKeyCache,
    HashFunction,
    IdentityRole,
    IdentityType,
    PrfFunction,
    RandRole,
    SignatureType,
)
from mediasec.mikey.strength import check_keys
from mediasec.procedures.ticket_messages import Received
from mediasec.procedures.ticket_terms import PreSharedKey, Randomness, Suite, in_role

_CSB_ID_LENGTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKeyCredential:
    """What a party has for the public-key forms.

    Attributes:
        private_key: Its RSA key. Secret.
        chain: Its certificate in DER, and those that certify it in turn.
        kms_certificate: Certificate of the KMS in DER.
    """

    private_key: RsaPrivateKey = field(repr=False)
    chain: tuple[bytes, ...]
    kms_certificate: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KmsAssociation:
    """The KMS that a party trusts, and how they authenticate each other.

    Attributes:
        identity: Identity of the KMS.
        credential: A pre-shared key, or RSA keys.
    """

    identity: Identity
    credential: PreSharedKey | PublicKeyCredential


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An initial message to the KMS that waits for its response.

    Attributes:
        message: The message.
        function: PRF of its header.
        initial_keys: The keys of the message itself, and of an Error message about it.
        response_keys: The keys of its response.
    """

    message: Message
    function: PrfFunction
    initial_keys: ProtectionKeys
    response_keys: ProtectionKeys

    def verify_response(self, response: Received) -> None:
        """Check the MAC of its response.

        Raises:
            AuthenticationFailed: It is not right.
        """
        verify(response.message, self.response_keys, response_coverage(response.message, self.message.octets))


def keys_with_kms(
    function: PrfFunction, key: bytes, csb_id: int, rand: RoleRand
) -> tuple[ProtectionKeys, ProtectionKeys]:
    """Return the keys of an initial message to the KMS, and those of its response.

    Args:
        function: PRF of the header.
        key: Pre-shared key or envelope key. Secret.
        csb_id: CSB ID; uint32.
        rand: RANDRi or RANDRr in the initial message.
    """
    by_initiator = rand.role == RandRole.INITIATOR
    rand_i, rand_r = (rand.value, b"") if by_initiator else (b"", rand.value)
    return (
        ProtectionKeys.of_initial(function, key, csb_id, rand_i=rand_i, rand_r=rand_r),
        ProtectionKeys.of_response(function, key, csb_id, rand_i=rand_i, rand_r=rand_r),
    )


def ask(
    association: KmsAssociation,
    suite: Suite,
    sender: Identity,
    subject: TicketPolicy | Ticket,
    timestamp: Timestamp,
    random: Randomness,
) -> Asked:
    """Make an initial message to the KMS: REQUEST_INIT about a policy, RESOLVE_INIT about a ticket.

    Args:
        association: The KMS.
        suite: Algorithms of the message.
        sender: Who asks: the Initiator for a policy, the Responder about a ticket.
        subject: The desired policy, or the ticket to resolve.
        timestamp: A new timestamp.
        random: Source of random octets: the CSB ID, the random value, and an envelope key.

    Raises:
        LocalProtocolError: A key is too short.

    Source:
        PROC_120 (RFC 6043, 4.2.1.1)
        PROC_120 (RFC 6043, 4.2.3.1)
    """
    requests = isinstance(subject, TicketPolicy)
    credential, kms = association.credential, association.identity
    shared = isinstance(credential, PreSharedKey)
    csb_id = int.from_bytes(random(_CSB_ID_LENGTH), "big")
    length = max(suite.key_length, len(credential.key) if isinstance(credential, PreSharedKey) else 0)
    rand = RoleRand(role=RandRole.INITIATOR if requests else RandRole.RESPONDER, value=random(length))
    role = IdentityRole.INITIATOR if requests else IdentityRole.RESPONDER
    start = (timestamp, rand, in_role(sender, role))
    middle = (in_role(kms, IdentityRole.KMS), subject)
    if isinstance(credential, PreSharedKey):
        key = credential.key
        name = RoleIdentity(
            role=IdentityRole.PRE_SHARED_KEY, kind=IdentityType.BYTE_STRING, data=credential.name
        )
        payloads: tuple[AnyPayload, ...] = (*start, *middle, name, Verification.blank(suite.mac))
    else:
        key = random(suite.key_length)
        payloads = (*start, *_certificates(credential), *middle, *_envelope(credential, key))
    findings = check_keys([key], "credential")
    if findings:
        raise LocalProtocolError(*findings)
    kinds = (DataType.REQUEST_INIT_PK, DataType.REQUEST_INIT_PSK)
    if not requests:
        kinds = (DataType.RESOLVE_INIT_PK, DataType.RESOLVE_INIT_PSK)
    message = Message(
        header=Header(
            data_type=kinds[shared],
            response_expected=True,
            prf_function=suite.prf_function,
            csb_id=csb_id,
            sessions=EmptyMap(),
        ),
        payloads=payloads,
    )
    initial_keys, response_keys = keys_with_kms(suite.prf_function, key, csb_id, rand)
    covered = initial_coverage(message, sender.data, kms.data)
    if isinstance(credential, PreSharedKey):
        message = authenticate(message, initial_keys, covered)
    else:
        message = sign(message, credential.private_key, covered)
    return Asked(
        message=message,
        function=suite.prf_function,
        initial_keys=initial_keys,
        response_keys=response_keys,
    )


def _certificates(credential: PublicKeyCredential) -> tuple[Certificate, ...]:
    """Return the CERT payloads, the certificate of the sender first.

    Source:
        PROC_121 (RFC 6043, 4.2.1.3)
        PROC_121 (RFC 6043, 4.2.3.3)
    """
    return tuple(
        Certificate(kind=CertificateType.X509V3, data=certificate) for certificate in credential.chain
    )


def _envelope(
    credential: PublicKeyCredential, key: bytes
) -> tuple[CertificateHash, EncryptedEnvelopeKey, Signature]:
    kms = credential.kms_certificate
    return (
        CertificateHash(function=HashFunction.SHA_256, digest=sha256(kms)),
        EncryptedEnvelopeKey(cache=EnvelopeKeyCache.NO_CACHE, data=rsa_encrypt(certified_rsa_key(kms), key)),
        Signature(kind=SignatureType.RSA_PKCS1_V1_5, signature=bytes(credential.private_key.key_size // 8)),
    )
