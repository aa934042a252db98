"""`linked-accounts policy schema`: what rule files may say, for editors that complete and mark errors."""

from __future__ import annotations

from pathlib import Path

import click

from linkedaccounts.cli.policy.rules_argument import rules_argument


@click.command()
@rules_argument
@click.option("--write", is_flag=True, help="Write them into DIR/.schema, and name one in the first line of each file.")
def schema(directory: Path, write: bool) -> None:
    """Print the JSON Schema of every kind of rule file, by the name of its file, as one JSON object.

    They know the facts, types and comments of the contract, what each decision may do, and the stores, regions,
    currencies, plans and details of DIR, whatever else may be wrong there. With `--write` an editor that has a YAML
    language server completes rule files and marks errors in them as one types. Write them again when a store, region,
    currency, plan or detail is new.

    DIR is what LINKED_ACCOUNTS_RULES names if left out, or else the rules that came with the service.

    Exit codes: 0 printed, or written; 1 a rule file cannot be read, or a file cannot be written; 2 wrong arguments.
    """
    from linkedaccounts.policy.problems import PolicyRejected
    from linkedaccounts.policy.read import read
    from linkedaccounts.workbench.schema.documents import schemas
    from linkedaccounts.workbench.schema.files import stale_files, written

    files, problems = read(directory)
    if problems:
        raise click.ClickException(str(PolicyRejected(problems)))
    if not write:
        click.echo(written(dict(schemas(files))), nl=False)
        return
    stale = list(stale_files(directory, files))
    try:
        for path, content in stale:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from None
    click.echo("\n".join(["written:", *(f"  {path}" for path, _ in stale)]) if stale else "all schemas are up to date")
