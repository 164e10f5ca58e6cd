"""What servers that end leave behind: nothing, though they write to the last."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from schemabot.remote.scratch.leftovers import remove


def test_a_folder_that_is_still_written_into_is_removed_in_the_end(tmp_path: Path) -> None:
    """Under load the last processes of a killed server wrote while its folder was removed: it stayed."""
    folder = tmp_path / "server"
    (folder / "data").mkdir(parents=True)
    ending = threading.Event()

    def write() -> None:
        number = 0
        while not ending.is_set() and folder.exists():
            number += 1
            with suppress(OSError):
                (folder / f"data{number % 50}").mkdir(exist_ok=True)
                (folder / f"data{number % 50}/{number}").touch()

    writer = threading.Thread(target=write)
    writer.start()
    threading.Timer(0.5, ending.set).start()
    remove(folder)
    writer.join()
    assert not folder.exists()
