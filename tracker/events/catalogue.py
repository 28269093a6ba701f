"""Every event that can happen, declared once: its data, its subject, who may say it, its label in three languages.

The JSON schema, the API, ``docs/events.md`` and the labels on pages all follow from these declarations. A field of type
:class:`~tracker.events.vocabulary.Sealed` is a free text that can be redacted. A field whose default is ``None`` may be
left out; it is never written as null.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, dataclass_transform

from tracker.events.vocabulary import (
    ActivityId,
    Assessment,
    Champion,
    CommitmentId,
    Count,
    Country,
    Day,
    EntityId,
    EntityKind,
    Evidence,
    GroupSlug,
    Key,
    Language,
    Level,
    LinkKind,
    Nature,
    Number,
    Objective,
    Occurred,
    PersonId,
    ProductKind,
    Quarter,
    Region,
    Rule,
    Sealed,
    SessionKind,
    Sha256,
    Slug,
    Status,
    Step,
    Subitem,
    Tags,
    Target,
    Title,
    Url,
    WallTime,
    Window,
    Wording,
    WorkstreamId,
    Zone,
    is_day_or_instant,
)

T = TypeVar("T")
Right = Literal["report", "field", "proposal", "plan", "redact", "system", "correct"]
"""Which row of the table of rights an event falls under (docs/rights.md)."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is known about an event type besides its data."""

    type: str
    kind: str
    schema: int
    right: Right
    founding: bool
    labels: dict[str, str]
    data: Any
    """The dataclass of the type's data."""


CATALOGUE: dict[str, Declaration] = {}
"""Every declared type by name, in the order of this file."""


@dataclass_transform(frozen_default=True)
def fact(
    kind: str, *, es: str, en: str, fr: str, right: Right = "plan", founding: bool = False, schema: int = 1
) -> Callable[[type[T]], type[T]]:
    """Declare an event type about subjects of ``kind``."""

    def declare(data: type[T]) -> type[T]:
        made = dataclass(frozen=True, slots=True)(data)
        labels = {"es": es, "en": en, "fr": fr}
        CATALOGUE[made.__name__] = Declaration(made.__name__, kind, schema, right, founding, labels, made)
        return made

    return declare


# ---------------------------------------------------------------------------------------------------- workplan


@fact("workplan", es="Plan adoptado", en="Workplan adopted", fr="Plan adopté", right="system", founding=True)
class WorkplanAdopted:
    """The workplan begins. ``origin`` names this log for ever and is unique; written by the system only."""

    title: Wording
    period: Window
    zone: Zone
    origin: Title
    settings: dict[str, Any]
    simulated: bool | None = None


@fact("workplan", es="Plan modificado", en="Workplan amended", fr="Plan modifié")
class WorkplanAmended:
    """The title or some settings change; settings not named stay as they are."""

    title: Wording | None = None
    settings: dict[str, Any] | None = None


@fact("workplan", es="Plan cerrado", en="Workplan closed", fr="Plan clos")
class WorkplanClosed:
    """The plan is over: only corrections, redactions, moments, sessions, reviews and closing-out follow."""


@fact("workplan", es="Momento señalado", en="Moment named", fr="Moment nommé")
class MomentNamed:
    """An instant gets a name: a day means its end in the workplan's zone."""

    slug: Slug
    title: Title
    at: Annotated[
        str,
        Rule(
            "a day such as `2023-06-15` or an instant with its offset",
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T.+(Z|[+-][0-9]{2}:[0-9]{2}))?",
            is_day_or_instant,
        ),
    ]


@fact(
    "workplan",
    es="Clave de firma cambiada",
    en="Signing key changed",
    fr="Clé de signature changée",
    right="system",
)
class SigningKeyChanged:
    """From here on another key signs tree heads."""

    key: Title
    previous: Title | None = None
    size: Count | None = None


# ------------------------------------------------------------------------------------------------------ entity


@fact("entity", es="Entidad añadida", en="Entity added", fr="Entité ajoutée", founding=True)
class EntityAdded:
    """An organisation, or a natural person printed in the plan (then with an opaque id and redactable names)."""

    names: dict[str, str | Sealed | tuple[str, ...]]
    printed: tuple[str | Sealed, ...]
    kind: EntityKind


@fact("entity", es="Entidad renombrada", en="Entity renamed", fr="Entité renommée")
class EntityRenamed:
    """The entity is now called otherwise; earlier views keep the earlier name."""

    names: dict[str, str | Sealed | tuple[str, ...]]


@fact("entity", es="Entidad clasificada", en="Entity tagged", fr="Entité classée")
class EntityTagged:
    """What kind of member the entity is, and where."""

    category: Slug | None = None
    country: Country | None = None
    region: Region | None = None
    champion: Champion | None = None


@fact("entity", es="Entidad retirada", en="Entity retired", fr="Entité retirée")
class EntityRetired:
    """The entity no longer takes part."""


# -------------------------------------------------------------------------------------------------- commitment


@fact("commitment", es="Compromiso añadido", en="Commitment added", fr="Engagement ajouté", founding=True)
class CommitmentAdded:
    """What the Network as a whole undertook."""

    text: Wording


@fact(
    "commitment", es="Informe sobre el compromiso", en="Commitment reported", fr="Rapport sur un engagement"
)
class CommitmentReported:
    """What was done about it, as the Secretariat reports."""

    note: Sealed
    links: tuple[Url, ...] | None = None


# -------------------------------------------------------------------------------------------------- workstream


@fact(
    "workstream", es="Lineamiento añadido", en="Workstream added", fr="Axe de travail ajouté", founding=True
)
class WorkstreamAdded:
    """A workstream as printed; paragraphs of the Declaration by number, ``[]`` where none is printed."""

    number: Number
    title: Wording
    category: Literal["new", "ongoing"]
    declaration_paragraphs: tuple[int, ...]
    notes: tuple[str, ...]
    component: Literal["core", "thematic"] | None = None
    preamble: Wording | None = None


@fact("workstream", es="Lineamiento reformulado", en="Workstream reworded", fr="Axe de travail reformulé")
class WorkstreamReworded:
    """The title or the preamble changes."""

    title: Wording | None = None
    preamble: Wording | None = None


@fact("workstream", es="Lineamiento clasificado", en="Workstream tagged", fr="Axe de travail classé")
class WorkstreamTagged:
    """The tags named replace those held; the others stay."""

    tags: Tags


@fact("workstream", es="Entidad encargada asignada", en="Lead assigned", fr="Entité responsable désignée")
class LeadAssigned:
    """An entity leads the workstream, or one activity of it."""

    entity: EntityId
    printed: str | Sealed | None = None
    activity: ActivityId | None = None


@fact("workstream", es="Entidad encargada relevada", en="Lead released", fr="Entité responsable relevée")
class LeadReleased:
    """An entity no longer leads the workstream, or one activity of it."""

    entity: EntityId
    activity: ActivityId | None = None


@fact("workstream", es="Participante incorporado", en="Participant joined", fr="Participant ajouté")
class ParticipantJoined:
    """An entity takes part, as printed, perhaps represented by others."""

    entity: EntityId
    printed: str | Sealed
    represented_by: tuple[EntityId, ...] | None = None


@fact("workstream", es="Participante retirado", en="Participant left", fr="Participant retiré")
class ParticipantLeft:
    """An entity no longer takes part."""

    entity: EntityId


@fact("workstream", es="Punto focal nombrado", en="Focal point named", fr="Point focal désigné")
class FocalPointNamed:
    """A person acts for an entity in this workstream. Names and addresses live in the directory."""

    person: PersonId
    entity: EntityId


@fact("workstream", es="Punto focal relevado", en="Focal point released", fr="Point focal relevé")
class FocalPointReleased:
    """A person no longer acts for an entity in this workstream."""

    person: PersonId
    entity: EntityId


@fact(
    "workstream",
    es="Lineamiento retirado del plan",
    en="Workstream removed from the plan",
    fr="Axe de travail retiré du plan",
)
class WorkstreamWithdrawn:
    """The workstream leaves the plan's text; every activity of it has left or moved before."""


@fact("workstream", es="Lineamiento reincorporado", en="Workstream reinstated", fr="Axe de travail rétabli")
class WorkstreamReinstated:
    """The workstream is part of the plan again."""


# ---------------------------------------------------------------------------------------------------- activity


@fact("activity", es="Actividad añadida", en="Activity added", fr="Activité ajoutée", founding=True)
class ActivityAdded:
    """An activity as printed. ``targets`` are only what the text itself says."""

    workstream: WorkstreamId
    number: Number
    text: Wording
    subitems: tuple[Subitem, ...] | None = None
    targets: tuple[Target, ...] | None = None
    nature: Nature | None = None


@fact("activity", es="Actividad reformulada", en="Activity reworded", fr="Activité reformulée")
class ActivityReworded:
    """The text changes."""

    text: Wording


@fact("activity", es="Actividad trasladada", en="Activity moved", fr="Activité déplacée")
class ActivityMoved:
    """The activity moves to a workstream and number; its id stays."""

    workstream: WorkstreamId
    number: Number


@fact("activity", es="Plazo fijado", en="Activity scheduled", fr="Activité programmée")
class ActivityScheduled:
    """The activity's window, and where it was read or decided."""

    from_: Quarter
    to: Quarter
    source: Title


@fact("activity", es="Actividad clasificada", en="Activity tagged", fr="Activité classée")
class ActivityTagged:
    """The fields named replace those held; the others stay."""

    tags: Tags | None = None
    nature: Nature | None = None
    targets: tuple[Target, ...] | None = None


@fact("activity", es="Actividades vinculadas", en="Activities linked", fr="Activités liées")
class ActivityLinked:
    """This activity is the same as, feeds, follows or uses another."""

    kind: LinkKind
    to: ActivityId


@fact("activity", es="Vínculo eliminado", en="Activities unlinked", fr="Lien supprimé")
class ActivityUnlinked:
    """A link no longer holds."""

    kind: LinkKind
    to: ActivityId


@fact("activity", es="Avance informado", en="Progress reported", fr="Avancement communiqué", right="report")
class ProgressReported:
    """All that a lead ever sends about a quarter. ``done`` holds totals, not increments."""

    quarter: Quarter | None = None
    no_change: bool | None = None
    status: Status | None = None
    assessment: Assessment | None = None
    done: dict[Slug, Count] | None = None
    subitems: dict[Key, Status] | None = None
    note: Sealed | None = None
    needs: Sealed | None = None
    evidence: tuple[Evidence, ...] | None = None
    sustainability: Sealed | None = None
    same_reason: bool | None = None
    no_requests: bool | None = None
    regions: tuple[Region, ...] | None = None
    countries: tuple[Country, ...] | None = None
    objectives: tuple[Objective, ...] | None = None


@fact("activity", es="Estado modificado", en="Status changed", fr="État modifié", right="report")
class ActivityStatusChanged:
    """A decision about the status outside a report."""

    status: Status
    assessment: Assessment | None = None
    evidence: tuple[Evidence, ...] | None = None
    no_evidence_reason: Sealed | None = None
    sustainability: Sealed | None = None


@fact("activity", es="Informe dispensado", en="Report excused", fr="Dispense de rapport")
class ReportExcused:
    """No report is expected about this activity for one quarter."""

    quarter: Quarter


@fact("activity", es="Parte añadida", en="Sub-item added", fr="Partie ajoutée")
class SubitemAdded:
    """The activity gets a further part."""

    text: Wording
    label: Key | None = None


@fact("activity", es="Parte reformulada", en="Sub-item reworded", fr="Partie reformulée")
class SubitemReworded:
    """The text of a part changes."""

    key: Key
    text: Wording


@fact(
    "activity",
    es="Parte retirada del plan",
    en="Sub-item removed from the plan",
    fr="Partie retirée du plan",
)
class SubitemWithdrawn:
    """A part leaves the plan's text."""

    key: Key


@fact("activity", es="Actividad liquidada", en="Activity closed out", fr="Activité soldée")
class ActivityClosedOut:
    """What became of the activity at the plan's end; its status stays."""

    outcome: Literal["completed", "carried_over", "discontinued"]
    to_plan: Slug | None = None


@fact(
    "activity",
    es="Actividad retirada del plan",
    en="Activity removed from the plan",
    fr="Activité retirée du plan",
)
class ActivityWithdrawn:
    """The activity leaves the plan's text."""

    replaced_by: ActivityId | None = None


@fact("activity", es="Actividad reincorporada", en="Activity reinstated", fr="Activité rétablie")
class ActivityReinstated:
    """The activity is part of the plan again."""


# --------------------------------------------------------------------------------------------------- milestone


@fact("milestone", es="Hito fijado", en="Milestone set", fr="Jalon fixé", founding=True)
class MilestoneSet:
    """Something due by a date, or within a window, in an activity, a workstream or a commitment."""

    title: Title | Wording
    due: Occurred | Window
    activity: ActivityId | None = None
    workstream: WorkstreamId | None = None
    commitment: CommitmentId | None = None


@fact("milestone", es="Hito reprogramado", en="Milestone rescheduled", fr="Jalon reprogrammé")
class MilestoneRescheduled:
    """The due date moves; the original one is kept."""

    due: Occurred | Window


@fact("milestone", es="Hito alcanzado", en="Milestone reached", fr="Jalon atteint", right="report")
class MilestoneReached:
    """It happened."""

    evidence: tuple[Evidence, ...] | None = None


@fact("milestone", es="Hito cancelado", en="Milestone cancelled", fr="Jalon annulé")
class MilestoneCancelled:
    """It will not happen."""


# ----------------------------------------------------------------------------------------------------- product


@fact(
    "product",
    es="Producto previsto",
    en="Product planned",
    fr="Produit prévu",
    right="report",
    founding=True,
)
class ProductPlanned:
    """Something that activities are to leave behind: a guide, a tool, a course."""

    title: Title | Wording
    kind: ProductKind
    activities: tuple[ActivityId, ...]


@fact("product", es="Producto publicado", en="Product published", fr="Produit publié", right="report")
class ProductPublished:
    """It is there to be used; its steward keeps it usable and looks at it again on ``review_on``."""

    languages: tuple[Language, ...]
    url: Url
    steward: EntityId
    sustain_note: Sealed
    review_on: Day


@fact(
    "product",
    es="Nueva edición de un producto",
    en="New edition of a product",
    fr="Nouvelle édition d’un produit",
    right="report",
)
class ProductUpdated:
    """A newer edition, another language, or another address."""

    edition: Title | None = None
    language: Language | None = None
    url: Url | None = None


@fact("product", es="Producto utilizado", en="Product used", fr="Produit utilisé", right="report")
class ProductUsed:
    """Somebody used it, in a country or as an entity."""

    by: Sealed
    country: Country | None = None
    entity: EntityId | None = None
    url: Url | None = None


@fact("product", es="Producto revisado", en="Product reviewed", fr="Produit réexaminé", right="report")
class ProductReviewed:
    """Its steward looked whether it is still good."""

    outcome: Literal["current", "needs_update", "retired"]


# ----------------------------------------------------------------------------------------------------- session


@fact(
    "session",
    es="Sesión propuesta",
    en="Session proposed",
    fr="Session proposée",
    right="proposal",
    founding=True,
)
class SessionProposed:
    """A session is wished for; nothing is fixed yet."""

    kind: SessionKind
    title: Title | Wording
    level: Level | None = None
    region: Region | None = None
    window: Window | None = None
    audience: Title | None = None
    workstreams: tuple[WorkstreamId, ...] | None = None
    objectives: tuple[Objective, ...] | None = None


@fact(
    "session",
    es="Sesión programada",
    en="Session scheduled",
    fr="Session programmée",
    right="field",
    founding=True,
)
class SessionScheduled:
    """A session has its date. Times are local to ``zone`` unless they carry an offset."""

    kind: SessionKind
    title: Title | Wording
    level: Level
    starts_at: WallTime
    ends_at: WallTime
    zone: Zone
    mode: Literal["online", "in_person", "hybrid"]
    languages: tuple[Language, ...]
    audience: Title
    rule: Literal["open", "chatham_house"]
    workstreams: tuple[WorkstreamId, ...]
    objectives: tuple[Objective, ...]
    region: Region | None = None
    country: Country | None = None


@fact("session", es="Sesión reprogramada", en="Session rescheduled", fr="Session reprogrammée", right="field")
class SessionRescheduled:
    """The session moves; the original start is kept."""

    starts_at: WallTime
    ends_at: WallTime


@fact("session", es="Sesión celebrada", en="Session held", fr="Session tenue", right="field")
class SessionHeld:
    """The session took place. It counts by itself for the activities named."""

    attendance: dict[GroupSlug, Count] | None = None
    counts_for: tuple[ActivityId, ...] | None = None


@fact(
    "session", es="Material publicado", en="Session material published", fr="Document publié", right="field"
)
class SessionMaterialPublished:
    """Something of the session can be read or seen."""

    kind: Literal["recording", "summary", "agenda", "practice"]
    url: Url
    language: Language


@fact("session", es="Sesión cancelada", en="Session cancelled", fr="Session annulée", right="field")
class SessionCancelled:
    """The session will not take place."""


# ------------------------------------------------------------------------------------------------------ review


@fact("review", es="Examen previsto", en="Review planned", fr="Examen prévu", founding=True)
class ReviewPlanned:
    """A regional review is planned, in a window or on days."""

    commission: Title
    window: Window | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    place: Title | None = None


@fact("review", es="Examen reprogramado", en="Review rescheduled", fr="Examen reprogrammé")
class ReviewRescheduled:
    """The review moves; every earlier date is kept."""

    window: Window | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    place: Title | None = None


@fact("review", es="Examen celebrado", en="Review held", fr="Examen tenu")
class ReviewHeld:
    """The review took place."""


@fact("review", es="Resultado publicado", en="Review outcome published", fr="Résultat publié")
class ReviewOutcomePublished:
    """The outcome of the review can be read."""

    url: Url


@fact("review", es="Examen cancelado", en="Review cancelled", fr="Examen annulé")
class ReviewCancelled:
    """The review will not take place."""


@fact(
    "review",
    es="Informe voluntario esperado",
    en="Voluntary report expected",
    fr="Rapport volontaire attendu",
    right="field",
)
class VoluntaryReportExpected:
    """A country said that it will report."""

    country: Country


@fact(
    "review",
    es="Informe voluntario recibido",
    en="Voluntary report received",
    fr="Rapport volontaire reçu",
    right="field",
)
class VoluntaryReportReceived:
    """A country's voluntary report arrived."""

    country: Country
    url: Url | None = None


@fact(
    "review",
    es="Constatación registrada",
    en="Readiness finding recorded",
    fr="Constatation consignée",
    right="field",
)
class ReadinessFindingRecorded:
    """A person's finding on one line of the readiness picture, with its source."""

    line: Slug
    status: Literal["met", "partly", "missing", "unknown"]
    finding: Sealed
    source: Sealed


@fact("review", es="Instantánea congelada", en="Readiness snapshot taken", fr="Instantané figé")
class ReadinessSnapshotTaken:
    """The readiness picture is frozen at a position; only ``signed_off_by`` is given by a person."""

    signed_off_by: PersonId
    number: Count | None = None
    at_position: Count | None = None
    size: Count | None = None
    root: Sha256 | None = None
    rules: Slug | None = None
    sha256: Sha256 | None = None


# ------------------------------------------------------------------------------------------------------- round


@fact("round", es="Ronda abierta", en="Round opened", fr="Cycle ouvert", founding=True)
class RoundOpened:
    """Reporting about a quarter opens; the server fills in every date."""

    opens: Day | None = None
    due: Day | None = None
    closes: Day | None = None
    steps: tuple[Step, ...] | None = None


@fact("round", es="Ronda prorrogada", en="Round extended", fr="Cycle prolongé")
class RoundExtended:
    """The round is due and closes later."""

    due: Day
    closes: Day
    steps: tuple[Step, ...] | None = None


@fact("round", es="Informe solicitado", en="Report requested", fr="Rapport demandé")
class ReportRequested:
    """One lead is asked about one gap."""

    activity: ActivityId
    entity: EntityId
    question: Sealed


@fact("round", es="Recordatorio enviado", en="Reminder sent", fr="Rappel envoyé", right="system")
class ReminderSent:
    """The mail server accepted a letter."""

    step: Slug
    recipient: PersonId
    entities: tuple[EntityId, ...]
    activities: tuple[ActivityId, ...]
    message_id: Title
    size: Count
    root: Sha256


@fact("round", es="Recordatorio fallido", en="Reminder failed", fr="Rappel non remis", right="system")
class ReminderFailed:
    """A letter could not be handed over, or nobody knows whether it was."""

    step: Slug
    recipient: PersonId
    outcome: Literal["rejected", "unknown", "bounced", "lapsed"]
    message_id: Title | None = None


@fact("round", es="Ronda cerrada", en="Round closed", fr="Cycle clos")
class RoundClosed:
    """The round is over; reports that still come count as late."""


# --------------------------------------------------------------------------------------------------------- any


@fact("any", es="Asiento corregido", en="Entry corrected", fr="Inscription corrigée", right="correct")
class EntryCorrected:
    """The entry at ``position`` should have said this. ``data`` replaces whole; what is not named stays.

    ``schema`` says in which schema of the target's type ``data`` is written; the system fills it.
    """

    position: Count
    occurred_on: Occurred | None = None
    reason: Sealed | None = None
    data: dict[str, Any] | None = None
    schema: Count | None = None


@fact("any", es="Asiento anulado", en="Entry retracted", fr="Inscription annulée", right="correct")
class EntryRetracted:
    """The entry at ``position`` should not be there. Final."""

    position: Count


@fact("any", es="Texto suprimido", en="Text redacted", fr="Texte supprimé", right="redact")
class TextRedacted:
    """A text of the entry at ``position`` was removed for ever; ``field`` is its JSON pointer."""

    position: Count
    field: Title
    authority: Sealed


EntityEvent = EntityAdded | EntityRenamed | EntityTagged | EntityRetired
CommitmentEvent = CommitmentAdded | CommitmentReported
WorkplanEvent = WorkplanAdopted | WorkplanAmended | WorkplanClosed | MomentNamed | SigningKeyChanged
WorkstreamEvent = (
    WorkstreamAdded
    | WorkstreamReworded
    | WorkstreamTagged
    | LeadAssigned
    | LeadReleased
    | ParticipantJoined
    | ParticipantLeft
    | FocalPointNamed
    | FocalPointReleased
    | WorkstreamWithdrawn
    | WorkstreamReinstated
)
ActivityEvent = (
    ActivityAdded
    | ActivityReworded
    | ActivityMoved
    | ActivityScheduled
    | ActivityTagged
    | ActivityLinked
    | ActivityUnlinked
    | ProgressReported
    | ActivityStatusChanged
    | ReportExcused
    | SubitemAdded
    | SubitemReworded
    | SubitemWithdrawn
    | ActivityClosedOut
    | ActivityWithdrawn
    | ActivityReinstated
)
MilestoneEvent = MilestoneSet | MilestoneRescheduled | MilestoneReached | MilestoneCancelled
ProductEvent = ProductPlanned | ProductPublished | ProductUpdated | ProductUsed | ProductReviewed
SessionEvent = (
    SessionProposed
    | SessionScheduled
    | SessionRescheduled
    | SessionHeld
    | SessionMaterialPublished
    | SessionCancelled
)
ReviewEvent = (
    ReviewPlanned
    | ReviewRescheduled
    | ReviewHeld
    | ReviewOutcomePublished
    | ReviewCancelled
    | VoluntaryReportExpected
    | VoluntaryReportReceived
    | ReadinessFindingRecorded
    | ReadinessSnapshotTaken
)
RoundEvent = RoundOpened | RoundExtended | ReportRequested | ReminderSent | ReminderFailed | RoundClosed
AmendingEvent = EntryCorrected | EntryRetracted | TextRedacted
FactEvent = (
    WorkplanEvent
    | EntityEvent
    | CommitmentEvent
    | WorkstreamEvent
    | ActivityEvent
    | MilestoneEvent
    | ProductEvent
    | SessionEvent
    | ReviewEvent
    | RoundEvent
)
EventData = FactEvent | AmendingEvent

SUBJECT_KINDS = (
    "workplan",
    "entity",
    "commitment",
    "workstream",
    "activity",
    "milestone",
    "product",
    "session",
    "review",
    "round",
)
"""In the order of the plan."""
AMENDING = (EntryCorrected, EntryRetracted, TextRedacted)
