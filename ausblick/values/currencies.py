"""Currencies by code, symbol and German name, from CLDR (through Babel) and what CLDR lacks.

The tables are built on first use and cached. CLDR (https://cldr.unicode.org, German locale) gives codes,
symbols and names such as "Schwedische Krone"; the tables below add everyday names without a country,
subunits, and symbols of the German-speaking business press.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from ausblick.values.tables import ADJECTIVE_ENDINGS, LETTER_MULTIPLIERS, words

HUNDREDTH = Decimal("0.01")
# Old currencies that business news still names; all other historic codes are left out, since many of them
# are companies or words (ESA, AOK, ADP, BAD).
HISTORIC = frozenset(
    words("DEM ATS FRF ITL ESP NLG BEF LUF FIM PTE GRD IEP EEK LVL LTL SKK SIT CYP MTL HRK")
)
# Codes that are searched for in running text. The others are also words, companies and abbreviations (ALL,
# TOP, SDG, CYP2), so they count only in a text that is known to be a mention.
SEARCHED = frozenset(
    words(
        "EUR USD GBP CHF JPY CNY CNH AUD CAD NZD SEK NOK DKK ISK PLN CZK HUF RON BGN RUB UAH TRY ILS AED SAR "
        "QAR KWD EGP ZAR NGN KES INR PKR IDR MYR SGD THB PHP VND KRW TWD HKD BRL MXN ARS CLP KZT RSD HRK "
        "DEM ATS FRF ITL ESP NLG BEF FIM GRD"
    )
)


@dataclass(frozen=True, slots=True)
class Currency:
    """One way to name a currency. `factor` turns the named unit into the currency (Cent: 0.01, TEUR: 1000).

    `prefix`: 0 stands only after its number, 1 also before one that looks like money, 2 before any.
    `rare`: a word with another common meaning (Rand, Real); running text must show more than "3 Rand".
    """

    code: str | None
    factor: Decimal = Decimal(1)
    assumed: bool = False
    candidates: tuple[str, ...] = ()
    prefix: int = 0
    rare: bool = False
    searched: bool = True


# noun forms -> ISO code; "?" = assumed, "!" = has another common meaning, "*" = also before its number
_NOUNS = {
    "euro euros": "EUR*", "dollar dollars": "USD?", "usdollar": "USD", "franken fränkli": "CHF",
    "schweizerfranken": "CHF", "mark dmark": "DEM", "yen": "JPY", "rubel rubeln rubels": "RUB?",
    "yuan renminbi": "CNY", "pfund": "GBP?!", "zloty złoty zlotys": "PLN", "forint forints": "HUF",
    "lira": "TRY?", "lire": "ITL", "rupiah": "IDR", "rand": "ZAR!", "real reais": "BRL!", "won": "KRW?!",
    "baht": "THB", "ringgit": "MYR", "schekel": "ILS", "hrywnja griwna": "UAH", "lew lewa": "BGN!",
    "lei leu": "RON?!", "kuna": "HRK", "drachmen drachme": "GRD", "peseten peseta": "ESP",
    "escudo escudos": "PTE?", "gulden": "NLG?", "schilling schillinge": "ATS?", "tenge": "KZT",
    "schwedenkronen": "SEK", "tschechenkronen": "CZK", "naira": "NGN", "riyal": "SAR?",
    "dong": "VND!", "dirham dirhams": "AED?",
}  # fmt: skip
_OPEN_NOUNS = {
    "krone kronen": "SEK NOK DKK CZK ISK", "peso pesos": "MXN ARS CLP COP PHP UYU DOP CUP",
    "rupie rupien": "INR PKR LKR NPR MUR SCR", "dinar dinare dinars": "RSD KWD BHD JOD TND DZD IQD LYD",
    "rial rials": "IRR OMR SAR QAR YER", "franc francs": "FRF BEF LUF XAF XOF CDF",
}  # fmt: skip
# noun forms -> code and subunit ("?" as above)
_SUBUNITS = {
    "cent cents ct cts eurocent eurocents": "EUR?", "rappen": "CHF", "pfennig pfennige pfennigen": "DEM",
    "pence penny pennies": "GBP?", "kopeken kopeke": "RUB?", "uscent uscents": "USD", "groschen": "ATS?",
}  # fmt: skip
_PHRASES = {
    "amerikanisch dollar": "USD", "us amerikanisch dollar": "USD", "us dollars": "USD", "d mark": "DEM",
    "taiwan dollar": "TWD", "can dollar": "CAD", "pfund sterling": "GBP", "britisch pfund": "GBP",
    "englisch pfund": "GBP", "schweizerisch franken": "CHF", "israelisch schekel": "ILS",
    "chinesisch yuan": "CNY", "chinesisch renminbi": "CNY", "polnisch zloty": "PLN",
    "brasilianisch reais": "BRL", "südkoreanisch won": "KRW", "koreanisch won": "KRW",
    "hongkong dollar": "HKD", "saudisch riyal": "SAR", "saudi riyal": "SAR", "neuseeländisch dollar": "NZD",
    "singapurisch dollar": "SGD",
}  # fmt: skip
_SUBUNIT_PHRASES = {"us cent": "USD", "us cents": "USD", "euro cent": "EUR", "euro cents": "EUR"}
_CODE_ALIASES = {
    "DM": "DEM", "D-Mark": "DEM", "NIS": "ILS", "RMB": "CNY", "SFr": "CHF", "sFr": "CHF", "sfr": "CHF",
    "SFR": "CHF", "öS": "ATS", "ÖS": "ATS", "Eur": "EUR", "eur": "EUR", "Usd": "USD", "usd": "USD",
    "chf": "CHF", "Chf": "CHF", "gbp": "GBP", "Kč": "CZK", "zł": "PLN", "Stg": "GBP",
}  # fmt: skip
_WEAK_ALIASES = {"Fr": "CHF", "fr": "CHF", "Frs": "CHF", "kr": None, "Ft": "HUF"}
_SYMBOLS = {
    "€": "EUR", "$": "USD?", "US$": "USD", "US-$": "USD", "£": "GBP", "¥": "JPY?", "A$": "AUD",
    "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "CAN$": "CAD", "HK$": "HKD", "NZ$": "NZD", "S$": "SGD",
    "NT$": "TWD", "R$": "BRL", "₽": "RUB", "₹": "INR", "₺": "TRY", "₪": "ILS", "₩": "KRW", "₴": "UAH",
    "฿": "THB", "₫": "VND", "₦": "NGN", "₱": "PHP", "CN¥": "CNY", "AR$": "ARS", "MX$": "MXN", "Can$": "CAD",
}  # fmt: skip
SIGNS = "€$£¥₽₹₺₪₩₴฿₫₦₱"


def _coded(code: str, **more: object) -> Currency:
    return replace(
        Currency(code.rstrip("?!*"), assumed="?" in code, rare="!" in code, prefix=int("*" in code)),
        **more,  # type: ignore[arg-type]
    )


@lru_cache(maxsize=1)
def symbols() -> dict[str, Currency]:
    """Symbols, also with a country (US$) or a multiplier (T€, Mio€) glued to them."""
    table = {symbol: _coded(code, prefix=2) for symbol, code in _SYMBOLS.items()}
    for sign in SIGNS:
        for letter, factor in LETTER_MULTIPLIERS.items():
            table[letter + sign] = replace(table[sign], factor=factor)
    return table


@lru_cache(maxsize=1)
def codes() -> dict[str, Currency]:
    """ISO codes and their aliases, with T, M and k forms (TEUR, MCHF, kEUR, TDM)."""
    from babel.core import get_global

    current = {
        entry[0]
        for entries in get_global("territory_currencies").values()
        for entry in entries
        if entry[2] is None and entry[3]
    }
    iso = {c for c in current | HISTORIC if not c.startswith("X")} | {"XAF", "XOF", "XCD", "XPF", "BGN"}
    table = {code: Currency(code, prefix=2, searched=code in SEARCHED) for code in iso}
    table |= {alias: Currency(code, prefix=2) for alias, code in _CODE_ALIASES.items()}
    krone = tuple(_OPEN_NOUNS["krone kronen"].split())
    table |= {alias: Currency(code, prefix=1, candidates=() if code else krone, rare=True)
              for alias, code in _WEAK_ALIASES.items()}  # fmt: skip
    for base in ("EUR", "Euro", "EURO", "DM", "USD", "CHF", "GBP", "SFr", "US$"):
        plain = table.get(base) or Currency({"US$": "USD"}.get(base, "EUR"), prefix=2)
        for letter in ("T", "M", "k", "K", "Mio", "Mrd", "t", "m"):
            table.setdefault(letter + base, replace(plain, factor=LETTER_MULTIPLIERS[letter]))
    return table


@lru_cache(maxsize=1)
def nouns() -> dict[str, Currency]:
    """Names of one word, in lower case with their inflections; subunits carry their factor."""
    table: dict[str, Currency] = {}
    for forms, code in _NOUNS.items():
        table |= dict.fromkeys(forms.split(), _coded(code))
    for forms, fits in _OPEN_NOUNS.items():
        table |= dict.fromkeys(forms.split(), Currency(None, candidates=tuple(fits.split())))
    for forms, code in _SUBUNITS.items():
        table |= dict.fromkeys(forms.split(), _coded(code, factor=HUNDREDTH))
    return table


@lru_cache(maxsize=1)
def phrases() -> dict[tuple[str, ...], Currency]:
    """Names of two or three words, as tuples of lower-case stems: ('schwedisch', 'kronen') is SEK."""
    from babel import Locale
    from babel.numbers import get_currency_name

    names = Locale("de").currencies
    table: dict[tuple[str, ...], Currency] = {}
    for code in {c.code for c in codes().values() if c.code in names and c.factor == 1}:
        assert code is not None
        for name in (names[code], get_currency_name(code, 1, "de"), get_currency_name(code, 2, "de")):
            words = tuple(stem(w) for w in name.lower().replace("-", " ").split())
            if 2 <= len(words) <= 3 and all(w.isalpha() for w in words):
                table[words] = Currency(code, prefix=1)
                table[(*words[:-1], words[-1] + "s")] = Currency(code, prefix=1)
    for phrase, code in _PHRASES.items():
        table[tuple(phrase.split())] = Currency(code, prefix=1)
    for phrase, code in _SUBUNIT_PHRASES.items():
        table[tuple(phrase.split())] = Currency(code, factor=HUNDREDTH)
    return table


@lru_cache(maxsize=1)
def phrase_words() -> frozenset[str]:
    """Every word that occurs in a name of several words."""
    return frozenset(word for phrase in phrases() for word in phrase)


def stem(word: str) -> str:
    """An adjective without its ending ('schwedische' -> 'schwedisch'); other words unchanged."""
    head, isch, ending = word.rpartition("isch")
    if isch and ending in ADJECTIVE_ENDINGS:
        return head + isch
    return "deutsch" if head == "" and word.startswith("deutsche") and len(word) <= 8 else word
