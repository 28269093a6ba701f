"""The ticker signs what is due, before letters go, and a refusal to sign stops neither them nor the other jobs."""

from __future__ import annotations

import re
from email.message import EmailMessage
from pathlib import Path

import pytest

from schedules import jobs
from schedules.jobs import JobError
from tests.mailing import PLAN, QUARTER, Clock, MailServer, sqlite_only, with_settings
from tests.proving import bundled, verified
from tracker.directory.principals import system
from tracker.events.signed_heads import SignedHead, all_heads
from tracker.notifications.running import remind
from tracker.proof.keys import key_file
from tracker.runtime import Runtime

pytestmark = sqlite_only


def heads(runtime: Runtime) -> list[SignedHead]:
    with runtime.database.read() as tx:
        return list(all_heads(tx, PLAN))


def say(runtime: Runtime) -> None:
    data = {"slug": f"m-{runtime.now():%d-%H}", "title": "A moment", "at": "2022-12-16"}
    runtime.submit(
        PLAN, {"type": "MomentNamed", "subject": "workplan", "data": data}, system("system:cli"), "cli"
    )


def test_a_log_is_signed_at_the_first_start_and_once_a_day_where_it_has_grown(
    runtime: Runtime, clock: Clock
) -> None:
    clock.set("2023-01-09", "00:10")
    assert jobs.sign_heads(runtime).startswith(f"signed: {PLAN} at ")
    for hour in range(1, 24):
        clock.set("2023-01-09", f"{hour:02}:10")
        say(runtime)
        assert jobs.sign_heads(runtime) == "signed: none"
    clock.set("2023-01-10", "00:10")
    assert jobs.sign_heads(runtime) != "signed: none"
    clock.set("2023-01-11", "00:10")
    assert jobs.sign_heads(runtime) == "signed: none", "nothing was added"
    assert len(heads(runtime)) == 2


def test_a_refusal_fails_the_job_and_is_said(runtime: Runtime, clock: Clock) -> None:
    jobs.sign_heads(runtime)
    key_file(runtime).memory_path.unlink()
    clock.pass_(days=1)
    say(runtime)
    with pytest.raises(JobError, match=f"failed: {PLAN} head"):
        jobs.sign_heads(runtime)


def test_a_step_of_letters_is_signed_first_and_goes_without_a_signature_too(
    runtime: Runtime, clock: Clock, mail: MailServer, leads: dict[str, str]
) -> None:
    with_settings(runtime, smtp_url=mail.url)
    clock.set("2023-07-03")
    assert remind(runtime, PLAN, QUARTER)["sent"] == len(leads)
    (head,) = heads(runtime)
    assert min(size for size, _ in map(seal_in, mail.received)) >= head.size
    key_file(runtime).memory_path.unlink()
    clock.set("2023-07-07")
    assert remind(runtime, PLAN, QUARTER)["sent"] == len(leads), "nobody waits for a signature"
    assert len(heads(runtime)) == 1


def test_the_seal_of_every_letter_fits_a_later_export(
    runtime: Runtime, clock: Clock, mail: MailServer, leads: dict[str, str], tmp_path: Path
) -> None:
    with_settings(runtime, smtp_url=mail.url)
    clock.set("2023-07-03")
    remind(runtime, PLAN, QUARTER)
    seals = dict(map(seal_in, mail.received))
    assert len(seals) == len(leads), "each letter seals what was there when it was written"
    bundle = bundled(runtime, tmp_path / "log.zip", workplan=PLAN)
    given = [part for size, seal in seals.items() for part in ("--seal", f"{size}:{seal}")]
    assert verified(bundle, tmp_path / "auditor", *given).returncode == 0
    given[1] = given[1][:-1] + ("0" if given[1][-1] != "0" else "1")
    assert verified(bundle, tmp_path / "auditor", *given).returncode == 1, "control"


def seal_in(letter: EmailMessage) -> tuple[int, str]:
    """Return the entry and the seal that the last line of a letter says, in whatever language."""
    body = letter.get_body(("plain",))
    assert body is not None
    found = re.findall(r"(\d+)\D{1,12}([0-9A-F]{4}-[0-9A-F]{4})", body.get_content())
    assert len(found) == 1, body.get_content()
    return int(found[0][0]), found[0][1]
