"""The examples in the docstrings hold."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from decimal import Decimal

import pytest

from ausblick import values

MODULES = [f"ausblick.values.{found.name}" for found in pkgutil.iter_modules(values.__path__)]


@pytest.mark.parametrize("name", ["ausblick.values", *MODULES])
def test_docstrings(name: str) -> None:
    names = {public: getattr(values, public) for public in values.__all__} | {"Decimal": Decimal}
    result = doctest.testmod(
        importlib.import_module(name), extraglobs=names, optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert result.failed == 0
