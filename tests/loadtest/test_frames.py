from __future__ import annotations

import pytest

from linkedaccounts.loadtest.frames import BadFrame, Flag, FrameReader, Kind, frame, read_settings, unpadded

SENT = (
    frame(Kind.SETTINGS, 0, 0)
    + frame(Kind.DATA, Flag.END_STREAM, 2**31 - 1, b"hello")
    + frame(Kind.PING, 0, 0, b"8" * 8)
)
FRAMES = [
    (Kind.SETTINGS, 0, 0, b""),
    (Kind.DATA, Flag.END_STREAM, 2**31 - 1, b"hello"),
    (Kind.PING, 0, 0, b"8" * 8),
]


@pytest.mark.parametrize("at", range(len(SENT) + 1))
def test_frames_are_the_same_wherever_the_bytes_are_split(at: int) -> None:
    reader = FrameReader()

    assert reader.feed(SENT[:at]) + reader.feed(SENT[at:]) == FRAMES


def test_frames_are_put_together_from_single_bytes() -> None:
    reader = FrameReader()

    assert [found for byte in SENT for found in reader.feed(bytes((byte,)))] == FRAMES


def test_the_reserved_bit_of_a_streams_number_is_not_read() -> None:
    sent = bytearray(frame(Kind.DATA, 0, 5))
    sent[5] |= 0x80

    assert FrameReader().feed(bytes(sent)) == [(Kind.DATA, 0, 5, b"")]


def test_a_frame_larger_than_agreed_is_refused() -> None:
    with pytest.raises(BadFrame, match="larger than 16 KiB"):
        FrameReader().feed(frame(Kind.DATA, 0, 1, bytes(2**20))[:-1])


def test_padding_and_priority_are_taken_off() -> None:
    assert unpadded(Flag.PADDED, b"\x02helloxx") == b"hello"
    assert unpadded(Flag.PADDED | Flag.PRIORITY, b"\x01ppppphellox") == b"hello"
    with pytest.raises(BadFrame):
        unpadded(Flag.PADDED, b"\x02x")


def test_settings_that_are_cut_short_are_refused() -> None:
    with pytest.raises(BadFrame):
        read_settings(b"\0\1\0")
