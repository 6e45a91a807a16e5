"""Pictures of a bundle's codes: drawn for screen and paper, and read from photos."""

from __future__ import annotations

import io
from html import escape

from desktop.protocol.limits import COURIER_PICTURE_BYTES
from desktop.protocol.pictures import NoPicture, read_picture
from desktop.wire.courier.codes import cut_bundle

PIXELS_A_MODULE, QUIET_MODULES = 6, 4
ENOUGH_PIXELS = 4096
"""A JPEG is decoded at half its size or less while that leaves so many pixels a side."""
PAGE = """<!DOCTYPE html>
<html lang="zh"><head><meta charset="utf-8"><title>{title}</title><style>
@page {{ size: A4; margin: 12mm }}
body {{ font: 12pt sans-serif; margin: 0; color: #000; background: #fff }}
figure {{ display: inline-block; width: 88mm; margin: 0 1mm 3mm; break-inside: avoid }}
svg {{ width: 100%; display: block }}
figcaption {{ text-align: center }}
</style></head><body>
<p>摆渡包 {title}：{count} 个二维码，请全部拍照（次序不限，一张可拍几个），把照片交给对方导入。<br>
Courier bundle {title} in {count} codes: photograph all of them, in any order and several at once,
and have the pictures imported.</p>
{figures}
</body></html>
"""


class NoReader(Exception):
    """This installation reads no pictures of codes."""


def draw_codes(bundle: bytes, name: str) -> dict[str, bytes]:
    """Return file names with contents: a page to print, and a PNG for each code.

    ValueError when the bundle is too much for codes.
    """
    import segno

    texts, files, figures = cut_bundle(bundle), dict[str, bytes](), list[str]()
    for place, text in enumerate(texts, 1):
        code = segno.make(text, error="m", micro=False, boost_error=False)
        png = io.BytesIO()
        code.save(png, kind="png", scale=PIXELS_A_MODULE, border=QUIET_MODULES)
        files[f"{name}-{place:02}-of-{len(texts):02}.png"] = png.getvalue()
        svg = code.svg_inline(border=QUIET_MODULES, omitsize=True)
        caption = f"{place} / {len(texts)}"
        figures.append(f"<figure>{svg}<figcaption>{caption}</figcaption></figure>")
    title, drawn = escape(name), "\n".join(figures)
    page = PAGE.format(title=title, count=len(texts), figures=drawn)
    return files | {f"{name}.html": page.encode()}


def read_codes(content: bytes) -> tuple[list[str], bool]:
    """Return the texts of the QR codes on a picture, and whether others cannot be made out.

    NoPicture for what is none or too large; NoReader where the readers are not installed.
    """
    if len(content) > COURIER_PICTURE_BYTES:
        raise NoPicture(f"more than {COURIER_PICTURE_BYTES} bytes")
    picture = read_picture(content)
    try:
        import zxingcpp
        from PIL import Image
    except ImportError:
        raise NoReader from None
    try:
        with Image.open(io.BytesIO(picture.body), formats=("JPEG", "PNG", "WEBP")) as opened:
            opened.draft("L", (ENOUGH_PIXELS, ENOUGH_PIXELS))
            grey = opened.convert("L")
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise NoPicture(str(error)) from None
    found = zxingcpp.read_barcodes(
        grey,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
        return_errors=True,
    )
    texts = [each.text for each in found if each.valid]
    return texts, len(texts) < len(found)
