"""The settings, as the API reads them; the class stands in gazetteer/settings.py, which commands share."""

from gazetteer.settings import (
    DEFAULT_SECRET_KEY,
    SECRET_KEY_CHARACTERS,
    Settings,
    UnsafeSettings,
    default_home,
    get_settings,
    read_settings,
    require_safe,
)

__all__ = [
    "DEFAULT_SECRET_KEY",
    "SECRET_KEY_CHARACTERS",
    "Settings",
    "UnsafeSettings",
    "default_home",
    "get_settings",
    "read_settings",
    "require_safe",
]
