"""A case of `rules/tests` that states a whole quote, as the files have it.

```yaml
quotes:
  - name: three regions share the cap
    day: 2019-09-30
    stores: {US: 2018-01-15, EU: {registered_on: 2018-01-15, linked_on: 2019-03-01}}
    expect: {charges: {US: 20.24 USD}, total: 39.9811 USD}
```
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.domain.catalogue import Catalogue
from linkedaccounts.domain.money import Money
from linkedaccounts.policy.findings import Findings, plain_decimal
from linkedaccounts.policy.load import QUOTES
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.source import Node, Scalar, SourceFile, Table


@dataclass(frozen=True, slots=True)
class ExpectedCharge:
    """What a store must be charged, and where the file says so."""

    money: Money
    place: Place


@dataclass(frozen=True, slots=True)
class ExpectedTotal:
    """A sum in the reporting currency, with as many decimals as it is to be compared by, and where it stands."""

    amount: Decimal
    currency: str
    place: Place

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


@dataclass(frozen=True, slots=True)
class QuoteCase:
    """A quote to ask for, and what it must say: the charge of some of its stores, the total, or both."""

    name: str
    place: Place
    request: QuoteRequest
    charges: Mapping[str, ExpectedCharge]
    total: ExpectedTotal | None


def read_quote_cases(files: Iterable[SourceFile], catalogue: Catalogue, findings: Findings) -> list[QuoteCase]:
    """The sound cases of all files, in their order; what is unsound is noted."""
    reader = _Reader(catalogue, findings)
    cases = [case for file in files for case in reader.file(file.root)]
    return [case for case in cases if case is not None]


class _Reader:
    """Reads cases that name stores of a catalogue."""

    def __init__(self, catalogue: Catalogue, findings: Findings) -> None:
        self._catalogue = catalogue
        self._findings = findings
        self._names: dict[str, Place] = {}

    def file(self, root: Table) -> list[QuoteCase | None]:
        """The cases of a file; None for each that is unsound."""
        self._findings.keys(root, "a table of quotes", (QUOTES,))
        listing = self._findings.listing(root.get(QUOTES), f"`{QUOTES}`")
        tables = [self._findings.table(item, "a case") for item in (listing.items if listing else ())]
        return [self._case(table) for table in tables if table is not None]

    def _case(self, table: Table) -> QuoteCase | None:
        before = len(self._findings.problems)
        self._findings.keys(table, "a quote", ("name", "day", "stores", "expect"), ("linked", "home_store"))
        name = self._name(table)
        day = self._findings.day(table.get("day"), "`day` of a quote")
        stores = self._stores(table.get("stores"))
        linked = self._linked(table.get("linked"))
        codes = [account.store for account in stores]
        home = self._code(table.get("home_store"), codes, "store of this quote") if table.get("home_store") else ""
        charges, total = self._expected(table.get("expect"), codes)
        if name is None or len(self._findings.problems) > before:
            return None
        request = QuoteRequest(tuple(stores), linked, str(day), home or "")
        return QuoteCase(name, table.place, request, charges, total)

    def _name(self, table: Table) -> str | None:
        name = self._findings.word(table.get("name"), "`name` of a quote")
        if name in self._names:
            message = f"there is a case `{name}` already, in {self._names[name]}"
            self._findings.add(table.place, "duplicate-id", message, "give each case a name of its own")
        elif name is not None:
            self._names[name] = table.place
        return name

    def _stores(self, node: Node | None) -> list[StoreAccount]:
        table = self._findings.table(node, "`stores` of a quote")
        return [self._account(code, value) for code, value in (table or ())]

    def _account(self, code: Scalar, node: Node) -> StoreAccount:
        store = self._code(code, self._catalogue.stores, "store") or ""
        if not isinstance(node, Table):
            return StoreAccount(store, str(self._findings.day(node, f"the day on which {code.text} was registered")))
        self._findings.keys(node, f"the account in {code.text}", ("registered_on",), ("linked_on",))
        registered_on = self._findings.day(node.get("registered_on"), f"`registered_on` of {code.text}")
        linked_on = self._findings.day(node.get("linked_on"), f"`linked_on` of {code.text}")
        return StoreAccount(store, str(registered_on), str(linked_on) if linked_on else "")

    def _linked(self, node: Node | None) -> bool:
        if node is None or (isinstance(node, Scalar) and node.kind == "bool"):
            return node is None or node.text.lower() == "true"
        self._findings.add(node.place, "wrong-type", "`linked` of a quote is true or false")
        return True

    def _code(self, node: Node | None, known: Iterable[str], what: str) -> str | None:
        return self._findings.one_of(node, what, frozenset(known), "unknown-value")

    def _expected(self, node: Node | None, codes: list[str]) -> tuple[dict[str, ExpectedCharge], ExpectedTotal | None]:
        table = self._findings.table(node, "`expect` of a quote")
        if table is None or not self._findings.keys(table, "`expect` of a quote", (), ("charges", "total")):
            return {}, None
        stated = self._findings.table(table.get("charges"), "`charges`") or ()
        charges = {self._code(code, codes, "store of this quote"): self._charge(code, value) for code, value in stated}
        total = self._total(table.get("total"))
        if not charges and total is None:
            self._findings.add(
                table.place, "missing-field", "a quote expects charges, a total, or both", "add `total:`"
            )
        return {code: charge for code, charge in charges.items() if code and charge}, total

    def _charge(self, code: Scalar, value: Node) -> ExpectedCharge | None:
        money = self._findings.money(value, f"the charge in {code.text}", self._catalogue.currencies)
        return ExpectedCharge(money, value.place) if money else None

    def _total(self, node: Node | None) -> ExpectedTotal | None:
        currency = self._catalogue.reporting_currency.code
        number, _, code = " ".join((node.text if isinstance(node, Scalar) else "").split()).partition(" ")
        amount = plain_decimal(number)
        if node is None:
            return None
        if amount is not None and code == currency:
            return ExpectedTotal(amount, code, node.place)
        self._findings.add(
            node.place,
            "wrong-type",
            f"`total` is an amount in {currency}, as in `39.9693 {currency}`",
            "with as many decimals as it is to be compared by",
        )
        return None
