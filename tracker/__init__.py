"""An event-sourced progress tracker for workplans.

Imports point down only: ``cli`` > ``app`` > ``api | web`` > ``runtime`` > ``notifications`` > ``projections`` >
``workplan`` > ``events | directory`` > ``database | settings | clock | errors``. ``docs/architecture.md`` is the map.
"""

__version__ = "0.1.0"
