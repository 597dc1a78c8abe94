"""What a reader does with the site, in Chromium, opened from disk."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from mpspec.flows.machines import machines


def _open(context: BrowserContext, site: Path, path: str) -> Page:
    page = context.new_page()
    page.goto(f"{site.as_uri()}/{path}")
    return page


@pytest.mark.parametrize(
    ("typed", "lands"),
    [
        ("MP_BFCP_003", r"/req/MP_BFCP_003\.html$"),
        ("mp_bfcp_003", r"/req/MP_BFCP_003\.html$"),
        ("P_BFCP_003", r"/req/MP_BFCP_003\.html$"),
        ("7.1.1.3", r"/clause/7\.1\.1\.3\.html$"),
        ("RFC 4975, 6", r"/matrix\.html#type=rule&q=%22RFC%204975%2C%206%22$"),
        ("rfc 6714 6.5", r"/req/SDP_051\.html$"),
        ("Initiator of MIKEY-TICKET", r"/states/mikey-ticket-initiator\.html$"),
        ("msrp session", r"/states/msrp-session\.html$"),
        ("mediasec.wire", r"/api/mediasec\.wire\.html$"),
    ],
)
def test_enter_goes_to_the_very_place(context: BrowserContext, site: Path, typed: str, lands: str) -> None:
    page = _open(context, site, "guides/index.html")
    page.keyboard.press("/")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.type(typed)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(lands))


def test_ctrl_k_opens_the_search_and_arrows_choose(context: BrowserContext, site: Path) -> None:
    page = _open(context, site, "index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("MP_BFCP")
    options = page.get_by_role("option")
    expect(options.nth(1)).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("combobox")).to_have_attribute("aria-activedescendant", "search-1")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_first_match_of_an_id_is_that_requirement(context: BrowserContext, site: Path) -> None:
    page = _open(context, site, "index.html")
    page.keyboard.press("/")
    page.keyboard.type("MKY_017")
    expect(page.get_by_role("option").first.locator("b")).to_have_text("MKY_017")


def test_a_requirement_opens_from_the_clause(context: BrowserContext, site: Path) -> None:
    page = _open(context, site, "clause/7.1.1.3.html")
    page.get_by_role("link", name="MP_BFCP_003", exact=True).click()
    page.wait_for_url(re.compile(r"/req/MP_BFCP_003\.html$"))
    expect(page.locator(".sentence mark")).to_contain_text("BFCP traffic shall be protected")


def test_the_matrix_is_filtered_and_its_address_can_be_sent(context: BrowserContext, site: Path) -> None:
    page = _open(context, site, "matrix.html")
    rows = page.locator("#matrix tbody tr:visible")
    every = rows.count()
    page.get_by_label("Strength").select_option("shall")
    page.get_by_label("Clause").select_option("7.1.1.3")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("MP_BFCP_003")
    expect(page.locator("#count")).to_have_text(f"1 of {every:,}")
    address = page.url
    assert "strength=shall" in address
    other = context.new_page()
    other.goto(address)
    expect(other.locator("#matrix tbody tr:visible")).to_have_count(1)
    other.get_by_role("button", name="Clear").click()
    expect(other.locator("#matrix tbody tr:visible")).to_have_count(every)


def test_a_section_of_an_rfc_leads_to_its_rules_alone(context: BrowserContext, site: Path) -> None:
    page = _open(context, site, "index.html")
    page.keyboard.press("/")
    page.keyboard.type("RFC 4975, 6")
    first = page.get_by_role("option").first
    expect(first.locator("b")).to_have_text("RFC 4975, 6")
    named = (first.locator("span").inner_text()).split(" and ")[0].split(", ")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/matrix\.html#"))
    rows = page.locator("#matrix tbody tr")
    assert set(named) <= set(rows.locator("th").all_inner_texts())
    for source in rows.locator("td:nth-child(2)").all_inner_texts():
        assert "RFC 4975, 6" in source.split("; ")


def test_ten_thousand_rows_are_filtered_sorted_scrolled_and_printed(
    browser: Browser, site: Path, tmp_path: Path
) -> None:
    head, rest = (site / "matrix.html").read_text(encoding="utf-8").split("<tbody>")
    body, foot = rest.split("</tbody>")
    rows = body.strip().splitlines()
    many = [
        row.replace("MP_BFCP_003", f"MP_BFCP_{n}") for n in range(10_000 // len(rows) + 1) for row in rows
    ]
    text = "\n".join([head, "<tbody>", *many[:10_000], "</tbody>", foot])
    (tmp_path / "matrix.html").write_text(text, encoding="utf-8")
    shutil.copytree(site / "_static", tmp_path / "_static")
    window = browser.new_context()
    page = window.new_page()
    page.goto((tmp_path / "matrix.html").as_uri())
    expect(page.locator("#count")).to_have_text("10,000 of 10,000")
    drawn = page.locator("#matrix tbody tr")
    assert drawn.count() == 1_000
    page.evaluate("document.querySelector('.scroll').scrollTop = 1e9")
    expect(drawn).to_have_count(2_000)
    page.get_by_label("Text").fill('"MP_BFCP_9"')
    expect(drawn).to_have_count(1)
    page.get_by_label("Text").fill("")
    page.get_by_role("columnheader", name="Tests").get_by_role("button").click()
    expect(drawn).to_have_count(1_000)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(drawn).to_have_count(10_000)
    window.close()


def test_the_matrix_on_paper_has_room_for_its_titles_and_a_head_that_repeats(
    context: BrowserContext, site: Path
) -> None:
    page = _open(context, site, "matrix.html")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 640, "height": 900})
    widths = page.locator("#matrix tbody tr:first-child td:nth-child(3)").bounding_box()
    assert widths is not None
    assert widths["width"] > 80
    # Chromium repeats a head only where it holds no box of its own.
    shown = "(each) => getComputedStyle(each).display"
    assert page.get_by_role("columnheader", name="Tests").locator("button").evaluate(shown) == "contents"


def test_the_matrix_is_sorted_both_ways(context: BrowserContext, site: Path) -> None:
    page = _open(context, site, "matrix.html")
    head = page.get_by_role("columnheader", name="Tests")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.get_by_role("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    counts = [int(text) for text in page.locator("#matrix tbody td:nth-child(9)").all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    assert "sort=-tests" in page.url


def test_dark_is_chosen_kept_and_given_back(context: BrowserContext, site: Path) -> None:
    page = _open(context, site, "clause/7.1.1.3.html")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    button = page.get_by_role("button", name="Dark")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(ground) != light
    page.goto(f"{site.as_uri()}/index.html")
    assert page.evaluate(ground) != light
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(ground) == light
    assert page.evaluate("localStorage.getItem('theme')") is None


def test_a_term_explains_itself_on_focus_and_hover(context: BrowserContext, site: Path) -> None:
    page = _open(context, site, "clause/7.1.1.3.html")
    term = page.locator("#MP_BFCP_002 a.term", has_text="MRFP")
    term.focus()
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("Multimedia Resource Function Processor")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    page.locator("#MP_BFCP_002 a.term", has_text="[2]").hover()
    expect(tip).to_contain_text("TS 33.328: IP Multimedia Subsystem (IMS) media plane security")


def test_hidden_marks_leave_the_text_of_the_source(context: BrowserContext, site: Path) -> None:
    page = _open(context, site, "clause/7.1.1.3.html")
    page.get_by_role("button", name="Hide marks").click()
    expect(page.get_by_role("link", name="MP_BFCP_002")).to_be_hidden()
    paragraph = page.locator(".paragraph").nth(1)
    assert "Annex G3. BFCP traffic shall be protected" in " ".join(paragraph.inner_text().split())


def test_the_clause_reads_without_scripts(browser: Browser, site: Path) -> None:
    window = browser.new_context(java_script_enabled=False)
    page = window.new_page()
    page.goto(f"{site.as_uri()}/matrix.html")
    expect(page.locator("#matrix tbody tr").first).to_be_visible()
    expect(page.locator("#filters")).to_be_hidden()
    page.goto(f"{site.as_uri()}/clause/7.1.1.3.html")
    expect(page.locator("#MP_BFCP_003")).to_contain_text("shall")
    expect(page.locator("#contents")).to_be_visible()
    window.close()


def test_a_state_diagram_is_reached_from_a_rule_and_its_events_lead_to_rows(
    context: BrowserContext, site: Path
) -> None:
    page = _open(context, site, "req/PROC_140.html")
    page.get_by_role("link", name="Initiator of MIKEY-TICKET").click()
    page.wait_for_url(re.compile(r"/states/mikey-ticket-initiator\.html$"))
    event = page.locator("svg.states").get_by_role("link", name="ticket made")
    event.focus()
    page.keyboard.press("Enter")
    row = page.locator("tr:target")
    expect(row).to_contain_text("Ready")
    expect(row.get_by_role("link", name="PROC_129")).to_be_visible()


@pytest.mark.parametrize("path", sorted(machine.name for machine in machines()))
def test_the_words_of_a_state_diagram_have_the_room_that_is_kept_for_them(
    context: BrowserContext, site: Path, path: str
) -> None:
    page = _open(context, site, f"states/{path}.html")
    tight = page.evaluate(
        "[...document.querySelectorAll('svg.states text')].filter((text) =>"
        " text.getBBox().width > text.parentNode.querySelector('rect').getBBox().width)"
        ".map((text) => text.textContent)"
    )
    assert tight == []
    assert page.locator("svg.states text").count() > 0
