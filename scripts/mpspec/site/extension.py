"""What Sphinx is told: the builder, the objects that no page writes, and how statements are drawn."""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx_needs.directives.need import purge_needs
from sphinx_needs.nodes import Need

from mpspec.model import CannotRun
from mpspec.model.garbage import collect_seldom
from mpspec.site import needs
from mpspec.site.builder import SiteBuilder
from mpspec.site.corpus import Corpus

_ASSETS = ("sphinx_needs.environment", "sphinx_data_viewer", "sphinxcontrib.jquery")
"""Modules whose handlers put scripts and styles into a site; this one needs none of them."""


class _Extension:
    """Joins the build to one reading of the sources."""

    corpus: Corpus

    def load(self, app: Sphinx) -> None:
        try:
            self.corpus = Corpus.load(Path(app.srcdir))
        except CannotRun as error:
            raise SphinxError(str(error)) from error
        if isinstance(app.builder, SiteBuilder):
            app.builder.corpus = self.corpus

    def add_objects(self, app: Sphinx, env: BuildEnvironment, _: list[str]) -> None:
        needs.add_code_and_tests(app, env, self.corpus)

    def find_outdated(self, app: Sphinx, _: BuildEnvironment) -> list[str]:
        return app.builder.documents_out_of_date() if isinstance(app.builder, SiteBuilder) else []

    def draw(self, app: Sphinx, doctree: nodes.document, docname: str) -> None:
        """Put our own drawing in the place of each run of statements or rules."""
        if not isinstance(app.builder, SiteBuilder):
            return
        runs = _runs(doctree)
        for run in runs:
            identities = [node["refid"] for node in run if isinstance(node, Need)]
            _replace(run, app.builder.drawn_items(docname, identities))
        title = doctree.next_node(nodes.title)
        if runs and title is not None:
            title.parent.insert(
                1, nodes.raw("", app.builder.drawn_facts(docname, _sections(doctree)), format="html")
            )


def setup(app: Sphinx) -> dict[str, Any]:
    """Tell Sphinx about the site."""
    collect_seldom()
    extension = _Extension()
    app.add_builder(SiteBuilder, override=True)
    app.connect("builder-inited", extension.load)
    app.connect("env-before-read-docs", extension.add_objects, priority=900)
    app.connect("env-updated", extension.find_outdated)
    app.connect("doctree-resolved", extension.draw, priority=100)
    for event in ("config-inited", "env-updated"):
        for listener in list(app.events.listeners[event]):
            if listener.handler.__module__.startswith(_ASSETS):
                app.disconnect(listener.id)
    for listener in list(app.events.listeners["env-purge-doc"]):
        if listener.handler is purge_needs:
            app.disconnect(listener.id)
    app.connect("env-purge-doc", _purge)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}


def _purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget the objects of a page that is read again; of a page read for the first time there are none.

    sphinx-needs looks through all objects for each page, so that a full build would grow with the square.
    """
    if docname in env.all_docs:
        purge_needs(app, env, docname)


def _sections(doctree: nodes.document) -> list[tuple[str, str]]:
    """Return title and anchor of each section below the title of a page."""
    return [
        (section[0].astext(), section["ids"][0])
        for section in doctree.findall(nodes.section)
        if section.parent is not doctree
    ]


def _runs(doctree: nodes.document) -> list[list[nodes.Node]]:
    """Return each run of statements or rules that follow each other, with the targets between them."""
    found: list[list[nodes.Node]] = []
    for parent in {id(node.parent): node.parent for node in doctree.findall(Need)}.values():
        run: list[nodes.Node] = []
        for child in parent.children:
            if isinstance(child, Need) or (isinstance(child, nodes.target) and not child.astext()):
                run.append(child)
            else:
                found.append(run)
                run = []
        found.append(run)
    return [run for run in found if any(isinstance(node, Need) for node in run)]


def _replace(run: list[nodes.Node], html: str) -> None:
    parent = run[0].parent
    at = parent.index(run[0])
    for node in run:
        parent.remove(node)
    parent.insert(at, nodes.raw("", html, format="html"))
