"""What is kept on a machine: where, for how long, and when compiled code is another's."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks import registry
from benchmarks.machine import describe, kept


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An implementation with a helper, in a registry of its own; so is what is kept."""
    folder = tmp_path / "implementations"
    folder.mkdir()
    (folder / "_contract.py").write_text("")
    (folder / "_helper.py").write_text("two = 2\n")
    (folder / "mine.py").write_text("from implementations import _helper\ndef dot(w, x): ...\n")
    monkeypatch.setattr(registry, "FOLDER", folder)
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path / "kept"))
    return folder / "mine.py"


def test_the_tests_keep_nothing_among_the_users_things() -> None:
    assert not kept.folder().is_relative_to(registry.ROOT)


@pytest.mark.parametrize("name", ["mine.py", "_helper.py", "_contract.py"])
def test_another_source_or_helper_has_other_compiled_code(path: Path, name: str) -> None:
    before = kept.compiled_folder(path)
    assert before.is_dir() and before == kept.compiled_folder(path)
    with path.with_name(name).open("a") as file:
        file.write("# changed\n")
    assert kept.compiled_folder(path) != before


def test_another_version_processor_or_setting_has_other_compiled_code(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [kept.compiled_folder(path)]
    monkeypatch.setenv("NUMBA_OPT", "1")
    folders.append(kept.compiled_folder(path))
    monkeypatch.setattr(describe, "version", lambda name: "0.0")
    folders.append(kept.compiled_folder(path))
    monkeypatch.setattr(describe, "processor", lambda: "another")
    folders.append(kept.compiled_folder(path))
    assert len(set(folders)) == 4


def test_the_settings_of_dask_count_for_what_imports_it_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    versions = {"numpy": "2.0"}, {"numpy": "2.0", "dask": "2026.8"}
    monkeypatch.delenv("DASK_BLOCKS_SCHEDULER", raising=False)
    before = [kept.settings(each) for each in versions]
    monkeypatch.setenv("DASK_BLOCKS_SCHEDULER", "local")
    after = [kept.settings(each) for each in versions]
    assert before[0] == after[0] and before[1] != after[1]


def test_what_is_old_or_beyond_the_newest_is_removed_but_nothing_in_use(tmp_path: Path) -> None:
    now, day_s = time.time(), 86400
    for name, days in {"new": 0, "used": 0.5, "idle": 2, "older": 5, "oldest": 40}.items():
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (now - days * day_s,) * 2)
    kept.remove_old(tmp_path, 4, 30 * day_s)
    assert {path.name for path in tmp_path.iterdir()} == {"new", "used", "idle", "older"}
    kept.remove_old(tmp_path, 1)
    assert {path.name for path in tmp_path.iterdir()} == {"new", "used"}


def test_a_file_is_whole_whoever_writes_it_at_the_same_time(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "text"
    texts = [str(k) * 100_000 for k in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda text: kept.write(file, text), texts * 5))
    assert file.read_text() in texts
    assert list(file.parent.iterdir()) == [file]


def test_where_nothing_can_be_written_nothing_is_kept(path: Path, monkeypatch) -> None:
    monkeypatch.setenv(kept.VARIABLE, str(path))  # a file, and no folder
    assert not kept.compiled_folder(path).exists()
    kept.write(kept.folder() / "text", "text")
