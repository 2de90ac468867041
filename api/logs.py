"""What a server process writes, and where: our own lines beside granian's, on standard output."""

from __future__ import annotations

from typing import Any

LOGGING: dict[str, Any] = {
    "formatters": {
        "generic": {"format": "%(asctime)s [%(levelname)s] %(message)s"},
        "access": {"format": "%(asctime)s %(message)s"},
    },
    "handlers": {
        "console": {"formatter": "generic", "class": "logging.StreamHandler", "stream": "ext://sys.stdout"},
        "access": {"formatter": "access", "class": "logging.StreamHandler", "stream": "ext://sys.stdout"},
    },
    "loggers": {
        "_granian": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "granian.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
        "quming": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "quming.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
    },
}
"""For granian's log_dictconfig; the access log is ours, since it keeps keys and tokens out."""
