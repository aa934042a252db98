from __future__ import annotations

import pytest

from linkedaccounts.loadtest.frames import Flag, Kind, Setting, frame
from tests.loadtest.http2 import Wire, a_call, answer, block, trailers


def widened(stream: int, size: int) -> bytes:
    return frame(Kind.WINDOW_UPDATE, 0, stream, size.to_bytes(4, "big"))


def going_away(last: int) -> bytes:
    return frame(Kind.GOAWAY, 0, 0, last.to_bytes(4, "big") + bytes(4))


async def test_a_call_goes_out_as_headers_and_data_and_ends_with_its_status() -> None:
    wire, call = Wire(), a_call()
    wire.send(call)

    assert [(kind, flags, stream) for kind, flags, stream, _ in wire.sent(Kind.HEADERS, Kind.DATA)] == [
        (Kind.HEADERS, Flag.END_HEADERS, 1),
        (Kind.DATA, Flag.END_STREAM, 1),
    ]
    wire.receive(answer(1))
    assert wire.ends == [(call, "OK")]


@pytest.mark.parametrize("at", range(0, 60, 3))
async def test_answers_are_the_same_wherever_the_bytes_are_split(at: int) -> None:
    wire = Wire()
    wire.send(a_call(), a_call())
    both = answer(3) + trailers(1, 8)

    wire.receive(both[:at])
    wire.receive(both[at:])
    assert wire.statuses == ["OK", "RESOURCE_EXHAUSTED"]


async def test_a_body_is_kept_only_if_it_is_to_be_checked() -> None:
    wire, checked, other = Wire(), a_call(checked=True), a_call()
    wire.send(checked, other)
    wire.receive(answer(1, b"one"), answer(3, b"two"))

    assert (checked.answer, other.answer) == ([b"one"], None)


async def test_headers_in_several_frames_are_one_block() -> None:
    wire, whole = Wire(), block(("grpc-status", "5"), ("grpc-message", "no such store"))
    wire.send(a_call())
    wire.receive(
        frame(Kind.HEADERS, Flag.END_STREAM, 1, whole[:4]), frame(Kind.CONTINUATION, Flag.END_HEADERS, 1, whole[4:])
    )

    assert wire.statuses == ["NOT_FOUND"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([(":status", "200"), ("grpc-status", "16")], "UNAUTHENTICATED"),
        ([(":status", "503")], "UNAVAILABLE"),
        ([(":status", "200")], "UNKNOWN"),
        ([("grpc-status", "99")], "UNKNOWN"),
    ],
)
async def test_an_answer_of_headers_alone_has_a_status_too(headers: list[tuple[str, str]], status: str) -> None:
    wire = Wire()
    wire.send(a_call())
    wire.receive(frame(Kind.HEADERS, Flag.END_HEADERS | Flag.END_STREAM, 1, block(*headers)))

    assert wire.statuses == [status]


@pytest.mark.parametrize(("code", "status"), [(7, "UNAVAILABLE"), (8, "CANCELLED"), (2, "INTERNAL")])
async def test_a_reset_call_has_the_status_that_grpc_gives_to_it(code: int, status: str) -> None:
    wire = Wire()
    wire.send(a_call())
    wire.receive(frame(Kind.RST_STREAM, 0, 1, code.to_bytes(4, "big")))

    assert (wire.statuses, wire.resets) == ([status], 1)


async def test_no_more_calls_have_room_than_the_server_takes() -> None:
    wire = Wire({Setting.MAX_CONCURRENT_STREAMS: 2})
    wire.send(a_call(), a_call())
    assert wire.connection.room == 0

    wire.receive(answer(1))
    assert wire.connection.room == 1


async def test_a_large_body_goes_out_as_the_windows_widen() -> None:
    body = bytes(range(256)) * 400
    wire = Wire({Setting.INITIAL_WINDOW_SIZE: 40_000})
    wire.send(a_call(body=body))
    assert len(wire.sent_body(1)) == 40_000
    assert wire.connection.room == 0

    wire.receive(widened(1, 60_000))
    assert len(wire.sent_body(1)) == 65_535
    wire.receive(widened(0, 100_000), widened(1, 60_000))
    assert wire.sent_body(1) == body
    assert wire.sent(Kind.DATA)[-1][1] == Flag.END_STREAM
    assert wire.connection.room > 0


async def test_a_smaller_first_window_holds_for_a_body_that_is_on_its_way() -> None:
    wire = Wire({Setting.INITIAL_WINDOW_SIZE: 10_000})
    wire.send(a_call(body=bytes(30_000)))
    wire.receive(frame(Kind.SETTINGS, 0, 0, b"\0\4" + (5_000).to_bytes(4, "big")), widened(1, 8_000))

    assert len(wire.sent_body(1)) == 13_000


async def test_a_server_that_leaves_answers_what_it_began_and_gives_back_the_rest() -> None:
    wire, first, second = Wire(), a_call(), a_call()
    wire.send(first, second)
    wire.receive(going_away(1))
    assert wire.not_begun == [second]
    assert (wire.connection.room, wire.connection.left.done(), wire.transport.closed) == (0, True, False)

    wire.receive(answer(1))
    assert (wire.ends, wire.transport.closed) == ([(first, "OK")], True)


async def test_a_server_that_leaves_and_never_answers_is_left_after_the_timeout() -> None:
    wire, call = Wire(), a_call(due=1.0)
    wire.send(call)
    wire.receive(going_away(1))

    assert list(wire.connection.expire(2.0)) == [call]
    assert (len(wire.sent(Kind.RST_STREAM)), wire.transport.closed) == (1, True)


async def test_calls_on_a_lost_connection_are_unavailable() -> None:
    wire = Wire()
    wire.send(a_call(), a_call())
    wire.connection.connection_lost(ConnectionResetError())

    assert wire.statuses == ["UNAVAILABLE"] * 2
    assert wire.connection.left.done()


async def test_a_call_that_takes_too_long_is_given_up_and_the_server_told() -> None:
    wire, old = Wire(), a_call(due=1.0)
    wire.send(old, a_call(due=2.0))

    assert list(wire.connection.expire(1.5)) == [old]
    wire.connection.flush()
    assert [stream for _, _, stream, _ in wire.sent(Kind.RST_STREAM)] == [1]
    wire.receive(answer(1), answer(3))
    assert wire.statuses == ["OK"]


async def test_pings_and_settings_are_acknowledged() -> None:
    wire = Wire()
    wire.receive(frame(Kind.PING, 0, 0, b"12345678"))

    assert (Kind.PING, Flag.ACK, 0, b"12345678") in wire.sent(Kind.PING)
    assert (Kind.SETTINGS, Flag.ACK, 0, b"") in wire.sent(Kind.SETTINGS)


async def test_a_server_that_speaks_no_http2_is_left() -> None:
    wire = Wire()
    wire.receive(b"HTTP/1.1 400 Bad Request\r\n\r\n" + bytes(20_000))

    assert wire.transport.closed
