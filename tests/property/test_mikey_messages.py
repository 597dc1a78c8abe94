"""MIKEY messages: reading and writing lose nothing, and no octets lead to an unknown error."""

import contextlib
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediasec.errors import LocalProtocolError, MalformedMessage, RemoteProtocolError, RequirementViolated
from mediasec.mikey import payloads as p
from mediasec.mikey import registry as r
from mediasec.mikey.exchange_rules import check_exchange
from mediasec.mikey.message import Message
from mediasec.mikey.rules import check_message
from mediasec.mikey.ticket import InitiatorData, PolicyData, TicketData, parse_key_data
from mpspec.protocol.mikey_decode import decode

VECTORS = Path(__file__).parents[1] / "vectors" / "mikey"


def messages_of_vectors():
    for path in sorted((VECTORS / "messages").glob("*.json")):
        parts = json.loads(path.read_text())["parts"]
        yield path.stem, bytes.fromhex("".join(part["octets"] for part in parts))


def messages_of_exchanges():
    for path in sorted((VECTORS / "exchanges").glob("*.json")):
        for message in json.loads(path.read_text())["messages"]:
            yield f"{path.stem} {message['id']}", bytes.fromhex(message["octets"])


MESSAGES = dict(messages_of_vectors())
EXCHANGES = dict(messages_of_exchanges())

uint8, uint16 = st.integers(0, 0xFF), st.integers(0, 0xFFFF)
uint32, uint64 = st.integers(0, 0xFFFF_FFFF), st.integers(0, (1 << 64) - 1)
octets = st.binary(max_size=40)


def code(known, bits=8):
    """A code point, known or not; an unknown number never has the type of the known ones."""
    return st.integers(0, (1 << bits) - 1).map(known.of)


def built(payload_class, **fields):
    return st.builds(payload_class, **fields)


@st.composite
def timestamps(draw):
    kind = draw(st.sampled_from(r.TimestampType))
    return p.Timestamp(kind=kind, value=draw(st.integers(0, (1 << 8 * kind.value_length) - 1)))


@st.composite
def verifications(draw):
    algorithm = draw(st.sampled_from(r.MacAlgorithm))
    length = algorithm.mac_length
    return p.Verification(algorithm=algorithm, mac=draw(st.binary(min_size=length, max_size=length)))


@st.composite
def kemacs(draw):
    seal = draw(verifications())
    return p.Kemac(
        encryption=draw(code(r.EncryptionAlgorithm)),
        data=draw(octets),
        mac_algorithm=seal.algorithm,
        mac=seal.mac,
    )


@st.composite
def hashes(draw):
    function = draw(st.sampled_from(r.HashFunction))
    length = function.hash_length
    return p.CertificateHash(function=function, digest=draw(st.binary(min_size=length, max_size=length)))


validities = st.one_of(
    st.none(), built(p.Spi, value=octets), built(p.Interval, valid_from=octets, valid_to=octets)
)


@st.composite
def key_data(draw):
    kind = draw(st.sampled_from(r.KeyDataType))
    salt = draw(octets) if kind.name.endswith("SALT") else None
    return p.KeyData(kind=kind, key=draw(octets), salt=salt, validity=draw(validities))


@st.composite
def diffie_hellman(draw):
    group = draw(st.sampled_from(r.DhGroup))
    value = draw(st.binary(min_size=1, max_size=1)) * group.value_length
    return p.DiffieHellman(
        group=group, public_value=value, reserved=draw(st.integers(0, 15)), validity=draw(validities)
    )


policies = built(
    p.TicketPolicy,
    ticket_type=code(r.TicketType, 16),
    subtype=uint8,
    version=uint8,
    prf_function=code(r.PrfFunction, 7),
    flags=st.integers(0, 0xFFF).map(r.TicketFlag),
    reserved=st.integers(0, 31),
    data=octets,
)
parameters = built(p.PolicyParameter, kind=uint8, value=octets)
payloads = st.one_of(
    timestamps(),
    verifications(),
    kemacs(),
    hashes(),
    key_data(),
    diffie_hellman(),
    policies,
    built(p.EncryptedEnvelopeKey, cache=code(r.EnvelopeKeyCache, 2), data=octets),
    built(p.Identity, kind=code(r.IdentityType), data=octets),
    built(p.Certificate, kind=code(r.CertificateType), data=octets),
    built(
        p.SecurityPolicy,
        number=uint8,
        protocol_type=code(r.ProtocolType),
        parameters=st.lists(parameters, max_size=3).map(tuple),
    ),
    built(p.Rand, value=octets),
    built(p.Error, number=code(r.ErrorNumber), reserved=uint16),
    built(p.RoleTimestamp, role=code(r.TimestampRole), timestamp=timestamps()),
    built(p.RoleIdentity, role=code(r.IdentityRole), kind=code(r.IdentityType), data=octets),
    built(p.RoleRand, role=code(r.RandRole), value=octets),
    built(p.Ticket, policy=policies, data=octets, initiator_data=octets),
    built(p.GeneralExtension, kind=code(r.GeneralExtensionType), data=octets),
)
last_payloads = st.one_of(
    payloads,
    built(p.Signature, kind=code(r.SignatureType, 4), signature=octets),
    built(p.Opaque, payload_type=st.integers(22, 255), octets=octets),
)
generic_sessions = built(
    p.GenericSession,
    cs_id=uint8,
    protocol_type=st.integers(1, 255),
    session_flag=st.booleans(),
    policies=st.lists(uint8, max_size=3).map(tuple),
    session_data=octets,
    spi=octets,
)
srtp_sessions = built(p.SrtpSession, policy_number=uint8, ssrc=uint32, rollover_counter=uint32)
maps = st.one_of(
    built(p.EmptyMap, count=uint8),
    built(p.GenericMap, sessions=st.lists(generic_sessions, max_size=3).map(tuple)),
    built(p.SrtpMap, sessions=st.lists(srtp_sessions, max_size=3).map(tuple)),
)
headers = built(
    p.Header,
    data_type=code(r.DataType),
    response_expected=st.booleans(),
    prf_function=code(r.PrfFunction, 7),
    csb_id=uint32,
    sessions=maps,
)


@st.composite
def messages(draw):
    chain = draw(st.lists(payloads, max_size=5))
    chain += draw(st.lists(last_payloads, max_size=1))
    return Message(header=draw(headers), payloads=tuple(chain))


@given(messages())
@settings(max_examples=150)
def test_what_is_written_is_read_again(message):
    """Reading what was written gives the same message."""
    assert Message.parse(message.serialize()) == message


@given(messages())
@settings(max_examples=60)
def test_rules_raise_nothing(message):
    """A rule returns findings whatever the message is."""
    for finding in check_message(message) + check_exchange(message, message):
        assert finding.requirement.startswith("MKY_")
    assert message.serialize().startswith(message.authenticated_octets()[:10])


@given(st.binary(max_size=120))
@settings(max_examples=150)
def test_arbitrary_octets_raise_a_known_error_or_nothing(data):
    """Arbitrary octets raise RemoteProtocolError or nothing else, in every reader."""
    for parse in (Message.parse, PolicyData.parse, InitiatorData.parse, TicketData.parse, parse_key_data):
        with contextlib.suppress(RemoteProtocolError):
            parse(data)


@given(headers, uint8, st.binary(max_size=120))
@settings(max_examples=150)
def test_arbitrary_octets_after_a_header(header, first, data):
    """The same after a header that parses; what is read is written again octet for octet."""
    whole = header.serialize(first) + data
    try:
        message = Message.parse_unchecked(whole)
    except MalformedMessage:
        return
    assert message.serialize() == whole
    check_message(message)


def written_again_or_refused(data, original):
    """Read changed octets: they are refused, or are another message that is written again as it came."""
    try:
        message = Message.parse(data)
    except (MalformedMessage, RequirementViolated):
        return
    assert message.serialize() == data
    assert message != original
    check_message(message)


@pytest.mark.parametrize("name", MESSAGES)
def test_decoding_a_changed_message_raises_nothing(name):
    """A message with a changed octet is shown to its end, whatever it has become."""
    whole = MESSAGES[name]
    for place in range(len(whole)):
        changed = whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :]
        assert decode(changed).part.length == len(whole)


@pytest.mark.parametrize("name", MESSAGES)
def test_every_truncation_is_refused(name):
    """A message that ends too early does not parse."""
    whole = MESSAGES[name]
    for length in range(len(whole)):
        with pytest.raises(MalformedMessage):
            Message.parse(whole[:length])


@pytest.mark.parametrize("name", MESSAGES)
def test_every_bit_flip_is_refused_or_another_message(name):
    """A message with one bit turned is refused or is another one."""
    whole = MESSAGES[name]
    original = Message.parse(whole)
    for bit in range(len(whole) * 8):
        changed = bytearray(whole)
        changed[bit // 8] ^= 0x80 >> bit % 8
        written_again_or_refused(bytes(changed), original)


@pytest.mark.parametrize("name", EXCHANGES)
def test_truncations_and_bit_flips_of_whole_exchanges(name):
    """The same for whole exchanges: in CI at every bit, here at one bit of every third octet."""
    whole = EXCHANGES[name]
    original = Message.parse(whole)
    everything = os.environ.get("CI") == "true"
    for place in range(0, len(whole), 1 if everything else 3):
        with pytest.raises(MalformedMessage):
            Message.parse(whole[:place])
        for bit in range(8) if everything else (place % 8,):
            changed = bytearray(whole)
            changed[place] ^= 1 << bit
            written_again_or_refused(bytes(changed), original)


@pytest.mark.parametrize("length", [0, 1, 65_534, 65_535])
@pytest.mark.parametrize("kind", ["identity", "ticket", "policy"])
def test_lengths_up_to_the_largest(kind, length):
    """A field of 65,535 octets is read and written, and one octet more is not."""
    data = bytes(length)
    policy = p.TicketPolicy(prf_function=0, flags=r.TicketFlag(0), data=data)
    payload = {
        "identity": p.RoleIdentity(role=1, kind=1, data=data),
        "ticket": p.Ticket(policy=policy, data=data, initiator_data=data),
        "policy": policy,
    }[kind]
    header = p.Header(data_type=14, prf_function=0, csb_id=1, sessions=p.EmptyMap())
    message = Message(header=header, payloads=(payload,))
    assert Message.parse(message.serialize()) == message
    check_message(message)


def test_a_message_beyond_the_limit_is_not_read():
    """A message has a limit that every payload at its largest stays below."""
    with pytest.raises(MalformedMessage, match="longer than"):
        Message.parse(bytes((1 << 20) + 1))


def test_a_ticket_in_a_ticket_goes_no_deeper():
    """Payloads within payloads are read as deep as the sources nest them, whatever stands in them."""
    data = b"\x00"
    while len(data) < 65_000:
        policy = p.TicketPolicy(prf_function=0, flags=r.TicketFlag(0), data=data)
        data = PolicyData(payloads=(policy,)).serialize()
    header = p.Header(data_type=14, prf_function=0, csb_id=1, sessions=p.EmptyMap())
    message = Message(header=header, payloads=(p.Ticket(policy=policy, data=b""),))
    assert Message.parse(message.serialize()) == message
    assert "MKY_064" in {finding.requirement for finding in check_message(message)}
    assert decode(message.serialize()).part.length == len(message.serialize())


@given(messages())
@settings(max_examples=40)
def test_values_that_do_not_fit_are_refused(message):
    """Writing raises LocalProtocolError where a value does not fit, and nothing else."""
    rand = p.Rand(value=bytes(256))
    with pytest.raises(LocalProtocolError):
        Message(header=message.header, payloads=(rand, *message.payloads)).serialize()
