"""What every page keeps to: links that lead somewhere, small files, nothing from outside, one truth."""

import json
import re
import zipfile
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from lxml import html

from mpspec.flows.catalog import FLOWS
from mpspec.flows.machines import machines
from mpspec.model import Statement
from mpspec.trace import Trace

_ROOT = Path(__file__).parents[2]
_LISTS = {"matrix.html"}
"""Pages that hold everything there is, and grow with it."""


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, html.HtmlElement]:
    """Return every page of the site, parsed, by its path."""
    return {
        path.relative_to(site).as_posix(): html.fromstring(path.read_bytes())
        for path in sorted(site.rglob("*.html"))
    }


def test_every_link_inside_the_site_leads_to_a_place(site: Path, pages: dict[str, html.HtmlElement]) -> None:
    anchors = {path: set(page.xpath("//@id")) for path, page in pages.items()}
    broken: list[str] = []
    for path, page in pages.items():
        for target in {*page.xpath("//@href"), *page.xpath("//@src")}:
            if re.match(r"[a-z]+:", target):
                continue
            file, _, anchor = target.partition("#")
            place = (site / path).parent / file.partition("?")[0] if file else site / path
            name = place.resolve().relative_to(site.resolve()).as_posix()
            if not place.is_file() or (
                anchor
                and name in anchors
                and anchor not in anchors[name]
                and not name.endswith("matrix.html")
            ):
                broken.append(f"{path}: {target}")
    assert not broken, broken[:20]


def test_nothing_is_asked_of_the_network(pages: dict[str, html.HtmlElement]) -> None:
    loads = "//script/@src | //link[@rel!='alternate']/@href | //img/@src | //iframe/@src | //source/@src"
    outside = {
        (path, target) for path, page in pages.items() for target in page.xpath(loads) if "//" in target
    }
    assert not outside


def test_the_style_sheet_asks_nothing_of_the_network(site: Path) -> None:
    assert "url(" not in (site / "_static/site.css").read_text(encoding="utf-8")


def test_pages_styles_and_scripts_are_small(site: Path, pages: dict[str, html.HtmlElement]) -> None:
    styles = (site / "_static/site.css").stat().st_size
    scripts = (site / "_static/site.js").stat().st_size
    assert styles < 40_000
    assert scripts < 60_000
    heavy = {
        path: (site / path).stat().st_size
        for path in pages
        if path not in _LISTS and (site / path).stat().st_size + styles > 150_000
    }
    assert not heavy


def test_every_page_says_what_it_is(pages: dict[str, html.HtmlElement]) -> None:
    titles = defaultdict(list)
    for path, page in pages.items():
        assert page.get("lang") == "en", path
        assert len(page.xpath("//h1")) == 1, path
        titles[page.findtext(".//title")].append(path)
    assert not {title: paths for title, paths in titles.items() if len(paths) > 1}


def test_identifiers_are_unique(pages: dict[str, html.HtmlElement]) -> None:
    for path, page in pages.items():
        found = page.xpath("//@id")
        assert len(found) == len(set(found)), (path, [each for each in found if found.count(each) > 1][:5])


def test_the_words_are_a_delegates(pages: dict[str, html.HtmlElement]) -> None:
    jargon = re.compile(r"\b(needs?table|needflow|widget|artifact)\b", re.I)
    own = [
        path for path in pages if not path.startswith(("source/", "api/", "req/", "results/", "decisions/"))
    ]
    assert not [path for path in own if jargon.search(pages[path].xpath("string(//main)"))]


@cache
def _trace() -> Trace:
    return Trace.load(_ROOT)


def test_each_requirement_stands_on_its_page_as_in_the_trace(pages: dict[str, html.HtmlElement]) -> None:
    trace = _trace()
    for identity, standing in trace.standings.items():
        page = pages[f"req/{identity}.html"]
        shown = page.xpath("//p[@class='standing']")[0]
        assert shown.xpath("string(span[1])") == standing.status
        assert " ".join(shown.text_content().split()).endswith(" ".join(standing.reason.split()))


def test_home_matrix_and_clause_count_as_the_trace_does(pages: dict[str, html.HtmlElement]) -> None:
    trace = _trace()
    statements = [each for each in trace.model.requirements.values() if isinstance(each, Statement)]
    rows = pages["matrix.html"].xpath("//table[@id='matrix']/tbody/tr")
    assert {row.xpath("string(th)"): row.xpath("string(td[4])") for row in rows} == {
        identity: standing.status for identity, standing in trace.standings.items()
    }
    marks = pages["clause/whole.html"].xpath("//div[starts-with(@class, 'statement')]")
    assert [mark.get("id") for mark in marks] == [each.id for each in statements]
    counted = defaultdict(int)
    for cell in pages["index.html"].xpath("//table[@class='bars']//td[2]"):
        for count, status in re.findall(r"([\d,]+) ([a-z ]+)", cell.text_content()):
            counted[status.strip()] += int(count.replace(",", ""))
    found = [standing.status for standing in trace.standings.values()]
    assert counted == {str(status): found.count(status) for status in set(found)}


def test_the_clause_holds_the_words_of_the_statements(pages: dict[str, html.HtmlElement]) -> None:
    for statement in _trace().model.statements:
        text = pages[f"clause/{statement.clause}.html"].xpath(f"string(//*[@id='{statement.id}']/p[1])")
        assert " ".join(text.split()) == statement.text


def test_shown_code_is_the_code_at_the_named_lines(pages: dict[str, html.HtmlElement]) -> None:
    trace = _trace()
    for identity, definitions in trace.model.implemented_by.items():
        shown = pages[f"req/{identity}.html"].xpath(
            "//details[@class='definition']/pre[contains(@class, 'numbered')]"
        )
        assert len(shown) == len(definitions)
        for code, definition in zip(shown, definitions, strict=True):
            place = definition.location
            lines = (_ROOT / place.path).read_text(encoding="utf-8").splitlines()
            wanted = [line.strip() for line in lines[place.line - 1 : place.end_line]]
            assert [line.text_content().strip() for line in code.xpath("span")] == wanted
            assert code.xpath("span[1]/@data-line") == [str(place.line)]


def test_requirement_files_say_the_same(site: Path) -> None:
    trace = _trace()
    for identity, standing in trace.standings.items():
        known = json.loads((site / f"req/{identity}.json").read_text(encoding="utf-8"))
        assert (known["id"], known["status"]) == (identity, standing.status)
        assert f"- Status: {standing.status}." in (site / f"req/{identity}.md").read_text(encoding="utf-8")


def test_a_state_diagram_says_what_its_table_says(pages: dict[str, html.HtmlElement]) -> None:
    for machine in machines():
        page = pages[f"states/{machine.name}.html"]
        rows = page.xpath("//tr[starts-with(@id, 'move-')]")
        assert len(rows) == len(machine.transitions)
        shown = {
            (row.xpath("string(th)"), row.xpath("string(td[1]/text()[1])"), row.xpath("string(td[2])"))
            for row in rows
        }
        words = {state.name: state.words.capitalize() for state in machine.states}
        events = {event.name: event.words for event in machine.events}
        assert shown == {
            (words[each.before], events[each.event], words[each.after]) for each in machine.transitions
        }
        drawing = page.xpath("//svg")[0]
        assert drawing.xpath("title")
        assert drawing.xpath("desc")
        assert set(words.values()) == set(drawing.xpath(".//text[@class='state']/text()"))
        arrows = {(each.before, each.after) for each in machine.transitions}
        assert len(drawing.xpath(".//polygon")) == len(arrows) + 1


def test_a_rule_leads_to_the_states_that_its_code_moves(pages: dict[str, html.HtmlElement]) -> None:
    for machine in machines():
        target = f"../states/{machine.name}.html"
        claims = pages[f"states/{machine.name}.html"].xpath("//main//a[@class='id']/text()")
        assert all(target in pages[f"req/{identity}.html"].xpath("//main//@href") for identity in claims)
    assert "../states/bfcp-floor-request.html" in pages["rules/bfcp.html"].xpath("//main//@href")


def test_vectors_are_published_as_they_are(site: Path, pages: dict[str, html.HtmlElement]) -> None:
    folder = _ROOT / "tests/vectors/mikey"
    sources = [path for path in folder.rglob("*.json") if "__pycache__" not in path.parts]
    names = [path.relative_to(folder).as_posix() for path in sources]
    for path, name in zip(sources, names, strict=True):
        assert (site / "vectors/mikey" / name).read_bytes() == path.read_bytes()
        schema = json.loads(path.read_text(encoding="utf-8")).get("$schema", "")
        assert schema.startswith("https:") or ((site / "vectors/mikey" / name).parent / schema).is_file()
    with zipfile.ZipFile(site / "vectors/mikey.zip") as archive:
        packed = {name.removeprefix("mikey-ticket/") for name in archive.namelist()}
        assert packed >= {*names, "README.md", "make_exchanges.py"}
    listed = set(pages["vectors/index.html"].xpath("//main//a/@href"))
    assert {f"../vectors/mikey/{name}" for name in names} <= listed
    for path in folder.glob("exchanges/*.json"):
        exchange = json.loads(path.read_text(encoding="utf-8"))
        shown = pages[f"vectors/{path.stem}.html"].xpath("string(//main)")
        wanted = [message["octets"] for message in exchange["messages"]]
        wanted += [step["output"] for step in exchange["steps"] if step["operation"] in {"prf", "mac"}]
        wanted += [step["id"] for step in exchange["steps"]]
        assert [each for each in wanted if each not in shown] == []


def test_each_flow_has_a_page_with_its_messages_its_end_and_its_files(
    site: Path, pages: dict[str, html.HtmlElement]
) -> None:
    listed = pages["flow/index.html"].xpath("//main//li/p[1]/a[not(@class)]/@href")
    assert sorted(listed) == sorted(f"../flow/{flow.name}.html" for flow in FLOWS)
    for flow in FLOWS:
        page = pages[f"flow/{flow.name}.html"]
        recorded = json.loads((site / f"flow/{flow.name}/messages.json").read_text(encoding="utf-8"))
        numbers = [f"message-{each['number']}" for each in recorded["messages"]]
        assert page.xpath("//ol[@class='arrows']/li/@id") == numbers
        drawn = page.xpath("//svg//a/@href")
        assert drawn == [f"#{number}" for number in numbers]
        assert page.xpath("//h2[@id='end']/following-sibling::table[1]/tbody/tr/th/text()") == [*flow.ends]
        assert not page.xpath("//p[@class='fault']"), flow.name
        for file in page.xpath("//a[@download]/@href"):
            assert (site / "flow" / file).is_file()


def test_a_requirement_leads_to_the_messages_that_show_it(
    site: Path, pages: dict[str, html.HtmlElement]
) -> None:
    for flow in FLOWS:
        recorded = json.loads((site / f"flow/{flow.name}/messages.json").read_text(encoding="utf-8"))
        for message in recorded["messages"]:
            for identity in message["shows"]:
                links = pages[f"req/{identity}.html"].xpath(
                    "//h2[@id='flows']/following-sibling::ul[1]//@href"
                )
                assert f"../flow/{flow.name}.html" in links, (identity, flow.name)
