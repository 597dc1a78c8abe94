"""RFC 6043, 6.1.1: the crypto session that the profile describes."""

from mediasec.mikey.profile import Profile


def test_mky_211__the_session_has_cs_id_1():
    """The one crypto session has the CS ID 1."""
    assert Profile().crypto_session().cs_id == 1
    assert Profile(crypto_session_id=3).crypto_session().cs_id == 3


def test_mky_212__the_session_has_one_policy_without_parameters():
    """The one crypto session names the security policy 0 without parameters, and has no session data."""
    session, policy = Profile().crypto_session(b"\x07"), Profile().security_policy()
    assert session.policies == (policy.number,) == (0,)
    assert policy.parameters == ()
    assert (session.session_data, session.spi) == (b"", b"\x07")
