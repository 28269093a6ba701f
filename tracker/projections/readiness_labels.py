"""What the lines of the readiness picture, and what they lack, are called in three languages; no part of a snapshot."""

from __future__ import annotations

LINE_LABELS: dict[str, dict[str, str]] = {
    "date-and-host": {"es": "Fecha y anfitrión", "en": "Date and host", "fr": "Date et hôte"},
    "consultations": {"es": "Consultas", "en": "Consultations", "fr": "Consultations"},
    "agenda": {"es": "Programa", "en": "Agenda", "fr": "Ordre du jour"},
    "talks": {
        "es": "GCM Talks para la región y sus resúmenes",
        "en": "GCM Talks for the region and their summaries",
        "fr": "GCM Talks pour la région et leurs résumés",
    },
    "voluntary-reports": {
        "es": "Informes voluntarios recibidos",
        "en": "Voluntary reports received",
        "fr": "Rapports volontaires reçus",
    },
    "activities": {"es": "Actividades vinculadas", "en": "Linked activities", "fr": "Activités liées"},
    "objectives": {
        "es": "Objetivo por objetivo",
        "en": "Objective by objective",
        "fr": "Objectif par objectif",
    },
    "pledges": {"es": "Promesas vinculadas", "en": "Pledges linked", "fr": "Annonces d’engagement liées"},
    "gaps-and-needs": {"es": "Carencias y necesidades", "en": "Gaps and needs", "fr": "Lacunes et besoins"},
    "tags": {"es": "Elementos sin clasificar", "en": "Untagged items", "fr": "Éléments non classés"},
    "sign-off": {"es": "Visto bueno", "en": "Sign-off", "fr": "Approbation"},
}
"""What a line is called on pages and in documents."""

MISSING_WORDS: dict[str, dict[str, str]] = {
    "review": {
        "es": "No consta ningún examen de esta región.",
        "en": "No review of this region is entered.",
        "fr": "Aucun examen de cette région n’est inscrit.",
    },
    "new-date": {
        "es": "El examen está cancelado: falta una fecha nueva.",
        "en": "The review is cancelled: a new date is missing.",
        "fr": "L’examen est annulé\N{NO-BREAK SPACE}: une nouvelle date manque.",
    },
    "held-or-moved": {
        "es": "La fecha ha pasado y nadie ha dicho si se celebró o se trasladó.",
        "en": "The date has passed and nobody said whether it was held or moved.",
        "fr": "La date est passée et personne n’a dit si l’examen a eu lieu ou a été déplacé.",
    },
    "days": {"es": "Faltan los días.", "en": "The days are missing.", "fr": "Les jours manquent."},
    "place": {"es": "Falta el lugar.", "en": "The place is missing.", "fr": "Le lieu manque."},
    "consultation": {
        "es": "No se ha celebrado ninguna consulta para la región.",
        "en": "No consultation for the region was held.",
        "fr": "Aucune consultation n’a eu lieu pour la région.",
    },
    "talk": {
        "es": "No se ha celebrado ninguna sesión de GCM Talks para la región.",
        "en": "No session of GCM Talks for the region was held.",
        "fr": "Aucune session de GCM Talks n’a eu lieu pour la région.",
    },
    "summary": {"es": "Falta el resumen.", "en": "The summary is missing.", "fr": "Le résumé manque."},
    "agenda": {
        "es": "Falta el programa del examen.",
        "en": "The agenda of the review is missing.",
        "fr": "L’ordre du jour de l’examen manque.",
    },
    "expected-reports": {
        "es": "No se sabe qué países van a informar.",
        "en": "Which countries will report is not known.",
        "fr": "On ne sait pas quels pays feront rapport.",
    },
    "voluntary-report": {
        "es": "Falta el informe voluntario.",
        "en": "The voluntary report is missing.",
        "fr": "Le rapport volontaire manque.",
    },
    "linked-activities": {
        "es": "Ninguna actividad está vinculada a la región.",
        "en": "No activity is linked to the region.",
        "fr": "Aucune activité n’est liée à la région.",
    },
    "fresh-report": {
        "es": "Falta un informe reciente.",
        "en": "A recent report is missing.",
        "fr": "Un rapport récent manque.",
    },
    "objective": {
        "es": "Nada está vinculado a este objetivo en la región.",
        "en": "Nothing is linked to this objective in the region.",
        "fr": "Rien n’est lié à cet objectif dans la région.",
    },
    "pledge": {
        "es": "No hay ninguna promesa vinculada.",
        "en": "No pledge is linked.",
        "fr": "Aucune annonce d’engagement n’est liée.",
    },
    "pledge-country": {
        "es": "Falta el país de la promesa.",
        "en": "The country of the pledge is missing.",
        "fr": "Le pays de l’annonce d’engagement manque.",
    },
    "needs": {
        "es": "El último informe no dice qué hace falta.",
        "en": "The last report does not say what is needed.",
        "fr": "Le dernier rapport ne dit pas ce qu’il faut.",
    },
    "tags": {
        "es": "Falta clasificar, así que también podría corresponder.",
        "en": "Untagged, so it may also apply.",
        "fr": "Non classé, donc pourrait aussi correspondre.",
    },
    "sign-off": {
        "es": "Falta un visto bueno reciente.",
        "en": "A recent sign-off is missing.",
        "fr": "Une approbation récente manque.",
    },
}
"""What is missing, by the code that stands in the picture."""
