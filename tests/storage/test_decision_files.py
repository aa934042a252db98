"""Recorded decisions take so much room and no more, and no half line stays behind, whatever the disk does."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from linkedaccounts.storage.decision_files import Bounds, DecisionFiles

LINE = b'{"a":' + b"1" * 94 + b"}\n"  # 100 bytes and one
SMALL = Bounds(file=1010, total=5050)


def files_in(directory: Path) -> list[Path]:
    return sorted(directory.glob("decisions-*.jsonl"))


def test_a_full_file_is_followed_by_another_and_the_oldest_make_room(tmp_path: Path) -> None:
    files = DecisionFiles(tmp_path, SMALL)
    for number in range(100):
        files.append(LINE.replace(b"1", str(number % 10).encode()))
        assert sum(file.stat().st_size for file in files_in(tmp_path)) <= SMALL.total
    assert [file.stat().st_size for file in files_in(tmp_path)] == [1010] * 5


def test_what_another_process_writes_to_is_never_deleted_and_room_is_kept_for_it(tmp_path: Path) -> None:
    other, files = DecisionFiles(tmp_path, SMALL), DecisionFiles(tmp_path, SMALL)
    other.append(LINE)
    (kept,) = files_in(tmp_path)
    for _ in range(200):
        files.append(LINE)
    assert kept.read_bytes() == LINE
    assert len(files_in(tmp_path)) == 5
    other.close()
    for _ in range(50):
        files.append(LINE)
    assert not kept.exists()


def test_a_new_process_begins_a_file_of_its_own(tmp_path: Path) -> None:
    for _ in range(2):
        DecisionFiles(tmp_path, SMALL).append(LINE)
    assert [file.read_bytes() for file in files_in(tmp_path)] == [LINE, LINE]


def test_of_lines_that_do_not_fit_on_the_disk_nothing_stays_behind(tmp_path: Path) -> None:
    room = [len(LINE) + 30]

    def fills_up(file: int, content: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = os.write(file, content[: room[0]])
        room[0] -= written
        return written

    files = DecisionFiles(tmp_path, SMALL, fills_up)
    files.append(LINE)
    with pytest.raises(OSError, match="No space left"):
        files.append(LINE)
    room[0] = 1000
    files.append(LINE)
    (file,) = files_in(tmp_path)
    assert file.read_bytes() == LINE * 2


def test_the_operating_system_itself_says_that_a_device_is_full(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        files = DecisionFiles(tmp_path, SMALL, lambda _, content: os.write(full.fileno(), content))
        with pytest.raises(OSError, match="No space left"):
            files.append(LINE)


def test_a_process_that_is_killed_leaves_whole_lines(tmp_path: Path) -> None:
    writes = (
        "import sys; from pathlib import Path; from linkedaccounts.storage.decision_files import *\n"
        "files = DecisionFiles(Path(sys.argv[1]), Bounds(10**6, 10**7)); print('begins', flush=True)\n"
        "while True: files.append(b'{\"a\":1}\\n' * 1000)"
    )
    with subprocess.Popen([sys.executable, "-c", writes, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        while not sum(file.stat().st_size for file in files_in(tmp_path)):
            pass
        process.send_signal(signal.SIGKILL)
    lines = b"".join(file.read_bytes() for file in files_in(tmp_path)).split(b"\n")
    assert all(json.loads(line) == {"a": 1} for line in lines[:-1])
    DecisionFiles(tmp_path, Bounds(10, 20)).append(LINE[:10])
    assert sum(file.stat().st_size for file in files_in(tmp_path)) == 10  # nothing of the dead is locked
