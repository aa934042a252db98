"""The least that gRPC in Python can do: answers `QuoteFees` with as many bytes as it is told, whatever was asked.

The yardstick of the benchmarks: the event loop, the library and the channel options of the service, and nothing else of
it: no interceptor, no protobuf, no log. `python docs/benchmarks/echo.py --port 50052 --reply-bytes 1298`
"""

from __future__ import annotations

import argparse
from typing import Any

import grpc
import uvloop

from linkedaccounts.endpoints.transport import channel_options
from linkedaccounts.settings import read_settings

SERVICE, METHOD = "linkedaccounts.v1.FeeQuoteService", "QuoteFees"


async def serve(port: int, reply_bytes: int) -> None:
    """Answers until the process is ended; says on which port once it does."""
    reply = bytes(reply_bytes)

    async def answer(_request: bytes, _context: Any) -> bytes:
        return reply

    handler: Any = grpc.unary_unary_rpc_method_handler(answer)
    server = grpc.aio.server(options=channel_options(read_settings({})))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {METHOD: handler}),))
    taken = server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    print(f"echo on 127.0.0.1:{taken}", flush=True)
    await server.wait_for_termination()


def main() -> None:
    """Reads the arguments and serves."""
    arguments = argparse.ArgumentParser(description="A bare gRPC echo, the yardstick of the benchmarks.")
    arguments.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    arguments.add_argument("--reply-bytes", type=int, required=True, help="length of every answer's message")
    given = arguments.parse_args()
    uvloop.run(serve(given.port, given.reply_bytes))


if __name__ == "__main__":
    main()
