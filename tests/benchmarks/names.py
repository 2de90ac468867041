"""Plausible Chinese names for invented divisions and places: a specific term 专名 and a generic term 通名."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Texts = NDArray[Any]

FIRST = (
    "安白宝北长朝城春大丹德东董方丰福高古官广桂海汉和河鹤红洪湖花华黄吉嘉江金锦九康乐李莲良林临灵刘"
    "柳龙隆罗马梅明南宁牛盘平普七千桥青清庆泉仁荣三沙山上石双水顺松苏太唐天桐王望温文吴五西仙向小新"
    "兴秀徐杨银永余玉元月云张赵镇正中周朱竹紫"
)
SECOND = (
    "安坝宝碑滨仓昌场成池川村丹德店定渡墩峰凤福岗阁根宫沟谷关观光广果海和河鹤虎花化怀辉徽基吉家涧江"
    "井居康口兰乐里莲良岭流龙隆楼路洛马庙民明鸣南宁坪平坡铺浦桥清庆泉然荣沙山善胜石寿水寺松潭堂塘田"
    "庭头湾万望温文武溪仙祥祠兴星秀阳义银营永元源远月云泽寨庄子"
)
CLASSES = (
    ("自然村", 3, "湾坝沟坪院坡林嘴垭口场埂", 0.42),
    ("街路巷", 5, "路街巷", 0.18),
    ("河流", 1, "河溪沟渠", 0.08),
    ("山", 1, "山岭岗包", 0.08),
    ("桥梁", 7, "桥", 0.08),
    ("水库", 7, "库堰塘", 0.06),
    ("住宅区", 6, "园苑庭居", 0.06),
    ("纪念地", 8, "寺观祠庙", 0.04),
)
"""Class, legal category (地名管理条例 Art. 3), one-character generic terms, share of all places."""


def specifics(count: int, rng: np.random.Generator) -> Texts:
    """Return `count` distinct two-character specific terms (at most about 14,000)."""
    pairs = np.char.add(np.repeat(list(FIRST), len(SECOND)), np.tile(list(SECOND), len(FIRST)))
    return np.asarray(rng.permutation(np.unique(pairs))[:count])


def place_names(count: int, rng: np.random.Generator) -> tuple[Texts, Texts, NDArray[np.int32]]:
    """Return the names, classes and legal categories of `count` places; some names occur many times."""
    kind = rng.choice(len(CLASSES), count, p=[share for *_, share in CLASSES])
    specific = np.char.add(rng.choice(list(FIRST), count), rng.choice(list(SECOND), count))
    third = np.where(rng.random(count) < 0.3, rng.choice(list("家子大小上下东西"), count), "")
    specific = np.char.add(specific, third)
    generic = np.empty(count, dtype="U1")
    for index, (_, _, terms, _) in enumerate(CLASSES):
        mine = kind == index
        generic[mine] = rng.choice(list(terms), int(mine.sum()))
    classes = np.array([name for name, *_ in CLASSES])[kind]
    categories = np.array([category for _, category, *_ in CLASSES], dtype=np.int32)[kind]
    return np.char.add(specific, generic), classes, categories
