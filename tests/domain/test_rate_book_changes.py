"""Two books are compared day by day and figure by figure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from linkedaccounts.domain.rate_book_changes import Correction, changes
from linkedaccounts.domain.rates import RateBook

FRIDAY, MONDAY, TUESDAY = date(2019, 9, 27), date(2019, 9, 30), date(2019, 10, 1)
Rows = dict[date, dict[str, Decimal]]
ROWS = st.dictionaries(
    st.sampled_from([FRIDAY, MONDAY, TUESDAY]),
    st.dictionaries(st.sampled_from(["USD", "JPY", "CHF"]), st.sampled_from([Decimal(1), Decimal("1.0"), Decimal(2)])),
    min_size=1,
)


def _book(rows: Rows) -> RateBook:
    return RateBook("EUR", sorted(rows), rows)


BEFORE: Rows = {
    FRIDAY: {"USD": Decimal("1.0935"), "JPY": Decimal("118.05"), "EEK": Decimal("15.6466")},
    MONDAY: {"USD": Decimal("1.0889")},
}
AFTER: Rows = {
    MONDAY: {"USD": Decimal("1.0890"), "JPY": Decimal("117.59"), "CHF": Decimal("1.0847")},
    TUESDAY: {"USD": Decimal("1.0898")},
}


def test_all_that_differs_is_said_and_is_nothing_the_other_way_round() -> None:
    found = changes(_book(BEFORE), _book(AFTER))
    assert (found.days_added, found.days_lost) == ((TUESDAY,), (FRIDAY,))
    assert (found.currencies_added, found.currencies_lost) == (("CHF",), ("EEK",))
    assert found.figures_added == (Correction(MONDAY, "JPY", None, Decimal("117.59")),)
    assert found.figures_changed == (Correction(MONDAY, "USD", Decimal("1.0889"), Decimal("1.0890")),)
    assert found.figures_lost == ()
    back = changes(_book(AFTER), _book(BEFORE))
    assert (back.days_added, back.days_lost, back.currencies_lost) == ((FRIDAY,), (TUESDAY,), ("CHF",))
    assert back.figures_lost == (Correction(MONDAY, "JPY", Decimal("117.59"), None),)


def test_a_correction_reads_as_day_currency_before_and_after() -> None:
    assert str(Correction(MONDAY, "USD", Decimal("1.0889"), None)) == "2019-09-30 USD 1.0889 → none"
    assert str(Correction(MONDAY, "USD", None, Decimal("1.0889"))) == "2019-09-30 USD none → 1.0889"


@given(ROWS, ROWS)
def test_two_books_differ_when_their_rows_do(before: Rows, after: Rows) -> None:
    assert changes(_book(before), _book(after)).anything == (before != after)
