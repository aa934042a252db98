"""The kept book outlives restarts and crashes, and never stops a start."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import structlog

from linkedaccounts.application.rate_books import (
    BookNotKept,
    BookRejected,
    RateBookKeeper,
    RefreshRates,
)
from linkedaccounts.storage.ecb_file import read_ecb_file
from linkedaccounts.storage.kept_rate_book import KeptRateBook
from linkedaccounts.storage.published_rate_book import fetch_published_book

PACKAGED = b"Date,USD,JPY,\n2019-09-30,1.0889,117.59,\n2019-09-27,1.0935,118.21,\n"
NEWER = PACKAGED.replace(b"JPY,\n", b"JPY,\n2019-10-01,1.0898,117.93,\n", 1)
NEWEST = NEWER.replace(b"JPY,\n", b"JPY,\n2019-10-02,1.0925,117.68,\n", 1)
OLDER = PACKAGED.replace(b"2019-09-30,1.0889,117.59,\n", b"")
DAMAGED = NEWER.replace(b"1.0898", b"1.08x8")


class Warnings(list[tuple[str, dict[str, str]]]):
    def __call__(self, event: str, **fields: str) -> None:
        self.append((event, fields))


@pytest.fixture
def warnings() -> Warnings:
    return Warnings()


@pytest.fixture
def kept(tmp_path: Path, warnings: Warnings) -> KeptRateBook:
    return KeptRateBook(tmp_path / "data", warnings)


def _keeper(kept: KeptRateBook) -> RateBookKeeper:
    return RateBookKeeper(read_ecb_file(PACKAGED).book, kept)


def _keep(kept: KeptRateBook, text: bytes) -> None:
    with kept.exclusively():
        kept.keep(read_ecb_file(text))


def _put(kept: KeptRateBook, text: bytes) -> None:
    kept.path.parent.mkdir(parents=True, exist_ok=True)
    kept.path.write_bytes(text)


def _refresh(kept: KeptRateBook) -> RefreshRates:
    return RefreshRates(fetch_published_book, kept, _keeper(kept), lambda: date(2019, 10, 3))


def _in_another_process(tmp_path: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    prelude = (
        "import sys, os\nfrom pathlib import Path\n"
        "from linkedaccounts.storage.ecb_file import read_ecb_file\n"
        "from linkedaccounts.storage.kept_rate_book import KeptRateBook\n"
        "kept, text = KeptRateBook(Path(sys.argv[1])), Path(sys.argv[2]).read_bytes()\n"
    )
    return subprocess.run(
        [sys.executable, "-c", prelude + code, str(tmp_path / "data"), *arguments],
        check=False,
        capture_output=True,
        text=True,
    )


KEEP = "with kept.exclusively(): kept.keep(read_ecb_file(text))\n"


def test_nothing_kept_is_no_book_and_no_warning(kept: KeptRateBook, warnings: Warnings) -> None:
    assert kept.load() is None
    assert kept.stamp() is None
    assert _keeper(kept).current.last_day == date(2019, 9, 30)
    assert not _keeper(kept).is_kept
    assert warnings == []


def test_what_is_kept_is_the_published_file_byte_by_byte(kept: KeptRateBook) -> None:
    _keep(kept, NEWER)
    assert kept.path.read_bytes() == NEWER


def test_a_kept_book_outlives_a_restart(kept: KeptRateBook, tmp_path: Path) -> None:
    _keep(kept, NEWER)
    after = _keeper(KeptRateBook(tmp_path / "data"))
    assert after.current.last_day == date(2019, 10, 1)
    assert after.is_kept


def test_a_packaged_book_that_is_newer_than_the_kept_one_wins(kept: KeptRateBook) -> None:
    _keep(kept, OLDER)
    assert _keeper(kept).current.last_day == date(2019, 9, 30)
    assert not _keeper(kept).is_kept


def test_of_two_books_that_end_on_one_day_the_kept_one_wins_for_its_corrections(kept: KeptRateBook) -> None:
    _keep(kept, PACKAGED.replace(b"1.0889", b"1.0890"))
    assert str(_keeper(kept).current.per_base(date(2019, 9, 30))["USD"]) == "1.0890"


def test_a_damaged_kept_file_is_set_aside_with_a_warning_and_the_start_goes_on(
    kept: KeptRateBook, warnings: Warnings
) -> None:
    _put(kept, DAMAGED)
    assert _keeper(kept).current.last_day == date(2019, 9, 30)
    aside = kept.path.with_name("eurofxref-hist.csv.damaged")
    assert aside.read_bytes() == DAMAGED
    assert not kept.path.exists()
    [(event, fields)] = warnings
    assert event == "kept_rates_damaged"
    assert fields["set_aside"] == str(aside)
    assert "line 2, column USD: `1.08x8`" in fields["problem"]


def test_after_damage_a_new_book_can_be_kept(kept: KeptRateBook) -> None:
    _put(kept, DAMAGED)
    keeper = _keeper(kept)
    _keep(kept, NEWER)
    assert keeper.refresh_from_disk()
    assert keeper.current.last_day == date(2019, 10, 1)


def test_a_damaged_file_that_cannot_be_set_aside_is_passed_over(kept: KeptRateBook, warnings: Warnings) -> None:
    _put(kept, DAMAGED)
    (kept.path.parent / ".lock").mkdir()
    assert _keeper(kept).current.last_day == date(2019, 9, 30)
    assert kept.path.read_bytes() == DAMAGED
    assert [fields["set_aside"] for _, fields in warnings] == [str(kept.path)]


def test_a_sound_file_put_in_place_of_a_damaged_one_meanwhile_is_not_set_aside(
    kept: KeptRateBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(kept, DAMAGED)
    real, replacements = kept._read, iter([NEWER])

    def read_and_then_replaced() -> object:
        try:
            return real()
        finally:
            for text in replacements:
                _put(kept, text)

    monkeypatch.setattr(kept, "_read", read_and_then_replaced)
    assert kept.load() is None
    assert kept.path.read_bytes() == NEWER


def test_what_cannot_be_read_at_all_does_not_stop_a_start(kept: KeptRateBook, warnings: Warnings) -> None:
    kept.path.mkdir(parents=True)
    assert _keeper(kept).current.last_day == date(2019, 9, 30)
    assert [event for event, _ in warnings] == ["kept_rates_unreadable"]


def test_a_data_directory_that_cannot_be_made_stops_no_start_but_a_refresh(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "newer.csv").write_bytes(NEWER)
    refresh = _refresh(KeptRateBook(tmp_path / "file"))
    with pytest.raises(BookNotKept, match=r"no rate book can be kept in .*file/rates: Not a directory"):
        refresh(str(tmp_path / "newer.csv"))


def test_a_disk_that_fails_leaves_the_old_book(kept: KeptRateBook, monkeypatch: pytest.MonkeyPatch) -> None:
    _keep(kept, PACKAGED)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BookNotKept, match="No space left on device"):
        _keep(kept, NEWER)
    assert kept.path.read_bytes() == PACKAGED


def test_a_crash_between_writing_and_renaming_leaves_the_old_book_and_the_next_refresh_works(
    kept: KeptRateBook, tmp_path: Path
) -> None:
    _keep(kept, PACKAGED)
    (tmp_path / "newer.csv").write_bytes(NEWER)
    crash = "Path.replace = lambda *_: os._exit(9)\n" + KEEP
    assert _in_another_process(tmp_path, crash, str(tmp_path / "newer.csv")).returncode == 9
    assert kept.path.read_bytes() == PACKAGED
    assert _keeper(kept).current.last_day == date(2019, 9, 30)
    _keep(kept, NEWER)
    assert sorted(path.name for path in kept.path.parent.iterdir()) == [".lock", "eurofxref-hist.csv"]


def test_a_book_kept_by_another_process_is_followed(kept: KeptRateBook, tmp_path: Path) -> None:
    keeper = _keeper(kept)
    (tmp_path / "newer.csv").write_bytes(NEWER)
    done = _in_another_process(tmp_path, KEEP, str(tmp_path / "newer.csv"))
    assert (done.returncode, done.stderr) == (0, "")
    assert keeper.refresh_from_disk()
    assert keeper.current.last_day == date(2019, 10, 1)
    assert not keeper.refresh_from_disk()


def test_while_one_process_replaces_the_book_another_cannot(kept: KeptRateBook) -> None:
    with kept.exclusively(), (kept.path.parent / ".lock").open() as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with (kept.path.parent / ".lock").open() as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_slow_refresh_does_not_undo_a_newer_one_of_another_process(kept: KeptRateBook, tmp_path: Path) -> None:
    (tmp_path / "newer.csv").write_bytes(NEWER)
    (tmp_path / "newest.csv").write_bytes(NEWEST)
    keeper = _keeper(kept)

    def overtaken(source: str) -> object:
        assert _in_another_process(tmp_path, KEEP, str(tmp_path / "newest.csv")).returncode == 0
        return fetch_published_book(source)

    refresh = RefreshRates(overtaken, kept, keeper, lambda: date(2019, 10, 3))  # type: ignore[arg-type]
    with pytest.raises(BookRejected, match="it ends on 2019-10-01, the current book on 2019-10-02"):
        refresh(str(tmp_path / "newer.csv"))
    assert kept.path.read_bytes() == NEWEST
    assert keeper.current.last_day == date(2019, 10, 2)


def test_a_refresh_is_kept_and_used(kept: KeptRateBook, tmp_path: Path) -> None:
    (tmp_path / "newer.csv").write_bytes(NEWER)
    _refresh(kept)(str(tmp_path / "newer.csv"))
    assert kept.path.read_bytes() == NEWER


def test_a_service_warns_in_its_log(tmp_path: Path) -> None:
    kept = KeptRateBook(tmp_path)
    _put(kept, DAMAGED)
    with structlog.testing.capture_logs() as logs:
        assert kept.load() is None
    assert [(line["event"], line["log_level"]) for line in logs] == [("kept_rates_damaged", "warning")]
