"""RFC 6043, 5.4: Error messages."""

import pytest

from mediasec.mikey.exchange_rules import check_exchange
from mediasec.mikey.payloads import Signature
from mediasec.mikey.registry import PayloadType
from mediasec.mikey.rules import check_message


def found(message):
    return [(finding.requirement, finding.message) for finding in check_message(message)]


@pytest.mark.parametrize("missing", ["", "T", "ERR"])
def test_mky_078__error_message(mikey_messages, edit, missing):
    """An Error message has T and at least one ERR, and may have policies and V."""
    message = mikey_messages["error"]
    if missing:
        assert found(edit.without(message, PayloadType[missing])) == [("MKY_078", f"{missing} is missing")]
        return
    assert found(message) == []
    bare = edit.without(edit.without(message, PayloadType.V), PayloadType.SP)
    assert found(bare) == []
    assert found(edit.insert(bare, len(bare.payloads), Signature(kind=0, signature=b"s"))) == []


def test_mky_092__an_error_is_not_answered_with_an_error(mikey_messages):
    """An Error message does not answer an Error message."""
    error = mikey_messages["error"]
    assert [finding.requirement for finding in check_exchange(error, error)] == ["MKY_092"]
    assert check_exchange(mikey_messages["transfer_init"], error) == []


@pytest.mark.parametrize("field", ["prf_function", "csb_id", "version"])
@pytest.mark.verifies("MKY_089")
def test_mky_092__an_error_belongs_to_its_message(mikey_messages, edit, field):
    """An Error message has the version, PRF function and CSB ID of the message that it answers."""
    error = edit.header(mikey_messages["error"], **{field: 99})
    findings = check_exchange(mikey_messages["transfer_init"], error)
    assert [(finding.requirement, finding.where) for finding in findings] == [("MKY_089", f"header.{field}")]
