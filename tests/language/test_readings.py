"""The phrases that are read in another way than their characters are those of the pypinyin that is installed."""

from measures.language.readings import toned


def test_readings_are_those_of_the_dictionary():
    from . import make_readings  # here, since it loads the whole dictionary

    assert make_readings.TARGET.read_text(encoding="utf-8") == make_readings.table(), make_readings.__doc__


def test_phrases_are_read_as_such():
    assert toned("银行行长重庆朝阳") == "yín háng háng zhǎng chóng qìng zhāo yáng"
    assert toned("一个") == "yí gè"
    assert toned("A 股") == "A  gǔ"
