"""Whatever the bytes of a rule file are: a load ends, with a policy or with what is wrong."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from linkedaccounts.policy.problems import PolicyRejected
from tests.policy.rule_files import RULES, copy_of_rules, put, sound

FILES = sorted(path.relative_to(RULES).as_posix() for path in RULES.rglob("*.yaml"))
ROUNDS = int(os.environ.get("LINKED_ACCOUNTS_FUZZ_ROUNDS", "20"))
"""How often each file is damaged; more on demand."""

ODD = (
    *(
        "{",
        "}",
        "[",
        "]",
        ":",
        "- ",
        "&a ",
        "*a",
        "!!int ",
        "!!bool ",
        "!",
        "%YAML 1.1\n",
        "\t",
        "\x00",
        "\x85",
        "\u2028",
    ),
    *(
        "'",
        '"',
        "|",
        ">",
        "#",
        "---\n",
        "...\n",
        "null",
        "~",
        "0x1F",
        "1e309",
        "-1",
        "9" * 40,
        "2019-02-30",
        "0001-01-01",
    ),
    *("9999-12-31", "true", "NO", "<<", "? ", "{store!x}", '"\\UFFFFFFFF"', "unknown", "not", "any", "between", "KWD"),
    *(
        "\ufeff",
        "from",
        "through",
        "overrides",
        "order",
        "when: {}",
        "- -",
        "%TAG ! x\n",
        "%YAML 9999999999999.1\n---\n",
    ),
)


def damaged(content: bytes, chance: random.Random) -> bytes:
    """The content with one to four slips of bytes, words or lines."""
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        content = chance.choice([_byte, _cut, _insert, _word, _line])(content, chance) or b" "
    return content


def _byte(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]


def _cut(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + content[at + chance.randrange(1, 30) :]


def _insert(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(ODD).encode() + content[at:]


def _word(content: bytes, chance: random.Random) -> bytes:
    words = content.split(b" ")
    words[chance.randrange(len(words))] = chance.choice(ODD).encode()
    return b" ".join(words)


def _line(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            del lines[one]
        case 1:
            lines.insert(one, lines[other])
        case 2:
            lines[one], lines[other] = lines[other], lines[one]
        case _:
            lines[one] = b" " * chance.randrange(4) + lines[one]
    return b"\n".join(lines)


def rejection(rules: Path) -> PolicyRejected | None:
    """Why a directory of rules is refused; None for one that is sound."""
    try:
        sound(rules)
    except PolicyRejected as rejected:
        return rejected
    return None


@pytest.mark.parametrize("path", FILES)
def test_a_damaged_file_gives_a_whole_policy_or_what_is_wrong(path: str, tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    content = (rules / path).read_bytes()
    for seed in range(ROUNDS):
        put(rules, path, damaged(content, random.Random(f"{path} {seed}")))
        rejected = rejection(rules)
        assert rejected is None or rejected.problems, f"seed {seed}"
        assert rejected is None or str(rejected), f"seed {seed}"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\x00", id="a zero byte"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(b"a: " + b"[" * 3000, id="thousands of brackets"),
        pytest.param(b"x" * 100_000 + b": 1", id="an endless word"),
        pytest.param(b'a: "\\UFFFFFFFF"', id="a character that there is not"),
        pytest.param(b"%YAML 99999999999999999999.1\n---\na: 1", id="a YAML of the far future"),
        pytest.param(b"a: &a [*a]", id="a list that holds itself"),
        pytest.param(b"{[a]: {}, {}: []}", id="lists and mappings as keys"),
        pytest.param(b"rules_of: charging\nrules: [null, 1, [], {}]", id="rules that are none"),
        pytest.param(
            b"stores: {US: null, '': {}}\ncurrencies: []\nregions: 1\nplans: {a: {terms: {}}}", id="no sections"
        ),
    ],
)
def test_odd_content_is_refused(content: bytes, tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    put(rules, "odd.yaml", content)

    with pytest.raises(PolicyRejected):
        sound(rules)
