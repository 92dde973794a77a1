"""Whether anything of a course is under way: by its owners' answers, and by own facts (INV-35)."""

from collections.abc import Iterable, Mapping

from services.intake.domain.closing import Obstacle
from shared.decisions import Unblock, Verdict, holds, violated


def nothing_under_way(
    answers: Mapping[str, tuple[Obstacle, ...] | None], on_board: Iterable[Obstacle]
) -> tuple[Verdict, ...]:
    """A verdict for each owner that was asked, and one for what intake knows itself."""
    by_owner = sorted(answers.items(), key=lambda item: item[0])
    peers = tuple(_peer_verdict(owner, obstacles) for owner, obstacles in by_owner)
    local = tuple(on_board)
    if not local:
        return (*peers, holds("no-medicine-on-board", "INV-35"))
    return (
        *peers,
        violated(
            "no-medicine-on-board",
            "INV-35",
            unblocks_with=_until_over(local),
            obstacles=tuple(map(str, local)),
        ),
    )


def _peer_verdict(owner: str, obstacles: tuple[Obstacle, ...] | None) -> Verdict:
    slug = f"{owner}-has-nothing-under-way"
    if obstacles is None:
        return violated(
            slug,
            "ruling 7",
            unblocks_with=(Unblock(fact="answer", owner=owner, action="wait until it answers"),),
            answered=False,
        )
    if obstacles:
        return violated(
            slug,
            "INV-35",
            unblocks_with=_until_over(obstacles),
            obstacles=tuple(map(str, obstacles)),
        )
    return holds(slug, "INV-35", answered=True)


def _until_over(obstacles: tuple[Obstacle, ...]) -> tuple[Unblock, ...]:
    return tuple(
        dict.fromkeys(
            Unblock(fact=o.kind, owner=o.owner, action=f"wait until the {o.kind} is over")
            for o in obstacles
        )
    )
