"""The rights of the service's role on PostgreSQL, and whether a role has more than these."""

from __future__ import annotations

from sqlalchemy import Connection, text

from linkedaccounts.storage.privileges import PRIVILEGES, READ_ONLY, SEQUENCES, Privilege

PERMANENT = ("accounts", "links", "merges", "audit", "ledger_transactions", "ledger_entries")
_BEYOND = ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER")


def grant(connection: Connection, role: str) -> None:
    """Gives a role that exists what the service needs on every table, and takes whatever else it had on them."""
    name = connection.dialect.identifier_preparer.quote_identifier(role)
    schema = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    connection.execute(text(f"GRANT USAGE ON SCHEMA {schema} TO {name}"))
    connection.execute(text(f"REVOKE ALL ON {READ_ONLY}, {', '.join(PRIVILEGES)} FROM {name}"))
    connection.execute(text(f"GRANT SELECT ON {READ_ONLY} TO {name}"))
    connection.execute(text(f"GRANT USAGE ON SEQUENCE {', '.join(SEQUENCES)} TO {name}"))
    for table, privilege in PRIVILEGES.items():
        connection.execute(text(f"GRANT {', '.join(_rights(privilege))} ON {table} TO {name}"))


def excess(connection: Connection) -> list[str]:
    """What the connection's own role may do to the tables that nothing may be taken from, as in `DELETE on links`."""
    asked = ", ".join(
        f"has_table_privilege('{table}', '{right}') AS \"{right} on {table}\""
        for table in PERMANENT
        for right in _BEYOND
    )
    answers = connection.execute(text(f"SELECT {asked}")).mappings().one()
    return [name for name, has in answers.items() if has]


def _rights(privilege: Privilege) -> list[str]:
    rights = ["SELECT", "INSERT"]
    if privilege.changes:
        rights.append(f"UPDATE ({', '.join(privilege.changes)})")
    if privilege.removes:
        rights.append("DELETE")
    return rights
