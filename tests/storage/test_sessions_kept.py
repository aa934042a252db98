"""Sessions, proofs, registrations, kept answers and failed sign-ins."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from linkedaccounts.application.storage_port import KeptAnswer, Writing
from linkedaccounts.domain.sessions import Attempts, Proof
from linkedaccounts.storage.faults import StorageFailed
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.storage.sample import ANN, BOB, NOW, SOON, account, filled, registration, session


@pytest.fixture
def begun(storage: SqlStorage) -> SqlStorage:
    filled(storage)
    storage.write(lambda writing: writing.add_session(session(), "q1"))
    return storage


def test_a_session_is_found_by_id_and_by_what_began_it(begun: SqlStorage) -> None:
    assert begun.read(lambda reading: reading.session("s1")) == session()
    assert begun.read(lambda reading: reading.session_begun_by(ANN.id, "q1")) == session()
    assert begun.read(lambda reading: reading.session_begun_by(BOB.id, "q1")) is None
    assert begun.read(lambda reading: reading.session("none")) is None


def test_a_request_begins_one_session(begun: SqlStorage) -> None:
    with pytest.raises(StorageFailed):
        begun.write(lambda writing: writing.add_session(session("s2"), "q1"))


def test_a_session_is_renewed(begun: SqlStorage) -> None:
    renewed = replace(session(), generation=2, renewed_at=SOON, renewed_by="q2")

    begun.write(lambda writing: writing.renew_session(renewed))

    assert begun.read(lambda reading: reading.session("s1")) == renewed
    with pytest.raises(LookupError):
        begun.write(lambda writing: writing.renew_session(session("none")))


def test_a_session_ends_once(begun: SqlStorage) -> None:
    begun.write(lambda writing: writing.end_session("s1", NOW))
    begun.write(lambda writing: writing.end_session("s1", SOON))

    assert begun.read(lambda reading: reading.session("s1")) == replace(session(), ended_at=NOW)


def test_the_newest_proof_of_a_user_counts_until_it_expires(begun: SqlStorage) -> None:
    later = Proof("s1", BOB.id, SOON + timedelta(minutes=1))

    def prove(writing: Writing) -> None:
        writing.add_proof(Proof("s1", BOB.id, SOON))
        writing.add_proof(Proof("s1", ANN.id, SOON))
        writing.add_proof(later)

    begun.write(prove)

    assert begun.read(lambda reading: reading.proofs("s1", NOW)) == [Proof("s1", ANN.id, SOON), later]
    assert begun.read(lambda reading: reading.proofs("s1", SOON)) == [later]
    assert begun.read(lambda reading: reading.proofs("s2", NOW)) == []


def test_open_registrations_are_those_that_can_be_completed_still(storage: SqlStorage) -> None:
    filled(storage)
    done = replace(registration("done"), account="c")
    expired = replace(registration("expired"), expires_at=NOW)
    kept = [registration("r2", "b", "CA"), registration("r1", "a"), done, expired, registration("elsewhere", "d")]

    def add(writing: Writing) -> None:
        for one in kept:
            writing.add_registration(one)

    storage.write(add)

    assert storage.read(lambda reading: reading.open_registrations(["a", "b"], NOW)) == kept[:2]
    assert storage.read(lambda reading: reading.registration("done")) == done
    assert storage.read(lambda reading: reading.registration("none")) is None


def test_a_registration_keeps_its_details_and_its_account(storage: SqlStorage) -> None:
    filled(storage)
    storage.write(lambda writing: writing.add_registration(registration()))
    completed = replace(registration(), details={"tax_id": "RFC-é-税", "phone": ""}, account="n")

    def complete(writing: Writing) -> None:
        writing.add_account(account("n", "MX"), NOW)
        writing.save_registration(completed)

    storage.write(complete)

    assert storage.read(lambda reading: reading.registration("r1")) == completed
    with pytest.raises(LookupError):
        storage.write(lambda writing: writing.save_registration(registration("none")))


def test_an_answer_is_kept_once_for_each_scope_and_request(storage: SqlStorage) -> None:
    answer = KeptAnswer("f", '{"a": "é"}')
    storage.write(lambda writing: writing.keep_answer("ann", "q1", answer, NOW))
    storage.write(lambda writing: writing.keep_answer("bob", "q1", KeptAnswer("g", "{}"), NOW))

    assert storage.read(lambda reading: reading.kept_answer("ann", "q1")) == answer
    assert storage.read(lambda reading: reading.kept_answer("ann", "q2")) is None
    with pytest.raises(StorageFailed):
        storage.write(lambda writing: writing.keep_answer("ann", "q1", answer, NOW))


def test_failed_sign_ins_are_counted_and_forgotten(storage: SqlStorage) -> None:
    def keep(attempts: Attempts | None) -> Attempts | None:
        storage.write(lambda writing: writing.set_attempts("key", attempts))
        return storage.read(lambda reading: reading.attempts("key"))

    for attempts in (Attempts(1, NOW), Attempts(2, SOON), None, Attempts(1, SOON)):
        assert keep(attempts) == attempts
    assert storage.read(lambda reading: reading.attempts("another")) is None


def test_a_moment_comes_back_in_utc_and_must_know_its_offset(storage: SqlStorage) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=8)))
    storage.write(lambda writing: writing.set_attempts("key", Attempts(1, elsewhere)))

    kept = storage.read(lambda reading: reading.attempts("key"))

    assert kept is not None
    assert (kept.last_at, kept.last_at.utcoffset()) == (NOW, timedelta())
    naive: datetime = NOW.replace(tzinfo=None)
    with pytest.raises(Exception, match="offset"):
        storage.write(lambda writing: writing.set_attempts("key", Attempts(1, naive)))
