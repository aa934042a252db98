"""Getting the published rate file, from a path or over http or https."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from linkedaccounts.application.rate_books import PublishedBook, SourceUnreachable
from linkedaccounts.storage.ecb_file import LARGEST_BYTES, read_ecb_file

USER_AGENT = "linked-accounts (rate book refresh)"
SILENCE_SECONDS = 20.0
"""How long a server may say nothing."""
WHOLE_SECONDS = 120.0
"""How long a download may take in all."""
_CHUNK = 64 * 1024


def fetch_published_book(source: str) -> PublishedBook:
    """The file at a path or URL, fetched and checked; SourceUnreachable in one line, or BookRejected."""
    return read_ecb_file(_download(source) if _is_url(source) else _read(source))


def _is_url(source: str) -> bool:
    scheme, separator, _ = source.partition("://")
    if separator and scheme.lower() not in ("http", "https"):
        raise SourceUnreachable([f"{source}: only a path, http and https are known"])
    return bool(separator)


def _read(source: str) -> bytes:
    try:
        with Path(source).expanduser().open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except OSError as problem:
        raise SourceUnreachable([f"{source}: {problem.strerror or problem}"]) from problem
    _check_size(len(data), source)
    return data


def _download(source: str) -> bytes:
    try:
        request = urllib.request.Request(source, headers={"User-Agent": USER_AGENT})  # noqa: S310 - _is_url looked
        with urllib.request.urlopen(request, timeout=SILENCE_SECONDS) as response:  # noqa: S310 - likewise
            return _body(response, source)
    except urllib.error.HTTPError as problem:
        problem.close()
        raise SourceUnreachable([f"{source}: the server says {problem.code} {problem.reason}"]) from problem
    except urllib.error.URLError as problem:
        raise SourceUnreachable([f"{source}: {problem.reason}"]) from problem
    except (OSError, HTTPException, ValueError) as problem:
        raise SourceUnreachable([f"{source}: {str(problem) or type(problem).__name__}"]) from problem


def _body(response: HTTPResponse, source: str) -> bytes:
    until = time.monotonic() + WHOLE_SECONDS
    body = bytearray()
    while chunk := response.read(_CHUNK):
        body += chunk
        _check_size(len(body), source)
        if time.monotonic() > until:
            raise SourceUnreachable([f"{source}: it takes more than {WHOLE_SECONDS:.0f} seconds"])
    if response.length:
        raise SourceUnreachable([f"{source}: the connection ended {response.length} bytes too early"])
    return bytes(body)


def _check_size(size: int, source: str) -> None:
    if size > LARGEST_BYTES:
        raise SourceUnreachable([f"{source}: it has more than {LARGEST_BYTES} bytes"])
