"""Mp requests as tests send them, and what shows that a refused one changed nothing."""

from dataclasses import replace
from typing import Any

import pytest

from mediasec.errors import RequirementViolated
from mediasec.procedures.mp.contexts import Contexts
from mediasec.procedures.mp.elements import (
    Address,
    Floor,
    MsrpSide,
    PreSharedKey,
    TcpEstablishment,
    TlsSide,
    Transport,
)
from mediasec.procedures.mp.messages import (
    ConfigureBfcpTermination,
    ConfigureConferenceForFloorControl,
    ConfigureImsResources,
    ReserveAndConfigureImsResources,
    ReserveImsResources,
    Security,
)

ADDRESS = Address(host="192.0.2.11", port=50000)
SECURITY = Security(
    pre_shared_key=PreSharedKey(identity="key", key=bytes(16)),
    tcp_establishment=TcpEstablishment.ACTIVE,
    tls_side=TlsSide.SERVER,
)
PATH = MsrpSide(path=("msrps://192.0.2.11:50000/a1b2;tcp",))
RESERVE = ReserveImsResources(local_resources=Transport.TCP_TLS_MSRP)
WHOLE = ReserveAndConfigureImsResources(
    local_resources=Transport.TCP_TLS_MSRP,
    remote_resources=Transport.TCP_TLS_MSRP,
    remote_address=ADDRESS,
    remote_msrp=PATH,
    security=SECURITY,
)
FLOORS = ConfigureConferenceForFloorControl(conference_id=7, floors=(Floor(floor_id=1),))
BFCP = ConfigureBfcpTermination(
    context=1,
    local_resources=Transport.TCP_TLS_BFCP,
    user_id=1,
    remote_address=ADDRESS,
    security=SECURITY,
)


def configure(context: int, termination: int, **changes: Any) -> ConfigureImsResources:
    """Return a request that configures a termination of MSRP."""
    request = ConfigureImsResources(
        context=context,
        termination=termination,
        remote_resources=Transport.TCP_TLS_MSRP,
        remote_address=ADDRESS,
        remote_msrp=PATH,
        security=SECURITY,
    )
    return replace(request, **changes)


def assert_refused(contexts: Contexts, step: Any, request: Any, requirement: str) -> str:
    """Assert that a request is refused by a rule and changes nothing; return the place."""
    before = _picture(contexts)
    with pytest.raises(RequirementViolated) as caught:
        step(request)
    (finding,) = caught.value.findings
    assert finding.requirement == requirement
    assert _picture(contexts) == before
    return finding.where


def _picture(contexts: Contexts) -> dict[int, Any]:
    return {
        number: (context.conference, {n: each.state for n, each in context.terminations.items()})
        for number, context in contexts.by_number.items()
    }
