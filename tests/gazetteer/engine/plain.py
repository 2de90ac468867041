"""The plain county of the tests: three towns of two villages each, and land of a town without a village.

一 | 二 | 三 | 荒
---+----+----+----      甲镇: 一村 二村; 乙镇: 三村 六村 and 荒 (no village); 丙乡: 四村 五村
四 | 五 | 六 | 荒
"""

from gazetteer.engine.register_state import RegisterState
from tests.gazetteer.engine.drawn import places_of, register

PICTURE = """
1   2   3   4   d
5   6   7   8   e
9   a   b   c   f
"""
FACES = {
    1: "1 5 6 2",
    2: "2 6 7 3",
    3: "3 7 8 4",
    4: "5 9 a 6",
    5: "6 a b 7",
    6: "7 b c 8",
    7: "4 8 c f e d",
}
UNITS = (
    "县 本县 510101",
    "镇 甲镇 510101101 本县",
    "镇 乙镇 510101102 本县 7",
    "乡 丙乡 510101201 本县",
    "村 一村 510101101201 甲镇 1",
    "村 二村 510101101202 甲镇 2",
    "村 三村 510101102201 乙镇 3",
    "村 六村 510101102202 乙镇 6",
    "村 四村 510101201201 丙乡 4",
    "村 五村 510101201202 丙乡 5",
)
AT = places_of(PICTURE)


def county() -> RegisterState:
    return register(PICTURE, FACES, *UNITS)
