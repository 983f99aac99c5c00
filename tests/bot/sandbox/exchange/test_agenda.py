"""Things are done in order of time, then of asking, each at its own time."""

from __future__ import annotations

from functools import partial

from bot.domain.ports import NEVER
from bot.sandbox.exchange.agenda import Agenda


def test_what_is_due_is_done_in_order_at_its_own_time() -> None:
    """Equal times keep the order of asking; what comes later waits."""
    agenda = Agenda()
    done: list[tuple[str, int]] = []

    def note(name: str, now_ns: int) -> None:
        done.append((name, now_ns))

    for name, due_ns in (("b", 20), ("a", 10), ("c", 20), ("d", 30)):
        agenda.at(due_ns, partial(note, name))
    assert 10 == agenda.next_due_ns
    agenda.run(29)
    assert [("a", 10), ("b", 20), ("c", 20)] == done
    assert 30 == agenda.next_due_ns


def test_an_empty_agenda_is_never_due() -> None:
    """Nothing to do is NEVER."""
    assert NEVER == Agenda().next_due_ns


def test_what_is_asked_for_meanwhile_is_done_too() -> None:
    """An action may ask for another one that is due already."""
    agenda = Agenda()
    done: list[int] = []
    agenda.at(1, lambda _: agenda.at(2, done.append))
    agenda.run(2)
    assert [2] == done
