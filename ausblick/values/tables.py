"""The word lists of the grammar: everything that can be extended without touching the parser."""

from __future__ import annotations

from decimal import Decimal


def words(text: str) -> tuple[str, ...]:
    """The words of a list that is written as one string."""
    return tuple(text.split())


THOUSAND, MILLION, BILLION, TRILLION = (Decimal(10) ** n for n in (3, 6, 9, 12))

# Multipliers. German "Billion" is 10^12; the English lower-case "billion" is handled in the lexicon.
MULTIPLIERS: dict[str, Decimal] = {
    "tsd": THOUSAND, "tausend": THOUSAND, "tds": THOUSAND,
    "mio": MILLION, "mill": MILLION, "mn": MILLION, "million": MILLION, "millionen": MILLION,
    "millions": MILLION, "mios": MILLION,
    "mrd": BILLION, "mia": BILLION, "mrds": BILLION, "milliarde": BILLION, "milliarden": BILLION,
    "bn": BILLION, "bio": TRILLION, "billion": TRILLION, "billionen": TRILLION,
    "dutzend": Decimal(12), "hundert": Decimal(100),
    "viertelmillion": Decimal(250_000), "halbmillion": Decimal(500_000),
    "dreiviertelmillion": Decimal(750_000), "viertelmilliarde": Decimal(250_000_000),
    "dreiviertelmilliarde": Decimal(750_000_000),
}  # fmt: skip
ABBREVIATED = frozenset({"tsd", "tds", "mio", "mill", "mn", "mrd", "mia", "bio", "bn", "mrds", "mios"})
# Glued to a currency (TEUR, T€, MEUR, k€) or to a number after a currency symbol ($5m, €3k).
LETTER_MULTIPLIERS: dict[str, Decimal] = {
    "T": THOUSAND, "t": THOUSAND, "k": THOUSAND, "K": THOUSAND, "m": MILLION, "M": MILLION,
    "Mio": MILLION, "mio": MILLION, "MIO": MILLION, "Mrd": BILLION, "mrd": BILLION, "MRD": BILLION,
    "Tsd": THOUSAND, "Mia": BILLION,
}  # fmt: skip

ARTICLES = ("ein", "eine", "einer", "einem", "eines", "einen")
VAGUE = words(
    "mehrere mehreren mehrerer einige einigen einiger etliche etlichen etlicher viele vielen vieler wenige "
    "wenigen weniger zig paar zahlreiche zahlreichen hunderte hunderten tausende tausenden dutzende "
    "dutzenden "
    "hunderttausende hunderttausenden zehntausende zehntausenden abermillionen abermilliarden zigmillionen"
)
# These vague words are amounts of thousands and more by themselves: "Hunderttausende Euro".
VAGUE_COUNTS = frozenset(w for w in VAGUE if w.endswith(("tausende", "tausenden", "millionen", "milliarden")))

PLACES = {
    "ein": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9,
    "zehn": 10, "elf": 11, "zwölf": 12,
}  # fmt: skip
# The third of the magnitude that an adjective names: 0 low, 1 middle, 2 high.
THIRDS = {"niedrig": 0, "nieder": 0, "unter": 0, "klein": 0, "gering": 0, "mittler": 1, "hoh": 2, "ober": 2,
          "höher": 2}  # fmt: skip
ADJECTIVE_ENDINGS = ("e", "en", "er", "em", "es")
MAGNITUDE_NOUNS = words(
    "betrag betrags betrages betrage beträge beträgen betraege betraegen höhe höhen hoehe bereich bereichs "
    "bereiches bereiche bereichen summe summen"
)
MAGNITUDE_STEMS = {"millionen": MILLION, "milliarden": BILLION, "billionen": TRILLION, "tausend": THOUSAND,
                   "tausender": THOUSAND}  # fmt: skip

PERCENT_UNITS: dict[str, str] = {
    "%": "percent", "prozent": "percent", "prozents": "percent", "prozente": "percent", "proz": "percent",
    "prozentpunkt": "percentage_point", "prozentpunkte": "percentage_point",
    "prozentpunkten": "percentage_point", "prozentpunktes": "percentage_point",
    "prozentpunkts": "percentage_point", "pp": "percentage_point",
    "basispunkt": "basis_point", "basispunkte": "basis_point", "basispunkten": "basis_point",
    "bp": "basis_point", "bps": "basis_point",
}  # fmt: skip
POINT_NOUNS = frozenset({"punkt", "punkte", "punkten", "punktes", "punkts", "pkt"})
# "die 19 Euro-Länder" names members of the currency area, not an amount.
CURRENCY_AREA = words(
    "land länder ländern laender staat staaten zone raum mitglied mitglieder mitgliedern mitgliedsstaaten "
    "mitgliedstaaten mitgliedsländer mitgliedsländern partner partnern finanzminister finanzministern "
    "teilnehmer teilnehmern gründer nationen notenbanken bonds bond anleihen länderchefs gruppe"
)

# What the words directly before an amount say about it. The longest phrase wins, and a limit beats
# "about" ("bis zu rund"). "knapp", "fast" and "gut" lie close to the number: about.
_BOUND_WORDS = {
    "about": "rund|etwa|in etwa|circa|zirka|cirka|ca|ca.|rd|rd.|ungefähr|knapp|gut|gute|guten|fast|nahezu|"
    "beinahe|annähernd|schätzungsweise|geschätzt|geschätzte|geschätzten|grob|um die|an die|~|≈|nahe|"
    "näherungsweise|etwa um|in der größenordnung von|in einer größenordnung von|praktisch|quasi|round",
    "at_least": "mindestens|wenigstens|minimal|ab|nicht weniger als|nicht unter|zumindest|≥|mind.|min.|"
    "nicht weniger denn|um nicht weniger als",
    "between": "zwischen",
    "more_than": "mehr als|über|größer als|grösser als|höher als|oberhalb von|oberhalb|jenseits von|"
    "jenseits der|>|ueber|oberhalb der|mehr denn|besser als|übersteigt",
    "at_most": "bis zu|bis|maximal|höchstens|nicht mehr als|nicht um mehr als|um nicht mehr als|nicht über|"
    "nicht höher als|max.|≤|längstens|bis maximal|bis zu maximal|nicht höher als bis|hoechstens",
    "less_than": "unter|weniger als|kleiner als|geringer als|niedriger als|unterhalb von|unterhalb|"
    "unterhalb der|<|nicht ganz|nicht einmal|noch nicht einmal",
}  # fmt: skip
# last word -> (words, bound) of the phrases that end in it, the longest first
BOUND_ENDINGS: dict[str, list[tuple[tuple[str, ...], str]]] = {}
for _bound, _phrases in _BOUND_WORDS.items():
    for _phrase in map(words, _phrases.split("|")):
        BOUND_ENDINGS.setdefault(_phrase[-1], []).append((_phrase, _bound))
for _entries in BOUND_ENDINGS.values():
    _entries.sort(key=lambda entry: len(entry[0]), reverse=True)
# Words that may stand between the bound and the amount.
BOUND_FILLERS = frozenset(
    words("insgesamt umgerechnet derzeit jeweils jährlich aktuell brutto netto weitere "
    "weiteren weiterer stolze stolzen immerhin zusammen voraussichtlich etwas deutlich weit leicht knappe "
    "knappen satte satten wenig nur noch lediglich")
)
# "der Streit um die 8 Euro" is about the very amount, "um die 8 Euro" near it.
DISPUTES = ("schade", "streit", "kampf", "kämpf", "ring", "bang", "sorge", "poker", "wett", "prozess")
# "ein Kredit über 5 Mio. Euro" states the amount; "um über 5 Mio. Euro" exceeds it.
ABOUT_NOUNS = words(
    "auftrag auftrags aufträge anleihe anleihen kredit kredite kredits vertrag vertrags verträge darlehen "
    "darlehens scheck schecks rechnung finanzierung finanzierungsrunde runde order bestellung bürgschaft "
    "garantie kreditlinie linie zusage obligation schuldschein hypothek gutschein investition investitionen "
    "funding fundings vereinbarung abschluss abschluß bescheid forderung forderungen klage strafe bußgeld "
    "geldstrafe förderung spende tranche transaktion kapitalerhöhung programm paket deal wertpapier emission "
    "police angebot angebots gebot offerte antrag rahmenkredit schuldverschreibung "
    "schuldverschreibungen wechsel vorschlag vergleich urteil"
)
