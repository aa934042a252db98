"""Shows the site of `policy docs` on this machine, and passes on to a running service what its form asks.

A browser does not speak gRPC; this does, for one reader at a time, with the caller's token that the command was given.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.message import Message

from linkedaccounts.cli.asking import Service
from linkedaccounts.client import Client, InvalidRequest, LinkedAccountsError
from linkedaccounts.domain.text import DEFAULT_LANGUAGE, LANGUAGES
from linkedaccounts.v1.fee_quote_service_pb2 import QuoteFeesRequest, QuoteFeesResponse
from linkedaccounts.v1.linking_service_pb2 import Action, CheckEligibilityRequest

MOST_BYTES = 64 * 1024
"""More than any form sends."""


def docs_server(directory: Path, port: int, service: Service) -> ThreadingHTTPServer:
    """A server of the site on loopback, not yet running; OSError if the port is taken."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, directory=str(directory), service=service))


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *arguments: Any, service: Service, **keywords: Any) -> None:
        self._service = service
        super().__init__(*arguments, **keywords)

    def do_POST(self) -> None:  # the name that the library calls
        """`/ask/METHOD` with the contract's JSON; other sites' pages may not (they cannot send JSON unasked)."""
        method = _METHODS.get(self.path.removeprefix("/ask/"))
        length = int(self.headers.get("content-length") or 0)
        if method is None or self.headers.get_content_type() != "application/json" or length > MOST_BYTES:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        status, content = self._answer(method, self.rfile.read(length))
        body = json.dumps(content, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json; charset=utf-8")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _answer(self, method: _Method, body: bytes) -> tuple[HTTPStatus, Mapping[str, Any]]:
        language = self.headers.get("accept-language")
        try:
            with self._service.client_for(language if language in LANGUAGES else DEFAULT_LANGUAGE) as client:
                answer = method(client, json.loads(body))
        except (ValueError, ParseError) as error:
            return HTTPStatus.BAD_REQUEST, {"error": str(error)}
        except InvalidRequest as error:
            return HTTPStatus.BAD_REQUEST, {"error": "", "fields": [problem.localized for problem in error.problems]}
        except LinkedAccountsError as error:
            return HTTPStatus.BAD_GATEWAY, {"error": error.localized}
        return HTTPStatus.OK, MessageToDict(answer, always_print_fields_with_no_presence=True)

    def log_message(self, *_: object) -> None:
        """Says nothing: the reader sits before the page."""


_Method = Callable[[Client, Any], Message]


def _quote(client: Client, given: Any) -> Message:
    asked = ParseDict(given, QuoteFeesRequest())
    quote = client.quote_fees(asked.stores, day=asked.day, linked=asked.linked, explain=asked.explain)
    return QuoteFeesResponse(quote=quote)


def _eligibility(client: Client, given: Any) -> Message:
    asked = ParseDict(given, CheckEligibilityRequest())
    action = Action.Name(asked.action).removeprefix("ACTION_").lower()
    return client.check_eligibility(action, asked.accounts, day=asked.day or None, explain=asked.explain)


_METHODS: Mapping[str, _Method] = {"QuoteFees": _quote, "CheckEligibility": _eligibility}
