"""The first offer."""

import pytest


@pytest.mark.parametrize(
    ("origin", "broken"),
    [
        (f"{2**63 - 1} {2**62 - 2}", set()),
        (f"{2**63} 1", {"SDP_081"}),
        (f"1 {2**62 - 1}", {"SDP_081"}),
        (f"{'9' * 30} {'9' * 30}", {"SDP_081"}),
    ],
)
def test_sdp_081__session_id_and_version_have_room(dial_in, origin, broken):
    """Session ID and version are at most 2^63 - 1, and the first version less than 2^62 - 1."""
    found = dial_in.in_offer(("2890844526 1", origin))
    assert found == broken
    assert ("below 2^62 - 1 in a first offer" in found.said) is (
        found == {"SDP_081"} and "version" in found.said
    )


@pytest.mark.parametrize(
    ("version", "broken"), [(2**62 - 1, set()), (2**63 - 1, set()), (2**63, {"SDP_081"})]
)
def test_sdp_081__later_versions_have_more_room(dial_in, version, broken):
    """The version of a later offer, and of an answer, may be as large as 2^63 - 1."""
    before = (("2890844526 1", f"2890844526 {version - 1}"),)
    later = ("2890844526 2", f"2890844526 {version}")
    assert dial_in.in_later_offer(later, before=before) == broken
    found = dial_in.in_answer(("3723468111 1", f"3723468111 {version}"))
    assert found == broken
    assert ("at most 2^63 - 1" in found.said) is bool(broken)


def test_sdp_082__an_offer_is_one_description(dial_in):
    """A second session description is found where it begins, and nothing after it is."""
    last = dial_in.offer_text.count("\n")
    again = (dial_in.offer_text[-20:], dial_in.offer_text[-20:] + dial_in.offer_text)
    assert dial_in.form(again) == [("SDP_082", f"line[{last + 1}]")]
    assert dial_in.form(("t=0 0\n", "t=0 0\nv=0\n")) == [("SDP_082", "line[6]")]
