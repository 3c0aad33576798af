"""Reading a file again as it was read when it was found in order."""

from __future__ import annotations

from typing import Any

from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.inspection.read import read_file
from etl.inspection.recognise import Months
from etl.inspection.validate import matched_headers, type_columns
from etl.ledger.ledger import LedgerEntry, LedgerError
from etl.mapping import apply as mapping
from etl.mapping import profile as profiles
from etl.mapping.profile import Profile
from etl.reading.table import UnreadableError
from indicators.model import Text


def _span_of(entry: LedgerEntry) -> Months | None:
    return (entry.first_month, entry.last_month) if entry.first_month and entry.last_month else None


def read_again(content: bytes, entry: LedgerEntry, pack: CountyPack, profile: Profile | None = None) -> dict[str, list[Any]]:
    """Read the bytes of a file that was found in order once.

    Args:
        content: The bytes.
        entry: What was found: type, rows and months.
        pack: The county pack.
        profile: The mapping profile by which the file was read, if it was.

    Returns:
        One list of typed values a column of the contract: months as first days, years and counts as int, grams as float, the rest as codes;
        None where the cell is empty.

    Raises:
        LedgerError: If the file is no longer read without a problem, for example because the county pack dropped a code.
    """
    contracts = extracts()
    where = f"{entry.file_name} ({entry.sequence})"
    if entry.extract not in contracts:
        raise LedgerError(Text(f"{where}:没有这一报表类型", f"{where}: there is no such type of extract"))
    extract = contracts[entry.extract]
    try:
        table = read_file(content, entry.suffix, contracts, pack, [profile] if profile else []).table
    except UnreadableError as fault:
        raise LedgerError(Text(f"{where}:{fault.message.zh};{fault.remedy.zh}", f"{where}: {fault.message.en}. {fault.remedy.en}")) from fault
    if table.row_count != entry.row_count:
        message = f"{where}:现在读出{table.row_count}行,入库时为{entry.row_count}行;请重新报送"
        raise LedgerError(Text(message, f"{where} is read as {table.row_count} rows and was accepted with {entry.row_count}; deliver it again"))
    names = tuple(column.name for column in extract.columns)
    if profile is not None:
        table = profiles.with_months(profile, table, _span_of(entry))
        mapped = mapping.apply(profile, table, extract, pack, entry.last_month)
        if mapped.problems:
            raise LedgerError(Text(f"{where}:与入库时的映射方案不再相符", f"{where} no longer fits the profile it was accepted by"))
        table = mapped.table
    if matched_headers(table.header or (), extract) != len(names):
        raise LedgerError(Text(f"{where}:表头与现行模板不符", f"{where}: the header does not fit the template now in force"))
    if table.row_count == 0:
        return {name: [] for name in names}
    columns, faults = type_columns(table, extract, pack)
    for name in names:
        if faults[name]:
            row, rule, _ = faults[name][0]
            header, number, sheet = extract.column(name).header, table.row_number(row), table.sheet_of(row)
            where += f" · {sheet}" if sheet else ""
            raise LedgerError(
                Text(
                    f"{where}:第{number}行·列“{header}”与现行代码表不符({rule});请恢复县域资料包中的代码",
                    f"{where}: row {number}, column {header} no longer fits the code lists ({rule}); restore the code in the county pack",
                )
            )
    return columns
