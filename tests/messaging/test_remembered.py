"""Answers for pages: asked once a minute, and no answer is not kept."""

from shared.messaging.remembered import Remembered


class Peer:
    """Answers with the number of times that it was asked, unless it is silent."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.silent: set[str] = set()

    async def ask(self, key: str) -> int | None:
        self.asked.append(key)
        return None if key in self.silent else len(self.asked)


async def test_what_is_known_is_not_asked_again_within_a_minute() -> None:
    peer, now = Peer(), [0.0]
    remembered: Remembered[str, int] = Remembered(clock=lambda: now[0])
    assert await remembered.all(["a", "a", "b"], peer.ask) == {"a": 1, "b": 2}
    now[0] = 60.0
    assert await remembered.all(["a", "b"], peer.ask) == {"a": 1, "b": 2}
    now[0] = 60.1
    assert await remembered.all(["a"], peer.ask) == {"a": 3}


async def test_no_answer_is_left_out_and_asked_for_again() -> None:
    peer = Peer()
    peer.silent.add("a")
    remembered: Remembered[str, int] = Remembered()
    assert await remembered.all(["a", "b"], peer.ask) == {"b": 2}
    peer.silent.clear()
    assert await remembered.all(["a"], peer.ask) == {"a": 3}


async def test_what_was_answered_is_forgotten_even_if_nobody_asks_for_it_again() -> None:
    peer, now = Peer(), [0.0]
    remembered: Remembered[str, int] = Remembered(clock=lambda: now[0])
    await remembered.all(["a"], peer.ask)
    now[0] = 61.0
    await remembered.all(["b"], peer.ask)
    assert "a" not in remembered._answers
