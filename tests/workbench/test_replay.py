"""A recorded decision comes out the same by the policy that made it, or the replay says what does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import orjson
import pytest

from linkedaccounts.application.decision_line import LineWriter, RecordedCall
from linkedaccounts.application.decision_record import DecisionMade
from linkedaccounts.application.new_store import NewStore
from linkedaccounts.policy.model import FactValue
from linkedaccounts.policy.policy import Policy
from linkedaccounts.workbench.records.ranges import ranges_of
from linkedaccounts.workbench.records.reading import CannotReplay, Place
from linkedaccounts.workbench.replay import Replayed, replay

CALL = RecordedCall(0, "call", "/a.Service/Method")
DAY = date(2019, 9, 30)


def replayed(file: Path, policy: Policy, most_bytes: int = 4096) -> Replayed:
    def load(version: str) -> Policy:
        if version != policy.version:
            raise CannotReplay("no such version")
        return policy

    found = Replayed()
    for _, so_far in replay(ranges_of([file], most_bytes), load):
        found = so_far
    return found


def reasons(found: Replayed) -> dict[str, tuple[int, Place]]:
    return {reason: (noted.count, noted.first) for reason, noted in found.reading.unplayed.items()}


def test_quotes_come_out_as_they_were_recorded(record: Path, policy: Policy) -> None:
    found = replayed(record, policy)
    assert found.reading.replayed == {"quote": 300}
    assert (found.mismatched, found.reading.skipped, found.versions) == (0, 0, {policy.version})


@pytest.mark.parametrize("most_bytes", [1, 700, 100_000])
def test_each_line_is_read_once_wherever_the_ranges_are_cut(most_bytes: int, tmp_path: Path, policy: Policy) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"no line\n\n" * 60 + b"x" * 300 + b"\nthe last")
    assert reasons(replayed(file, policy, most_bytes)) == {"the line is damaged": (122, Place(str(file), 1))}


def test_a_changed_amount_is_a_mismatch_with_its_place(record: Path, policy: Policy) -> None:
    content = record.read_bytes().splitlines(keepends=True)
    content[150] = content[150].replace(b'"fee":', b'"fee":1')
    record.write_bytes(b"".join(content))
    found = replayed(record, policy)
    assert found.mismatched == 1
    assert found.mismatches[0].place == Place(str(record), 151)
    assert found.mismatches[0].recorded.outcome != found.mismatches[0].replayed


def test_what_cannot_be_replayed_is_said_with_the_reason_and_the_first_place(record: Path, policy: Policy) -> None:
    good = record.read_bytes().splitlines(keepends=True)[:3]
    other_version = good[0].replace(policy.version.encode(), b"0" * 64)
    store = orjson.loads(good[1])["facts"]["stores"][0]["store"].encode()
    no_store = good[1].replace(b'"%s"' % store, b'"XX"')
    bad: list[bytes] = [b'{"schema":2}\n', other_version, other_version, b"[]\n", b"{}\n", no_store, good[2][:400]]
    record.write_bytes(b"".join([*good, *bad]))
    found = replayed(record, policy)
    assert found.reading.replayed == {"quote": 3}
    assert found.mismatched == 0
    said = reasons(found)
    assert said["the line has schema 2, which this version does not know"] == (1, Place(str(record), 4))
    assert said["no such version"] == (2, Place(str(record), 5))
    assert said["the line is damaged"] == (3, Place(str(record), 7))
    assert said["the policy has no store XX"] == (1, Place(str(record), 9))


def test_what_the_service_lost_is_counted(record: Path, policy: Policy) -> None:
    with record.open("ab") as file:
        file.write(b'{"schema":1,"lost":7,"since":"2019-09-30T12:00:00.000Z","until":"2019-09-30T12:00:01.000Z"}\n')
    assert replayed(record, policy).reading.lost == 7


def linking(policy: Policy) -> dict[str, FactValue]:
    return {
        "actor.role": "administrator",
        "actor.organisation": "owner",
        "account.store": "US",
        "account.region": "north_america",
        "account.status": "active",
        "account.in_group": False,
        "account.store_shared": False,
        "action.day": DAY,
        "action.account_count": 2,
    }


def registering(policy: Policy) -> dict[str, FactValue]:
    store = policy.catalogue.stores["MX"]
    terms = store.terms.entries[0].value
    return {
        **NewStore(store, terms).facts(["US"], policy.catalogue.stores),
        "actor.role": "administrator",
        "actor.organisation": "owner",
        "account.status": "active",
        "session.minutes_since_sign_in": 5,
        "registration.business_type": "company",
        "registration.selling_plan": None,
        "action.day": DAY,
    }


@pytest.mark.parametrize(
    ("decision", "facts_of"),
    [
        ("link", linking),
        ("unlink", linking),
        ("register", registering),
        ("fresh_sign_in", registering),
        ("details", registering),
    ],
)
def test_every_other_decision_comes_out_as_recorded_too(
    decision: str, facts_of: Callable[[Policy], dict[str, FactValue]], policy: Policy, tmp_path: Path
) -> None:
    facts = facts_of(policy)
    made = DecisionMade(decision, facts, policy.decisions[decision].decide(facts), policy.version)
    file = tmp_path / "a.jsonl"
    file.write_bytes(LineWriter().line(CALL, made))
    found = replayed(file, policy)
    assert (found.reading.replayed, found.mismatched, reasons(found)) == ({decision: 1}, 0, {})
    assert isinstance(facts.get("store.standard_fee", Decimal(0)), Decimal)
