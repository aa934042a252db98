"""Rule files broken on purpose: tests/policy/broken holds one for each defect, and is named for it.

The comments at the head of a file say where it stands among the sound rules (`stands in` or `takes the place of`), and
everything that a load must find, no more and no less: `finds:` what it refuses, `warns:` what it only tells, each as
`code at [file:]line:column, words of the message or the hint`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from linkedaccounts.policy.problems import PolicyRejected, Problem, Severity
from tests.policy.rule_files import RULES, copy_of_rules, found, problems, put

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.yaml"))
PLACE = re.compile(r"^# (stands in|takes the place of): (?P<path>\S+)$", re.MULTILINE)
FINDING = re.compile(
    r"^# (?P<kind>finds|warns): (?P<code>\S+) at ((?P<file>\S+):)?(?P<line>\d+):(?P<column>\d+), (?P<words>.+)$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Finding:
    code: str
    file: str
    line: int
    column: int
    words: str
    severity: Severity

    def describes(self, problem: Problem) -> bool:
        place = problem.place
        here = (self.code, self.file, self.line, self.column) == (problem.code, place.file, place.line, place.column)
        return here and self.severity is problem.severity and self.words in f"{problem.message}\n{problem.hint}"


def place_of(broken: Path) -> str:
    stands = PLACE.search(broken.read_text(encoding="latin-1"))
    assert stands, f"{broken.name} does not say where it stands"
    return stands["path"]


def findings_of(broken: Path) -> list[Finding]:
    text = broken.read_bytes().decode("utf-8", errors="replace")
    return [
        Finding(
            each["code"],
            each["file"] or place_of(broken),
            int(each["line"]),
            int(each["column"]),
            each["words"],
            Severity.ERROR if each["kind"] == "finds" else Severity.WARNING,
        )
        for each in FINDING.finditer(text)
    ]


@cache
def loaded_with(broken: Path) -> tuple[Problem, ...]:
    """What a load of the sound rules with a broken file among them finds."""
    with TemporaryDirectory() as directory:
        rules = copy_of_rules(Path(directory))
        put(rules, place_of(broken), broken.read_bytes())
        return found(rules)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_told_exactly_its_defects(broken: Path) -> None:
    expected = findings_of(broken)

    told = loaded_with(broken)

    assert expected
    listed = "\n".join(str(problem) for problem in told)
    assert len(told) == len(expected), listed
    assert all(any(finding.describes(problem) for problem in told) for finding in expected), listed


@pytest.mark.parametrize("broken", BROKEN, ids=lambda path: path.stem)
def test_every_problem_is_said_in_an_editors_words(broken: Path) -> None:
    for problem in loaded_with(broken):
        assert not problem.message.endswith(".")
        assert problem.message[0] == "`" or not problem.message[0].isupper() or problem.message[:3].isupper()
        assert not re.search(r"Error|Exception|None\b|Traceback|linkedaccounts", f"{problem.message} {problem.hint}")


SERVING = [broken for broken in BROKEN if all(each.severity is Severity.WARNING for each in findings_of(broken))]


@pytest.mark.parametrize("broken", SERVING, ids=lambda path: path.stem)
def test_what_a_warning_shows_is_a_case_that_holds(broken: Path, tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    put(rules, place_of(broken), broken.read_bytes())
    for number, problem in enumerate(loaded_with(broken)):
        if problem.counterexample:
            put(rules, f"tests/shown-{number}.yaml", problem.counterexample)

    assert problems(rules) == ()


def test_the_case_of_two_rules_that_are_not_ordered_holds_once_they_are(tmp_path: Path) -> None:
    broken = Path(__file__).parent / "broken/outcomes-not-ordered.yaml"
    (problem,) = loaded_with(broken)
    rules = copy_of_rules(tmp_path)
    mended = broken.read_text(encoding="utf-8").replace("at 12:5", "").rpartition("overrides: [")
    put(rules, place_of(broken), "".join([*mended[:2], "free-in-europe, ", mended[2]]))
    put(rules, "tests/shown.yaml", problem.counterexample)

    assert "both match where store.home true and store.region europe" in problem.hint
    assert problems(rules) == ()


def test_every_defect_that_must_be_caught_has_a_file() -> None:
    codes = {finding.code for broken in BROKEN for finding in findings_of(broken)}

    assert codes >= {
        "adds-nothing",
        "allows-otherwise",
        "allows-what-is-refused",
        "always-overridden",
        "bad-example",
        "bad-placeholder",
        "bad-yaml",
        "breaks-invariant",
        "case-fails",
        "condition-too-big",
        "date-gap",
        "date-order",
        "date-overlap",
        "duplicate-id",
        "duplicate-key",
        "effect-out-of-place",
        "float-money",
        "impossible-facts",
        "missing-decision",
        "missing-field",
        "missing-language",
        "missing-placeholder",
        "never-asked",
        "never-holds",
        "never-matches",
        "no-outcome",
        "override-cycle",
        "overlapping-rules",
        "plan-not-in-force",
        "redundant-rule",
        "unknown-currency",
        "unknown-effect",
        "unknown-field",
        "unknown-language",
        "unknown-operator",
        "unknown-override",
        "unknown-placeholder",
        "unknown-region",
        "unknown-value",
        "unordered",
        "unsafe-pattern",
        "wrong-order",
        "wrong-type",
    }


@pytest.mark.parametrize("path", sorted(path.relative_to(RULES).as_posix() for path in RULES.rglob("*.yaml")))
def test_a_file_that_cannot_be_read_is_not_blamed_on_the_others(path: str, tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    put(rules, path, (rules / path).read_text(encoding="utf-8") + "\n  [unclosed: ")

    assert [(problem.place.file, problem.code) for problem in problems(rules)] == [(path, "bad-yaml")]


def test_problems_of_several_files_are_listed_in_one_run(tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    put(rules, "fees/charging.yaml", "decision: charging\ncombine: [\n")
    put(rules, "fees/more.yaml", "rules_of: charging\nrules: 7\n")
    put(rules, "tests/more.yaml", "cases_of: &charging charging\n")
    put(rules, "catalogue/more.yaml", "stores: {XX: {name: {en: Testland}}}\n")

    assert {problem.place.file for problem in problems(rules)} == {
        "catalogue/more.yaml",
        "fees/charging.yaml",
        "fees/more.yaml",
        "tests/more.yaml",
    }


def test_one_fault_in_the_catalogue_is_one_problem_and_not_one_in_every_rule_besides(tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    stores = (rules / "catalogue/stores.yaml").read_text(encoding="utf-8")
    put(rules, "catalogue/stores.yaml", stores.replace("39.99 USD", "39.99"))

    assert [problem.code for problem in problems(rules)] == ["float-money"]


def test_a_directory_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    assert [problem.code for problem in problems(tmp_path / "nowhere")] == ["no-directory"]


def test_a_directory_without_rule_files_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "readme.txt", "nothing here")
    put(tmp_path, ".hidden/charging.yaml", "decision: charging")

    assert [problem.code for problem in problems(tmp_path)] == ["no-files"]


def test_a_problem_shows_its_place_its_line_a_caret_and_a_remedy(tmp_path: Path) -> None:
    rules = copy_of_rules(tmp_path)
    put(rules, "fees/more.yaml", "rules_of: charging\nrules:\n  - {id: 免费, then: nothing, reason: X}\n")

    rejected = PolicyRejected(problems(rules))

    assert "\n\n".join(str(rejected).split("\n\n")[2:3]) == (
        "fees/more.yaml:3:10: `免费` is no id: small letters, digits and dashes, at most 64 [wrong-type]\n"
        "      - {id: 免费, then: nothing, reason: X}\n"
        "             ^"
    )
    assert (
        "fees/more.yaml:3:20: there is no effect `nothing` [unknown-effect]\n"
        "      - {id: 免费, then: nothing, reason: X}\n"
        "                         ^\n"
        "    did you mean `charge_nothing`?"
    ) in str(rejected)
