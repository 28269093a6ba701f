"""An event-sourced progress tracker for workplans.

Imports point down only: ``cli`` > ``app`` > ``api | web`` > ``erasure`` > ``notifications`` >
``backup | demo | proof`` > ``runtime`` > ``projections`` > ``plans`` > ``workplan`` >
``events | directory | migrations`` > ``database | settings | clock`` > ``errors``.
``docs/architecture.md`` is the map.
"""

__version__ = "0.1.0"
