"""Words that stand before or after a person's name, and words beside them that are no name.

All in small letters as `str.casefold` gives them, without the full stop of an abbreviation.
"""

from __future__ import annotations


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word.casefold() for line in lines for word in line.split())


BEFORE = _words(
    "herr herrn frau familie fam doktor professor",
    "mr mrs ms mister doctor",
    "monsieur madame mademoiselle mme mlle docteur",
    "zoti zotit zotin zonja zonjës zonjën znj zotëri",
    "birêz rêzdar bay bayan sayın",
    "mudane marwo mudanaha",
    "gospodin gospodina gospodinu gospođa gospođe gospođu gđa",
    "пан пана пану паном панові пані добродій добродійка",
    "господин господина господину господином госпожа госпожи госпоже госпожу г-н г-на г-жа г-жи г-жу",
    "доктор",
    "господинот госпоѓа госпоѓата г-дин г-ѓа",
    "госпођа госпође госпођу госпођи гђа г-ђа",
    "السيد السيدة والسيد والسيدة للسيد للسيدة بالسيد بالسيدة الأستاذ الأستاذة الاستاذ الاستاذة الدكتور",
    "الدكتورة",
    "آقای اقای آقا خانم خانوم جناب دکتر داکتر انجنیر",
    "ښاغلی ښاغلي مېرمن میرمن مېرمنې آغلې اغلې ډاکټر",
    "بەڕێز بەرێز کاک خاتوو خاتون مامۆستا دکتۆر",
    "محترمہ مسٹر مسز بیگم ڈاکٹر",
    "ኣይተ ኣቶ አቶ ወይዘሮ ወይዘሪት ወ/ሮ ወ/ት ዶክተር ዶ/ር",
    "ბატონი ბატონო ბატონმა ბატონს ბატონის ქალბატონი ქალბატონო ქალბატონმა ქალბატონს ქალბატონის ბ-ნი ქ-ნი",
)  # fmt: skip
# Before a word with an article these are no title: "the teacher of the language".
BEFORE_UNLESS_ARTICLE = _words("أستاذ أستاذة استاذ استاذة دكتور دكتورة سيد سيدة")
# Titles only with a full stop behind: without it they are letters or other words.
ABBREVIATED = _words("dr prof hr fr m prof dipl ing dr.med د др проф")
MAY_BE_ABBREVIATED = ABBREVIATED | _words("fam mr mrs ms mme mlle znj gđa гђа")
# Titles only with a capital letter: else a verb.
CAPITAL = _words("miss")
# Without the full stop still a title.
ALSO_BARE = _words("dr prof др проф")

AFTER = _words("bey hanım beyefendi hanımefendi bey'e hanım'a bey'in hanım'ın xanim xanım begê")

# Between a title and a family name.
PARTICLES = _words("von van der den zu zum de la el al bin ibn ben abu bint di da dos du le")
# Particles that are also everyday words: they need another before them, as in "von der".
_WEAK = _words("der den la le zu zum da di du de")
LONE_PARTICLES = PARTICLES - _WEAK

NO_NAME = _words(
    # German writes every noun with a capital letter.
    "und oder aber mit ohne ist war hat wird der die das den dem ein eine mann frau herr kind kinder",
    "mutter vater sohn tochter",
    "arbeit angst deutsch hilfe geld wohnung schule termin termine probleme problem zeit recht rechte",
    "beratung beraterin",
    "berater kollege kollegin nachbar nachbarin lehrer lehrerin chef chefin minister ministerin",
    "bürgermeister",
    "bürgermeisterin präsident präsidentin sachbearbeiter sachbearbeiterin dolmetscher dolmetscherin",
    "gott uhr vormittag",
    "nachmittag abend asyl kita jobcenter ausländerbehörde sprachkurs papiere sie er ich wir ihr",
    "and or the who is was has i he she we they officer teacher president",
    "et ou qui est le la les président ministre directeur directrice",
    "ve bir bu şu her o çok ama bey hanım müdür müdürü ile için",
    "dhe që është na u ju e i drejtor presidenti",
    "и та або або який яка що директор директорка президент і й але який который которая что это или",
    "министр",
    "или кој која што е и је која који председник директорот",
    "التي الذي الذين في من على إلى الى عن مع كان كانت هو هي قال قالت هذا هذه ثم لم لا ما و أو",
    "المدير المديرة المسؤول المسؤولة الموظف الموظفة المستشار المستشارة المحامي المحامية الرئيس الوزير",
    "الوزيرة الطبيب",
    "المترجم المترجمة الفاضل الفاضلة المحترم المحترمة العزيز اللغة اللاجئ اللاجئة",
    "ها های هایی من ما تو شما او که و در از به با را است بود هست هستند بودند نیست هم خیلی خوب مهربان",
    "یک این آن محترم عزیز",
    "مشاور مسئول کارمند مترجم وکیل معلم رئیس رییس حامله جوان مسن دیگر دیگری ای عالی برای تا یا اما",
    "چې د په او ته له سره ده دی وه زما موږ محترم ښه ډېر هم خو",
    "کە و لە بۆ بە ئەو ئەم بوو هەیە نییە من ئێمە زۆر باش",
    "صدر والا کے کی کا نے کو سے میں ہے ہیں آپ اور صاحب تھے تھی تھا جو",
    "እና ነው ነበር ናቸው ኣሎ እዩ እያ ነበረት ከምዘሎ",
    "და არის რომელიც რომ ვინც ძალიან იყო მოვიდა მითხრა ჩემი ერთი კი არ ან",
)  # fmt: skip
