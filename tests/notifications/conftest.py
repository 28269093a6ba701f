"""The fixtures of tests about letters."""

from __future__ import annotations

from tests.mailing import clock, furnished, leads, mail, oms, plan_url, runtime

__all__ = ["clock", "furnished", "leads", "mail", "oms", "plan_url", "runtime"]
