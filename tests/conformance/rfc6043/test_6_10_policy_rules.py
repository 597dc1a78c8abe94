"""RFC 6043, 6.10: what a ticket policy, TP Data and Initiator Data may hold."""

import dataclasses

import pytest

from mediasec.mikey.exchange_rules import check_exchange
from mediasec.mikey.payloads import Kemac, KeyData, Spi, Ticket, TicketPolicy, Timestamp, Verification
from mediasec.mikey.policy_rules import check_flags, check_granted_keys, check_policy, check_ticket
from mediasec.mikey.registry import (
    EncryptionAlgorithm,
    IdentityRole,
    KeyDataType,
    MacAlgorithm,
    PayloadType,
    TicketFlag,
    TicketType,
    TimestampRole,
    TimestampType,
)
from mediasec.mikey.rules import check_message, reasons_to_reject
from mediasec.mikey.ticket import InitiatorData, PolicyData, serialize_key_data

D, E, F = TicketFlag.GENERATED_BY_KMS, TicketFlag.RESOLVE_MANDATORY, TicketFlag.RESPONSE_SENT
G, H, I = TicketFlag.RESPONDER_RAND, TicketFlag.INITIATOR_RAND, TicketFlag.KEY_FORKING  # noqa: E741
K, L, M = TicketFlag.CHANGED_BY_KMS, TicketFlag.INITIATOR_KEYS, TicketFlag.RESPONDER_KEYS


def flags_found(flags):
    return [finding.requirement for finding in check_flags(flags, "payload[0]")]


def found(findings):
    return [finding.requirement for finding in findings]


def test_mky_053__ticket_of_the_initiator_lets_it_supply_keys():
    """If D is 0, L is 1."""
    assert flags_found(L | H) == []
    assert flags_found(D | H) == []
    assert flags_found(H) == ["MKY_053"]


def test_mky_054__rand_of_the_responder_needs_a_response():
    """If G is 1, F is 1."""
    assert flags_found(D | G | F) == []
    assert flags_found(D | G) == ["MKY_054"]


def test_mky_055__some_random_value_goes_into_the_keys():
    """G or H is 1."""
    assert flags_found(D | F | G | H) == []
    assert flags_found(D | F) == ["MKY_055"]


def test_mky_056__forking_needs_the_kms():
    """If I is 1, E is 1."""
    assert flags_found(D | H | I | E) == []
    assert flags_found(D | H | I) == ["MKY_056"]


def test_mky_057__only_a_ticket_of_the_kms_has_a_changed_policy():
    """If K is 1, D is 1."""
    assert flags_found(D | H | K) == []
    assert flags_found(L | H | K) == ["MKY_057"]


def test_mky_058__keys_of_the_responder_need_a_response():
    """If M is 1, F is 1."""
    assert flags_found(D | H | M | F) == []
    assert flags_found(D | H | M) == ["MKY_058"]


def test_mky_059__a_forked_tgk_needs_a_response(mikey_messages):
    """If keys are forked and the ticket has a TGK, F is 1."""
    policy = mikey_messages["request_resp"].first(Ticket).policy
    kinds = (KeyDataType.MPK, KeyDataType.MPK, KeyDataType.TGK)
    keys = [KeyData(kind=kind, key=bytes(16), validity=Spi(value=b"s")) for kind in kinds]
    silent = dataclasses.replace(policy, flags=D | E | H | I)
    assert check_granted_keys(keys, policy, "keys") == []
    assert found(check_granted_keys(keys, silent, "keys")) == ["MKY_059"]
    group_key = dataclasses.replace(keys[2], kind=KeyDataType.GTGK)
    assert check_granted_keys([*keys[:2], group_key], silent, "keys") == []


def policy_of(messages, edit, data=None, **fields):
    """REQUEST_INIT_PSK with a changed policy."""
    if data is not None:
        fields["data"] = data.serialize()
    return edit.payload(messages["request_init_psk"], TicketPolicy, **fields)


def data_of(messages):
    return PolicyData.parse(messages["request_init_psk"].first(TicketPolicy).data)


def with_kemac(policy_data, **fields):
    """TP Data whose KEMAC has changed fields."""
    payloads = tuple(
        dataclasses.replace(payload, **fields) if isinstance(payload, Kemac) else payload
        for payload in policy_data.payloads
    )
    return PolicyData(payloads=payloads)


def test_mky_060__only_the_kms_says_that_it_changed_the_policy(mikey_messages, edit):
    """In a TP payload the Initiator sets K to 0, and the KMS ignores it."""
    flags = mikey_messages["request_init_psk"].first(TicketPolicy).flags
    findings = check_message(policy_of(mikey_messages, edit, flags=flags | K))
    assert found(findings) == ["MKY_060"]
    assert reasons_to_reject(findings) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"encryption": EncryptionAlgorithm.AES_CM_128},
        {"mac_algorithm": MacAlgorithm.HMAC_SHA_1_160, "mac": bytes(20)},
        {"data": b"\x00"},
    ],
)
def test_mky_061__request_for_keys_is_in_clear(mikey_messages, edit, fields):
    """The KEMAC of TP Data uses the NULL algorithms, and its keys can be read."""
    data = data_of(mikey_messages)
    assert check_message(policy_of(mikey_messages, edit, data)) == []
    assert found(check_message(policy_of(mikey_messages, edit, with_kemac(data, **fields)))) == ["MKY_061"]


def test_mky_062__request_for_keys_has_zeros(mikey_messages, edit):
    """The keys in the KEMAC of TP Data are zeros, and the KMS ignores them."""
    key = KeyData(kind=KeyDataType.TGK, key=b"\x00\x01", validity=Spi(value=b"s"))
    data = with_kemac(data_of(mikey_messages), data=serialize_key_data((key,)))
    findings = check_message(policy_of(mikey_messages, edit, data))
    assert found(findings) == ["MKY_062"]
    assert reasons_to_reject(findings) == []


def test_mky_063__granted_policy_asks_for_no_keys(mikey_messages):
    """The policy of a TICKET payload has no KEMAC."""
    granted = mikey_messages["request_init_psk"].first(TicketPolicy)
    assert check_policy(granted, "payload[0]", granted=False) == []
    assert found(check_policy(granted, "payload[0]", granted=True)) == ["MKY_063"]


def test_mky_064__someone_may_resolve_the_ticket(mikey_messages, edit):
    """TP Data has at least one IDRr."""
    payloads = data_of(mikey_messages).payloads
    nobody = PolicyData(
        payloads=tuple(
            payload for payload in payloads if getattr(payload, "role", None) is not IdentityRole.RESPONDER
        )
    )
    assert found(check_message(policy_of(mikey_messages, edit, nobody))) == ["MKY_064"]


@pytest.mark.parametrize("fields", [{"subtype": 2}, {"version": 2}])
def test_mky_065__another_base_ticket_is_not_the_defined_one(mikey_messages, edit, fields):
    """A MIKEY base ticket has the subtype 1 and the version 1."""
    assert found(check_message(policy_of(mikey_messages, edit, **fields))) == ["MKY_065"]
    other = fields | {"ticket_type": TicketType.THREEGPP_BASE}
    assert check_message(policy_of(mikey_messages, edit, **other)) == []


@pytest.mark.parametrize("message", ["transfer_init", "resolve_init_psk"])
def test_mky_066__initiator_data_is_there_exactly_if_keys_are_forked(mikey_messages, message):
    """The Initiator inserts Initiator Data into a ticket that it uses exactly if the I flag is 1."""
    ticket = mikey_messages[message].first(Ticket)
    bare = dataclasses.replace(ticket, initiator_data=b"")
    not_forked = dataclasses.replace(ticket, policy=dataclasses.replace(ticket.policy, flags=D | E | F | H))
    assert check_ticket(ticket, "payload[0]", used=True) == []
    assert found(check_ticket(bare, "payload[0]", used=True)) == ["MKY_066"]
    assert found(check_ticket(not_forked, "payload[0]", used=True)) == ["MKY_066"]


def test_mky_066__a_ticket_that_was_just_granted_has_none(mikey_messages, edit):
    """A ticket that the KMS just granted has no Initiator Data."""
    ticket = mikey_messages["transfer_init"].first(Ticket)
    message = edit.payload(mikey_messages["request_resp"], Ticket, initiator_data=ticket.initiator_data)
    assert found(check_message(message)) == ["MKY_066"]


def test_mky_047__initiator_data_repeats_the_verification(mikey_messages, edit):
    """The first V payload of the Initiator Data is identical to the V payload of TRANSFER_INIT."""
    message = mikey_messages["transfer_init"]
    assert check_message(message) == []
    other = edit.payload(message, Verification, mac=bytes(32))
    assert found(check_message(other)) == ["MKY_047"]
    shorter = edit.payload(message, Verification, algorithm=MacAlgorithm.HMAC_SHA_1_160, mac=bytes(20))
    assert found(check_message(shorter)) == ["MKY_047"]


def test_mky_068__initiator_data_uses_one_algorithm(mikey_messages, edit):
    """Both V payloads of Initiator Data have the same MAC algorithm."""
    message = mikey_messages["transfer_init"]
    copied = InitiatorData.parse(message.first(Ticket).initiator_data).payloads[0]
    data = InitiatorData(payloads=(copied, Verification.blank(MacAlgorithm.HMAC_SHA_1_160)))
    assert found(check_message(edit.payload(message, Ticket, initiator_data=data.serialize()))) == ["MKY_068"]


@pytest.mark.parametrize("octets", ["00", "09 00 01 00", "09 00 00", "09"])
def test_mky_045__initiator_data_is_two_verifications(mikey_messages, edit, octets):
    """Initiator Data that is not two V payloads, or does not parse, is a finding and no error."""
    message = edit.payload(mikey_messages["transfer_init"], Ticket, initiator_data=bytes.fromhex(octets))
    assert found(check_message(message)) == ["MKY_045"]


@pytest.mark.parametrize("octets", ["", "05", "0500", "01 00 ffff"])
def test_mky_044__policy_data_that_does_not_parse_is_found(mikey_messages, edit, octets):
    """TP Data that does not parse is a finding and no error."""
    message = policy_of(mikey_messages, edit)
    broken = edit.payload(message, TicketPolicy, data=bytes.fromhex(octets))
    assert found(check_message(broken)) == ["MKY_044"]


def test_mky_048__rekeying_interval_has_no_other_type(mikey_messages, edit):
    """The rekeying interval of a ticket is an NTP-UTC-32 timestamp."""
    payloads = list(data_of(mikey_messages).payloads)
    place = next(
        i
        for i, payload in enumerate(payloads)
        if payload.payload_type is PayloadType.TR and payload.role is TimestampRole.REKEYING_INTERVAL
    )
    timestamp = dataclasses.replace(payloads[place].timestamp, kind=TimestampType.COUNTER)
    payloads[place] = dataclasses.replace(payloads[place], timestamp=timestamp)
    message = policy_of(mikey_messages, edit, PolicyData(payloads=tuple(payloads)))
    assert found(check_message(message)) == ["MKY_048"]


@pytest.mark.parametrize("role", [TimestampRole.START, TimestampRole.END])
def test_mky_049__limit_of_the_validity_is_no_counter(mikey_messages, edit, role):
    """Start and end of the validity are times."""
    payloads = [
        dataclasses.replace(payload, timestamp=Timestamp(kind=TimestampType.COUNTER, value=7))
        if payload.payload_type is PayloadType.TR and payload.role is role
        else payload
        for payload in data_of(mikey_messages).payloads
    ]
    message = policy_of(mikey_messages, edit, PolicyData(payloads=tuple(payloads)))
    assert found(check_message(message)) == ["MKY_049"]


def test_mky_097__a_changed_policy_says_so(mikey_messages, edit):
    """If the KMS grants another policy than the desired one, the flag K is 1."""
    initial, response = mikey_messages["request_init_psk"], mikey_messages["request_resp"]
    ticket = response.first(Ticket)
    stricter = ticket.policy.flags & ~TicketFlag.REUSABLE

    def granted(flags):
        return edit.payload(response, Ticket, policy=dataclasses.replace(ticket.policy, flags=flags))

    assert check_exchange(initial, granted(ticket.policy.flags)) == []
    assert found(check_exchange(initial, granted(stricter))) == ["MKY_097"]
    assert check_exchange(initial, granted(stricter | K)) == []


def test_mky_097__adding_the_initiator_is_no_change(mikey_messages, edit):
    """The KMS may add the identity of the Initiator, which RFC 6043, 4.2.1.1 recommends."""
    payloads = tuple(
        payload
        for payload in data_of(mikey_messages).payloads
        if getattr(payload, "role", None) is not IdentityRole.INITIATOR
        or payload.payload_type is not PayloadType.IDR
    )
    initial = policy_of(mikey_messages, edit, PolicyData(payloads=payloads))
    assert check_exchange(initial, mikey_messages["request_resp"]) == []


def test_mky_099__response_only_where_the_policy_wants_it(mikey_messages, edit):
    """TRANSFER_RESP is sent if the flag F is 1, and is not if it is 0."""
    initial, response = mikey_messages["transfer_init"], mikey_messages["transfer_resp"]
    policy = initial.first(Ticket).policy
    silent = edit.payload(initial, Ticket, policy=dataclasses.replace(policy, flags=policy.flags & ~F))
    assert check_exchange(initial, response) == []
    assert found(check_exchange(silent, response)) == ["MKY_099"]
