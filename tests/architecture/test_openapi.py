"""What every service says of its API is complete: each status, each error, each header."""

import copy
import importlib
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis.core.result import Ok

from cli.clinic.services import SERVICES
from shared.runtime.settings import ServiceSettings
from shared.web.application import create_app

PROBLEM = "#/components/schemas/Problem"
ALWAYS = ("400", "401", "403", "408", "412", "413", "422", "429", "503")
MAKES = {"post /api/v1/prescribers/{prescriber_ref}/registration"}
"""What makes the thing that its path names, so that nothing can be missing."""


@pytest.fixture(scope="module", params=SERVICES)
def app(request: pytest.FixtureRequest) -> FastAPI:
    definition = importlib.import_module(f"services.{request.param}.app").DEFINITION
    settings = ServiceSettings(env="test", database_url="postgresql://nobody@localhost/nothing")
    return create_app(definition, settings)


@pytest.fixture(scope="module")
def api(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(api: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in api["paths"].items():
        if path.startswith("/api/"):
            for method, operation in methods.items():
                yield f"{method} {path}", operation


def gaps(api: dict[str, Any]) -> list[str]:
    """What an integrator would have to guess."""
    found = []
    for name, operation in operations(api):
        responses = operation["responses"]
        if not operation.get("description"):
            found.append(f"{name}: says nothing of itself")
        if not any(
            "schema" in media
            for status, answer in responses.items()
            if status.startswith("2")
            for media in answer.get("content", {}).values()
        ):
            found.append(f"{name}: no schema of its answer")
        for status in ALWAYS + (("404",) if "{" in name and name not in MAKES else ()):
            content = responses.get(status, {}).get("content", {})
            if content.get("application/problem+json", {}).get("schema", {}).get("$ref") != PROBLEM:
                found.append(f"{name}: {status} is no problem")
        headers = {
            p["name"].lower() for p in operation.get("parameters", ()) if p["in"] == "header"
        }
        if name.startswith("post") and not {"idempotency-key", "if-match"} <= headers:
            found.append(f"{name}: no Idempotency-Key or If-Match")
    return found


def test_nothing_has_to_be_guessed(api: dict[str, Any]) -> None:
    assert len(list(operations(api))) > 15
    assert gaps(api) == []


def test_what_is_left_out_is_seen(api: dict[str, Any]) -> None:
    broken = copy.deepcopy(api)
    name, operation = next((n, o) for n, o in operations(broken) if n.startswith("post"))
    del operation["responses"]["422"]
    operation["parameters"] = []
    assert gaps(broken) == [
        f"{name}: 422 is no problem",
        f"{name}: no Idempotency-Key or If-Match",
    ]


def test_a_fuzzer_understands_every_operation(api: dict[str, Any]) -> None:
    """Every reference leads somewhere, and requests can be made from every schema."""
    schema = schemathesis.openapi.from_dict(api)
    results = list(schema.get_all_operations())
    understood = [result.ok() for result in results if isinstance(result, Ok)]
    assert len(understood) == len(results)
    assert len(understood) >= len(list(operations(api)))
    for operation in understood:
        assert operation.method


def methods_at(api: dict[str, Any], address: str) -> set[str]:
    """Of all paths that this is an address of: ``/sessions/preview`` is one of two."""
    return {
        method.upper()
        for path, methods in api["paths"].items()
        if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)), address)
        for method in methods
    }


async def test_whoever_asks_for_what_nobody_does_is_told_all_that_is_done_there(
    app: FastAPI, api: dict[str, Any]
) -> None:
    """RFC 9110, section 15.5.6: the methods of the address, not those of its first route."""
    transport = httpx.ASGITransport(app=app)
    several = 0
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
        for path in api["paths"]:
            answer = await http.options(path)
            assert answer.status_code == 405, path
            told = set(answer.headers["allow"].split(", "))
            assert told == methods_at(api, path), path
            several += len(told) > 1
            page = answer.headers["content-type"]
            assert page == "application/problem+json", path
    assert several >= 1
