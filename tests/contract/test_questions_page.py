"""docs/questions.md answers each question by one address; here each is asked of the simulated workplan."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.applications import application
from tests.copies import copied
from tests.demonstration import built, opened
from tracker.demo import DEMO
from tracker.directory import tokens

PAGE = (Path(__file__).parents[2] / "docs/questions.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```text\n(\S+)\n```\n\n```json\n(.+?)\n```", PAGE, re.DOTALL)


class Reader:
    """Somebody who asks with a token of the Secretariat."""

    def __init__(self, client: FlaskClient, secret: str) -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {secret}"}

    def ask(self, address: str) -> Any:
        answer = self.client.get(f"/api/v1/workplans/{DEMO}/{address}", headers=self.headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.json


@pytest.fixture(scope="module")
def reader(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("demo")
    with copied(request, "sqlite", built, folder) as copy:
        runtime = opened(copy.url, folder)
        with runtime.directory(DEMO) as tx:
            wanted = tokens.Grant(DEMO, "secretariat", life=timedelta(days=1))
            _, secret = tokens.create_token(tx, runtime.now(), wanted)
        yield Reader(application(runtime).test_client(), secret)
        runtime.close()


def lacking(printed: Any, answered: Any, where: str = "") -> Iterator[str]:
    """Yield what is printed and not answered: of an object its members, of a list each item somewhere in it."""
    if isinstance(printed, dict) and isinstance(answered, dict):
        for name, value in printed.items():
            yield from lacking(value, answered.get(name), f"{where}/{name}")
    elif isinstance(printed, list) and isinstance(answered, list) and printed:
        for number, one in enumerate(printed):
            if all(list(lacking(one, other)) for other in answered):
                yield f"{where}/{number}: nothing like {one}"
    elif printed != answered:
        yield f"{where}: {printed} is printed, {answered} was answered"


@pytest.mark.parametrize("address, printed", EXAMPLES, ids=[address for address, _ in EXAMPLES])
def test_every_address_answers_what_is_printed_below_it(reader: Reader, address: str, printed: str):
    assert not list(lacking(json.loads(printed), reader.ask(address)))


def test_control_what_is_not_answered_would_be_found():
    assert list(lacking({"a": [{"b": 1}]}, {"a": [{"b": 2}]}))
    assert list(lacking({"a": []}, {"a": [1]}))
    assert not list(lacking({"a": [{"b": 1}]}, {"a": [{"b": 2}, {"b": 1, "c": 3}], "d": 4}))


def test_the_page_asks_five_questions_and_tells_the_journey():
    assert len(re.findall(r"^## .*\?$", PAGE, re.MULTILINE)) == 5
    assert len(EXAMPLES) == 11
