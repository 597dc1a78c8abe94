"""Every cryptographic operation of MIKEY-TICKET by the command line of OpenSSL alone.

This is the second path of the vectors: it imports nothing of this project. Each operation is written down as
a step, with its inputs, its output and the clause that asks for it.
"""

import subprocess
import tempfile
from pathlib import Path
from typing import Any

DIGESTS = {"MIKEY-1": ("SHA1", 20), "PRF-HMAC-SHA-256": ("SHA256", 32)}
MACS = {"HMAC-SHA-1-160": "SHA1", "HMAC-SHA-256-256": "SHA256"}
CIPHERS = {"AES-CM-128": "-aes-128-ctr", "AES-CM-256": "-aes-256-ctr", "AES-KW-128": "-id-aes128-wrap"}


def openssl(*arguments: str, data: bytes = b"") -> bytes:
    """Run the command line of OpenSSL and return what it writes."""
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


def prf(function: str, inkey: bytes, label: bytes, length: int) -> bytes:
    """RFC 3830, 4.1.2: the P-function of TLS over each 256-bit block of the key, added bit by bit."""
    total = bytes(length)
    for at in range(0, len(inkey), 32):
        block = openssl(
            "kdf", "-binary", "-keylen", str(length),
            "-kdfopt", f"digest:{DIGESTS[function][0]}",
            "-kdfopt", f"hexsecret:{inkey[at : at + 32].hex()}",
            "-kdfopt", f"hexseed:{label.hex()}",
            "TLS1-PRF",
        )  # fmt: skip
        total = bytes(a ^ b for a, b in zip(total, block, strict=True))
    return total


def mac(algorithm: str, key: bytes, data: bytes) -> bytes:
    """HMAC in full length."""
    return openssl(
        "dgst",
        "-binary",
        f"-{MACS[algorithm].lower()}",
        "-mac",
        "HMAC",
        "-macopt",
        f"hexkey:{key.hex()}",
        data=data,
    )


def encrypt(algorithm: str, key: bytes, iv: bytes, plaintext: bytes) -> bytes:
    """AES in counter mode, or AES key wrap with an initial value."""
    return openssl("enc", CIPHERS[algorithm], "-K", key.hex(), "-iv", iv.hex(), data=plaintext)


def rsa_encrypt(certificate: Path, data: bytes, padding: bytes) -> bytes:
    """RSA with the padding of PKCS #1 version 1.5, whose random octets are given, so that a run repeats."""
    block = b"\x00\x02" + padding + b"\x00" + data
    return _with_file(
        block,
        "pkeyutl",
        "-encrypt",
        "-certin",
        "-inkey",
        str(certificate),
        "-pkeyopt",
        "rsa_padding_mode:none",
    )


def rsa_sign(key: Path, digest: str, data: bytes) -> bytes:
    """RSA signature of PKCS #1 version 1.5, which has no random octets."""
    return openssl("dgst", "-binary", f"-{digest}", "-sign", str(key), data=data)


def certificate_octets(certificate: Path) -> bytes:
    """The DER of a certificate."""
    return openssl("x509", "-in", str(certificate), "-outform", "DER")


def digest(algorithm: str, data: bytes) -> bytes:
    """A hash."""
    return openssl("dgst", "-binary", f"-{algorithm}", data=data)


def _with_file(data: bytes, *arguments: str) -> bytes:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        return openssl(*arguments, "-in", file.name)


class Recorder:
    """Does operations and writes each down as a step."""

    def __init__(self) -> None:
        """Start with no step."""
        self.steps: list[dict[str, Any]] = []

    def prf(self, name: str, source: str, function: str, inkey: bytes, label: bytes, length: int) -> bytes:
        """Derive a key."""
        output = prf(function, inkey, label, length)
        inputs = {"function": function, "inkey": inkey.hex(), "label": label.hex(), "length": length}
        return self._step(name, source, "prf", inputs, output)

    def mac(self, name: str, source: str, algorithm: str, key: bytes, covers: str, data: bytes) -> bytes:
        """Compute a MAC."""
        output = mac(algorithm, key, data)
        inputs = {"algorithm": algorithm, "key": key.hex(), "covers": covers, "data": data.hex()}
        return self._step(name, source, "mac", inputs, output)

    def encrypt(
        self, name: str, source: str, algorithm: str, key: bytes, salt: bytes, csb_id: int, timestamp: bytes,
        plaintext: bytes,
    ) -> bytes:  # fmt: skip
        """Encrypt key data, with the initial value made from salt, CSB ID and 64-bit timestamp."""
        if algorithm == "AES-KW-128":
            iv = salt
        else:
            block = b"\x00\x00" + csb_id.to_bytes(4, "big") + timestamp
            iv = bytes(a ^ b for a, b in zip(salt, block, strict=True)) + b"\x00\x00"
        output = encrypt(algorithm, key, iv, plaintext)
        inputs = {
            "algorithm": algorithm,
            "key": key.hex(),
            "salt": salt.hex(),
            "csb_id": csb_id,
            "timestamp": timestamp.hex(),
            "iv": iv.hex(),
            "plaintext": plaintext.hex(),
        }
        return self._step(name, source, "encrypt", inputs, output)

    def rsa_encrypt(self, name: str, source: str, certificate: Path, data: bytes, padding: bytes) -> bytes:
        """Encrypt the envelope key."""
        output = rsa_encrypt(certificate, data, padding)
        inputs = {"certificate": certificate.name, "plaintext": data.hex(), "padding": padding.hex()}
        return self._step(name, source, "rsa_encrypt", inputs, output)

    def sign(self, name: str, source: str, key: Path, digest: str, covers: str, data: bytes) -> bytes:
        """Sign a message."""
        output = rsa_sign(key, digest, data)
        inputs = {"key": key.name, "hash": digest, "covers": covers, "data": data.hex()}
        return self._step(name, source, "sign", inputs, output)

    def _step(self, name: str, source: str, operation: str, inputs: dict[str, Any], output: bytes) -> bytes:
        self.steps.append(
            {"id": name, "operation": operation, "source": source, "inputs": inputs, "output": output.hex()}
        )
        return output
