"""The identifiers of people that can stand in one text, each with its detector, however the text is written.

A text is judged in several spellings: as written, without the spacing inside numbers, with Chinese numerals as digits, with letters
that look like digits as digits. The detectors stand in one table so that each can be tested alone.

Source: GB 11643-1999 (identity numbers: form, date, check digit), GB/T 2260 (province codes), ISO/IEC 7812-1 (Luhn check of card
numbers), GA 36-2018 (number plates).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from etl.clock import today
from indicators.model import Text

LONGEST_CELL = 60
LONGEST_TITLE = 120
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_PROVINCES = frozenset(map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83)))
_PLATE_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
# The hundred commonest surnames, which nine in ten people bear, then some of the next hundred.
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付"
    "方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶"
    "解牟艾尤阳穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂佟应臧闵苟邬边卞姬师仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝刀普岩玉"
)
COMPOUND_SURNAMES = frozenset(
    ("欧阳", "上官", "司马", "诸葛", "司徒", "夏侯", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文", "端木")
)
_SPACING = re.compile(r"[\s\-‐‑‒–—―−_.·•・‧∙⋅。/\\'’`]+")
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0f\uffa0]")
# Beyond plain Chinese and ASCII there may be digits of other scripts and signs that nobody sees.
_RARE = re.compile("[^\u0000-\u007e\u00b7\u2010-\u2015\u2022\u2025-\u2027\u3001-\u301f\u4e00-\u9fff]")
_ID_18 = re.compile(r"(?<!\d)(?=(\d{17}[\dXx])(?!\d))")
# At most three letters before it: inside a random hexadecimal key a run of digits means nothing.
_ID_15 = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{0,3}(\d{15})(?![0-9A-Za-z])")
_ID_MISREAD = re.compile(r"(?<![0-9A-Za-z])([0-9OoIil|]{17}[0-9XxOoIil|])(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(?:\+?(?:00)?86)?1[3-9]\d{9}(?![0-9A-Za-z])")
_MOBILE_SPACED = re.compile(r"(?<![0-9A-Za-z])1[3-9]\d[ \-]\d{4}[ \-]?\d{4}(?![0-9A-Za-z])")
_MOBILE_IN_KEY = re.compile(r"[A-Za-z]{1,4}1[3-9]\d{9}[A-Za-z]{0,2}")
_MOBILE_MISREAD = re.compile(r"(?<![0-9A-Za-z])[1Il|][3-9][0-9OoIl|]{9}(?![0-9A-Za-z])")
_LANDLINE = re.compile(
    r"(?<![0-9A-Za-z-])(?:\(0\d{2,3}\)[- ]?|0\d{2,3}[-–—− ])[2-8]\d{6,7}(?![0-9A-Za-z-])|(?<![0-9A-Za-z.-])0[1-9]\d{1,2}[2-8]\d{7}(?![0-9A-Za-z.-])"
)
_CARD = re.compile(
    r"(?<![0-9A-Za-z])[A-Za-z]{0,3}(62\d{14,17}|6[0-15-9]\d{14}|4\d{15}|5\d{15}|35\d{14}|3[47]\d{13}|6[089]\d{15,17}|9558\d{15})(?![0-9A-Za-z])"
)
_PLATE = re.compile(rf"[{_PLATE_PROVINCES}][A-HJ-NP-Za-hj-np-z][A-HJ-NP-Za-hj-np-z0-9]{{4,5}}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳](?![A-Za-z0-9])")
_EMAIL = re.compile(r"(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{2,}@[A-Za-z0-9-]+\.[A-Za-z0-9.-]*[A-Za-z]{2}")
# Passports, passes to Hong Kong and Macao (C, W, H, M), to Taiwan (L, T): a letter and eight digits, or two letters and seven.
_PASSPORT = re.compile(r"(?<![0-9A-Za-z-])(?:[EGDSPCWLTHM]\d{8}|[HM]\d{10}|[EC][A-Z]\d{7})(?![0-9A-Za-z-])", re.IGNORECASE)
_CASE_NUMBER = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]\d{22}(?!\d)")
_DOCUMENT_NUMBER = re.compile(r"[〔\[(]20\d\d[〕\])](.{0,12}?)\d+号")
_ISSUER = re.compile(r"[^\s::,,;;。]{0,20}$")
_OF_A_CASE = re.compile("[立决罚戒拘捕诉鉴刑行民案检判侦押传收释延撤移赔复裁执]")
_OF_THE_FORM = re.compile("国统|统制|统计局|统字|[办政发]发$|办字?$|委发$")
_NUMBER_OF_FORM = re.compile("(?:批准|备案|制定|文件|表)?(?:文号|编号)|批准机关|制定机关|依据|根据")
_CASE_NAME = re.compile(
    r"([\u4e00-\u9fff]{2,4})(?:[、,,][\u4e00-\u9fff]{2,4}?)*(?:等.{0,4}人)?(?:涉嫌)?(?:走私|贩卖|运输|制造|非法持有|容留|引诱|吸毒|吸食).{0,16}案"
)
_CHAT = re.compile(
    r"(?:微信|v信)(?:号码?|id)?\s*(?:[::]|为|是)?\s*[a-z0-9_-]{5,}"
    r"|(?<![a-z0-9])(?:wechat|weixin|wx|vx)(?:号码?|id)?\s*(?:[::\s]|为|是|(?<=号))\s*[a-z0-9_-]{5,}"
    r"|(?<![a-z0-9])wxid_[a-z0-9]{4,}|(?<![a-z0-9])qq(?:号码?)?\s*(?:[::]|为|是)?\s*[1-9]\d{4,}",
    re.IGNORECASE,
)
_SCIENTIFIC = re.compile(r"(?<![0-9A-Za-z.-])(?:[1-9](?:\.\d+)?[Ee]\+?1[4-8]|1\.[3-9]\d*[Ee]\+?10)(?![0-9A-Za-z-])")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3}){3,}")
_ADDRESS_STEP = re.compile(r"[\u4e00-\u9fff0-9A-Za-z]{1,8}?(省|自治区|市|州|县|区|镇|乡|街道|社区|村|组|路|街|巷|弄|号|栋|幢|单元|室)")
_ADDRESS_FINE = frozenset(("村", "组", "路", "街", "巷", "弄", "号", "栋", "幢", "单元", "室"))
_ADDRESS_END = re.compile(
    r"(?:村|社区|寨|屯|庄)[\u4e00-\u9fff]{0,4}?第?[\d一二三四五六七八九十]{1,3}(?:组|队|户|号)|[路街巷弄]\d{1,4}号|大道\d{1,4}号"
    r"|(?:小区|苑|花园|公寓|宿舍|家园)\d{1,3}(?:栋|幢|号|单元)|\d{1,3}(?:栋|幢)\d{0,2}(?:单元)?\d{2,4}室?"
)
_LABEL = (
    r"(?:姓名|曾用名|绰号|别名|户主|联系人|填表人|填报人|审核人|制表人|经办人|负责人|责任民警|主办民警|民警|管控人|帮扶人|监护人|家属|专干|社工"
    r"|联系电话|电话|手机号?码?|微信号?|身份证号?码?|证件号码?|家庭住址|现住址|住址|地址|出生日期|出生年月日)"
)
# What follows a label may be empty, the next label, or the place for a signature.
_LABELLED = re.compile(
    _LABEL
    + r"(?:\([^()]{1,6}\))?\s*[::][\s_/—-]*(?!"
    + _LABEL[3:-1]
    + r"|填|审|制|报|统计|分管|主管|部门|科室|批准|复核|校对|日期|时间|单位|签|盖|公章|年|月|无\s*$|\()[\u4e00-\u9fffA-Za-z0-9]"
)
_SIGNED = re.compile(r"(?:户主|联系人|填表人|填报人|审核人|制表人|经办人|负责人|管控人|帮扶人|监护人)\s*([\u4e00-\u9fff]{2,3})(?![\u4e00-\u9fff])")
_SIGNED_BRIEFLY = re.compile(
    r"(?:制表|审核|复核|填表|填报|经办|审批|签发|校对|录入)(?:人|员|者)?(?:\([^()]{1,6}\))?\s*[::]?\s*([\u4e00-\u9fff]{2,4})(?![\u4e00-\u9fff])"
)
_VOUCHED = re.compile(
    r"([\u4e00-\u9fff]{2,})(?<!同志)(?<![科局所队]长)(?<!主任)(?:同志|[科局所队]长|主任|警官|民警)?已?(?:核实|核对|确认|反馈|证实|回复|同意|答复|来电)"
)
_WORDS_LIKE_NAMES = frozenset(
    (
        *("单位", "方式", "方法", "程序", "任务", "项目", "季度", "司法所", "管理员", "党委", "党组", "农业", "农村", "边境", "符合", "尚未"),
        *("安排", "包括", "金额", "时间", "于本月", "于上月", "于当月", "于昨日", "于今日", "于近日", "于日前", "任何", "何人", "何时", "全部"),
        *("关于", "平台", "成员", "支队", "简报", "简要", "明细", "应予", "应当", "温馨", "易制毒", "金三角", "文件", "文字", "连续"),
        *("江苏", "云南", "贵州", "广西", "湖北"),
    )
)
_ENDS_OF_OTHERS = tuple("村镇乡县市区街组社局委办院会站队所科部厂店馆校室处司位务据件案前后")
_CALLED = re.compile(r"(?:电话|手机|传真)号?码?\s*\d{7}|(?:绰号|外号)\s*[::]?\s*[\u4e00-\u9fff]")
_MASKED = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff])(某(?!某?[县市省州区镇乡村街])|[×*○〇xX]{1,2}(?![\u4e00-\u9fff0-9A-Za-z.]))")
_NAMED = re.compile(
    r"([\u4e00-\u9fff]{2,4})\s*[((](?:(?:19|20)\d\d年生|在册|已?死亡|失控|在控|社区戒毒|社区康复|强戒|强制隔离戒毒|服刑|在押|男|女|已?戒断|外出)[,,))]"
)
_BORN = re.compile(
    r"(?:出生|生日|生于)[^\d]{0,6}(?:19|20)\d\d\D?\d{1,2}\D?\d{1,2}|(?:19|20)\d\d[年.\-/]\d{1,2}[月.\-/]\d{1,2}日?(?:出生|生(?![\u4e00-\u9fff]))"
)
_LONGITUDE, _LATITUDE = r"(?:7[3-9]|[89]\d|1[0-2]\d|13[0-5])\.\d{4,8}", r"(?:[3-9]|[1-4]\d|5[0-3])\.\d{4,8}"
_GAP = r"\s*[°EN东北经纬]*\s*[,,;;/、|\s]\s*[东北经纬EN::]*\s*"
_COORDINATES = re.compile(
    rf"(?<![\d.])(?:{_LONGITUDE}{_GAP}{_LATITUDE}|{_LATITUDE}{_GAP}{_LONGITUDE})(?![\d.])|\d{{2,3}}°\s*\d{{1,2}}[′'’]|[东北][经纬]\D?\d{{1,3}}[.°]\d|[经纬]度\D{{0,3}}\d{{1,3}}\.\d{{3}}"
)
DOCUMENT_NUMBER = "document_number"
_NUMERALS = str.maketrans("〇○零一二三四五六七八九壹贰叁肆伍陆柒捌玖两幺弌弍弎", "00012345678912345678921123")
_NUMERAL_RUN = re.compile(r"[〇○零一二三四五六七八九壹贰叁肆伍陆柒捌玖两幺0-9Xx]{11,}")
_LOOKALIKES = str.maketrans("OoIil|", "001111")
_CROSSES = str.maketrans("ХхΧχ×✕", "XXXXXX")
_MAY_MATTER = re.compile(r"@|(?:[\dOoIl|][\s\-_./,']*){8}|\d[Ee]\+?1\d|[A-Za-z]\d{7}|0\d{2,3}[- )]\s?\d{5}|\d\.\d{4}|[qQ]{2}|[wWvV][xXeE]")


@dataclass(frozen=True)
class Spellings:
    """The ways in which one text may be meant.

    Attributes:
        plain: Without full-width forms and invisible characters.
        bare: Also without spaces, dashes and dots.
        digits: Other spellings of whole numbers: numerals and look-alike letters as digits; most texts have none.
    """

    plain: str
    bare: str
    digits: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every spelling."""
        return (self.bare, self.plain, *self.digits)


@dataclass(frozen=True)
class Detector:
    """One kind of identifier found in the text of a cell."""

    rule: str
    title: Text
    finds: Callable[[Spellings], bool]


def is_id_number(digits: str) -> bool:
    """Say whether 18 characters are an identity number: a real date, and a right check digit or a province code.

    Either of the two is enough beside the date, because a number with one wrong digit still leads to its owner.
    """
    return is_day(digits[6:14]) and (_has_check_digit(digits) or digits[:2] in _PROVINCES)


def is_whole_id_number(digits: str) -> bool:
    """Say whether 18 characters are an identity number in every respect; for numbers put together from several cells."""
    return len(digits) == 18 and is_day(digits[6:14]) and _has_check_digit(digits) and digits[:2] in _PROVINCES


def is_id_number_15(digits: str) -> bool:
    """Say whether 15 digits are an identity number of before 1999: they have no check digit."""
    return digits[:2] in _PROVINCES and is_day("19" + digits[6:12])


def is_mobile(digits: str) -> bool:
    """Say whether 11 digits are a mobile number."""
    return len(digits) == 11 and digits[0] == "1" and digits[1] in "3456789"


def is_card(digits: str) -> bool:
    """Say whether digits are a card number: a length and beginning in use, and the Luhn check."""
    return _CARD.fullmatch(digits) is not None and _has_luhn_digit(digits)


def _has_check_digit(digits: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return _CHECK_DIGITS[total % 11] == digits[17].upper()


def is_day(digits: str) -> bool:
    """Say whether eight digits are a day of the past."""
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return 1800 <= day.year <= today().year


def _has_luhn_digit(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def reads_as_name(text: str) -> bool:
    """Say whether a text where a name may stand is one: it begins like a name, and is no office and no word of forms."""
    return is_name(text) and text not in _WORDS_LIKE_NAMES and not text.endswith(_ENDS_OF_OTHERS)


def names_who_vouches(sentence: str) -> bool:
    """Say whether a sentence tells by name who confirmed something.

    Names are written without a space before the word, so the last two and three characters before it are tried.
    """
    return any(reads_as_name(before[-length:]) for before in _VOUCHED.findall(visible(sentence)) for length in (2, 3) if length <= len(before))


def is_name(text: str) -> bool:
    """Say whether a text of two to four characters begins like the name of a person."""
    if text[:2] in COMPOUND_SURNAMES:
        return 3 <= len(text) <= 4
    return 2 <= len(text) <= 3 and text[0] in SURNAMES


def _is_address(text: str) -> bool:
    if _ADDRESS_END.search(text):
        return True
    steps = _ADDRESS_STEP.findall(text)
    # The head of a form counts numbers only: 表号, 文号, 12号.
    return len(steps) >= 3 and len(set(steps)) > 1 and any(step in _ADDRESS_FINE for step in steps)


def _has_identity_number(cell: Spellings) -> bool:
    if any(is_id_number(run) for text in cell.all for run in _ID_18.findall(text)):
        return True
    misread = [run.translate(_LOOKALIKES) for text in (cell.bare, cell.plain) for run in _ID_MISREAD.findall(text)]
    return any(run[:17].isdigit() and is_id_number(run) for run in misread)


def _has_mobile(cell: Spellings) -> bool:
    if any(_MOBILE.search(text) or _MOBILE_IN_KEY.fullmatch(text) for text in cell.all) or _MOBILE_SPACED.search(cell.plain):
        return True
    misread = [run[0] for text in (cell.bare, cell.plain) if (run := _MOBILE_MISREAD.search(text))]
    return any(sum(sign.isdigit() for sign in run) >= 7 for run in misread)


def _has_masked_name(text: str) -> bool:
    return any(surname in SURNAMES for surname, _ in _MASKED.findall(text))


def _has_signature(text: str) -> bool:
    names = _SIGNED.findall(text) + _SIGNED_BRIEFLY.findall(text)
    return bool(_LABELLED.search(text) or _CALLED.search(text)) or any(map(reads_as_name, names))


def _has_case_number(text: str) -> bool:
    if _CASE_NUMBER.search(text):
        return True
    return any(_OF_A_CASE.search(issuer + kind) and not _is_of_the_form(issuer) for issuer, kind in _document_numbers(text))


def _has_document_number(text: str) -> bool:
    return not _NUMBER_OF_FORM.search(text) and any(not _is_of_the_form(issuer) for issuer, _ in _document_numbers(text))


def _document_numbers(text: str) -> list[tuple[str, str]]:
    """Return who issued each document named in a text, and the kind of document where it stands behind the year."""
    numbers = _DOCUMENT_NUMBER.finditer(text)
    return [(issuer[0] if (issuer := _ISSUER.search(text[max(0, one.start() - 20) : one.start()])) else "", one[1]) for one in numbers]


def _is_of_the_form(issuer: str) -> bool:
    """Say whether a document number is that of an approval or a circular, by who issued it."""
    return _OF_THE_FORM.search(issuer) is not None


def _is_case_name(text: str) -> bool:
    case = _CASE_NAME.match(text)
    return case is not None and any(is_name(case[1][:length]) for length in range(2, len(case[1]) + 1)) and not text.startswith("金三角")


def _has_named_person(text: str) -> bool:
    return any(is_name(name) for name in _NAMED.findall(text))


DETECTORS: tuple[Detector, ...] = (
    Detector("id_number", Text("身份证号码", "an identity number"), _has_identity_number),
    Detector(
        "id_number_15",
        Text("15位身份证号码", "a 15-digit identity number"),
        lambda cell: any(is_id_number_15(run) for text in cell.all for run in _ID_15.findall(text)),
    ),
    Detector("mobile", Text("手机号码", "a mobile number"), _has_mobile),
    Detector("landline", Text("固定电话号码", "a telephone number"), lambda cell: _LANDLINE.search(cell.plain) is not None),
    Detector(
        "bank_card",
        Text("银行卡号", "a bank card number"),
        lambda cell: any(_has_luhn_digit(run) for text in cell.all for run in _CARD.findall(text)),
    ),
    Detector("plate", Text("车牌号", "a number plate"), lambda cell: any(_PLATE.search(text) for text in (cell.bare, cell.plain))),
    Detector("email", Text("电子邮箱", "an e-mail address"), lambda cell: "@" in cell.plain and _EMAIL.search(cell.plain) is not None),
    Detector(
        "passport",
        Text("护照或通行证号码", "the number of a passport or travel permit"),
        lambda cell: _PASSPORT.search(cell.plain) is not None or _PASSPORT.fullmatch(cell.bare) is not None,
    ),
    Detector("case_number", Text("案件或文书编号", "the number of a case or its documents"), lambda cell: _has_case_number(cell.plain)),
    Detector(DOCUMENT_NUMBER, Text("文书编号", "the number of a document"), lambda cell: _has_document_number(cell.plain)),
    Detector("case_name", Text("含人名的案件名称", "the name of a case, which names a person"), lambda cell: _is_case_name(cell.bare)),
    Detector("chat_account", Text("社交账号", "a chat account"), lambda cell: _CHAT.search(cell.plain) is not None),
    Detector("coordinates", Text("经纬度坐标", "coordinates of a place"), lambda cell: _COORDINATES.search(cell.plain) is not None),
    Detector("birth_date", Text("完整出生日期", "full dates of birth"), lambda cell: _BORN.search(cell.plain) is not None),
    Detector(
        "long_number",
        Text("疑似被截断的长号码", "a long number, perhaps cut short"),
        lambda cell: _SCIENTIFIC.search(cell.plain) is not None,
    ),
    Detector("address", Text("详细地址", "an address"), lambda cell: _is_address(cell.plain)),
    Detector("labelled", Text("姓名、电话等个人信息", "a name or telephone after its label"), lambda cell: _has_signature(cell.plain)),
    Detector(
        "masked_name",
        Text("人名(含只留姓氏的)", "names of people, masked ones included"),
        lambda cell: _has_masked_name(cell.plain) or _has_named_person(cell.plain),
    ),
)


def visible(text: str) -> str:
    """Return a text without full-width forms and invisible characters, which would hide a number from the patterns."""
    if text.isascii():
        return text
    normal = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    if not _RARE.search(normal):
        return normal
    return "".join(_plain_sign(sign) for sign in normal).translate(_CROSSES)


def _plain_sign(sign: str) -> str:
    if sign.isascii():
        return sign
    if unicodedata.category(sign) in ("Cf", "Mn", "Me"):
        return ""
    # Digits of other scripts count as digits.
    return str(unicodedata.decimal(sign, sign))


def read(text: str) -> Spellings:
    """Return the spellings of a text."""
    plain = visible(text)
    bare = _SPACING.sub("", plain)
    digits: list[str] = []
    if not plain.isascii():
        digits += [run.translate(_NUMERALS) for run in _NUMERAL_RUN.findall(bare) if not run.isascii()]
    digits += [run.replace(",", "") for run in _GROUPED.findall(plain)]
    return Spellings(plain, bare, tuple(digits))


def find_in_text(text: str, longest: int = LONGEST_CELL) -> str | None:
    """Return the rule of the first identifier in one text, or None."""
    if text.isascii() and len(text) <= longest and not _MAY_MATTER.search(text):
        return None
    cell = read(text)
    for detector in DETECTORS:
        if detector.finds(cell):
            return detector.rule
    return "long_text" if len(cell.plain) > longest else None


def join(pieces: Sequence[str]) -> str | None:
    """Return the rule of an identifier cut into neighbouring cells, or None.

    Counts stand side by side too, so only what a table of counts does not hold by chance is told from one row: an identity number right
    in every respect, a 15-digit number, a mobile or a card cut as people cut them.

    Args:
        pieces: Two or three runs of digits (the last may end in X).
    """
    whole, lengths = "".join(pieces), tuple(map(len, pieces))
    if is_whole_id_number(whole):
        return "id_number"
    if not whole.isdigit():
        return None
    if lengths in ((6, 9), (6, 6, 3), (12, 3), (8, 7), (7, 8)) and is_id_number_15(whole):
        return "id_number_15"
    if is_mobile(whole) and (lengths in ((3, 8), (8, 3)) or any(piece[0] == "0" and len(piece) > 1 for piece in pieces[1:])):
        return "mobile"
    return "bank_card" if min(lengths) >= 4 and max(lengths) >= 8 and is_card(whole) else None
