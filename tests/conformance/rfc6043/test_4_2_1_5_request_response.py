"""RFC 6043, 4.2.1.5: the components of REQUEST_RESP."""

import dataclasses

import pytest

from mediasec.mikey.exchange_rules import check_exchange
from mediasec.mikey.payloads import EmptyMap, Kemac, KeyData, Spi, Ticket, Timestamp
from mediasec.mikey.policy_rules import check_granted_keys
from mediasec.mikey.registry import KeyDataType, MacAlgorithm, TicketFlag, TimestampType
from mediasec.mikey.rules import check_message, reasons_to_reject


def found(findings):
    return [finding.requirement for finding in findings]


@pytest.mark.parametrize(
    ("initial", "response"), [("request_init_psk", "request_resp"), ("resolve_init_pk", "resolve_resp")]
)
@pytest.mark.parametrize(
    "fields", [{"prf_function": 9}, {"csb_id": 9}, {"sessions": EmptyMap(count=2)}, {"version": 2}]
)
def test_mky_089__response_of_the_kms_copies_the_header(mikey_messages, edit, initial, response, fields):
    """A response of the KMS has version, PRF function, CSB ID, number of crypto sessions and map."""
    initial, response = mikey_messages[initial], mikey_messages[response]
    assert check_exchange(initial, response) == []
    assert found(check_exchange(initial, edit.header(response, **fields))) == ["MKY_089"]


def test_mky_089__transfer_response_may_have_another_map(mikey_messages, edit):
    """TRANSFER_RESP copies version, PRF function and CSB ID, and updates the map."""
    initial, response = mikey_messages["transfer_init"], mikey_messages["transfer_resp"]
    assert initial.header.sessions != response.header.sessions
    assert check_exchange(initial, response) == []
    assert found(check_exchange(initial, edit.header(response, csb_id=9))) == ["MKY_089"]


@pytest.mark.parametrize("kind", [TimestampType.NTP_UTC, TimestampType.NTP, TimestampType.COUNTER])
def test_mky_098__response_has_its_own_time(mikey_messages, edit, kind):
    """If timestamps are NTP times, a response has a fresh one, and a counter may be repeated."""
    same = {"kind": kind, "value": 7}
    initial = edit.payload(mikey_messages["request_init_psk"], Timestamp, **same)
    response = edit.payload(mikey_messages["request_resp"], Timestamp, **same)
    findings = check_exchange(initial, response)
    assert found(findings) == ([] if kind is TimestampType.COUNTER else ["MKY_098"])
    assert reasons_to_reject(findings) == []


@pytest.mark.parametrize("name", ["request_resp", "resolve_resp"])
def test_mky_085__kemac_has_no_mac(mikey_messages, edit, name):
    """The KEMAC of a ticket message uses the NULL MAC algorithm, because V covers it."""
    message = mikey_messages[name]
    assert check_message(message) == []
    broken = edit.payload(message, Kemac, mac_algorithm=MacAlgorithm.HMAC_SHA_1_160, mac=bytes(20))
    assert found(check_message(broken)) == ["MKY_085"]


def keys(*kinds):
    return [
        KeyData(kind=kind, key=bytes(16), validity=Spi(value=bytes([place])))
        for place, kind in enumerate(kinds)
    ]


MPK, TGK = KeyDataType.MPK, KeyDataType.TGK


@pytest.mark.parametrize(
    ("forking", "kinds", "holds"),
    [
        (False, (MPK, TGK), True),
        (False, (MPK,), True),
        (True, (MPK, MPK, TGK), True),
        (False, (TGK, MPK), False),
        (False, (MPK, MPK, TGK), False),
        (False, (MPK, TGK, MPK), False),
        (False, (), False),
        (True, (MPK, TGK), False),
        (True, (MPK, MPK, MPK), False),
    ],
)
def test_mky_095__protection_keys_come_first(mikey_messages, forking, kinds, holds):
    """The keys from the KMS begin with MPKi and, exactly if keys are forked, MPKr; no MPK follows."""
    policy = mikey_messages["request_resp"].first(Ticket).policy
    if not forking:
        policy = dataclasses.replace(policy, flags=policy.flags & ~TicketFlag.KEY_FORKING)
    assert found(check_granted_keys(keys(*kinds), policy, "keys")) == ([] if holds else ["MKY_095"])
