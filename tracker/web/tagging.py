"""The form that tags an activity: the regions and objectives that it is about, or that none applies."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from tracker.errors import NotFoundError
from tracker.plans.reference import objective_labels, region_labels
from tracker.web.language import _, colon, spoken
from tracker.web.readiness_forms import check_desk
from tracker.web.readiness_told import region_words
from tracker.web.rendering import shell
from tracker.web.stating import Ask, Said, Statement, form, take
from tracker.web.visits import Visit
from tracker.workplan.activity import Activity

TAGGING = "/w/<workplan>/activities/<id>/tags"
NONE = "none"


@shell.get(TAGGING)
def tag_form(workplan: str, id: str) -> tuple[str, int]:  # noqa: A002 - the place in the address
    return form(workplan, partial(_tagging, id))


@shell.post(TAGGING)
def tag(workplan: str, id: str) -> Response | tuple[str, int]:  # noqa: A002
    return take(workplan, partial(_tagging, id))


def _tagging(activity: str, here: Visit, said: Said) -> Statement:
    check_desk(here)
    state = here.answer.plan.get(f"activity/{activity}", Activity)
    if state is None:
        raise NotFoundError(_("There is no activity {id} in this plan."), id=activity)
    options = {
        "regions": [*((one, region_words(one)) for one in region_labels()), (NONE, _("none of them"))],
        "objectives": [
            *((str(one), f"{one} {names[spoken()]}") for one, names in objective_labels().items()),
            (NONE, _("none of them")),
        ],
    }
    labels = {"regions": _("Regions"), "objectives": _("Objectives of the Compact")}
    held = {name: getattr(state.tags, name) for name in options}
    tags, lacking, sentences = dict[str, list[str]](), dict[str, str](), list[str]()
    for name, choices in options.items():
        ticked = said.getlist(name)
        if NONE in ticked and len(ticked) > 1:
            lacking[name] = _("Either “none of them” or some of them.")
        elif ticked:
            tags[name] = [one for one in ticked if one != NONE]
            words = [words for value, words in choices if value in ticked]
            sentences.append(f"{labels[name]}{colon()}{', '.join(words)}.")
        elif said:
            sentences.append(
                _("{what}: stays as it is, {words}.", what=labels[name], words=_held_words(held[name]))
            )
    if said and not tags and not lacking:
        lacking["form"] = _("Tick at least one; what nobody ticks stays unknown.")
    back = here.to("activity", id=activity)
    trail = [(back, _("Activity {number}", number=state.number))]
    region = said.get("about") or request.args.get("region", "")
    if region in region_labels():
        back = here.to("region_readiness", region=region, tagged=activity) + "#untagged"
        trail.insert(0, (here.to("region_readiness", region=region), region_words(region)))
    return Statement(
        heading=_("Tag activity {number}", number=state.number),
        trail=trail,
        words=[
            here.text(here.one(f"activity/{activity}")["text"]),
            _("Untagged means that nobody said. “None of them” says that none applies."),
            _("Tags count for the activity alone, and take precedence over those of its workstream."),
        ],
        asks=[
            Ask(name, "ticks", labels[name], options=options[name], begins=_begins(held[name]))
            for name in options
        ],
        lacking=lacking,
        sentences=sentences,
        requests=[{"type": "ActivityTagged", "subject": f"activity/{activity}", "data": {"tags": tags}}],
        button=_("Record the tags"),
        after=back,
        carried={"about": region} if region in region_labels() else {},
    )


def _begins(held: Any) -> list[str]:
    return [] if held is None else [*held] or [NONE]


def _held_words(held: Any) -> str:
    return _("unknown") if held is None else ", ".join(held) or _("none of them")
