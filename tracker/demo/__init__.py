"""The demonstration: a second, simulated workplan with two years of believable history, made through the real rules."""

from tracker.demo.building import DEMO, build_demo

__all__ = ["DEMO", "build_demo"]
