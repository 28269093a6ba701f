"""Lists of facts that are no part of a plan: objectives, regions, dates of reviews, each with its source.

A list whose ``verified`` is false comes from general knowledge and is never shown as official.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "reference"

Labels = Mapping[str, str]
"""A name by language: ``{"es", "en", "fr"}``."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One list: whether its text was read where ``source`` says, and its items as they stand in the file."""

    verified: bool
    source: tuple[str, ...]
    note: str | None
    items: tuple[Mapping[str, Any], ...]


@cache
def reference(name: str) -> Reference:
    """Return a list by the name of its file, such as ``objectives``."""
    raw = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return Reference(raw["verified"], tuple(raw["source"]), raw.get("note"), tuple(raw["items"]))


@cache
def timelines_of() -> str:
    """Return the id of the workplan that the timelines are about."""
    return str(json.loads((FOLDER / "timelines.json").read_text(encoding="utf-8"))["workplan"])


@cache
def timeline_tags() -> tuple[Mapping[str, Any], ...]:
    """Return the tags of whole workstreams that stand beside the timelines."""
    raw = json.loads((FOLDER / "timelines.json").read_text(encoding="utf-8"))
    return tuple(raw["workstreams"])


@cache
def objective_labels() -> dict[int, Labels]:
    """Return the short labels of the 23 objectives."""
    return {item["number"]: item["labels"] for item in reference("objectives").items}


@cache
def region_labels() -> dict[str, Labels]:
    """Return the names of the regions by id, in the order of the list."""
    return {item["id"]: item["labels"] for item in reference("regions").items}


@cache
def countries_of(region: str) -> dict[str, str]:
    """Return ``{code: "member" or "associate"}`` of the countries whose commission holds a region's review."""
    commission = next(item["commission"] for item in reference("regions").items if item["id"] == region)
    return {
        item["code"]: "member" if commission in item["member_of"] else "associate"
        for item in reference("countries").items
        if commission in (*item["member_of"], *item["associate_of"])
    }


def regions_of(country: str) -> list[str]:
    """Return the regions to which a country belongs; several have two, such as Morocco or Kazakhstan, some none."""
    return [region for region in region_labels() if country in countries_of(region)]


@cache
def _regions_by_name() -> dict[str, str]:
    found = {}
    for item in reference("regions").items:
        for name in (item["id"], item["commission"], *item["labels"].values()):
            found[_plain(name)] = item["id"]
    return found


def region_named(said: str) -> str | None:
    """Return the id of a region from its id, commission or name, in any case, with or without accents."""
    return _regions_by_name().get(_plain(said))


def _plain(said: str) -> str:
    parts = unicodedata.normalize("NFD", said.strip().casefold())
    return (
        "".join(char for char in parts if not unicodedata.combining(char)).replace("_", "-").replace(" ", "-")
    )
