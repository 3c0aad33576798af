"""上传: the month's files in, a clear verdict out, and nothing published before a person says so."""

from indicators.model import Text
from ui import upload

TITLE = Text("上传报表", "Upload")
SECTION = Text("数据", "Data")
ICON = "✉️"
ORDER = 80

desk = upload.open_desk(TITLE)
upload.hand_in(desk)
upload.show_verdicts(desk)
upload.decide(desk)
upload.show_builds(desk)
