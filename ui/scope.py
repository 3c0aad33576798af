"""What the reader selected: release, month, zone, language. One address is one view.

The choices stand in the address under their codes, so a link means the same in both languages. Streamlit's own binding writes the label
shown to the reader and would break such links, so the address is kept here: on the page itself it decides; when the reader turns to
another page, which starts with an empty address, the last choices are carried along.
"""

from __future__ import annotations

import pandas
import streamlit

from access import gate
from charts.scope import Voice
from indicators import catalogue
from indicators.model import Release, Text
from ui import cache, notes, words
from ui.view import View
from warehouse.reader import BuildStamp, WarehouseUnavailable

WHOLE_COUNTY = "all"
_STORED = "scope"
MONTH_TO_LANGUAGE = (11, 9)  # widths


def language_of_address() -> str:
    """Return the language the address or the session asks for."""
    asked = _asked({"lang": list(words.LANGUAGES)}) or streamlit.session_state.get(_STORED, {})
    return asked["lang"] if asked.get("lang") in words.LANGUAGES else "zh"


def choose_language() -> str:
    """Draw the choice of language alone, for a page that shows no numbers of a release, and return it."""
    language = _from_address({"lang": list(words.LANGUAGES)})["lang"]
    with streamlit.sidebar:
        streamlit.selectbox(
            words.LANGUAGE.pick(language),
            list(words.LANGUAGES),
            format_func=words.LANGUAGES.__getitem__,
            key="choose_lang",
            on_change=_remember,
            args=("lang",),
        )
    return language


def open_page(title: Text) -> View:
    """Ask the gate, draw the sidebar, and return the view; where there is nothing to see, say so calmly and stop.

    Args:
        title: The page's ``TITLE`` literal.
    """
    try:
        releases = gate.offered_releases()
        key = cache.current_key()
        stamp = cache.stamp(key)
        return _choose(title, releases, key, stamp)
    except (gate.Refused, WarehouseUnavailable) as refusal:
        notes.calm_stop(title, refusal.message, language_of_address())


def _choose(title: Text, releases: tuple[Release, ...], key: cache.FileKey, stamp: BuildStamp) -> View:
    opened = cache.opened(key)
    sources = sorted({extract for indicator in catalogue().values() for extract in indicator.sources})
    reported = cache.prepared(key, (), "reported", lambda: sorted({month for extract in sources for month in opened.months(extract)}, reverse=True))
    if stamp.latest_month is None or not reported:
        raise WarehouseUnavailable(words.EMPTY)
    months = [f"{month:%Y-%m}" for month in reported]
    zones = {zone.code: zone for zone in cache.prepared(key, (), "members.zone", lambda: opened.members("zone"))}
    options = {
        "release": [release.value for release in releases],
        "month": months,
        "zone": [WHOLE_COUNTY, *zones],
        "lang": list(words.LANGUAGES),
    }
    chosen = _from_address(options)
    language = chosen["lang"]
    labels = {
        "release": lambda code: words.RELEASES[Release(code)].pick(language),
        "month": lambda code: f"{int(code[:4])}年{int(code[5:])}月" if language == "zh" else pandas.Timestamp(code).strftime("%b %Y"),
        "zone": lambda code: zones[code].title.pick(language) if code in zones else words.COUNTY.pick(language),
        "lang": lambda code: words.LANGUAGES[code],
    }
    headings = {"release": words.RELEASE, "month": words.MONTH, "zone": words.ZONE, "lang": words.LANGUAGE}
    # Two abreast: under the menu, four below each other reach over the edge of a projector's screen, where the last one does not open.
    with streamlit.sidebar:
        first, (month, lang), last = streamlit.container(), streamlit.columns(MONTH_TO_LANGUAGE), streamlit.container()
        places = {"release": first, "month": month, "lang": lang, "zone": last}
    for name, heading in headings.items():
        with places[name]:
            streamlit.selectbox(
                heading.pick(language), options[name], format_func=labels[name], key=f"choose_{name}", on_change=_remember, args=(name,)
            )
    voice = Voice(Release(chosen["release"]), language)
    view = View(key, stamp, voice, pandas.Timestamp(chosen["month"]), zones.get(chosen["zone"]))
    notes.page_head(title, view)
    return view


def _asked(options: dict[str, list[str]]) -> dict[str, str]:
    """Return what the address asks for that is offered; whatever else stands in it, or stands in it twice, is as if it were not there."""
    given = {name: streamlit.query_params.get_all(name) for name in options}
    return {name: codes[0] for name, codes in given.items() if len(codes) == 1 and codes[0] in options[name]}


def _from_address(options: dict[str, list[str]]) -> dict[str, str]:
    """Return the choices: the address first; a bare one carries on the last choices, then the defaults."""
    session = streamlit.session_state
    stored: dict[str, str] = session.get(_STORED, {})
    address = streamlit.query_params.to_dict()
    source = _asked(options) or stored
    chosen: dict[str, str] = {}
    for name, allowed in options.items():
        wish = source.get(name)
        chosen[name] = wish if wish in allowed else allowed[0]
        # Set at every run: on another page, or after the browser's Back, the control is a new one and would show its first option.
        session[f"choose_{name}"] = chosen[name]
    # A default is no choice: it is not kept, so that the next build's latest month is shown to whoever chose none.
    kept = {name: code for name, code in chosen.items() if code != options[name][0]}
    wanted = {name: code for name, code in address.items() if name not in options} | kept
    if wanted != address:
        streamlit.query_params.from_dict(wanted)  # in one step, so that Back never meets half an address
    session[_STORED] = {name: code for name, code in stored.items() if name not in options} | kept
    return chosen


def _remember(name: str) -> None:
    """Write a choice into the address."""
    streamlit.query_params[name] = streamlit.session_state[f"choose_{name}"]
