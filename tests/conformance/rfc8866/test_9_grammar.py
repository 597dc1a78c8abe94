"""The grammar of the values."""

import pytest

_ORIGIN = "o=ue-a 2890844526 1 IN IP4 192.0.2.10"


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (("v=0", "v=1"), 1),
        (("v=0", "v="), 1),
        (("v=0", "v=zero"), 1),
        ((_ORIGIN, "o=ue-a 2890844526 1 IN IP4"), 2),
        ((_ORIGIN, "o=ue-a  2890844526 1 IN IP4 192.0.2.10"), 2),
        ((_ORIGIN, "o=ue-a x 1 IN IP4 192.0.2.10"), 2),
        ((_ORIGIN, "o=ue-a 1 -1 IN IP4 192.0.2.10"), 2),
        ((_ORIGIN, f"o=ue-a {'9' * 5000} 1 IN IP4 192.0.2.10"), 2),
        ((_ORIGIN, "o=ue-a 1 1 IN IP4 192.0.2.256"), 2),
        (("s=-", "s="), 3),
        (("s=-", "s=a\0b"), 3),
        (("s=-", "s=a\rb"), 3),
        (("c=IN IP4 192.0.2.10", "c=IN IP4"), 4),
        (("c=IN IP4 192.0.2.10", "c=IN IP4 192.0.2"), 4),
        (("c=IN IP4 192.0.2.10", "c=IN IP4 2001:db8::1"), 4),
        (("c=IN IP4 192.0.2.10", "c=IN IP6 192.0.2.10"), 4),
        (("c=IN IP4 192.0.2.10", "c=IN IP6 2001:db8::g"), 4),
        (("c=IN IP4 192.0.2.10", "c=IN IP6 fe80::1%eth0"), 4),
        (("c=IN IP4 192.0.2.10", "c=IN IP4 233.252.0.1/x"), 4),
        (("c=IN IP4 192.0.2.10", "c=IN IP4 ue_a.example.com"), 4),
        (("t=0 0", "t=0"), 5),
        (("t=0 0", "t=now later"), 5),
        (("t=0 0", "b=AS\nt=0 0"), 5),
        (("t=0 0", "b=A S:1\nt=0 0"), 5),
        (("t=0 0", "b=AS:x\nt=0 0"), 5),
        (("m=audio 49170", "m=audio"), 6),
        (("m=audio 49170", "m=audio 65536"), 6),
        (("m=audio 49170", "m=audio -1"), 6),
        (("m=audio 49170", "m=audio 49170/x"), 6),
        (("m=audio 49170", "m=au(dio 49170"), 6),
        (("RTP/SAVP 96", "RTP/SAVP"), 6),
        (("RTP/SAVP 96", "RTP//SAVP 96"), 6),
        (("RTP/SAVP 96", "RTP/SAVP 96 "), 6),
        (("a=rtpmap:96 AMR/8000", "a="), 7),
        (("a=rtpmap:96 AMR/8000", "a=:x"), 7),
        (("a=rtpmap:96 AMR/8000", "a=rtp map:x"), 7),
        (("a=rtpmap:96 AMR/8000", "a=rtpmap:"), 7),
    ],
)
def test_sdp_085__values_keep_to_the_grammar(dial_in, edit, line):
    """The values of the lines keep to the grammar, with single spaces, and without NUL or CR."""
    assert dial_in.form(edit) == [("SDP_085", f"line[{line}]")]


@pytest.mark.parametrize(
    "edit",
    [
        ("s=-", "s= "),
        ("s=-", "s=Caf\u00e9\nu=http://example.com/\ne=a@example.com\np=+1 617 555-6011"),
        ("c=IN IP4 192.0.2.10", "c=IN IP6 2001:db8::10"),
        ("c=IN IP4 192.0.2.10", "c=IN IP6 ue-a.example.com"),
        ("c=IN IP4 192.0.2.10", "c=ATM NSAP anything"),
        ("c=IN IP4 192.0.2.10", "c=IN IP4 233.252.0.1/127/3"),
        ("t=0 0", "b=X-YZ:128\nt=3724394400 3724398000"),
        ("m=audio 49170", "m=audio 049170/2"),
        ("a=rtpmap:96 AMR/8000", "a=rtpmap:96 AMR/8000:x: y"),
    ],
)
def test_sdp_085__what_the_grammar_allows_is_read(dial_in, edit):
    """What the grammar allows is read, and written as it came."""
    assert dial_in.form(edit) == []
    text = dial_in.offer_text.replace(*edit, 1).replace("\n", "\r\n")
    assert dial_in.offer(edit).serialize() == text.encode()
