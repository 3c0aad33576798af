"""乡镇热点: where cases and current users are, what stands out from the county, and how little most differences mean."""

from indicators.model import Text
from ui import notes, scope, townships

TITLE = Text("乡镇热点", "Townships")
SECTION = Text("打击", "Enforcement")
ICON = "✳️"
ORDER = 50
CHANCE = Text(
    "本页不排名次,按片区和代码排列。经一并检验成立的写“明显”;只超出单项界限的写“可能”,不能据此下结论。这里看两三年合计同全县比,单月见预警清单。",
    "Townships stand in the order of zone and code, never ranked. “Clearly” has passed a test of all townships together; “possibly” has not and "
    "supports no conclusion. Two or three years are compared with the county here; single months are under Early warning.",
)

view = scope.open_page(TITLE)
notes.remark(view, CHANCE)
townships.show_maps(view)
townships.show_what_stands_out(view)
townships.show_tables(view)
