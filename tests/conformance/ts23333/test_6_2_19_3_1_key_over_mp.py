"""The pre-shared key crosses Mp with TLS, and only with it."""

import pytest

from mediasec.procedures.mp.elements import (
    Presence,
    PreSharedKey,
    TcpEstablishment,
    TlsSide,
    Transport,
    elements,
)
from mediasec.procedures.mp.messages import ConfigureBfcpTermination, Security

KEY = PreSharedKey(identity="ticket-1", key=bytes(range(16)))


def findings(transport: Transport, security: Security) -> list[str]:
    message = ConfigureBfcpTermination(context=1, local_resources=transport, user_id=2, security=security)
    return [finding.requirement for finding in message.check()]


def test_mpp_003__the_key_goes_with_tls() -> None:
    """A termination with TLS has the key, whichever node opens TCP."""
    for establishment in TcpEstablishment:
        security = Security(pre_shared_key=KEY, tls_side=TlsSide.SERVER, tcp_establishment=establishment)
        assert findings(Transport.TCP_TLS_BFCP, security) == []


def test_mpp_003__tls_without_the_key_is_refused() -> None:
    """A termination is not told to establish TLS without the key."""
    assert findings(Transport.TCP_TLS_BFCP, Security(tls_side=TlsSide.SERVER)) == ["MPP_003"]


@pytest.mark.parametrize(
    "security",
    [Security(pre_shared_key=KEY), Security(tls_side=TlsSide.CLIENT), Security(notify_tls_failure=True)],
)
def test_mpp_003__no_element_of_tls_without_tls(security: Security) -> None:
    """A termination over plain TCP has no key and no event of TLS."""
    assert findings(Transport.TCP_BFCP, security) == ["MPP_003"]


def test_mpp_003__the_key_is_not_shown() -> None:
    """No representation of a message holds the key."""
    security = Security(pre_shared_key=KEY, tls_side=TlsSide.SERVER)
    assert findings(Transport.TCP_TLS_BFCP, security) == []
    assert KEY.key.hex() not in repr(security)
    assert repr(KEY.key) not in repr(security)


def test_mpp_006__a_termination_may_come_without_them() -> None:
    """Each of them may be left out, and their status is shown as unverified."""
    assert findings(Transport.TCP_TLS_BFCP, Security()) == []
    assert {presence for _, _, presence in elements(Security())} == {Presence.UNVERIFIED}
