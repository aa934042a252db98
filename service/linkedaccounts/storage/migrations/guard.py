"""Triggers that refuse what must not happen to a row, on both databases."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Guard:
    """On ``event`` (INSERT, UPDATE, DELETE) of a row of ``table``, refuses where ``when`` holds of OLD and NEW."""

    name: str
    table: str
    event: str
    says: str
    when: str = "1 = 1"


def put_up(connection: Connection, guard: Guard) -> None:
    """Creates the guard's trigger."""
    statements = _on_sqlite(guard) if connection.dialect.name == "sqlite" else _on_postgresql(connection, guard)
    for statement in statements:
        connection.exec_driver_sql(statement)


def forbid_emptying(connection: Connection, table: str, says: str) -> None:
    """Refuses TRUNCATE, which asks no row's trigger; SQLite has no such statement."""
    name = f"{table}_no_truncate"
    body = f"BEGIN {_raise(says)} END"
    connection.exec_driver_sql(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    connection.exec_driver_sql(f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {name}()")


def _on_sqlite(guard: Guard) -> list[str]:
    refuse = f"SELECT RAISE(ABORT, '{guard.says}') WHERE {guard.when};"
    return [f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} BEGIN {refuse} END"]


def _on_postgresql(connection: Connection, guard: Guard) -> list[str]:
    """The function looks for tables in their own schema first, not among the temporary ones of whoever asks."""
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    row = "OLD" if guard.event == "DELETE" else "NEW"
    body = f"BEGIN IF {guard.when} THEN {_raise(guard.says)} END IF; RETURN {row}; END"
    settings = f"LANGUAGE plpgsql SET search_path = {schema}, pg_temp"
    trigger = f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table}"
    return [
        f"CREATE FUNCTION {guard.name}() RETURNS trigger {settings} AS $$ {body} $$",
        f"{trigger} FOR EACH ROW EXECUTE FUNCTION {guard.name}()",
    ]


def _raise(says: str) -> str:
    return f"RAISE EXCEPTION '{says}' USING ERRCODE = 'restrict_violation';"
