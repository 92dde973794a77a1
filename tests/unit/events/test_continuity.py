"""A stretch of the stream is whole when no lane in it has a hole."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cli.bus.continuity import Continuity


def seen(*told: tuple[str, str, int]) -> Continuity:
    continuity = Continuity()
    for sequence, (producer, client, number) in enumerate(told, start=1):
        headers = {
            "ce-source": f"/careteam/{producer}",
            "ce-partitionkey": client,
            "ce-clientsequence": str(number),
        }
        continuity.see(headers, sequence)
    return continuity


def test_each_lane_begins_where_it_is_first_seen() -> None:
    whole = seen(("intake", "a", 4), ("intake", "b", 1), ("intake", "a", 5), ("scheduling", "a", 9))
    assert (whole.holes, whole.lanes, whole.events, whole.again) == ((), 3, 4, 0)


def test_a_hole_names_what_is_missing_and_where() -> None:
    (hole,) = seen(("intake", "a", 1), ("intake", "b", 7), ("intake", "a", 4)).holes
    assert str(hole) == "intake, client a: 2 to 3 missing before sequence 3"


def test_what_is_published_again_fills_its_hole_and_counts_otherwise() -> None:
    told = seen(("intake", "a", 1), ("intake", "a", 3), ("intake", "a", 2), ("intake", "a", 2))
    assert (told.holes, told.again) == ((), 1)


def test_a_message_that_is_no_event_is_counted() -> None:
    continuity = Continuity()
    continuity.see({"ce-source": "/careteam/intake"}, 1)
    assert continuity.wrong == 1


@settings(deadline=None)
@given(st.sets(st.integers(2, 30), max_size=8))
def test_exactly_what_was_left_out_is_missing(left_out: set[int]) -> None:
    told = [("intake", "a", n) for n in range(1, 32) if n not in left_out]
    holes = seen(*told).holes
    assert {n for hole in holes for n in range(hole.first, hole.last + 1)} == left_out
