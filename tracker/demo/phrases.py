"""What the made-up focal points write: neutral sentences in Spanish, English and French, about no real event."""

from __future__ import annotations

from collections.abc import Mapping

Bank = Mapping[str, tuple[str, ...]]
"""Sentences by language."""

STARTED: Bank = {
    "es": (
        "Comenzaron los trabajos; primera reunión del grupo de redacción celebrada en línea.",
        "Arrancó la actividad. Se acordó el reparto de tareas entre las entidades encargadas.",
        "En marcha: términos de referencia aprobados y calendario interno compartido.",
        "Se inició la recopilación de insumos con los miembros del lineamiento.",
    ),
    "en": (
        "Work has started; first drafting group call held.",
        "Under way: division of tasks agreed among the leads.",
        "Concept note shared with the workstream; kick-off call took place.",
        "Started with a short survey among members; replies are coming in.",
    ),
    "fr": (
        "Les travaux ont commencé ; première réunion du groupe de rédaction tenue en ligne.",
        "Lancement effectué, répartition des tâches convenue entre les responsables.",
    ),
}

GOING_ON: Bank = {
    "es": (
        "Avance según lo previsto. Segundo borrador en circulación.",
        "Se recibieron comentarios de nueve miembros; se integran en la próxima versión.",
        "Dos reuniones técnicas en el trimestre; actas disponibles para el lineamiento.",
        "Revisión interna en curso. Sin novedades que requieran decisión.",
        "Se probó la metodología con un grupo pequeño; ajustes menores.",
        "Traducción del material al francés encargada.",
        "Seguimos con el plan acordado en la reunión trimestral.",
        "Inventario de prácticas ampliado con doce entradas, pendientes de validación.",
    ),
    "en": (
        "On schedule. Second draft is with members for comments.",
        "Comments received from nine members and being worked in.",
        "Two technical calls this quarter, notes shared with the workstream.",
        "Peer review under way; nothing that needs a decision.",
        "Method tested with a small group, minor adjustments made.",
        "Layout and translation commissioned.",
        "Inventory extended by twelve entries, validation pending.",
        "Coordination with the indicators workstream continues.",
    ),
    "fr": (
        "Avancement conforme au calendrier ; deuxième version en circulation.",
        "Observations de neuf membres reçues et intégrées.",
        "Relecture interne en cours, rien qui demande une décision.",
    ),
}

RECOVERED: Bank = {
    "es": (
        "Retomado el ritmo previsto tras el ajuste del calendario.",
        "Dificultad superada: se encontró sede y se confirmó la interpretación.",
    ),
    "en": (
        "Back on schedule after the calendar was adjusted.",
        "The earlier difficulty is resolved; drafting resumed.",
    ),
    "fr": ("Retour au calendrier prévu après ajustement.", "La difficulté signalée est levée."),
}

CONCLUDED: Bank = {
    "es": (
        "Producto final validado y publicado. Actividad concluida.",
        "Concluido: versión definitiva disponible en los tres idiomas.",
        "Actividad terminada; las conclusiones se presentaron al lineamiento.",
    ),
    "en": (
        "Final product validated and published. Activity concluded.",
        "Completed: the final version is available in three languages.",
        "Done; the conclusions were presented to the workstream.",
    ),
    "fr": (
        "Produit final validé et publié. Activité achevée.",
        "Achevé : version finale disponible en trois langues.",
    ),
}

LASTING: Bank = {
    "es": (
        "Se revisará una vez al año; la mantiene la entidad encargada.",
        "Queda en el Centro con un punto de contacto.",
    ),
    "en": ("Reviewed once a year by the lead.", "Stays on the Hub with a contact point for updates."),
    "fr": (
        "Revu une fois par an par l’entité responsable.",
        "Reste sur la plateforme, avec un point de contact.",
    ),
}

NO_DATE: Bank = {
    "es": ("Pendiente de fijar fechas.", "Aún no ha comenzado; depende de los insumos de otro lineamiento."),
    "en": ("Not started yet; dates to be fixed.", "Waits for inputs from another workstream."),
    "fr": ("Pas encore commencé ; dates à fixer.", "En attente de contributions d’un autre axe."),
}

COLLEAGUE: Bank = {
    "es": (
        "Coincidimos con lo informado por la otra entidad encargada.",
        "Aportamos además dos estudios de caso.",
    ),
    "en": ("We concur with what our co-lead reported.", "In addition we contributed two case studies."),
    "fr": ("Nous partageons le rapport de l’autre responsable.",),
}

AT_RISK: Bank = {
    "es": (
        "El texto depende de comentarios que llegarán con retraso.",
        "Cambio de persona a cargo; hace falta un mes para el traspaso.",
        "La sede prevista no está disponible y aún no hay otra confirmada.",
        "Faltan respuestas a la encuesta para una muestra suficiente.",
    ),
    "en": (
        "The draft depends on comments that will come late.",
        "Staff change in the team; the hand-over takes a month.",
        "The planned venue is not available and no other is confirmed.",
        "Too few replies to the survey so far.",
    ),
    "fr": (
        "Le texte dépend d’observations qui arriveront tard.",
        "Changement de personne chargée du dossier, passation en cours.",
    ),
}

DELAYED: Bank = {
    "es": (
        "La consulta se aplazó y el borrador se entregará un trimestre más tarde.",
        "La traducción tardó más de lo previsto.",
    ),
    "en": (
        "The consultation was postponed, so the draft comes a quarter later.",
        "Translation took longer than planned.",
    ),
    "fr": ("La consultation a été reportée ; la version attendue viendra un trimestre plus tard.",),
}

NEEDS: Bank = {
    "es": (
        "Interpretación al francés y al árabe para dos sesiones.",
        "Un punto de contacto por subred regional.",
        "Apoyo para maquetación y difusión.",
        "Respuesta de los miembros antes de fin de mes.",
    ),
    "en": (
        "French and Arabic interpretation for two sessions.",
        "One contact point per regional network.",
        "Support for layout and outreach.",
        "Members’ replies before the end of the month.",
    ),
    "fr": ("Interprétation en arabe pour deux sessions.", "Un point de contact par sous-réseau régional."),
}

EVIDENCE_TITLES = {
    "hub_practice": "Practice note (simulated)",
    "hub_product": "Network product (simulated)",
    "meeting_record": "Meeting record (simulated)",
    "publication": "Publication (simulated)",
    "pledge": "Pledge (simulated)",
    "mptf_project": "Joint project (simulated)",
}
