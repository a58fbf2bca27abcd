"""Augmentation of training articles: other names, other ways to write amounts.

A small encoder that sees a few thousand mentions learns the names by heart; replaced names make it look at the context.
All mentions of a name in an article change together, so that the article stays coherent. Articles and adjectives around
a name stay as they are: what carries the gender (legal form, `Gruppe`, `Bank`, the kind of an authority) is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from ausblick.schema import Entity
from data import amount_forms, edits, namelists
from data.corpus import Item

ARTICLES = re.compile(r"\b(der|die|das|den|dem|des|beim|vom|zum|zur|im|am|einer?|eines|einem|einen)\s+$", re.IGNORECASE)
FEMININE = re.compile(r"\b(der|die|zur|einer|eine)\s+$", re.IGNORECASE)
SIBILANT = ("s", "ß", "x", "z")


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How much is changed; 0 switches it off."""

    names: float = 0.0
    """Share of the names in an article that are replaced, 0 to 1."""
    amounts: float = 0.0
    """Share of the amounts and percentages that are written in another way, 0 to 1."""

    def __post_init__(self) -> None:
        for key in ("names", "amounts"):
            value = getattr(self, key)
            if not 0 <= value <= 1:
                raise ValueError(f"augmentation.{key}: got {value!r}, expected a number from 0 to 1")


def augment(item: Item, rng: Random, how: Augmentation) -> Item:
    """A varied copy of a training item; a pure function of its arguments (`rng` is advanced).

    Raises ValueError for an item that is not of the train split: scores are measured on text as it was written.
    """
    if item.split != "train":
        raise ValueError(f"{item.article.id}: split {item.split!r} is not augmented, only \"train\"")
    changes = [*_name_edits(item, rng, how.names), *_amount_edits(item, rng, how.amounts)]
    return edits.apply(item, changes) if changes else item


# ---- amounts

def _amount_edits(item: Item, rng: Random, share: float) -> list[edits.Edit]:
    text = item.article.text
    sentence_ends = {s.end for s in item.article.sentences}
    out = []
    for entity in item.article.entities:
        if entity.label == "ORG" or rng.random() >= share:
            continue
        write = amount_forms.money if entity.label == "MONEY" else amount_forms.percent
        new = write(entity.text, rng)
        after = text[entity.end:entity.end + 1]
        if new is None or new == entity.text or after.isalnum() or after == "-":
            continue
        # The full stop of `Mrd.` can be that of the sentence as well: it may neither be doubled nor get lost.
        if (after == "." and new.endswith(".")) or (
                entity.end in sentence_ends and entity.text.endswith(".") and not new.endswith(".")):
            continue
        before = text[entity.start - 1:entity.start]
        if before.isalnum() or before in ("-", "–"):
            continue
        out.append(edits.Edit(entity.start, entity.end, new))
    return out


# ---- names

@dataclass(frozen=True, slots=True)
class _Name:
    """A mention taken apart: `core` + genitive + `form`."""

    core: str
    form: str
    genitive: bool


def _take_apart(text: str, known: frozenset[str]) -> _Name:
    """Split legal form and genitive -s off; `known` are the other mentions of the article."""
    company = namelists.split_form(text)
    core, genitive = company.core, False
    if not company.form and len(core) > 3 and core.endswith("s") and core not in namelists.company_cores():
        base = core[:-1]
        genitive = base in known or base in namelists.company_cores() or bool(
            re.search(r"(ministerium|amt|gericht|verband|institut|hof|bund)s$", core))
    return _Name(core[:-1] if genitive else core, company.form, genitive)


def _name_edits(item: Item, rng: Random, share: float) -> list[edits.Edit]:
    article = item.article
    mentions = [e for e in article.entities if e.label == "ORG"]
    if not share or not mentions:
        return []
    known = frozenset(e.text for e in mentions)
    taken = {e: _take_apart(e.text, known) for e in mentions}
    heads = _groups({name.core for name in taken.values()})
    doubtful = _doubtful(article.text, taken, heads)
    new_names: dict[str, str | None] = {}
    used: set[str] = set()
    out = []
    for entity in mentions:
        name = taken[entity]
        group = heads[name.core]
        if group not in new_names:
            chosen = rng.random() < share and group not in doubtful
            new_names[group] = _new_core(group, rng, used) if chosen else None
        core = new_names[group]
        new = _fit(entity, name, core, article.text, rng) if core else None
        if new and new != entity.text:
            out.append(edits.Edit(entity.start, entity.end, new))
    return out


def _doubtful(text: str, taken: dict[Entity, _Name], heads: dict[str, str]) -> set[str]:
    """Names that stand after an article, without a legal form anywhere, and are on no list: often an authority or an
    association of a kind that the lists do not know. A shoe shop in its place would read as nonsense."""
    sure = {heads[n.core] for n in taken.values()
            if n.form or n.core in namelists.company_cores() or namelists.institution_kind(n.core)
            or namelists.HEAD.match(n.core)}
    after_article = {heads[n.core] for e, n in taken.items()
                     if ARTICLES.search(text[max(0, e.start - 12):e.start]) and text[e.end:e.end + 1] != "-"}
    return after_article - sure


def _groups(cores: set[str]) -> dict[str, str]:
    """Every name to the shortest one of the article that it begins with: `Tessmer & Kühl` → `Tessmer`."""
    ordered = sorted(cores, key=lambda core: (len(core), core))
    out: dict[str, str] = {}
    for core in ordered:
        folded = core.casefold()
        out[core] = next((out[short] for short in ordered
                          if short in out and re.match(re.escape(short.casefold()) + r"[\s&/-]", folded)), core)
        same = next((short for short in out if short != core and short.casefold() == folded), None)
        out[core] = out[same] if same else out[core]
    return out


def _new_core(old: str, rng: Random, used: set[str]) -> str | None:
    """A name of the same kind that the article does not have yet; None where no fitting kind is known."""
    kind = namelists.institution_kind(old)
    pool: tuple[str, ...]
    if kind:
        pool = namelists.institutions().get(kind, ())
    elif namelists.HEAD.match(old):
        pool = namelists.plain_words()
    else:
        pool = tuple(company.core for company in namelists.companies())
    for _ in range(8):
        if not pool:
            return None
        new = pool[rng.randrange(len(pool))]
        if new != old and new not in used:
            used.add(new)
            return new.upper() if old.isupper() and len(old) > 4 and not kind and rng.random() < 0.5 else new
    return None


def _fit(entity: Entity, name: _Name, core: str, text: str, rng: Random) -> str | None:
    """The replacement in the form of this mention; None where it would not fit the words around it."""
    kind = namelists.institution_kind(name.core)
    before, after = text[max(0, entity.start - 12):entity.start], text[entity.end:entity.end + 2]
    compound = len(after) == 2 and after[0] == "-" and after[1].isalpha()
    if (after[:1].isalnum() or before[-1:].isalnum()) or (core.endswith((".", "!", "+", "°")) and not name.form):
        return None
    if before.endswith("-") or compound:
        return _joined(core) if compound and not name.form else None
    head = namelists.HEAD.match(name.core) if not kind else None
    if head:
        stem = core if core.isalpha() else core.split()[0]
        core = (stem if head["head"][0] == " " else stem.rstrip("e")) + head["head"]
    elif not kind and not name.form and ARTICLES.search(before):
        # A name without a legal form after an article: its gender is not known. With a feminine legal form it is.
        if not FEMININE.search(before) or name.genitive:
            return None
        return core + rng.choice((" AG", " GmbH", " SE"))
    if name.genitive:
        return None if core.casefold().endswith(SIBILANT) or not core[-1].isalpha() else core + "s"
    return core + name.form


def _joined(core: str) -> str | None:
    """A name as the first part of a hyphen compound: `Rite Aid` → `Rite-Aid`; None for one that cannot be joined."""
    if any(sign in core for sign in "&+.,/'’"):
        return None
    return "-".join(core.split())
