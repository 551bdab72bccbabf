"""docs/events.md says what the code does: every tag, every field, every type, and what was read otherwise before."""

import re

import pytest
from msgspec import Struct

from infrastructure.upcasters import UPCASTERS
from infrastructure.vocabulary import DECIDERS, EVENT_TYPES
from tests.replay.describe import HEADER, PAGE, Described, fields_of, tag_of, values

TEXT = PAGE.read_text(encoding="utf-8")
TITLES = {f"`{tag_of(each)}`": each for each in EVENT_TYPES} | {each.__name__: each for each in values()}
SECTIONS = dict(re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL))
ROW = re.compile(r"^\| `([^`]+)` \| (.+?) \| (.+) \|$")


def rows_of(title: str) -> list[tuple[Described, str]]:
    """The table of a section: each field, and what it means."""
    lines = [line for line in SECTIONS[title].splitlines() if line.startswith("|")]
    if not lines:
        assert "No fields." in SECTIONS[title]
        return []
    assert tuple(lines[:2]) == HEADER
    found = [ROW.match(line) for line in lines[2:]]
    return [(Described(match[1], match[2]), match[3]) for match in found if match]


def test_the_page_has_a_section_for_every_event_and_every_value_and_no_other() -> None:
    assert set(SECTIONS) == set(TITLES)


@pytest.mark.parametrize("title", TITLES)
def test_a_section_has_the_fields_that_the_code_has(title: str) -> None:
    assert [described for described, _ in rows_of(title)] == fields_of(TITLES[title])


@pytest.mark.parametrize("title", TITLES)
def test_every_field_has_a_meaning_and_every_section_says_something(title: str) -> None:
    assert all(means.strip() for _, means in rows_of(title))
    assert SECTIONS[title].partition("|")[0].strip()


@pytest.mark.parametrize("title", TITLES)
def test_a_section_begins_with_what_the_code_says_of_it(title: str) -> None:
    assert SECTIONS[title].split()[: len(said(TITLES[title]))] == said(TITLES[title])


@pytest.mark.parametrize("tag", UPCASTERS)
def test_an_old_tag_is_told_with_what_it_is_read_as_and_why(tag: str) -> None:
    [row] = re.findall(rf"^\| `{re.escape(tag)}` \| `([^`]+)` \| (.+) \| (.+) \|$", TEXT, re.MULTILINE)
    becomes, wrong, remedy = row
    assert becomes == UPCASTERS[tag].becomes
    assert wrong.strip()
    assert remedy.strip()


def test_events_stand_under_their_own_aggregate() -> None:
    chapters = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))
    for decider in DECIDERS:
        told = re.findall(r"^### `(.+)`$", chapters[decider.name.title()], re.MULTILINE)
        assert told == [tag_of(event_type) for event_type in decider.events]


def said(struct: type[Struct]) -> list[str]:
    """The words of a docstring."""
    return (struct.__doc__ or "").split()
