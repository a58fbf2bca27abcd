"""Tiny random encoders, tokenizers and texts: what the tests train and export."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tokenizers import Tokenizer
from transformers import AutoModel, BertConfig, ElectraConfig, ModernBertConfig, set_seed

from training.pretrain.vocabulary import hub_tokenizer, train_vocabulary

TEXT = """Die Nordwerk AG erwartet für das laufende Jahr einen Umsatz von 316,9 Millionen Euro.
Der Gewinn sank um 3,4 Prozent auf 2,5 Mio. Euro.
Im kommenden Jahr dürfte die Lindmann-Gruppe mehr verdienen.
Die Hauptversammlung findet am 14. Mai in Hannover statt.
Zwar sollen die Erlöse der Müller GmbH steigen, die Marge werde aber auf vier Prozent sinken.
Die EZB und die Bundesbank rechnen mit einer Inflation von 2,1 Prozent.
Das Unternehmen aus Zürich verbuchte CHF 4,2 Mrd. und zahlt 1,50 Franken je Aktie.
"""
SMALL = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "max_position_embeddings": 128,
}


@cache
def _vocabulary() -> str:
    return str(train_vocabulary(iter(TEXT.splitlines() * 4), 400, 1).to_str())


def tiny_tokenizer() -> Tokenizer:
    """A cased WordPiece tokenizer over `TEXT`; trained once a process: equally frequent pieces fall in any order."""
    return Tokenizer.from_str(_vocabulary())


def tiny_encoder(folder: Path, kind: str = "bert", seed: int = 0) -> Path:
    """A randomly started encoder in the hub's folder format; kind is bert, electra or modernbert."""
    tokenizer = tiny_tokenizer()
    set_seed(seed)
    size = {"vocab_size": tokenizer.get_vocab_size(), "pad_token_id": 0}
    if kind == "bert":
        config = BertConfig(**SMALL, **size)
    elif kind == "electra":
        config = ElectraConfig(**SMALL, **size, embedding_size=16)
    elif kind == "modernbert":
        config = ModernBertConfig(
            **SMALL,
            **size,
            cls_token_id=2,
            sep_token_id=3,
            bos_token_id=2,
            eos_token_id=3,
            local_attention=16,
            layer_types=["full_attention", "sliding_attention"],
        )
    else:
        raise ValueError(kind)
    AutoModel.from_config(config).save_pretrained(folder)
    hub_tokenizer(tokenizer, SMALL["max_position_embeddings"]).save_pretrained(folder)
    return folder
