"""Times of a recording: in order, and no single frame believed against all others."""

from hypothesis import given
from hypothesis import strategies as st

from bot.tape_clock import HELD_MAX, JUMP_NS_MAX, TapeClock

T0 = 1_782_707_601_000_000_000
FAR = 9 * 10**18
Stated = list[int | None]


def placed(stated: Stated) -> tuple[list[tuple[int, int]], list[int], TapeClock]:
    """Place frames stated so; return (time, number) of each given, lines of damage, the clock."""
    damage: list[int] = []
    clock = TapeClock(lambda line, _: damage.append(line))
    given_out: list[tuple[int, int]] = []
    for number, stated_ns in enumerate(stated):
        given_out += [
            (ns, int(text)) for ns, text in clock.place(stated_ns, b"%d" % number, number)
        ]
    given_out += [(ns, int(text)) for ns, text in clock.end()]
    return given_out, damage, clock


def test_frames_in_order_keep_their_times() -> None:
    """The first is held until the second agrees."""
    frames, damage, _ = placed([T0, T0 + 1, T0 + 1, T0 + JUMP_NS_MAX])
    assert [(T0, 0), (T0 + 1, 1), (T0 + 1, 2), (T0 + JUMP_NS_MAX, 3)] == frames
    assert [] == damage


def test_a_real_silence_of_days_costs_no_frame() -> None:
    """Two frames beyond it say the same: time goes on from there."""
    later = T0 + 30 * JUMP_NS_MAX
    frames, damage, _ = placed([T0, T0, later, later + 5])
    assert [(T0, 0), (T0, 1), (later, 2), (later + 5, 3)] == frames
    assert [] == damage


def test_an_earlier_time_is_clamped_and_counted() -> None:
    """However far back: nothing after it is harmed."""
    frames, damage, clock = placed([T0, T0 + 9, T0 + 3, 0, T0 + 10])
    assert [(T0, 0), (T0 + 9, 1), (T0 + 9, 2), (T0 + 9, 3), (T0 + 10, 4)] == frames
    assert ([], 2) == (damage, clock.backward_steps)


def test_a_jump_at_the_end_is_not_believed() -> None:
    """Nobody is left to agree; the first of a tape of one frame is all there is."""
    assert ([(T0, 0), (T0, 1)], [2]) == placed([T0, T0, FAR])[:2]
    assert ([(T0, 0)], []) == placed([T0])[:2]
    assert ([(T0, 0)], [1]) == placed([T0, FAR])[:2]


def test_frames_without_a_time_have_that_of_the_frame_before() -> None:
    """Also while that one is held; without any before them they are damage."""
    frames, damage, _ = placed([None, T0, None, FAR, None, T0 + 1])
    assert [(T0, 1), (T0, 2), (T0, 4), (T0 + 1, 5)] == frames
    assert [0, 3] == damage


def test_only_so_many_are_held() -> None:
    """A tape of nonsense fills no memory."""
    nonsense: Stated = [T0 + 2 * i * JUMP_NS_MAX for i in range(1, 2 * HELD_MAX)]
    frames, damage, _ = placed([T0, T0, *nonsense])
    assert [(T0, 0), (T0, 1)] == frames
    assert len(nonsense) == len(damage)


@given(st.lists(st.one_of(st.none(), st.integers(0, FAR), st.integers(T0, T0 + 10)), max_size=30))
def test_times_never_go_back_and_every_frame_is_given_or_damage(stated: Stated) -> None:
    """Whatever a file says; frames stay in order, and none is given twice."""
    frames, damage, _ = placed(stated)
    times = [ns for ns, _ in frames]
    numbers = [number for _, number in frames]
    assert sorted(times) == times
    assert sorted(set(numbers)) == numbers
    assert sorted([*numbers, *damage]) == list(range(len(stated)))
