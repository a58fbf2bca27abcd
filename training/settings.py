"""What every YAML config shares: strict reading, all errors at once, `key=value` overrides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


class ConfigError(ValueError):
    """A config that cannot be used; the message has one line for every fault."""


def seconds(value: object) -> object:
    """`90s`, `25m` and `2h` as seconds; numbers are seconds already."""
    if isinstance(value, str) and (match := re.fullmatch(r"([\d.]+)\s*([smh])", value.strip())):
        return float(match[1]) * UNITS[match[2]]
    return value


Seconds = Annotated[float, BeforeValidator(seconds)]


class Settings(BaseModel):
    """Base of all config sections: unknown keys are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def read(cls, path: Path, overrides: Sequence[str] = ()) -> Self:
        """Read a YAML file and apply `a.b=value` overrides (values are YAML).

        Raises ConfigError with a line `path: key: got X, …` for every fault, OSError for a missing file.
        """
        try:
            tree = yaml.safe_load(path.read_text(encoding="utf8")) or {}
        except yaml.YAMLError as error:
            raise ConfigError(f"{path}: not valid YAML: {error}") from error
        if not isinstance(tree, dict):
            raise ConfigError(f"{path}: got {type(tree).__name__}, expected a mapping of keys to values")
        for override in overrides:
            apply_override(tree, override)
        try:
            return cls.model_validate(tree)
        except ValidationError as error:
            raise ConfigError("\n".join(describe(path, fault) for fault in error.errors())) from error

    def to_yaml(self) -> str:
        """The resolved config as YAML, every default written out."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True)


def apply_override(tree: dict[str, Any], override: str) -> None:
    """Set `a.b.c=value` in a tree of dicts, in place."""
    key, sign, raw = override.partition("=")
    if not sign or not key:
        raise ConfigError(f"override {override!r}: expected key=value, for example optimizer.lr=3e-4")
    *parents, last = key.split(".")
    node = tree
    for part in parents:
        child = node.setdefault(part, {})
        if not isinstance(child, dict):
            raise ConfigError(f"override {override!r}: {part} is a value, not a section")
        node = child
    value = yaml.safe_load(raw)
    if isinstance(value, str) and re.fullmatch(r"[+-]?[\d.]+e[+-]?\d+", value):  # YAML 1.1 reads 3e-4 as a string
        value = float(value)
    node[last] = value


def describe(path: Path, fault: Any) -> str:
    """One validation fault as `path: key: got X: what is expected`."""
    key = ".".join(str(part) for part in fault["loc"]) or "(top level)"
    if fault["type"] == "extra_forbidden":
        return f"{path}: {key}: unknown key (value {fault['input']!r}); remove it or mend its spelling"
    if fault["type"] == "missing":
        return f"{path}: {key}: missing; add this key"
    return f"{path}: {key}: got {fault['input']!r}, expected: {fault['msg']}"
