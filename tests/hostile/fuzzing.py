"""Random bytes, led by the lines that they reach, through what reads a request: loader, schema, canonical form.

Run by itself, for atheris rewrites what it imports: ``python -m tests.hostile.fuzzing COUNT SEED``.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["tracker.api.strict_json", "tracker.events"]):
    from tracker.api import strict_json
    from tracker.errors import MalformedError, RuleError
    from tracker.events.codec import decode, encode
    from tracker.events.event import Event
    from tracker.events.intake import read_wishes
    from tracker.events.sealing import Sealer

from tracker.api.examples import example
from tracker.events.catalogue import CATALOGUE


def read(data: bytes) -> None:
    """Read a body as the write door does; what is taken must come back from its stored bytes as it went in."""
    try:
        wishes, _ = read_wishes(strict_json.read(data), Sealer())
    except (MalformedError, RuleError):
        return
    for number, wish in enumerate(wishes):
        event = Event(
            workplan="w",
            position=number + 1,
            subject=wish.subject,
            version=1,
            type=wish.type,
            schema=CATALOGUE[wish.type].schema,
            data=wish.data,
            occurred_on=wish.occurred_on or "2023-06-15",
            recorded_at="2023-06-15T16:00:00.000000Z",
            actor="p1",
            channel="api",
            entity=wish.entity,
            on_behalf_of=wish.on_behalf_of,
            reason=wish.reason,
            decided_at=wish.decided_at,
        )
        stored = encode(event)
        if encode(decode(stored)) != stored:
            raise AssertionError(f"not the same after a round trip: {stored!r}")


def seeds() -> list[bytes]:
    """Return one body of each type, to begin with."""
    import orjson  # noqa: PLC0415

    return [orjson.dumps(example(name)) for name in CATALOGUE]


def main() -> None:
    import tempfile  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    count, seed = sys.argv[1:3]
    with tempfile.TemporaryDirectory(prefix="fuzzing-") as folder:
        for number, body in enumerate(seeds()):
            (Path(folder) / str(number)).write_bytes(body)
        asked = [
            sys.argv[0],
            f"-runs={count}",
            f"-seed={seed}",
            "-max_len=4096",
            f"-artifact_prefix={folder}/",
        ]
        atheris.Setup([*asked, "-print_final_stats=1", folder], read)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
