"""The site on loopback: pages reload when a source changed and they were built again."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from watchfiles import watch

from mpspec.model import CannotRun
from mpspec.site.make import RECORD

_WATCHED = ("docs", "impl", "reqs", "scripts/mpspec", "tests")
_CHANGES = "/changes"
_WAIT_SECONDS = 20
_SCRIPT = b"""<script>
(async function () {
  let made = "";
  for (;;) {
    try {
      const answer = await fetch("/changes?" + made);
      const now = await answer.text();
      if (made && now !== made) location.reload();
      made = now;
    } catch { await new Promise((again) => setTimeout(again, 2000)); }
  }
})();
</script>
"""


class Builds:
    """Counts the builds, and lets a page wait for the next one."""

    def __init__(self) -> None:
        self._done = threading.Condition()
        self._count = 1

    def finished(self) -> None:
        """Tell every waiting page that the site was built again."""
        with self._done:
            self._count += 1
            self._done.notify_all()

    def wait(self, known: str) -> str:
        """Return the number of the last build, as soon as it is another than the known one."""
        with self._done:
            self._done.wait_for(lambda: str(self._count) != known, timeout=_WAIT_SECONDS)
            return str(self._count)


class _Handler(SimpleHTTPRequestHandler):
    """Serves the site to this machine alone, with a script in each page that waits for the next build."""

    def __init__(self, *arguments: Any, builds: Builds, **names: Any) -> None:
        self._builds = builds
        super().__init__(*arguments, **names)

    def handle(self) -> None:
        """Answer, unless the browser has gone meanwhile."""
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        host = self.headers.get("Host", "").partition(":")[0]
        if host not in {"127.0.0.1", "localhost"}:  # A foreign page may have bound its name to loopback.
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        path, _, query = self.path.partition("?")
        if path == _CHANGES:
            self._answer(self._builds.wait(query).encode(), "text/plain")
            return
        file = Path(self.translate_path(self.path))
        file = file / "index.html" if file.is_dir() and path.endswith("/") else file
        if file.suffix == ".html" and file.is_file():
            self._answer(
                file.read_bytes().replace(b"</body>", _SCRIPT + b"</body>"), "text/html; charset=utf-8"
            )
        else:
            super().do_GET()

    def _answer(self, octets: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(octets)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(octets)

    def log_message(self, *_: Any) -> None:
        """Say nothing: the terminal shows the builds."""


def open_server(site: Path, port: int) -> tuple[ThreadingHTTPServer, Builds]:
    """Serve a site on 127.0.0.1 from a thread of its own.

    Args:
        site: Folder of the site.
        port: Port; 0 takes a free one.

    Raises:
        CannotRun: The port is taken.
    """
    builds = Builds()
    handler = partial(_Handler, directory=str(site), builds=builds)
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise CannotRun(f"Port {port} of 127.0.0.1 cannot be served: {error.strerror}.") from error
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, builds


def serve(
    root: Path,
    server: ThreadingHTTPServer,
    builds: Builds,
    say: Callable[[str], None],
    steps: Sequence[Callable[[], object]],
) -> None:
    """Serve the site until somebody stops it, and make it again on each change of a source.

    Args:
        root: Root of the project.
        server: What `open_server` opened.
        builds: What lets its pages wait.
        say: Is told the address, and what changed.
        steps: What makes it again, the quickest first; open pages reload after each that changed something.
    """
    say(f"Serving http://127.0.0.1:{server.server_port}/ until Ctrl-C; a change of a source builds it again.")
    try:
        for changes in watch(*(root / name for name in _WATCHED)):
            names = sorted({str(Path(path).relative_to(root)) for _, path in changes})
            say(f"Changed: {', '.join(names[:3])}{' and more' if len(names) > 3 else ''}")
            for step in steps:
                before = _record(root)
                step()
                if _record(root) != before:
                    builds.finished()
    finally:
        server.shutdown()
        server.server_close()


def _record(root: Path) -> bytes:
    """Return the record of the last build: it differs where a page or file does."""
    try:
        return (root / RECORD).read_bytes()
    except OSError:
        return b""
