"""Who becomes focal point where: from entities and workstreams to the requests that name a person there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracker.workplan.plan import Plan, refuse
from tracker.workplan.workstream import Workstream


def leading(workstream: Workstream) -> list[str]:
    """Return the entities that lead a workstream or an activity of it, each once."""
    found = [
        *(lead.entity for lead in workstream.leads),
        *(lead.entity for lead in workstream.activity_leads),
    ]
    return list(dict.fromkeys(found))


def led_by(plan: Plan, entity: str) -> list[str]:
    """Return the workstreams that an entity leads, or in which it leads an activity."""
    return [one.id for one in plan.all("workstream", Workstream) if entity in leading(one)]


def appointments(
    plan: Plan, person: str, entities: Sequence[str], workstreams: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Return the requests that name a person focal point of entities; default in every workstream that they lead.

    Raises:
        RuleError: no entity is given, or one does not lead there.
    """
    if not entities:
        raise refuse(
            "a lead acts for an entity", field="/entities", way_out='Name it, such as {"entities": ["oms"]}.'
        )
    found = []
    for entity in entities:
        led = led_by(plan, entity)
        if not led:
            raise refuse(
                "{entity} leads no workstream",
                field="/entities",
                value=entity,
                way_out="Assign it as a lead first, or give the person the role viewer.",
                entity=entity,
            )
        for workstream in workstreams or led:
            if workstream not in led:
                raise refuse(
                    "{entity} does not lead workstream {workstream}",
                    field="/workstreams",
                    value=workstream,
                    way_out=f"It leads: {', '.join(led)}.",
                    entity=entity,
                    workstream=workstream,
                )
            data = {"person": person, "entity": entity}
            found.append({"type": "FocalPointNamed", "subject": f"workstream/{workstream}", "data": data})
    return found
