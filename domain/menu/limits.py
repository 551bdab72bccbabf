"""What a menu's entries may be, each fault named by its field on the wire."""

import re
from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

from domain.menu.state import Category, Item, OptionGroup
from domain.shared.money import AMOUNT_MAX
from domain.shared.validation import Fault, distinct, few, text, within

IMAGE_URL: Final = re.compile(r"(https://[^\s\x00-\x1f\x7f\\/?#@]+(?=[/?#]|$)|/(?![/\\]))[^\s\x00-\x1f\x7f\\]*")
"""An address with a host and no user, or a path of this site: two slashes would begin another site's."""

DESCRIPTION_LENGTH_MAX: Final = 10_000
IMAGE_URL_LENGTH_MAX: Final = 2_000
MARKS_MAX: Final = 50
GROUPS_PER_ITEM_MAX: Final = 20
OPTIONS_MAX: Final = 100


def of_category(category: Category) -> Iterator[Fault]:
    """What is wrong with a heading."""
    yield from text("name", category.name)
    yield from within("rank", category.rank, least=-AMOUNT_MAX)


def of_item(item: Item) -> Iterator[Fault]:
    """What is wrong with a dish, whatever else is on the menu."""
    yield from text("name", item.name)
    yield from within("price", item.price_minor)
    if len(item.description) > DESCRIPTION_LENGTH_MAX:
        message = f"description must be at most {DESCRIPTION_LENGTH_MAX} characters long."
        yield Fault(field="description", message=message)
    yield from few("option_group_ids", item.option_group_ids, most=GROUPS_PER_ITEM_MAX)
    yield from distinct("option_group_ids", item.option_group_ids)
    for field, marks in (("allergens", item.allergens), ("dietary", item.dietary)):
        yield from few(field, marks, most=MARKS_MAX)
        for index, mark in enumerate(marks):
            yield from text(f"{field}[{index}]", mark)
    if item.image_url is not None:
        yield from _of_image_url(item.image_url)
    yield from within("rank", item.rank, least=-AMOUNT_MAX)


def of_group(group: OptionGroup, groups: Mapping[UUID, OptionGroup]) -> Iterator[Fault]:
    """What is wrong with a set of choices, beside the menu's other sets."""
    yield from text("name", group.name)
    yield from few("options", group.options, most=OPTIONS_MAX)
    for index, option in enumerate(group.options):
        yield from text(f"options[{index}].name", option.name)
        yield from within(f"options[{index}].price", option.price_minor)
    yield from _of_option_ids(group, groups)
    yield from within("min", group.choices_min, most=OPTIONS_MAX)
    yield from within("max", group.choices_max, least=1, most=OPTIONS_MAX)
    if group.choices_min > group.choices_max:
        yield Fault(field="min", message="min must not be greater than max.")
    if not group.options:
        yield Fault(field="options", message="options must not be empty.")
        return
    for field, choices in (("min", group.choices_min), ("max", group.choices_max)):
        if choices > len(group.options):
            yield Fault(field=field, message=f"{field} must not be greater than the number of options.")


def _of_image_url(image_url: str) -> Iterator[Fault]:
    """A picture is loaded by whoever reads the menu, so its address must not be one that does something else."""
    unreadable = tuple(text("image_url", image_url, length_max=IMAGE_URL_LENGTH_MAX))
    yield from unreadable
    if not unreadable and not IMAGE_URL.fullmatch(image_url):
        yield Fault(field="image_url", message="image_url must be an https address or a path that begins with a slash.")


def _of_option_ids(group: OptionGroup, groups: Mapping[UUID, OptionGroup]) -> Iterator[Fault]:
    """An option belongs to one group only, so that a guest's choice never has two meanings."""
    ids = [option.option_id for option in group.options]
    yield from distinct("options", ids)
    elsewhere = {
        option.option_id for other in groups.values() if other.group_id != group.group_id for option in other.options
    }
    if elsewhere.intersection(ids):
        yield Fault(field="options", message="options must not have an id that another group's option has.")
