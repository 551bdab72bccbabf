"""Why a menu may say no: to those who edit it, and to those who order from it."""

from domain.shared.refusals import Conflicting, Missing, Refused


class CategoryNotFound(Missing):
    """No such heading, or not any more."""

    code = "CATEGORY_NOT_FOUND"


class MenuItemNotFound(Missing):
    """No such dish, or not any more."""

    code = "MENU_ITEM_NOT_FOUND"


class OptionGroupNotFound(Missing):
    """No such set of choices, or not any more."""

    code = "OPTION_GROUP_NOT_FOUND"


class CategoryNotEmpty(Conflicting):
    """A heading goes last, after its dishes."""

    code = "CATEGORY_NOT_EMPTY"


class MenuIsFull(Refused):
    """More of something than a menu can have."""

    code = "MENU_LIMIT_EXCEEDED"


class ItemUnavailable(Conflicting):
    """The dish is sold out, or is not to be had like that any more; `item_id` and `name` say which."""

    code = "ITEM_UNAVAILABLE"


class OptionsInvalid(Refused):
    """The chosen options are not what the dish asks for."""

    code = "OPTIONS_INVALID"
