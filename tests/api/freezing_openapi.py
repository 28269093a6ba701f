"""Writes the frozen copy of the contract, so that a change of it is seen: ``python -m tests.api.freezing_openapi``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tracker.api.openapi import document

FROZEN = Path(__file__).parents[1] / "frozen" / "openapi.json"


def contract() -> dict[str, Any]:
    """Return the document without what differs between installations and releases."""
    made: dict[str, Any] = json.loads(json.dumps(document("")))
    del made["servers"]
    del made["info"]["version"]
    return made


if __name__ == "__main__":
    FROZEN.write_text(json.dumps(contract(), indent=1, sort_keys=True, ensure_ascii=False) + "\n")
