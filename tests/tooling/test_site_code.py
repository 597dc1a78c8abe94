"""Code as the site shows it: every line is there, with colours where that keeps the page small."""

from lxml import html

from mpspec.site.code import highlighted


def test_each_line_is_an_element_with_its_number() -> None:
    shown = highlighted('a = 1\n\nb = "<&>"\n', first=7, anchors=True)
    drawn = html.fromstring(f"<pre>{shown}</pre>")
    lines = drawn.xpath("span")
    assert [line.get("id") for line in lines] == ["L7", "L8", "L9"]
    assert [line.text_content() for line in lines] == ["a = 1", "", 'b = "<&>"']
    assert drawn.xpath("//span[@class='s2']")


def test_long_code_is_shown_whole_and_without_colours() -> None:
    text = "".join(f"number_{each} = '<&>' + str({each})\n" for each in range(1_000))
    drawn = highlighted(text, first=1, anchors=True)
    assert len(drawn) < 110_000
    lines = html.fromstring(f"<pre>{drawn}</pre>").xpath("span")
    assert [line.text_content() for line in lines] == text.splitlines()
    assert not any(line.xpath("span") for line in lines)
