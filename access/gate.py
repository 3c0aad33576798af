"""Which releases this server offers: the one thing every page asks before it shows a number.

There is no sign-in here yet: whoever reaches the server sees what it offers, and the internal release holds exact counts. Therefore
`python -m ui serve` listens on this machine only, and a server that others can reach must be started with ``DASHBOARD_RELEASES=public``,
which leaves it no way to show the other release.
"""

from __future__ import annotations

import os

from indicators.model import Release, Text

VARIABLE = "DASHBOARD_RELEASES"
DEFAULT = "internal,public"


class Refused(Exception):
    """The gate stays shut; the message says to the operator what to set."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


def offered_releases() -> tuple[Release, ...]:
    """Return the releases this server offers, the first being the one a visitor starts with.

    Raises:
        Refused: If the setting is empty or names a release that does not exist: a typing error must not open or close anything by chance.
    """
    names = [name.strip() for name in os.environ.get(VARIABLE, DEFAULT).split(",") if name.strip()]
    known = {release.value for release in Release}
    if not names or any(name not in known for name in names):
        raise Refused(
            Text(
                f"服务器没有设置可以展示的版本。请管理员把 {VARIABLE} 设为 internal、public 或两者(用逗号隔开),再重新启动。",
                f"This server does not say which release it offers. Set {VARIABLE} to internal, public or both (with a comma) and start it again.",
            )
        )
    return tuple(dict.fromkeys(Release(name) for name in names))


def may_upload() -> bool:
    """Return whether files may be handed in through this server: only where it shows the internal release, to the people who answer for it.

    Raises:
        Refused: As ``offered_releases``.
    """
    return Release.INTERNAL in offered_releases()
