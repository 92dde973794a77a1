"""Every type has a full and a minimal sample, and they are what its model writes and reads."""

import json
from importlib.resources import files

import pytest

from careteam_contracts import samples
from careteam_contracts.catalogue import CATALOGUE, parse
from careteam_contracts.samples.__main__ import rendered
from cli.docs.__main__ import main


@pytest.mark.parametrize("wire_type", CATALOGUE)
def test_samples_are_what_the_generator_makes(wire_type: str) -> None:
    for kind in samples.KINDS:
        assert samples.body(wire_type, kind).decode() == rendered(wire_type, kind), (
            "run python -m careteam_contracts.samples"
        )


@pytest.mark.parametrize("wire_type", CATALOGUE)
def test_a_full_sample_has_every_field_and_a_minimal_one_only_what_is_required(
    wire_type: str,
) -> None:
    fields = CATALOGUE[wire_type].model.model_fields
    full, minimal = (json.loads(samples.body(wire_type, kind)) for kind in samples.KINDS)
    assert full.keys() == fields.keys()
    assert minimal.keys() == {name for name, field in fields.items() if field.is_required()}


@pytest.mark.parametrize("wire_type", CATALOGUE)
def test_a_sample_round_trips(wire_type: str) -> None:
    for kind in samples.KINDS:
        event = samples.event(wire_type, kind)
        written = json.loads(event.to_body())
        told = json.loads(samples.body(wire_type, kind))
        assert {name: written[name] for name in told} == told
        assert parse(wire_type, event.to_body()) == event


def test_there_is_no_sample_of_a_type_that_is_not_listed() -> None:
    found = {f.name for f in files(samples.__name__).iterdir() if f.name.endswith(".json")}
    assert found == {
        samples.file_name(wire_type, kind) for wire_type in CATALOGUE for kind in samples.KINDS
    }


def test_the_events_page_is_what_the_catalogue_says() -> None:
    assert main(["events", "--check"]) == 0
