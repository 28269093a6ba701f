"""Who asks: the role and scope under which everything is read and written, as it is today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["public", "viewer", "lead", "reviewer", "auditor", "secretariat", "link", "system"]

ROLES: tuple[Role, ...] = ("viewer", "lead", "reviewer", "auditor", "secretariat")
"""The roles that can be granted, least first."""


@dataclass(frozen=True, slots=True)
class Principal:
    """One asker in one workplan.

    ``actor`` is what entries say (an opaque person id, ``token:<id>`` or a system actor). ``roles`` may be several.
    ``entities`` and ``workstreams`` narrow a token further; empty means not narrowed. A ``link`` holder may only report
    about ``quarter``.
    """

    actor: str
    roles: frozenset[Role]
    person: str | None = None
    region: str | None = None
    entities: tuple[str, ...] = ()
    workstreams: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    quarter: str | None = None
    activities: tuple[str, ...] = ()

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def is_signed_in(self) -> bool:
        return self.roles != frozenset({"public"})


PUBLIC = Principal("public", frozenset({"public"}))


def system(actor: str) -> Principal:
    """Return the principal of a part of the system itself: ``system:cli``, ``system:import``, ``system:ticker``."""
    return Principal(actor, frozenset({"system", "secretariat"}), scopes=("erase",))
