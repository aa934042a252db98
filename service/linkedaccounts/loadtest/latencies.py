"""Latencies, counted as an HDR histogram counts them, and those histograms as text."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable

from hdrh.codec import HdrCookieException, HdrHistogramSettingsException, HdrLengthException
from hdrh.histogram import HdrHistogram

LONGEST = 3_600_000_000
"""Microseconds; what takes longer than an hour counts as an hour."""
DIGITS = 3


class Latencies:
    """How many calls took how long, in microseconds with three digits, as every HDR histogram of this house."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()

    def add(self, seconds: float) -> None:
        """Counts one latency.

        What falls into one bucket of an HDR histogram of three digits (its first 2,048 values are exact, then 1,024
        buckets to each doubling) is one key here, so that counting is fast and nothing is lost afterwards.
        """
        micros = int(seconds * 1e6)
        if micros >= 2048:
            shift = micros.bit_length() - 11
            micros = micros >> shift << shift
        self.counts[micros] += 1

    def histogram(self) -> HdrHistogram:
        """The same as an HDR histogram."""
        histogram = empty_histogram()
        for micros, count in self.counts.items():
            histogram.record_value(min(max(micros, 1), LONGEST), count)
        return histogram

    def quantile_ms(self, share: float) -> float:
        """The latency that a share of the calls did not exceed, in milliseconds; 0 if there are none."""
        wanted, seen = share * self.counts.total(), 0
        for micros, count in sorted(self.counts.items()):
            seen += count
            if seen >= wanted:
                return micros / 1000
        return 0.0


def together(latencies: Iterable[Latencies]) -> Latencies:
    """All of them as one."""
    merged = Latencies()
    for each in latencies:
        merged.counts.update(each.counts)
    return merged


def empty_histogram() -> HdrHistogram:
    """A histogram that all others can be added to."""
    return HdrHistogram(1, LONGEST, DIGITS)


def merged(texts: Iterable[str]) -> HdrHistogram:
    """The sum of encoded histograms."""
    histogram = empty_histogram()
    for text in texts:
        histogram.add(decoded(text))
    return histogram


def encoded(histogram: HdrHistogram) -> str:
    """The histogram in HdrHistogram's own compressed form, base64: every tool of that family reads it."""
    text: str = histogram.encode().decode("ascii")
    return text


def decoded(text: str) -> HdrHistogram:
    """The histogram of such a text; ValueError if it is none."""
    try:
        return HdrHistogram.decode(text)
    except (ValueError, zlib.error, HdrCookieException, HdrLengthException, HdrHistogramSettingsException) as error:
        raise ValueError(f"no HDR histogram: {error}") from None


def readable(milliseconds: float) -> str:
    """A latency with three digits that count, as people read it: `0.84 ms`, `12.3 ms`, `2.05 s`."""
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:,.2f} s"
    digits = 2 if milliseconds < 10 else 1 if milliseconds < 100 else 0
    return f"{milliseconds:.{digits}f} ms"


def quantile_ms(histogram: HdrHistogram, percent: float) -> float:
    """The latency at a percentile, in milliseconds; 0 of an empty histogram."""
    value: float = histogram.get_value_at_percentile(percent)
    return value / 1000


def quantiles_ms(histogram: HdrHistogram, percents: Iterable[float]) -> list[float]:
    """The latencies at several percentiles, in milliseconds, in one go."""
    wanted = list(percents)
    found = histogram.get_percentile_to_value_dict(wanted)
    return [found[percent] / 1000 for percent in wanted]
