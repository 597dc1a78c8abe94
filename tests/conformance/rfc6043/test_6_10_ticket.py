"""RFC 6043, 6.10: ticket policy, ticket, TP Data and Initiator Data."""

import pytest

from mediasec.errors import LocalProtocolError, MalformedMessage
from mediasec.mikey.payloads import RoleIdentity, Ticket, TicketPolicy, Verification
from mediasec.mikey.registry import (
    IdentityRole,
    MacAlgorithm,
    PrfFunction,
    TicketFlag,
    TicketType,
    TimestampRole,
)
from mediasec.mikey.ticket import InitiatorData, PolicyData
from mediasec.wire import OctetReader


@pytest.mark.parametrize(("place", "letter"), list(enumerate("DEFGHIJKLMNO")))
def test_mky_042__each_flag_has_its_bit(place, letter):
    """The flags D to O follow the PRF function of 7 bits in this order."""
    word = 1 << 16 - place
    octets = bytes.fromhex("0002 03 04") + word.to_bytes(3, "big") + bytes.fromhex("0001 ff")
    policy = TicketPolicy.parse(OctetReader(octets))
    assert policy.flags.letters == letter
    assert policy.serialize() == octets


def test_mky_042__policy_is_laid_out_in_network_byte_order():
    """TP has type, subtype, version, PRF function, flags, reserved bits, and TP Data behind its length."""
    policy = TicketPolicy(
        ticket_type=TicketType.THREEGPP_BASE,
        subtype=3,
        version=4,
        prf_function=PrfFunction.PRF_HMAC_SHA_256,
        flags=TicketFlag.GENERATED_BY_KMS | TicketFlag.RESPONDER_READY,
        reserved=0x11,
        data=b"\xff",
    )
    octets = bytes.fromhex("0002 03 04 03 0031 0001 ff")
    assert policy.serialize() == octets
    assert TicketPolicy.parse(OctetReader(octets)) == policy


@pytest.mark.parametrize(("function", "reserved", "fits"), [(127, 31, True), (128, 0, False), (0, 32, False)])
def test_mky_042__prf_has_7_bits_and_the_reserved_field_has_5(function, reserved, fits):
    """Values that fit their bits are written as they are, and others are not written."""
    policy = TicketPolicy(prf_function=function, flags=TicketFlag(0), reserved=reserved, data=b"")
    if fits:
        assert TicketPolicy.parse(OctetReader(policy.serialize())) == policy
        return
    with pytest.raises(OverflowError):
        policy.serialize()


def test_mky_042__short_policy_is_malformed():
    """A policy that ends too early does not parse."""
    octets = bytes.fromhex("0002 03 04 03 0031 0001 ff")
    for length in range(len(octets)):
        with pytest.raises(MalformedMessage):
            TicketPolicy.parse(OctetReader(octets[:length]))


def test_mky_043__data_follows_the_policy():
    """TICKET is laid out as TP is, and Ticket Data and Initiator Data follow behind their lengths."""
    octets = bytes.fromhex("0001 01 01 03 0000 0001 00  0002 aabb  0001 cc")
    ticket = Ticket.parse(OctetReader(octets))
    assert (ticket.policy.data, ticket.data, ticket.initiator_data) == (b"\x00", b"\xaa\xbb", b"\xcc")
    assert ticket.serialize() == octets


def test_mky_043__empty_initiator_data_has_its_length():
    """The length of the Initiator Data is there even if the data is empty."""
    octets = bytes.fromhex("0001 01 01 03 0000 0001 00  0002 aabb  0000")
    assert Ticket.parse(OctetReader(octets)).serialize() == octets
    with pytest.raises(MalformedMessage):
        Ticket.parse(OctetReader(octets[:-2]))


def test_mky_043__data_of_a_ticket_of_another_type_is_opaque():
    """The form of Ticket Data belongs to the ticket type: that of a 3GPP base ticket is kept as it is."""
    octets = bytes.fromhex("0002 01 01 03 0000 0001 00  0003 99ffff  0000")
    assert Ticket.parse(OctetReader(octets)).data == bytes.fromhex("99ffff")


def test_mky_044__policy_data_is_a_named_chain(policy_data):
    """TP Data is an octet that names the first payload, and a chain of payloads."""
    data = PolicyData.parse(policy_data)
    assert data.identity(IdentityRole.KMS).data == b"k"
    assert data.identity(IdentityRole.INITIATOR).data == b"i"
    assert [identity.data for identity in data.identities(IdentityRole.APPLICATION)] == [b"a"]
    assert [identity.data for identity in data.identities(IdentityRole.RESPONDER)] == [b"r", b"s"]
    assert data.time(TimestampRole.START).value == 0xE0000000
    assert data.time(TimestampRole.END).value == 0xE0000E10
    assert data.kemac is None
    assert data.serialize() == policy_data


def test_mky_044__policy_data_without_payloads_is_one_octet():
    """The octet that names the first payload is there even if there is none."""
    assert PolicyData(payloads=()).serialize() == b"\x00"
    assert PolicyData.parse(b"\x00").payloads == ()
    with pytest.raises(MalformedMessage):
        PolicyData.parse(b"")


def test_mky_044__identity_too_long_for_its_field_is_not_sent():
    """TP Data is only written if each value fits its field."""
    identity = RoleIdentity(role=IdentityRole.RESPONDER, kind=1, data=bytes(65_536))
    with pytest.raises(LocalProtocolError):
        PolicyData(payloads=(identity,)).serialize()


def test_mky_048__rekeying_interval_is_a_number_of_seconds(policy_data):
    """The rekeying interval is an NTP-UTC-32 timestamp whose value is a number of seconds."""
    assert PolicyData.parse(policy_data).rekeying_interval_seconds == 3600
    assert PolicyData(payloads=()).rekeying_interval_seconds is None


def test_mky_049__ticket_is_valid_from_start_to_end(policy_data):
    """A ticket is valid from the start to the end that its policy gives."""
    data = PolicyData.parse(policy_data)
    start = 0xE0000000 - 2_208_988_800
    assert [data.valid_at(start + seconds) for seconds in (-1, 0, 3600, 3601)] == [False, True, True, False]


def test_mky_049__missing_limit_is_no_limit():
    """A ticket is valid without a limit where start or end is missing."""
    assert PolicyData(payloads=()).valid_at(0.0)


def test_mky_045__initiator_data_is_two_verifications(initiator_data):
    """Initiator Data is the V payload of TRANSFER_INIT, and a V payload of its own, which is the last."""
    data = InitiatorData.parse(initiator_data)
    assert data.copied_verification.mac == bytes(range(0xA0, 0xB4))
    assert data.verification.mac == bytes(20)
    assert data.serialize() == initiator_data


def test_mky_045__one_verification_does_not_protect(initiator_data):
    """With the copy alone nothing protects the field."""
    lone = InitiatorData.parse(initiator_data[:1] + b"\x00" + initiator_data[2:23])
    assert lone.copied_verification is not None
    assert lone.verification is None


def test_mky_046__mac_covers_the_field_without_itself(initiator_data):
    """The MAC of the last V payload covers the entire field except that MAC."""
    data = InitiatorData.parse(initiator_data)
    assert data.authenticated_octets() == initiator_data[:-20]
    assert data.with_mac(b"\x55" * 20).serialize() == initiator_data[:-20] + b"\x55" * 20


def test_mky_046__mac_of_another_length_is_not_filled_in(initiator_data):
    """A MAC has the length that its algorithm makes it."""
    with pytest.raises(LocalProtocolError):
        InitiatorData.parse(initiator_data).with_mac(bytes(32))
    with pytest.raises(LocalProtocolError):
        InitiatorData(payloads=()).with_mac(bytes(20))
    blank = InitiatorData(payloads=(Verification.blank(MacAlgorithm.NULL),) * 2)
    assert blank.with_mac(b"") == blank
