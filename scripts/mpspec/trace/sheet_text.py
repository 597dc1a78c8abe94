"""The review sheet as Markdown for a pull request, as HTML, and as JSON."""

import html
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from mpspec.trace.sheet import Entry, Kind
from mpspec.trace.words import Change, Run

_SHOWN_LINKS = 5
"""Links of one requirement that a sheet names one by one."""
_MOST_CHARACTERS = 60_000
"""Length of a comment that every forge takes, with room to spare."""
_CONTEXT = 8
"""Kept words that are shown on each side of a change."""


def as_markdown(entries: list[Entry], site: str) -> str:
    """Return the sheet as Markdown, short enough for a comment.

    Args:
        entries: The sheet.
        site: Address of the site, to link each requirement; may be empty.
    """
    if not entries:
        return "No requirement changed.\n"
    lines = [f"**{_counts(entries)}**"]
    length, shown = len(lines[0]), 0
    for kind in Kind:
        there = [entry for entry in entries if entry.kind is kind]
        for at, entry in enumerate(there):
            head = ["", f"### {kind.capitalize()} ({len(there)})", ""] if at == 0 else []
            item = [*head, *_item(entry, site)]
            length += sum(len(line) + 1 for line in item)
            if length > _MOST_CHARACTERS:
                rest = (
                    f"{len(entries) - shown} more of {len(entries)}: see `mpspec trace diff --format html`."
                )
                return "\n".join([*lines, "", rest]) + "\n"
            lines += item
            shown += 1
    return "\n".join(lines) + "\n"


def _item(entry: Entry, site: str) -> Iterator[str]:
    link = f"[{entry.id}]({site.rstrip('/')}/req/{entry.id}.html)" if site else entry.id
    yield f"- {link} ({entry.clause}) {entry.title}"
    changed = any(run.change is not Change.KEPT for run in entry.text)
    if changed:
        yield f"  - {''.join(_markdown(entry.text))}"
    for name, before, after in entry.fields:
        yield f"  - {name}: {before or 'none'} → {after or 'none'}"
    for head, links in (("gained", entry.gained), ("lost", entry.lost)):
        if links:
            more = f" and {len(links) - _SHOWN_LINKS} more" if len(links) > _SHOWN_LINKS else ""
            yield f"  - {head}: {', '.join(f'`{each}`' for each in links[:_SHOWN_LINKS])}{more}"
    if entry.touched:
        yield f"  - carried by {', '.join(entry.touched)}"
    if entry.flows:
        yield f"  - shown by {', '.join(entry.flows)}"


def _markdown(runs: Iterable[Run]) -> Iterator[str]:
    for at, run in enumerate(_shortened(list(runs))):
        text = run.text.replace("*", "\\*").replace("~", "\\~").replace("<", "\\<").replace("_", "\\_")
        yield "" if at == 0 else " "
        yield {Change.KEPT: text, Change.DELETED: f"~~{text}~~", Change.INSERTED: f"**{text}**"}[run.change]


def _shortened(runs: list[Run]) -> list[Run]:
    """Leave out kept words far from every change."""
    found = []
    for at, run in enumerate(runs):
        words = run.text.split()
        if run.change is Change.KEPT and len(words) > 2 * _CONTEXT + 1:
            head = words[:_CONTEXT] if at else []
            tail = words[-_CONTEXT:] if at < len(runs) - 1 else []
            run = Run(Change.KEPT, " ".join([*head, "…", *tail]))
        found.append(run)
    return found


def as_html(entries: list[Entry], site: str) -> str:
    """Return the sheet as a fragment of HTML, in which `ins` and `del` mark the words."""
    if not entries:
        return "<p>No requirement changed.</p>\n"
    parts = [f"<p>{_counts(entries)}</p>"]
    for kind in Kind:
        there = [entry for entry in entries if entry.kind is kind]
        if there:
            parts.append(f"<h3>{kind.capitalize()} ({len(there)})</h3>\n<ul>")
            parts += [_html_item(entry, site) for entry in there]
            parts.append("</ul>")
    return "\n".join(parts) + "\n"


def _html_item(entry: Entry, site: str) -> str:
    name = html.escape(entry.id)
    if site:
        name = f'<a href="{html.escape(site.rstrip("/"))}/req/{name}.html">{name}</a>'
    lines = [f"<li>{name} ({html.escape(entry.clause)}) {html.escape(entry.title)}"]
    if any(run.change is not Change.KEPT for run in entry.text):
        lines.append(f"<p>{runs_as_html(entry.text)}</p>")
    details = [f"{field}: {before or 'none'} → {after or 'none'}" for field, before, after in entry.fields]
    details += [f"gained: {each}" for each in entry.gained] + [f"lost: {each}" for each in entry.lost]
    details += [f"carried by {each}" for each in entry.touched]
    details += [f"shown by {each}" for each in entry.flows]
    if details:
        lines.append("<ul>" + "".join(f"<li>{html.escape(each)}</li>" for each in details) + "</ul>")
    return "\n".join([*lines, "</li>"])


def runs_as_html(runs: Iterable[Run]) -> str:
    """Return a word difference as HTML, in which `ins` and `del` mark the words."""
    tags = {Change.KEPT: ("", ""), Change.DELETED: ("<del>", "</del>"), Change.INSERTED: ("<ins>", "</ins>")}
    return " ".join(f"{tags[run.change][0]}{html.escape(run.text)}{tags[run.change][1]}" for run in runs)


def as_json(entries: list[Entry], site: str) -> str:
    """Return the sheet as JSON: a list of objects; `site` is not used."""
    del site
    return json.dumps([asdict(entry) for entry in entries], indent=1, ensure_ascii=False) + "\n"


FORMATS = {"md": as_markdown, "html": as_html, "json": as_json}
"""Each format of the sheet and its writer."""


def _counts(entries: list[Entry]) -> str:
    return ", ".join(
        f"{count} {kind}" for kind in Kind if (count := sum(entry.kind is kind for entry in entries))
    )
