"""Installations with the real plan, as the tests of the interface have them."""

from tests.api.conftest import desk, house, shelf

__all__ = ["desk", "house", "shelf"]
