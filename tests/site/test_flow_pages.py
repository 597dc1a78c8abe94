"""Pages of recorded flows: from a requirement to a message, to its fields, to the files; their recording."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import Browser, Page, expect

from mpspec.site.corpus import Corpus
from mpspec.site.recordings import running
from mpspec.site.search import search_index

_ROOT = Path(__file__).parents[2]
_DISCONTENT = """
import sys
from pathlib import Path
from mpspec.flows.__main__ import publish
from small_flows import flow
publish(Path(sys.argv[1]), (flow(ends={"UE-A": "content"}),))
"""
Build = Callable[..., subprocess.CompletedProcess[str]]


def _page(site: Path, path: str) -> html.HtmlElement:
    return html.fromstring((site / path).read_bytes())


def _text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _message(page: html.HtmlElement, name: str) -> html.HtmlElement:
    """Return the first message of a name on a flow's page."""
    return next(
        each for each in page.xpath("//ol[@class='arrows']/li") if each.xpath("string(p[1]/b[2])") == name
    )


def test_a_message_stands_on_the_page_with_its_step_and_what_it_shows(site: Path) -> None:
    page = _page(site, "flow/bfcp-dial-in.html")
    offer = _message(page, "SDP offer")
    assert _text(offer).startswith("3 UE-A → MRFC: SDP, SDP offer Step 2 of the clause. ")
    assert "../req/MP_BFCP_002.html" in offer.xpath("p//a/@href")
    assert "Step 3 of the clause (unverified)." in _text(_message(page, "RESOLVE_RESP"))


def test_the_decoded_message_has_offsets_names_values_and_sections(site: Path) -> None:
    request = _message(_page(site, "flow/bfcp-dial-in.html"), "FloorRequest")
    cells = [[cell.text_content() for cell in row] for row in request.xpath("details//tbody/tr")]
    assert ["12", "FLOOR-ID", "", "RFC 8855, 5.2.2"] in cells
    assert ["14", "Floor ID", "1", ""] in cells
    offsets = [int(row[0]) for row in cells]
    assert offsets == sorted(offsets)


def test_each_message_has_its_fields_on_the_page_or_on_one_of_its_own(site: Path) -> None:
    for path in sorted((site / "flow").glob("*/messages.json")):
        page = _page(site, f"flow/{path.parent.name}.html")
        for message in json.loads(path.read_text(encoding="utf-8"))["messages"]:
            shown = page.xpath(f"//li[@id='message-{message['number']}']")[0]
            own = path.with_name(f"message-{message['number']}.html")
            assert bool(shown.xpath(".//a[contains(@href, '/message-')]")) is own.is_file()
            if own.is_file():
                shown = html.fromstring(own.read_bytes())
            assert bool(shown.xpath(".//table[contains(@class, 'fields')]")) is bool(message["decoded"])


def test_no_page_grows_with_its_flow(site: Path) -> None:
    styles = (site / "_static/site.css").stat().st_size
    assert not [path for path in (site / "flow").rglob("*.html") if path.stat().st_size + styles > 145_000]


def test_messages_on_pages_of_their_own_lead_on(site: Path) -> None:
    page = _page(site, "flow/three-ues.html")
    links = page.xpath("//ol[@class='arrows']//a[contains(@href, '/message-')]/@href")
    names = [link.rpartition("/")[2] for link in links]
    middle = _page(site, f"flow/three-ues/{names[1]}")
    assert middle.xpath("//a[@rel='prev']/@href") == [names[0]]
    assert middle.xpath("//a[@rel='next']/@href") == [names[2]]
    anchor = names[1].removesuffix(".html")
    assert middle.xpath("//p[@class='where']/a/@href") == [f"../../flow/three-ues.html#{anchor}"]


def test_how_it_ended_is_told_with_the_rule(site: Path) -> None:
    page = _page(site, "flow/wrong-key.html")
    assert "../req/TLS_029.html" in page.xpath("//h3[@id='findings']/following-sibling::ul[1]//@href")
    failed = page.xpath("//li[@class='failed']")
    assert failed
    assert all("failure" in _text(each) for each in failed)


def test_the_list_parts_what_goes_wrong_from_the_rest(site: Path) -> None:
    page = _page(site, "flow/index.html")
    kinds = {
        _text(head): {
            link.rpartition("/")[2].removesuffix(".html")
            for link in head.xpath("following-sibling::ul[1]/li/p[1]/a/@href")
        }
        for head in page.xpath("//h2")
    }
    assert {"msrp-dial-in", "bfcp-dial-out", "mode-2", "three-ues"} <= kinds["Conferences and their media"]
    assert {"wrong-key", "kms-away", "no-listener", "ticket-expired"} <= kinds["What goes wrong"]


def test_a_requirement_lists_the_flows_that_show_it_or_its_rules(site: Path) -> None:
    flows = "//h2[@id='flows']/following-sibling::ul[1]/li"
    own = [_text(each) for each in _page(site, "req/BFCP_019.html").xpath(flows)]
    assert any(
        each.startswith("BFCP dial-in: a UE gets a floor control connection: message ") for each in own
    )
    statements = [_page(site, f"req/{path.name}") for path in sorted((site / "req").glob("MP_*.html"))]
    listed = [_text(each) for page in statements for each in page.xpath(flows)]
    assert any(", by its rules: message " in each for each in listed)


def test_the_requirement_as_a_file_names_its_flows(site: Path) -> None:
    known = json.loads((site / "req/BFCP_019.json").read_text(encoding="utf-8"))
    (dial_in,) = [each for each in known["flows"] if each["name"] == "bfcp-dial-in"]
    recorded = json.loads((site / "flow/bfcp-dial-in/messages.json").read_text(encoding="utf-8"))
    numbers = [each["number"] for each in recorded["messages"] if "BFCP_019" in each["shows"]]
    assert dial_in["messages"] == numbers
    assert "- Call flows:" in (site / "req/BFCP_019.md").read_text(encoding="utf-8")


def test_search_finds_a_flow_by_name_title_and_clause(site: Path) -> None:
    index = search_index(Corpus.load(_ROOT), []).decode()
    entry = next(line for line in index.splitlines() if '"bfcp-dial-in"' in line)
    kind, name, title, path = json.loads(entry.rstrip(","))
    assert (kind, name, path) == ("call flow", "bfcp-dial-in", "flow/bfcp-dial-in.html")
    assert title == "BFCP dial-in: a UE gets a floor control connection (TS 23.333, 6.2.19.3.1)"


def test_the_code_runs_once_for_each_of_its_states(tree: Path) -> None:
    before = running(tree)
    assert before.machines
    assert not before.faults
    places = [each.folder / "messages.json" for each in before.flows]
    times = [path.stat().st_mtime_ns for path in places]
    again = running(tree)
    assert [each.name for each in again.flows] == [each.name for each in before.flows]
    assert [path.stat().st_mtime_ns for path in places] == times
    started = time.time_ns()
    states = tree / "impl/mediasec/msrp/states.py"
    text = states.read_text(encoding="utf-8")
    states.write_text(text.replace("first request received", "anything received"), encoding="utf-8")
    after = running(tree)
    assert all(path.stat().st_mtime_ns > started for path in places)
    session = next(machine for machine in after.machines if machine["name"] == "msrp-session")
    assert "anything received" in {event["meaning"] for event in session["events"]}


@pytest.mark.parametrize("octets", [b"[]", b"{", b""])
def test_what_is_known_of_the_recordings_is_made_again_where_it_is_harmed(tree: Path, octets: bytes) -> None:
    before = running(tree)
    harmed = tree / "build/flows/index.json"
    whole = harmed.read_bytes()
    harmed.write_bytes(octets)
    assert [each.name for each in running(tree).flows] == [each.name for each in before.flows]
    assert harmed.read_bytes() == whole


def test_a_file_that_is_gone_is_made_again(tree: Path) -> None:
    drawing = running(tree).flows[0].folder / "diagram.svg"
    whole = drawing.read_bytes()
    drawing.unlink()
    assert not running(tree).faults
    assert drawing.read_bytes() == whole


def test_a_folder_with_something_else_in_it_is_left_as_it_is(tree: Path) -> None:
    messages = running(tree).flows[0].folder / "messages.json"
    messages.write_bytes(b"{}")
    (fault,) = running(tree).faults
    assert fault.startswith("State diagrams and call flows are left out: ")
    assert f"{messages.parent.name} holds something else than a recording" in fault
    assert messages.read_bytes() == b"{}"


def test_code_that_cannot_be_imported_leaves_a_site_that_says_so(
    build: Build, tree: Path, tmp_path: Path
) -> None:
    states = tree / "impl/mediasec/msrp/states.py"
    states.write_text(f"{states.read_text(encoding='utf-8')}\nBROKEN = of_no_name\n", encoding="utf-8")
    done = build(tree, tmp_path / "site")
    said = done.stdout + done.stderr
    fault = "State diagrams and call flows are left out: NameError: name 'of_no_name' is not defined"
    assert done.returncode == 1
    assert fault in said
    assert "Traceback" not in said
    for path in ("flow/index.html", "states/index.html"):
        assert fault in _text(_page(tmp_path / "site", path))
    assert (tmp_path / "site/req/MP_BFCP_003.html").is_file()


def test_a_flow_that_does_not_end_as_it_should_is_told(tmp_path: Path) -> None:
    places = [str(_ROOT / name) for name in ("impl", "scripts", "tests/support")]
    subprocess.run(
        [sys.executable, "-c", _DISCONTENT, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(places)},
        check=True,
        timeout=60,
    )
    index = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))
    assert index["flows"] == ["ask-for-a-floor"]
    assert index["faults"] == [
        "Call flow ask-for-a-floor: UE-A ended as 'connected', and 'content' is wanted."
    ]


def test_a_project_without_code_has_no_flows(tmp_path: Path) -> None:
    assert running(tmp_path).flows == ()
    assert not (tmp_path / "build").exists()


@pytest.fixture
def reader(browser: Browser) -> Iterator[Page]:
    """Return a page of a browser."""
    window = browser.new_context(viewport={"width": 1280, "height": 900})
    yield window.new_page()
    window.close()


def test_the_keyboard_leads_from_a_requirement_to_a_decoded_message(reader: Page, site: Path) -> None:
    reader.goto(f"{site.as_uri()}/req/BFCP_019.html")
    flows = reader.locator("#flows + ul li", has_text="BFCP dial-in")
    link = flows.get_by_role("link", name=re.compile("^message ")).first
    number = re.sub(r"\D", "", link.inner_text())
    link.focus()
    reader.keyboard.press("Enter")
    reader.wait_for_url(re.compile(rf"/flow/bfcp-dial-in\.html#message-{number}$"))
    folded = reader.locator(f"#message-{number} details")
    expect(folded).to_have_attribute("open", "")
    summary = folded.locator("summary")
    for _ in range(8):  # The requirements come first.
        reader.keyboard.press("Tab")
        if summary.evaluate("each => each === document.activeElement"):
            break
    expect(summary).to_be_focused()
    reader.keyboard.press("Enter")
    expect(folded).not_to_have_attribute("open", "")
    reader.keyboard.press("Enter")
    expect(folded.get_by_role("rowheader", name="FLOOR-ID")).to_be_visible()


def test_an_arrow_of_the_diagram_leads_to_its_message(reader: Page, site: Path) -> None:
    reader.goto(f"{site.as_uri()}/flow/bfcp-dial-in.html")
    name = re.compile(r"^6 Mp: Configure Conference For Floor Control, from MRFC")
    reader.get_by_role("link", name=name).focus()
    reader.keyboard.press("Enter")
    expect(reader.locator("#message-6 details")).to_have_attribute("open", "")


def test_a_message_opens_without_scripts(browser: Browser, site: Path) -> None:
    window = browser.new_context(java_script_enabled=False)
    page = window.new_page()
    page.goto(f"{site.as_uri()}/flow/bfcp-dial-in.html")
    page.locator("#message-6 summary").press("Enter")
    expect(page.locator("#message-6 table")).to_be_visible()
    window.close()


def test_axe_finds_nothing_where_all_messages_are_unfolded(browser: Browser, site: Path, axe: str) -> None:
    window = browser.new_context(viewport={"width": 320, "height": 640})
    page = window.new_page()
    page.goto(f"{site.as_uri()}/flow/ticket-expired.html")
    for folded in page.locator("details").all():
        folded.evaluate("each => each.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.evaluate(axe)
    found = page.evaluate("axe.run().then((result) => result.violations.map((each) => each.id))")
    assert not found
    window.close()
