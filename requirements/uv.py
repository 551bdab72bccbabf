"""Run uv with the index and the certificates that pip is set up to use: `python requirements/uv.py pip install …`.

pip has its settings from files and variables that uv does not read. Its own answer is asked for, so that neither of the
two has to be told twice; nothing of it is written anywhere.
"""

import ast
import os
import subprocess
import sys

MEANT_FOR = ("global.", "install.", ":env:.")  # later ones win, as they do for pip
VARIABLES = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}


def main() -> int:
    environment = {**_as_pip(), **os.environ}
    return subprocess.call([sys.executable, "-m", "uv", *sys.argv[1:]], env=environment)  # noqa: S603 - uv, asked for by name.


def _as_pip() -> dict[str, str]:
    told = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    settings = dict(line.partition("=")[::2] for line in told.splitlines())
    found = {}
    for prefix in MEANT_FOR:
        for name, variable in VARIABLES.items():
            if prefix + name in settings:
                found[variable] = str(ast.literal_eval(settings[prefix + name]))
    return found


if __name__ == "__main__":
    sys.exit(main())
