"""What pages say is said in Spanish too, and nothing on a page is styled or scripted in place."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from shared.web.pages.rendering import ROOM
from shared.web.telling import WORDS

ROOT = Path(__file__).parents[2]
TEMPLATES = [
    ROOM / "templates",
    ROOT / "cli" / "issuer" / "templates",
    *sorted(ROOT.glob("services/*/web/templates")),
]


def texts(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*.html")):
        with file.open("rb") as stream:
            options = {"extensions": "jinja2.ext.do", "silent": "false"}
            for _, _, message, _ in babel_extract(stream, ["_", "ngettext"], [], options):
                yield message if isinstance(message, str) else str(message and message[0])


def spanish(*folders: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for folder in folders:
        with (folder / "es.po").open("rb") as stream:
            found |= {str(m.id): str(m.string) for m in read_po(stream, locale="es") if m.id}
    return found


@pytest.mark.parametrize("folder", TEMPLATES, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_every_text_is_there_in_spanish(folder: Path) -> None:
    known = spanish(folder.parent / "locale", ROOM / "locale", WORDS)
    said = set(texts(folder))
    assert len(said) > 10
    assert sorted(text for text in said if not known.get(text)) == []


def test_placeholders_are_the_same_in_both_languages() -> None:
    for folder in [f.parent / "locale" for f in TEMPLATES]:
        for english, other in spanish(folder).items():
            assert sorted(re.findall(r"%\(\w+\)s", english)) == sorted(
                re.findall(r"%\(\w+\)s", other)
            ), english


def in_place(text: str) -> list[str]:
    """What a page's policy would not let run, and texts that nobody escaped."""
    return re.findall(r"\sstyle=|\son\w+=|<style|javascript:|\|\s*safe", text)


def test_nothing_is_styled_or_scripted_in_place() -> None:
    files = [file for folder in TEMPLATES for file in folder.rglob("*.html")]
    assert len(files) > 10
    assert {str(f): found for f in files if (found := in_place(f.read_text()))} == {}


@pytest.mark.parametrize(
    "text",
    ['<p style="color: red">', '<b onclick="go()">', "<style>", "{{ name | safe }}"],
)
def test_what_is_in_place_is_seen(text: str) -> None:
    assert in_place(text)


DECLARED = re.compile(r"^(?:async )?(?:const|let|var|class|function) (\w+)", re.MULTILINE)


def declared_twice(scripts: dict[str, str]) -> set[str]:
    """Names that two scripts of one page declare: the later script would not run at all."""
    counted = Counter(name for text in scripts.values() for name in set(DECLARED.findall(text)))
    return {name for name, times in counted.items() if times > 1}


def test_scripts_that_share_a_page_share_no_name() -> None:
    layout = (ROOM / "templates" / "layout.html").read_text()
    names = re.findall(r"static\('(\w+\.js)'\) }}\" defer", layout)
    assert len(names) > 1
    assert declared_twice({name: (ROOM / "static" / name).read_text() for name in names}) == set()


def test_a_name_that_two_scripts_declare_is_seen() -> None:
    scripts = {"a.js": "let told = 1;\n", "b.js": "const told = 2;\nfunction own() {}\n"}
    assert declared_twice(scripts) == {"told"}


def test_what_others_wrote_comes_with_its_licence() -> None:
    vendor = ROOM / "static" / "vendor"
    names = {file.name.split("-")[0] for file in vendor.iterdir() if file.is_file()}
    assert names == {file.stem for file in (vendor / "licences").iterdir()}
