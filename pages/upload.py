"""上传: the month's files in, a clear result out, and nothing published before a person says so."""

from indicators.model import Text
from ui.upload import builds, decision, results
from ui.upload.desk import open_desk

TITLE = Text("上传报表", "Upload")
SECTION = Text("数据", "Data")
ICON = "✉️"
ORDER = 80

desk = open_desk(TITLE)
results.hand_in(desk)
results.show_results(desk)
decision.decide(desk)
builds.show_builds(desk)
builds.show_profiles(desk)
