"""The published file comes from a path or over http; what goes wrong is one clear line."""

from __future__ import annotations

import io
import socket
import threading
import zipfile
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from linkedaccounts.application.rate_books import BookRejected, SourceUnreachable
from linkedaccounts.storage import published_rate_book
from linkedaccounts.storage.published_rate_book import fetch_published_book

CSV = b"Date,USD,JPY,\n2019-09-30,1.0889,117.59,\n2019-09-27,1.0935,118.21,\n"


def _zip() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("eurofxref-hist.csv", CSV)
    return whole.getvalue()


class Publisher(BaseHTTPRequestHandler):
    """Publishes the file in several ways, most of them bad."""

    agents: list[str]

    def do_GET(self) -> None:
        type(self).agents.append(self.headers["User-Agent"])
        match self.path:
            case "/hist.csv":
                self._answer(200, CSV)
            case "/hist.zip":
                self._answer(200, _zip())
            case "/moved":
                self._answer(302, b"", Location="/hist.zip")
            case "/cut-off":
                self._answer(200, CSV, **{"Content-Length": str(len(CSV) + 7)})
            case "/web-page":
                self._answer(200, b"<!DOCTYPE html>\n")
            case _:
                self._answer(404, b"")

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "*")
    Publisher.agents = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Publisher) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.01,))
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


def _problem(source: str) -> str:
    with pytest.raises(SourceUnreachable) as failed:
        fetch_published_book(source)
    [problem] = failed.value.problems
    assert "\n" not in problem
    return problem


@pytest.mark.parametrize("path", ["/hist.csv", "/hist.zip", "/moved"])
def test_the_file_comes_from_a_url_as_csv_or_zip(publisher: str, path: str) -> None:
    published = fetch_published_book(publisher + path)
    assert published.text == CSV
    assert published.book.last_day == date(2019, 9, 30)


@pytest.mark.parametrize("content", [CSV, _zip()], ids=["csv", "zip"])
def test_the_file_comes_from_a_path_whatever_its_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rates").write_bytes(content)
    assert fetch_published_book(str(tmp_path / "rates")).text == CSV


def test_the_publisher_can_see_who_asks(publisher: str) -> None:
    fetch_published_book(f"{publisher}/hist.csv")
    assert Publisher.agents == ["linked-accounts (rate book refresh)"]


def test_an_address_without_a_file_is_named_with_what_the_server_says(publisher: str) -> None:
    assert _problem(f"{publisher}/gone") == f"{publisher}/gone: the server says 404 Not Found"


def test_a_download_that_ends_too_early_is_no_file(publisher: str) -> None:
    assert _problem(f"{publisher}/cut-off") == f"{publisher}/cut-off: the connection ended 7 bytes too early"


def test_a_web_page_is_no_rate_file(publisher: str) -> None:
    with pytest.raises(BookRejected, match="`<!DOCTYPE html>` is not the header of a rate file"):
        fetch_published_book(f"{publisher}/web-page")


def test_a_download_that_is_too_large_is_broken_off(publisher: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published_rate_book, "LARGEST_BYTES", 10)
    assert _problem(f"{publisher}/hist.csv") == f"{publisher}/hist.csv: it has more than 10 bytes"


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published_rate_book, "LARGEST_BYTES", 10)
    (tmp_path / "rates").write_bytes(CSV)
    assert _problem(str(tmp_path / "rates")) == f"{tmp_path}/rates: it has more than 10 bytes"


def test_a_download_that_takes_too_long_is_broken_off(publisher: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published_rate_book, "WHOLE_SECONDS", -1.0)
    assert _problem(f"{publisher}/hist.csv").startswith(f"{publisher}/hist.csv: it takes more than")


# The standard library leaves the socket of an answer that it never got to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(published_rate_book, "SILENCE_SECONDS", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        source = f"http://127.0.0.1:{silent.getsockname()[1]}/hist.csv"
        assert _problem(source) == f"{source}: timed out"


def test_a_server_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        source = f"http://127.0.0.1:{taken.getsockname()[1]}/hist.csv"
    assert "Connection refused" in _problem(source)


@pytest.mark.parametrize("source", ["ftp://127.0.0.1/hist.csv", "file:///etc/hostname", "http://", "http://[::1"])
def test_other_addresses_are_refused(source: str) -> None:
    assert _problem(source).startswith(f"{source}: ")


def test_a_path_without_a_file_is_named(tmp_path: Path) -> None:
    assert _problem(str(tmp_path / "none.csv")) == f"{tmp_path}/none.csv: No such file or directory"
    assert _problem(str(tmp_path)) == f"{tmp_path}: Is a directory"
