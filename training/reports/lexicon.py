"""The outlook by word lists: a baseline that an hour of work buys, and a check of what a network adds.

A sentence has an outlook when a word looks ahead (`AHEAD`) and none says that it does not count (`NOT_AHEAD`). Its
direction is that of its clauses: words that go up or are good count +1, words that go down or are bad -1; a bad thing
that shrinks ("Verlust … sinkt") is good, one that grows is bad; a negator up to four words before a word turns it.
The clause after "aber", "jedoch" and their like counts alone; explicit changes of a forecast beat all else, as the
annotation guideline has it. Matching is by the beginning of a lower-cased word (`wachs` finds "Wachstum"); an entry
with a leading `-` matches the end ("-rückgang"), one with a trailing `$` the whole word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

AHEAD: Final = """erwart rechne$ rechnet$ rechnen$ prognos -prognose -prognosen ausblick$ aussicht zuversicht optimis pessimis soll$ sollen$
 sollte$ sollten$ dürfte will$ wollen$ wird$ werden$ werde$ würde$ würden$ voraussicht plan$ plant$ planen$ plane$ planung geplant ziel$
 ziele$ zielt$ -ziel -ziele anstreb angestrebt strebt$ streben$ künftig zukünftig zukunft kommende nächste bevorsteh droht$ drohen$ drohe$ drohende
 befürcht hofft$ hoffen$ hoffnung absehbar mittelfristig langfristig guidance risiko risiken chance potenzial möglich könnte schätz peilt$
 peilen$ veranschlag vorausgesagt voraussag vorhersag gesamtjahr$ insolvenzantrag stimmung geschäftsklima""".split()
NOT_AHEAD: Final = """hauptversammlung pressekonferenz aktie aktien aktienkurs -aktie kursziel -kurs börsenhandel isin wkn rückfragen telefon
 e-mail veröffentlicht disclaimer zeichnungsfrist bezugsrecht ad-hoc-mitteilung eintragung handelsregister""".split()
PAST: Final = re.compile(r"\bals\b.{0,40}\berwartet|\bwie\b.{0,12}\berwartet|\berwartungen?\b.{0,40}\b(übertr|verfehlt|erfüllt)"
                         r"|\bhatten?\b.{0,90}\b(erwartet|gerechnet|prognostiziert|geplant|in aussicht gestellt)\b")
UP: Final = """steig gestiegen anstieg wachs gewachsen wächst wuchs zulegen zulegt legt$ zunahm zunehm nimmt$ erhöh höher anheb hebt$ heben$
 angehoben ausbau ausweit verdopp verdreifach mehr$ plus$ aufwärts klettern größer übersteig übertreff beschleunig zuwachs -zuwachs
 -wachstum -anstieg -plus mehrerlös rekord""".split()
DOWN: Final = """sink gesunken sank fallen$ fällt$ fiel rückgang rückgäng -rückgang schrumpf reduzier verringer gering niedriger minus$ weniger$ kürz
 gekürzt senk gesenkt abnehm abnahm nachlass abschwäch schwäch verlangsam halbier einbruch einbrech -einbruch bricht$ abwärts
 unterschreit kleiner drossel schmäler stellenabbau abbau -abbau dämpf gedämpft verfehl zurückgehen zurückgeht zurückfall""".split()
BAD_THINGS: Final = """verlust -verlust verluste fehlbetrag -fehlbetrag defizit schuld verschuld kosten -kosten arbeitslos aufwand aufwend
 belastung -belastung risiko risiken -risiko -risiken zins inflation teuerung wertberichtig abschreib leerstand ausfall engpass engpäss
 lieferengp insolvenzen arbeitslosenquote steuerlast""".split()
GOOD: Final = """erhol verbesser besser$ bessere$ besseren$ positiv zuversicht optimis chance erfreul profitier profitabel günstig aufhell
 stabilisier gerüstet solide$ robust erfolg gut$ gute$ guten$ aufschwung rückenwind sprung belebung belebt gewinnzone break-even
 turnaround trendwende entspann stärk gestärkt attraktiv synergie einspar fortbestand gesichert dividendenerhöh""".split()
BAD: Final = """verschlechter negativ pessimis skeptis eintrüb eingetrübt trüb schwierig krise -krise rezession insolvenz überschuld
 zahlungsunfähig gefähr bedroh droht$ drohen$ drohe$ drohende befürcht sorge warn$ warnt$ warnen$ gewinnwarnung schlechter belast pleite
 verlustanzeige abkühl abgekühlt stagnier flaute unsicher verzöger verschieb aufgeb einstell streich gestrichen scheiter kritisch
 rote$ roten$ enttäusch""".split()
FLAT: Final = """bestätig bekräftig unverändert stabil$ konstant gleichbleib vorjahresniveau festhalt aufrechterhalt seitwärts bleibt$ bleiben$
 offen$ ungewiss ausgeglichen abwart weiterhin$""".split()
NEGATORS: Final = frozenset("nicht kein keine keinen keinem keiner keines ohne kaum nie weder nichts trotz".split())
HOLDS: Final = re.compile(r"\b(hält|halten|halte)\b.*\bfest\b|\b(bestätigt|bekräftigt|bestätigen|bekräftigen)\b.*\b\w*(prognose|ziel|ausblick|planung|guidance)")
RAISED: Final = re.compile(r"\b\w*(prognose|ziele?|ausblick|erwartung|guidance|planung)\w*\b.*\b(erhöht|angehoben|heraufgesetzt|nach oben|erhöhen|anheben)"
                           r"|\b(erhöht|hebt|heben|erhöhen)\b.*\b\w*(prognose|ziele?|ausblick|erwartung|guidance|planung)")
CUT: Final = re.compile(r"\b\w*(prognose|ziele?|ausblick|erwartung|guidance|planung)\w*\b.*\b(gesenkt|gekürzt|herabgesetzt|zurückgenommen|nach unten|"
                        r"reduziert|verfehl\w+|nicht (mehr )?(erreich|halt|erfüll)\w*)|\b(senkt|kürzt|reduziert|senken|kürzen)\b.*\b\w*"
                        r"(prognose|ziele?|ausblick|erwartung|guidance|planung)")
WORD: Final = re.compile(r"[a-zäöüß0-9][a-zäöüß0-9-]*")
CLAUSES: Final = re.compile(r"[,;:–()]| - ")
TURN: Final = re.compile(r"\b(aber|jedoch|allerdings|dennoch|sondern|trotzdem)\b")


def _matcher(entries: Sequence[str]) -> Callable[[str], bool]:
    whole = frozenset(e[:-1] for e in entries if e.endswith("$"))
    begins = tuple(e for e in entries if not e.endswith("$") and not e.startswith("-"))
    ends = tuple(e[1:] for e in entries if e.startswith("-"))
    return lambda word: word in whole or word.startswith(begins) or bool(ends and word.endswith(ends))


_ahead, _not_ahead, _up, _down = (_matcher(entries) for entries in (AHEAD, NOT_AHEAD, UP, DOWN))
_bad_thing, _good, _bad, _flat = (_matcher(entries) for entries in (BAD_THINGS, GOOD, BAD, FLAT))


def outlook_of(sentence: str) -> str:
    """The outlook of one sentence: `positive`, `neutral`, `negative` or `none`.

    >>> outlook_of("Der Vorstand rechnet im kommenden Jahr nicht mit einem Rückgang der Umsätze.")
    'positive'
    >>> outlook_of("Der Verlust dürfte im Gesamtjahr deutlich sinken.")
    'positive'
    >>> outlook_of("Im ersten Quartal stieg der Umsatz um acht Prozent.")
    'none'
    """
    text = " ".join(sentence.lower().split())
    words = WORD.findall(text)
    if not any(map(_ahead, words)) or any(map(_not_ahead, words)) or PAST.search(text):
        return "none"
    for pattern, label in ((CUT, "negative"), (RAISED, "positive"), (HOLDS, "neutral")):
        if pattern.search(text):
            return label
    turn = list(TURN.finditer(text))
    parts = CLAUSES.split(text[turn[-1].end():] if turn else text)
    total = sum(_direction(WORD.findall(part)) for part in parts)
    if not total and turn:  # nothing after the turn: the whole sentence
        total = sum(_direction(WORD.findall(part)) for part in CLAUSES.split(text))
    return "positive" if total > 0 else "negative" if total < 0 else "neutral"


def _direction(words: Sequence[str]) -> int:
    """Above 0 for a clause that says better, below for worse, 0 for neither."""
    moves = sum(_sign(words, i, _up, _down) for i in range(len(words)))
    mood = sum(_sign(words, i, _good, _bad) for i in range(len(words)))
    if any(map(_bad_thing, words)):
        # "Verluste sinken" is good, "Verluste steigen" bad, "keine Verluste" good, "Verluste" alone bad
        moves = -moves or next((1 if _negated(words, i) else -1 for i, w in enumerate(words) if _bad_thing(w)), 0)
    if any(map(_flat, words)) and abs(moves + mood) <= 1:
        return 0
    return moves + mood


def _sign(words: Sequence[str], i: int, plus: Callable[[str], bool], minus: Callable[[str], bool]) -> int:
    sign = 1 if plus(words[i]) else -1 if minus(words[i]) else 0
    return -sign if sign and _negated(words, i) else sign


def _negated(words: Sequence[str], i: int) -> bool:
    return any(word in NEGATORS for word in words[max(0, i - 4):i])
