"""RFC 4279, 2: the PSK key exchange."""

import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mediasec.endpoints.tls_profile import DEFAULT_PROFILE, TlsProfile, UnknownIdentity
from mediasec.endpoints.tls_psk import PskContext
from mediasec.endpoints.tls_session import TlsClient, TlsFailed, TlsFailure, TlsServer, TlsSession

KEY = bytes(range(32))
PROFILES = [
    TlsProfile(versions=frozenset({version})) for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
]
by_version = pytest.mark.parametrize("profile", PROFILES, ids=["1.2", "1.3"])

CERTIFICATE, SERVER_KEY_EXCHANGE, CERTIFICATE_REQUEST = 11, 12, 13


def fatal_alert(octets: bytes) -> int:
    """Return the description of the alert that ends a flight in the clear (RFC 5246, 7.2)."""
    assert octets[-7:-1] == b"\x15\x03\x03\x00\x02\x02"
    return octets[-1]


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """A server's context with a certificate that it signed itself, and no pre-shared key."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "rogue")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(private, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("rogue") / "rogue.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )

    class Certified(ssl.SSLContext):
        trusted: str

    context = Certified(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    context.trusted = str(path)
    return context


@by_version
def test_tls_001__one_key_on_both_sides_establishes(join, profile):
    """Two sides with the same key establish a connection, and the server knows by which identity."""
    joined = join(TlsClient("alice", KEY, profile=profile), TlsServer({"alice": KEY}.get, profile=profile))
    assert joined.established
    assert joined.server.identity == "alice"
    joined.client.write(b"from the client")
    joined.server.write(b"from the server")
    joined.carry()
    assert (joined.server.read(), joined.client.read()) == (b"from the client", b"from the server")


@by_version
def test_tls_001__different_keys_establish_nothing(join, profile):
    """Two sides with different keys do not establish a connection, and both know why."""
    joined = join(
        TlsClient("alice", KEY, profile=profile),
        TlsServer({"alice": KEY[::-1]}.get, profile=profile),
    )
    assert [failure.failure for failure in joined.failures] == [TlsFailure.WRONG_KEY] * 2
    assert joined.server.identity is None


@by_version
def test_tls_022__a_server_with_a_certificate_is_refused(profile, certified):
    """A client refuses a server that has a certificate in place of the key."""
    client = TlsClient("alice", KEY, profile=profile).start()
    received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = certified.wrap_bio(received, sent, server_side=True)
    outcome = None
    for _ in range(4):
        try:
            assert not client.handshake()
        except TlsFailed as error:
            outcome = error
            break
        received.write(client.take_output())
        with suppress(ssl.SSLError):
            server.do_handshake()
        client.receive(sent.read())
    assert outcome is not None
    assert outcome.failure is not TlsFailure.PROTOCOL


@by_version
def test_tls_022__a_client_demands_a_certificate_and_trusts_none(profile):
    """A client keeps to verification with nothing to trust, and compares no name: new Pythons ask for one."""
    context = PskContext.for_client(profile, "alice", KEY)
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.cert_store_stats() == {"x509": 0, "crl": 0, "x509_ca": 0}
    assert not context.check_hostname


def test_tls_022__a_certificate_is_what_tls_1_3_fails_on(certified):
    """In TLS 1.3, where a server can pass the key over, the certificate itself is refused."""
    client = TlsClient("alice", KEY, profile=PROFILES[1]).start()
    received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = certified.wrap_bio(received, sent, server_side=True)
    assert not client.handshake()
    received.write(client.take_output())
    with pytest.raises(ssl.SSLWantReadError):
        server.do_handshake()
    client.receive(sent.read())
    with pytest.raises(TlsFailed) as caught:
        client.handshake()
    assert caught.value.failure is TlsFailure.NO_SHARED_KEY
    received.write(client.take_output())
    with pytest.raises(ssl.SSLError, match="UNKNOWN_CA"):
        server.do_handshake()


def test_tls_023__a_server_sends_no_certificate(join, handshake_messages):
    """The first flight of a server has neither Certificate nor CertificateRequest."""
    joined = join(TlsClient("alice", KEY), TlsServer({"alice": KEY}.get))
    kinds = {kind for kind, _ in handshake_messages(bytes(joined.to_client))}
    assert SERVER_KEY_EXCHANGE in kinds
    assert not kinds & {CERTIFICATE, CERTIFICATE_REQUEST}


@by_version
def test_tls_023__a_client_that_wants_a_certificate_gets_none(profile):
    """A client that knows certificates only fails at this server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(received, sent)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    server = TlsServer({"alice": KEY}.get, profile=profile).start()
    server.receive(sent.read())
    with pytest.raises(TlsFailed):
        server.handshake()
    received.write(server.take_output())
    with pytest.raises(ssl.SSLError, match="ALERT"):
        client.do_handshake()


def resume(client_context, begin):
    """Make two connections, the second with the session of the first; return both server sessions."""
    sessions, session = [], None
    for _ in range(2):
        received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
        client, server = client_context.wrap_bio(received, sent, session=session), None
        for _ in range(3):
            with suppress(ssl.SSLWantReadError):
                client.do_handshake()
            octets = sent.read()
            server = server or begin(octets)
            server.receive(octets)
            server.handshake()
            received.write(server.take_output())
        with pytest.raises(ssl.SSLWantReadError):
            client.read(1)
        session = client.session
        sessions.append(server)
    return sessions


def test_tls_022__a_certificate_that_is_trusted_is_refused_too(certified):
    """Where a certificate is trusted by mistake, the client still misses the key at the end."""
    context = PskContext.for_client(PROFILES[1], "alice", KEY)
    context.load_verify_locations(certified.trusted)
    client = TlsSession(context, identity="alice")
    received, sent = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = certified.wrap_bio(received, sent, server_side=True)
    assert not client.handshake()
    received.write(client.take_output())
    with pytest.raises(ssl.SSLWantReadError):
        server.do_handshake()
    client.receive(sent.read())
    with pytest.raises(TlsFailed) as caught:
        client.handshake()
    assert caught.value.failure is TlsFailure.NO_SHARED_KEY
    assert caught.value.detail == ""


@by_version
def test_tls_024__a_session_is_not_resumed(profile):
    """A client that offers its last session makes a full handshake again, and is known by its identity."""
    asked = []

    def lookup(identity):
        asked.append(identity)
        return KEY

    server = TlsServer(lookup, profile=profile)
    sessions = resume(PskContext.for_client(profile, "alice", KEY), server.start)
    assert [session.identity for session in sessions] == ["alice", "alice"]
    assert len(asked) == 2


def test_tls_024__a_context_in_common_would_resume_it():
    """With one context for both connections of TLS 1.2 nobody is asked for the key of the second."""
    asked = []

    def lookup(identity):
        asked.append(identity)
        return KEY

    server = TlsServer(lookup)
    context = PskContext.for_server(DEFAULT_PROFILE)
    server._contexts.context_for = lambda hello: context
    with pytest.raises(TlsFailed):
        resume(PskContext.for_client(DEFAULT_PROFILE, "alice", KEY), server.start)
    assert len(asked) == 1


def test_tls_024__a_context_in_common_is_given_up_after_64_connections():
    """Connections share a context for a while, so that the sessions that it holds do not become many."""
    client = TlsClient("alice", KEY).start()
    assert not client.handshake()
    hello = client.take_output()
    server = TlsServer({"alice": KEY}.get)
    contexts = [server.start(hello)._context for _ in range(130)]
    assert [contexts.count(context) for context in dict.fromkeys(contexts)] == [64, 64, 2]


def test_tls_024__handshakes_that_share_a_context_keep_their_identities():
    """Two handshakes that go on by turns in one context ask for their own keys."""
    keys = {"alice": KEY, "bob": KEY[::-1]}
    server = TlsServer(keys.get)
    clients = [TlsClient(identity, key).start() for identity, key in keys.items()]
    sessions = []
    for client in clients:
        assert not client.handshake()
        hello = client.take_output()
        sessions.append(server.start(hello))
        sessions[-1].receive(hello)
    assert sessions[0]._context is sessions[1]._context
    for turn in range(3):
        for client, session in zip(clients, sessions, strict=True):
            assert session.handshake() is (turn > 0)
            client.receive(session.take_output())
            assert client.handshake() is (turn > 0)
            session.receive(client.take_output())
    assert [session.identity for session in sessions] == ["alice", "bob"]


def test_tls_025__an_unknown_identity_gets_its_alert(join):
    """A server answers an unknown identity by the alert unknown_psk_identity(115)."""
    joined = join(TlsClient("bob", KEY), TlsServer({"alice": KEY}.get))
    assert fatal_alert(bytes(joined.to_client)) == 115
    assert [failure.failure for failure in joined.failures] == [TlsFailure.UNKNOWN_IDENTITY] * 2
    assert joined.failures[1].identity == "bob"


@by_version
def test_tls_025__an_unknown_identity_can_look_like_a_wrong_key(join, profile):
    """A server that hides its identities sends what it sends for a wrong key, and knows better itself."""
    hiding = TlsProfile(versions=profile.versions, unknown_identity=UnknownIdentity.AS_WRONG_KEY)
    server = TlsServer({"alice": KEY}.get, profile=hiding)
    unknown = join(TlsClient("bob", KEY, profile=profile), server)
    wrong = join(TlsClient("alice", KEY[::-1], profile=profile), server)
    assert fatal_alert(bytes(unknown.to_client)) == fatal_alert(bytes(wrong.to_client))
    assert [failure.failure for failure in unknown.failures] == [
        TlsFailure.WRONG_KEY,
        TlsFailure.UNKNOWN_IDENTITY,
    ]


@by_version
def test_tls_026__a_lookup_that_raises_knows_no_identity(join, profile):
    """Where the lookup raises, the client gets the alert for an unknown identity and the server the cause."""
    joined = join(
        TlsClient("bob", KEY, profile=profile), TlsServer({"alice": KEY}.__getitem__, profile=profile)
    )
    # TLS 1.3 goes on to look for a certificate, and ends with handshake_failure(40).
    assert fatal_alert(bytes(joined.to_client)) == (40 if profile is PROFILES[1] else 115)
    assert joined.failures[1].failure is TlsFailure.UNKNOWN_IDENTITY
    assert isinstance(joined.failures[1].__cause__, KeyError)
