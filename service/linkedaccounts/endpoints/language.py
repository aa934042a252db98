"""In which language the caller reads: HTTP's `accept-language` (RFC 9110, 12.5.4), over the languages there are."""

from __future__ import annotations

from functools import lru_cache

from linkedaccounts.domain.text import DEFAULT_LANGUAGE

CHINESE = "zh-CN"
LONGEST = 256
"""A header of more characters than this is not read."""


@lru_cache(maxsize=512)
def language_for(accepted: str) -> str:
    """The language that the caller likes best of those there are: by quality, then as listed; English for none.

    Plain `zh`, `zh-CN` and simplified Chinese of anywhere (`zh-Hans…`) are Chinese; parts that are no language range
    are passed over.
    """
    if len(accepted) > LONGEST:
        return DEFAULT_LANGUAGE
    best, best_quality = DEFAULT_LANGUAGE, 0.0
    for part in accepted.split(","):
        language, quality = _range(part)
        if language is not None and quality > best_quality:
            best, best_quality = language, quality
    return best


def _range(part: str) -> tuple[str | None, float]:
    tag, _, parameters = part.partition(";")
    return _language_of(tag.strip().lower()), _quality(parameters)


def _language_of(tag: str) -> str | None:
    if tag in ("zh", "zh-cn", "zh-hans") or tag.startswith("zh-hans-"):
        return CHINESE
    return DEFAULT_LANGUAGE if tag in ("en", "*") or tag.startswith("en-") else None


def _quality(parameters: str) -> float:
    """The weight from 0 to 1; 1 if there is none, 0 (not acceptable) if it cannot be read."""
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    value = value.strip()
    readable = name.strip().lower() == "q" and value.isascii() and value.replace(".", "", 1).isdigit()
    return min(float(value), 1.0) if readable else 0.0
