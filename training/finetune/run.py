"""`python -m training finetune CONFIG`: labelled articles to the best model on the development split."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset, disable_caching
from tokenizers import Tokenizer
from torch.utils.data import DataLoader
from transformers import AutoModel, AutoTokenizer, Trainer, TrainerCallback, TrainingArguments, set_seed
from transformers.trainer_utils import get_last_checkpoint

from ausblick.bundle import digest
from ausblick.network import usable_cores
from ausblick.windows import Encoder
from data.corpus import Item, read_corpus
from models.network import AusblickConfig, AusblickModel, encoder_options
from training.finetune.batches import LengthBatches
from training.finetune.config import Corpus, Finetune
from training.finetune.examples import Lost, batch, rows
from training.finetune.torch_network import torch_reader
from training.scoring import headline, score
from training.settings import ConfigError


def load_items(corpora: Sequence[Corpus], split: str) -> list[Item]:
    """The items of one split, repeated as the config says. Raises ConfigError when there are none."""
    out: list[Item] = []
    for corpus in corpora:
        if not corpus.path.exists():
            raise ConfigError(
                f"data: {corpus.path}: no such file; fetch it with `python -m data fetch {corpus.path.stem}`"
            )
        items = [item for item in read_corpus(corpus.path) if item.split == split][: corpus.limit]
        if not items:
            raise ConfigError(f"data: {corpus.path}: has no item of the {split} split")
        out += items * corpus.repeat
    return out


def load_encoder(name: str) -> tuple[AusblickConfig, Any, Tokenizer]:
    """The encoder's config as ours, the encoder, its tokenizer. Raises ConfigError when it cannot be loaded."""
    try:
        plain = AutoModel.from_pretrained(name, dtype=torch.float32, attn_implementation="eager", **_options(name))
        tokenizer = AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError) as error:
        raise ConfigError(f"encoder: {name!r} cannot be loaded: {error}") from error
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ConfigError(f"encoder: {name!r} has no fast tokenizer (tokenizer.json); convert it first")
    return AusblickConfig(encoder=plain.config.to_dict()), plain, backend


def _options(name: str) -> dict[str, Any]:
    from transformers import AutoConfig

    return encoder_options(AutoConfig.from_pretrained(name).model_type)


def build(settings: Finetune) -> tuple[AusblickModel, Tokenizer]:
    """The model with its encoder's weights and fresh heads, under the config's seed."""
    set_seed(settings.seed)
    config, encoder, tokenizer = load_encoder(settings.encoder)
    limit = getattr(encoder.config, "max_position_embeddings", settings.windows.max_tokens)
    if settings.windows.max_tokens > limit:
        raise ConfigError(
            f"windows.max_tokens: got {settings.windows.max_tokens}, the encoder reads at most {limit} tokens"
        )
    for key, value in settings.heads.model_dump().items():
        setattr(config, key, value)
    return AusblickModel(config, encoder), tokenizer


class AusblickTrainer(Trainer):
    """Hugging Face's trainer with batches by length, grouped learning rates, and scores through the reader."""

    def __init__(self, *args: Any, settings: Finetune, tokenizer: Tokenizer, dev: list[Item], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.settings, self.text_tokenizer, self.dev = settings, tokenizer, dev

    def get_train_dataloader(self) -> DataLoader[Any]:
        sampler = LengthBatches(
            [len(ids) for ids in self.train_dataset["ids"]], self.settings.optimizer.batch_tokens, self.settings.seed
        )
        loader = DataLoader(self.train_dataset, batch_sampler=sampler, collate_fn=batch)
        prepared: DataLoader[Any] = self.accelerator.prepare(loader)
        return prepared

    def create_optimizer(self, *args: Any, **kwargs: Any) -> torch.optim.Optimizer:
        made: torch.optim.Optimizer | None = getattr(self, "optimizer", None)
        if made is None:
            made = torch.optim.AdamW(parameter_groups(self.model, self.settings), betas=(0.9, 0.98), eps=1e-6)
            self.optimizer = made
        return made

    def evaluate(self, *args: Any, metric_key_prefix: str = "eval", **kwargs: Any) -> dict[str, float]:
        w = self.settings.windows
        reader = torch_reader(self.accelerator.unwrap_model(self.model), self.text_tokenizer, w.max_tokens, w.context)
        scores = score(reader, self.dev)
        top = headline(scores)
        metrics = {f"{metric_key_prefix}_{layer}": round(value, 4) for layer, value in top.items()}
        if self.is_world_process_zero():
            line = {
                "epoch": round(self.state.epoch or 0, 2),
                "step": self.state.global_step,
                "headline": top,
                "scores": scores,
            }
            with (self.settings.run / "dev.jsonl").open("a", encoding="utf8") as out:
                out.write(json.dumps(line) + "\n")
        self.log(metrics)
        trainer: Any = self                              # the library's own attributes are untyped
        trainer.control = trainer.callback_handler.on_evaluate(self.args, self.state, trainer.control, metrics)
        return metrics


def parameter_groups(model: AusblickModel, settings: Finetune) -> list[dict[str, Any]]:
    """Learning rates: the heads' own, the encoder's falling by `layer_decay` with each layer; no decay for vectors."""
    o = settings.optimizer
    layers = getattr(model.encoder.config, "num_hidden_layers", 0)
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        rate = o.head_lr
        if name.startswith("encoder."):
            numbers = [int(part) for part in name.split(".") if part.isdigit()]
            depth = layers - 1 - numbers[0] if numbers else (layers if "embed" in name else 0)
            rate = o.lr * o.layer_decay**depth
        decay = o.weight_decay if parameter.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return [{"params": params, "lr": rate, "weight_decay": decay} for (rate, decay), params in groups.items()]


class Patience(TrainerCallback):
    """Stops after `patience` evaluations without a better mean score."""

    def __init__(self, patience: int) -> None:
        self.patience, self.best, self.bad = patience, -1.0, 0

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: dict[str, float], **kwargs: Any) -> Any:
        value = metrics.get("eval_mean", 0.0)
        self.bad = 0 if value > self.best else self.bad + 1
        self.best = max(self.best, value)
        if self.bad >= self.patience:
            control.should_training_stop = True
        return control


def arguments(settings: Finetune) -> TrainingArguments:
    o = settings.optimizer
    return TrainingArguments(
        output_dir=str(settings.run / "checkpoints"),
        num_train_epochs=o.epochs,
        learning_rate=o.lr,
        warmup_steps=o.warmup,
        lr_scheduler_type="linear",
        gradient_accumulation_steps=o.accumulate,
        max_grad_norm=1.0,
        seed=settings.seed,
        data_seed=settings.seed,
        eval_strategy="epoch",
        save_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=True,
        metric_for_best_model="eval_mean",
        greater_is_better=True,
        logging_steps=50,
        report_to=[],
        remove_unused_columns=False,
        use_cpu=not torch.cuda.is_available(),
        dataloader_num_workers=0,
        dataloader_pin_memory=False,
        bf16=torch.cuda.is_available() or torch.ops.mkldnn._is_mkldnn_bf16_supported(),
        disable_tqdm=None,
    )


def provenance(settings: Finetune) -> dict[str, Any]:
    """Git revision, library versions and the checksums of the data, for the run folder and the bundle."""
    import transformers

    git = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, cwd=Path(__file__).parent, check=False
    )
    paths = sorted({c.path for c in (*settings.data.train, *settings.data.dev)})
    return {
        "git": git.stdout.strip() or None,
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "data": {p.name: digest(p) for p in paths},
    }


def finetune(settings: Finetune, say: Any = print) -> dict[str, float]:
    """Train (or resume), keep the best model in `RUN/model`, return its development scores.

    Raises ConfigError for data or an encoder that cannot be used.
    """
    disable_caching()  # a stale `.map` cache is the worst kind of bug (datasets 5)
    torch.set_num_threads(settings.threads or usable_cores())
    train, dev = load_items(settings.data.train, "train"), load_items(settings.data.dev, "dev")
    model, tokenizer = build(settings)
    w = settings.windows
    encoder, lost = Encoder(tokenizer, w.max_tokens, w.context, settings.heads.hints, settings.heads.cues), Lost()
    table = Dataset.from_list(list(rows(train, encoder, settings.augment, settings.seed, settings.data.silver, lost)))
    say(
        f"{len(train):,} training items in {len(table):,} windows, {len(dev):,} development items; "
        f"{lost.unreachable} of {lost.mentions:,} mentions unreachable" + "".join(f"\n  {e}" for e in lost.examples[:5])
    )
    settings.run.mkdir(parents=True, exist_ok=True)
    (settings.run / "config.yaml").write_text(settings.to_yaml(), encoding="utf8")
    (settings.run / "provenance.json").write_text(json.dumps(provenance(settings), indent=2) + "\n", encoding="utf8")
    args = arguments(settings)
    trainer = AusblickTrainer(
        model,
        args,
        train_dataset=table,
        eval_dataset=table,
        data_collator=batch,
        settings=settings,
        tokenizer=tokenizer,
        dev=dev,
        callbacks=[Patience(settings.patience)],
    )
    trainer.train(
        resume_from_checkpoint=get_last_checkpoint(args.output_dir) if Path(args.output_dir).exists() else None
    )
    metrics = trainer.evaluate()
    if trainer.is_world_process_zero():
        model.save_pretrained(settings.run / "model")
        tokenizer.save(str(settings.run / "model" / "tokenizer.json"))
        (settings.run / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf8")
    return metrics


def main(config: Path, overrides: list[str]) -> int:
    """Run from the command line."""
    settings = Finetune.read(config, overrides)
    metrics = finetune(settings)
    print(
        "  ".join(
            f"{key.removeprefix('eval_')} {value:.3f}" for key, value in metrics.items() if isinstance(value, float)
        )
    )
    print(f"best model: {settings.run / 'model'}; next: python -m training export {settings.run} BUNDLE")
    return 0
