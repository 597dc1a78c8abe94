"""TS 23.333, 6.2.19.3.1: the pre-shared key of the TLS tunnel."""

import dataclasses

import pytest

from mediasec.errors import RequirementViolated
from mediasec.procedures.tls_key import tls_pre_shared_key


@pytest.mark.parametrize("case", ["mode_1", "mode_1_forking_256", "mode_1_tek", "mode_4"])
def test_proc_015__key_and_identity_are_those_of_the_vector(replayed, joined, vectors, case):
    """Both sides have the TEK as the key, under one identity."""
    parties = replayed(case)
    joined(parties)
    keys = [
        tls_pre_shared_key(party.agreement.bundle, parties.settings.profile)
        for party in (parties.initiator, parties.responder)
    ]
    assert keys[0] == keys[1]
    bundle = parties.initiator.agreement.bundle
    (session,) = bundle.sessions
    assert keys[0].key == session.key
    assert keys[0].identity == f"mikey-ticket:{bundle.csb_id:08x}:01:{session.spi.hex()}"
    assert repr(session.key)[2:-1] not in repr(keys[0])


def test_proc_015__bundle_for_anything_else_has_no_tls_key(replayed, joined):
    """A bundle with another protocol, with two crypto sessions or with none is not for one TLS tunnel."""
    parties = replayed("mode_4")
    joined(parties)
    bundle, profile = parties.initiator.agreement.bundle, parties.settings.profile
    (session,) = bundle.sessions
    for sessions in ((), (session, session), (dataclasses.replace(session, protocol_type=0),)):
        with pytest.raises(RequirementViolated, match="PROC_015"):
            tls_pre_shared_key(dataclasses.replace(bundle, sessions=sessions), profile)
