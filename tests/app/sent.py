"""Everything a page sends to the browser: every text, every cell of a table and every number of a figure, each with where it stands."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import numpy
import pyarrow
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from tests.app.page_cards import PageCard, card_of, pictures

WHOLE_CARD = "html"
"""Where a card stands as it was sent; its coordinates are no numbers that are told."""
Piece = tuple[str, str | float]
"""Where it stands (names of fields, columns and keys), and the text or number."""

ARROW = b"\xff\xff\xff\xff"
"""How a stream of Arrow begins."""

WHOLE = re.compile(r"(?<![\d.,:/#A-Za-z])(?<!\d-)(\d{1,3}(?:,\d{3})+|\d+)(?![\d:/%-]|\.\d|,\d)")
"""A whole number in a text: no part of a decimal, a date, a time, a percentage, a colour or a code."""


def spelled(message: Message, place: str = "") -> Iterator[Piece]:
    """Spell out a message of Streamlit, tables and figures included; of a card its words, and what was sent as a whole."""
    if message.DESCRIPTOR.name == "BidiComponent":
        yield from _of_card(card_of(message))
        return
    for field, value in message.ListFields():
        at = f"{place}/{field.name}"
        for one in value.values() if isinstance(value, dict) else value if _is_many(field) else [value]:
            yield from _spelled_value(field, one, at)


def _of_card(card: PageCard) -> Iterator[Piece]:
    yield f"card/{card.name}/{WHOLE_CARD}", card.html
    for words in (*card.words, *card.drawn):
        yield f"card/{card.name}", words
    for table in card.tables:
        for name in table.columns:
            yield f"card/{card.name}/{name}", name
            for cell in table[name]:
                yield f"card/{card.name}/{name}", cell


def _is_many(field: FieldDescriptor) -> bool:
    return bool(field.is_repeated) if hasattr(field, "is_repeated") else field.label == FieldDescriptor.LABEL_REPEATED


def _spelled_value(field: FieldDescriptor, value: Any, at: str) -> Iterator[Piece]:
    if isinstance(value, Message):
        yield from spelled(value, at)
    elif isinstance(value, bytes) and value.startswith(ARROW):
        yield from _cells(value, at)
    elif isinstance(value, bytes):
        yield at, value.decode("utf-8", errors="replace")
    elif isinstance(value, str) and value[:1] in {"{", "["}:
        yield from _of_json(value, at)
    elif isinstance(value, str):
        yield at, value
    elif isinstance(value, float | int) and not isinstance(value, bool):
        yield at, float(value)


def _cells(arrow: bytes, at: str) -> Iterator[Piece]:
    table = pyarrow.ipc.open_stream(arrow).read_all()
    for name in table.column_names:
        yield f"{at}/{name}", name
        for cell in table.column(name).to_pylist():
            yield f"{at}/{name}", cell if isinstance(cell, float) else str(cell)
    for name, words in (table.schema.metadata or {}).items():
        yield f"{at}/metadata/{name.decode()}", words.decode("utf-8", errors="replace")


def _of_json(text: str, at: str) -> Iterator[Piece]:
    try:
        found = json.loads(text)
    except ValueError:
        yield at, text
        return
    yield from _of_value(found, at)


def _of_value(value: Any, at: str) -> Iterator[Piece]:
    if isinstance(value, dict) and "bdata" in value:
        for number in numpy.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"]).tolist():
            yield at, float(number)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _of_value(inner, f"{at}/{name}")
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from _of_value(inner, f"{at}/{position}" if isinstance(inner, dict) else at)
    elif isinstance(value, str):
        yield at, value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield at, float(value)


def sent(test: AppTest) -> list[Piece]:
    """Return everything a page sent, in the order in which it stands, sidebar included, and what its enlarged figures would send."""
    stands = [piece for node in nodes(test._tree) if isinstance(node.proto, Message) for piece in spelled(node.proto, node.type)]
    return [*stands, *(piece for picture in pictures(test).values() for piece in _of_json(str(picture.figure.to_json()), "plotly_chart/spec"))]


def nodes(node: Any) -> Iterator[Any]:
    """Return the elements of a page in the order in which they stand."""
    if getattr(node, "proto", None) is not None:
        yield node
    for inner in getattr(node, "children", {}).values():
        yield from nodes(inner)


def whole_numbers(pieces: list[Piece]) -> list[tuple[float, str]]:
    """Return the whole numbers in the texts, each with its text; what Streamlit calls its parts is no text."""
    texts = [text for place, text in pieces if isinstance(text, str) and not place.endswith(WHOLE_CARD) and not text.startswith("$$ID-")]
    found = [(text, WHOLE.findall(text)) for text in texts]
    return [(float(digits.replace(",", "")), text) for text, numbers in found for digits in numbers]


def plotted_numbers(specification: str, axes: tuple[str, ...] = ("x", "y")) -> list[float]:
    """Return what the marks of a figure stand for; hatched marks have a fixed height, and where a bar begins follows from those before it."""
    found: list[float] = []
    for trace in json.loads(specification)["data"]:
        marker = trace.get("marker")
        if isinstance(marker, dict) and "pattern" in marker:
            continue
        for axis in axes:
            found += [number for _, number in _of_value(trace.get(axis), axis) if isinstance(number, float)]
    return found
