"""Every policy that ever served, by its version: what it decided can be decided again, and it can serve again."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from linkedaccounts.application.keep_policy import PolicyNotKept
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.model import PolicyFile
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.read import rule_files
from linkedaccounts.storage.durable_file import sync_folder, write_file

_VERSION = re.compile(r"[0-9a-f]{64}")


class NotInArchive(Exception):
    """The archive has no such version, or what stands under its name is another policy; the text says which."""


class PolicyArchive:
    """A directory with a folder for each version, which holds its rule files and their tests, byte for byte as read.

    A folder appears whole, by a rename, and is never written to again: several processes may keep one version at once.
    Layout, comments and tests change no version; of the directories that have one version the first stays.
    """

    def __init__(self, directory: Path) -> None:
        """Nothing is made or read before it is needed."""
        self._directory = directory

    def keep(self, policy: Policy) -> Path:
        """The folder of the policy, from now on there after a loss of power too; PolicyNotKept says why not."""
        return self._kept(policy, self._directory / policy.version)

    def stage(self, policy: Policy) -> Path:
        """A folder of exactly the policy's files, for other processes to load; PolicyNotKept.

        That of its version, or one beside it if that was kept with other comments, layout or tests.
        """
        kept, content = self.keep(policy), {file.path: file.content for file in policy.files}
        if {path.relative_to(kept).as_posix(): path.read_bytes() for path in rule_files(kept)} == content:
            return kept
        digest = hashlib.sha256(repr(sorted(content.items())).encode()).hexdigest()
        return self._kept(policy, self._directory / f".{digest}")

    def versions(self) -> tuple[str, ...]:
        """The versions that are kept, the first kept one first."""
        kept = self._directory.iterdir() if self._directory.is_dir() else ()
        folders = [folder for folder in kept if _VERSION.fullmatch(folder.name) and folder.is_dir()]
        return tuple(folder.name for folder in sorted(folders, key=lambda one: (one.stat().st_mtime_ns, one.name)))

    def path(self, version: str) -> Path:
        """The folder of a version; NotInArchive if there is none. ``load`` checks what is in it."""
        place = self._directory / version
        if not (_VERSION.fullmatch(version) and place.is_dir()):
            raise NotInArchive(f"no policy of version {version} is kept in {self._directory}")
        return place

    def load(self, version: str) -> Policy:
        """The policy of a version: checked, compiled and tested like any, and held to have that very version.

        NotInArchive; PolicyRejected if the files were damaged, or no longer pass the checks of today's service.
        """
        policy = load_policy(self.path(version))
        if policy.version != version:
            raise NotInArchive(f"the files in {self.path(version)} were changed: they are version {policy.version}")
        return policy

    def _kept(self, policy: Policy, place: Path) -> Path:
        try:
            if not place.is_dir():
                self._write(policy.files, place)
        except OSError as problem:
            raise PolicyNotKept(str(self._directory), problem.strerror or str(problem)) from problem
        return place

    def _write(self, files: Iterable[PolicyFile], place: Path) -> None:
        new = self._directory / f".new-{uuid4().hex}"
        try:
            for file in files:
                write_file(new / file.path, file.content)
            _sync_folders(new)
            _put(new, place)
        finally:
            shutil.rmtree(new, ignore_errors=True)
        sync_folder(self._directory)


def _put(new: Path, place: Path) -> None:
    try:
        new.rename(place)
    except OSError:
        if not place.is_dir():  # else another process was first, with what says the same
            raise


def _sync_folders(top: Path) -> None:
    for folder, _, _ in os.walk(top):
        sync_folder(Path(folder))
