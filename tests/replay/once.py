"""Files that are written once. Their hashes stand beside them in SHA256SUMS, which only ever grows at its end.

A golden file stands for bytes that some ledger out there holds; to edit one is to forget what those bytes were. So
nothing here overwrites, and the tests compare every file with the hash from the day on which it was written. The list
has the form of `sha256sum`, so that `sha256sum --check SHA256SUMS` says the same.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final

SUMS: Final = "SHA256SUMS"


def write_once(folder: Path, name: str, content: bytes) -> bool:
    """Write a file and the line with its hash; False where the file is there already, whatever is in it."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with (folder / name).open("xb") as file:
            file.write(content)
    except FileExistsError:
        return False
    with (folder / SUMS).open("a", encoding="utf-8") as sums:
        sums.write(f"{sha256(content).hexdigest()}  {name}\n")
    return True


def sums(folder: Path) -> dict[str, str]:
    """File name → hash, in the order of writing. ValueError for a line or a name that is there twice."""
    found: dict[str, str] = {}
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        if name in found:
            raise ValueError(f"{SUMS} speaks of {name} twice.")
        found[name] = digest
    return found


def complaints(folder: Path) -> list[str]:
    """What no longer is as it was written, a sentence each: changed, missing, or never entered in the list."""
    known = sums(folder)
    present = {path.name for path in folder.iterdir() if path.is_file()} - {SUMS}
    said = [f"{name} is gone." for name in known if name not in present]
    said += [f"{name} was put here by hand." for name in sorted(present - set(known))]
    said += [
        f"{name} was changed."
        for name, digest in known.items()
        if name in present and sha256((folder / name).read_bytes()).hexdigest() != digest
    ]
    return said
