"""Where every corpus comes from: addresses at a commit, sizes and SHA-256 where they are known.

A digest that is None has never been computed by this project; `python -m data fetch` then prints the one it got, to be
recorded here by whoever has checked the file. No digest is copied from elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Original:
    """One published file."""

    file: str
    """Its name in the local folder."""
    repository: str
    commit: str
    path: str
    size: int | None = None
    sha256: str | None = None

    @property
    def url(self) -> str:
        """The address at the commit; GitHub's `raw` route also follows to large-file storage."""
        return f"https://github.com/{self.repository}/raw/{self.commit}/{self.path.replace(' ', '%20')}"


@dataclass(frozen=True, slots=True)
class Archive:
    """A repository at a commit, of which the files that match a pattern hold running text."""

    name: str
    repository: str
    commit: str
    pattern: str
    form: str
    """`lines`, `markdown` or `protocol` (Bundestag XML)."""

    @property
    def url(self) -> str:
        """The address of the whole repository as a zip file."""
        return f"https://github.com/{self.repository}/archive/{self.commit}.zip"


_SMARTDATA = "DFKI-NLP/smartdata-corpus"
_GERMEVAL = "mapriess/GermEval_2014_NER_DEMO"
_COFUN = "NedaForoutan/CO-Fun"
_COFUN_LISTS = "6613d20b151399ca775c1936c226a0c61a85a922"

ORIGINALS: dict[str, tuple[Original, ...]] = {
    "adhoc": (Original("test.json", "FinTexIFB/AdHocQuAD", "e352c00a51615bbac4d9b14cc11a2c377c2795e5", "test.json"),),
    "smartdata": (
        Original("v1-train.jsonl.gz", _SMARTDATA, "48f09be2cbd617a9ffb0697367fd577f5f6aa6ad",
                 "v1_20180119/train.jsonl.gz"),
        Original("v1-test.jsonl.gz", _SMARTDATA, "48f09be2cbd617a9ffb0697367fd577f5f6aa6ad",
                 "v1_20180119/test.jsonl.gz"),
        Original("v2-train.jsonl.gz", _SMARTDATA, "48f09be2cbd617a9ffb0697367fd577f5f6aa6ad",
                 "v2_20190802/train.jsonl.gz"),
        Original("v2-dev.jsonl.gz", _SMARTDATA, "8b976e4686397d1932b8d0684c39a996cecbd898",
                 "v2_20190802/dev.jsonl.gz"),
        Original("v2-test.jsonl.gz", _SMARTDATA, "8b976e4686397d1932b8d0684c39a996cecbd898",
                 "v2_20190802/test.jsonl.gz"),
    ),
    "germeval14": (
        Original("train_bioes.train", "pascalhuszar/NER-benchmark", "ac612114ab75d22a8e34588f232ae93639a502c8",
                 "GermEval 2014/train_bioes.train"),
        Original("NER-de-dev.tsv", _GERMEVAL, "5f76c7191f3f159e815e2fab0070d0566e3ddc62", "Data/NER-de-dev.tsv"),
        Original("NER-de-test.tsv", _GERMEVAL, "5f76c7191f3f159e815e2fab0070d0566e3ddc62", "Data/NER-de-test.tsv"),
    ),
    "cofun": (
        Original("CO-Fun-1.0-anonymized.jsonl", _COFUN, "330379bf823dd9065cd66ac11793bce8da8bf1cd",
                 "CO-Fun-1.0-anonymized.jsonl"),
        Original("train_indices.txt", _COFUN, _COFUN_LISTS, "prepared-data-and-code/train_indices.txt"),
        Original("valid_indices.txt", _COFUN, _COFUN_LISTS, "prepared-data-and-code/valid_indices.txt"),
        Original("test_indices.txt", _COFUN, _COFUN_LISTS, "prepared-data-and-code/test_indices.txt"),
    ),
    "pud": (
        Original("de_pud-ud-test.iob2", "UniversalNER/UNER_German-PUD", "f8acea8b6c52bde1f49f14d073902f4d8cef7f95",
                 "de_pud-ud-test.iob2"),
    ),
}

# Collected files of the same corpora and texts that are handed round as they are: size and digest of those.
COLLECTED: dict[str, tuple[int, str]] = {
    "adhoc.jsonl": (645131, "f18be3e17324efab26190c90f835c731b9ad49db768e4f31a774b2e782f64e79"),
    "cofun.jsonl.xz": (34572, "cdbb3cb72d522d0c3a1c920183a5169c32180503bdc8fe6a00f21617ed74c861"),
    "germeval14.jsonl.xz": (1558556, "ded7bfc6d570ecd003b643ac76259bacaab3ab729d2d538365757c750e87e5fc"),
    "pud.jsonl.xz": (59296, "4b50fd97711396195010b22497ebc1a9a065c075b15a036533aee8583199a765"),
    "smartdata.jsonl.xz": (269468, "8666236c44b40838f32cfd1e6ab3f5c5e9c55b95fb8af00945aff230d714b803"),
    "bundestag_wp19.txt.xz": (27004280, "f8273a82bb17e9bdf2e44555406ad1db2481ea7b979405e96c7f138afd92af69"),
    "bundestag_wp20.txt.xz": (23340340, "d2073e1b244b2793b135412971f6121d10b42199340d00a4b33d88712718814c"),
    "bundestag_wp21.txt.xz": (7317272, "897ea7149d03a77a22ac2d549413ac42fdf965a0af8c1cdda6db226ebeef9edb"),
    "dynamics365_businesscentral_de.txt.xz":
        (784444, "9c464ab9d9dffd1acfb5d928183d5c3926d165006eac95be47ccf5aca0274986"),
    "dynamics365_operations_de.txt.xz": (2397096, "16695ec10ab7c7c7e976530352fb283905200cc59e0d030cb6e34a50c0e0434f"),
    "klexikon_simple.txt.xz": (1795852, "246e934879c431814328af5fdf1437daffa14e0cb3e7542b5eabbd13e8baf33f"),
    "klexikon_wikipedia.txt.xz": (26223876, "2267ba787d98c4d080b8cf472a1b098656325a01c62fa16213028fc8ebe069aa"),
    "news_ntrex_flores.txt.xz": (149668, "0054746ac59c4131fbe2d1db02b07c2dbfcbce61524ecb3992acc60920981302"),
}

ARCHIVES: tuple[Archive, ...] = (
    Archive("klexikon_wikipedia", "dennlinger/klexikon", "c909f38794b2", "data/raw/wiki/*.txt", "lines"),
    Archive("klexikon_simple", "dennlinger/klexikon", "c909f38794b2", "data/raw/klexikon/*.txt", "lines"),
    Archive("bundestag_wp19", "sevenbanisch/bundestagsreden", "3e8022f58dad313f37aac260f7d52ae13155a44e",
            "parser/data_19/*.xml", "protocol"),
    Archive("bundestag_wp20", "sevenbanisch/bundestagsreden", "3e8022f58dad313f37aac260f7d52ae13155a44e",
            "parser/data_20/*.xml", "protocol"),
    Archive("bundestag_wp21", "sevenbanisch/bundestagsreden", "3e8022f58dad313f37aac260f7d52ae13155a44e",
            "parser/data_21/*.xml", "protocol"),
    Archive("dynamics365_businesscentral_de", "MicrosoftDocs/dynamics365smb-docs-pr.de-de", "71ace04f9556",
            "business-central/*.md", "markdown"),
    Archive("dynamics365_operations_de", "MicrosoftDocs/Dynamics-365-Operations.de-de", "003df88823f8",
            "articles/*.md", "markdown"),
    Archive("news_ntrex_flores", "MicrosoftTranslator/NTREX", "8561f6a622db", "NTREX-128/newstest2019-ref.deu.txt",
            "lines"),
    Archive("news_ntrex_flores", "Helsinki-NLP/OPUS-MT-testsets", "ac0f19c0be3c",
            "testsets/deu-*/flores200-devtest.deu", "lines"),
)

TEXT_FILES = tuple(dict.fromkeys(f"{archive.name}.txt.xz" for archive in ARCHIVES))
