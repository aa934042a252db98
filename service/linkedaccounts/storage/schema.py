"""The schema's version: which one a database has, and the way to this release's."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


class SchemaMismatch(Exception):
    """The tables are not those of this release; the text is one line and says what to do."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The version that a database has, None if it has no tables yet, and the one that this release needs."""

    found: str | None
    needed: str
    known: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether this release can work with it."""
        return self.found == self.needed

    @property
    def is_newer(self) -> bool:
        """Whether a later release made it."""
        return self.found is not None and self.found not in self.known

    def require(self) -> None:
        """SchemaMismatch unless it fits."""
        if self.is_newer:
            raise SchemaMismatch(f"the database is at version `{self.found}`, newer than `{self.needed}`; {_UPGRADE}")
        if not self.fits:
            found = f"at version `{self.found}`" if self.found else "empty"
            raise SchemaMismatch(f"the database is {found}, this release needs `{self.needed}`; {_MIGRATE}")


_UPGRADE = "start the release that made it, or a later one"
_MIGRATE = "run `linked-accounts database migrate`"


def schema_of(connection: Connection) -> Schema:
    """The schema's version in a database."""
    scripts = ScriptDirectory.from_config(_config())
    known = tuple(script.revision for script in scripts.walk_revisions())
    found = MigrationContext.configure(connection).get_current_revision()
    return Schema(found, str(scripts.get_current_head()), known)


def migrate(connection: Connection, to: str = "head") -> None:
    """Brings the tables to a version, within the connection's transaction; SchemaMismatch if they are newer."""
    schema = schema_of(connection)
    if schema.is_newer:
        schema.require()
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _config() -> Config:
    config = Config()
    place = resources.files("linkedaccounts.storage").joinpath("migrations")
    config.set_main_option("script_location", str(place).replace("%", "%%"))
    return config
