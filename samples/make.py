"""Make the sample broadcast and its reference files from the script.

    python -m samples.make

Needs espeak-ng; the files it makes are committed, so nobody else does. The same script gives the
same programme.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from pipeline.core import files
from samples import mixing, music, opus, reference, script

SAMPLES: Final = Path(__file__).parent
_BITS: Final = 36_000


def make(folder: Path) -> None:
    """Write the broadcast and the files made from its truth to `folder`."""
    programme = mixing.produce(script.load())
    sound = opus.encode(programme.sound, music.RATE, _BITS)
    files.replace(folder / f"{reference.NAME}.opus", sound)
    for name, data in reference.files(programme).items():
        files.replace(folder / name, data)
    seconds = programme.duration_ms / 1000
    print(f"{folder}: {len(programme.spoken)} sentences, {seconds:.1f} s, {len(sound)} bytes")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES)
