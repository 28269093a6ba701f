"""Workplan documents that ship with the product, their format, and how a file in that format is read."""
