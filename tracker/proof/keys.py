"""The key that signs tree heads: showing it, letting another take over, saying that a copy was restored."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tracker.directory.principals import system
from tracker.errors import LogError, RuleError, TrackerError
from tracker.events.key_file import KeyFile, Remembered, make_key_file, read_key_file, sync_folder
from tracker.events.reading import LogEnd, end_of, read_log, workplans
from tracker.events.sealing import seals_in
from tracker.events.shapes import to_json
from tracker.events.signed_heads import SignedHead, adoption_of, keys_of
from tracker.events.signing import check_memory, check_tree, sign_head, sign_now, verifier_key
from tracker.events.verifier import fingerprint
from tracker.projections.removals import redacted_hashes
from tracker.runtime import Runtime

log = logging.getLogger(__name__)

SIGNER = system("system:signer")


@dataclass(frozen=True, slots=True)
class ShownKey:
    """The key as others need it: its fingerprint, and its verifier key for each log."""

    fingerprint: str
    verifier_keys: dict[str, str]


def key_file(runtime: Runtime) -> KeyFile:
    return KeyFile(runtime.settings.signing_key_file)


def sign(runtime: Runtime, workplan: str) -> SignedHead:
    """Return the signed head of a log as it is now.

    Raises:
        LogError, SettingsError, NotFoundError, ConflictError: as ``signing.sign_head``.
    """
    return sign_head(runtime.database, key_file(runtime), workplan, runtime.now())


def sign_if_possible(runtime: Runtime, workplan: str) -> SignedHead | None:
    """Do the same for work that goes on without it: a refusal is logged, and the timetable will say it again."""
    try:
        return sign(runtime, workplan)
    except TrackerError:
        log.exception("the head of %s is not signed", workplan)
        return None


def show_key(runtime: Runtime) -> ShownKey:
    """Return the key; it is made now where nothing was ever signed.

    Raises:
        LogError: the key's file is gone.
    """
    file = key_file(runtime)
    with file.alone(), runtime.database.read() as tx:
        origins = {workplan: adoption_of(tx, workplan).origin for workplan in workplans(tx)}
        key = file.key()
        if key is None:
            if any(keys_of(tx, workplan) for workplan in origins):
                raise LogError(
                    "heads were signed, and {file} is gone",
                    file=str(file.path),
                    way_out='Bring it back from a copy; if it is lost: `tracker key rotate --reason "…"`.',
                )
            key = make_key_file(file.path)
    keys = {workplan: verifier_key(origin, key) for workplan, origin in origins.items()}
    return ShownKey(fingerprint(verifier_key("any", key)), keys)


# ------------------------------------------------------------------------------------------- after a restored copy


def accept_restore(runtime: Runtime, workplan: str, reason: str) -> SignedHead:
    """Say in the log that it was restored from a copy, and sign what it is now.

    The entry is SigningKeyChanged with the same key before and after, and the size that was signed last. Texts that
    were removed after the copy was made are removed again by entries of their own.

    Raises:
        RuleError: the log continues what was signed: there is nothing to accept.
        LogError: its tree is not over the entries as they are stored; no reason makes that good.
    """
    file = key_file(runtime)
    with file.alone():
        key = file.key() or make_key_file(file.path)
        with runtime.database.read() as tx:
            end, origin = end_of(tx, workplan), adoption_of(tx, workplan).origin
            keys = keys_of(tx, workplan)
            _check_is_ours(workplan, keys, origin, key)
            held = _last_signed(file, origin, workplan)
            if _continues(lambda: _check(tx, file, origin, end, held, is_known=bool(keys))):
                raise RuleError(
                    "{workplan} continues what was signed; there is nothing to accept",
                    workplan=workplan,
                    value=end.position,
                    way_out="Sign it as it is: `tracker export`, or wait for the ticker.",
                )
            check_tree(tx, end, None)
        same = verifier_key(origin, key)
        data = {"key": same, "previous": same} | ({"size": held.size} if held else {})
        enter(runtime, workplan, [_change(data, reason), *removals_again(runtime, workplan)])
        with runtime.database.read() as tx:
            end = end_of(tx, workplan)
            check_tree(tx, end, None)
        return sign_now(runtime.database, file, end, origin, runtime.now(), key)


def _check(
    tx: Any, file: KeyFile, origin: str, end: LogEnd, held: Remembered | None, *, is_known: bool
) -> None:
    check_memory(file, origin, end, is_known=is_known)
    check_tree(tx, end, held)


def _continues(check: Callable[[], None]) -> bool:
    try:
        check()
    except LogError:
        return False
    return True


def _last_signed(file: KeyFile, origin: str, workplan: str) -> Remembered | None:
    memory = file.memory()
    others = [one for one in memory.values() if one.workplan == workplan]
    return memory.get(origin) or next(iter(others), None)


def _check_is_ours(workplan: str, keys: list[str], origin: str, key: Ed25519PrivateKey) -> None:
    if keys and keys[-1] != verifier_key(origin, key):
        raise LogError(
            "the heads of {workplan} are signed by another key: {key}",
            workplan=workplan,
            key=keys[-1],
            way_out='Bring that key back, or let the one here take over: `tracker key rotate --reason "…"`.',
        )


def removals_again(runtime: Runtime, workplan: str) -> list[dict[str, Any]]:
    """Return requests to redact what the ledger says was removed and the log, being older, does not."""
    removed = {one.id for one in runtime.ledger.removals() if one.kind == "redaction"}
    found: list[dict[str, Any]] = []
    with runtime.database.read() as tx:
        open_ones = removed.difference(redacted_hashes(tx))
        if not open_ones:
            return []
        for event in read_log(tx, workplan):
            for pointer, sha256 in seals_in(to_json(event)):
                if sha256 in open_ones:
                    authority = (
                        "Removed before the log was restored from an older copy, and so removed again."
                    )
                    data = {"position": event.position, "field": pointer, "authority": authority}
                    found.append({"type": "TextRedacted", "subject": event.subject, "data": data})
    return found


# --------------------------------------------------------------------------------------------- another key


def rotate(runtime: Runtime, reason: str) -> list[SignedHead]:
    """Let a new key take over in every log that has signed heads, and return their first heads under it.

    The old key, where there still is one, signs these too, and so vouches for the new one. Cut short, it is continued
    by calling it again: until it is finished the new key waits in a file of its own.

    Raises:
        LogError: a log does not continue what was signed.
    """
    file = key_file(runtime)
    with file.alone():
        old = file.key()
        new = read_key_file(file.next_path) if file.next_path.exists() else make_key_file(file.next_path)
        with runtime.database.read() as tx:
            known = {workplan: keys_of(tx, workplan) for workplan in workplans(tx)}
            origins = {workplan: adoption_of(tx, workplan).origin for workplan in known}
        heads = [
            _take_over(runtime, file, workplan, origins[workplan], keys, old, new, reason)
            for workplan, keys in known.items()
            if keys
        ]
        file.next_path.replace(file.path)
        sync_folder(file.path.parent)
    return heads


def _take_over(
    runtime: Runtime,
    file: KeyFile,
    workplan: str,
    origin: str,
    keys: list[str],
    old: Ed25519PrivateKey | None,
    new: Ed25519PrivateKey,
    reason: str,
) -> SignedHead:
    is_old_in_force = old is not None and verifier_key(origin, old) in keys[-2:]
    held = file.memory().get(origin)
    with runtime.database.read() as tx:
        end = end_of(tx, workplan)
        # A log that came from elsewhere was signed by a key that is not here: the signer cannot remember it.
        check_memory(file, origin, end, is_known=is_old_in_force)
        check_tree(tx, end, held)
    if keys[-1] != verifier_key(origin, new):
        data = {"key": verifier_key(origin, new), "previous": keys[-1]} | (
            {"size": held.size} if held else {}
        )
        enter(runtime, workplan, [_change(data, reason)])
    with runtime.database.read() as tx:
        end = end_of(tx, workplan)
        check_tree(tx, end, held)
    signing = [new, old] if old is not None and is_old_in_force else [new]
    return sign_now(runtime.database, file, end, origin, runtime.now(), *signing)


def _change(data: dict[str, Any], reason: str) -> dict[str, Any]:
    return {"type": "SigningKeyChanged", "subject": "workplan", "reason": reason, "data": data}


def enter(runtime: Runtime, workplan: str, wishes: list[dict[str, Any]]) -> None:
    """Say it in the log, as the signer."""
    runtime.submit(workplan, wishes, SIGNER, "system")
