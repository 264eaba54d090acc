"""The documents that people read first say the same, and what was measured."""

import re

import pytest
from quanyu import ROOT

READMES = ["README.md", "README.zh-CN.md"]
FIGURE = re.compile(r"\d[\d,.]* (?:ms|GB|events/s)")


def text_of(name):
    return (ROOT / name).read_text()


def figures_of(name):
    """The figures of the section on speed, in order."""
    section = re.split(r"^## ", text_of(name), flags=re.MULTILINE)
    return [FIGURE.findall(part) for part in section if part.startswith(("How fast", "有多快"))]


def test_both_readmes_have_the_same_sections_code_tables_and_figures():
    one, other = (text_of(name) for name in READMES)
    for marks in [r"^## ", r"^```\w*$", r"^\|", r"^!\["]:
        assert len(re.findall(marks, one, re.MULTILINE)) == len(re.findall(marks, other, re.MULTILINE)), marks
    assert figures_of(READMES[0]) == figures_of(READMES[1])


@pytest.mark.parametrize("name", READMES)
def test_figures_of_the_readme_are_those_of_the_benchmarks(name):
    [figures] = figures_of(name)
    measured = set(FIGURE.findall(text_of("docs/benchmarks.md")))
    assert len(figures) > 10 and set(figures) - measured == set()
