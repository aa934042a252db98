"""Checks a request against the catalogue: every problem at once, each with its field path; or else the seller."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from linkedaccounts.application.check_field import check_day, check_exists, check_store, echo, nearest
from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.application.seller import Seller, SellerStore
from linkedaccounts.domain.billing_cycle import cycle_containing
from linkedaccounts.domain.calendar_day import parse_day
from linkedaccounts.domain.catalogue import Store, StoreTerms
from linkedaccounts.policy.vocabulary import SELLING_PLANS


def check_request(request: QuoteRequest, stores: Mapping[str, Store], today: date) -> Seller:
    """The seller that a request states; InvalidRequest with all problems otherwise."""
    problems: list[FieldProblem] = []
    day = check_day(request.day, today, problems)
    comparable = None if problems else day
    if not request.stores:
        problems.append(FieldProblem("stores", "STORES_REQUIRED"))
    elif len(request.stores) > len(stores):
        counts = {"limit": str(len(stores)), "count": str(len(request.stores))}
        problems.append(FieldProblem("stores", "TOO_MANY_STORES", counts))
    accounts = _Accounts(request, stores, comparable, problems).check()
    if problems:
        raise InvalidRequest(problems)
    return Seller(day, request.linked, accounts)


class _Accounts:
    """The check of the accounts of one request; without a sound day nothing is compared with it.

    Of more accounts than there are stores, only as many are looked at.
    """

    def __init__(
        self, request: QuoteRequest, stores: Mapping[str, Store], day: date | None, problems: list[FieldProblem]
    ) -> None:
        self._request = request
        self._accounts = request.stores[: len(stores)]
        self._stores = stores
        self._day = day
        self._problems = problems

    def check(self) -> tuple[SellerStore, ...]:
        """The seller's stores; as far as there are no problems."""
        first: dict[str, int] = {}
        home = self._home()
        checked = [self._account(index, account, first, home) for index, account in enumerate(self._accounts)]
        return tuple(store for store in checked if store)

    def _account(self, index: int, account: StoreAccount, first: dict[str, int], home: str) -> SellerStore | None:
        before = len(self._problems)
        store = self._code(index, account, first)
        registered_on, linked_on = self._days(index, account)
        self._details(index, account)
        self._order(index, registered_on, linked_on)
        terms = self._terms(index, store)
        if len(self._problems) > before or not (store and terms and registered_on and linked_on and self._day):
            return None
        cycle = cycle_containing(registered_on, self._day)
        return SellerStore(
            store=store,
            terms=terms,
            registered_on=registered_on,
            linked_on=linked_on,
            cycle=cycle,
            first_month=self._request.linked and linked_on in cycle,
            home=account.store == home,
            active_listings=account.active_listings,
            selling_plan=account.selling_plan,
            suspended=account.suspended,
            on_vacation=account.on_vacation,
        )

    def _note(self, index: int, field: str, reason: str, **values: object) -> None:
        texts = {name: str(value) for name, value in values.items()}
        self._problems.append(FieldProblem(f"stores[{index}].{field}", reason, texts))

    def _code(self, index: int, account: StoreAccount, first: dict[str, int]) -> Store | None:
        store = check_store(account.store, self._stores, self._problems, f"stores[{index}].store")
        if store is not None and account.store in first:
            self._note(index, "store", "STORE_DUPLICATE", store=store.code, first=f"stores[{first[account.store]}]")
            return None
        first.setdefault(account.store, index)
        return store

    def _days(self, index: int, account: StoreAccount) -> tuple[date | None, date | None]:
        """The days of registration and of linking, which is the former where it is not given."""
        registered_on = parse_day(account.registered_on)
        if not account.registered_on:
            self._note(index, "registered_on", "DAY_REQUIRED")
        elif registered_on is None:
            self._note(index, "registered_on", "DAY_INVALID", day=echo(account.registered_on))
        linked_on = parse_day(account.linked_on) if account.linked_on else registered_on
        if account.linked_on and linked_on is None:
            self._note(index, "linked_on", "DAY_INVALID", day=echo(account.linked_on))
        if account.linked_on and not self._request.linked:
            self._note(index, "linked_on", "LINKED_ON_OF_UNLINKED")
        return registered_on, linked_on

    def _order(self, index: int, registered_on: date | None, linked_on: date | None) -> None:
        """Registered, then linked, then quoted, as far as the days are known."""
        day = self._day
        if registered_on and day and registered_on > day:
            self._note(index, "registered_on", "REGISTERED_AFTER_DAY", registered_on=registered_on, day=day)
        if registered_on and linked_on and linked_on < registered_on:
            self._note(index, "linked_on", "LINKED_BEFORE_REGISTERED", linked_on=linked_on, registered_on=registered_on)
        elif linked_on and day and linked_on > day and linked_on != registered_on:
            self._note(index, "linked_on", "LINKED_AFTER_DAY", linked_on=linked_on, day=day)

    def _terms(self, index: int, store: Store | None) -> StoreTerms | None:
        """What holds of a store on the day of the quote.

        The catalogue says since when a store has a fee; an account in it may be older, so that is not compared.
        """
        if store is None or self._day is None:
            return None
        return check_exists(store, self._day, self._problems, f"stores[{index}].store")

    def _details(self, index: int, account: StoreAccount) -> None:
        if account.active_listings is not None and account.active_listings < 0:
            self._note(index, "active_listings", "LISTINGS_NEGATIVE", count=account.active_listings)
        if account.selling_plan is not None and account.selling_plan not in SELLING_PLANS:
            self._note(index, "selling_plan", "SELLING_PLAN_UNKNOWN", number=account.selling_plan)

    def _home(self) -> str:
        """The home store that the request states, or else the one registered first, of several the first by code."""
        listed = {account.store for account in self._accounts}
        home = self._request.home_store
        if home and home not in listed:
            known = nearest(home, [code for code in listed if code in self._stores])
            self._problems.append(
                FieldProblem("home_store", "HOME_STORE_NOT_LISTED", {"store": echo(home), "known": known})
            )
        oldest = min(((account.registered_on, account.store) for account in self._accounts), default=("", ""))
        return home or oldest[1]
