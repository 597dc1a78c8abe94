"""RFC 6043, 12.1: lengths of keys and random values, and algorithms that stand together."""

import dataclasses

import pytest

from mediasec.mikey import strength
from mediasec.mikey.message import Message
from mediasec.mikey.payloads import Kemac, KeyData, Spi, Ticket, TicketPolicy, Verification
from mediasec.mikey.registry import EncryptionAlgorithm, KeyDataType, MacAlgorithm, PrfFunction
from mediasec.mikey.ticket import TicketData

CM_128, CM_256, KW_128, NULL = (
    EncryptionAlgorithm.AES_CM_128,
    EncryptionAlgorithm.AES_CM_256,
    EncryptionAlgorithm.AES_KW_128,
    EncryptionAlgorithm.NULL,
)


def ids(findings):
    return [finding.requirement for finding in findings]


def key(length, kind=KeyDataType.TGK):
    return KeyData(kind=kind, key=bytes(length), validity=Spi(value=b"spi"))


@pytest.mark.parametrize(("length", "expected"), [(0, 1), (15, 1), (16, 0), (32, 0)])
def test_mky_140__key_has_128_bits(length, expected):
    """Every key has at least 128 bits."""
    assert ids(strength.check_keys([bytes(length), bytes(16)], "keys")) == ["MKY_140"] * expected


@pytest.mark.parametrize(
    ("rand_i", "rand_r", "keys", "wrong"),
    [
        (16, 0, [16], False),
        (15, 0, [16], True),
        (0, 16, [16], False),
        (8, 8, [16], False),
        (16, 15, [16, 32], True),
        (16, 16, [16, 32], False),
    ],
)
def test_mky_141__rands_together_are_as_long_as_the_longest_key(rand_i, rand_r, keys, wrong):
    """RANDRi and RANDRr together are at least as long as the longest key."""
    found = strength.check_rands(bytes(rand_i), bytes(rand_r), map(bytes, keys))
    assert ids(found) == ["MKY_141"] * wrong


@pytest.mark.parametrize(
    ("rand", "keys", "wrong"), [(16, [16, 16], False), (16, [16, 17], True), (0, [], False)]
)
def test_mky_142__rand_of_the_kms_is_as_long_as_what_it_forks(rand, keys, wrong):
    """RANDRkms is at least as long as the longest of MPKr and the TGKs."""
    assert ids(strength.check_kms_rand(bytes(rand), map(bytes, keys))) == ["MKY_142"] * wrong


@pytest.mark.parametrize(
    ("rand", "tpk", "mpk", "wrong"),
    [(16, 16, 16, False), (31, 16, 32, True), (31, 32, 16, True), (32, 32, 32, False)],
)
def test_mky_143__rand_of_the_ticket_is_as_long_as_both_keys(rand, tpk, mpk, wrong):
    """The RAND of a base ticket is at least as long as TPK and MPK."""
    assert ids(strength.check_ticket_rand(bytes(rand), bytes(tpk), bytes(mpk))) == ["MKY_143"] * wrong


CASES = ["mode_1", "mode_1_forking_256", "mode_1_public_key", "mode_3_key_wrap", "mode_4_256"]


def messages(vectors, case):
    return [
        Message.parse(bytes.fromhex(each["octets"]))
        for each in vectors(f"mikey/exchanges/{case}")["messages"]
    ]


@pytest.mark.parametrize("case", CASES)
def test_mky_144__algorithms_of_one_size_stand_together(vectors, case):
    """The messages and tickets of the vectors mix nothing."""
    for message in messages(vectors, case):
        assert strength.check_algorithms(message) == []
        ticket = message.first(Ticket)
        if ticket is not None:
            data = TicketData.parse(ticket.data)
            assert strength.check_ticket_algorithms(ticket.policy, data) == []


def changed(message, payload_class, **fields):
    return dataclasses.replace(
        message,
        payloads=tuple(
            dataclasses.replace(payload, **fields) if isinstance(payload, payload_class) else payload
            for payload in message.payloads
        ),
    )


def test_mky_144__mixture_in_a_message_is_found(vectors):
    """A 256-bit algorithm beside a shorter one is found, wherever it stands."""
    request, response = messages(vectors, "mode_1_forking_256")[:2]
    ticket = response.first(Ticket)
    short = dataclasses.replace(ticket.policy, prf_function=PrfFunction.MIKEY_1)
    for wrong in (
        dataclasses.replace(request, header=dataclasses.replace(request.header, prf_function=0)),
        changed(request, TicketPolicy, prf_function=PrfFunction.MIKEY_1),
        changed(request, Verification, algorithm=MacAlgorithm.HMAC_SHA_1_160),
        changed(response, Kemac, encryption=CM_128),
        changed(response, Kemac, encryption=KW_128),
        changed(response, Ticket, policy=short),
    ):
        assert ids(strength.check_algorithms(wrong)) == ["MKY_144"]
    data = TicketData.parse(ticket.data)
    assert ids(strength.check_ticket_algorithms(short, data)) == ["MKY_144"]


def test_mky_144__null_is_no_algorithm(vectors):
    """NULL has no key, so it is mixed with nothing."""
    response = messages(vectors, "mode_1_forking_256")[1]
    assert strength.check_algorithms(changed(response, Kemac, encryption=NULL)) == []


@pytest.mark.parametrize(
    ("kind", "length", "encryption", "wrong"),
    [
        (KeyDataType.TGK, 16, CM_128, False),
        (KeyDataType.TGK, 17, CM_128, True),
        (KeyDataType.TEK, 32, KW_128, True),
        (KeyDataType.GTGK, 32, CM_128, True),
        (KeyDataType.TGK, 32, CM_256, False),
        (KeyDataType.MPK, 32, CM_128, False),
    ],
)
def test_mky_145__long_session_key_needs_a_long_algorithm(kind, length, encryption, wrong):
    """A session key of more than 128 bits is not encrypted under a key of 128 bits."""
    found = strength.check_session_keys([key(16), key(length, kind)], encryption)
    assert ids(found) == ["MKY_145"] * wrong
