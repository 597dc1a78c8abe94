"""No page breaks WCAG 2.2 AA, in light and dark; the keyboard reaches everything; small screens hold it."""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_PAGES = [
    "index.html",
    "clause/7.1.1.3.html",
    "clause/whole.html",
    "rules/index.html",
    "rules/tls.html",
    "req/MP_BFCP_003.html",
    "req/TLS_001.html",
    "matrix.html",
    "results.html",
    "results/conformance/rfc6043/test_4_2_2_transfer.html",
    "unverified.html",
    "vectors/index.html",
    "vectors/mode_1.html",
    "reviews.html",
    "cr/index.html",
    "cr/ts23333-mp-e2e.html",
    "flow/index.html",
    "flow/bfcp-dial-in.html",
    "flow/wrong-key.html",
    "flow/three-ues.html",
    "states/index.html",
    "states/mikey-ticket-initiator.html",
    "states/tls-connection.html",
    "abbreviations.html",
    "search.html",
    "api/index.html",
    "api/mediasec.wire.html",
    "source/impl/mediasec/wire.py.html",
    "guides/index.html",
    "guides/write-a-change-request.html",
    "decisions/theme.html",
    "dependencies.html",
]


@pytest.fixture(params=["light", "dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Return a page in the system's light or dark."""
    window = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=request.param)
    yield window.new_page()
    window.close()


@pytest.mark.parametrize("path", _PAGES)
def test_axe_finds_nothing(page: Page, site: Path, axe: str, path: str) -> None:
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{site.as_uri()}/{path}")
    if path == "search.html":
        page.get_by_role("combobox").fill("MP_BFCP")
        expect(page.get_by_role("option").first).to_be_visible()
    page.evaluate(axe)
    found = page.evaluate(
        f"axe.run({{runOnly: {json.dumps(_TAGS)}}}).then((result) => result.violations.map((each) =>"
        "`${each.id}: ${each.nodes.slice(0, 3).map((node) => node.target + ' ' + node.failureSummary)}`))"
    )
    assert not found, "\n".join(found)
    assert not faults


def test_the_keyboard_reaches_every_control_and_shows_where_it_is(browser: Browser, site: Path) -> None:
    window = browser.new_context(viewport={"width": 1280, "height": 900})
    page = window.new_page()
    page.goto(f"{site.as_uri()}/req/TLS_001.html")
    wanted = page.evaluate(
        "[...document.querySelectorAll('a[href], button, input, select, summary, [tabindex=\"0\"]')]"
        ".filter((each) => each.checkVisibility({contentVisibilityAuto: true})).length"
    )
    page.evaluate("window.reached = new Set()")
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "(() => { const at = document.activeElement; window.reached.add(at);"
            " return at === document.body ? '' : getComputedStyle(at).outlineStyle; })()"
        )
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")
    seen = page.evaluate("[...window.reached].filter((each) => each !== document.body).length")
    assert seen >= wanted
    window.close()


def test_the_skip_link_is_first_and_leads_to_the_text(browser: Browser, site: Path) -> None:
    window = browser.new_context()
    page = window.new_page()
    page.goto(f"{site.as_uri()}/index.html")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    window.close()


@pytest.mark.parametrize("path", _PAGES)
def test_320_pixels_are_enough(browser: Browser, site: Path, path: str) -> None:
    window = browser.new_context(viewport={"width": 320, "height": 640})
    page = window.new_page()
    page.goto(f"{site.as_uri()}/{path}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    window.close()


@pytest.mark.parametrize("path", ["index.html", "clause/7.1.1.3.html", "req/MP_BFCP_003.html", "matrix.html"])
def test_headings_are_in_order_and_landmarks_are_there(browser: Browser, site: Path, path: str) -> None:
    window = browser.new_context()
    page = window.new_page()
    page.goto(f"{site.as_uri()}/{path}")
    levels = page.evaluate(
        "[...document.querySelectorAll('main :is(h1,h2,h3,h4,h5,h6)')].map((each) => Number(each.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for landmark in ("banner", "main", "navigation"):
        expect(page.get_by_role(landmark).first).to_be_attached()
    window.close()
