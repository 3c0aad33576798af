"""`python -m etl.extracts` prints what files may be delivered as the page docs/extracts.md."""

from __future__ import annotations

from etl.contract import Column, Extract
from etl.extracts import extracts

_HEAD = """# Extract types

Made by `make docs` from `etl/extracts/`; not edited by hand. Any order of columns, exactly these columns, one of the accepted headers each.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join([_HEAD, *map(_section, extracts().values())])


def _section(extract: Extract) -> str:
    return "\n".join(
        [
            f"## {extract.title.zh} · {extract.title.en} (`{extract.id}`)\n",
            f"{extract.description.zh}。{extract.description.en}.\n",
            f"文件名含 file name holds: {'、'.join(extract.file_words)} · 主键 key: {', '.join(extract.key)} · 期间 period: {extract.period.value}\n",
            "| 列 column | 可用表头 accepted headers | 类型 type | 可空 empty | 说明 description | 代码 codes |",
            "|---|---|---|---|---|---|",
            *map(_row, extract.columns),
            "",
            *(
                f"- 校验 check `{check.rule}`: {check.message.zh} → {check.remedy.zh} / {check.message.en} → {check.remedy.en}"
                for check in extract.checks
            ),
            "",
        ]
    )


def _row(column: Column) -> str:
    codes = ";".join(f"{code.code} {code.title.zh}" + (f"({'、'.join(code.aliases)})" if code.aliases else "") for code in column.codes)
    unit = f"({column.unit.zh})" if column.unit else ""
    description = f"{column.description.zh}{unit} {column.description.en}"
    cells = (column.name, "、".join(column.headers), column.type.value, "是 yes" if column.nullable else "否 no", description, codes or "—")
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


if __name__ == "__main__":
    print(page(), end="")
