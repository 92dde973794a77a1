"""Versions side by side: each is found by its number, and a changed file is not the same rules."""

from pathlib import Path

import pytest

from shared.protocol import Pin, UnknownProtocol, protocol_agreed, protocol_known
from shared.protocol.loader import DEFAULT_CLINIC, BadProtocol, parse_protocol
from shared.protocol.shelf import load_library

FIRST = "protocol_version: 1\nprotocol_name: lozenges\nprep: {min_sessions: 2}\n"
SECOND = "protocol_version: 2\nprotocol_name: lozenges\nprep: {min_sessions: 1}\n"
OTHER = "protocol_version: 3\nprotocol_name: nasal\nprep: {min_sessions: 1}\n"


def digest_of(text: str) -> str:
    return parse_protocol(text, "clinic.yaml").digest


def _shelf(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_without_a_file_or_folder_the_default_clinic_counts() -> None:
    library = load_library()
    assert library.current.protocol_name == "default"
    assert library.pinned(Pin(1)) == library.current


def test_an_empty_folder_is_no_clinic_either(tmp_path: Path) -> None:
    assert load_library(folder=tmp_path).current.protocol_name == "default"


def test_every_version_of_a_folder_is_there_and_the_highest_begins_new_courses(
    tmp_path: Path,
) -> None:
    library = load_library(folder=_shelf(tmp_path, a=SECOND, b=FIRST))
    assert library.current.protocol_version == 2
    assert library.pinned(Pin(1)).prep.min_sessions == 2
    assert library.pinned(Pin(2)).prep.min_sessions == 1


def test_a_named_file_begins_new_courses_beside_the_folder(tmp_path: Path) -> None:
    folder = _shelf(tmp_path, a=SECOND, b=FIRST)
    library = load_library(folder / "b.yaml", folder)
    assert library.current.protocol_version == 1
    assert set(library.versions) == {1, 2}


def test_the_same_file_twice_is_one_version(tmp_path: Path) -> None:
    folder = _shelf(tmp_path, a=FIRST)
    named = tmp_path.parent / "current.yaml"
    named.write_text("# with a comment\n" + FIRST, encoding="utf-8")
    assert set(load_library(named, folder).versions) == {1}


def test_two_files_with_one_number_are_refused_by_line(tmp_path: Path) -> None:
    folder = _shelf(tmp_path, a=FIRST, b="# another\n" + SECOND.replace("2", "1", 1))
    with pytest.raises(BadProtocol) as refused:
        load_library(folder=folder)
    (line,) = refused.value.lines
    assert line.startswith(f"{folder}/b.yaml:2: protocol_version: 1 is said by {folder}/a.yaml")


def test_every_wrong_file_is_told_at_once(tmp_path: Path) -> None:
    folder = _shelf(tmp_path, a="protocol_version: 0\n", b=FIRST + "escort: {required: false}\n")
    with pytest.raises(BadProtocol) as refused:
        load_library(folder=folder)
    assert [line.split(": ")[0] for line in refused.value.lines] == [
        f"{folder}/a.yaml:1",
        f"{folder}/b.yaml:4",
    ]


def test_an_unknown_version_allows_nothing_and_stays_strict(tmp_path: Path) -> None:
    library = load_library(folder=_shelf(tmp_path, a=FIRST))
    rules = library.pinned(Pin(7))
    assert isinstance(rules, UnknownProtocol)
    verdict = protocol_known(rules, "scheduling")
    assert not verdict.holds
    assert verdict.facts["protocol_version"] == 7
    assert "protocol version 7" in verdict.unblocks_with[0].action
    assert verdict.unblocks_with[0].owner == "scheduling"
    assert rules.recovery.min_observation_minutes == 240
    assert rules.timing_profile("SL-OWN").offset_max == 240
    assert rules.aftercare.until_next_day
    assert not rules.recovery.manual_clearance.allowed


def test_a_known_version_is_known(tmp_path: Path) -> None:
    library = load_library(folder=_shelf(tmp_path, a=FIRST))
    assert protocol_known(library.pinned(Pin(1)), "scheduling").holds


def test_a_course_that_was_never_heard_of_has_no_rules() -> None:
    assert not load_library().pinned(None).known


def test_a_file_that_was_changed_under_its_number_is_not_the_one_of_the_course(
    tmp_path: Path,
) -> None:
    pin = Pin(1, digest_of(FIRST))
    same = load_library(folder=_shelf(tmp_path, a="# a comment\n" + FIRST))
    assert same.pinned(pin).known
    changed = load_library(folder=_shelf(tmp_path, a=FIRST.replace("2", "1")))
    assert not changed.pinned(pin).known
    assert changed.pinned(Pin(1)).known


def test_a_course_moves_to_higher_versions_of_its_own_name_only(tmp_path: Path) -> None:
    library = load_library(folder=_shelf(tmp_path, a=FIRST, b=SECOND, c=OTHER))
    assert library.newer("lozenges", 1) == (library.pinned(Pin(2)),)
    assert library.newer("lozenges", 2) == ()
    assert library.newer("nasal", 1) == (library.pinned(Pin(3)),)


def test_the_default_file_digests_alike_however_it_is_laid_out() -> None:
    text = DEFAULT_CLINIC.read_text(encoding="utf-8")
    without = "\n".join(line.split(" #")[0] for line in text.splitlines() if line[:1] != "#")
    assert digest_of(without) == digest_of(text)
    assert digest_of(text.replace("min_hours: 8", "min_hours: 9")) != digest_of(text)


def test_no_file_says_its_own_digest() -> None:
    with pytest.raises(BadProtocol) as refused:
        parse_protocol(FIRST + "digest: '00'\n", "clinic.yaml")
    assert refused.value.lines[0].startswith("clinic.yaml:4: digest: unknown key")


def test_services_agree_on_version_and_on_every_word() -> None:
    own = parse_protocol(FIRST, "clinic.yaml")
    assert protocol_agreed(own, "intake", Pin(1, own.digest)).holds
    for theirs in (Pin(2, own.digest), Pin(1, digest_of(SECOND)), Pin(1)):
        verdict = protocol_agreed(own, "intake", theirs)
        assert not verdict.holds
        assert verdict.slug == "intake-protocol-differs"
        assert verdict.unblocks_with[0].owner == "intake"


def test_a_pin_names_the_very_words_of_a_version(tmp_path: Path) -> None:
    library = load_library(folder=_shelf(tmp_path, a=FIRST, b=SECOND))
    assert library.pin(1) == Pin(1, digest_of(FIRST))
    assert library.pin(9) == Pin(9, None)


def test_a_course_without_a_pin_has_no_rules(tmp_path: Path) -> None:
    """Nobody knows which it began with: version 0 is nobody's, and refuses (INV-39)."""
    unknown = load_library(folder=_shelf(tmp_path, a=FIRST)).pinned(None)
    assert isinstance(unknown, UnknownProtocol)
    assert unknown.protocol_version == 0
    assert not protocol_known(unknown, "prescribing").holds


@pytest.mark.parametrize("loaded", [True, False])
def test_a_peer_that_lacks_the_file_is_told_from_one_with_another(
    tmp_path: Path, loaded: bool
) -> None:
    own = load_library(folder=_shelf(tmp_path, a=FIRST)).current
    theirs = Pin(1, digest_of(SECOND) if loaded else None)
    verdict = protocol_agreed(own, "intake", theirs)
    assert not verdict.holds
    assert verdict.facts["loaded_there"] is loaded


def test_the_word_of_a_version_is_sixteen_letters_whatever_the_order() -> None:
    """A receipt keeps it: shorter would not tell apart, another order is the same file."""
    turned = "prep: {min_sessions: 2}\nprotocol_name: lozenges\nprotocol_version: 1\n"
    assert digest_of(turned) == digest_of(FIRST)
    assert len(digest_of(FIRST)) == 16
