"""The time in the county, whatever clock the server keeps: China has one time, without summer time."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

CHINA_TIME = timezone(timedelta(hours=8))


def today() -> date:
    """Return the day in China."""
    return datetime.now(CHINA_TIME).date()
