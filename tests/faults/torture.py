"""The trials of tests/faults at any length: script/torture kills 1000. The suite runs each of them short."""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests import postgres
from tests.cli.serving import free_port, serving
from tests.documents import frozen
from tests.faults import crashing, flipping, powerloss, shim, tailing, trial
from tests.faults.killing import kills
from tests.hostile import bodies, contract, sockets
from tests.installation import furnish, open_installation
from tests.laws.machine import live
from tests.laws.world import World
from tests.notifications import posting, scanning, two_years
from tests.webhooks import trial as webhook_trial
from tests.webhooks.receiving import receiving
from tracker.database import migrate, open_database
from tracker.projections.soundness import check_log


def kill(asked: argparse.Namespace, folder: Path) -> str:
    return str(kills(_database(asked, folder), asked.count, asked.seed))


def power_loss(asked: argparse.Namespace, folder: Path) -> str:
    """Half of the images from a run with the shipped settings, half from one that carries the log over very often."""
    said: list[str] = []
    pragmas = (f"synchronous={asked.synchronous}",)
    for half, more in ((asked.count // 2, ()), (asked.count - asked.count // 2, ("wal_autocheckpoint=60",))):
        place = folder / f"{len(said)}"
        place.mkdir()
        found = powerloss.trials(place, half, asked.reports, asked.seed, (*pragmas, *more))
        said.append(f"{' '.join((*pragmas, *more))}: {found}")
        is_control = asked.synchronous != "FULL"
        assert is_control or not (found.lost or found.corrupt), f"{said[-1]}\n{found.lost}\n{found.corrupt}"
    return "\n".join(said)


def tail(asked: argparse.Namespace, folder: Path) -> str:
    url = _database(asked, folder)
    trial.installed(url).close()
    found = tailing.tail(url, asked.count, asked.batch)
    assert (found.missed, found.gaps, found.disordered) == (0, [], 0), str(found)
    database = open_database(url)
    with database.read() as tx:
        check_log(tx, trial.WORKPLAN)
    database.close()
    return str(found)


def tail_sequence(asked: argparse.Namespace, folder: Path) -> str:
    url = _database(asked, folder)
    database = open_database(url)
    with database.write() as tx:
        tx.run(tailing.CONTROL)
    database.close()
    return f"a plain sequence, the control: {tailing.tail(url, asked.count, asked.batch, '--sequence')}"


def server(asked: argparse.Namespace, _folder: Path) -> str:
    chance = random.Random(asked.seed)
    faults: list[Callable[[Path], None]] = [
        chance.choice([crashing.terminate_backends, crashing.stop_at_once, crashing.kill_server])
        for _ in range(asked.count)
    ]
    with crashing.server() as folder:
        crashed = crashing.crash(folder, faults, chance)
        crashing.examine(folder, crashed)
    return f"{crashed}; none lost, none doubled"


def disk(asked: argparse.Namespace, folder: Path) -> str:
    """Every way of failing, ``count`` times; at last on a small disk, where this machine lets one be mounted."""
    library = shim.build(folder)
    said: list[str] = []
    for number in range(asked.count):
        for mode in ("each", "full"):
            place = folder / f"{mode}-{number}"
            url = _new_database(place)
            seen = json.loads(shim.run(library, place, folder / "journal", "tests.faults.failing", url, mode))
            said.append(f"{mode}: {seen}")
        said.append(f"limited: {_failing(_new_database(folder / f'limited-{number}'), 'limited')}")
    return "\n".join([*said, _small_disk(folder)])


def flips(asked: argparse.Namespace, folder: Path) -> str:
    """Half in exports, a quarter each in zip files and in databases; every 500 in another log."""
    said: list[str] = []
    left = asked.count
    while left > 0:
        count, seed = min(left, 500), asked.seed + len(said)
        stored = flipping.store(folder / f"log-{seed}", seed, 60)
        parts = (
            (flipping.flip_exported, count - count // 4 * 2),
            (flipping.flip_archive, count // 4),
            (flipping.flip_stored, count // 4),
        )
        for flip, part in parts:
            done = flip(stored, part, seed)
            said.append(f"{flip.__name__}, log {seed}: {done}")
            wrong = done.unfound + done.misplaced
            assert not wrong, f"{said[-1]}\n{wrong}"
        left -= count
    return "\n".join(said)


def clean_logs(asked: argparse.Namespace, folder: Path) -> str:
    alarms = flipping.clean(folder, asked.count, asked.seed)
    assert not alarms, alarms
    return f"{asked.count} random logs, here and exported: no alarm"


def lives(asked: argparse.Namespace, folder: Path) -> str:
    world = World(_database(asked, folder), folder / "data")
    try:
        live(world, asked.count, asked.seed, steps=asked.steps)
    finally:
        world.close()
    return f"{dict(world.done)}; every law held"


def frozen_pictures(asked: argparse.Namespace, folder: Path) -> str:
    """Half of the histories go from SQLite to PostgreSQL, half the other way."""
    server = Path(tempfile.mkdtemp(prefix="tracker-pg-"))
    asked.afterwards.callback(postgres.stop, server)
    address, said, half = postgres.start(server), [], asked.count // 2
    for number, seeds in enumerate((range(half), range(half, asked.count))):
        place = folder / f"{number}"
        place.mkdir()
        urls = [f"sqlite:///{place / 'trial.db'}", postgres.create_database(address, f"trial_{number}")]
        for url in urls:
            migrate(url)
        here, there = urls[::-1] if number else urls
        done = frozen.tried(here, there, place, [asked.seed + seed for seed in seeds])
        said.append(f"{here.partition(':')[0]}: {done}")
        assert not done.differing, f"{said[-1]}\n{done.differing}"
    return "\n".join(said)


def years(asked: argparse.Namespace, folder: Path) -> str:
    """Live COUNT of the eight rounds of two years, once with a focal point per lead, once with one per role."""
    said = []
    for per_role in (False, True):
        place = folder / f"per-role-{per_role}"
        place.mkdir()
        lived = two_years.lived(place, two_years.QUARTERS[: asked.count], per_role=per_role)
        who = "one focal point per role" if per_role else "one focal point per lead"
        assert sorted(lived.sent) == sorted(lived.expected), f"{who}: {lived.differing()}"
        assert lived.early == [], f"{who}: {lived.early}"
        said.append(f"{who}: {len(lived.sent)} letters, exactly those expected\n{lived.table()}")
    return "\n".join(said)


def races(asked: argparse.Namespace, folder: Path) -> str:
    raced = posting.race(f"sqlite:///{posting.template(folder)}", folder, asked.count, asked.seed)
    wrong = raced.twice + raced.missing
    assert not wrong, f"{raced}\n{wrong}"
    return str(raced)


def deaths(asked: argparse.Namespace, folder: Path) -> str:
    died = posting.die(folder, asked.count, list(posting.BEHAVIOURS))
    wrong = died.twice + died.unlisted
    assert not wrong, f"{died}\n{wrong}"
    return str(died)


def scans(asked: argparse.Namespace, folder: Path) -> str:
    scanned = scanning.scan(folder, asked.count, asked.seed, scripts=asked.count // 20)
    assert not scanned.changed, str(scanned)
    assert scanned.still_works, str(scanned)
    return str(scanned)


def explorations(asked: argparse.Namespace, folder: Path) -> str:
    """Explore a running server COUNT times, each time another one and with another seed."""
    said: list[str] = []
    for number in range(asked.count):
        found = contract.explore(
            folder / str(number), free_port(), asked.seed + number, asked.phases, asked.examples
        )
        said.append(str(found))
        assert not found.failures, said[-1]
    return "\n".join(said)


def strikes(asked: argparse.Namespace, folder: Path) -> str:
    port = free_port()
    with serving(folder, port, "--without-ticker", **contract.UNLIMITED) as served:
        struck = sockets.strike(port, contract.secretariat_token(served), asked.count, asked.seed)
        assert not struck.wrong, "\n".join([str(struck), *struck.wrong[:20]])
        assert "Smuggled" not in contract.command(served, "moment", "list", "--json")
    return f"{struck}; nothing hidden was done"


def throws(asked: argparse.Namespace, folder: Path) -> str:
    url = _database(asked, folder)
    house = open_installation(url, folder, furnish(url, folder))
    house.runtime.settings = replace(house.runtime.settings, limits={}, access_log=None)
    thrown = bodies.throw(house, asked.count, asked.seed)
    assert not thrown.wrong, "\n".join([str(thrown), *thrown.wrong[:20]])
    house.runtime.close()
    return str(thrown)


def fuzz(asked: argparse.Namespace, _folder: Path) -> str:
    command = [sys.executable, "-m", "tests.hostile.fuzzing", str(asked.count), str(asked.seed)]
    done = subprocess.run(command, cwd=shim.ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return "\n".join(line for line in done.stderr.splitlines() if "DONE" in line)


def deliveries(asked: argparse.Namespace, folder: Path) -> str:
    url = _database(asked, folder)
    house = open_installation(
        url,
        folder,
        furnish(url, folder),
        TRACKER_WEBHOOK_NETWORKS="127.0.0.0/8",
        TRACKER_LIMIT_REQUESTS="off",
    )
    with receiving() as receiver:
        found = webhook_trial.run(house, receiver, asked.count, asked.seed)
    wrong = found.lost + found.misplaced
    assert not wrong, str(found)
    house.runtime.close()
    return str(found)


def _new_database(place: Path) -> str:
    place.mkdir(exist_ok=True)
    url = f"sqlite:///{place / 'trial.db'}"
    migrate(url)
    trial.installed(url).close()
    return url


def _failing(url: str, mode: str) -> object:
    command = [sys.executable, "-m", "tests.faults.failing", url, mode]
    done = subprocess.run(command, cwd=shim.ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def _small_disk(folder: Path) -> str:
    place = folder / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        return "a small disk could not be mounted here"
    try:
        return f"mounted, 3 MB: {_failing(_new_database(place), 'mounted')}"
    finally:
        subprocess.run(["umount", place], check=True)


def _database(asked: argparse.Namespace, folder: Path) -> str:
    if asked.url == "postgresql":
        server = Path(tempfile.mkdtemp(prefix="tracker-pg-"))
        asked.afterwards.callback(postgres.stop, server)
        asked.url = postgres.create_database(postgres.start(server), "trial")
    asked.url = asked.url or f"sqlite:///{folder / 'trial.db'}"
    migrate(asked.url)
    return str(asked.url)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/torture", description=__doc__)
    trials = parser.add_subparsers(dest="trial", required=True)

    def add(name: str, do: Callable[[argparse.Namespace, Path], str], words: str) -> argparse.ArgumentParser:
        made = trials.add_parser(name, help=words)
        made.set_defaults(do=do)
        made.add_argument("count", type=int, metavar="COUNT")
        made.add_argument("--seed", type=int, default=None, help="default: another one each time")
        return made

    database = "an empty database; `postgresql`: a server of our own; default: SQLite in a new folder"
    add("kills", kill, "kill -9 a writer, COUNT times, and look for what was acknowledged").add_argument(
        "--url", help=database
    )
    loss = add("power-loss", power_loss, "examine COUNT disks that a power failure may leave")
    loss.add_argument("--reports", type=int, default=400, help="made while the power fails; default 400")
    loss.add_argument("--synchronous", default="FULL", help="NORMAL or OFF are controls that lose or break")
    for name, do, url, words in (
        ("tail", tail, None, "follow a log of COUNT entries that eight write, two of them rolling back"),
        ("tail-sequence", tail_sequence, "postgresql", "the same with a sequence, on PostgreSQL: loses"),
    ):
        made = add(name, do, words)
        made.add_argument("--url", help=database, default=url)
        made.add_argument("--batch", type=int, default=20, help="entries in a commit at most; default 20")
    add("server", server, "write to a PostgreSQL server that is stopped or killed COUNT times")
    add("flips", flips, "turn over COUNT bits of exports and databases; all must be found, at their place")
    add("clean-logs", clean_logs, "write COUNT random logs, untouched; none may give an alarm")
    lived = add("lives", lives, "live COUNT random lives of a log, step by step against a naive one")
    lived.add_argument("--url", help=database)
    lived.add_argument("--steps", type=int, default=20, help="in a life at most; default 20")
    add(
        "frozen",
        frozen_pictures,
        "freeze COUNT random histories; every file of theirs must come out the same",
    )
    add("years", years, "two years of reporting: COUNT of eight rounds, and exactly the letters expected")
    add("races", races, "let four schedulers race COUNT times: each letter once, none missing")
    add("deaths", deaths, "kill a sender of COUNT letters at each step beside eight kinds of mail servers")
    add("scans", scans, "visit the link of a letter COUNT times as scanners do, some with scripts")
    explored = add("contract", explorations, "explore a running server with schemathesis, with COUNT seeds")
    explored.add_argument("--phases", default="examples,coverage,fuzzing,stateful", help="default: all")
    explored.add_argument("--examples", type=int, default=20, help="for each operation; default 20")
    add("sockets", strikes, "open COUNT connections with what is no HTTP, or two requests in one")
    thrown = add("bodies", throws, "send COUNT requests that are almost right, and look at each answer")
    thrown.add_argument("--url", help=database)
    add("fuzz", fuzz, "read COUNT bodies of random bytes, led by the lines that they reach")
    delivered = add("webhooks", deliveries, "deliver COUNT entries to a receiver that answers at random")
    delivered.add_argument("--url", help=database)
    add("disk", disk, "let every write and sync fail, and the disk be full, COUNT times")
    return parser


def main(arguments: list[str]) -> int:
    asked = _parser().parse_args(arguments)
    asked.seed = int(time.time()) if asked.seed is None else asked.seed
    with contextlib.ExitStack() as asked.afterwards:
        folder = Path(asked.afterwards.enter_context(tempfile.TemporaryDirectory(prefix="torture-")))
        print(f"{asked.trial} {asked.count}, seed {asked.seed}", flush=True)
        began = time.monotonic()
        print(asked.do(asked, folder))
        print(f"{time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
