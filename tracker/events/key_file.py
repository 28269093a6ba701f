"""The signing key in its own file, with what its holder remembers and a lock beside it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tracker.errors import ConflictError, LogError, SettingsError, UnavailableError

LOCK_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the key signed last in a log."""

    workplan: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class KeyFile:
    """Where an installation's key lies. The memory must not lie in the database, whose owner it is held against."""

    path: Path

    @property
    def next_path(self) -> Path:
        """Where a key waits that is about to take over."""
        return self.path.with_name(f"{self.path.name}.next")

    @property
    def memory_path(self) -> Path:
        return self.path.with_name(f"{self.path.name}.memory")

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from signing.

        Raises:
            ConflictError: another one signs for longer than it should.
            SettingsError: nothing can be written beside the key.
        """
        # An empty database serves as lock file: SQLite knows how to lock one on every platform.
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock_path = self.path.with_name(f"{self.path.name}.lock")
            lock = sqlite3.connect(lock_path, timeout=LOCK_SECONDS, isolation_level=None)
        except (OSError, sqlite3.OperationalError) as error:
            raise _unusable(self.path, f"nothing can be written beside it ({error})") from error
        with contextlib.closing(lock):
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                raise ConflictError("another process is signing", way_out="Try again in a minute.") from error
            yield

    def key(self) -> Ed25519PrivateKey | None:
        """Return the key, or None where there is no file.

        Raises:
            SettingsError: the file holds no such key, or others can read it.
        """
        return read_key_file(self.path) if self.path.exists() else None

    def memory(self) -> dict[str, Remembered]:
        """Return what was signed last, by the origin of the log.

        Raises:
            LogError: the file is damaged.
        """
        if not self.memory_path.exists():
            return {}
        try:
            raw = orjson.loads(self.memory_path.read_bytes())
            return {
                origin: Remembered(one["workplan"], one["size"], bytes.fromhex(one["root"]))
                for origin, one in raw.items()
            }
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise LogError(
                "what the signer remembers cannot be read: {path} is damaged",
                path=str(self.memory_path),
                way_out="Bring the file back from a copy. If there is none, move it away and say so in the log:"
                ' `tracker key accept-restore --reason "…"`.',
            ) from error

    def remember(self, origin: str, signed: Remembered) -> None:
        """Write down, durably, what is about to be signed; another log of the same workplan is forgotten."""
        known = {name: one for name, one in self.memory().items() if one.workplan != signed.workplan}
        raw = {
            name: {"workplan": one.workplan, "size": one.size, "root": one.root.hex()}
            for name, one in {**known, origin: signed}.items()
        }
        write_durably(self.memory_path, orjson.dumps(raw, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))


def read_key_file(path: Path) -> Ed25519PrivateKey:
    """Return the key in a file.

    Raises:
        SettingsError: the file holds no Ed25519 key in PEM, or others can read it.
    """
    try:
        mode, raw = path.stat().st_mode, path.read_bytes()
        key = serialization.load_pem_private_key(raw, password=None)
    except (OSError, ValueError, TypeError) as error:
        raise _unusable(path, f"it cannot be read ({type(error).__name__})") from error
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise _unusable(
            path, "others can read it: `chmod 600`, and if they may have read it, `tracker key rotate`"
        )
    if not isinstance(key, Ed25519PrivateKey):
        raise _unusable(path, "it holds a key of another kind than Ed25519")
    return key


def _unusable(path: Path, why: str) -> SettingsError:
    return SettingsError(
        "the signing key {path} cannot be used: {why}",
        path=str(path),
        why=why,
        field="TRACKER_SIGNING_KEY_FILE",
        value=str(path),
        way_out="Correct that; meanwhile the system goes on without signing.",
    )


def make_key_file(path: Path) -> Ed25519PrivateKey:
    """Make a key and write it, durably, to a file that only its owner can read."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_durably(path, pem)
    return key


def write_durably(path: Path, content: bytes) -> None:
    """Replace a file by another content, all or nothing, on the disk when this returns; only its owner can read it.

    Raises:
        UnavailableError: it could not be written; the file is as it was.
    """
    fresh = path.with_name(f"{path.name}.fresh")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise UnavailableError(
            "{path} could not be written: {why}",
            path=str(path),
            why=error.strerror or str(error),
            way_out="Make space or correct the rights of its folder; nothing was signed.",
        ) from error


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system lets one open a folder."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
