from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.policy.version import policy_version
from linkedaccounts.workbench.format import canonical, read_one, says_the_same
from linkedaccounts.workbench.rewrite import rewrite
from tests.policy.rule_files import RULES

HERE = Path(__file__).parent
WRITTEN = sorted((HERE / "written").glob("*.yaml"))
BROKEN = sorted((HERE.parent / "policy" / "broken").glob("*.yaml"))
OURS = sorted(RULES.rglob("*.yaml"))


def reads(path: Path) -> bool:
    try:
        read_one(path.name, path.read_bytes())
    except PolicyRejected:
        return False
    return True


@cache
def readable() -> list[str]:
    """What stands in all files that read, those with a defect of another kind included."""
    return [path.read_text("utf-8-sig") for path in (*OURS, *BROKEN, *WRITTEN) if reads(path)]


def comments(text: str) -> list[str]:
    """Every comment, if none of the file's words has a `#`."""
    return [comment.rstrip() for comment in re.findall("#.*", text)]


def holds_what_is_promised(written: str) -> str:
    """The canonical form, which keeps every comment, is tidy, and is its own canonical form."""
    formatted = canonical("a.yaml", written.encode()).decode()
    assert sorted(comments(formatted)) == sorted(comments(written))
    assert [line for line in formatted.split("\n") if line != line.rstrip()] == []
    assert "\n\n\n" not in formatted
    assert formatted.endswith("\n")
    assert not formatted.endswith("\n\n")
    assert canonical("a.yaml", formatted.encode()).decode() == formatted
    return formatted


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_a_file_is_laid_out_like_the_one_beside_it(path: Path) -> None:
    assert canonical(path.name, path.read_bytes()).decode() == (HERE / "canonical" / path.name).read_text("utf-8")


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_the_rules_that_the_service_comes_with_are_in_canonical_form(path: Path) -> None:
    assert canonical(path.name, path.read_bytes()) == path.read_bytes()


def test_every_file_that_reads_has_a_canonical_form() -> None:
    for written in readable():
        holds_what_is_promised(written)


def test_comments_stay_in_their_order_where_keys_do() -> None:
    for path in (*OURS, *(HERE / "canonical").glob("*.yaml")):
        written = path.read_text("utf-8")
        assert comments(canonical(path.name, written.encode()).decode()) == comments(written)


@pytest.mark.parametrize("seed", range(4))
def test_wherever_a_hurried_editor_breaks_lines_and_comments_nothing_is_lost(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(12):
        written = disturbed(chance.choice(readable()), chance)
        assert version(holds_what_is_promised(written)) == version(written)


def version(text: str) -> str:
    return policy_version([read_one("a.yaml", text.encode())])


def disturbed(written: str, chance: random.Random) -> str:
    """A text with comments, empty lines and line breaks put into it, as long as it says the same."""
    says = version(written)
    for number in range(chance.randint(1, 5)):
        lines = written.split("\n")
        at = chance.randrange(len(lines))
        lines[at : at + 1] = chance.choice(list(disturbances(lines[at], f"# new {number}", chance)))
        try:
            same = version("\n".join(lines)) == says
        except PolicyRejected:
            same = False
        written = "\n".join(lines) if same else written
    return written


def disturbances(line: str, comment: str, chance: random.Random) -> Iterator[list[str]]:
    """What a line may become."""
    indent = " " * (len(line) - len(line.lstrip()))
    deeper = " " * chance.randrange(9)
    perhaps = chance.choice(["", f"  {comment}"])
    yield [deeper + comment, line]
    yield [f"{line}   {comment}"]
    yield ["", line]
    for sign in re.finditer(r"[,{\[]|: |- ", line):
        yield [line[: sign.end()].rstrip() + perhaps, f"{indent}  {deeper}{line[sign.end() :]}"]


def test_invariants_and_cases_say_the_same_too_though_no_version_names_them() -> None:
    written = read_one("a.yaml", b"invariants: [{never: allow, id: a}]\ncases: [{facts: {b: 1, a: NO}}]\n")
    formatted = canonical("a.yaml", b"invariants: [{never: allow, id: a}]\ncases: [{facts: {b: 1, a: NO}}]\n")
    assert says_the_same(written.root, read_one("a.yaml", formatted).root)
    assert not says_the_same(written.root, read_one("a.yaml", formatted.replace(b"NO", b"no")).root)
    assert not says_the_same(written.root, read_one("a.yaml", formatted.replace(b"1", b'"1"')).root)


def test_a_byte_order_mark_and_the_line_ends_of_windows_are_left_out() -> None:
    assert canonical("a.yaml", b"\xef\xbb\xbfcombine: choice \r\ndecision: charging\r\n") == (
        b"decision: charging\ncombine: choice\n"
    )


def test_a_word_that_would_say_something_else_in_brackets_keeps_its_line() -> None:
    formatted = canonical("a.yaml", "regions:\n  north: {name: {en: 'a, b', zh-CN: 北}}\n".encode()).decode()
    assert formatted == "regions:\n  north: {name: {en: 'a, b', zh-CN: 北}}\n"
    formatted = canonical("a.yaml", b"regions:\n  north:\n    name: {en: x}\n    other: a, b\n").decode()
    assert formatted == "regions:\n  north:\n    name: {en: x}\n    other: a, b\n"


def test_a_file_that_does_not_read_is_refused_with_its_place() -> None:
    with pytest.raises(PolicyRejected) as refused:
        canonical("fees/a.yaml", b"decision: [charging\n")
    assert [(problem.code, problem.place.file) for problem in refused.value.problems] == [("bad-yaml", "fees/a.yaml")]


def test_a_file_is_replaced_at_once_and_keeps_its_mode(tmp_path: Path) -> None:
    file, link = tmp_path / "a.yaml", tmp_path / "link.yaml"
    file.write_bytes(b"old")
    file.chmod(0o640)
    link.symlink_to(file)
    rewrite(link, b"new")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new", 0o640)
    assert link.is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.yaml", "link.yaml"]
