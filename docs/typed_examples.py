"""Check the types of the examples in README and guide, as a user's type checker does.

Usage: ``uv run --isolated --no-editable --group types python docs/typed_examples.py``

The package is installed from its wheel, so the checker sees what a user's sees.
"""

import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parent.parent
CODE = re.compile(r"^```python\n(.*?)^```", flags=re.DOTALL | re.MULTILINE)


def main() -> int:
    """Run pyright on the examples, and return its exit status."""
    spec = find_spec("bayes_l2")
    if spec is None or spec.origin is None or ROOT in Path(spec.origin).parents:
        print("bayes_l2 has to be installed from its wheel", file=sys.stderr)
        return 2
    if not (Path(spec.origin).parent / "py.typed").is_file():
        print("the wheel has no py.typed", file=sys.stderr)
        return 1
    pages = [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").glob("*.md"))]
    with tempfile.TemporaryDirectory() as folder:
        for page in pages:
            # an example may go on from those before it on its page
            code = "\n".join(CODE.findall(page.read_text(encoding="utf-8")))
            if code:
                name = page.relative_to(ROOT).with_suffix(".py").as_posix()
                (Path(folder) / name.replace("/", "_")).write_text(code, "utf-8")
        command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "."]
        return subprocess.run(command, cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
