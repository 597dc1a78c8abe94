"""Who the subscribers of a KMS are, and how it knows them by their messages."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mediasec.crypto import RsaPrivateKey, certified_rsa_key, rsa_decrypt, sha256, verify_chain
from mediasec.errors import AuthenticationFailed, Finding, RequirementViolated
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import (
    Certificate,
    CertificateHash,
    EncryptedEnvelopeKey,
    Identity,
    RoleIdentity,
    Verification,
)
from mediasec.mikey.protection import initial_coverage, verify, verify_signature
from mediasec.mikey.registry import DataType, ErrorNumber, HashFunction, IdentityRole, RandRole
from mediasec.mikey.strength import check_keys, check_rands
from mediasec.procedures.ticket_credentials import Asked, keys_with_kms
from mediasec.procedures.ticket_messages import Received
from mediasec.procedures.ticket_terms import PreSharedKey, without_role


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A party that a KMS knows.

    Attributes:
        identity: Its identity.
        credential: The key that it shares with the KMS; None if it has certificates alone.
        ticket_key: TPK that it shares with the KMS, to open or to make tickets itself; None without one.
        groups: Data of further identities that it may answer for, such as a conference.
    """

    identity: Identity
    credential: PreSharedKey | None = None
    ticket_key: PreSharedKey | None = None
    groups: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class KmsCredential:
    """What a KMS has for the public-key forms.

    Attributes:
        private_key: Its RSA key. Secret.
        certificate: Its certificate in DER.
        roots: Root certificates in DER that certify subscribers.
    """

    private_key: RsaPrivateKey = field(repr=False)
    certificate: bytes
    roots: tuple[bytes, ...]


class SubscriberDirectory:
    """Finds the party that sent an initial message, and its key."""

    def __init__(
        self,
        kms: Identity,
        subscribers: Sequence[Subscriber],
        credential: KmsCredential | None = None,
    ) -> None:
        """Keep what the KMS knows.

        Args:
            kms: Identity of the KMS.
            subscribers: The parties.
            credential: For the public-key forms; None without them.
        """
        self._kms = kms
        self._credential = credential
        self._by_identity = {subscriber.identity.data: subscriber for subscriber in subscribers}
        self._by_key_name = {
            subscriber.credential.name: subscriber
            for subscriber in subscribers
            if subscriber.credential is not None
        }

    def ticket_key_of(self, identity: bytes) -> PreSharedKey | None:
        """Return the TPK that a subscriber shares with the KMS, by its identity data; None without one."""
        found = self._by_identity.get(identity)
        return None if found is None else found.ticket_key

    def owner_of_ticket_key(self, name: bytes) -> tuple[PreSharedKey, bytes]:
        """Return a shared TPK by its name, and the identity data of its owner.

        Raises:
            AuthenticationFailed: Nobody has a TPK of this name.
        """
        for subscriber in self._by_identity.values():
            if subscriber.ticket_key is not None and subscriber.ticket_key.name == name:
                return subscriber.ticket_key, subscriber.identity.data
        raise AuthenticationFailed

    def authenticate(self, received: Received, now: float) -> tuple[Subscriber, Asked]:
        """Return who sent an initial message, and the keys of the exchange.

        Args:
            received: REQUEST_INIT or RESOLVE_INIT.
            now: Seconds since 1970, UTC.

        Raises:
            AuthenticationFailed: The sender is not known, or is not who it says.
            RequirementViolated: A key or random value is too short, or the message is for another KMS.

        Source:
            PROC_122 (RFC 6043, 4.2.1)
            PROC_122 (RFC 6043, 4.2.3)
        """
        message = received.message
        requests = message.header.data_type in (DataType.REQUEST_INIT_PSK, DataType.REQUEST_INIT_PK)
        sender = message.identity(IdentityRole.INITIATOR if requests else IdentityRole.RESPONDER)
        rand = message.rand(RandRole.INITIATOR if requests else RandRole.RESPONDER)
        if rand is None:
            raise AuthenticationFailed
        self._check_addressee(message)
        if message.header.data_type in (DataType.REQUEST_INIT_PSK, DataType.RESOLVE_INIT_PSK):
            subscriber, key = self._shared_key(message, sender)
        else:
            subscriber, key = self._envelope_key(message, sender, now)
        initial_keys, response_keys = keys_with_kms(received.function, key, message.header.csb_id, rand)
        if isinstance(message.authenticator, Verification):
            covered = initial_coverage(message, subscriber.identity.data, self._kms.data)
            verify(message, initial_keys, covered)
        findings = check_keys([key], "key") + check_rands(rand.value, b"", [key])
        if findings:
            raise RequirementViolated(*findings)
        asked = Asked(
            message=message,
            function=received.function,
            initial_keys=initial_keys,
            response_keys=response_keys,
        )
        return subscriber, asked

    def _check_addressee(self, message: Message) -> None:
        """Refuse a message that names another KMS.

        Source:
            PROC_123 (RFC 6043, 4.2.1.1)
        """
        named = message.identity(IdentityRole.KMS)
        if named is not None and without_role(named) != self._kms:
            raise RequirementViolated(
                Finding(
                    requirement="PROC_123",
                    where="payload",
                    message="the message is for another KMS",
                    reply=ErrorNumber.INVALID_ID,
                )
            )

    def _shared_key(self, message: Message, sender: RoleIdentity | None) -> tuple[Subscriber, bytes]:
        """Return the subscriber that a pre-shared key belongs to, who must be the one that is named.

        Source:
            PROC_124 (RFC 6043, 4.2.1.2)
            PROC_124 (RFC 6043, 4.2.3.2)
        """
        name = message.identity(IdentityRole.PRE_SHARED_KEY)
        found = None
        if name is not None:
            found = self._by_key_name.get(name.data)
        elif sender is not None:
            found = self._by_identity.get(sender.data)
        if found is None or found.credential is None:
            raise AuthenticationFailed
        if sender is not None and without_role(sender) != found.identity:
            raise AuthenticationFailed
        return found, found.credential.key

    def _envelope_key(
        self, message: Message, sender: RoleIdentity | None, now: float
    ) -> tuple[Subscriber, bytes]:
        """Return the subscriber that a signature belongs to, and the envelope key that it sent.

        The signature is verified before the envelope key is decrypted, so that nobody without a certificate
        can make the KMS decrypt.

        Source:
            PROC_125 (RFC 6043, 4.2.1.3)
            PROC_121 (RFC 6043, 4.2.1.3)
            PROC_125 (RFC 6043, 4.2.3.3)
        """
        chain = [payload.data for payload in message.all(Certificate)]
        envelope = message.first(EncryptedEnvelopeKey)
        if self._credential is None or sender is None or not chain or envelope is None:
            raise AuthenticationFailed
        uris = verify_chain(chain, self._credential.roots, now)
        found = self._by_identity.get(sender.data)
        if found is None or sender.data not in [uri.encode() for uri in uris]:
            raise AuthenticationFailed
        covered = initial_coverage(message, sender.data, self._kms.data)
        verify_signature(message, certified_rsa_key(chain[0]), covered)
        named = message.first(CertificateHash)
        own = sha256(self._credential.certificate)
        if named is not None and named.function is HashFunction.SHA_256 and named.digest != own:
            raise AuthenticationFailed
        return found, rsa_decrypt(self._credential.private_key, envelope.data)
