"""Packages in the form of Argos, ordinary and hostile, made on the spot."""

import io
import json
import random
import stat
import zipfile

NAMES = {"ru": "Russian", "es": "Spanish", "en": "English"}


def parts(version="1.5", source="ru", target="en"):
    """The files of a package that is whole, though its weights are dice."""
    about = {
        "package_version": version,
        "argos_version": "1.9",
        "from_code": source,
        "from_name": NAMES[source],
        "to_code": target,
        "to_name": NAMES[target],
        "type": "translate",
    }
    return {
        "metadata.json": json.dumps(about).encode(),
        "sentencepiece.model": b"pieces",
        "model/model.bin": random.Random(version).randbytes(300_000),
        "model/config.json": b"{}",
        "model/shared_vocabulary.json": b"[]",
    }


def package(
    version="1.5", *, source="ru", target="en", top="translate-ru_en", extra=None, without=()
):
    """The bytes of an .argosmodel; `extra` members are named from the archive's root."""
    members = {f"{top}/{name}": data for name, data in parts(version, source, target).items()}
    members |= extra or {}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            if name.partition("/")[2] not in without:
                archive.writestr(entry(name), data)
    return buffer.getvalue()


def entry(name, kind=0, packing=zipfile.ZIP_DEFLATED):
    """A member of exactly this name; `kind` is what the file system would call it."""
    info = zipfile.ZipInfo("x")
    info.filename = info.orig_filename = name
    info.external_attr = (kind | 0o644) << 16 if kind else 0
    info.compress_type = packing
    return info


def link(name, to):
    """A member that is a symbolic link."""
    return entry(name, stat.S_IFLNK), to.encode()
