"""RFC 6043, 6.1.1: what the map of a message and of its response says about policies and keys."""

import dataclasses

import pytest

from mediasec.mikey.exchange_rules import check_exchange
from mediasec.mikey.payloads import GenericMap, SecurityPolicy
from mediasec.mikey.registry import ErrorNumber, PayloadType, ProtocolType
from mediasec.mikey.rules import check_message


def with_session(edit, message, **fields):
    session = dataclasses.replace(message.header.sessions.sessions[0], **fields)
    return edit.header(message, sessions=GenericMap(sessions=(session,)))


def found(findings):
    return [(finding.requirement, finding.where) for finding in findings]


@pytest.mark.parametrize("fields", [{"policies": (1,)}, {"protocol_type": 242}])
def test_mky_088__policies_are_described(mikey_messages, edit, fields):
    """Each policy number of a crypto session is that of a security policy of the same protocol."""
    message = mikey_messages["transfer_init"]
    assert check_message(message) == []
    assert check_message(with_session(edit, message, policies=())) == []
    findings = check_message(with_session(edit, message, **fields))
    assert found(findings) == [("MKY_088", "header.sessions[0].policies")]
    assert findings[0].reply == ErrorNumber.INVALID_SP


@pytest.mark.parametrize("fields", [{"policies": ()}, {"policies": (0, 0)}, {"policies": (1,)}])
def test_mky_201__response_names_exactly_one_policy(mikey_messages, edit, fields):
    """In TRANSFER_RESP each crypto session names exactly one policy, which a security policy describes."""
    initial, response = mikey_messages["transfer_init"], mikey_messages["transfer_resp"]
    assert check_exchange(initial, response) == []
    findings = check_exchange(initial, with_session(edit, response, **fields))
    assert found(findings) == [("MKY_201", "header.sessions[0].policies")]


def test_mky_201__policy_may_stand_in_the_response(mikey_messages, edit):
    """The Responder may describe the policy that it chose, and in an update it may be an older one."""
    initial, response = mikey_messages["transfer_init"], mikey_messages["transfer_resp"]
    changed = with_session(edit, response, policies=(1,))
    described = edit.insert(changed, 4, SecurityPolicy(number=1, protocol_type=241))
    assert check_exchange(initial, described) == []
    update = edit.without(edit.without(initial, PayloadType.TICKET), PayloadType.RANDR)
    assert check_exchange(update, changed) == []


def test_mky_202__response_has_the_spi(mikey_messages, edit):
    """In TRANSFER_RESP each crypto session has an SPI."""
    initial, response = mikey_messages["transfer_init"], mikey_messages["transfer_resp"]
    findings = check_exchange(initial, with_session(edit, response, spi=b""))
    assert found(findings) == [("MKY_202", "header.sessions[0].spi")]


def test_mky_202__response_has_the_session_data_of_srtp(mikey_messages, edit):
    """In TRANSFER_RESP a crypto session of SRTP has session data."""
    initial = edit.payload(mikey_messages["transfer_init"], SecurityPolicy, protocol_type=ProtocolType.SRTP)
    response = with_session(edit, mikey_messages["transfer_resp"], protocol_type=ProtocolType.SRTP)
    assert found(check_exchange(initial, response)) == [("MKY_202", "header.sessions[0].session_data")]
    complete = with_session(edit, response, session_data=bytes(4))
    assert check_exchange(initial, complete) == []
