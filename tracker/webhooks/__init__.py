"""Subscriptions of other systems: each entry is posted to their address as soon as it is recorded, in order."""
