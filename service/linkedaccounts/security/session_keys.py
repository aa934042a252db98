"""The keys that sessions' tokens are signed with: a JWK Set (RFC 7517) in a file, of Ed25519 keys with ids.

The first key signs, all verify. The file is followed: who replaces it rotates the keys of every running process. On one
machine a new key may simply be put first; of several machines each must know a key before any signs with it, so there
it is put last on all of them, then first, and the old one is dropped once its tokens have run out.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final
from uuid import uuid4

from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

CURVE: Final = "Ed25519"
KEPT = 3
"""How many keys stay when a new one is made: the one before may have signed tokens that are still good."""


class SessionKeysRejected(Exception):
    """The file of keys cannot be used; the text says why in one line."""


@dataclass(frozen=True, slots=True, eq=False)
class Keys:
    """The keys of one state of the file, each state itself only; the first signs, all verify."""

    key_set: KeySet

    @property
    def signing(self) -> OKPKey:
        """The key that signs."""
        first = self.key_set.keys[0]
        assert isinstance(first, OKPKey)  # read_keys admits no others
        return first


class SessionKeys:
    """The keys of a file, made if there is none; ``warn`` is told of a later state of the file that is no good."""

    def __init__(self, path: Path, warn: Callable[[str], None]) -> None:
        """SessionKeysRejected if the file cannot be used or made."""
        self._path = path
        self._warn = warn
        if not path.exists():
            make_keys(path)
        self._stamp = _stamp(path)
        self._keys = read_keys(path)

    def current(self) -> Keys:
        """The keys as the file has them now."""
        stamp = _stamp(self._path)
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._keys = read_keys(self._path)
            except SessionKeysRejected as rejected:
                self._warn(str(rejected))
        return self._keys


def read_keys(path: Path) -> Keys:
    """The keys of a file; SessionKeysRejected."""
    try:
        keys = KeySet.import_key_set(json.loads(path.read_bytes()))
    except OSError as error:
        raise SessionKeysRejected(f"cannot read the session keys {path}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, JoseError) as error:
        raise SessionKeysRejected(f"the session keys {path} are no JWK Set: {error}") from None
    for key in keys.keys:
        if not (isinstance(key, OKPKey) and key.is_private and key.kid and key.as_dict()["crv"] == CURVE):
            raise SessionKeysRejected(f"each of the session keys {path} is a private {CURVE} key with a `kid`")
    return Keys(keys)


def make_keys(path: Path) -> Keys:
    """Puts a new key first in the file, and keeps the ones before it for a while; SessionKeysRejected.

    What it returns is what the file holds from then on.
    """
    before = read_keys(path).key_set.keys if path.exists() else []
    fresh = OKPKey.generate_key(CURVE, {"kid": uuid4().hex, "use": "sig"})
    keys = KeySet([fresh, *before[: KEPT - 1]])
    try:
        _write(path, json.dumps(keys.as_dict(private=True), indent=1))
    except OSError as error:
        raise SessionKeysRejected(f"cannot write the session keys {path}: {error.strerror}") from None
    return Keys(keys)


def _write(path: Path, text: str) -> None:
    """Replaces the file in one step; nobody but its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, delete=False) as file:  # its mode is 0600
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino
