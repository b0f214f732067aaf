"""What a service has once, however many collections it offers: keys, rates, places, numbers, the engines by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from paraglot.api.http.guard.admission import AT_ONCE, AT_ONCE_ELSEWHERE, Places
from paraglot.api.http.guard.doors import Doors
from paraglot.api.http.guard.loopback import is_loopback
from paraglot.api.http.guard.rates import Rates
from paraglot.api.http.observing.metrics import Metrics
from paraglot.api.http.observing.observe import ObservedEngine
from paraglot.api.service_folder import service_folders
from paraglot.api.settings import Settings, collections_of


@dataclass(frozen=True, slots=True)
class Shared:
    """The parts that the applications of all collections have in common."""

    doors: Doors
    rates: Rates
    places: Places = field(default_factory=Places)
    metrics: Metrics = field(default_factory=Metrics)
    engines: dict[str, ObservedEngine] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> Shared:
        """Those of a service with these settings."""
        doors = Doors(service_folders(settings), required=not is_loopback(settings.host))
        here = not settings.endpoint and all(isinstance(index, Path) for index in collections_of(settings).values())
        places = Places(AT_ONCE if here else AT_ONCE_ELSEWHERE)
        return cls(doors, Rates(settings.key_rate, settings.address_rate), places)
