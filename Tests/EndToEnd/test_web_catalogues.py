"""The console's words, colours and weight, read from its files: no server is needed."""

import itertools
import json
import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"
SCRIPTS = sorted((WEB / "assets" / "js").rglob("*.js"))
CATALOGUES = {path.stem: json.loads(path.read_text()) for path in sorted((WEB / "assets" / "i18n").glob("*.json"))}
CODE = "\n".join(path.read_text() for path in SCRIPTS)
SCRIPT_BYTES_MAX = 200_000
CONTRAST_MIN = 4.5
CJK = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
STRINGS = re.compile(r"'((?:[^'\\\n]|\\.)*)'")
# Words that the palette finds actions by, in either language, and the languages' own names.
WORDS_IN_CODE = {"language 语言", "theme 主题"}


def keys_in_code():
    """Keys that are written out, and the beginnings of those that are put together."""
    written = set(re.findall(r"['\"`]([a-z_]+\.[a-zA-Z0-9_.-]+)['\"`]", CODE))
    begun = set(re.findall(r"`([a-z_]+\.(?:[a-z_]+[._])*[a-z_]*)\$\{", CODE))
    begun |= {f"{group}." for group in re.findall(r"wordFor\('([a-z_]+)'", CODE)}
    begun |= {f"{group}." for group in re.findall(r"choice\(\s*'\w+', [^)]*?, '(\w+)'\s*\)", CODE)}
    return written, begun


def arguments_of(message):
    """Names in braces, except the words of a plural's options."""
    return set(re.findall(r"(?<!one )(?<!other )\{\s*(\w+)\s*[,}]", message))


def test_both_languages_are_there():
    assert set(CATALOGUES) == {"zh-CN", "en"}


def test_every_language_has_the_same_keys():
    first, second = CATALOGUES.values()
    assert set(first) ^ set(second) == set()
    assert [key for catalogue in CATALOGUES.values() for key, words in catalogue.items() if not words.strip()] == []


def test_messages_take_the_same_arguments_in_every_language():
    differing = [
        key
        for key, words in CATALOGUES["en"].items()
        if arguments_of(words) != arguments_of(CATALOGUES["zh-CN"][key])
    ]
    assert differing == []


def test_no_key_is_missing():
    asked = set(re.findall(r"\b(?:t|rich)\(\s*'([^']+)'", CODE))
    asked |= set(re.findall(r"\bt\([^()'`]*\? '([^']+)'", CODE)) | set(re.findall(r"heading: '([^']+)'", CODE))
    assert {key for key in asked if key not in CATALOGUES["en"]} == set()


def test_no_key_is_unused():
    written, begun = keys_in_code()
    unused = [key for key in CATALOGUES["en"] if key not in written and not any(key.startswith(b) for b in begun)]
    assert unused == []


@pytest.mark.parametrize("language", CATALOGUES)
def test_braces_of_messages_are_balanced(language):
    unbalanced = [key for key, words in CATALOGUES[language].items() if words.count("{") != words.count("}")]
    assert unbalanced == []


def test_chinese_keeps_a_space_between_its_own_and_other_letters():
    """短句里中英文之间留空格。"""
    tight = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9{]|[A-Za-z0-9][\u4e00-\u9fff]")
    plain = {key: re.sub(r"\{\w+, (plural|select),", "", words) for key, words in CATALOGUES["zh-CN"].items()}
    allowed = {"overview.sentence_change", "overview.by_time", "funnel.sentence"}  # Arguments that are Chinese.
    assert [key for key, words in plain.items() if key not in allowed and tight.search(words)] == []


def test_the_markup_holds_no_words():
    page = (WEB / "index.html").read_text()
    text = re.sub(r"<title>Quanyu</title>|<[^>]*>", "", page)
    assert text.strip() == ""
    assert not re.search(r"\s(alt|title|aria-label|placeholder)=\"[^\"]+\"", page)
    assert " style=" not in page and "onclick" not in page and not re.search(r"<script>", page)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_hold_no_words_for_people(path):
    code = re.sub(r"^\s*(//|\*|/\*).*$", "", path.read_text(), flags=re.MULTILINE)
    found = [text for text in STRINGS.findall(code) if CJK.search(text) and text not in WORDS_IN_CODE]
    children = re.findall(r"h\('[\w.]+', \{[^{}]*\}, '([A-Za-z]{2,}[^']*)'\)", code)
    labels = re.findall(r"(?:'aria-label'|title|placeholder|alt): '([^']+)'", code)
    shown = [text for text in children + labels if text not in {"Ctrl K", "CSV", "PNG"} and not is_field_name(text)]
    assert found + shown == []


def is_field_name(text):
    """The head of a CSV's column: a field of the API."""
    return re.fullmatch(r"[a-z_]+", text)


def test_scripts_use_no_markup_and_no_inline_style():
    for forbidden in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "'style',"]:
        assert forbidden not in CODE.replace("name === 'style'", ""), forbidden


def parts_of(page):
    """The page's module and those of other pages that it takes in."""
    found, open_ones = set(), [page]
    while open_ones:
        path = open_ones.pop()
        if path not in found:
            found.add(path)
            open_ones += [path.parent / name for name in re.findall(r"from '\./([a-z_]+\.js)'", path.read_text())]
    return found


def test_no_page_makes_a_browser_fetch_many_scripts():
    pages = [path for path in SCRIPTS if path.parent.name == "pages"]
    shared = sum(path.stat().st_size for path in SCRIPTS if path not in pages)
    heaviest = max(sum(part.stat().st_size for part in parts_of(page)) for page in pages)
    assert shared + heaviest <= SCRIPT_BYTES_MAX


def tokens(theme):
    style = (WEB / "assets" / "css" / "tokens.css").read_text()
    blocks = dict(re.findall(r"(:root(?:\[data-theme=\"dark\"\])?) \{(.*?)\n\}", style, flags=re.DOTALL))
    light = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[":root"]))
    dark = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", blocks[':root[data-theme="dark"]']))
    return light if theme == "light" else {**light, **dark}


def luminance(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    bright, dim = sorted([luminance(one), luminance(other)], reverse=True)
    return (bright + 0.05) / (dim + 0.05)


TEXT_ON = [
    *itertools.product(
        ["ink", "ink-soft", "ink-faint"], ["ground", "surface", "surface-sunk", "surface-hover"]
    ),
    *itertools.product(["accent", "accent-strong", "good", "bad", "watch"], ["ground", "surface", "surface-sunk"]),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-accent-soft", "accent-soft"),
    ("good", "good-soft"),
    ("watch", "watch-soft"),
    ("bad", "bad-soft"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_its_ground(theme):
    colours = tokens(theme)
    weak = {
        f"{text} on {ground}": round(contrast(colours[text], colours[ground]), 2)
        for text, ground in TEXT_ON
        if contrast(colours[text], colours[ground]) < CONTRAST_MIN
    }
    assert weak == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_of_controls_and_charts_can_be_seen(theme):
    colours = tokens(theme)
    names = ["line-strong", *[f"chart-{number}" for number in range(1, 8)]]
    assert {name for name in names if contrast(colours[name], colours["surface"]) < 3} == set()
