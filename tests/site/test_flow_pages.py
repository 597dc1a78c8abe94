"""The pages of recorded flows: from a requirement to an arrow, to the decoded message, to the files."""

import dataclasses
import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lxml import html
from playwright.sync_api import Browser, Page, expect

from mediasec.errors import Finding
from mediasec.nodes.observation import Medium
from mpspec.flows.flow import Flow, NodeFinding, Outcome, Rung
from mpspec.site import addresses
from mpspec.site.corpus import Corpus
from mpspec.site.flows import flow_files, flows
from mpspec.site.pages import THEME, Frame
from mpspec.site.recordings import recordings
from mpspec.site.requirement import requirement_files, requirement_pages
from mpspec.site.search import search_index
from small_flows import flow

_ROOT = Path(__file__).parents[2]
_EXCHANGE = _ROOT / "tests/vectors/mikey/exchanges/mode_1.json"


def _many_messages(count: int):
    """Return a flow that shows a long message many times, and ends with a finding."""
    messages = json.loads(_EXCHANGE.read_text(encoding="utf-8"))["messages"]
    response = next(each for each in messages if each["id"] == "REQUEST_RESP")

    async def run(stage):
        for _ in range(count):
            stage.surroundings("UE-A").show(
                "MRFP", Medium.KMS, "REQUEST_RESP", bytes.fromhex(response["octets"])
            )
        stage.surroundings("UE-A").show(
            "MRFP",
            Medium.TCP,
            "refused: no listener at that port, and nobody who would know one that there is instead of it",
        )
        finding = Finding(requirement="PROC_136", where="payload[2]", message="It is over.")
        return Outcome(
            states={"UE-A": "idle", "MRFP": "serving"},
            sentence="Nothing came of it.",
            findings=(NodeFinding(node="MRFP", finding=finding),),
        )

    return flow(
        run,
        name=f"many-messages-{count}",
        title=f"The same message {count} times",
        ladder=(
            Rung(
                medium=Medium.KMS,
                name="REQUEST_RESP",
                sender="UE-A",
                receiver="MRFP",
                step="1-2",
                shows=("PROC_128",),
            ),
        ),
        ends={},
        finds=("PROC_136",),
    )


CATALOGUE = (flow(), _many_messages(2), _many_messages(40))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Return the sources with flows of our own as the catalogue."""
    root = tmp_path_factory.mktemp("flows") / "project"
    for name in ("docs", "reqs", "impl", "tests"):
        shutil.copytree(_ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "build"))
    corpus = dataclasses.replace(Corpus.load(root), catalogue=CATALOGUE)
    assert _recorded(corpus.root) == ([each.name for each in CATALOGUE], [])
    return corpus


def _recorded(root: Path, catalogue: tuple[Flow, ...] = CATALOGUE) -> tuple[list[str], list[str]]:
    """Record in a thread of its own: in this one the browser's loop may run."""
    with ThreadPoolExecutor(1) as pool:
        found, faults = pool.submit(recordings, root, catalogue).result()
    return [each.name for each in found], faults


@pytest.fixture(scope="module")
def drawn(corpus: Corpus) -> Path:
    """Return a folder with the pages of the flows, and those of two requirements that they show."""
    site = corpus.root / "build/site"
    shutil.copytree(corpus.root / THEME / "static", site / "_static")
    frame = Frame(corpus, [])
    wanted = {addresses.requirement(identity) for identity in ("BFCP_001", "MP_BFCP_003", "PROC_128")}
    found = [page for page in requirement_pages(corpus) if page.path in wanted]
    for page in [*flows(corpus), *found]:
        place = site / page.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(frame.render(page), encoding="utf-8")
    for file in flow_files(corpus):
        (site / file.path).parent.mkdir(parents=True, exist_ok=True)
        (site / file.path).write_bytes(file.make())
    return site


def _page(drawn: Path, path: str) -> html.HtmlElement:
    return html.fromstring((drawn / path).read_bytes())


def test_every_arrow_stands_on_the_page_with_what_it_shows(drawn: Path) -> None:
    page = _page(drawn, "flow/ask-for-a-floor.html")
    arrows = page.xpath("//ol[@class='arrows']/li")
    assert [arrow.get("id") for arrow in arrows] == ["message-1", "message-2", "message-3"]
    texts = [" ".join(arrow.text_content().split()) for arrow in arrows]
    assert texts[0].startswith("1 MRFP → UE-A: TCP, opened Step 6 of the clause.")
    assert "Step 10 of the clause (derived). TLS_028" in texts[1]
    assert arrows[2].xpath("p//a/@href") == ["../req/BFCP_001.html"]


def test_the_decoded_message_has_offsets_names_values_and_sections(drawn: Path) -> None:
    page = _page(drawn, "flow/ask-for-a-floor.html")
    rows = page.xpath("//li[@id='message-3']/details//tbody/tr")
    cells = [[cell.text_content() for cell in row] for row in rows]
    assert ["12", "FLOOR-ID", "", "RFC 8855, 5.2.2"] in cells
    assert ["14", "Floor ID", "543", ""] in cells
    offsets = [int(row[0]) for row in cells]
    assert offsets == sorted(offsets)


def test_a_long_flow_keeps_its_longest_messages_on_pages_of_their_own(drawn: Path) -> None:
    short = _page(drawn, "flow/many-messages-2.html")
    long = _page(drawn, "flow/many-messages-40.html")
    assert len(short.xpath("//details")) == 2
    links = long.xpath("//ol[@class='arrows']//a[contains(@href, '/message-')]/@href")
    kept = len(long.xpath("//details"))
    assert len(links) == 40 - kept
    assert kept < 40
    assert links == [f"../flow/many-messages-40/message-{number}.html" for number in range(kept + 1, 41)]
    styles = (drawn / "_static/site.css").stat().st_size
    for path in (drawn / "flow").rglob("*.html"):
        assert path.stat().st_size + styles < 145_000, path
    apart = _page(drawn, "flow/many-messages-40/message-39.html")
    assert apart.xpath("count(//tbody/tr)") == short.xpath("count((//details)[1]//tbody/tr)")
    assert apart.xpath("//a[@rel='prev']/@href") == ["message-38.html"]
    assert apart.xpath("//a[@rel='next']/@href") == ["message-40.html"]


def test_how_it_ended_is_told_with_the_rule(drawn: Path) -> None:
    page = _page(drawn, "flow/many-messages-2.html")
    assert "Nothing came of it." in page.text_content()
    states = {
        row.xpath("string(th)"): row.xpath("string(td)") for row in page.xpath("//table/tbody/tr[td][th]")
    }
    assert states.items() >= {"UE-A": "idle", "MRFP": "serving"}.items()
    assert "../req/PROC_136.html" in page.xpath("//h3[@id='findings']/following-sibling::ul[1]//@href")
    assert page.xpath("//li[@id='message-3'][@class='failed']//span[contains(@class, 'failing')]")


def test_the_list_parts_what_goes_wrong_from_the_rest(drawn: Path) -> None:
    page = _page(drawn, "flow/index.html")
    kinds = {
        head.text_content(): head.xpath("following-sibling::ul[1]/li/p[1]/a/text()")
        for head in page.xpath("//h2")
    }
    assert kinds == {
        "Conferences and their media": ["A UE asks for a floor"],
        "What goes wrong": ["The same message 2 times", "The same message 40 times"],
    }


def test_the_files_are_there_to_take_along(corpus: Corpus, drawn: Path) -> None:
    page = _page(drawn, "flow/ask-for-a-floor.html")
    links = page.xpath("//a[@download]/@href")
    assert {link.rpartition("/")[2] for link in links} == {
        "capture.pcap",
        "decode-as.lua",
        "diagram.svg",
        "messages.json",
        "tls-keys.log",
    }
    for link in links:
        taken = (drawn / "flow" / link).resolve()
        recorded = corpus.root / "build/flows/ask-for-a-floor" / taken.name
        assert taken.read_bytes() == recorded.read_bytes()


def test_a_statement_lists_the_flows_that_show_its_rules(drawn: Path) -> None:
    own = _page(drawn, "req/BFCP_001.html").xpath("//h2[@id='flows']/following-sibling::ul[1]/li")
    assert [" ".join(each.text_content().split()) for each in own] == ["A UE asks for a floor: message 3"]
    through = _page(drawn, "req/MP_BFCP_003.html").xpath("//h2[@id='flows']/following-sibling::ul[1]/li")
    assert any("A UE asks for a floor, by its rules: " in each.text_content() for each in through)


def test_a_flow_is_recorded_once_for_each_state_of_the_code(
    corpus: Corpus, drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(corpus.root / "build/flows", tmp_path / "build/flows")
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "build/flows").rglob("*.json")}
    assert _recorded(tmp_path) == ([each.name for each in CATALOGUE], [])
    assert {path: path.stat().st_mtime_ns for path in times} == times
    (tmp_path / "build/flows/ask-for-a-floor/diagram.svg").unlink()
    states = tmp_path / "build/flows/states.json"
    states.write_text(states.read_text().replace('"many-messages-2": "', '"many-messages-2": "x'))
    _recorded(tmp_path)
    again = {path for path in times if path.stat().st_mtime_ns != times[path]} - {states}
    assert {path.parent.name for path in again} == {"ask-for-a-floor", "many-messages-2"}


def test_what_is_not_as_it_should_be_is_told(tmp_path: Path) -> None:
    assert _recorded(tmp_path, (flow(ends={"UE-A": "content"}),)) == (
        ["ask-for-a-floor"],
        ["Call flow ask-for-a-floor: UE-A ended as 'connected', and 'content' is wanted."],
    )


@pytest.fixture
def reader(browser: Browser) -> Page:
    """Return a page of a browser."""
    window = browser.new_context(viewport={"width": 1280, "height": 900})
    yield window.new_page()
    window.close()


def test_the_keyboard_leads_from_a_requirement_to_a_decoded_message(reader: Page, drawn: Path) -> None:
    reader.goto(f"{drawn.as_uri()}/req/BFCP_001.html")
    link = reader.get_by_role("link", name="message 3", exact=True)
    link.focus()
    reader.keyboard.press("Enter")
    reader.wait_for_url(re.compile(r"/flow/ask-for-a-floor\.html#message-3$"))
    folded = reader.locator("#message-3 details")
    expect(folded).to_have_attribute("open", "")
    summary = folded.locator("summary")
    for _ in range(5):  # The requirement's link comes first.
        reader.keyboard.press("Tab")
        if summary.evaluate("each => each === document.activeElement"):
            break
    expect(summary).to_be_focused()
    reader.keyboard.press("Enter")
    expect(folded).not_to_have_attribute("open", "")
    reader.keyboard.press("Enter")
    expect(folded.get_by_role("cell", name="543")).to_be_visible()


def test_a_message_opens_without_scripts(browser: Browser, drawn: Path) -> None:
    window = browser.new_context(java_script_enabled=False)
    page = window.new_page()
    page.goto(f"{drawn.as_uri()}/flow/ask-for-a-floor.html")
    page.locator("#message-3 summary").press("Enter")
    expect(page.get_by_role("cell", name="543")).to_be_visible()
    window.close()


@pytest.mark.parametrize(
    "path",
    [
        "flow/index.html",
        "flow/ask-for-a-floor.html",
        "flow/many-messages-2.html",
        "flow/many-messages-40/message-39.html",
    ],
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_320_pixels_are_enough(
    browser: Browser, drawn: Path, axe: str, path: str, scheme: str
) -> None:
    window = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page = window.new_page()
    page.goto(f"{drawn.as_uri()}/{path}")
    for folded in page.locator("details").all():
        folded.evaluate("each => each.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.evaluate(axe)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate(
        f"axe.run({{runOnly: {json.dumps(tags)}}}).then((result) => result.violations.map((each) =>"
        "`${each.id}: ${each.nodes.slice(0, 3).map((node) => node.target + ' ' + node.failureSummary)}`))"
    )
    assert not found, "\n".join(found)
    window.close()


def test_the_requirement_as_a_file_names_its_flows(corpus: Corpus) -> None:
    files = {file.path: file for file in requirement_files(corpus)}
    known = json.loads(files["req/BFCP_001.json"].make())
    assert known["flows"] == [{"name": "ask-for-a-floor", "messages": [3]}]
    assert (
        "- Call flows:\n  - A UE asks for a floor (`ask-for-a-floor`)"
        in files["req/BFCP_001.md"].make().decode()
    )


def test_search_finds_a_flow_by_name_title_and_clause(corpus: Corpus) -> None:
    index = search_index(corpus, []).decode()
    entry = next(line for line in index.splitlines() if '"ask-for-a-floor"' in line)
    assert json.loads(entry.rstrip(",")) == [
        "call flow",
        "ask-for-a-floor",
        "A UE asks for a floor (TS 23.333, 6.2.19.3.1)",
        "flow/ask-for-a-floor.html",
    ]
