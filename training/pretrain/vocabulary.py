"""The cased WordPiece vocabulary, trained on the project's own text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from data.text import read_words

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
LETTERS = re.compile(r"[^\W\d_]+")
PAD, UNK, CLS, SEP, MASK = range(5)


def blank_tokenizer(vocabulary: dict[str, int] | None = None) -> Tokenizer:
    """A BERT tokenizer: cased, umlauts kept, NFC, no soft hyphens or control characters, digits apart from letters.

    Digits are split from letters (`Q3`, `5Mio`) but runs of digits are not split further: German numbers already fall
    apart at the dot and the comma, and a token a digit makes the sequence of a business article a fifth longer.
    """
    model = models.WordPiece(vocabulary or {}, unk_token="[UNK]", max_input_chars_per_word=60)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFC(),
            normalizers.BertNormalizer(
                clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=False
            ),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Digits(individual_digits=False)]
    )
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    if vocabulary:
        tokenizer.add_special_tokens(list(SPECIAL))
        tokenizer.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", CLS), ("[SEP]", SEP)]
        )
    return tokenizer


def hub_tokenizer(tokenizer: Tokenizer, positions: int) -> Any:
    """The tokenizer as transformers saves and loads it (`PreTrainedTokenizerFast`)."""
    from transformers import PreTrainedTokenizerFast

    named = {f"{name.strip('[]').lower()}_token": name for name in SPECIAL}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=positions, **named)


def words_to_keep(path: Path, text: Iterable[str], least: int) -> list[str]:
    """The words of the list that occur at least `least` times in the text: rarer ones would stay untrained."""
    wanted = set(read_words(path))
    counts: Counter[str] = Counter()
    for line in text:
        counts.update(word for word in LETTERS.findall(line) if word in wanted)
    return sorted(word for word in wanted if counts[word] >= least)


def train_vocabulary(text: Iterator[str], size: int, min_frequency: int, keep: Iterable[str] = ()) -> Tokenizer:
    """Train a vocabulary of at most `size` pieces that has every word of `keep` as one piece."""
    keep = list(keep)
    tokenizer = blank_tokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size - len(keep),
        min_frequency=min_frequency,
        limit_alphabet=400,
        special_tokens=list(SPECIAL),
        continuing_subword_prefix="##",
        show_progress=False,
    )
    tokenizer.train_from_iterator(text, trainer)
    vocabulary = tokenizer.get_vocab(with_added_tokens=True)
    pieces = sorted(vocabulary, key=lambda piece: vocabulary[piece])
    pieces += [word for word in keep if word not in vocabulary]
    return blank_tokenizer({piece: i for i, piece in enumerate(pieces)})
