"""Form bodies come from anybody, before a key is known: reading one takes time in proportion to its length."""

from functools import partial

import pytest

from app.web.forms import parse
from tests.core.test_growth import grows_linearly


@pytest.mark.parametrize(
    "piece", [b"[", b"[]", b"a[", b"&", b"=", b"%", b"+", b"a[=1&", b"a" + b"[" * 190 + b"=1&"], ids=repr
)
@pytest.mark.parametrize("charset", ["utf-8", "cp1252", "gb18030"])
def test_it_grows_with_the_body_and_not_faster(piece: bytes, charset: str) -> None:
    assert grows_linearly(lambda length: partial(parse, piece * (8 * length // len(piece)), charset))
