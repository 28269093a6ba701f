"""``tracker export``, ``verify``, ``import-log``, ``proof`` and ``key``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from tracker.cli.context import as_json, note, running, show, workplan_meant, workplan_option
from tracker.cli.keeping import progress


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--full", "is_full", is_flag=True, help="Add what only moving the log elsewhere needs.")
@workplan_option
@as_json
def export(*, file: Path, is_full: bool, workplan: str | None, as_json: bool) -> int:
    """Write the log to a new FILE.zip that an auditor checks without this system."""
    from tracker.events.tree import seal_of
    from tracker.proof.export import export as write

    with running() as runtime:
        meant, say = workplan_meant(runtime, workplan), progress()
        done = write(
            runtime, meant, file, is_full=is_full, told=lambda at, total: say("writing entries", at, total)
        )
    result = {
        "file": str(done.path),
        "workplan": done.workplan,
        "size": done.size,
        "root": done.root.hex(),
        "heads": done.heads,
        "signed": done.unsigned is None,
    }
    if done.unsigned is not None:
        note(f"The export is written, but not wholly signed: {done.unsigned}")
        note(done.unsigned.way_out or "")
    words = (
        f"{file} holds {done.size} entries, seal {seal_of(done.root)}; signed heads: {done.heads}.\n"
        f"To check it anywhere: unzip {file.name} verify.py && python3 verify.py {file.name}"
    )
    show(result, words, is_json=as_json)
    return 0 if done.unsigned is None else 1


@click.command("verify")
@workplan_option
@as_json
def verify(*, workplan: str | None, as_json: bool) -> int:
    """Check every entry, the tree, the texts, the signed heads and what is computed from them."""
    from tracker.proof.checking import check

    with running() as runtime:
        meant, say = workplan_meant(runtime, workplan), progress()
        found = check(runtime, meant, lambda at, total: say("checking entries", at, total))
    result = {
        "workplan": found.workplan,
        "good": found.is_good,
        "size": found.size,
        "root": found.root.hex(),
        "signed": found.signed,
        "findings": [{"position": one.position, "words": one.words} for one in found.findings],
        "fallen_guards": list(found.fallen),
    }
    signed = f"signed up to entry {found.signed}" if found.signed else "none of it signed yet"
    words = f"{found.workplan}: all {found.size} entries are as they were written, {signed}."
    if not found.is_good:
        said = "\n".join(f"  {one.words}" for one in found.findings)
        words = (
            f"{found.workplan} is NOT as it was written:\n{said}\n"
            "Stop writing, keep all files as they are, and compare with an older export or the seals in letters."
        )
    if found.fallen:
        words += f"\n{unguarded(found.fallen)}"
    show(result, words, is_json=as_json)
    return 0 if found.is_good and not found.fallen else 1


def unguarded(fallen: Sequence[str]) -> str:
    """Return what to do about guards that do not stand."""
    return (
        f"The database no longer refuses to change what was recorded: {'; '.join(fallen)}.\n"
        "Find out who may alter the schema and did. If `tracker verify` finds every entry as it was written, put the"
        " guards back: `tracker doctor --guard`."
    )


@click.command("import-log")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def import_log(*, file: Path, as_json: bool) -> None:
    """Restore a log from a FILE.zip of `tracker export` into a database without that workplan."""
    from tracker.proof.import_log import import_log as restore

    with running() as runtime:
        say = progress()
        done = restore(runtime, file, lambda at, total: say("restoring entries", at, total))
    result = {
        "workplan": done.workplan,
        "size": done.size,
        "root": done.root.hex(),
        "heads": done.heads,
        "texts": done.texts,
        "keys": done.keys,
        "removed": done.removed,
    }
    words = (
        f"{done.workplan} is restored: {done.size} entries, {done.texts} texts; signed heads: {done.heads};"
        f" root {done.root.hex()}, read and found whole."
    )
    if done.removed:
        words += f"\nTexts removed again, because the ledger says that they had been: {done.removed}."
    show(result, words, is_json=as_json)


@click.group("proof")
def proof() -> None:
    """Prove that an entry is in the log, or that an earlier log begins the later one (RFC 9162)."""


@proof.command("inclusion")
@click.option("--position", type=int, required=True, help="The entry.")
@click.option("--size", type=int, help="The size of the tree; default all entries.")
@workplan_option
@as_json
def prove_inclusion(*, position: int, size: int | None, workplan: str | None, as_json: bool) -> None:
    """Prove that an entry is in the tree of some size."""
    from tracker.events.reading import end_of
    from tracker.events.tree import seal_of
    from tracker.projections.proofs import inclusion

    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.database.read() as tx:
            made = inclusion(tx, meant, end_of(tx, meant).position, position, size)
    words = (
        f"Entry {made['position']} is in the tree of {made['size']} entries of {meant},"
        f" seal {seal_of(bytes.fromhex(made['root']))}.\n"
        f"leaf hash {made['leaf_hash']}\nroot      {made['root']}\n{_path(made['path'])}"
    )
    show({"workplan": meant, "proof": made}, words, is_json=as_json)


@proof.command("consistency")
@click.option("--first", type=int, required=True, help="The smaller tree.")
@click.option("--second", type=int, help="The larger tree; default all entries.")
@workplan_option
@as_json
def prove_consistency(*, first: int, second: int | None, workplan: str | None, as_json: bool) -> None:
    """Prove that an earlier tree is a prefix of a later one."""
    from tracker.events.reading import end_of
    from tracker.projections.proofs import consistency

    with running() as runtime:
        meant = workplan_meant(runtime, workplan)
        with runtime.database.read() as tx:
            made = consistency(tx, meant, end_of(tx, meant).position, first, second)
    words = (
        f"The tree of {made['first']} entries of {meant} begins that of {made['second']}.\n"
        f"first root  {made['first_root']}\nsecond root {made['second_root']}\n{_path(made['path'])}"
    )
    show({"workplan": meant, "proof": made}, words, is_json=as_json)


def _path(path: list[str]) -> str:
    return "\n".join(["path", *(f"  {node}" for node in path)]) if path else "path      none needed"


@click.group("key", invoke_without_command=True)
@as_json
@click.pass_context
def key(ctx: click.Context, *, as_json: bool) -> None:
    """Show the key that signs tree heads: its fingerprint, and the verifier key of each log."""
    from tracker.proof.keys import key_file, show_key

    ctx.obj = as_json
    if ctx.invoked_subcommand:
        return
    with running() as runtime:
        shown = show_key(runtime)
        file = str(key_file(runtime).path)
    result = {"fingerprint": shown.fingerprint, "file": file, "keys": shown.verifier_keys}
    keys = "\n".join(f"  {workplan}: {said}" for workplan, said in shown.verifier_keys.items())
    words = f"Fingerprint, to be given on paper to whoever will check:\n  {shown.fingerprint}\nVerifier keys:\n{keys}"
    show(result, words, is_json=as_json)


reason_option = click.option("--reason", required=True, help="Why; it stands in the log for ever.")


@key.command("accept-restore")
@reason_option
@workplan_option
@as_json
def accept_restore(*, reason: str, workplan: str | None, as_json: bool) -> None:
    """Say in the log that it was restored from an older copy, so that its heads are signed again."""
    from tracker.proof.keys import accept_restore as accept

    with running() as runtime:
        head = accept(runtime, workplan_meant(runtime, workplan), reason)
    words = f"It stands in the log; {head.workplan} is signed again, at entry {head.size}."
    show({"workplan": head.workplan, "size": head.size, "root": head.root.hex()}, words, is_json=as_json)


@key.command("rotate")
@reason_option
@as_json
def rotate(*, reason: str, as_json: bool) -> None:
    """Let a new key take over; the old one, if it is still there, vouches for it."""
    from tracker.proof.keys import rotate as take_over
    from tracker.proof.keys import show_key

    with running() as runtime:
        heads = take_over(runtime, reason)
        shown = show_key(runtime)
    result = {"fingerprint": shown.fingerprint, "logs": {head.workplan: head.size for head in heads}}
    words = f"A new key signs: {shown.fingerprint}. It stands in " + (
        ", ".join(f"{head.workplan} (entry {head.size})" for head in heads) or "no log, as none was signed"
    )
    show(result, f"{words}.", is_json=as_json)


COMMANDS = {"export": export, "verify": verify, "import-log": import_log, "proof": proof, "key": key}
