"""The simulated workplan, whose documents are only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.copies import copied
from tests.demonstration import built, opened
from tracker.runtime import Runtime


@pytest.fixture(scope="module")
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    folder = tmp_path_factory.mktemp("demo")
    with copied(request, "sqlite", built, folder) as copy:
        made = opened(copy.url, folder)
        yield made
        made.close()
