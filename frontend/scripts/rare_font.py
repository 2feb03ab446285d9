#!/usr/bin/env python3
"""Makes src/ui/fonts/rare: the Han characters that Noto Sans CJK SC has and the npm package of Noto Sans SC lacks.

Rare characters of place names (氹 㙟 𡌶 𬯎) would otherwise be boxes on a machine without a large Chinese font. They are
cut into small files, of which a browser fetches the one that it needs. Run it again when the npm package changes:

    pip install fonttools==4.68.0 brotli==1.2.1
    python3 scripts/rare_font.py /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc   # Debian's fonts-noto-cjk, 2.004
"""

import pathlib
import re
import sys

from fontTools import subset
from fontTools.ttLib import TTCollection

FRONTEND = pathlib.Path(__file__).resolve().parent.parent
COMMON = FRONTEND / "node_modules/@fontsource-variable/noto-sans-sc/wght.css"
OUT = FRONTEND / "src/ui/fonts/rare"
FACE = "Noto Sans CJK SC"
HAN = [(0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)]
EACH = 256  # characters a file: about 48 KB


def covered(css: str) -> set[int]:
    """The characters that a style sheet's unicode-ranges name."""
    found: set[int] = set()
    for ranges in re.findall(r"unicode-range:\s*([^;}]*)", css):
        for part in ranges.split(","):
            ends = part.strip()[2:].split("-")
            found.update(range(int(ends[0], 16), int(ends[-1], 16) + 1))
    return found


def ranges(characters: list[int]) -> str:
    """Characters in ascending order as a unicode-range."""
    runs: list[list[int]] = []
    for c in characters:
        if runs and c == runs[-1][1] + 1:
            runs[-1][1] = c
        else:
            runs.append([c, c])
    return ",".join(f"U+{a:x}" if a == z else f"U+{a:x}-{z:x}" for a, z in runs)


def face(path: str):
    """The face for Chinese in China out of the collection."""
    return next(f for f in TTCollection(path, lazy=True).fonts if f["name"].getDebugName(4) == FACE)


def cut(path: str, characters: list[int], to: pathlib.Path) -> None:
    """Writes a font of these characters only, without what browsers do not need to draw single ones."""
    options = subset.Options()
    options.flavor = "woff2"
    options.hinting = False
    options.layout_features = []
    options.drop_tables += ["BASE", "GDEF", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    options.name_IDs = [0, 1, 2, 13, 14]
    font = face(path)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    subset.save_font(font, str(to), options)


def main(path: str) -> None:
    has = set(face(path).getBestCmap())
    wanted = sorted(c for c in has - covered(COMMON.read_text()) if any(a <= c <= z for a, z in HAN))
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*.woff2"):
        old.unlink()
    rules = ["/* Made by scripts/rare_font.py; do not edit. Noto Sans CJK SC 2.004, (c) 2014-2021 Adobe, OFL-1.1 (OFL.txt). */"]
    for i in range(0, len(wanted), EACH):
        part = wanted[i : i + EACH]
        name = f"rare-{part[0]:x}.woff2"
        cut(path, part, OUT / name)
        rules.append(f"@font-face{{font-family:'Noto Sans SC Rare';font-display:swap;font-weight:400;src:url(./{name}) format('woff2');unicode-range:{ranges(part)}}}")
    (OUT / "rare.css").write_text("\n".join(rules) + "\n")
    print(f"{len(wanted)} characters in {len(rules) - 1} files")


if __name__ == "__main__":
    main(sys.argv[1])
