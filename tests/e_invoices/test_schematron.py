"""Schematron as XSLT: the first rule that matches a node, assertions and reports, variables and words; what is not known is refused."""

from pathlib import Path

import pytest
from lxml import etree

from tasks.e_invoice.finding import RulesRefused
from tasks.e_invoice.schematron import stylesheet
from tasks.e_invoice.validating import findings
from tasks.ledger import Stopped
from tests.e_invoices.samples import INVOICE
from tests.peppol_rules import every_peppol_rules, packaged_rules

CBC, CAC = (
    "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
)
NUMBER = "//cac:InvoiceLine/cbc:ID"


def rules(inside: str, binding: str = "xslt2") -> bytes:
    """A Schematron with these patterns."""
    return f"""<schema xmlns="http://purl.oclc.org/dsdl/schematron" queryBinding="{binding}">
      <ns prefix="cbc" uri="{CBC}"/><ns prefix="cac" uri="{CAC}"/>{inside}</schema>""".encode()


def says(tmp_path: Path, inside: str) -> list[str]:
    """What these rules find in the invoice, which is right otherwise: rule, severity, text."""
    copy = tmp_path / "rules.sch"
    copy.write_bytes(rules(inside))
    found = findings([("2026-000001.xml", INVOICE.encode())], peppol_rules=copy, workers=1)
    return [f"{one.rule} {one.severity} {one.text}" for one in found]


def test_what_does_not_hold_is_said_with_its_place_and_only_that(tmp_path: Path) -> None:
    inside = f"""<pattern><rule context="{NUMBER}">
      <assert id="A" test=". = '1'" flag="fatal">the number is <value-of select="."/></assert>
      <assert id="B" test="true()" flag="fatal">never</assert></rule></pattern>"""
    assert says(tmp_path, inside) == ["A fatal the number is 2 (/Invoice/cac:InvoiceLine[2]/cbc:ID)"]


def test_a_report_is_said_when_it_holds_and_a_warning_stays_one(tmp_path: Path) -> None:
    inside = (
        f"""<pattern><rule context="{NUMBER}"><report id="R" test=". = '2'" flag="warning">a second <name/></report></rule></pattern>"""
    )
    assert says(tmp_path, inside) == ["R warning a second cbc:ID (/Invoice/cac:InvoiceLine[2]/cbc:ID)"]


def test_an_assertion_without_a_flag_is_fatal(tmp_path: Path) -> None:
    assert says(tmp_path, """<pattern><rule context="/"><assert id="A" test="false()">no</assert></rule></pattern>""") == ["A fatal no (/)"]


def test_only_the_first_rule_of_a_pattern_that_matches_a_node_looks_at_it(tmp_path: Path) -> None:
    first = """<rule context="cac:InvoiceLine[2]/cbc:ID"><assert id="first" test="false()">first</assert></rule>"""
    second = """<rule context="cac:InvoiceLine/cbc:ID"><assert id="second" test="false()">second</assert></rule>"""
    assert says(tmp_path, f"<pattern>{first}{second}</pattern>") == [
        "second fatal second (/Invoice/cac:InvoiceLine[1]/cbc:ID)",
        "first fatal first (/Invoice/cac:InvoiceLine[2]/cbc:ID)",
    ]
    assert len(says(tmp_path, f"<pattern>{first}</pattern><pattern>{second}</pattern>")) == 3  # each pattern looks at every node


def test_a_rule_may_be_about_an_attribute_and_below_a_node_another_rule_looked_at(tmp_path: Path) -> None:
    inside = """<pattern><rule context="cbc:InvoicedQuantity"><assert id="Q" test="true()">q</assert></rule>
      <rule context="@unitCode"><assert id="U" test=". != 'C62'">unit</assert></rule></pattern>"""
    assert [one.split()[0] for one in says(tmp_path, inside)] == ["U", "U"]


def test_variables_of_schema_pattern_and_rule_and_functions_are_known(tmp_path: Path) -> None:
    inside = """<ns prefix="f" uri="urn:f"/><let name="lines" value="count(//cac:InvoiceLine)"/>
      <function xmlns="http://www.w3.org/1999/XSL/Transform" name="f:twice"><param name="n"/><sequence select="2 * $n"/></function>
      <pattern><let name="more" value="$lines + 1"/><rule context="/*"><let name="most" value="f:twice($more)"/>
      <assert id="V" test="false()">{{<value-of select="$most"/>}}</assert></rule></pattern>"""
    assert says(tmp_path, inside) == ["V fatal {{6}} (/Invoice)"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is not XML"),
        (b"not rules", "it is not XML"),
        (b"<html/>", "it is not a Schematron: its root is html"),
        (b'<!DOCTYPE s [<!ENTITY e "x">]><s/>', "it is not a Schematron"),
        (rules("<pattern><rule context='a'><assert test='b'/></rule></pattern>", "xslt"), "its rules are written for xslt, not for xslt2"),
        (rules(""), "it has no rule"),
        (rules("<include href='more.sch'/>"), "it uses <include>, which is not known here (line 2)"),
        (rules("<pattern abstract='true' id='p'/>"), "it uses abstract patterns or rules, which are not known here (line 2)"),
        (rules("<pattern><rule context='a'><extends rule='r'/></rule></pattern>"), "it uses <extends> in a rule"),
        (rules("<pattern><rule><assert test='b'/></rule></pattern>"), "a rule says not what it is about (line 2)"),
        (rules("<pattern><rule context='a'><assert/></rule></pattern>"), "an assertion has no test (line 2)"),
    ],
)  # fmt: skip
def test_a_copy_that_cannot_be_read_in_full_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(RulesRefused) as refused:
        stylesheet(content)
    assert why in str(refused.value)


def test_a_copy_that_is_not_there_and_one_that_is_no_xpath_stop_the_look_naming_the_setting(tmp_path: Path) -> None:
    nowhere, wrong = tmp_path / "nowhere.sch", tmp_path / "wrong.sch"
    wrong.write_bytes(rules("<pattern><rule context='/'><assert id='W' test='1 +'/></rule></pattern>"))
    for copy, why in ((nowhere, "it cannot be read (No such file or directory)"), (wrong, "its rules cannot be read as XPath 2.0")):
        with pytest.raises(Stopped) as stopped:
            list(findings([("2026-000001.xml", INVOICE.encode())], peppol_rules=copy, workers=1))
        assert f"peppol_rules = {copy}: {why}" in str(stopped.value)
        assert "leave it empty to check without it" in str(stopped.value)
        assert "\n" not in str(stopped.value)


def many(patterns: int = 10, contexts: int = 5, assertions: int = 4) -> bytes:
    """A Schematron as long as the official one, each rule under an id of its own."""
    inside = ""
    for pattern in range(patterns):
        inside += "<pattern>"
        for context in range(contexts):
            tests = "".join(f"<assert id='R-{pattern}-{context}-{number}' test='true()'>holds</assert>" for number in range(assertions))
            inside += f"<rule context='cac:InvoiceLine[{context + 1}]'>{tests}</rule>"
        inside += "</pattern>"
    return rules(inside)


def is_schematron(path: Path) -> bool:
    return etree.parse(str(path)).getroot().tag == "{http://purl.oclc.org/dsdl/schematron}schema"


LONG = {"made up": many()} | {name: path.read_bytes() for name, path in every_peppol_rules().items() if is_schematron(path)}


@pytest.mark.parametrize("schematron", LONG.values(), ids=LONG)
def test_rules_as_many_as_the_official_ones_of_peppol_are_converted_one_by_one(schematron: bytes) -> None:
    there = [one.get("id") for one in etree.fromstring(schematron).iter("{http://purl.oclc.org/dsdl/schematron}assert")]
    assert len(there) > 150
    made = etree.fromstring(stylesheet(schematron).encode()).iter("{http://purl.oclc.org/dsdl/svrl}failed-assert")
    assert [one.get("id") for one in made] == there


def test_compiled_rules_say_what_is_wrong_and_where_as_the_others_do() -> None:
    wrong = INVOICE.replace("billing:01:1.0", "ordering:01:1.0").encode()
    found = findings([("2026-000001.xml", wrong)], peppol_rules=packaged_rules(), workers=1)
    (said,) = [one for one in found if one.rule == "PEPPOL-EN16931-R007"]
    assert said.severity == "fatal"
    assert said.text.endswith("(/Invoice)")


def test_a_stylesheet_that_is_no_compiled_schematron_is_refused() -> None:
    page = b'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="2.0"><xsl:template match="/"><p/></xsl:template></xsl:stylesheet>'
    with pytest.raises(RulesRefused, match="it is a stylesheet that reports no broken rule in SVRL"):
        stylesheet(page)
