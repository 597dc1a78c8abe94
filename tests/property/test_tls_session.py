"""A TLS session takes whatever comes: it goes on, waits, or fails with `TlsFailed`, and nothing else."""

import ssl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediasec.endpoints.tls_profile import MAX_IDENTITY_LENGTH, TlsProfile, check_identity
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsServer

KEY = bytes(range(32))
PROFILES = [
    TlsProfile(versions=frozenset({version})) for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
]
profiles = st.sampled_from(PROFILES)


def pair(profile):
    """A client and a server with one key."""
    return (
        TlsClient("alice", KEY, profile=profile).start(),
        TlsServer({"alice": KEY}.get, profile=profile).start(),
    )


def handshake(session) -> bool | None:
    """Go on with the handshake; None where it failed."""
    try:
        return session.handshake()
    except TlsFailed:
        return None


def shake_hands(client, server) -> None:
    """Run a handshake between two sessions."""
    for _ in range(4):
        handshake(client)
        server.receive(client.take_output())
        handshake(server)
        client.receive(server.take_output())


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), profiles, st.booleans())
def test_arbitrary_octets_establish_nothing(octets, profile, at_server):
    """No octets that were not made with the key establish a connection."""
    session = pair(profile)[at_server]
    if not at_server:
        assert handshake(session) is False
    session.receive(octets)
    assert not handshake(session)
    session.receive_end()
    assert not handshake(session)


@settings(max_examples=60, deadline=None)
@given(profiles, st.integers(0, 5), st.integers(0, 10**6), st.integers(1, 255))
def test_a_flipped_handshake_never_ends_in_two_views(profile, flight, place, mask):
    """With an octet of one flight changed, the two sides fail, or have the same keys all the same."""
    client, server = pair(profile)
    complete = {client: False, server: False}
    for turn in range(6):
        source, target = (client, server) if turn % 2 == 0 else (server, client)
        if complete[source] is False:
            complete[source] = handshake(source)
        octets = bytearray(source.take_output())
        if turn == flight and octets:
            octets[place % len(octets)] ^= mask
        target.receive(bytes(octets))
    # What the handshake does not protect, such as the version of a record in the clear, may differ.
    if complete[client] and complete[server]:
        client.write(b"agreed")
        server.receive(client.take_output())
        assert (server.identity, server.read()) == ("alice", b"agreed")


@settings(max_examples=40, deadline=None)
@given(profiles, st.binary(min_size=1, max_size=200), st.integers(0, 10**6), st.integers(1, 255))
def test_a_flipped_record_is_never_read(profile, message, place, mask):
    """A record with one octet changed gives no octets to the application, and an error."""
    client, server = pair(profile)
    shake_hands(client, server)
    client.write(message)
    record = bytearray(client.take_output())
    record[place % len(record)] ^= mask
    server.receive(bytes(record))
    server.receive_end()
    with pytest.raises(TlsFailed):
        server.read()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=150))
def test_an_identity_is_refused_or_arrives(identity):
    """An identity that breaks no rule arrives as it was given; every other one breaks a rule on its face."""
    if check_identity(identity):
        octets = identity.encode(errors="surrogatepass")
        surrogates = any("\ud800" <= character <= "\udfff" for character in identity)
        assert surrogates or b"\0" in octets or not 0 < len(octets) <= MAX_IDENTITY_LENGTH
        return
    asked = []
    shake_hands(TlsClient(identity, KEY).start(), TlsServer(asked.append).start())
    assert asked == [identity]
