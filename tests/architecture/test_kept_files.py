"""What may not get into the repository."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.architecture.sources import GENERATED, ROOT, kept_files

# Written with brackets, so that this file does not name what it looks for.
REGISTRY = re.compile(
    r"pypi[.]org|python[h]osted|npm[j]s[.]|deb[i]an[.]org|crates[.]i[o]|docker[.]i[o]|prox[y][.]golang"
)
SOMEBODYS_FOLDER = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/\w")

pytestmark = pytest.mark.skipif(
    not (ROOT / ".git").exists() or not shutil.which("git"), reason="what git keeps can be told only in a clone"
)


def texts() -> list[tuple[Path, str]]:
    return [(path.relative_to(ROOT), path.read_text(encoding="utf-8", errors="ignore")) for path in kept_files()]


@pytest.mark.parametrize("form", [REGISTRY, SOMEBODYS_FOLDER], ids=["a registry's host", "a folder of one machine"])
def test_no_file_names(form: re.Pattern[str]) -> None:
    found = [f"{path}: {match.group()}" for path, text in texts() for match in form.finditer(text)]

    assert found == []


def test_no_file_names_the_folder_of_this_clone() -> None:
    assert [str(path) for path, text in texts() if f"{ROOT}/" in text] == []


def test_generated_code_is_not_kept() -> None:
    assert [path for path in kept_files() if GENERATED in path.parents] == []


def test_the_root_holds_what_the_layout_says() -> None:
    visible = {path.relative_to(ROOT).parts[0] for path in kept_files()}
    layout = {"pyproject.toml", "README.md", "protos", "service", "rules", "tests", "Dockerfile", "docs", "Makefile"}

    assert {name for name in visible if not name.startswith(".")} <= layout
