"""Protection of messages: the keys of a message, its MAC or signature, and the encryption of key data.

A verification raises `AuthenticationFailed` or returns None. What fails to verify says no more.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Self

from mediasec.crypto import (
    Hash,
    RsaPrivateKey,
    RsaPublicKey,
    aes_counter_mode,
    hmac_sha1,
    hmac_sha256,
    require_equal,
    rsa_sign,
    rsa_verify,
    unwrap_key,
    wrap_key,
)
from mediasec.errors import AuthenticationFailed, Finding, LocalProtocolError, RequirementViolated
from mediasec.mikey.keys import (
    Constant,
    derive_initial_key,
    derive_initiator_data_key,
    derive_response_key,
    derive_ticket_key,
)
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import AnyPayload, Kemac, KeyData, Signature, Timestamp, Verification
from mediasec.mikey.registry import (
    EncryptionAlgorithm,
    ErrorNumber,
    MacAlgorithm,
    PrfFunction,
    SignatureType,
)
from mediasec.mikey.ticket import parse_key_data, serialize_key_data

ANY_BUNDLE = 0xFFFFFFFF
"""The CSB ID where key data belongs to a ticket and not to a bundle."""

ENCRYPTION_KEY_LENGTHS = {
    EncryptionAlgorithm.AES_CM_128: 16,
    EncryptionAlgorithm.AES_KW_128: 16,
    EncryptionAlgorithm.AES_CM_256: 32,
}
"""Octets of the key of each encryption algorithm."""

_SALT_LENGTHS = {
    EncryptionAlgorithm.AES_CM_128: 14,
    EncryptionAlgorithm.AES_KW_128: 8,
    EncryptionAlgorithm.AES_CM_256: 14,
}
_MACS = {MacAlgorithm.HMAC_SHA_1_160: hmac_sha1, MacAlgorithm.HMAC_SHA_256_256: hmac_sha256}


@dataclass(frozen=True, slots=True)
class ProtectionKeys:
    """The keys that protect one message or ticket, each derived when it is asked for.

    Attributes:
        derive: Derives a key from `constant` and `length`. Holds a secret.
        csb_id: CSB ID for the encryption of key data; uint32.
    """

    derive: Callable[..., bytes] = field(repr=False)
    csb_id: int

    @classmethod
    def of_initial(
        cls, function: PrfFunction, key: bytes, csb_id: int, *, rand_i: bytes = b"", rand_r: bytes = b""
    ) -> Self:
        """Return the keys of an initial message.

        Args:
            function: PRF of the common header.
            key: Pre-shared key, envelope key or MPKi. Secret.
            csb_id: CSB ID of the message; uint32.
            rand_i: RANDRi in the Ticket Request and the Ticket Transfer.
            rand_r: RANDRr in the Ticket Resolve.
        """
        return cls(
            partial(derive_initial_key, function, key, csb_id=csb_id, rand_i=rand_i, rand_r=rand_r), csb_id
        )

    @classmethod
    def of_response(
        cls, function: PrfFunction, key: bytes, csb_id: int, *, rand_i: bytes = b"", rand_r: bytes = b""
    ) -> Self:
        """Return the keys of a response.

        Args:
            function: PRF of the common header.
            key: Pre-shared key, envelope key, MPKi or MPKr'. Secret.
            csb_id: CSB ID of the message; uint32.
            rand_i: RANDRi in the Ticket Request and the Ticket Transfer.
            rand_r: RANDRr in the Ticket Resolve, and in the Ticket Transfer with the flag G.
        """
        return cls(
            partial(derive_response_key, function, key, csb_id=csb_id, rand_i=rand_i, rand_r=rand_r), csb_id
        )

    @classmethod
    def of_ticket(cls, function: PrfFunction, tpk: bytes, rand: bytes) -> Self:
        """Return the keys of the Ticket Data of a base ticket.

        Args:
            function: PRF of the ticket policy.
            tpk: TPK. Secret.
            rand: RAND of the Ticket Data.
        """
        return cls(partial(derive_ticket_key, function, tpk, rand=rand), ANY_BUNDLE)

    @classmethod
    def of_initiator_data(cls, function: PrfFunction, mpk_r: bytes) -> Self:
        """Return the keys of Initiator Data.

        Args:
            function: PRF of the ticket policy.
            mpk_r: MPKr, not forked. Secret.

        Source:
            MKY_134 (RFC 6043, 6.10)
        """
        return cls(partial(derive_initiator_data_key, function, mpk_r), ANY_BUNDLE)

    def mac(self, algorithm: MacAlgorithm, octets: bytes) -> bytes:
        """Return the MAC over octets.

        Raises:
            LocalProtocolError: The algorithm is NULL.

        Source:
            MKY_109 (RFC 3830, 4.2.4)
            MKY_110 (RFC 6043, 6.2)
        """
        if algorithm is MacAlgorithm.NULL:
            raise LocalProtocolError(
                Finding(requirement="MKY_114", where="payload", message="a message is to have no MAC")
            )
        key: bytes = self.derive(constant=Constant.MESSAGE_AUTHENTICATION, length=algorithm.mac_length)
        return _MACS[algorithm](key, octets)

    def verify(self, verification: Verification | None, octets: bytes) -> None:
        """Check a MAC over octets.

        Raises:
            AuthenticationFailed: It is not that MAC, or there is none.

        Source:
            MKY_114 (RFC 3830, 4.2.4)
        """
        if verification is None or verification.algorithm is MacAlgorithm.NULL:
            raise AuthenticationFailed
        require_equal(self.mac(verification.algorithm, octets), verification.mac)

    def seal(
        self,
        algorithm: EncryptionAlgorithm,
        timestamp: Timestamp,
        keys: tuple[KeyData, ...],
        *,
        null_allowed: bool = False,
    ) -> Kemac:
        """Return a KEMAC with encrypted key data and no MAC of its own.

        Args:
            algorithm: Encryption algorithm.
            timestamp: That of the message or ticket in which the KEMAC will stand.
            keys: The keys. Secret.
            null_allowed: Whether a protocol below guarantees the security of keys in the clear.

        Raises:
            LocalProtocolError: The keys do not fit the algorithm.
        """
        data = serialize_key_data(keys)
        if algorithm is EncryptionAlgorithm.NULL:
            _check_null(null_allowed, LocalProtocolError)
            encrypted = data
        elif algorithm is EncryptionAlgorithm.AES_KW_128:
            encrypted = wrap_key(self._encryption_key(algorithm), data, self._salting_key(algorithm))
        else:
            encrypted = self._count(algorithm, timestamp, data)
        return Kemac(encryption=algorithm, data=encrypted)

    def open(
        self, kemac: Kemac, timestamp: Timestamp, *, null_allowed: bool = False
    ) -> tuple[AnyPayload, ...]:
        """Return the key data of a KEMAC, whose message or ticket is verified already. Secret.

        Args:
            kemac: The KEMAC.
            timestamp: That of the message or ticket in which the KEMAC stands.
            null_allowed: Whether a protocol below guarantees the security of keys in the clear.

        Raises:
            RequirementViolated: The encryption algorithm is not known, or is NULL and may not be.
            AuthenticationFailed: A wrapped key does not unwrap.
            MalformedMessage: The data does not parse.
        """
        algorithm = kemac.encryption
        if algorithm is EncryptionAlgorithm.NULL:
            _check_null(null_allowed, RequirementViolated)
            data = kemac.data
        elif algorithm is EncryptionAlgorithm.AES_KW_128:
            data = unwrap_key(self._encryption_key(algorithm), kemac.data, self._salting_key(algorithm))
        elif isinstance(algorithm, EncryptionAlgorithm):
            data = self._count(algorithm, timestamp, kemac.data)
        else:
            raise RequirementViolated(
                Finding(
                    requirement="MKY_036",
                    where="kemac.encryption",
                    message=f"the encryption algorithm {algorithm} is not known",
                    reply=ErrorNumber.INVALID_EA,
                )
            )
        return parse_key_data(data)

    def _encryption_key(self, algorithm: EncryptionAlgorithm) -> bytes:
        """Return the encryption key. Secret.

        Source:
            MKY_105 (RFC 6043, 6.2)
        """
        key: bytes = self.derive(
            constant=Constant.MESSAGE_ENCRYPTION, length=ENCRYPTION_KEY_LENGTHS[algorithm]
        )
        return key

    def _salting_key(self, algorithm: EncryptionAlgorithm) -> bytes:
        """Return the salting key: 112 bits for a counter block, 64 for the initial value of a wrap.

        Source:
            MKY_106 (RFC 3830, 4.2.3)
        """
        salt: bytes = self.derive(constant=Constant.MESSAGE_SALT, length=_SALT_LENGTHS[algorithm])
        return salt

    def _count(self, algorithm: EncryptionAlgorithm, timestamp: Timestamp, data: bytes) -> bytes:
        """Encrypt or decrypt in counter mode.

        Source:
            MKY_104 (RFC 3830, 4.2.3)
            MKY_117 (RFC 3830, 4.2.3)
        """
        salt = int.from_bytes(self._salting_key(algorithm), "big")
        block = self.csb_id << 64 | int.from_bytes(timestamp.octets_of_64_bits, "big")
        iv = (salt ^ block).to_bytes(14, "big") + bytes(2)
        return aes_counter_mode(self._encryption_key(algorithm), iv, data)


def _check_null(allowed: bool, error: type[LocalProtocolError | RequirementViolated]) -> None:
    """Refuse keys in the clear unless a protocol below protects them.

    Source:
        MKY_108 (RFC 3830, 4.2.3)
    """
    if not allowed:
        raise error(
            Finding(
                requirement="MKY_108",
                where="kemac.encryption",
                message="the keys are not encrypted",
                reply=ErrorNumber.INVALID_EA,
            )
        )


def initial_coverage(message: Message, sender: bytes, receiver: bytes) -> bytes:
    """Return the octets that the MAC or signature of an initial message covers.

    Args:
        message: The initial message, with its V or SIGN payload filled in or not.
        sender: Identity data of the sender, whether the message has it or not.
        receiver: Identity data of the receiver, likewise.

    Source:
        MKY_150 (RFC 6043, 5.5)
        MKY_154 (RFC 6043, 5.5)
    """
    return message.authenticated_octets() + sender + receiver


def response_coverage(message: Message, initial: bytes) -> bytes:
    """Return the octets that the MAC of a response covers.

    Args:
        message: The response, with its V payload filled in or not.
        initial: The whole initial message as it was sent, with its MAC or signature.

    Source:
        MKY_152 (RFC 6043, 5.5)
    """
    return message.authenticated_octets() + initial


def error_coverage(message: Message) -> bytes:
    """Return the octets that the MAC of an error message covers: that message alone.

    Source:
        MKY_153 (RFC 6043, 5.4)
    """
    return message.authenticated_octets()


def authenticate(message: Message, keys: ProtectionKeys, covered: bytes) -> Message:
    """Return a message with its MAC filled in.

    Args:
        message: Ends with a blank V payload.
        keys: The keys of the message.
        covered: What the MAC covers, from one of the functions above.

    Raises:
        LocalProtocolError: The message does not end with a V payload.
    """
    blank = message.authenticator
    algorithm = blank.algorithm if isinstance(blank, Verification) else MacAlgorithm.NULL
    return message.with_authenticator(keys.mac(algorithm, covered))


def verify(message: Message, keys: ProtectionKeys, covered: bytes) -> None:
    """Check the MAC of a message.

    Args:
        message: The message as it was received.
        keys: The keys of the message.
        covered: What the MAC covers, from one of the functions above.

    Raises:
        AuthenticationFailed: It is not that MAC, or the message has none.
    """
    found = message.authenticator
    keys.verify(found if isinstance(found, Verification) else None, covered)


def sign(message: Message, private_key: RsaPrivateKey, covered: bytes) -> Message:
    """Return a message with its signature filled in.

    Args:
        message: Ends with a blank SIGN payload, as long as the modulus of the key.
        private_key: Secret.
        covered: What the signature covers, from `initial_coverage`.

    Raises:
        LocalProtocolError: The message does not end with a SIGN payload of this length.

    Source:
        MKY_113 (RFC 3830, 4.2.1)
    """
    blank = message.authenticator
    pss = isinstance(blank, Signature) and blank.kind == SignatureType.RSA_PSS
    return message.with_authenticator(rsa_sign(private_key, covered, _hash_of(message), pss=pss))


def verify_signature(message: Message, public_key: RsaPublicKey, covered: bytes) -> None:
    """Check the signature of a message.

    Raises:
        AuthenticationFailed: It is not the signature of this key, or the message has none.

    Source:
        MKY_113 (RFC 3830, 4.2.1)
    """
    found = message.authenticator
    if not isinstance(found, Signature) or not isinstance(found.kind, SignatureType):
        raise AuthenticationFailed
    pss = found.kind is SignatureType.RSA_PSS
    rsa_verify(public_key, found.signature, covered, _hash_of(message), pss=pss)


def _hash_of(message: Message) -> Hash:
    return "sha1" if message.header.prf_function == PrfFunction.MIKEY_1 else "sha256"
