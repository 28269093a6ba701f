"""Who acts in the simulated history: made-up people with addresses that cannot exist, and how punctual they are."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.directory.principals import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A made-up person. ``entity`` is whom they act for; ``care`` from 0 to 10 is how reliably they report."""

    key: str
    name: str
    language: str
    role: Role = "lead"
    entity: str | None = None
    care: int = 8
    region: str | None = None

    @property
    def email(self) -> str:
        local = self.name.lower().replace(" ", ".")
        plain = local.translate(str.maketrans("áéíóúñèïç", "aeiouneic"))
        return f"{plain}@{self.entity or 'network'}.demo.invalid"


RED_CROSS = "federacion-internacional-de-sociedades-de-la-cruz-roja-y-de-la-media-luna-roja"
YOUTH = "plataforma-de-jovenes-y-ninos-migrantes"

CAST: tuple[Actor, ...] = (
    Actor("desk", "Inés Ejemplo", "es", role="secretariat"),
    Actor("desk-2", "Martin Exemple", "fr", role="secretariat"),
    Actor("africa-desk", "Amina Sample", "en", role="reviewer", region="africa"),
    Actor("audit", "Otto Muster", "en", role="auditor"),
    Actor("daes", "Clara Sample", "en", entity="daes", care=9),
    Actor("oim", "Bruno Muestra", "es", entity="oim", care=9),
    Actor("oim-2", "Elena Ficticia", "es", entity="oim", care=9),
    Actor("cicr", "Denis Exemple", "fr", entity="cicr", care=7),
    Actor("ifrc", "Rosa Muestra", "es", entity=RED_CROSS, care=6),
    Actor("acnur", "Nadia Specimen", "en", entity="acnur", care=9),
    Actor("oms", "Julia Ejemplo", "es", entity="oms", care=8),
    Actor("youth", "Leo Ficticio", "es", entity=YOUTH, care=5),
    Actor("cglu", "Pau Muestra", "es", entity="cglu", care=6),
    Actor("unodc", "Ivo Sample", "en", entity="unodc", care=10),
    Actor("oit", "Marta Ejemplo", "es", entity="oit", care=7),
    Actor("pnud", "Hugo Muestra", "es", entity="pnud", care=6),
    Actor("pnud-2", "Sara Ficticia", "es", entity="pnud", care=6),
    Actor("acnudh", "Paula Ejemplo", "es", entity="acnudh", care=8),
    Actor("idc", "Tom Sample", "en", entity="idc", care=8),
    Actor("unicef", "Lina Specimen", "en", entity="unicef", care=8),
    Actor("mpi", "Kim Sample", "en", entity="mpi", care=5),
    Actor("cmnucc", "Olga Specimen", "en", entity="cmnucc", care=7),
    Actor("afford", "Ben Sample", "en", entity="afford", care=4),
    Actor("gmh", "Noor Specimen", "en", entity="gender-migration-hub", care=7),
    Actor("onu-mujeres", "Alba Muestra", "es", entity="onu-mujeres", care=8),
    Actor("act", "Finn Sample", "en", entity="act-alliance", care=6),
    Actor("fida", "Luc Exemple", "fr", entity="fida", care=8),
)

ACTORS = {actor.key: actor for actor in CAST}

FIRST_FOCAL = {
    actor.entity: actor.key
    for actor in CAST
    if actor.role == "lead" and actor.entity and actor.key[-2:] != "-2"
}
"""``{entity: who acts for it at the beginning}``."""

SUCCESSIONS = (("2023-09-04", "oim", "oim-2"), ("2024-02-12", "pnud", "pnud-2"))
"""On this day one focal point of an entity took over from another in all its workstreams."""


def focal_on(entity: str, day: str) -> str:
    """Return who acts for an entity on a day."""
    key = FIRST_FOCAL[entity]
    for since, old, new in SUCCESSIONS:
        if old == key and day > since:
            return new
    return key
