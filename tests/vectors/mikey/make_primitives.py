"""Make the vectors of the operations below the exchanges; run it in this folder, `--check` compares.

Published values stand here as they are published, and OpenSSL's command line computes each of them again
before it is written. The values of the pseudorandom function are made by OpenSSL's TLS1-PRF; the constants
come from the digits of e, summed up as a series of fractions.
"""

import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import oracle

HERE = Path(__file__).parent / "primitives"
DERIVATIONS = {
    "session key of plain MIKEY": ("RFC 3830, 4.1.3", "MKY_121", "2ad01c64 01 11223344 {rand}"),
    "message key of plain MIKEY": ("RFC 3830, 4.1.4", "MKY_122", "2d22ac75 ff 11223344 {rand}"),
    "forked key": ("RFC 6043, 5.1.1", "MKY_123", "1512b54a ff ffffffff 00 0003 616263 10 {rand}"),
    "key of an initial message": ("RFC 6043, 5.1.2", "MKY_126", "150533e1 ff 11223344 01 10 {rand} 00"),
    "key of a response": ("RFC 6043, 5.1.2", "MKY_127", "29b88916 ff 11223344 02 00 10 {rand}"),
    "key of a crypto session": ("RFC 6043, 5.1.3", "MKY_130", "2ad01c64 01 ffffffff 03 10 {rand} 10 {rand}"),
    "key of Vr": ("RFC 6043, 6.10", "MKY_133", "2d22ac75 ff ffffffff 04"),
    "key of a ticket": ("RFC 6043, A.2.1", "MKY_135", "150533e1 ff ffffffff 05 10 {rand}"),
    "MPKi": ("RFC 6043, A.2.2", "MKY_136", "220e99a2 ff ffffffff 06 10 {rand}"),
}


def document(title: str, vectors: list[dict[str, Any]]) -> dict[str, Any]:
    """A file of vectors."""
    return {"$schema": "../vectors.schema.json", "title": title, "vectors": vectors}


def vector(
    name: str, requirement: str, source: str, origin: str, inputs: dict[str, Any], expected: str
) -> dict[str, Any]:
    """One vector."""
    return {
        "id": name,
        "requirement": requirement,
        "source": source,
        "origin": origin,
        "inputs": inputs,
        "expected": expected,
    }


def hmacs() -> dict[str, Any]:
    """HMAC: RFC 4231 for SHA-256; RFC 2202 has the same cases for SHA-1."""
    greek, truncation = b"what do ya want for nothing?", b"Test With Truncation"
    long_key = b"Test Using Larger Than Block-Size Key - Hash Key First"
    long_data = (
        b"This is a test using a larger than block-size key and a larger than block-size data. "
        b"The key needs to be hashed before being used by the HMAC algorithm."
    )
    long_both = b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"
    cases = [
        (
            "4.2", b"\x0b" * 20, b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        ("4.3", b"Jefe", greek, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            "4.4", b"\xaa" * 20, b"\xdd" * 50,
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
        ),
        (
            "4.5", bytes(range(1, 26)), b"\xcd" * 50,
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
        ),
        ("4.7", b"\xaa" * 131, long_key, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        ("4.8", b"\xaa" * 131, long_data, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]  # fmt: skip
    vectors = [
        checked_mac(f"hmac-sha-256 {clause}", "MKY_110", f"RFC 4231, {clause}", "HMAC-SHA-256-256", *case)
        for clause, *case in cases
    ]
    older = [
        (1, b"\x0b" * 20, b"Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"),
        (2, b"Jefe", greek, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        (3, b"\xaa" * 20, b"\xdd" * 50, "125d7342b9ac11cd91a39af48aa17b4f63f175d3"),
        (4, bytes(range(1, 26)), b"\xcd" * 50, "4c9007f4026250c6bc8414f9bf50c86c2d7235da"),
        (5, b"\x0c" * 20, truncation, "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"),
        (6, b"\xaa" * 80, long_key, "aa4ae5e15272d00e95705637ce8a3b55ed402112"),
        (7, b"\xaa" * 80, long_both, "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"),
    ]
    vectors += [
        checked_mac(f"hmac-sha-1 {place}", "MKY_109", "RFC 2202, 3", "HMAC-SHA-1-160", key, data, value)
        for place, key, data, value in older
    ]
    return document("HMAC-SHA-256 and HMAC-SHA-1", vectors)


def checked_mac(
    name: str, requirement: str, source: str, algorithm: str, key: bytes, data: bytes, value: str
) -> dict[str, Any]:
    """A published HMAC that OpenSSL computes too."""
    assert oracle.mac(algorithm, key, data).hex() == value, name
    inputs = {"algorithm": algorithm, "key": key.hex(), "data": data.hex()}
    return vector(name, requirement, source, "published; OpenSSL computes the same", inputs, value)


def keystreams() -> dict[str, Any]:
    """AES in counter mode: the beginning and the end of the published keystreams."""
    published = [
        ("RFC 3711, B.2", "AES-CM-128", "2b7e151628aed2a6abf7158809cf4f3c", {
            "0000": "e03ead0935c95e80e166b16dd92b4eb4" "d23513162b02d0f72a43a2fe4a5f97ab"
            "41e95b3bb0a2e8dd477901e4fca894c0",
            "feff": "ec8cdf7398607cb0f2d21675ea9ea1e4" "362b7c3c6773516318a077d7fc5073ae"
            "6a2cc3787889374fbeb4c81b17ba6c44",
        }),
        ("RFC 6188, 7.1", "AES-CM-256", "57f82fe3613fd170a85ec93c40b1f0922ec4cb0dc025b58272147cc438944a98", {
            "0000": "92bdd28a93c3f52511c677d08b5515a4" "9da71b2378a854f67050756ded165bac"
            "63c4868b7096d88421b563b8c94c9a31",
            "feff": "cea518c90fd91ced9cbb18c078a54711" "3dbc4814f4da5f00a08772b63c6a046d"
            "6eb246913062a16891433e97dd01a57f",
        }),
    ]  # fmt: skip
    vectors = []
    for source, algorithm, key, streams in published:
        for counter, stream in streams.items():
            iv = f"f0f1f2f3f4f5f6f7f8f9fafbfcfd{counter}"
            made = oracle.encrypt(algorithm, bytes.fromhex(key), bytes.fromhex(iv), bytes(48))
            assert made.hex() == stream, source
            inputs = {"algorithm": algorithm, "key": key, "iv": iv, "plaintext": bytes(48).hex()}
            origin = "published; OpenSSL computes the same"
            requirement = "MKY_104" if algorithm == "AES-CM-128" else "MKY_105"
            vectors.append(
                vector(f"{algorithm.lower()} from {counter}", requirement, source, origin, inputs, stream)
            )
    return document("AES in counter mode: keystreams", vectors)


def wraps() -> dict[str, Any]:
    """AES key wrap: the published case with a key of 128 bits, and cases with another initial value."""
    kek, data = bytes(range(16)), bytes.fromhex("00112233445566778899aabbccddeeff")
    published = "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"
    assert oracle.encrypt("AES-KW-128", kek, b"\xa6" * 8, data).hex() == published
    default = {"key": kek.hex(), "iv": "a6" * 8, "data": data.hex()}
    vectors = [
        vector(
            "key wrap 4.1",
            "MKY_107",
            "RFC 3394, 4.1",
            "published; OpenSSL computes the same",
            default,
            published,
        )
    ]
    for blocks in (2, 3, 5):
        iv = bytes(range(0x30, 0x38))
        data = bytes(range(8 * blocks))
        made = oracle.encrypt("AES-KW-128", kek, iv, data)
        inputs = {"key": kek.hex(), "iv": iv.hex(), "data": data.hex()}
        origin = "made here with OpenSSL's command line: no published case has an initial value of its own"
        vectors.append(
            vector(f"key wrap of {blocks} blocks", "MKY_106", "RFC 3830, 4.2.3", origin, inputs, made.hex())
        )
    return document("AES key wrap with a given initial value", vectors)


def constants() -> dict[str, Any]:
    """Consecutive groups of nine decimals of e."""
    total, term = Fraction(0), Fraction(1)
    for number in range(1, 90):
        total += term
        term /= number
    digits = str(int(total * 10**99))[1:]
    names = (
        "TEK", "AUTHENTICATION", "ENCRYPTION", "MESSAGE_ENCRYPTION", "MESSAGE_AUTHENTICATION", "MESSAGE_SALT",
        "SALT", "FORKED_MPK_R", "FORKED_TGK", "MPK_I", "MPK_R",
    )  # fmt: skip
    vectors = []
    for place, name in enumerate(names):
        group = digits[9 * place : 9 * place + 9]
        source = "RFC 3830, 4.1.3" if place < 7 else "RFC 6043, 5.1.1" if place < 9 else "RFC 6043, A.2.2"
        inputs = {"group": place, "decimals": group}
        origin = "made here: the decimals of e from its series"
        vectors.append(vector(name, "MKY_103", source, origin, inputs, f"{int(group):08x}"))
    return document("The constants of the labels, from the decimals of e", vectors)


def prfs() -> dict[str, Any]:
    """Both pseudorandom functions over every label, with keys of one, of two and of a part of a block."""
    rand = "000102030405060708090a0b0c0d0e0f"
    vectors = []
    for function in ("MIKEY-1", "PRF-HMAC-SHA-256"):
        for name, (source, requirement, form) in DERIVATIONS.items():
            label = bytes.fromhex(form.format(rand=rand))
            for key_length, length in ((16, 16), (32, 32), (48, 48), (64, 14)):
                key = bytes(range(0x40, 0x40 + key_length))
                made = oracle.prf(function, key, label, length)
                inputs = {"function": function, "inkey": key.hex(), "label": label.hex(), "length": length}
                identity = f"{function} {name} {key_length} to {length}"
                origin = "made here with OpenSSL's TLS1-PRF"
                vectors.append(vector(identity, requirement, source, origin, inputs, made.hex()))
    return document("MIKEY-1 and PRF-HMAC-SHA-256 over every label", vectors)


def main(arguments: list[str]) -> int:
    """Write every file, or compare every file with what is checked in."""
    wrong = 0
    makers = {"hmac": hmacs, "aes_cm": keystreams, "key_wrap": wraps, "constants": constants, "prf": prfs}
    for name, make in makers.items():
        path = HERE / f"{name}.json"
        text = json.dumps(make(), indent=1) + "\n"
        if arguments != ["--check"]:
            path.write_text(text)
        elif not path.is_file() or path.read_text() != text:
            sys.stderr.write(f"{path.name} is not what is made now\n")
            wrong += 1
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
