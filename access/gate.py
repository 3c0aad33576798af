"""The one gate every page passes first: which releases this server offers to whom asks.

The internal release holds exact counts. A server that stands where members only can reach it offers both; one that anybody can reach
is started with ``DASHBOARD_RELEASES=public`` and then has no way to show the other.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from indicators.model import Release, Text

VARIABLE = "DASHBOARD_RELEASES"
DEFAULT = "internal,public"
ROLES = frozenset({"leader", "analyst", "writer"})


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


def enter(roles: Sequence[str]) -> tuple[Release, ...]:
    """Let a visitor into a page and return the releases to choose from.

    Args:
        roles: The roles the page is meant for, from its ``ROLES`` literal.

    Raises:
        Refused: If the page is meant for nobody, for a role that does not exist, or the server offers nothing.
    """
    if not roles or not set(roles) <= ROLES:
        raise Refused(Text("本页没有对任何人开放。请管理员检查页面的 ROLES。", "This page is open to nobody. Check its ROLES."))
    return offered_releases()
