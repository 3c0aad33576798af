"""The parts of the page on method, in words for whoever writes the speech; the formulas stand folded below each."""

from __future__ import annotations

from dataclasses import dataclass

import pandas
import streamlit

from charts import methods
from indicators.model import Text
from ui import notes, words
from ui.cards import card_grid
from ui.view import View

FORMULA = Text("公式", "Formulas")
MADE_UP = Text("例子中的县和数字是编的,判断由本系统的程序算出。", "The county and its figures are made up; the labels come from the program itself.")


@dataclass(frozen=True)
class Part:
    """One card of the page.

    Attributes:
        heading: What it explains.
        lines: Plain sentences.
        formulas: What each formula is of, and the formula in TeX.
    """

    heading: Text
    lines: tuple[Text, ...]
    formulas: tuple[tuple[Text, str], ...] = ()


RANGES = Part(
    Text("可能范围(95%)", "The 95% range"),
    (
        Text(
            "情况不变,每年的起数也不会一模一样。“可能范围”说的是背后真实水平大致在哪里:案件零散发生时,这样算100次,约95次包含真实水平;成批的,范围还要宽些。",
            "Where nothing changes, counts still differ from year to year. The range says where the true level roughly lies: where cases come one by "
            "one, of 100 ranges so computed some 95 hold it; where they come in batches it should be wider.",
        ),
    ),
    (
        (
            Text("起数 O 不足10(精确法)", "A count O below 10, exact"),
            r"\begin{gathered}L=\tfrac12\,\chi^2_{0.025}(2O)\\U=\tfrac12\,\chi^2_{0.975}(2O+2)\end{gathered}",
        ),
        (
            Text("起数 O 为10及以上(Byar 法)", "A count O from 10 on, Byar"),
            r"\begin{gathered}L=O\Bigl(1-\tfrac1{9O}-\tfrac{1.96}{3\sqrt O}\Bigr)^3\\"
            r"U=Q\Bigl(1-\tfrac1{9Q}+\tfrac{1.96}{3\sqrt Q}\Bigr)^3\\Q=O+1\end{gathered}",
        ),
        (
            Text("占比:n 中有 k(Wilson 法)", "A share, k of n, Wilson"),
            r"\begin{gathered}\frac{k+\frac{z^2}2\pm z\sqrt{\frac{k(n-k)}n+\frac{z^2}4}}{n+z^2}\\z=1.96\end{gathered}",
        ),
    ),
)
CHANGES = Part(
    Text("明显上升,还是波动", "A clear rise, or chance"),
    (
        Text(
            "起数上下几起很平常。碰巧差这么多的机会不到5%,而且至少差5起,才写“明显上升”或“明显下降”;否则写“在随机波动范围内”。",
            "A few cases more or fewer are nothing special. Only where chance would bring the difference in less than 5% and it is five cases "
            "at least do we write “clear rise” or “clear fall”; else “within chance”.",
        ),
        Text(
            "两期合计不足6起:数量太少,不作判断。各月起伏本来就大的,判断从严;口径变了的前后两期,不作比较。",
            "Fewer than 6 cases in both periods together: too few to judge. Where the months swing more than chance alone, it is judged more "
            "strictly; over a change of definition nothing is compared.",
        ),
        Text(
            "每个判断单独算:看20个,平均约有1个碰巧写成“明显”;一并检验的见“需要关注”“乡镇热点”和“预警”。占比用精确检验,机会不到5%才写“明显”,一案多人按一案算;在册、现有人员的占比多为同一批人,只列人数,不作检验。",
            "Every judgement is made by itself: of twenty about one says “clear” by chance. Those tested together stand under Needs attention, "
            "Townships and Early warning. A share is tested exactly, with several suspects of a case counted as one. Those registered are mostly the "
            "same people at both times: their shares are told with counts and not tested.",
        ),
        Text(
            "填了专项行动代号的案件不参加判断,写“其中专项行动N起”。代号没填全的,只能靠按三个月一段量出的起伏从严判断,仍可能误作升降:模拟的县里,"
            "三个月的专项行动使案件增到三倍而只标了四成代号,近12个月有14%—47%被误写成“明显”。1月或2月单月受春节影响,不判断。",
            "Cases with the code of a campaign are left out of the judgement and said apart. Where codes are missing only the unrest of three-month "
            "blocks makes it stricter: of simulated counties with a campaign of three times the cases, four in ten of them coded, 14–47 % were "
            "wrongly said to have changed over twelve months. A single January or February is not judged, because the Spring Festival moves.",
        ),
    ),
    (
        (
            Text(
                "本期 a 起、T 天,对比期 b 起、S 天;p 最多为1,不到0.05才算碰巧难得一见",
                "a cases in T days, b in the S days compared with; p is at most 1, and below 0.05 it is rare by chance",
            ),
            r"\begin{gathered}p=2\min[P(X\le a),\,P(X\ge a)]\\X\sim B\bigl(a+b,\;\tfrac{T}{T+S}\bigr)\end{gathered}",
        ),
        (Text("至少差5起", "Five cases at least"), r"\bigl|\,a-b\,T/S\,\bigr|\ge 5"),
        (
            Text(
                "再按三个月一段的方差与均值之比(φ,至少1;自由度 f)算一次,取较大的 p",
                "Again with variance over mean of three-month blocks (φ, at least 1; f degrees of freedom): the larger of both p",
            ),
            r"\begin{gathered}p=2\,T_f\bigl(-|x|/\sqrt v\bigr)\\x=\ln\frac{a\,S}{b\,T}\qquad v=\phi\bigl(\tfrac1a+\tfrac1b\bigr)\end{gathered}",
        ),
    ),
)
HABITS = Part(
    Text("百分比、环比、没过完的月份", "Percentages, last month, unfinished months"),
    (
        Text(
            "上年同期不足20起,不报百分比,只写“由3起增至5起”;上年同期没有的,写“上年同期为0”。",
            "On fewer than 20 cases a year before no percentage is given, only “up from 3 to 5”; where there were none, that is what it says.",
        ),
        Text(
            "环比(比上月)列出来,但不判断:长短、节假日、专项行动都会让它变。",
            "The change on the month before is shown and never judged: its length, holidays and campaigns all move it.",
        ),
        Text(
            "没过完、还会补录的月份标“初步”,不参加任何判断。",
            "Months that are not over or still get late entries are marked provisional, and no judgement uses them.",
        ),
    ),
)
TOWNSHIPS = Part(
    Text("哪个乡镇偏高", "Which township is high"),
    (
        Text(
            "把24—36个月(数据不足两年的,12个月)合在一起,按常住人口折算,每个乡镇同全县其余地方比。",
            "Twenty-four to thirty-six months (twelve where there are not two years) are taken together, per resident, and each township is compared "
            "with the rest of the county.",
        ),
        Text(
            "明显偏高:超出漏斗图的细线(双侧95%),且所有乡镇一并检验后仍然成立;只因某一个月成立的,写明起数和月份,不上标题。"
            "可能偏高:只超出细线,先留意,不能据此下结论。",
            "Clearly high: beyond the funnel's thin line (two-sided 95%), and it stands after all townships were looked at; where it stands because "
            "of one month alone, that month is named and there is no headline. "
            "Possibly high: only beyond the thin line; keep an eye on it, it supports no conclusion.",
        ),
        Text(
            "与全县无明显差异:没有超出偶然。数量太少:不足5起(偏低看应有的起数)或常住人口不足1000人,不判断。",
            "No clear difference: within chance. Too few: fewer than 5 cases (for low: expected) or 1,000 residents, not judged.",
        ),
        Text(
            "地图颜色是平滑后相当于全县的几倍,分档固定不变:起数少的乡镇向全县水平靠拢,不会忽深忽浅。画斜线的不足10起,不稳定。",
            "The map's colour is the smoothed rate as a multiple of the county's, in classes that never change: a township with few cases is "
            "drawn towards the county. "
            "Hatched: fewer than 10 cases, not stable.",
        ),
    ),
    (
        (
            Text("乡镇 O 起、n 人,全县 C 起、N 人", "O cases and n residents, of C and N in the county"),
            r"\begin{gathered}p=P(X>O)+\tfrac12P(X=O)\\X\sim B\bigl(C,\;\tfrac nN\bigr)\end{gathered}",
        ),
        (
            Text(
                "m 个乡镇一并检验(Benjamini–Hochberg,偏高4%,偏低以 1−p 按1%):把 p 从小到大排,到最后一个满足下式的为止",
                "All m townships at once, Benjamini and Hochberg, high at 4%, low by 1-p at 1%: up to the last p, in ascending order, that satisfies",
            ),
            r"p_{(k)}\le 0.04\,k/m",
        ),
        (
            Text("偶然范围:期望 E 的泊松分布", "The limits of chance, Poisson of mean E"),
            r"\begin{gathered}E=C\,\tfrac nN\\\text{99.8\%: }F^{-1}_E(0.001)\ldots F^{-1}_E(0.999)\\\text{97.5\%: }F^{-1}_E(0.975)\end{gathered}",
        ),
        (
            Text(
                "平滑(经验贝叶斯,Marshall);A 为0时都取全县水平 m", "Smoothed, empirical Bayes (Marshall); where A is 0 all have the county's rate m"
            ),
            r"\begin{gathered}\theta=\frac{O+m^2/A}{n+m/A}\qquad m=\frac CN\\"
            r"A=\max\bigl\{0,\;s^2-m/\bar n\bigr\}\\s^2=\sum_i\tfrac{n_i}N\Bigl(\tfrac{O_i}{n_i}-m\Bigr)^2\end{gathered}",
        ),
    ),
)
CLUSTERS = Part(
    Text("聚集区", "Clusters"),
    (
        Text(
            "从每个乡镇往外画圈,找合起来最突出的一片;碰巧出现这么突出的一片不到5%,才标为聚集区。案件成批出现的,乡镇和聚集区都判断从严。",
            "Circles are drawn around every township to find the area that stands out most; it is called a cluster only where chance brings one "
            "as striking on less than 5% of maps. Where cases come in batches, townships and clusters are judged more strictly.",
        ),
        Text(
            "说的是一片,不是里面每个乡镇都高。一片最多占全县常住人口的35%。",
            "It is said of the area, not of each township in it. An area holds at most 35% of the county's residents.",
        ),
    ),
    (
        (
            Text("圈内 c 起,按人口应有 E 起,全县 C 起(Kulldorff)", "c cases inside, E to be expected of its residents, C in the county (Kulldorff)"),
            r"\begin{gathered}\mathrm{LLR}=c\ln\frac cE+(C-c)\ln\frac{C-c}{C-E}\\c>E\end{gathered}",
        ),
        (
            Text("把全部案件按人口随机撒999次,各取最突出的一片", "All cases thrown on the map by residents 999 times, the best circle of each"),
            r"p=\frac{1+\#\{\mathrm{LLR}_{\mathrm{sim}}\ge\mathrm{LLR}\}}{1+999}",
        ),
    ),
)
WARNINGS = Part(
    Text("预警", "Warnings"),
    (
        Text(
            "最近一个完整月份、近三个月合计,同往年同期或前三年比,多出偶然范围才提示;不足3起不提示。月份太小、不作分项的,按季度看。",
            "The latest complete month, and the last three together, are compared with the same time of earlier years, or the last three years; only "
            "what exceeds chance is reported, and never fewer than 3 cases. What is too small to be split by month is watched by quarter.",
        ),
        Text(
            "全县各项和各乡镇一并检验:情况没变的话,100个月里最多1个月有误报(案件成批的可能多一倍)。单看超出、一并检验不成立的,写“单看超出,合看不作预警”。",
            "The county's lines and all townships are looked at together: where nothing changes, at most one month in a hundred has a false alarm, "
            "twice as many where cases come in batches. What is above its own limit only is called “above alone, no warning among all”.",
        ),
        Text(
            "预警是信号,要去核实:是不是专项行动、集中补录。它不是结论。",
            "A warning is a signal to be checked: was it a campaign, were cases entered late? It is not a conclusion.",
        ),
    ),
    (
        (
            Text(
                "每月10起以内,或不足四年(伽马–泊松):k 个可比月份共 S 起,本月 c 起;历史忽高忽低的,界限放宽",
                "Up to ten a month or less than four years, gamma–Poisson: S cases in k like months, c in this one; wider where the past is restless",
            ),
            r"\begin{gathered}p=P(X\ge c)\\X\sim\mathrm{NB}\bigl(S+\tfrac12,\;\tfrac{k}{k+1}\bigr)\end{gathered}",
        ),
        (
            Text(
                "每月10起以上,或5起以上而忽高忽低的(Farrington 灵活法):前4年回归,往年的高峰减轻分量",
                "Above ten, or above five where restless, Farrington Flexible: four years, past peaks weighted down",
            ),
            r"\begin{gathered}\ln\mu_t=\alpha+\beta t+s_t\\\mathrm{Var}=\phi\,\mu_t,\;\phi\ge1\end{gathered}",
        ),
        (
            Text(
                "全县各项、各部分两组,各按 α 把关;F 是情况没变时 p 值不超过某数的概率(起数少,p 值只有几档)",
                "Lines of the county and their parts, each cut at its α; F is how likely a p value is at most so small (few cases have few p values)",
            ),
            rf"\begin{{gathered}}\textstyle\sum_j F_j(p_{{(k)}})\le\alpha k\\\alpha={methods.OF_LINES:g},\;{methods.OF_PARTS:g}\end{{gathered}}",
        ),
    ),
)
TRENDS = Part(
    Text("趋势", "Trends"),
    (
        Text(
            "看逐月的数,扣除季节,也算上它自身的起伏,得出每年升降百分之几和它的范围;范围跨过0,就不说有升降。",
            "From months, with the season taken out and the series' own unrest taken in, comes the change in percent a year with its range; "
            "where the range holds 0, no rise or fall is claimed.",
        ),
        Text(
            "至少2年、20起。口径变了,前后不连在一起算;填了专项行动代号的案件不计。",
            "It takes two years and 20 cases. No trend is drawn over a change of definition, and cases with the code of a campaign are left out.",
        ),
        Text(
            "满3年的,还看走势有没有拐弯:先升后平、先升后降的,分前期、近期写。水平一次跳变的,不读作趋势,在“数据质量”里问是不是统计口径变化。",
            "From three years on a bend is looked for: what rose and then stayed or fell is said in two parts. A level that jumps once is not read "
            "as a trend; Data quality asks whether it is counted differently.",
        ),
    ),
    (
        (
            Text(
                "t 以年计,d 为当月天数乘常住人口;案件多的五年数列,季节按十二个月各算;每年变化及范围取自 β(t 分布)",
                "t in years, d days times residents; long series of many cases have a level for each month; change and range from β (Student's t)",
            ),
            r"\begin{gathered}\ln\mu_t=\ln d_t+\alpha+\beta t+s_t\\s_t=\gamma\sin2\pi t+\delta\cos2\pi t\\"
            r"\mathrm{Var}=\phi\,\mu_t,\;\phi\ge1\\100\,(e^{\beta}-1)\,\%\end{gathered}",
        ),
    ),
)
LIMITS = Part(
    Text("这些数不能说明什么", "What the numbers cannot say"),
    (
        Text(
            "“未发现”不等于“没有”。起数少的时候,翻一番也可能看不出来。",
            "Not found is not the same as not there. Where cases are few, even twice as many may go unnoticed.",
        ),
        Text(
            "案件和登记的数,反映查了多少、登记了多少,不等于有多少人吸毒。查得多,数就高。",
            "Cases and registrations tell how much was looked for and written down, not how many people use drugs. More policing, more cases.",
        ),
        Text("比较只说有没有差别,不说为什么。", "A comparison says whether there is a difference, never why."),
        Text(
            "人口用常住人口,外来流动人员不在其内;乡镇按发案地算。",
            "Residents are the denominator, without people passing through; a case counts where it happened.",
        ),
    ),
)
PARTS = (RANGES, CHANGES, HABITS, TOWNSHIPS, CLUSTERS, WARNINGS, TRENDS, LIMITS)


def show_counts(view: View) -> None:
    """Explain ranges, changes and the habits of wording."""
    with card_grid():
        _card(view, RANGES, [methods.range_example(view.voice)])
        _card(view, HABITS)
        _card(view, CHANGES, [methods.change_example(view.voice)])
        notes.whole_table(view.say(Text("多少才算明显上升", "What a clear rise takes")), methods.clear_rises(view.voice))


def show_places(view: View) -> None:
    """Explain levels, colours and clusters, with a made-up county."""
    with card_grid():
        _card(view, TOWNSHIPS)
        _card(view, CLUSTERS)
    table, sentences = methods.township_table(view.voice), methods.township_sentences(view.voice)
    _example(view, Text("举例:一个县的七个乡", "An example: a county of seven townships"), table, sentences)


def show_months(view: View) -> None:
    """Explain warnings and trends."""
    with card_grid():
        _card(view, WARNINGS)
        _card(view, TRENDS)


def show_limits(view: View) -> None:
    """Say what none of it can say."""
    notes.sentences(view, LIMITS.heading, [view.say(line) for line in LIMITS.lines])


def _card(view: View, part: Part, examples: list[str] | None = None) -> None:
    with streamlit.container(border=True, height="stretch", gap="xsmall"):
        streamlit.header(view.say(part.heading), anchor=False)
        streamlit.markdown("\n".join(f"- {words.plain(line)}" for line in [*map(view.say, part.lines), *(examples or [])]))
        if part.formulas:
            with streamlit.expander(view.say(FORMULA)):
                for of_what, formula in part.formulas:
                    streamlit.caption(words.plain(view.say(of_what)))
                    streamlit.latex(formula)


def _example(view: View, heading: Text, table: pandas.DataFrame, sentences: list[str]) -> None:
    with streamlit.container(border=True, gap="xsmall"):
        streamlit.header(view.say(heading), anchor=False)
        notes.aside(view.say(MADE_UP))
        streamlit.table(words.plain_table(table), border="horizontal", hide_index=True, alt=view.say(heading))
        streamlit.markdown("\n".join(f"- {words.plain(sentence)}" for sentence in sentences))
