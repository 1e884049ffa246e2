"""What an implementation's code is: its file, and what that imports from beside it."""

from pathlib import Path

from test_registry import folder, write

from benchmarks import registry

__all__ = ["folder"]  # the fixture


def test_the_digest_is_of_the_code_and_of_the_helpers_that_it_imports(folder: Path) -> None:
    path, helper = folder / "loops.py", folder / "_helper.py"
    write(helper, "two = 2.0\n")
    assert registry.sources(path) == [path]
    alone = registry.digest(path)
    write(path, "from implementations._helper import two\n" + path.read_text())
    assert registry.sources(path) == [path, helper]
    beside = registry.digest(path)
    write(helper, "two = 2.5\n")
    changed = registry.digest(path)
    write(path, path.read_text() + "# a word\n")
    assert len({alone, beside, changed, registry.digest(path)}) == 4
    write(folder / "neighbour.py", "three = 3.0\n")
    written = registry.digest(path)
    write(folder / "neighbour.py", "three = 3.5\n")
    assert registry.digest(path) == written


def test_a_file_of_the_users_is_measured_by_itself_wherever_it_lies(
    folder: Path, tmp_path: Path
) -> None:
    for place in ("mine", "other"):
        write(tmp_path / place / "same.py", "def dot(w, x): ...\n")
        write(tmp_path / place / "_helper.py", place)
    first, second = (tmp_path / place / "same.py" for place in ("mine", "other"))
    assert registry.sources(first) == [first]
    assert registry.digest(first) == registry.digest(second)
    write(second, "def dot(w, y): ...\n")
    assert registry.digest(first) != registry.digest(second)


def test_the_digest_of_a_users_file_is_also_of_what_it_imports_from_beside_it(
    folder: Path, tmp_path: Path
) -> None:
    path = write(tmp_path / "mine" / "added.py", "def dot(w, x):\n    import near, pack.inner\n")
    helpers = [
        write(path.with_name("near.py"), "import far\n"),
        write(path.with_name("far.py"), "import added\n"),
        write(path.with_name("pack") / "__init__.py", ""),
        write(path.with_name("pack") / "inner.py", ""),
    ]
    write(path.with_name("stranger.py"), "")
    assert registry.everything(path) == [path, helpers[0], *helpers[2:], helpers[1]]
    assert registry.sources(path) == [path]
    digests = {registry.digest(path)}
    for helper in helpers:
        write(helper, helper.read_text() + "# a word\n")
        digests.add(registry.digest(path))
    assert len(digests) == 1 + len(helpers)


def test_a_member_that_a_member_imports_is_its_own_code(folder: Path) -> None:
    for line in ("from implementations import loops\n", "import implementations.loops as once\n"):
        path = write(folder / "twice.py", line)
        assert registry.sources(path) == [path, folder / "loops.py"]
