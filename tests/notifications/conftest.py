"""The fixtures of tests about letters, and of the form behind the link in one."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.applications import application
from tests.filling import path_in
from tests.mailing import PLAN, QUARTER, MailServer, clock, leads, mail, oms, plan_url, runtime
from tracker.notifications.running import remind
from tracker.runtime import Runtime

__all__ = ["clock", "leads", "mail", "oms", "plan_url", "runtime"]


@pytest.fixture
def browser(runtime: Runtime) -> FlaskClient:
    return application(runtime).test_client()


@pytest.fixture
def path(runtime: Runtime, oms: str, mail: MailServer) -> str:
    """Return the address in the letter of the one focal point, that of OMS in workstream 3."""
    assert remind(runtime, PLAN, QUARTER)["sent"] == 1
    return path_in(mail)
