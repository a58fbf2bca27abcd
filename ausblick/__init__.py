"""Ausblick reads German business news: organisations, amounts as numbers, and an outlook for every sentence.

>>> from ausblick import Reader
>>> reader = Reader.load()
>>> article = reader.read("SAP erwartet 2026 ein Umsatzplus von 8 Prozent.")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Article", "Entity", "Reader", "Record", "Sentence", "__version__"]

if TYPE_CHECKING:
    from ausblick.reader import Reader
    from ausblick.records import Record
    from ausblick.schema import Article, Entity, Sentence

_HOME = {
    "Reader": "ausblick.reader",
    "Record": "ausblick.records",
    "Article": "ausblick.schema",
    "Entity": "ausblick.schema",
    "Sentence": "ausblick.schema",
}


def __getattr__(name: str) -> Any:
    """Import the public names on first use, so that `import ausblick` alone costs nothing."""
    if name not in _HOME:
        raise AttributeError(f"module 'ausblick' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
