"""`python -m etl.extracts` prints what files may be delivered as the page docs/extracts.md."""

from __future__ import annotations

from etl.contract import Column, Extract
from etl.extracts import extracts

_HEAD = """# Extract types

Made by `make docs` from `etl/extracts/`; not edited by hand.

## 通用要求 What holds for every file

- 文件 file: `.csv`、`.txt`、`.tsv`(UTF-8、GBK/GB18030 或 UTF-16)、`.xlsx`、`.xls`、`.et`、`.ods`。表头上方可有标题行、单位行(前10行内)。
  Text in UTF-8, GBK/GB18030 or UTF-16, and workbooks. Title rows may stand above the header, within the first ten rows.
- 文件名 name: 含类型字样、月份和报送日期,如 `在册吸毒人员_202610_报20261105.csv`、`毒品案件_202601-202610_报20261105.xlsx`;
  同一月份以报送日期最晚的为准;报送日期以文件名为准,表内填报日期可早于它,不得晚于它、跨年或早于所报月份。
  The type, the months covered and the date of reporting; of two files of a month the one reported last counts. The name's date counts; the form's
  own may be earlier, but not later, of another year or before the month reported.
- 列 columns: 顺序不限,列名用下表任一可用表头,一列不少;可另有序号列和空的备注列。
  Any order, all of these columns, one of the accepted headers each; running numbers and an empty column of remarks may stand beside them.
- 代号 key: 6—40位字母、数字或短横,须含字母,不得连号,不得由身份证号直接计算,各月保持一致
  (可由报送单位用自留的密钥生成,如 HMAC-SHA256 后取前16位加字母前缀)。
  6 to 40 letters, digits or dashes, with a letter, no sequence, never computed from an ID alone, the same every month
  (a keyed hash with a secret that the sender keeps will do).
- 年月 months: `2026-10`、`202610`、`2026年10月`、`2026/10`、`2026年十月`、`2026-10-01 00:00:00`。是否 flags: 是/否、1/0、√。
  乡镇 townships: 12位代码或名称,见 `county/townships.geojson`,名称前可冠县名,后可带“办事处”;
  毒品 drugs: `county/drugs.csv` 中的代码、名称或别名 codes, names or aliases.
- 罪名、案由后可带“罪”“案”,括号内可重复同义的名称,如 `甲基苯丙胺(冰毒)`;整数可写作 `5.0`。全角字符视同半角;
  ①、²、* 等附注符号不得写在单元格内,附注写在表下“注:”之后。
  A charge may end in 罪 or 案, and a word may be said again in brackets. Full-width signs count as half-width ones. No footnote marks in cells.
- 合计、小计行可以有,但须与明细相符;表尾只可留“填表人:”等空标签,填了姓名、电话的整份退回。
  CSV文件的表尾可以比表头少几列。
  Totals may stand there where they equal their rows; of a footer only the empty labels: with a name or telephone the whole file is refused.
  In a CSV file a footer may have fewer cells than the header.
- 不得有姓名、证件号、电话、住址等任何个人信息,也不得有填了字的备注列。Nothing that names a person, and no remarks.
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
