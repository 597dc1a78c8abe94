"""The sequence diagram of a recording: every arrow is there, readable, linked, and inside the drawing."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from lxml import etree

from mediasec.nodes.observation import Medium
from mpspec.flows.drawing import draw
from mpspec.flows.flow import Outcome, Participant
from mpspec.flows.playing import play
from mpspec.flows.recording import Arrow, Recording
from small_flows import flow, talking

SVG = "{http://www.w3.org/2000/svg}"
NAMES = ["KMS", "UE-A", "UE-B", "UE-C", "MRFC", "MRFP"]


def recording(*arrows, names=NAMES, outcome=None, **changed):
    """Return a recording with these arrows: sender, receiver, medium, name and what else they have."""
    participants = tuple(
        Participant(name=name, role="a node", address=f"192.0.2.{number}")
        for number, name in enumerate(names)
    )
    return Recording(
        flow=flow(participants=participants, **changed),
        arrows=tuple(
            Arrow(number=number, time=0, sender=sender, receiver=receiver, medium=medium, name=name, **more)
            for number, (sender, receiver, medium, name, more) in enumerate(arrows, 1)
        ),
        outcome=outcome,
        problems=(),
        wire=None,
    )


def drawn(recorded):
    return etree.fromstring(draw(recorded).encode())


def texts(element):
    return ["".join(each.itertext()) for each in element.iter(f"{SVG}text")]


def arrow_named(tree, number):
    (found,) = tree.findall(f"{SVG}a[@href='#message-{number}']")
    return found


MANY = recording(
    *(
        (NAMES[number % 6], NAMES[(number * 5 + 1) % 6], medium, f"what number {number} says", {})
        for number, medium in enumerate([*Medium] * 6)
        if number % 6 != (number * 5 + 1) % 6
    )
)


def test_each_arrow_is_a_link_with_a_name():
    recorded = play(talking())
    tree = drawn(recorded)
    links = tree.findall(f"{SVG}a")
    assert [link.get("href") for link in links] == [f"#message-{each.number}" for each in recorded.arrows]
    assert arrow_named(tree, 3).get("aria-label") == ("3 TLS: session established, from UE-A to MRFP")
    assert texts(arrow_named(tree, 3)) == ["3 TLS: session established"]
    assert arrow_named(tree, 11).get("aria-label") == (
        "11 TLS: established (derived), from UE-A to MRFP, step 10"
    )
    assert "".join(texts(arrow_named(tree, 11))) == "11 TLS: established (derived)"


def test_it_has_a_title_and_a_description():
    tree = drawn(play(talking()))
    labels = tree.get("aria-labelledby").split()
    title, description = (tree.find(f"*[@id='{label}']") for label in labels)
    assert title.text == "A UE talks to KMS and MRFP"
    assert description.text.endswith(
        "12 messages between KMS, UE-A and MRFP. The MRFP has the request of the UE."
    )


def test_each_medium_has_a_line_and_a_word_of_its_own():
    arrows = [("UE-A", "MRFP", medium, "something", {}) for medium in Medium]
    tree = drawn(recording(*arrows))
    lines = [
        tuple((line.get("stroke-width"), line.get("stroke-dasharray")) for line in link.iter(f"{SVG}line"))
        for link in tree.findall(f"{SVG}a")
    ]
    assert len(set(lines)) == len(Medium)
    legend = [text for text in texts(tree) if text in [*Medium]]
    assert sorted({*legend}) == sorted(Medium)


@pytest.mark.parametrize(
    ("medium", "name", "failed"),
    [
        (Medium.TCP, "connection failed", True),
        (Medium.TLS, "handshake failed: wrong key", True),
        (Medium.BFCP, "Error", True),
        (Medium.MSRP, "403 Forbidden", True),
        (Medium.SIGNALLING, "488 Not Acceptable Here", True),
        (Medium.MP, "TLS session establishment Failure", True),
        (Medium.MP, "Refusal", True),
        (Medium.TCP, "connection established", False),
        (Medium.MSRP, "200 OK", False),
        (Medium.BFCP, "FloorRequestStatus", False),
    ],
)
def test_a_failure_has_a_cross_and_a_word(medium, name, failed):
    octets = b"" if medium in (Medium.TCP, Medium.TLS) else b"a message"
    link = arrow_named(drawn(recording(("UE-A", "MRFP", medium, name, {"octets": octets}))), 1)
    assert ("failure" in texts(link)) is failed
    assert (" failure, from UE-A to MRFP" in link.get("aria-label")) is failed
    assert " ".join("".join(link.itertext()).split()) in link.get("aria-label")
    assert (link.get("class") == "failed") is failed
    heads = [path for path in link.iter(f"{SVG}path") if path.get("class") == "head"]
    crosses = [path for path in link.iter(f"{SVG}path") if path.get("class") != "head"]
    assert len(crosses) == failed
    # A connection that failed does not arrive; a message that tells of a failure does.
    assert len(heads) == (not failed or bool(octets))


def test_the_names_stand_again_in_a_long_drawing():
    arrows = [("UE-A", "MRFP", Medium.BFCP, "Hello", {})] * 45
    found = texts(drawn(recording(*arrows)))
    assert [found.count(name) for name in NAMES] == [4] * len(NAMES)
    assert texts(drawn(recording(*arrows[:20]))).count("UE-A") == 2


def test_steps_have_brackets():
    step = {"step": "4-6"}
    arrows = [
        ("MRFC", "MRFP", Medium.MP, "Configure BFCP Termination", step),
        ("MRFP", "MRFC", Medium.MP, "Reply", step),
        ("MRFP", "UE-A", Medium.TCP, "connection established", {"step": "7"}),
        ("MRFC", "UE-A", Medium.SIGNALLING, "200 OK", {}),
    ]
    assert [text for text in texts(drawn(recording(*arrows))) if text.startswith("step")] == [
        "step 4-6",
        "step 7",
    ]


def bands(*arrows):
    """Return top and bottom of each band of TLS, and where the lines of the arrows are."""
    tree = drawn(recording(*arrows))
    found = [
        (float(band.get("y")), float(band.get("y")) + float(band.get("height")))
        for band in tree.iter(f"{SVG}rect")
        if band.get("class") == "band"
    ]
    return found, [float(link.find(f"{SVG}line").get("y1")) for link in tree.findall(f"{SVG}a")]


TLS = ("UE-A", "MRFP", Medium.TLS, "session established", {})
BFCP = ("UE-A", "MRFP", Medium.BFCP, "FloorRequest", {})


def test_a_band_lies_around_what_runs_in_tls():
    other = ("MRFC", "MRFP", Medium.MP, "Reply", {})
    found, places = bands(BFCP, TLS, BFCP, other, BFCP)
    inside = [sum(top < place < bottom for top, bottom in found) for place in places]
    assert inside == [0, 1, 1, 0, 1]


@pytest.mark.parametrize("name", ["handshake started", "handshake failed: wrong key"])
def test_a_session_that_is_not_established_has_no_band(name):
    assert bands(("UE-A", "MRFP", Medium.TLS, name, {}), BFCP)[0] == []


def test_names_of_others_do_not_harm_the_drawing():
    hostile = '<script>alert("&")</script>'
    tree = drawn(
        recording(
            ("UE-A", "203.0.113.9", Medium.MSRP, hostile, {}),
            title=hostile,
            outcome=Outcome(states={"UE-A": hostile}, sentence=hostile),
        )
    )
    assert not tree.findall(f".//{SVG}script")
    assert hostile in tree.findtext(f"{SVG}title")
    assert "203.0.113.9" in texts(tree)


@pytest.mark.parametrize("recorded", [MANY, recording(), play(talking())], ids=["many", "none", "talk"])
def test_everything_is_inside_and_no_two_labels_meet(recorded):
    tree = drawn(recorded)
    _, _, width, height = map(float, tree.get("viewBox").split())
    assert width <= 1100
    assert (tree.get("width"), tree.get("height")) == (f"{width:.0f}", f"{height:.0f}")
    for element in tree.iter(f"{SVG}text", f"{SVG}rect", f"{SVG}line"):
        for name, most in (("x", width), ("x1", width), ("x2", width), ("y", height), ("y1", height)):
            assert 0 <= float(element.get(name, 0)) <= most
    labels = [float(each.get("y")) for link in tree.iter(f"{SVG}a") for each in link.iter(f"{SVG}text")]
    assert all(later - earlier >= 16 for earlier, later in pairwise(labels))


def test_a_long_label_is_broken_between_words():
    name = "session established (TLSv1.2, ECDHE-PSK-CHACHA20-POLY1305) " + "and more " * 9
    link = arrow_named(drawn(recording(("MRFC", "MRFP", Medium.TLS, name, {}))), 1)
    lines = texts(link)
    assert len(lines) > 3
    assert " ".join(lines).split() == f"1 TLS: {name}".split()


def test_a_name_that_begins_with_its_medium_stands_alone():
    link = arrow_named(drawn(recording(("UE-A", "MRFC", Medium.SIGNALLING, "SDP offer", {}))), 1)
    assert texts(link) == ["1 SDP offer"]


def test_states_stand_below_the_lifelines():
    tree = drawn(recording(BFCP, outcome=Outcome(states={"UE-A": "connected"}, sentence="All is well.")))
    assert "connected" in texts(tree)


def test_no_colour_is_in_it_that_a_page_cannot_change():
    style = drawn(replace(MANY)).findtext(f"{SVG}style")
    outside = re.sub(r"\.flow-diagram:root \{[^}]*\}", "", style)
    assert not re.findall(r"#[0-9a-f]{3,6}|rgb", outside)
    assert "prefers-color-scheme: dark" in style
    assert "forced-colors: active" in style
