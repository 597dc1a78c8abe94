"""The cryptographic primitives against the published values, and what they refuse."""

import contextlib
import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from mediasec import crypto
from mediasec.errors import AuthenticationFailed


def octets(vector, *names):
    return (bytes.fromhex(vector["inputs"][name]) for name in names)


def test_hmac_is_that_of_the_published_cases(vectors):
    """HMAC-SHA-1 and HMAC-SHA-256 are those of RFC 2202 and RFC 4231."""
    functions = {"HMAC-SHA-1-160": crypto.hmac_sha1, "HMAC-SHA-256-256": crypto.hmac_sha256}
    found = vectors("mikey/primitives/hmac")["vectors"]
    assert len(found) == 13
    for vector in found:
        mac = functions[vector["inputs"]["algorithm"]](*octets(vector, "key", "data"))
        assert mac.hex() == vector["expected"], vector["id"]


def test_keystream_is_that_of_the_published_cases(vectors):
    """AES in counter mode is that of RFC 3711 and RFC 6188."""
    found = vectors("mikey/primitives/aes_cm")["vectors"]
    assert len(found) == 4
    for vector in found:
        keystream = crypto.aes_counter_mode(*octets(vector, "key", "iv", "plaintext"))
        assert keystream.hex() == vector["expected"], vector["id"]


def test_equal_octets_are_equal_and_no_others():
    """The comparison takes equal octets alone, of any length."""
    crypto.require_equal(b"mac", b"mac")
    for wrong in (b"", b"ma", b"macs", b"mad"):
        with pytest.raises(AuthenticationFailed):
            crypto.require_equal(b"mac", wrong)


def certificate(pem: bytes) -> bytes:
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


@pytest.fixture
def certificates(vectors_folder):
    """Certificates of the MIKEY vectors in DER."""
    return {
        name: certificate((vectors_folder / f"mikey/pk/{name}.crt").read_bytes())
        for name in ("ca", "initiator", "kms")
    }


def test_key_of_a_certificate(certificates, rsa_key):
    """The key is the certified one."""
    key = crypto.certified_rsa_key(certificates["kms"])
    assert key.public_numbers() == rsa_key("kms").public_key().public_numbers()


def test_certificate_without_an_rsa_key_is_refused():
    """What is no certificate, or certifies no RSA key, authenticates nobody."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "curve")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + datetime.timedelta(1))
    on_curve = builder.sign(key, SHA256()).public_bytes(Encoding.DER)
    for wrong in (b"", b"\x30\x00", on_curve):
        with pytest.raises(AuthenticationFailed):
            crypto.certified_rsa_key(wrong)


NOW = 1_796_126_400.0


def test_chain_leads_to_a_root(certificates):
    """A chain that leads to a trusted root gives the URIs of its first certificate."""
    leaf, ca = certificates["initiator"], certificates["ca"]
    for chain in ([leaf], [leaf, ca]):
        assert crypto.verify_chain(chain, [ca], NOW) == ("sip:ue-a@example.com",)


def test_chain_that_does_not_lead_to_a_root_is_refused(certificates):
    """Another root, another order, another time or no certificate authenticates nobody."""
    leaf, other, ca = certificates["initiator"], certificates["kms"], certificates["ca"]
    for chain, roots, now in (
        ([leaf], [], NOW),
        ([leaf], [other], NOW),
        ([leaf, other, ca], [ca], NOW),
        ([ca, leaf], [ca], NOW),
        ([leaf, ca], [ca], NOW - 365 * 86400),
        ([], [ca], NOW),
        ([b""], [ca], NOW),
    ):
        with pytest.raises(AuthenticationFailed):
            crypto.verify_chain(chain, roots, now)


def test_every_changed_octet_of_a_certificate_is_refused(certificates):
    """A certificate with a changed octet is not trusted, whatever has become of it."""
    leaf, ca = certificates["initiator"], certificates["ca"]
    for place in range(len(leaf)):
        changed = leaf[:place] + bytes([leaf[place] ^ 1 << place % 8]) + leaf[place + 1 :]
        with pytest.raises(AuthenticationFailed):
            crypto.verify_chain([changed], [ca], NOW)
        with contextlib.suppress(AuthenticationFailed):
            crypto.certified_rsa_key(changed)
