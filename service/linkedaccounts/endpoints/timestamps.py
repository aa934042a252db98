"""Moments as the contract states them."""

from __future__ import annotations

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp


def timestamp(moment: datetime) -> Timestamp:
    """The moment, exactly; it knows its time zone."""
    stamp = Timestamp()
    stamp.FromDatetime(moment)
    return stamp
