"""Files of whole quotes: what a seller must be charged on a day."""

from __future__ import annotations

from linkedaccounts.policy.load import QUOTES
from linkedaccounts.workbench.schema.shapes import DAY, WORD, Schema, listing, mapping, ref, said


def quotes_file() -> Schema:
    """Quotes, each with what is expected of it."""
    registered = said("The day on which the account was registered.", DAY)
    linked_on = said("The day on which it was linked; else that of its registration.", DAY)
    account: Schema = {"anyOf": [DAY, mapping({"registered_on": registered}, {"linked_on": linked_on})]}
    charges = said("What a store must be charged, for some of the stores or all.", _by_store(ref("money")))
    total = said("The sum of all charges, with as many decimals as it is to be compared by.", WORD)
    expect: Schema = mapping({}, {"charges": charges, "total": total}) | {"minProperties": 1}
    quote = mapping(
        {
            "name": said("A sentence that no other quote has: who pays what, and why.", WORD),
            "day": said("The day of the quote.", DAY),
            "stores": said("The seller's accounts: store, and the day of its registration.", _by_store(account)),
            "expect": said("What must come out.", expect),
        },
        {
            "linked": said("Whether the accounts are linked; they are unless stated.", {"type": "boolean"}),
            "home_store": said("The seller's home store; else the oldest.", ref("store")),
        },
    )
    return mapping({QUOTES: said("Whole quotes as tests of the rules.", listing(quote, 0))})


def _by_store(entry: Schema) -> Schema:
    return {"type": "object", "additionalProperties": entry, "propertyNames": ref("store")}
