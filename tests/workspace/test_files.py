import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from schemabot.workspace.files import MAX_SIZE, Unreadable, read_file, write_text
from support.command import as_everybody


def test_byte_order_mark_and_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.write_bytes(b"\xef\xbb\xbfselect 1;\r\nselect 2;\r")
    file = read_file(str(path))
    assert file.text == "select 1;\r\nselect 2;\r"
    assert file.has_bom
    assert file.bad is None
    write_text(str(path), file.text, bom=file.has_bom)
    assert path.read_bytes() == b"\xef\xbb\xbfselect 1;\r\nselect 2;\r"


def test_latin_1_is_read_and_reported_at_its_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.write_bytes("-- é ok\nselect 1; -- ".encode() + b"caf\xe9\nselect 2;")
    file = read_file(str(path))
    assert file.bad is not None
    assert (file.bad.byte, file.bad.kind) == (24 + 1, "undecodable")
    assert file.text[file.bad.offset] == "\ufffd"
    assert "byte 25" in file.bad.message
    assert file.text.endswith("select 2;")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x7fELF\x00\x01\x02", "binary"),
        ("create table a (id int);".encode("utf-16"), "utf-16"),
        (b"\xef\xbb\xbf\x00", "binary"),
    ],
)
def test_what_is_no_text(tmp_path: Path, data: bytes, kind: str) -> None:
    path = tmp_path / "a.sql"
    path.write_bytes(data)
    file = read_file(str(path))
    assert file.bad is not None
    assert file.bad.kind == kind
    assert file.text == ""


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.touch()
    assert read_file(str(path)).text == ""


def test_what_is_no_regular_file(tmp_path: Path) -> None:
    (tmp_path / "folder.sql").mkdir()
    (tmp_path / "dangling.sql").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.sql")
    with (tmp_path / "large.sql").open("wb") as stream:
        stream.truncate(MAX_SIZE + 1)
    for name, reason, failed in (
        ("folder.sql", "is a folder, not a file", False),
        ("dangling.sql", "is a symbolic link to nothing", True),
        ("pipe.sql", "is not a regular file", False),
        ("large.sql", "is larger than 16 MB and was skipped", False),
        ("missing.sql", "does not exist", True),
    ):
        with pytest.raises(Unreadable) as caught:
            read_file(str(tmp_path / name))
        assert (caught.value.reason, caught.value.failed) == (reason, failed)


def test_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.touch(mode=0)
    code = "import sys; from schemabot.workspace.files import read_file; read_file(sys.argv[1])"
    ran = subprocess.run(
        [*as_everybody(), sys.executable, "-c", code, str(path)], capture_output=True, text=True
    )
    assert "Unreadable" in ran.stderr
    assert "cannot be read: Permission denied" in ran.stderr


def test_writing_keeps_mode_and_links_and_leaves_nothing_behind(tmp_path: Path) -> None:
    real = tmp_path / "real.sql"
    real.write_text("old")
    real.chmod(0o640)
    link = tmp_path / "link.sql"
    link.symlink_to(real)
    write_text(str(link), "new\r\n")
    assert link.is_symlink()
    assert real.read_bytes() == b"new\r\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.sql", "real.sql"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_text(str(path), "\ud800")
    target = tmp_path / "taken.sql"
    target.mkdir()
    with pytest.raises(OSError):
        write_text(str(target), "text")
    assert path.read_text() == "old"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.sql", "taken.sql"]


def test_a_new_file_gets_the_usual_mode(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_text(str(tmp_path / "a.sql"), "x")
    assert (tmp_path / "a.sql").stat().st_mode == (tmp_path / "usual").stat().st_mode
