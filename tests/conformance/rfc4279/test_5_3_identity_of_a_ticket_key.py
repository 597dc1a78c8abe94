"""RFC 4279, 5.3: the longest identity that every implementation takes."""

import dataclasses

import pytest

from mediasec.errors import RequirementViolated
from mediasec.procedures.tls_key import tls_pre_shared_key


@pytest.mark.parametrize(("length", "fits"), [(3, True), (51, True), (52, False), (255, False)])
def test_proc_016__identity_has_at_most_128_octets(replayed, joined, length, fits):
    """An SPI that makes the identity longer than 128 octets is refused."""
    parties = replayed("mode_4")
    joined(parties)
    bundle, profile = parties.initiator.agreement.bundle, parties.settings.profile
    session = dataclasses.replace(bundle.sessions[0], spi=bytes(length))
    changed = dataclasses.replace(bundle, sessions=(session,))
    if fits:
        assert len(tls_pre_shared_key(changed, profile).identity) <= 128
    else:
        with pytest.raises(RequirementViolated, match="PROC_016"):
            tls_pre_shared_key(changed, profile)
