"""One event of each kind."""

from __future__ import annotations

from datetime import UTC, date, datetime

from linkedaccounts.domain.events import (
    Booked,
    Charged,
    Event,
    EventKind,
    Happening,
    Linked,
    PolicyChanged,
    Refunded,
    Registered,
    Reversed,
    StatusChanged,
)
from linkedaccounts.domain.money import Currency, Money

AT = datetime(2019, 9, 30, 9, 0, 0, 123456, tzinfo=UTC)
DAY = date(2019, 9, 30)
USD, JPY = Currency("USD", 2), Currency("JPY", 0)
CHARGE = Booked("t1", "us", "US", DAY, Money(1879, USD))
OF_JAPAN = Booked("t2", "jp", "JP", DAY, Money(2299, JPY))
BACK = Booked("t3", "us", "US", DAY, Money(-79, USD), "t1", "as agreed – 同意")

_WHAT: dict[EventKind, Happening] = {
    EventKind.LINKED: Linked("g1", (("jp", "JP"), ("us", "US")), ("us",), ("g2",)),
    EventKind.REGISTERED: Registered("mx", "MX", DAY, "us", "r1"),
    EventKind.CHARGED: Charged(DAY, (OF_JAPAN, CHARGE)),
    EventKind.REFUNDED: Refunded(BACK),
    EventKind.REVERSED: Reversed(BACK),
    EventKind.STATUS_CHANGED: StatusChanged("us", "US", "active", None),
    EventKind.POLICY_CHANGED: PolicyChanged("v2", None),
}


def one_of(kind: EventKind) -> Event:
    """An event of the kind."""
    return Event("" if kind is EventKind.POLICY_CHANGED else "g1", AT, _WHAT[kind])
