"""Events: every kind survives the journal, and a reader of an old journal knows what it reads."""

import typing
from collections.abc import Iterator
from enum import Enum
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import events

KINDS: tuple[type[events.Record], ...] = typing.get_args(events.Event)
SHARED = set(events.Record.__struct_fields__)


def values(annotation: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - any annotation
    """Values of a field by its type, so that a new event is tested without a word here."""
    annotation = getattr(annotation, "__supertype__", annotation)  # a NewType is its base
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Literal:
        return st.sampled_from(arguments)
    if typing.get_origin(annotation) is tuple:
        return tuples(arguments)
    if typing.get_origin(annotation) is dict:
        return st.dictionaries(*map(values, arguments), max_size=2)
    if arguments:  # a union
        return st.one_of(*map(values, arguments))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from(annotation)
    return PLAIN[annotation]


def tuples(arguments: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """Tuples of any length of one kind, or of one value of each."""
    if arguments[1:] == (...,):
        return st.lists(values(arguments[0]), max_size=3).map(tuple)
    return st.tuples(*map(values, arguments))


PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    type(None): st.none(),
    bool: st.booleans(),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: st.text(max_size=8),
}


def events_of(kind: type[events.Record]) -> st.SearchStrategy[events.Record]:
    """Events of one kind with any values."""
    hints = typing.get_type_hints(kind)
    return st.builds(kind, **{name: values(hints[name]) for name in kind.__struct_fields__})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=25)
@given(data=st.data())
def test_every_event_survives_the_journal(kind: type[events.Record], data: st.DataObject) -> None:
    """Encoded as JSON and decoded as any event, it is the same event of the same kind."""
    event = data.draw(events_of(kind))
    decoded = msgspec.json.decode(msgspec.json.encode(event), type=events.Event)
    assert (kind, event) == (type(decoded), decoded)


def test_every_record_is_an_event() -> None:
    """A record that was written down but left out of `Event` could not be read back."""
    assert set(records(events.Record)) == set(KINDS)


def records(parent: type[events.Record]) -> Iterator[type[events.Record]]:
    """All records below one; other tests may make some of their own."""
    for child in parent.__subclasses__():
        if child.__module__.startswith("bot.domain."):
            yield child
        yield from records(child)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_an_event_never_changes(kind: type[events.Record]) -> None:
    """Events are frozen, carry what all carry, are named by their class and explain themselves."""
    assert kind.__struct_config__.frozen
    assert set(kind.__struct_fields__) >= SHARED
    assert kind.__name__ == kind.__struct_config__.tag
    assert kind.__doc__


def test_an_unknown_event_is_refused() -> None:
    """A journal of a later version is not read as something else."""
    text = b'{"type":"OrderTeleported","seq":1,"ts_ns":1,"run_id":"r"}'
    with pytest.raises(msgspec.ValidationError, match="OrderTeleported"):
        msgspec.json.decode(text, type=events.Event)
