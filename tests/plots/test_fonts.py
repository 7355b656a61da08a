"""Text in pictures: every character has a glyph, and texts fit the given width."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ae.plots import fonts

WORDS = st.text("abc MWi·é", min_size=0, max_size=60)


@pytest.mark.parametrize("letter", "Aäßéøβ·…±×−“”→Ж9")
def test_the_letters_that_names_and_labels_use_have_a_glyph(letter):
    font = fonts.font(20)
    assert bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))


@given(WORDS, st.integers(8, 40), st.integers(20, 300))
def test_a_shortened_text_fits_and_begins_as_the_text_does(text, size, width):
    font = fonts.font(size)
    short = fonts.shortened(text, font, width)
    if fonts.text_width(text, font) <= width:
        assert short == text
    else:
        assert short.endswith("…") and text.startswith(short[:-1])
        assert fonts.text_width(short, font) <= max(width, fonts.text_width("…", font))


@given(WORDS, st.integers(8, 40), st.integers(20, 300))
def test_wrapping_keeps_every_word_in_order_and_no_line_of_two_words_is_too_wide(text, size, width):
    font = fonts.font(size)
    lines = fonts.wrapped(text, font, width)
    assert " ".join(lines).split() == text.split()
    assert all(fonts.text_width(line, font) <= width for line in lines if " " in line)


def test_a_font_is_never_unreadably_small():
    assert fonts.font(1).size == 8
