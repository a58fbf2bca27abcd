"""Speed of the amounts on one core: `python -m tests.values.benchmark_values`.

Prints mentions per second for reading and megabytes per second for finding, the best of five rounds each.
The mentions and the text are generated, all different, in the proportions of business news.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from ausblick.values import find_amounts, parse_money, parse_percent

MONEY = (
    "{n},{d} Mio. Euro", "{n},{d} Millionen Euro", "EUR {n},{d} Mio.", "{n} bis {m} Mio. Euro",
    "{n}.{m} Euro", "-{n},{d} Mrd. Dollar", "CHF {n}.{d} Mio.", "{n} Milliarden US-Dollar", "TEUR {n}",
    "{n},{d}0 Euro",
)  # fmt: skip
PERCENT = ("{n},{d} %", "{n} Prozent", "{n}-prozentige", "{n} bis {m} Prozent", "{n},{d} Prozentpunkte")
BEFORE = ("der Umsatz stieg auf ", "ein Plus von rund ", "ein Verlust von mehr als ", "der Vorstand plant ")
FILLER = (
    "Der Vorstand zeigte sich mit dem Verlauf des Quartals zufrieden und hält an seinen Zielen fest. "
    "Die Nachfrage blieb vor allem in Asien stabil, während sie in Europa nachließ. "
)


def mentions(count: int, seed: int = 7) -> list[tuple[str, str, bool]]:
    """(text, before, is money), two thirds of them money."""
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        money = draw.random() < 0.67
        template = draw.choice(MONEY if money else PERCENT)
        text = template.format(n=draw.randint(1, 99), d=draw.randint(1, 9), m=draw.randint(100, 999))
        made.append((text, draw.choice(BEFORE), money))
    return made


def best(run: Callable[[], object], rounds: int = 5) -> float:
    """Seconds of processor time of the fastest round."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    made = mentions(20_000)

    def read_all() -> None:
        for text, before, money in made:
            (parse_money if money else parse_percent)(text, before)

    print(f"parse: {len(made) / best(read_all):,.0f} mentions/s")
    article = "".join(f"{FILLER}Laut Bericht: {before}{text}. " for text, before, _ in made[:4000])
    size = len(article.encode()) / 1e6
    rate = size / best(lambda: find_amounts(article))
    print(f"find_amounts: {rate:.2f} MB/s of text with {4000 / size:,.0f} amounts/MB")


if __name__ == "__main__":
    main()
