"""A PNG with many colour profiles is refused before they are unpacked."""

import io
import struct
import zlib

import pytest
from PIL import Image, ImageDraw

from ae.data.drawing import DrawingError, from_file


@pytest.mark.parametrize("profiles", [1, 2, 1000])
def test_only_one_colour_profile_of_a_png_is_unpacked(profiles, monkeypatch):
    body = b"iCCPk\0\0" + zlib.compress(bytes(10**6), 9)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    picture = Image.new("L", (60, 60), 255)
    ImageDraw.Draw(picture).line(((15, 12), (44, 12), (25, 50)), 0, 6)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    content = buffer.getvalue()
    bomb = content[:33] + chunk * profiles + content[33:]
    if profiles == 1:
        assert from_file(bomb).shape == (28, 28)
        return
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("it was unpacked"))
    with pytest.raises(DrawingError, match="can't be read"):
        from_file(bomb)
