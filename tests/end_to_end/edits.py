"""Edits of rule files as pages of the documentation have them: made on a copy of the rules, as a reader would."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.read import rule_files
from linkedaccounts.policy.source import SourceFile
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.workbench.format import read_one
from linkedaccounts.workbench.gate import admitted_of

FENCED = re.compile(r"^```(?P<kind>\S+)\n(?P<content>.*?)^```$", flags=re.DOTALL | re.MULTILINE)
EDIT = re.compile(
    r"^`(?P<path>[\w/.-]+\.yaml)`[^\n]*:\n\n```(?P<kind>diff|yaml)\n(?P<content>.*?)^```$", re.DOTALL | re.MULTILINE
)

book = cache(packaged_rate_book)


def admitted(rules: Path) -> Policy:
    """As a service admits a directory of rules, with fewer quotes tried; what did not change is read once."""
    files = [_read(path.relative_to(rules).as_posix(), path.read_bytes()) for path in sorted(rule_files(rules))]
    return admitted_of(files, (), book(), quotes=0)


@cache
def _read(path: str, content: bytes) -> SourceFile:
    return read_one(path, content)


def blocks(page: str, kind: str) -> list[str]:
    """What stands in the fenced blocks of a kind, without the last end of line."""
    return [block["content"].rstrip("\n") for block in FENCED.finditer(page) if block["kind"] == kind]


def edited(rules: Path, page: str) -> None:
    """Makes every edit of a page: a diff in the file named above it, or a whole new file."""
    edits = list(EDIT.finditer(page))
    assert edits
    for edit in edits:
        file = rules / edit["path"]
        if edit["kind"] == "diff":
            _patch(file, edit["content"])
        else:
            file.write_text(edit["content"], "utf-8")


def _patch(file: Path, diff: str) -> None:
    text = file.read_text("utf-8")
    for hunk in diff.split("...\n"):
        lines = hunk.splitlines()
        before = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
        after = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
        assert text.count(before) == 1, f"this stands {text.count(before)} times in {file}:\n{before}"
        text = text.replace(before, after)
    file.write_text(text, "utf-8")
