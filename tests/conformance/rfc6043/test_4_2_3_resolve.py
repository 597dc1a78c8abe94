"""RFC 6043, 4.2.3: the messages of the Ticket Resolve."""

import pytest

from mediasec.mikey.registry import PayloadType
from mediasec.mikey.rules import check_message


def found(message):
    return [(finding.requirement, finding.message) for finding in check_message(message)]


@pytest.mark.parametrize("missing", ["", "T", "RANDR", "TICKET", "V"])
def test_mky_075__with_a_pre_shared_key(mikey_messages, edit, missing):
    """RESOLVE_INIT_PSK has T, RANDRr, TICKET and V, and may have IDRr, IDRkms and IDRpsk."""
    message = mikey_messages["resolve_init_psk"]
    if not missing:
        assert found(message) == []
        assert found(edit.without(message, PayloadType.IDR)) == []
        return
    broken = edit.without(message, PayloadType[missing])
    assert found(broken) == [("MKY_075", f"{missing}{'r' if missing == 'RANDR' else ''} is missing")]


@pytest.mark.parametrize("missing", ["", "T", "RANDR", "TICKET", "PKE", "SIGN"])
def test_mky_076__with_public_keys(mikey_messages, edit, missing):
    """RESOLVE_INIT_PK has T, RANDRr, TICKET, PKE and SIGN, and may have certificates and a hash."""
    message = mikey_messages["resolve_init_pk"]
    if not missing:
        assert found(message) == []
        return
    broken = edit.without(message, PayloadType[missing])
    assert found(broken) == [("MKY_076", f"{missing}{'r' if missing == 'RANDR' else ''} is missing")]


@pytest.mark.parametrize("missing", ["", "T", "KEMAC", "V"])
def test_mky_077__response(mikey_messages, edit, missing):
    """RESOLVE_RESP has T, KEMAC and V, and may have IDRkms, IDRr and RANDRkms."""
    message = mikey_messages["resolve_resp"]
    if not missing:
        assert found(message) == []
        assert found(edit.without(message, PayloadType.RANDR)) == []
        return
    assert found(edit.without(message, PayloadType[missing])) == [("MKY_077", f"{missing} is missing")]
