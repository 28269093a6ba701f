"""The fixtures of tests of the ticker."""

from __future__ import annotations

from tests.mailing import clock, leads, mail, oms, plan_url, runtime

__all__ = ["clock", "leads", "mail", "oms", "plan_url", "runtime"]
