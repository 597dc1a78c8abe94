"""The pre-shared key crosses Mp with TLS, and only with it."""

import pytest

from mediasec.nodes.media_plane import secured_by
from mediasec.procedures.mp.elements import (
    Presence,
    PreSharedKey,
    TcpEstablishment,
    TlsSide,
    Transport,
    elements,
)
from mediasec.procedures.mp.messages import ConfigureBfcpTermination, Security
from mediasec.procedures.tls_key import TlsPreSharedKey

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


def test_mpp_006__a_termination_comes_with_all_of_them_or_none() -> None:
    """The MRFC gives them all; each may be left out, and their status is shown as unverified."""
    given = secured_by(TlsPreSharedKey(identity="ticket", key=KEY.key), opens_tcp=True, starts_tls=False)
    assert given == Security(
        pre_shared_key=PreSharedKey(identity="ticket", key=KEY.key),
        tcp_establishment=TcpEstablishment.ACTIVE,
        tls_side=TlsSide.SERVER,
        notify_tcp_failure=True,
        notify_tls_failure=True,
    )
    other = secured_by(TlsPreSharedKey(identity="ticket", key=KEY.key), opens_tcp=False, starts_tls=True)
    assert (other.tcp_establishment, other.tls_side) == (TcpEstablishment.PASSIVE, TlsSide.CLIENT)
    for security in (given, other, Security()):
        assert findings(Transport.TCP_TLS_BFCP, security) == []
        assert {presence for _, _, presence in elements(security)} == {Presence.UNVERIFIED}
