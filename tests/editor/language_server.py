"""The YAML language server as an editor runs it: a process of node's, spoken to in the Language Server Protocol."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Timer
from typing import Any

PATIENCE = 60
"""Seconds after which a server that does not end its work is ended, so that a test fails instead of waiting."""

SETTINGS = {"yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}}
CAPABILITIES = {
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
        "hover": {"contentFormat": ["markdown"]},
    }
}


class LanguageServer:
    """A server at work on some files."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._ids = count(1)
        self._found: dict[str, list[dict[str, Any]]] = {}

    def begin(self, folder: Path) -> None:
        """Introduces an editor that works on a folder."""
        self._ask("initialize", {"processId": None, "rootUri": folder.as_uri(), "capabilities": CAPABILITIES})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": SETTINGS})

    def end(self) -> None:
        """Takes leave, as the protocol wants it."""
        self._ask("shutdown", None)
        self._tell("exit", None)

    def problems(self, file: Path, text: str) -> list[dict[str, Any]]:
        """What the server marks in a file that an editor opens with this text."""
        document = {"uri": file.as_uri(), "languageId": "yaml", "version": next(self._ids), "text": text}
        self._found.pop(file.as_uri(), None)
        self._tell("textDocument/didOpen", {"textDocument": document})
        while file.as_uri() not in self._found:
            self._take()
        return self._found[file.as_uri()]

    def completions(self, file: Path, line: int, column: int) -> list[dict[str, Any]]:
        """What the server offers at a place of an open file, counted from 0."""
        answer = self._ask("textDocument/completion", _at(file, line, column))
        items: list[dict[str, Any]] = answer["items"]
        return items

    def hover(self, file: Path, line: int, column: int) -> str:
        """What the server shows, as Markdown, for a place of an open file, counted from 0."""
        answer = self._ask("textDocument/hover", _at(file, line, column))
        return str(answer["contents"]["value"]) if answer else ""

    def _ask(self, method: str, params: Any) -> Any:
        number = next(self._ids)
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._take()
            if message.get("id") == number and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _take(self) -> dict[str, Any]:
        """The next message; what the server asks of its editor is answered with nothing."""
        message = self._receive()
        if message.get("method") == "textDocument/publishDiagnostics":
            self._found[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message and "id" in message:
            self._send({"id": message["id"], "result": None})
        return message

    def _send(self, message: Mapping[str, Any]) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout
        length = 0
        while (header := self._process.stdout.readline()) != b"\r\n":
            assert header, "the language server has ended"
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message


@contextmanager
def working(program: Path, folder: Path) -> Iterator[LanguageServer]:
    """A server that an editor of a folder has started."""
    command = ["node", str(program), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        watch = Timer(PATIENCE, process.kill)
        watch.start()
        try:
            server = LanguageServer(process)
            server.begin(folder)
            yield server
            server.end()
        finally:
            watch.cancel()
            process.kill()


def _at(file: Path, line: int, column: int) -> dict[str, Any]:
    return {"textDocument": {"uri": file.as_uri()}, "position": {"line": line, "character": column}}
