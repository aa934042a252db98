"""What keeps the rates fresh beside the calls."""

from __future__ import annotations

from linkedaccounts.application.rate_schedule import follow_kept_book, refresh_on_schedule
from linkedaccounts.endpoints.background import Work
from linkedaccounts.endpoints.service import Service
from linkedaccounts.settings import Settings

FOLLOW_SECONDS = 5.0
"""How soon a rate book that another process has kept is used."""


def follow_book(service: Service) -> Work:
    """Takes over the rate books that other processes keep; endless."""
    return follow_kept_book(service.rates, FOLLOW_SECONDS)


def refresh_book(service: Service, settings: Settings) -> Work:
    """Downloads rates as the settings say; endless. For one process alone."""
    return refresh_on_schedule(lambda: service.refresh_rates(settings.rates_source), settings.rates_refresh_hours)
