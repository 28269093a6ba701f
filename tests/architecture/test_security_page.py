"""The page about security names tests that are there, and every chapter of the checklist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text()


def test_every_test_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`((?:\w+/)+(?:\w+\.py)?)`", PAGE))
    tests = {name for name in named if (ROOT / "tests" / name.split("/")[0]).is_dir()}
    assert len(tests) > 20
    assert [name for name in sorted(tests) if not (ROOT / "tests" / name).exists()] == []


def test_every_chapter_is_answered_and_every_requirement_once() -> None:
    numbers = re.findall(r"^\| ([\d., \u2013]+) \|", PAGE, re.MULTILINE)
    chapters = {one.split(".")[0].strip() for said in numbers for one in said.split(",")}
    assert {str(number) for number in range(1, 17)} - {"10"} <= chapters | {"17"}
    assert "V17 (WebRTC) does not apply" in PAGE
    single = [one.strip() for said in numbers for one in said.split(",") if "\u2013" not in one]
    assert len(single) == len(set(single))
    assert len(single) > 100
