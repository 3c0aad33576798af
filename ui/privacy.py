"""The parts of the page on the protection of people, in words for leaders and for the public. The rules themselves stand in docs/privacy.md."""

from __future__ import annotations

import pandas
import streamlit

from indicators.model import Text
from ui import cache, notes, words
from ui.cards import card_grid
from ui.view import View

NEVER = Text("这里永远没有", "What is never here")
NEVER_LINES = (
    Text(
        "没有名单,不能查人,没有个人档案、照片、住址和行踪",
        "No list, no search for a person, no file, picture, address or whereabouts of anybody",
    ),
    Text(
        "没有点位图,没有对个人的打分和预测,没有学校、村的排名",
        "No map of points, no score or forecast of a person, no ranking of schools or villages",
    ),
    Text(
        "报表里有姓名、证件号、电话、住址的,整份退回,不留存",
        "A file with a name, identity number, telephone or address is sent back whole and kept nowhere",
    ),
)
HOW = Text("小的人数怎样保护", "How small counts are protected")
HOW_LINES = (
    Text(
        "一个县在册往往只有一两百人,再按片区、年龄、毒品种类分开,每一格常常只有几个人。熟悉情况的人看到“某片区女性1人”,就知道说的是谁",
        "A county has some hundred people on its register; split by zone, age and drug, a cell often holds a few. "
        "Whoever knows the place and reads “women in this zone: 1” knows who is meant",
    ),
    Text(
        "所以小的人数显示“受保护”;能用加减法倒算出它的数,也一并受保护",
        "So a small count is shown as protected, and so is every number from which it could be computed by adding and subtracting",
    ),
    Text(
        "“受保护”不等于“很少”:有的数是为了保护旁边的数才不显示的,大小都有可能,不要猜",
        "Protected does not mean few: some numbers are held back to protect a neighbour and may be of any size. Do not guess",
    ),
    Text(
        "内部版里几项受保护的写一个合计:从全县总数一减就得,写出来不多透露什么;各项是多少仍算不出",
        "Inside, several protected ones have one sum: the county's total less the others gives it anyway, and none of them by itself",
    ),
    Text(
        "分项等变动的人够多了才出新数,免得前后两张表一比就看出是谁进出;变动的原因只按年列,人数少的合并",
        "A split gets new numbers only once enough people have moved, so that two tables side by side do not tell who came or went; "
        "reasons of a change are listed by the year, and small ones stand together",
    ),
)
RELEASES = Text("两个版本", "Two releases")
RELEASE_HEADS = (Text("", ""), Text("内部版", "Internal"), Text("公开版", "Public"))
RELEASE_ROWS = (
    (
        Text("给谁看", "For whom"),
        Text("禁毒委成员,屏幕上看", "Members of the committee, on screen"),
        Text("一切拿出去的材料", "Everything that leaves the office"),
    ),
    (
        Text("显示的人数", "A shown count"),
        Text("精确数", "Exact"),
        Text("5的倍数,与实际相差不超过4,不小于10", "A multiple of 5, within 4 of the truth, never below 10"),
    ),
    (
        Text("不显示的", "Not shown"),
        Text("0—4人,旁边没有别的数可看时0—9人,以及能倒算出它们的数", "0 to 4, 0 to 9 where no number stands beside it, and what gives them away"),
        Text("7人及以下,部分8—9人,以及能倒算出它们的数", "7 and below, some of 8 and 9, and what would give them away"),
    ),
    (
        Text("至少留多大余地", "Room that is left"),
        Text(
            "除合计本身已限定的外,不显示的数可能的范围不窄于5人",
            "Except where a total itself says more, a hidden count may lie anywhere in a range of 5 persons or more",
        ),
        Text("同左,并且看不出“有没有人”", "The same, and nothing tells that there is somebody"),
    ),
)
EXAMPLE = Text("举例:减法为什么算不出来", "An example: why subtraction fails")
EXAMPLE_RULE = Text("数字为说明而编。", "The figures are made up for the example.")
ZONES = (Text("北片区", "North"), Text("中片区", "Middle"), Text("南片区", "South"), Text("全县", "County"))
EXAMPLE_COUNTS = ((30, 10, 40), (22, 8, 30), (37, 3, 40), (89, 21, 110))
"""Men, women and both, zone by zone and for the county."""
STEPS = (
    (
        frozenset({(2, 1)}),
        (3, 3),
        Text(
            "只把南片区女性3人藏起来:40−37=3,一减就出来。",
            "Hiding only the 3 women of the south: 40 - 37 = 3, there they are.",
        ),
    ),
    (
        frozenset({(2, 1), (2, 0)}),
        (3, 3),
        Text(
            "再藏南片区男性:全县女性21−10−8=3,还是出来。", "Hide the men of the south too: 21 women of the county - 10 - 8 = 3, there they are again."
        ),
    ),
    (
        frozenset({(2, 1), (2, 0), (1, 1), (1, 0)}),
        (0, 11),
        Text(
            "把中片区也藏起来:南片区女性从0到11人都说得通,再也算不出。系统就停在这一步,其余的数照常显示。",
            "Hide the middle as well: the women of the south may be anything from 0 to 11, and nothing gives them away. "
            "Here the program stops; all else stays shown.",
        ),
    ),
)
"""What each step hides (zone, sex), the range in which the women of the south then lie, and what is said of it."""
EXAMPLE_HEADS = (Text("片区", "Zone"), Text("男", "Men"), Text("女", "Women"), Text("合计", "Both"))
PROTECTED = Text("受保护", "Protected")
AUDIT = Text("这一版查过没有", "Was this build checked")
AUDIT_LINES = (
    Text(
        "每一版发布之前,都由一个独立的程序当“攻击者”:只看要公布的表,用线性规划把同一时点的各表连在一起倒算;对内部版的期末人数和新发现人数,还假定它知道被隐藏的数中必有小数。只要算出一个,这一版就不发布",
        "Before every build is published an independent program attacks it: it reads what would be published and reckons back over all tables of "
        "a moment at once by linear programming; of internal numbers at period ends and of newly found people it also knows that among hidden ones "
        "there is a small one. If it succeeds once, the build is not published",
    ),
    Text(
        "它还当自己留着历次发布过的每一个数:同一时点前后不同的说法、前后各期的数连起来推算,也不许算出一个人数,不许看出进出的人是什么样的人",
        "It also has every number that was ever in force: what was said of a moment at different times, and one moment after the other, read "
        "together, must give away no count and not tell what those are who came or went",
    ),
)
AUDITED = Text(
    "这一版已通过审计:受保护的数都不能倒算,同历次公布的数连起来也不能",
    "This build passed: nothing protected can be reckoned back, nor with all that was ever published",
)
LIMITS = Text("还防不住的", "What this does not prevent")
LIMIT_LINES = (
    Text(
        "内部版的全县人数逐月精确:某月只进出一两个人时,知道内情的人能同人数的变化对上。所以内部版不要外传",
        "The county's numbers of every month are exact inside: where one or two people come or go, who knows of them can match them with the change. "
        "So it must not be passed on",
    ),
    Text(
        "别处已公布的精确数(年报、通报)会帮人倒算;发布前请用审计命令一并核查",
        "Exact figures published elsewhere help to reckon back; let the audit command look at them together before publishing",
    ),
    Text(
        "本来就知道底细的人,这里的数帮不了他,也瞒不住他",
        "Who knows a person's affairs anyway learns nothing here, and is not kept from knowing",
    ),
)


def show_promise(view: View) -> None:
    """Say what is never there, and why small counts are held back."""
    with card_grid():
        notes.sentences(view, NEVER, [view.say(line) for line in NEVER_LINES])
        notes.sentences(view, HOW, [view.say(line) for line in HOW_LINES])


def show_releases(view: View) -> None:
    """Show both releases side by side."""
    heads = [view.say(head) for head in RELEASE_HEADS]
    notes.whole_table(view.say(RELEASES), pandas.DataFrame([[view.say(cell) for cell in row] for row in RELEASE_ROWS], columns=heads))


def show_example(view: View) -> None:
    """Work through a subtraction that fails, one step a card."""
    notes.section(view, EXAMPLE, EXAMPLE_RULE)
    with card_grid():
        for number, (hidden, _, sentence) in enumerate(STEPS, 1):
            with streamlit.container(border=True, height="stretch", gap="xsmall"):
                streamlit.markdown(f"**{number}** {words.plain(view.say(sentence))}")
                table = example_table(view, hidden)
                streamlit.table(words.plain_table(table), border="horizontal", hide_index=True, alt=view.say(sentence))


def example_table(view: View, hidden: frozenset[tuple[int, int]]) -> pandas.DataFrame:
    """Return the example's table as a reader sees it.

    Args:
        view: The reader.
        hidden: Zone and sex of the cells that are not shown.
    """
    rows = [
        [view.say(zone), *(view.say(PROTECTED) if (place, column) in hidden else str(count) for column, count in enumerate(counts))]
        for place, (zone, counts) in enumerate(zip(ZONES, EXAMPLE_COUNTS, strict=True))
    ]
    return pandas.DataFrame(rows, columns=[view.say(head) for head in EXAMPLE_HEADS])


def show_audit(view: View) -> None:
    """Say what the audit of the build in force found, and what no audit covers."""
    # The build's own sentence is not shown: whatever it counts, it counts inside too.
    is_audited = cache.opened(view.key).was_checked("small_counts")
    lines = [view.say(line) for line in AUDIT_LINES] + ([view.say(AUDITED)] if is_audited else [])
    with card_grid():
        notes.sentences(view, AUDIT, lines)
        notes.sentences(view, LIMITS, [view.say(line) for line in LIMIT_LINES])
