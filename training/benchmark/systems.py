"""The ways to run the network that are measured. Each is loaded in its own process; libraries are imported there."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from training.benchmark.child import Job, lines
from training.machine import peak_mib

if TYPE_CHECKING:
    from ausblick.reader import Reader
    from ausblick.schema import Article

ALONE = 20
"""Articles that are read once more, one by one, to see whether companions in a batch change a result."""
WARM = 8
"""Articles that are read before the clock starts."""


class System(Protocol):
    """A way to run the network."""

    def start(self, text: str) -> None:
        """Import, load, read one short article."""
        ...

    def measure(self) -> dict[str, Any]:
        """Read the prepared articles: seconds, peak_mib at the end of them, and what else there is to say."""
        ...


class Readers:
    """The reader over any network; only the network differs."""

    def __init__(self, load: Callable[[Job], Reader], job: Job) -> None:
        self.load, self.job = load, job

    def start(self, text: str) -> None:
        self.reader = self.load(self.job)
        self.reader.read(text)

    def measure(self) -> dict[str, Any]:
        texts = read_texts(self.job)
        how = {key: self.job.options[key] for key in ("batch_tokens", "chunk") if key in self.job.options}
        for _ in self.reader.read_many(texts[:WARM], **how):
            pass
        chosen = set(range(0, len(texts), max(1, len(texts) // ALONE)))
        kept: dict[int, Article] = {}
        digests: list[str] = []
        began = time.perf_counter()
        sentences = 0
        for number, article in enumerate(self.reader.read_many(texts, **how)):
            sentences += len(article.sentences)
            digests.append(digest(article))
            if number in chosen:
                kept[number] = article
        seconds = time.perf_counter() - began
        peak = peak_mib()
        alone = [(article, self.reader.read(texts[number])) for number, article in kept.items()]
        return {
            "seconds": seconds,
            "sentences": sentences,
            "peak_mib": peak,
            "digests": digests,
            "alone": len(alone),
            "alone_differ": sum(digest(a) != digest(b) for a, b in alone),
            "alone_largest": max((score_difference(a, b) for a, b in alone), default=0.0),
        }


def digest(article: Article) -> str:
    """Short checksum of an article's mentions and outlooks, without their scores."""
    labels = [(e.start, e.end, e.label) for e in article.entities], [s.outlook for s in article.sentences]
    return hashlib.blake2b(repr(labels).encode(), digest_size=6).hexdigest()


def score_difference(a: Article, b: Article) -> float:
    """The largest difference of an outlook score between two readings of the same article."""
    pairs = [(s.scores or {}, t.scores or {}) for s, t in zip(a.sentences, b.sentences, strict=True)]
    return max((abs(s[label] - t[label]) for s, t in pairs for label in s), default=0.0)


def shipped(job: Job) -> Reader:
    """The bundle as it is used; with options `level` and `binding` in a session made for the comparison."""
    from ausblick.reader import Reader

    reader = Reader.load(job.bundle, job.threads)
    if "level" in job.options or "binding" in job.options:
        reader.network = Tuned(
            str(Path(job.bundle, "model.onnx")),
            job.threads,
            job.options.get("level", "ENABLE_ALL"),
            job.options.get("binding", False),
        )
    return reader


def onnx(name: str, job: Job) -> Reader:
    """The reader over a network of the prepared folder."""
    from tokenizers import Tokenizer

    from ausblick.bundle import Bundle
    from ausblick.network import OnnxNetwork
    from ausblick.reader import Reader

    bundle = Bundle.load(job.bundle)
    network = OnnxNetwork(Path(job.folder, name), job.threads)
    return Reader(network, Tokenizer.from_file(str(bundle.tokenizer)), bundle.config)


def plain_torch(job: Job) -> Reader:
    """The module of the run in the reader, calibrated as the bundle is."""
    import torch
    from tokenizers import Tokenizer

    from ausblick.bundle import Bundle
    from ausblick.reader import Reader
    from models.network import AusblickModel
    from training.finetune.torch_network import TorchNetwork

    torch.set_num_threads(job.threads)
    bundle = Bundle.load(job.bundle)
    model = AusblickModel.from_pretrained(Path(job.run, "model")).eval()
    return Reader(TorchNetwork(model), Tokenizer.from_file(str(bundle.tokenizer)), bundle.config)


class Tuned:
    """An ONNX Runtime session on the CPU with a graph optimisation level and, if wanted, IOBinding."""

    def __init__(self, path: str, threads: int, level: str, binding: bool) -> None:
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        options.graph_optimization_level = getattr(ort.GraphOptimizationLevel, f"ORT_{level}")
        self.session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.inputs = {i.name for i in self.session.get_inputs()}
        self.binding = binding

    def __call__(self, feed: dict[str, Any]) -> tuple[Any, Any]:
        feed = {key: value for key, value in feed.items() if key in self.inputs}
        names = ["tags", "outlook"]
        if not self.binding:
            tags, outlook = self.session.run(names, feed)
            return tags, outlook
        bound = self.session.io_binding()
        for key, value in feed.items():
            bound.bind_cpu_input(key, value)
        for name in names:
            bound.bind_output(name)
        self.session.run_with_iobinding(bound)
        tags, outlook = bound.copy_outputs_to_cpu()
        return tags, outlook


class Pipelines:
    """Two pipelines of transformers over plain models with the same encoder, one sentence a text."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def start(self, text: str) -> None:
        import torch
        from transformers import logging, pipeline

        logging.set_verbosity_error()
        torch.set_num_threads(self.job.threads)
        folder = Path(self.job.folder, "pipelines")
        tagger, outlook = str(folder / "tagger"), str(folder / "outlook")
        self.tagger = pipeline("token-classification", model=tagger, aggregation_strategy="simple", device="cpu")
        self.outlook = pipeline("text-classification", model=outlook, top_k=None, truncation=True, device="cpu")
        self.read([text], 1)

    def measure(self) -> dict[str, Any]:
        """With option `try`: the time of each batch size on a sample; else all sentences at `batch`."""
        sentences: list[str] = list(lines(Path(self.job.folder, "sentences.jsonl")))
        self.read(sentences[:WARM], 8)
        if sizes := self.job.options.get("try"):
            sample = sentences[: self.job.options["sample"]]
            return {"tried": {str(size): len(sample) / self.timed(sample, size) for size in sizes}}
        if self.job.options.get("sorted"):
            sentences.sort(key=len)
        return {"seconds": self.timed(sentences, self.job.options["batch"]), "sentences": len(sentences)}

    def timed(self, sentences: Sequence[str], batch: int) -> float:
        began = time.perf_counter()
        self.read(sentences, batch)
        return time.perf_counter() - began

    def read(self, sentences: Iterable[str], batch: int) -> None:
        for read in (self.tagger, self.outlook):
            for _ in read((text for text in sentences), batch_size=batch):  # a generator, and no other iterator
                pass


class Command:
    """`ausblick annotate` from file to file in `workers` processes with one thread each, loading included."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.workers: int = job.options["workers"]

    def start(self, text: str) -> None:
        if self.job.only_start:
            import json
            import tempfile

            with tempfile.TemporaryDirectory(dir=self.job.folder) as name:
                source = Path(name, "short.jsonl")
                source.write_text(json.dumps({"id": "0", "text": text}) + "\n", encoding="utf8")
                self.annotate(source)

    def measure(self) -> dict[str, Any]:
        source = Path(self.job.folder, self.job.options.get("source", "articles.jsonl"))
        began = time.perf_counter()
        sentences = self.annotate(source)
        seconds = time.perf_counter() - began
        peak = peak_mib() + (self.workers * largest_child_mib() if self.workers > 1 else 0.0)
        return {"seconds": seconds, "sentences": sentences, "peak_mib": peak}

    def annotate(self, source: Path) -> int:
        """Annotate a file; returns the number of sentences."""
        from ausblick.reader import Reader
        from ausblick.run import Job as Annotate
        from ausblick.run import run
        from training.benchmark.quiet import Quiet

        target = source.with_name(f"out-{self.workers}.jsonl")
        load = partial(Reader.load, self.job.bundle, self.job.threads)
        counts = run(Annotate((str(source),), str(target), self.workers), load, Quiet())
        target.unlink()
        if counts.bad:
            raise RuntimeError(f"{counts.bad} articles could not be annotated")
        return counts.sentences


def largest_child_mib() -> float:
    """The largest resident size among the workers that have ended, in MiB."""
    import resource
    import sys

    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 1024


def read_texts(job: Job) -> list[str]:
    """The prepared articles."""
    return [line["text"] for line in lines(Path(job.folder, "articles.jsonl"))]


READERS: dict[str, Callable[[Job], Reader]] = {
    "torch": plain_torch,
    "fp32": partial(onnx, "fp32.onnx"),
    "shipped": shipped,
    "int8": partial(onnx, "int8.onnx"),
}
SYSTEMS: dict[str, Callable[[Job], System]] = {
    "pipelines": Pipelines,
    "command": Command,
    **{name: partial(Readers, load) for name, load in READERS.items()},
}
