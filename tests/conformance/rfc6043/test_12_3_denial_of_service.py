"""RFC 6043, 12.3: limits on how often one may ask."""

import pytest

from mediasec.nodes.kms import KmsServer
from mediasec.nodes.kms_client import KmsClient, KmsUnavailable
from mediasec.nodes.rate_limit import MAX_ASKERS, RateLimit
from mediasec.nodes.signalling import CallState
from mediasec.sdp.streams import StreamKind
from mpspec.flows.scene import CONFERENCE


def test_kms_003__a_burst_and_then_so_many_a_second():
    """A burst is allowed, then as many as time brings back, and no more than the burst after a pause."""
    limit = RateLimit(burst=3, per_second=2.0)
    assert [limit.allows("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert [limit.allows("a", 0.5) for _ in range(2)] == [True, False]
    assert [limit.allows("a", 100.0) for _ in range(4)] == [True, True, True, False]


def test_kms_003__each_is_counted_apart():
    """One asker that is refused does not make another one wait."""
    limit = RateLimit(burst=1, per_second=0.0)
    assert [limit.allows(name, 0.0) for name in "aabb"] == [True, False, True, False]


def test_kms_003__memory_is_bounded():
    """However many ask, as many are remembered as there is room for."""
    limit = RateLimit(burst=1)
    for number in range(MAX_ASKERS + 100):
        limit.allows(str(number), 0.0)
    assert len(limit._buckets) == MAX_ASKERS


def test_kms_003__the_kms_refuses_an_address_that_asks_too_often(on_network):
    """After its burst an address gets 429, while another one is answered; the audit log says so."""
    audited = []

    async def run(watched):
        async with watched.scene() as scene:
            core = scene.kms._core
            world = watched.surroundings("KMS")
            limit = RateLimit(burst=2, per_second=0.0)
            async with KmsServer(core, world, limit=limit, audit=audited.append) as server:
                url = await server.open()
                async with (
                    KmsClient(url, watched.surroundings("UE-A")) as first,
                    KmsClient(url, watched.surroundings("UE-B")) as second,
                ):
                    said = []
                    for client in (first, first, first, second):
                        with pytest.raises(KmsUnavailable) as caught:
                            await client.ask(b"no message")
                        said.append(str(caught.value)[-4:-1])
                    return said

    assert on_network(run) == ["400", "400", "429", "400"]
    assert [each.outcome == "too many requests" for each in audited] == [False, False, True, False]


def test_kms_003__a_caller_cannot_make_the_conference_ask_too_often(on_network):
    """The MRFC refuses a caller whose offers make it ask the KMS more often than the limit allows."""

    async def run(watched):
        async with watched.scene() as scene:
            scene.conference.agent._limit = RateLimit(burst=1, per_second=0.0)
            first, second = await scene.ue("UE-A"), await scene.ue("UE-B")
            kinds = [StreamKind.MSRP]
            calls = [await ue.dial_in(CONFERENCE, scene.mrfc, kinds) for ue in (first, first, second)]
            return [call.state for call in calls]

    states = on_network(run)
    assert states == [CallState.ESTABLISHED, CallState.REFUSED, CallState.ESTABLISHED]
