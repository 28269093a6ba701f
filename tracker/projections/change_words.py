"""What changed, in one sentence: its phrases in three languages, each leading to the lines that it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of the sentence. ``leads_to`` names the lines that it counts."""

    text: str
    leads_to: str | None = None


def sentence(found: dict[str, Any], language: str = "en") -> list[Phrase]:
    """Return the phrases that, one after another, say what changed; an unknown language reads English."""
    words, counts = WORDS.get(language, WORDS["en"]), found["counts"]

    def said(name: str, count: int) -> str:
        is_many = count > 1 if language == "fr" else count != 1
        return words[name][is_many].format(count=count)

    to = found["to"]
    after = "now" if {to["as_of"], to["effective_on"]} <= {None, "now"} else "after"
    made = [Phrase(words["backwards"][0] + " ")] if found["is_backwards"] else []
    colon = "\u00a0: " if language == "fr" else ": "
    made.append(Phrase(f"{said('before', counts['before'])}, {said(after, counts['after'])}{colon}"))
    made += _listed(
        [
            Phrase(said(name, counts[name]), name if counts[name] else None)
            for name in ("added", "withdrawn", "status_changed", "window_moved")
        ]
    )
    besides = [
        Phrase(said(f"other_{name}", count), f"other_{name}")
        for name in ("added", "withdrawn", "changed")
        if (count := sum(1 for one in found[name] if one["kind"] != "activity"))
    ]
    if besides:
        made += [Phrase(words["besides"][0] + " "), *_listed(besides)]
    return [*made, Phrase(said("unchanged", found["unchanged"]))]


def in_words(found: dict[str, Any], language: str = "en") -> str:
    return "".join(phrase.text for phrase in sentence(found, language))


def _listed(phrases: list[Phrase]) -> list[Phrase]:
    made: list[Phrase] = []
    for phrase in phrases:
        made += [phrase, Phrase(". " if phrase is phrases[-1] else ", ")]
    return made


WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "backwards": (
            "The first point lies after the second, so this reads backwards: what was different before.",
        ),
        "before": ("{count} activity then", "{count} activities then"),
        "after": ("{count} at the second point", "{count} at the second point"),
        "now": ("{count} now", "{count} now"),
        "added": ("{count} added", "{count} added"),
        "withdrawn": ("{count} removed from the plan", "{count} removed from the plan"),
        "status_changed": ("{count} changed status", "{count} changed status"),
        "window_moved": ("{count} window moved", "{count} windows moved"),
        "besides": ("Besides:",),
        "other_added": ("{count} other thing added", "{count} other things added"),
        "other_withdrawn": ("{count} other thing removed", "{count} other things removed"),
        "other_changed": ("{count} other thing changed", "{count} other things changed"),
        "unchanged": ("{count} thing is unchanged.", "{count} things are unchanged."),
    },
    "es": {
        "backwards": (
            "El primer punto es posterior al segundo, así que se lee hacia atrás: qué era distinto antes.",
        ),
        "before": ("{count} actividad entonces", "{count} actividades entonces"),
        "after": ("{count} en el segundo punto", "{count} en el segundo punto"),
        "now": ("{count} ahora", "{count} ahora"),
        "added": ("{count} añadida", "{count} añadidas"),
        "withdrawn": ("{count} retirada del plan", "{count} retiradas del plan"),
        "status_changed": ("{count} cambió de estado", "{count} cambiaron de estado"),
        "window_moved": ("{count} plazo movido", "{count} plazos movidos"),
        "besides": ("Además:",),
        "other_added": ("{count} elemento más añadido", "{count} elementos más añadidos"),
        "other_withdrawn": ("{count} elemento más retirado", "{count} elementos más retirados"),
        "other_changed": ("{count} elemento más cambió", "{count} elementos más cambiaron"),
        "unchanged": ("{count} elemento sigue igual.", "{count} elementos siguen igual."),
    },
    "fr": {
        "backwards": (
            "Le premier point est postérieur au second ; lisez donc à rebours : ce qui était différent avant.",
        ),
        "before": ("{count} activité alors", "{count} activités alors"),
        "after": ("{count} au second point", "{count} au second point"),
        "now": ("{count} maintenant", "{count} maintenant"),
        "added": ("{count} ajoutée", "{count} ajoutées"),
        "withdrawn": ("{count} retirée du plan", "{count} retirées du plan"),
        "status_changed": ("{count} a changé d’état", "{count} ont changé d’état"),
        "window_moved": ("{count} période déplacée", "{count} périodes déplacées"),
        "besides": ("En outre :",),
        "other_added": ("{count} autre élément ajouté", "{count} autres éléments ajoutés"),
        "other_withdrawn": ("{count} autre élément retiré", "{count} autres éléments retirés"),
        "other_changed": ("{count} autre élément a changé", "{count} autres éléments ont changé"),
        "unchanged": ("{count} élément est inchangé.", "{count} éléments sont inchangés."),
    },
}
