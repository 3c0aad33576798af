"""What a person is told when the disk, the memory or a permission stands in the way: one sentence, where, and what to do.

The system's own English words are never shown, nor a path: a file's name may identify somebody.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from pathlib import Path

from indicators.model import Text

_NOTHING_LOST = Text("已入库的文件和已发布的版本不受影响", "accepted files and the build in force are not affected")
_FULL = Text("磁盘已满", "is full"), Text("请清理出空间", "Free some space")
_FORBIDDEN = Text("没有写入或读取权限", "may not be written or read"), Text("请系统管理员授予本账号权限", "Ask for the permission for this account")
_READ_ONLY = Text("是只读的", "is read-only"), Text("请系统管理员改为可写", "Have it made writable")
_BROKEN = Text("磁盘读写出错", "gave a read or write error"), Text("请检查磁盘和连接,必要时换盘", "Check the disk and its connection")
_QUOTA = Text("超出本账号的磁盘配额", "has no quota left for this account"), Text("请清理文件或调高配额", "Remove files or raise the quota")
_TOO_LARGE = (
    Text("单个文件超出系统允许的大小", "may not hold a file of this size"),
    Text("请系统管理员放宽文件大小限制", "Raise the limit of file sizes"),
)
_MISSING = (
    Text("找不到所需的文件或文件夹", "lacks a file or folder"),
    Text("请核对路径,确认没有被移走或改名", "Check the path and that nothing was moved"),
)
_IN_USE = Text("文件正被其他程序占用", "holds a file in use by another program"), Text("请关闭占用它的程序", "Close the program that uses it")
_LINKS = Text("路径中的链接互相指向", "is reached through links that point at each other"), Text("请改正链接", "Mend the links")
_HANDLES = (
    Text("打开的文件过多", "cannot open more files"),
    Text("请关闭其他程序,或调高可打开文件数", "Close other programs or raise the limit of open files"),
)
_NOT_FOLDER = Text("路径中有一段不是文件夹", "has a file where a folder should be"), Text("请改正路径", "Mend the path")
_OTHER = Text("读写没有成功", "could not be read or written"), Text("请系统管理员检查磁盘和权限", "Have disk and permissions checked")
_WORDS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _QUOTA,
    errno.EFBIG: _TOO_LARGE,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: _READ_ONLY,
    errno.EIO: _BROKEN,
    errno.ENXIO: _BROKEN,
    errno.ESTALE: _BROKEN,
    errno.ENOENT: _MISSING,
    errno.ENOTDIR: _NOT_FOLDER,
    errno.EISDIR: _NOT_FOLDER,
    errno.ETXTBSY: _IN_USE,
    errno.EBUSY: _IN_USE,
    errno.ELOOP: _LINKS,
    errno.EMFILE: _HANDLES,
    errno.ENFILE: _HANDLES,
}
_NO_TEMPORARY_FOLDER = "No usable temporary directory"  # how Python words it
_NEARLY_FULL = 1 << 20  # bytes
_DATA = Text("数据文件夹", "The data folder")
_TEMPORARY = Text("临时文件夹", "The temporary folder")
_ELSEWHERE = Text("报送文件、资料包或密钥所在的文件夹", "The folder of the delivered file, the county pack or the key")
# The database's own name for it, and what is seen where the system ended a process for want of memory.
_MEMORY = {"OutOfMemoryException", "BrokenProcessPool"}


def words(error: Exception, data: Path | None = None) -> Text | None:
    """Say what stood in the way, in which folder, and what to do.

    Args:
        error: An OSError, a MemoryError, or the database's error on writing.
        data: The data folder, so that it can be told from the temporary one.

    Returns:
        The sentence without its full stop; None where the error has another cause.
    """
    if isinstance(error, MemoryError) or type(error).__name__ in _MEMORY:
        return Text(
            f"内存不足,本次没有完成;{_NOTHING_LOST.zh}。请关闭其他程序后重新运行",
            f"Out of memory, the run was not finished; {_NOTHING_LOST.en}. Close other programs and run it again",
        )
    code = error.errno if isinstance(error, OSError) else _code_in(error)
    if code is None and not isinstance(error, OSError):
        return None
    is_temporary = isinstance(error, OSError) and _NO_TEMPORARY_FOLDER in str(error.strerror)
    folder = _TEMPORARY if is_temporary else _folder(error, code, data)
    fault, remedy = _FULL if is_temporary else _WORDS.get(code or 0, _OTHER)
    return Text(
        f"{folder.zh}{fault.zh},本次没有完成;{_NOTHING_LOST.zh}。{remedy.zh},再重新运行",
        f"{folder.en} {fault.en}, the run was not finished; {_NOTHING_LOST.en}. {remedy.en}, then run it again",
    )


def _code_in(error: Exception) -> int | None:
    """Return the system's error number behind an error of the database, which carries only its text."""
    if not type(error).__module__.startswith(("duckdb", "_duckdb")):
        return None
    text = str(error)
    return next((code for code in _WORDS if os.strerror(code) in text), None)


def _folder(error: Exception, code: int | None, data: Path | None) -> Text:
    place = error.filename if isinstance(error, OSError) else None
    if not isinstance(place, str | bytes):
        return _TEMPORARY if code == errno.ENOSPC and _is_full(_temporary()) and not (data and _is_full(data)) else _DATA
    path = Path(os.fsdecode(place)).absolute()
    if data is not None and path.is_relative_to(data.absolute()):
        return _DATA
    return _TEMPORARY if path.is_relative_to(_temporary()) else _ELSEWHERE


def _temporary() -> Path:
    return Path(tempfile.tempdir or os.environ.get("TMPDIR") or "/tmp").absolute()  # noqa: S108 (named, not written to)


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _NEARLY_FULL
    except OSError:
        return False
