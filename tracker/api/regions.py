"""The regions of the reviews and their countries: a list of facts that is no part of any plan, with its sources."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from tracker.api.answers import Shape, boolean, string, strings, table
from tracker.api.call import Answer, Call
from tracker.country_names import country_in
from tracker.languages import LANGUAGES
from tracker.plans.reference import countries_of, reference, regions_of


class RegionCountry(Shape):
    """A country or territory by its code of ISO 3166-1 alpha-2."""

    code = string()
    names = fields.Dict(required=True, metadata={"description": "by language"})
    membership = string("`member` or `associate` of the region's commission")
    also = strings("the other regions to which it belongs")


class Region(Shape):
    """A region, the commission that holds its review, and the commission's members."""

    id = string()
    labels = fields.Dict(required=True, metadata={"description": "by language"})
    commission = string()
    countries = table(RegionCountry)


class Source(Shape):
    """Where a list comes from; one that is not ``verified`` is not official and has to be confirmed there."""

    verified = boolean("whether the text was read at its source")
    source = strings("where")
    note = string(null=True)


class Regions(Shape):
    """The five regions; countries are called as the United Nations call them."""

    items = table(Region)
    regions = fields.Nested(Source, required=True)
    countries = fields.Nested(Source, required=True)


def show_regions(_call: Call) -> Answer:
    """List the regions of the reviews with their countries; each list says whether it is official, and its sources."""
    items = [
        {
            "id": item["id"],
            "labels": item["labels"],
            "commission": item["commission"],
            "countries": [
                _country(code, membership, item["id"])
                for code, membership in countries_of(item["id"]).items()
            ],
        }
        for item in reference("regions").items
    ]
    sources = {name: _source(name) for name in ("regions", "countries")}
    return Answer({"items": items} | sources, headers={"Cache-Control": "no-cache"})


def _country(code: str, membership: str, region: str) -> dict[str, Any]:
    return {
        "code": code,
        "names": {language: country_in(language, code) for language in LANGUAGES},
        "membership": membership,
        "also": [one for one in regions_of(code) if one != region],
    }


def _source(name: str) -> dict[str, Any]:
    found = reference(name)
    return {"verified": found.verified, "source": list(found.source), "note": found.note}
