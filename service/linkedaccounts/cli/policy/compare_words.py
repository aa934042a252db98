"""What `policy compare` found, in sentences: each difference as a few lines that text and Markdown lay out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from linkedaccounts.application.fee_quote import FeeQuote, QuoteRequest, StoreAccount
from linkedaccounts.domain.effects import Allowed, Grounds
from linkedaccounts.policy.decisions import ELIGIBILITY
from linkedaccounts.policy.regions import Box
from linkedaccounts.policy.wording import Facts, box_words, case_words, effect_words
from linkedaccounts.workbench.compare import Comparison, QuotedValue
from linkedaccounts.workbench.compare_catalogue import ValueChange
from linkedaccounts.workbench.compare_cells import Key
from linkedaccounts.workbench.compare_decision import DecisionComparison, Difference, Side
from linkedaccounts.workbench.compare_direction import Direction
from linkedaccounts.workbench.compare_quote import Quoted
from linkedaccounts.workbench.compare_said import Saying

MOST_BOXES_SHOWN = 8
MOST_REGIONS_SHOWN = 20
TOTAL_STEP = Decimal(1).scaleb(-4)

_MONTHLY = {"cap": " a month at most", "fee": " a month"}


def summary(comparison: Comparison) -> str:
    """The whole comparison in a line."""
    versions = f"{comparison.old_version[:12]} → {comparison.new_version[:12]}"
    if comparison.identical:
        return f"equal ({versions})"
    if comparison.equal:
        return f"equal in all that is decided and charged; said in other words ({versions})"
    parts = [f"catalogue ({_count(len(comparison.values), 'value')})"] if comparison.values else []
    parts += [_decision_summary(decision) for decision in comparison.decisions if not decision.equal]
    return f"different in {', '.join(parts)} ({versions})"


def _decision_summary(decision: DecisionComparison) -> str:
    if decision.untold:
        return f"{decision.name} (in too many combinations of facts to list)"
    ways = dict.fromkeys(
        one.direction.value for one in decision.differences if one.direction is not Direction.OTHERWISE
    )
    return f"{decision.name} ({'; '.join([_count(len(decision.differences), 'region'), *ways])})"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def value_sentence(value: QuotedValue) -> str:
    """A value of the catalogue: `plan p, cap: 39.99 USD → 45.00 USD from 2027-01-01 on: +5.01 USD a month at most`."""
    change = value.change
    what = f"{change.subject}, {change.field}" if change.field else change.subject
    if not change.field and (change.before is None or change.after is None):
        side = "NEW" if change.before is None else "OLD"
        return f"{what}: only in {side} ({change.after or change.before})"
    by = f": {signed(change.by.amount)} {change.by.currency}{_MONTHLY.get(change.field, '')}" if change.by else ""
    way_it_goes = "" if change.direction is Direction.OTHERWISE else f" ({change.direction.value})"
    return f"{what}: {change.before or 'none'} → {change.after or 'none'}{_days(change)}{by}{way_it_goes}"


def _days(change: ValueChange) -> str:
    if change.since is None:
        return ""
    return f" from {change.since} {f'through {change.through}' if change.through else 'on'}"


def way(difference: Difference, decision: DecisionComparison) -> str:
    """Which way a difference goes."""
    if difference.direction is Direction.OTHERWISE and decision.combine == ELIGIBILITY:
        return "refused as before, for other reasons"
    return difference.direction.value


def side_words(side: Side, decision: DecisionComparison) -> str:
    """What is decided: `charge_in_full, by standard-fee`."""
    words = ", then ".join(key_words(key) for key in side.keys) or _nothing(decision)
    return f"{words}, by {', '.join(side.rules)}" if side.rules else words


_NOTHING = {"reductions": "not taken off", "details": "not asked for", "notes": "not said"}


def _nothing(decision: DecisionComparison) -> str:
    return _NOTHING.get(decision.name, "refused for other reasons alone")


def key_words(key: Key) -> str:
    """An effect as a rule file has it; a refusal with its reason; a note by its reason."""
    match key:
        case str():
            return f"note {key}"
        case (Grounds() as grounds, str(reason)):
            return f"refuse_as_{grounds.value} {reason}"
        case Allowed():
            return "allow"
    return effect_words(key)


def shown(decision: DecisionComparison) -> tuple[Sequence[Difference], str]:
    """The differences of a decision that a person is shown, and what to say of the others."""
    more = len(decision.differences) - MOST_REGIONS_SHOWN
    note = f"… and {_count(more, 'more region')}, which `--format json` lists" if more > 0 else ""
    return decision.differences[:MOST_REGIONS_SHOWN], note


def where_lines(boxes: Sequence[Box], facts: Facts) -> list[str]:
    """A region, a box a line; of many the first ones."""
    words = [box_words(box, facts) for box in boxes]
    more = len(words) - MOST_BOXES_SHOWN
    return words if more <= 0 else [*words[:MOST_BOXES_SHOWN], f"… and {more} more, which `--format json` lists"]


def case_of(difference: Difference, decision: DecisionComparison) -> str:
    """A table with one case, with what the new policy answers."""
    before, after = ([rule.id for rule in rules] for rules in (difference.example.before, difference.example.after))
    case = case_words(_case_name(before, after), difference.example.facts, decision.facts, after)
    return f"cases_of: {decision.name}\ncases:\n{case}"


def _case_name(before: Sequence[str], after: Sequence[str]) -> str:
    come, gone = ([rule for rule in one if rule not in other] for one, other in ((after, before), (before, after)))
    if come and gone:
        return f"{_joined(come)} instead of {_joined(gone)}"
    if come or gone:
        return f"{_joined(come)} too" if come else f"no {_joined(gone)} any more"
    return f"{_joined(after)} {'as before' if before == after else 'in another order'}"


def _joined(words: Sequence[str]) -> str:
    return " and ".join(words) or "nothing"


def seller_sentence(quoted: Quoted) -> str:
    """Who is quoted: `a linked seller in US and CA, registered 2025-10-30, on 2026-10-30, pays`."""
    request, quote = quoted.request, quoted.after
    own = next((one for one in request.stores if one.store == quoted.store), request.stores[0])
    stores = _joined([one.store for one in request.stores]) if quoted.store else f"all {len(request.stores)} stores"
    linked = f", linked {own.linked_on}" if own.linked_on not in ("", own.registered_on) else ""
    more = "".join(f", {words}" for words in _further(own, request))
    estimate = " (an estimate)" if quote.estimate else ""
    kind = "a linked seller" if request.linked else "a seller, not linked,"
    return f"{kind} in {stores}, registered {own.registered_on}{linked}{more}, pays on {request.day}{estimate}"


def _further(own: StoreAccount, request: QuoteRequest) -> Iterator[str]:
    if request.home_store and request.home_store != own.store:
        yield f"at home in {request.home_store}"
    if own.active_listings is not None:
        yield f"with {_count(own.active_listings, 'listing')}"
    if own.selling_plan is not None:
        yield own.selling_plan
    if own.suspended:
        yield "suspended"
    if own.on_vacation:
        yield "on vacation"


def quote_rows(quoted: Quoted) -> list[tuple[str, str, str, str]]:
    """Store, before, after and difference of each line that differs; and of the sum in the reporting currency."""
    rows = [
        (one.store, str(one.charge), str(other.charge), signed(other.charge.amount - one.charge.amount))
        for one, other in quoted.changed
        if one.charge.currency == other.charge.currency
    ]
    before, after = quoted.before.total, quoted.after.total
    by = signed(_rounded(after.charge - before.charge)) if before.currency == after.currency else ""
    return [*rows, ("in all", _total(quoted.before), _total(quoted.after), by)]


def _total(quote: FeeQuote) -> str:
    return f"{_rounded(quote.total.charge)} {quote.total.currency}"


def _rounded(amount: Fraction) -> Decimal:
    """A sum over currencies to four decimals; `--format json` has it exactly."""
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(TOTAL_STEP, ROUND_HALF_EVEN)


def signed(amount: Decimal) -> str:
    """An amount with its sign, as in ``+5.01``."""
    return f"{amount:+}" if amount else f"{amount:f}".lstrip("-")


def saying_sentence(saying: Saying) -> str:
    """What is said differently: `rule `x`, message in en: “Old.” → “New.”`."""
    head = f"{saying.subject}, {saying.what}"
    if saying.before is None and saying.after is None:
        return head
    return f"{head}: {_quoted(saying.before)} → {_quoted(saying.after)}"


def _quoted(words: str | None) -> str:
    return "none" if words is None else f"“{words}”"
