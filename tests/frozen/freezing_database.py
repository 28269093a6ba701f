"""Writes the databases of a release, and what it answered about them, to a folder named for its version.

Run it once for a release, before the first change to its schema: python -m tests.frozen.freezing_database. It changes
nothing that is there. Salts, keys and secrets are made up by chance, so each engine's answers lie in a file of its own.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests import postgres
from tests.filling import form_of, path_in
from tests.frozen.asking import W, ask, questions
from tests.installation import Installation, fact, open_installation
from tests.mailing import MailServer, mail_server, nobody_listens, with_settings
from tests.stories import LINK, adoption, correct, report, retract, small_content, status
from tracker import erasure
from tracker.database import migrate
from tracker.directory import people, tokens
from tracker.directory.principals import Role, system
from tracker.notifications.running import remind
from tracker.projections.rebuilding import rebuild
from tracker.proof.keys import sign

HERE = Path(__file__).parent
BEGAN = datetime(2022, 12, 15, 9, tzinfo=UTC)
CLI = system("system:cli")
WHO: dict[str, tuple[Role, tuple[str, ...]]] = {
    "secretariat": ("secretariat", ("erase",)),
    "lead": ("lead", ()),
    "other lead": ("lead", ()),
    "auditor": ("auditor", ()),
}
TIMES = {"starts_at": "2023-05-16T15:00", "ends_at": "2023-05-16T17:00", "zone": "Africa/Nairobi"}
SESSION = TIMES | {
    "kind": "gcm_talks", "title": "Conversaciones", "level": "regional", "region": "africa", "mode": "online",
    "languages": ["es"], "audience": "Estados", "rule": "open", "workstreams": ["3"], "objectives": ["8"],
}  # fmt: skip

KEPT = report("3.1", assessment="at_risk", reason="falta sede", note="Lo dijo Amina Okonkwo")


class Life:
    """One installation lived through: every kind of subject, entry, amendment and letter, and what lies beside."""

    def __init__(self, url: str, folder: Path, mail: MailServer) -> None:
        self.mail = mail
        self.secrets: dict[str, str] = {}
        self.house: Installation = open_installation(
            url, folder, self.secrets, BEGAN, TRACKER_BASE_URL="https://plan.example.org"
        )
        self.runtime = self.house.runtime

    def say(self, *wishes: dict[str, Any], key: str | None = None) -> int:
        self.house.clock.move(minutes=7)
        body = wishes[0] if len(wishes) == 1 else list(wishes)
        return self.runtime.submit(W, body, CLI, "cli", key).first_position

    def on(self, day: str) -> None:
        self.house.clock.now = datetime.fromisoformat(f"{day}T10:00:00+00:00")

    def person(self, name: str, role: Role, scopes: tuple[str, ...] = ()) -> str:
        with self.runtime.directory(W) as tx:
            address = f"{name.replace(' ', '.')}@example.org"
            made = people.add_person(tx, self.runtime.now(), name.title(), address, "en")
            people.grant(tx, self.runtime.now(), made, W, role)
            grant = tokens.Grant(W, role, made, scopes=scopes, life=timedelta(days=365))
            self.secrets[name] = tokens.create_token(tx, self.runtime.now(), grant)[1]
        return made

    def begin(self) -> None:
        self.runtime.adopt(W, [adoption(), *small_content()])
        known = {name: self.person(name, *said) for name, said in WHO.items()}
        self.gone = self.person("amina okonkwo", "lead")
        self.say(
            fact("FocalPointNamed", "workstream/3", {"person": known["lead"], "entity": "oim"}),
            fact("FocalPointNamed", "workstream/4", {"person": known["other lead"], "entity": "acnur"}),
            fact("FocalPointNamed", "workstream/3", {"person": self.gone, "entity": "oms"}),
        )
        person = {"names": {"es": "Ana Pérez"}, "printed": ["Sra. Pérez"], "kind": "person"}
        self.say(
            fact("EntityAdded", "entity/person-1", person),
            fact("EntityTagged", "entity/oim", {"category": "core-member"}),
            fact("CommitmentAdded", "commitment/1", {"text": {"es": "apoyar los exámenes"}}),
            fact(
                "WorkstreamTagged",
                "workstream/3",
                {"tags": {"objectives": ["8", "20(b)"], "regions": ["africa"]}},
            ),
        )
        sign(self.runtime, W)

    def work(self) -> None:
        self.on("2023-02-06")
        self.say(
            fact("ActivityScheduled", "activity/3.1", {"from": "2023-Q1", "to": "2023-Q2", "source": "acta"})
        )
        self.say(
            fact(
                "ReviewPlanned",
                "review/africa",
                {"commission": "CEPA", "window": {"from": "2023-Q3", "to": "2023-Q4"}},
            )
        )
        self.note = self.say(KEPT, key="kept")
        self.say(
            report("3.2", subitems={"a": "completed", "b": "in_progress"}, note="avanza «bien»"),
            key="redacted",
        )
        self.redacted = self.note + 1
        self.on("2023-03-20")
        self.say(fact("SessionProposed", "session/talks", {"kind": "gcm_talks", "title": "Conversaciones"}))
        self.say(
            fact(
                "MilestoneSet", "milestone/draft", {"title": "Borrador", "due": "2023-04", "activity": "3.1"}
            )
        )
        self.late = self.say(status("3.1", "in_progress", assessment="on_track", occurred_on="2023-01-10"))
        self.say(
            report("4.1", "acnur", status="in_progress", evidence=[LINK], countries=["KE"]),
            report(
                "3.3",
                None,
                done={"talks": 1},
                on_behalf_of={"entity": "oms", "by": "mail", "received_on": "2023-03-18"},
            ),
            fact(
                "MomentNamed", "workplan", {"slug": "principals", "title": "Principales", "at": "2023-03-20"}
            ),
        )
        self.wrong = self.say(report("3.1", assessment="delayed", reason="huelga", note="mal"))
        self.say(correct("activity/3.1", self.wrong, occurred_on="2023-03-01", reason="huelga corta",
                         data={"assessment": "delayed", "note": "bien"}))  # fmt: skip
        slip = self.say(report("3.3", "oms", note="por error"))
        self.say(retract("activity/3.3", slip))
        self.on("2023-05-20")
        self.say(fact("SessionScheduled", "session/talks", SESSION))
        self.say(
            fact("SessionHeld", "session/talks", {"attendance": {"states": 12}, "counts_for": ["3.3"]})
            | {"occurred_on": "2023-05-16"}
        )
        self.say(
            fact(
                "SessionMaterialPublished",
                "session/talks",
                {"kind": "summary", "url": "https://example.org/s", "language": "es"},
            )
        )
        self.say(
            fact("MilestoneRescheduled", "milestone/draft", {"due": "2023-06"})
            | {"decided_at": "session/talks", "reason": "acordado"},
            fact("CommitmentReported", "commitment/1", {"note": "se celebraron dos"}),
        )
        self.say(fact("ActivityLinked", "activity/3.1", {"kind": "feeds", "to": "4.1"}))
        self.say(fact("ActivityWithdrawn", "activity/3.2", {}) | {"reason": "fundida"})
        self.say(fact("ActivityReinstated", "activity/3.2", {}) | {"reason": "separada otra vez"})
        self.say(fact("VoluntaryReportExpected", "review/africa", {"country": "KE"}))
        finding = {"line": "agenda", "status": "partly", "finding": "falta el orden", "source": "carta"}
        self.say(fact("ReadinessFindingRecorded", "review/africa", finding))
        self.say(fact("ReadinessSnapshotTaken", "review/africa", {"signed_off_by": "p1"}))
        sign(self.runtime, W)

    def ask_for_reports(self) -> None:
        """Open a round: one letter goes out and is answered by its form, one is refused, one waits."""
        self.on("2023-07-03")

        def behave(command: str, _server: Any, _session: Any, envelope: Any) -> str | None:
            refused = command == "DATA" and envelope.rcpt_tos[0].startswith("other")
            return "550 no such mailbox" if refused else None

        self.mail.behave = behave
        with self.runtime.directory() as tx:
            people.set_muted(tx, self.gone, "2023-06-01T00:00:00.000000Z")
        with_settings(self.runtime, smtp_url=self.mail.url)
        said = remind(self.runtime, W, "2023-Q2")
        assert [said[name] for name in ("sent", "held", "failed")] == [1, 1, 1], said
        with_settings(self.runtime, smtp_url=None)
        self.link = path_in(self.mail)
        browser = self.house.client()
        form = form_of(browser.get(self.link)).fields | {"3.1:no_change": "1"}
        assert browser.post(self.link, data=form).status_code == 201
        self.say(fact("ReportExcused", "activity/4.1", {"quarter": "2023-Q2"}) | {"reason": "sede cerrada"})

    def end(self) -> None:
        self.on("2023-09-04")
        self.say(
            fact(
                "TextRedacted",
                "activity/3.2",
                {"position": self.redacted, "field": "/data/note", "authority": "DPO"},
            )
        )
        erasure.erase(self.runtime, self.gone, CLI)
        rebuild(self.runtime.database, W)
        done = status("4.1", "completed", no_evidence_reason="se verá")
        self.say(done, key="done")
        self.say(done, key="true already")
        self.say(fact("WorkplanAmended", "workplan", {"title": {"es": "Plan revisado"}}))
        sign(self.runtime, W)
        self.house.clock.move(days=1)
        self.say(fact("MomentNamed", "workplan", {"slug": "end", "title": "Fin", "at": "2023-09-04"}))

    def facts(self) -> dict[str, Any]:
        """Return what the tests must know to go on with it."""
        with self.runtime.database.read() as tx:
            schema = tx.one("SELECT version_num FROM alembic_version")
        assert schema
        return {
            "schema": schema[0],
            "now": self.house.clock.now.isoformat(),
            "secrets": self.secrets,
            "link": self.link,
            "erased": self.gone,
            "kept": {"key": "kept", "body": KEPT, "first": self.note},
        }


def lived(url: str, data: Path) -> dict[str, Any]:
    """Live through it in a migrated database and return its facts, with the answers to every question."""
    with mail_server(nobody_listens()) as mail:
        life = Life(url, data, mail)
        life.begin()
        life.work()
        life.ask_for_reports()
        life.end()
        answers = {
            path: {"who": who, "answer": ask(life.house, who, path)} for path, who in questions(life.runtime)
        }
        found = life.facts() | {"answers": answers}
        life.runtime.close()
    return found


def keep(folder: Path, engine: str, data: Path, found: dict[str, Any]) -> None:
    """Write the facts, and what lies beside a database: the key, what it remembers, the ledger, the secret."""
    (folder / f"{engine}.json").write_text(
        json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8"
    )
    beside = {
        path.name: path.read_text("utf-8")
        for path in sorted(data.iterdir())
        if path.suffix not in {".lock", ".db"}
    }
    (folder / f"{engine}-beside.json").write_text(json.dumps(beside, indent=1) + "\n", "utf-8")


def freeze_sqlite(folder: Path, scratch: Path) -> None:
    path, data = scratch / "tracker.db", scratch / "sqlite"
    migrate(f"sqlite:///{path}")
    found = lived(f"sqlite:///{path}", data)
    assert not path.with_name("tracker.db-wal").exists(), "closing did not carry over the write-ahead log"
    (folder / "sqlite.db.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    keep(folder, "sqlite", data, found)


def freeze_postgresql(folder: Path, scratch: Path) -> None:
    data = scratch / "postgresql"
    with postgresql_database() as url:
        migrate(url)
        found = lived(url, data)
        command = [
            postgres.program_folder() / "pg_dump",
            "--no-owner",
            "--no-privileges",
            "--inserts",
            f"--dbname={url}",
        ]
        dumped = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # Without what only psql, or only a server of this version, understands.
    said = re.sub(r"(?m)^(\\|SET transaction_timeout).*\n", "", dumped)
    (folder / "postgresql.sql.gz").write_bytes(gzip.compress(said.encode(), mtime=0))
    keep(folder, "postgresql", data, found)


@contextlib.contextmanager
def postgresql_database() -> Iterator[str]:
    server = Path(tempfile.mkdtemp(prefix="tracker-pg-"))
    try:
        yield postgres.create_database(postgres.start(server), "frozen")
    finally:
        postgres.stop(server)


def main() -> None:
    project = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    folder = HERE / project["version"]
    if folder.exists():
        sys.exit(f"{folder} is there already: what was released is not written again")
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "made"
        made.mkdir()
        freeze_sqlite(made, Path(scratch))
        freeze_postgresql(made, Path(scratch))
        shutil.copytree(made, folder)
    print(
        *(f"{path.relative_to(HERE)}: {path.stat().st_size}" for path in sorted(folder.iterdir())), sep="\n"
    )


if __name__ == "__main__":
    main()
