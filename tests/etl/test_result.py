"""What an analyst reads when the same thing is wrong in many rows."""

from etl.inspection.result import problem_lines
from etl.problems import Problem
from indicators.model import Text


def test_the_same_problem_is_said_once_with_all_its_rows() -> None:
    month = {"message": Text("年月不对", "Wrong month"), "remedy": Text("核对年月", "Check the month"), "column": "统计月份"}
    problems = [Problem("month", row=row, **month) for row in (2, 3, 4, 9)] + [
        Problem("empty", Text("文件是空的", "Empty"), Text("重新导出", "Export again"))
    ]
    assert problem_lines(problems) == [
        "第2—4、9行 · 列“统计月份” · 年月不对;请核对年月 | Wrong month. Check the month.",
        "文件是空的;请重新导出 | Empty. Export again.",
    ]
