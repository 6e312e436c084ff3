"""Pack files as an Argos Translate package; equal files give an equal package, byte for byte."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Final

FOLDER: Final = "translate-ru_en-demo"
VERSION: Final = "0.1"  # below every package of Argos' own index
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)

README: Final = """\
# Demo weights: Russian to English

Trained by this project on the sentences of an invented radio programme, and on nothing else. They
show that the whole way from a recording to subtitles works on any machine, without fetching
anything. **Any other sentence they turn into a sentence of that programme**, fluent and wrong.
For real work fetch the package that Argos Translate offers.

The package is laid out as Argos Translate expects: `metadata.json`, `sentencepiece.model`, `model/`
(CTranslate2, 8-bit) and `minisbd/rule.onnx`, a rule that splits sentences without a download.
`card.toml` says what the weights know, how they were trained and how well they do.

Licence: GPL-3.0-or-later, as the project.
"""


def metadata() -> bytes:
    """`metadata.json`."""
    about = {
        "package_version": VERSION,
        "argos_version": "1.9.0",
        "from_code": "ru",
        "from_name": "Russian",
        "to_code": "en",
        "to_name": "English",
        "type": "translate",
    }
    return (json.dumps(about, indent=2) + "\n").encode()


def pack(parts: Mapping[str, bytes]) -> bytes:
    """The package: `parts` by their paths, and what every package has."""
    whole = {"metadata.json": metadata(), "README.md": README.encode(), **parts}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(whole):
            member = zipfile.ZipInfo(f"{FOLDER}/{path}", _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, whole[path], compresslevel=9)
    return packed.getvalue()
