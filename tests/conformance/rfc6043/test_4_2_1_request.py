"""RFC 6043, 4.2.1: the messages of the Ticket Request."""

import pytest

from mediasec.mikey.registry import ErrorNumber, PayloadType, RandRole
from mediasec.mikey.rules import check_message


def found(message):
    return [(finding.requirement, finding.message) for finding in check_message(message)]


def test_mky_070__request_with_a_pre_shared_key_is_complete(mikey_messages):
    """REQUEST_INIT_PSK has T, RANDRi, TP and V, and may have IDRi, IDRkms and IDRpsk."""
    assert found(mikey_messages["request_init_psk"]) == []


@pytest.mark.parametrize("missing", [PayloadType.T, PayloadType.RANDR, PayloadType.TP, PayloadType.V])
def test_mky_070__missing_payload_is_found(mikey_messages, edit, missing):
    """REQUEST_INIT_PSK has T, RANDRi, TP and V."""
    broken = edit.without(mikey_messages["request_init_psk"], missing)
    name = "RANDRi" if missing is PayloadType.RANDR else missing.name
    assert found(broken) == [("MKY_070", f"{name} is missing")]


def test_mky_070__identities_may_be_left_out(mikey_messages, edit):
    """IDRi, IDRkms and IDRpsk are optional."""
    assert found(edit.without(mikey_messages["request_init_psk"], PayloadType.IDR)) == []


def test_mky_070__second_policy_is_found(mikey_messages, edit):
    """REQUEST_INIT_PSK has one TP."""
    message = mikey_messages["request_init_psk"]
    policy = message.payloads[4]
    assert found(edit.insert(message, 5, policy)) == [
        ("MKY_070", "TP is there 2 times and may be there once")
    ]


def test_mky_070__verification_is_the_last_payload(mikey_messages, edit):
    """The last payload of REQUEST_INIT_PSK is V."""
    message = mikey_messages["request_init_psk"]
    broken = edit.insert(message, len(message.payloads), message.payloads[2])
    assert ("MKY_070", "V is not the last payload") in found(broken)


@pytest.mark.parametrize(
    ("payload_type", "reply"),
    [(PayloadType.V, ErrorNumber.INVALID_MAC), (PayloadType.T, ErrorNumber.INVALID_TS)],
)
def test_mky_070__unknown_algorithm_has_its_own_error(mikey_messages, edit, payload_type, reply):
    """A V or T payload of an unknown algorithm or type does not count, and is answered with its own error."""
    findings = check_message(edit.opaque(mikey_messages["request_init_psk"], payload_type))
    assert [finding.reply for finding in findings if "not known" in finding.message] == [reply]


def test_mky_071__request_with_public_keys_is_complete(mikey_messages):
    """REQUEST_INIT_PK has T, RANDRi, TP, PKE and SIGN, and may have certificates and a hash."""
    assert found(mikey_messages["request_init_pk"]) == []


@pytest.mark.parametrize("missing", ["T", "RANDR", "TP", "PKE", "SIGN"])
def test_mky_071__missing_payload_is_found(mikey_messages, edit, missing):
    """REQUEST_INIT_PK has T, RANDRi, TP, PKE and SIGN."""
    broken = edit.without(mikey_messages["request_init_pk"], PayloadType[missing])
    assert found(broken) == [("MKY_071", f"{missing}{'i' if missing == 'RANDR' else ''} is missing")]


def test_mky_071__certificates_and_hash_may_be_left_out(mikey_messages, edit):
    """Certificates and CHASH are optional."""
    message = edit.without(mikey_messages["request_init_pk"], PayloadType.CERT)
    assert found(edit.without(message, PayloadType.CHASH)) == []


def test_mky_072__response_is_complete(mikey_messages):
    """REQUEST_RESP has T, TICKET, KEMAC and V, and may have IDRkms."""
    assert found(mikey_messages["request_resp"]) == []


@pytest.mark.parametrize("missing", ["T", "TICKET", "KEMAC", "V"])
def test_mky_072__missing_payload_is_found(mikey_messages, edit, missing):
    """REQUEST_RESP has T, TICKET, KEMAC and V."""
    broken = edit.without(mikey_messages["request_resp"], PayloadType[missing])
    assert found(broken) == [("MKY_072", f"{missing} is missing")]


def test_mky_070__random_value_of_another_role_does_not_count(mikey_messages, edit):
    """The random value of REQUEST_INIT is that of the Initiator."""
    message = mikey_messages["request_init_psk"]
    rand = message.rand(RandRole.INITIATOR)
    broken = edit.payload(message, type(rand), role=RandRole.KMS)
    assert found(broken) == [("MKY_070", "RANDRi is missing")]
