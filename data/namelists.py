"""The names that the augmentation puts in: companies by shape, institutions by kind and gender."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("names")

FORM = re.compile(
    r"\s+(?:(?:GmbH|AG|SE|KG|OHG|UG|Ltd\.?|Limited)\s*&\s*Co\.?\s*(?:KGaA|KG|OHG)(?:\s*aA)?|"
    r"Aktiengesellschaft|Kommanditgesellschaft auf Aktien|GmbH|gGmbH|mbH|AG|SE|KGaA|KG|OHG|UG|eG|"
    r"Inc\.?|Corp\.?|Corporation|Ltd\.?|Limited|LLC|LLP|L\.P\.|plc|PLC|Co\.|S\.p\.A\.|SpA|S\.A\.|SA|S\.à r\.l\.|Sàrl|"
    r"N\.V\.|NV|B\.V\.|BV|A/S|ASA|AB|Oyj|Sp\. z o\.o\.|a\.s\.|d\.d\.|Zrt\.)$")
"""A legal form at the end of a name, with the space before it."""

# Heads that carry the gender of a name without a legal form: they stay, only what is before them is replaced.
HEAD = re.compile(
    r"^(?P<stem>.+?)(?P<head>\s(?:Gruppe|Holding|Bank|Group|Werke|Versicherung|Versicherungen|Energie|Immobilien|Verlag|"
    r"Logistik|Motors|Capital|Partners|Telekom|Post|Bahn|Invest|International|Beteiligungs|Pharma|Systems|Systeme)"
    r"|(?<=[a-zäöüß])(?:konzern|bank|werke|versicherung|verlag|gruppe|kasse))$")

KINDS: tuple[tuple[str, str, str], ...] = (
    (r"ministerium$|ministeriums$", "ministry", "n"), (r"gerichtshofe?s?$|finanzhofs?$", "court", "m"),
    (r"gericht(e?s)?\b", "court", "n"), (r"(^|[a-z])amt(e?s)?\b(?!sgericht)", "office", "n"),
    (r"(presse|nachrichten)-?agentur$", "agency", "f"),
    (r"(behörde|netzagentur|aufsicht|anwaltschaft|agentur für arbeit|energieagentur)\b", "authority", "f"),
    (r"(regierung|kommission)$", "government", "f"), (r"(zentralbank|notenbank|bundesbank)$", "central-bank", "f"),
    (r"verband(e?s)?\b", "association", "m"), (r"(kammer|vereinigung)\b", "association", "f"),
    (r"gewerkschaft\b", "union", "f"), (r"institut(e?s)?\b", "institute", "n"),
    (r"(universität|hochschule)\b", "university", "f"), (r"\bpartei$", "party", "f"), (r"börse$", "exchange", "f"),
    (r"zeitung$", "media", "f"), (r"^(fc|sv|vfb|vfl|sc|bv|sk|fsv|tsv|ac|as) |^1\. ", "club", "m"),
)
_KINDS = tuple((re.compile(pattern, re.IGNORECASE), kind, gender) for pattern, kind, gender in KINDS)


@dataclass(frozen=True, slots=True)
class Company:
    """A company name: `core` without the legal form, `form` with its leading space or empty."""

    core: str
    form: str


def split_form(name: str) -> Company:
    """Split the legal form off.

    >>> split_form("Müller GmbH & Co. KG")
    Company(core='Müller', form=' GmbH & Co. KG')
    """
    found = FORM.search(name)
    return Company(name[:found.start()], found.group()) if found else Company(name, "")


def _lines(name: str) -> list[str]:
    lines = (FOLDER / name).read_text(encoding="utf8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@cache
def companies() -> tuple[Company, ...]:
    """All companies of names/companies.txt, in its order."""
    return tuple(split_form(line) for line in _lines("companies.txt"))


@cache
def company_cores() -> frozenset[str]:
    """The names of companies() without their legal forms: for telling a name that ends in -s from a genitive."""
    return frozenset(company.core for company in companies())


@cache
def plain_words() -> tuple[str, ...]:
    """One-word names of letters only, from three letters: for compounds and for heads like `Gruppe`."""
    return tuple(sorted({c.core for c in companies() if c.core.isalpha() and len(c.core) > 2 and c.core[0].isupper()}))


@cache
def institutions() -> dict[tuple[str, str], tuple[str, ...]]:
    """The names of names/institutions.tsv by (kind, gender)."""
    out: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in _lines("institutions.tsv"):
        kind, gender, name = line.split("\t")
        out[kind, gender].append(name)
    return {key: tuple(names) for key, names in out.items()}


@cache
def _institution_index() -> dict[str, tuple[str, str]]:
    return {name: key for key, names in institutions().items() for name in names}


def institution_kind(name: str) -> tuple[str, str] | None:
    """Kind and gender of an authority, court, association, …; None for what looks like a company.

    >>> institution_kind("Bundeswirtschaftsministeriums"), institution_kind("Nordwerk AG")
    (('ministry', 'n'), None)
    """
    index = _institution_index()
    if name in index or (name.endswith("s") and name[:-1] in index):
        return index.get(name) or index[name[:-1]]
    if FORM.search(name):
        return None
    return next(((kind, gender) for pattern, kind, gender in _KINDS if pattern.search(name)), None)
