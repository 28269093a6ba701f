"""Random wishes about the small plan: most can be meant, many are refused."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from tests.stories import LINK, Request, activity, event

ENTITIES = ("oim", "oms", "acnur")
STATUSES = ("not_started", "in_progress", "in_progress", "on_hold", "completed", "completed", "discontinued")
ASSESSMENTS = ("on_track", "at_risk", "delayed")
QUARTERS = ("2022-Q4", "2022-Q4", "2022-Q4", "2023-Q1", "2023-Q1", "2023-Q2", "2023-Q3", "2021-Q4")
WINDOWS = ({"from": "2023-Q1", "to": "2023-Q4"}, {"from": "2023-Q2", "to": "2023-Q2"})


class Wisher:
    """Makes up wishes. ``log`` are the raw events recorded so far, ``today`` the day of the clock."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.log: list[dict[str, Any]] = []
        self.today = date(2023, 1, 2)

    def request(self) -> list[Request]:
        """Return the events of one request; a few of them in every fifth."""
        if self.rng.random() < 0.8:
            return [self.wish()]
        made = [self.wish() for _ in range(self.rng.randint(2, 4))]
        if self.rng.random() < 0.5:  # about one subject, so that they meet
            subject = self.rng.choice(self.activities())
            made = [self.about(subject) for _ in made]
        return made

    def wish(self) -> Request:
        makers: dict[Any, int] = {
            self.amendment: 22,
            self.other: 14,
            self.session: 8,
            self.milestone: 5,
            self.product: 5,
            self.review: 5,
            self.round: 6,
            self.plan: 4,
        }
        about = self.rng.choice(self.activities())
        if self.rng.random() < 0.4:
            return self.about(about)
        made: Request = self.rng.choices(list(makers), list(makers.values()))[0]()
        return made

    def about(self, subject: str) -> Request:
        return self.rng.choice([self.report, self.report, self.status])(subject)

    # ------------------------------------------------------------------------------------------------ envelope

    def maybe(self, chance: float) -> bool:
        return self.rng.random() < chance

    def first(self, subject: str, kinds: list[tuple[str, Request]]) -> tuple[str, Request]:
        """Return one of several events; the first of them, which founds, where the subject is not there (mostly)."""
        is_there = any(one["subject"] == subject for one in self.log)
        choice = self.rng.choice(kinds)
        return kinds[0] if not is_there and self.maybe(0.8) else choice

    def activities(self) -> list[str]:
        known = {one["subject"] for one in self.log if one["subject"].startswith("activity/")}
        return sorted(known) or ["activity/3.1"]

    def day(self) -> str:
        """Return a date, often partial: mostly past, now and then before the plan or still to come."""
        day = self.today - timedelta(
            days=self.rng.choice([0, 0, 0, 1, 1, 5, 5, 20, 20, 40, 40, 90, 90, 200, 300, 400, -1])
        )
        return self.rng.choice([
            day.isoformat(), day.isoformat(), f"{day:%Y-%m}", f"{day.year}-Q{(day.month + 2) // 3}", str(day.year)
        ])  # fmt: skip

    def sent(
        self, kind: str, subject: str, data: Request, *, late: float = 0.45, reason: float = 0.75
    ) -> Request:
        made = event(kind, subject, data)
        if self.maybe(late):
            made["occurred_on"] = self.day()
        if self.maybe(reason):
            made["reason"] = self.rng.choice(["no venue", "no money", "strike"])
        if self.maybe(0.02):
            made["expected_version"] = self.rng.randint(0, 6)
        return made

    # ------------------------------------------------------------------------------------------------ activities

    def report_data(self) -> Request:
        data: Request = {}
        if self.maybe(0.1):
            data["no_change"] = True
        if self.maybe(0.4):
            data["status"] = self.rng.choice(STATUSES)
        if self.maybe(0.5 if data.get("status", "in_progress") == "in_progress" else 0.05):
            data["assessment"] = self.rng.choice(ASSESSMENTS)
        if self.maybe(0.4):
            data["quarter"] = self.rng.choice(QUARTERS)
        if self.maybe(0.3):
            data["note"] = self.rng.choice(["we met", "we wrote"])
        if self.maybe(0.4):
            data["evidence"] = [LINK]
        if self.maybe(0.1):
            data["done"] = {"talks": self.rng.randint(0, 3)}
        if self.maybe(0.1):
            data["subitems"] = {self.rng.choice("abc"): self.rng.choice(STATUSES)}
        if self.maybe(0.1):
            data["same_reason"] = True
        return data

    def report(self, subject: str) -> Request:
        made = self.sent("ProgressReported", subject, self.report_data())
        said_by = self.rng.choice([*ENTITIES, "oim", "oms", None])
        if said_by and self.maybe(0.2):
            made["on_behalf_of"] = {"entity": said_by, "by": "mail", "received_on": "2023-01-05"}
        elif said_by:
            made["entity"] = said_by
        return made

    def status_data(self) -> Request:
        data: Request = {"status": self.rng.choice(STATUSES)}
        if self.maybe(0.5 if data["status"] == "in_progress" else 0.02):
            data["assessment"] = self.rng.choice(ASSESSMENTS)
        if self.maybe(0.5):
            data["evidence"] = [LINK]
        return data

    def status(self, subject: str) -> Request:
        return self.sent("ActivityStatusChanged", subject, self.status_data())

    def other(self) -> Request:
        subject = self.rng.choice(self.activities())
        new = f"3.{self.rng.randint(1, 7)}"
        kinds: list[tuple[str, Request]] = [
            ("ActivityReworded", {"text": {"es": f"texto {self.rng.randint(0, 2)}"}}),
            ("ActivityMoved", {"workstream": self.rng.choice("345"), "number": "9.9"}),
            (
                "ActivityScheduled",
                {"from": "2023-Q1", "to": self.rng.choice(["2023-Q4", "2022-Q4"]), "source": "x"},
            ),
            ("ActivityTagged", {"tags": {"objectives": [str(self.rng.randint(1, 23))]}, "nature": "yearly"}),
            ("ActivityLinked", {"kind": "same_as", "to": self.rng.choice(["3.1", "4.1", "9.9"])}),
            ("ActivityUnlinked", {"kind": "same_as", "to": "4.1"}),
            ("ReportExcused", {"quarter": "2023-Q1"}),
            ("SubitemAdded", {"text": {"es": "parte"}}),
            ("SubitemReworded", {"key": self.rng.choice("ab1"), "text": {"es": "otra"}}),
            ("SubitemWithdrawn", {"key": self.rng.choice("ab1")}),
            ("ActivityClosedOut", {"outcome": "completed"}),
            ("ActivityWithdrawn", {}),
            ("ActivityWithdrawn", {"replaced_by": "3.1"}),
            ("ActivityReinstated", {}),
            ("ActivityReinstated", {}),
            ("ActivityAdded", activity(new)["data"]),
        ]
        kind, data = self.rng.choice(kinds)
        return self.sent(kind, f"activity/{new}" if kind == "ActivityAdded" else subject, data)

    # --------------------------------------------------------------------------------------------- other subjects

    def session(self) -> Request:
        day = self.today + timedelta(days=self.rng.choice([-60, -20, -1, 10]))
        times = {"starts_at": f"{day}T15:00", "ends_at": f"{day}T17:00"}
        scheduled = times | {
            "kind": "workshop", "title": "A", "level": "global", "zone": "Africa/Nairobi", "mode": "online",
            "languages": ["es"], "audience": "all", "rule": "open", "workstreams": ["3"], "objectives": [],
        }  # fmt: skip
        subject = f"session/s{self.rng.randint(1, 2)}"
        kind, data = self.first(subject, [
            ("SessionProposed", {"kind": "workshop", "title": "A"}),
            ("SessionScheduled", scheduled),
            ("SessionScheduled", scheduled),
            ("SessionRescheduled", times),
            ("SessionHeld", {"attendance": {"member-states": 3}, "counts_for": ["3.3"]}),
            ("SessionMaterialPublished", {"kind": "summary", "url": "https://example.org/s", "language": "es"}),
            ("SessionCancelled", {}),
        ])  # fmt: skip
        return self.sent(kind, subject, data)

    def milestone(self) -> Request:
        owner = self.rng.choice(
            [{"activity": "3.1"}, {"workstream": "3"}, {"workstream": "4"}, {"activity": "9.9"}, {}]
        )
        due = self.rng.choice([self.day(), self.rng.choice(WINDOWS)])
        subject = f"milestone/m{self.rng.randint(1, 2)}"
        kind, data = self.first(subject, [
            ("MilestoneSet", {"title": "M", "due": due} | owner),
            ("MilestoneRescheduled", {"due": due}),
            ("MilestoneReached", {}),
            ("MilestoneCancelled", {}),
        ])  # fmt: skip
        return self.sent(kind, subject, data)

    def product(self) -> Request:
        published = {
            "languages": ["es"],
            "url": "https://example.org/p",
            "steward": "oim",
            "sustain_note": self.rng.choice(["a", "b"]),
            "review_on": "2024-06-30",
        }
        kind, data = self.first("product/p", [
            ("ProductPlanned", {"title": "P", "kind": "tool", "activities": self.rng.choice([["3.1"], ["9.9"]])}),
            ("ProductPublished", published),
            ("ProductUpdated", self.rng.choice([{"language": "en"}, {"edition": "2"}, {}])),
            ("ProductUsed", {"by": "A", "country": "KE"}),
            ("ProductReviewed", {"outcome": self.rng.choice(["current", "retired"])}),
        ])  # fmt: skip
        return self.sent(kind, "product/p", data)

    def review(self) -> Request:
        kind, data = self.first("review/africa", [
            ("ReviewPlanned", {"commission": "CEPA", "window": WINDOWS[0]}),
            ("ReviewRescheduled", {"starts_on": "2023-05-02", "ends_on": "2023-05-04"}),
            ("ReviewRescheduled", {"window": WINDOWS[1]}),
            ("ReviewHeld", {}),
            ("ReviewCancelled", {}),
            ("VoluntaryReportExpected", {"country": "KE"}),
            ("VoluntaryReportReceived", {"country": self.rng.choice(["KE", "ET"])}),
            ("ReadinessFindingRecorded", {"line": "host", "status": "met", "finding": "x", "source": "y"}),
        ])  # fmt: skip
        return self.sent(kind, "review/africa", data)

    def round(self) -> Request:
        subject = f"round/{self.rng.choice(QUARTERS)}"
        kind, data = self.first(subject, [
            ("RoundOpened", {}),
            ("RoundExtended", {"due": "2023-08-10", "closes": "2023-08-31"}),
            ("ReportRequested", {"activity": "3.1", "entity": "oim", "question": "x"}),
            ("RoundClosed", {}),
        ])  # fmt: skip
        return self.sent(kind, subject, data, late=0.1)

    def plan(self) -> Request:
        kinds: list[tuple[str, str, Request]] = [
            (
                "WorkplanAmended",
                "workplan",
                {"title": {"es": f"Plan {self.rng.randint(0, 3)}", "en": "Plan"}},
            ),
            ("WorkplanAmended", "workplan", {"settings": {"public": self.maybe(0.5)}}),
            ("MomentNamed", "workplan", {"slug": "m", "title": "M", "at": "2023-03-01"}),
            ("EntityRenamed", "entity/oim", {"names": {"es": f"OIM {self.rng.randint(0, 2)}"}}),
            ("CommitmentAdded", "commitment/1", {"text": {"es": "x"}}),
            ("CommitmentReported", "commitment/1", {"note": "done"}),
            ("LeadReleased", "workstream/3", {"entity": "oms"}),
            ("LeadAssigned", "workstream/3", {"entity": self.rng.choice(ENTITIES)}),
            ("WorkstreamWithdrawn", "workstream/4", {}),
            ("WorkstreamReinstated", "workstream/4", {}),
            ("WorkplanClosed", "workplan", {}) if self.maybe(0.1) else ("EntityRetired", "entity/acnur", {}),
        ]
        kind, subject, data = self.rng.choice(kinds)
        return self.sent(kind, subject, data)

    # ------------------------------------------------------------------------------------------------ amendments

    def amendment(self) -> Request:
        """Amend an entry: a late one rather than an early one, under its own subject but for one in twenty."""
        weights = [1 + 8 * (one["position"] > 13) for one in self.log]
        target = self.rng.choices(self.log, weights)[0]
        subject = self.rng.choice(self.activities()) if self.maybe(0.05) else target["subject"]
        said: Request = {"position": target["position"]}
        if self.maybe(0.35):
            return self.sent("EntryRetracted", subject, said)
        if self.maybe(0.15):
            field = self.rng.choice(["/reason", "/data/note", "/data/data/note", "/data/finding"])
            return self.sent("TextRedacted", subject, said | {"field": field, "authority": "asked for"})
        if self.maybe(0.6):
            said["occurred_on"] = self.day()
        if self.maybe(0.2):
            said["reason"] = "corrected"
        if self.maybe(0.4):
            said["data"] = self.corrected_data(target)
        return self.sent("EntryCorrected", subject, said)

    def corrected_data(self, target: dict[str, Any]) -> Request:
        match target["type"]:
            case "ProgressReported":
                return self.report_data()
            case "ActivityStatusChanged":
                return self.status_data()
            case "ActivityAdded":
                return dict(activity(self.rng.choice(["3.1", "4.1", "5.1"]))["data"])
            case "MilestoneRescheduled":
                return {"due": self.day()}
            case "SessionHeld":
                return {"counts_for": self.rng.choice([["3.1"], ["3.3"], ["9.9"]])}
            case _:
                return dict(target["data"])
