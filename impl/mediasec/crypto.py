"""Cryptographic primitives: a thin layer over `cryptography` and `hmac`.

Keys and plaintext are octets that the caller keeps; nothing here stores them or puts them in a message. A
check raises `AuthenticationFailed` or returns None. No function here draws random octets, but for the padding
that `cryptography` draws itself in RSA.
"""

import hashlib
import hmac
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from mediasec.errors import AuthenticationFailed, Finding, LocalProtocolError

AES_BLOCK_LENGTH = 16
"""Octets in a block of AES."""

WRAP_BLOCK_LENGTH = 8
"""Octets in a block of AES key wrap, and in its initial value."""

_BAD_CERTIFICATE = (
    ValueError,
    TypeError,
    Warning,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
Hash = Literal["sha1", "sha256"]
RsaPublicKey = rsa.RSAPublicKey
RsaPrivateKey = rsa.RSAPrivateKey


hmac_sha1 = partial(hmac.digest, digest="sha1")
"""Returns HMAC-SHA-1 in full length, 20 octets, of a key, which is secret, and the octets to authenticate."""

hmac_sha256 = partial(hmac.digest, digest="sha256")
"""Returns HMAC-SHA-256 in full length, 32 octets, likewise."""


def require_equal(expected: bytes, received: bytes) -> None:
    """Compare two MACs in a time that does not depend on where they differ.

    Raises:
        AuthenticationFailed: They differ.
    """
    if not hmac.compare_digest(expected, received):
        raise AuthenticationFailed


def aes_counter_mode(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Encrypt or decrypt octets with AES in counter mode.

    Args:
        key: Secret; 16 or 32 octets.
        iv: First counter block; 16 octets. The counter runs in its last octets.
        data: Plaintext or ciphertext.
    """
    encryptor = Cipher(algorithms.AES(key), modes.CTR(iv)).encryptor()
    return encryptor.update(data)


def wrap_key(key: bytes, data: bytes, iv: bytes) -> bytes:
    """Wrap octets with AES key wrap.

    The library wraps with the default initial value alone, so the wrap is built from its AES here.

    Args:
        key: Secret; 16 octets.
        data: Secret; a multiple of 8 octets, at least 16.
        iv: Initial value; 8 octets.

    Returns:
        The data with 8 octets more.

    Raises:
        LocalProtocolError: The data is not a whole number of blocks, at least two.

    Source:
        MKY_107 (RFC 3394, 2)
    """
    if len(data) % WRAP_BLOCK_LENGTH or len(data) < 2 * WRAP_BLOCK_LENGTH:
        raise LocalProtocolError(
            Finding(
                requirement="MKY_107",
                where="key data",
                message=f"{len(data)} octets are to be wrapped; they must be two or more blocks of 8 octets",
            )
        )
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - the building block of the wrap
    blocks = [data[at : at + WRAP_BLOCK_LENGTH] for at in range(0, len(data), WRAP_BLOCK_LENGTH)]
    register, count = iv, 0
    for _ in range(6):
        for index, block in enumerate(blocks):
            count += 1
            mixed = encryptor.update(register + block)
            register = (int.from_bytes(mixed[:8], "big") ^ count).to_bytes(8, "big")
            blocks[index] = mixed[8:]
    return register + b"".join(blocks)


def unwrap_key(key: bytes, wrapped: bytes, iv: bytes) -> bytes:
    """Undo `wrap_key` and check its integrity.

    Args:
        key: Secret; 16 octets.
        wrapped: Octets of any length.
        iv: Initial value; 8 octets.

    Returns:
        The data. Secret.

    Raises:
        AuthenticationFailed: It was not wrapped with this key and initial value.

    Source:
        MKY_107 (RFC 3394, 2)
    """
    if len(wrapped) % WRAP_BLOCK_LENGTH or len(wrapped) < 3 * WRAP_BLOCK_LENGTH:
        raise AuthenticationFailed
    decryptor = Cipher(algorithms.AES(key), modes.ECB()).decryptor()  # noqa: S305 - the building block of the wrap
    register = wrapped[:WRAP_BLOCK_LENGTH]
    blocks = [
        wrapped[at : at + WRAP_BLOCK_LENGTH]
        for at in range(WRAP_BLOCK_LENGTH, len(wrapped), WRAP_BLOCK_LENGTH)
    ]
    count = 6 * len(blocks)
    for _ in range(6):
        for index in reversed(range(len(blocks))):
            mixed = decryptor.update(
                (int.from_bytes(register, "big") ^ count).to_bytes(8, "big") + blocks[index]
            )
            register, blocks[index] = mixed[:8], mixed[8:]
            count -= 1
    require_equal(iv, register)
    return b"".join(blocks)


def rsa_encrypt(public_key: RsaPublicKey, data: bytes) -> bytes:
    """Encrypt octets with RSA and the padding of PKCS #1 version 1.5.

    Args:
        public_key: Key of the receiver.
        data: Secret; at most 11 octets fewer than the modulus has.

    Source:
        MKY_111 (RFC 3830, 4.2.5)
    """
    return public_key.encrypt(data, padding.PKCS1v15())


def rsa_decrypt(private_key: RsaPrivateKey, encrypted: bytes) -> bytes:
    """Undo `rsa_encrypt`.

    Args:
        private_key: Secret.
        encrypted: Octets of any length.

    Returns:
        The data. Secret. Wrong padding gives octets that look random, or fails: the caller must not tell
        the peer which.

    Raises:
        AuthenticationFailed: It cannot be decrypted.

    Source:
        MKY_111 (RFC 3830, 4.2.5)
    """
    try:
        return private_key.decrypt(encrypted, padding.PKCS1v15())
    except ValueError:
        raise AuthenticationFailed from None


def rsa_sign(private_key: RsaPrivateKey, data: bytes, hash_function: Hash, *, pss: bool) -> bytes:
    """Sign octets with RSA.

    Args:
        private_key: Secret.
        data: Octets to sign.
        hash_function: Hash of the signature.
        pss: Whether the padding is PSS, with a salt as long as the hash, or that of PKCS #1 version 1.5.

    Source:
        MKY_112 (RFC 3830, 4.2.6)
    """
    scheme, algorithm = _signature_scheme(hash_function, pss)
    return private_key.sign(data, scheme, algorithm)


def rsa_verify(
    public_key: RsaPublicKey, signature: bytes, data: bytes, hash_function: Hash, *, pss: bool
) -> None:
    """Check a signature made by `rsa_sign`.

    Raises:
        AuthenticationFailed: It is not the signature of these octets by this key.

    Source:
        MKY_112 (RFC 3830, 4.2.6)
    """
    scheme, algorithm = _signature_scheme(hash_function, pss)
    try:
        public_key.verify(signature, data, scheme, algorithm)
    except InvalidSignature:
        raise AuthenticationFailed from None


def certified_rsa_key(certificate: bytes) -> RsaPublicKey:
    """Return the RSA key that a certificate certifies; the certificate itself is not checked.

    Args:
        certificate: X.509 certificate in DER.

    Raises:
        AuthenticationFailed: It is no certificate, or not of an RSA key.
    """
    try:
        key = _load(certificate).public_key()
    except _BAD_CERTIFICATE:
        raise AuthenticationFailed from None
    if not isinstance(key, rsa.RSAPublicKey):
        raise AuthenticationFailed
    return key


def verify_chain(chain: Sequence[bytes], roots: Sequence[bytes], now: float) -> tuple[str, ...]:
    """Check certificates up to a trusted root, each issued by the one after it.

    Args:
        chain: X.509 certificates in DER, that of the peer first.
        roots: Trusted root certificates in DER.
        now: Seconds since 1970, UTC.

    Returns:
        The URIs that the first certificate names as its subject.

    Raises:
        AuthenticationFailed: The chain does not lead to a root, or is not valid now.
    """
    try:
        trusted = [_load(root) for root in roots]
        certificates = [_load(certificate) for certificate in chain]
        for certificate, issuer in pairwise(certificates):
            certificate.verify_directly_issued_by(issuer)
        instant = datetime.fromtimestamp(now, UTC).replace(tzinfo=None)
        builder = PolicyBuilder().store(Store(trusted)).time(instant)
        verified = builder.build_client_verifier().verify(certificates[0], certificates[1:])
    except (*_BAD_CERTIFICATE, IndexError, InvalidSignature, VerificationError):
        raise AuthenticationFailed from None
    names = verified.subjects or []
    return tuple(name.value for name in names if isinstance(name, x509.UniformResourceIdentifier))


def _load(certificate: bytes) -> x509.Certificate:
    """Read a certificate; what the library takes with a warning is an error here."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return x509.load_der_x509_certificate(certificate)


def sha256(data: bytes) -> bytes:
    """Return the SHA-256 hash of octets: 32 octets."""
    return hashlib.sha256(data).digest()


def _signature_scheme(hash_function: Hash, pss: bool) -> tuple[padding.AsymmetricPadding, HashAlgorithm]:
    algorithm: HashAlgorithm = SHA1() if hash_function == "sha1" else SHA256()  # noqa: S303 - RFC 3830 names it
    if pss:
        return padding.PSS(mgf=padding.MGF1(algorithm), salt_length=algorithm.digest_size), algorithm
    return padding.PKCS1v15(), algorithm
