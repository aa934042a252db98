"""The guards of version 0001. They are for everybody, the tables' owner included, until the owner drops them."""

from __future__ import annotations

from collections.abc import Iterator

from linkedaccounts.storage.migrations.guard import Guard

FOR_GOOD = ("links", "merges", "audit")
NEVER_REMOVED = ("accounts", *FOR_GOOD, "audit_head")
NO_CHANGE = "what is linked, merged or audited is never changed"
NO_REMOVAL = "accounts, links, merges and the audit are never removed"
_SAME = {
    "users": "id = NEW.id OR email = NEW.email",
    "accounts": "id = NEW.id",
    "memberships": "user_id = NEW.user_id AND account_id = NEW.account_id",
    "links": "account_id = NEW.account_id",
    "merges": "group_id = NEW.group_id",
    "sessions": "id = NEW.id OR (user_id = NEW.user_id AND request_id = NEW.request_id)",
    "registrations": "id = NEW.id",
    "kept_answers": "scope = NEW.scope AND request_id = NEW.request_id",
    "audit": "position = NEW.position",
    "audit_head": "1 = 1",
}


def guards(database: str) -> Iterator[Guard]:
    """Those of a database, by SQLAlchemy's name for it."""
    for table in FOR_GOOD:
        yield Guard(f"{table}_no_update", table, "UPDATE", NO_CHANGE)
    for table in NEVER_REMOVED:
        yield Guard(f"{table}_no_delete", table, "DELETE", NO_REMOVAL)
    yield _only_the_status()
    yield from _what_fits()
    if database == "sqlite":
        yield from _no_replacement()


def _only_the_status() -> Guard:
    others = "OLD.id <> NEW.id OR OLD.store <> NEW.store OR OLD.registered_on <> NEW.registered_on"
    return Guard("accounts_no_update", "accounts", "UPDATE", "of an account only its status changes", others)


def _what_fits() -> Iterator[Guard]:
    """A group is merged only into one that is part of no other, so that merges never go in a circle."""
    part = "EXISTS (SELECT 1 FROM merges WHERE group_id = NEW.into_group_id)"
    yield Guard("merges_into_roots", "merges", "INSERT", "a group is merged into one that is part of no other", part)
    follows = "EXISTS (SELECT 1 FROM audit_head WHERE position = NEW.position - 1 AND hash = NEW.previous_hash)"
    yield Guard("audit_follows_head", "audit", "INSERT", "an entry follows the newest one", f"NOT {follows}")
    newest = "EXISTS (SELECT 1 FROM audit WHERE position = NEW.position AND hash = NEW.hash)"
    moves_back = f"NEW.position <> OLD.position + 1 OR NOT {newest}"
    yield Guard("audit_head_moves_on", "audit_head", "UPDATE", "the head moves to the newest entry", moves_back)


def _no_replacement() -> Iterator[Guard]:
    """`INSERT OR REPLACE` removes a row without asking the guards against removal: no key is added twice."""
    for table, same in _SAME.items():
        exists = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608  # both stand above
        yield Guard(f"{table}_no_replace", table, "INSERT", f"{table}: it is there already", exists)
