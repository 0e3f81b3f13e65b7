"""Schematron as XSLT 2.0: each pattern a mode, each rule a template, and the first that matches a node is the only one to look at it.

Rules that come as XSLT already are taken as they are, when they report in SVRL.

What this reading does not know (includes, abstract patterns and rules) is refused, not left out: a rule that is silently missing would
let documents pass that are refused elsewhere.
"""

from copy import deepcopy
from pathlib import Path

from lxml import etree

from tasks.e_invoice.finding import RulesRefused

WAY_OUT = (
    "set peppol_rules to PEPPOL-EN16931-UBL.sch of the release in force, or to its compiled XSLT, or leave it empty to check without it"
)
SCH = "http://purl.oclc.org/dsdl/schematron"
XSL = "http://www.w3.org/1999/XSL/Transform"
SVRL = "http://purl.oclc.org/dsdl/svrl"
XS = "http://www.w3.org/2001/XMLSchema"
COMPILED = frozenset({f"{{{XSL}}}stylesheet", f"{{{XSL}}}transform"})
HERE = "urn:billing:where"
LANGUAGES = frozenset({"xslt2", "xslt3", "xpath2"})
PASSED_OVER = frozenset({"title", "p", "phase", "diagnostics", "properties", "ns"})
FIRST = 100_000  # the priority of the first rule of a pattern; each next one is below it

WHERE = (
    "concat('/', string-join(for $e in ancestor-or-self::* return concat(name($e), if ($e/preceding-sibling::*[name() = name($e)]"
    " or $e/following-sibling::*[name() = name($e)]) then concat('[', 1 + count($e/preceding-sibling::*[name() = name($e)]), ']') else ''),"
    " '/'), if (. instance of attribute()) then concat('/@', name()) else '')"
)


def stylesheet_of(path: Path) -> str:
    """As `stylesheet`, of the Schematron in a file. Raises RulesRefused also when it cannot be read."""
    try:
        return stylesheet(path.read_bytes())
    except OSError as error:
        raise RulesRefused(f"it cannot be read ({error.strerror})") from None


def stylesheet(schematron: bytes) -> str:
    """Returns XSLT 2.0 that reports in SVRL which assertions of the Schematron a document breaks. Raises RulesRefused saying why not."""
    schema = _root(schematron)
    if schema.tag in COMPILED:
        return _as_it_is(schema)
    if schema.get("queryBinding", "xslt") not in LANGUAGES:
        raise RulesRefused(f"its rules are written for {schema.get('queryBinding', 'xslt')}, not for xslt2")
    sheet = _sheet(schema)
    patterns = [child for child in schema if child.tag == _sch("pattern")]
    _global_variables(schema, sheet)
    _start(sheet, len(patterns))
    rules = 0
    for number, pattern in enumerate(patterns):
        rules += _pattern(pattern, f"pattern-{number}", sheet)
    if not rules:
        raise RulesRefused("it has no rule")
    text: str = etree.tostring(sheet, encoding="unicode")
    return text


def _root(schematron: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        schema = etree.fromstring(schematron, parser)
    except etree.XMLSyntaxError as error:
        raise RulesRefused(f"it is not XML ({error.msg})") from None
    if schema.tag not in {_sch("schema"), *COMPILED}:
        raise RulesRefused(f"it is not a Schematron: its root is {schema.tag}")
    if schema.getroottree().docinfo.internalDTD is not None:
        raise RulesRefused("it has a document type declaration, which no Schematron of rules needs")
    return schema


def _as_it_is(sheet: etree._Element) -> str:
    """Rules that somebody compiled: nothing of them is read here but that they say what they find."""
    if sheet.find(f".//{{{SVRL}}}failed-assert") is None:
        raise RulesRefused("it is a stylesheet that reports no broken rule in SVRL")
    text: str = etree.tostring(sheet, encoding="unicode")
    return text


def _sheet(schema: etree._Element) -> etree._Element:
    """The empty stylesheet, with the prefixes that the rules use."""
    prefixes = {str(ns.get("prefix")): str(ns.get("uri")) for ns in schema if ns.tag == _sch("ns")}
    own = {prefix: uri for prefix, uri in schema.nsmap.items() if prefix}
    known = {"xs": XS, **own, **prefixes, "xsl": XSL, "svrl": SVRL, "where": HERE}
    sheet = etree.Element(_xsl("stylesheet"), {"version": "2.0", "exclude-result-prefixes": "#all"}, nsmap=known)
    etree.SubElement(sheet, _xsl("output"), method="xml")
    return sheet


def _global_variables(schema: etree._Element, sheet: etree._Element) -> None:
    """The lets of the schema and of its patterns, and its functions: all patterns see them, as the node they start from is the document."""
    for child in schema:
        kind = etree.QName(child)
        if child.tag == _sch("let"):
            sheet.append(_variable(child))
        elif kind.namespace == XSL and kind.localname in {"function", "key"}:
            sheet.append(deepcopy(child))
        elif child.tag == _sch("pattern"):
            _refuse_abstract(child)
            for let in child.iterfind(_sch("let")):
                sheet.append(_variable(let))
        elif kind.namespace != SCH or kind.localname not in PASSED_OVER:
            raise RulesRefused(f"it uses <{kind.localname}>, which is not known here (line {child.sourceline})")


def _refuse_abstract(node: etree._Element) -> None:
    if node.get("abstract") == "true" or node.get("is-a") is not None:
        raise RulesRefused(f"it uses abstract patterns or rules, which are not known here (line {node.sourceline})")


def _start(sheet: etree._Element, patterns: int) -> None:
    start = etree.SubElement(sheet, _xsl("template"), match="/")
    output = etree.SubElement(start, f"{{{SVRL}}}schematron-output")
    for number in range(patterns):
        etree.SubElement(output, _xsl("apply-templates"), select=".", mode=f"pattern-{number}")


def _pattern(pattern: etree._Element, mode: str, sheet: etree._Element) -> int:
    """Adds the templates of a pattern; returns how many rules it has."""
    rules = [child for child in pattern if child.tag == _sch("rule")]
    for child in pattern:
        if child.tag not in {_sch("rule"), _sch("let"), _sch("title"), _sch("p")}:
            raise RulesRefused(f"it uses <{etree.QName(child).localname}> in a pattern, which is not known here (line {child.sourceline})")
    # Attributes are walked through only where a rule may be about one: most patterns look at elements alone.
    below = "@*|*" if any("@" in rule.get("context", "") for rule in rules) else "*"
    for position, rule in enumerate(rules):
        _rule(rule, mode, FIRST - position, below, sheet)
    otherwise = etree.SubElement(sheet, _xsl("template"), match="/|*|@*", mode=mode, priority="-1")
    etree.SubElement(otherwise, _xsl("apply-templates"), select=below, mode=mode)
    return len(rules)


def _rule(rule: etree._Element, mode: str, priority: int, below: str, sheet: etree._Element) -> None:
    _refuse_abstract(rule)
    context = rule.get("context")
    if not context:
        raise RulesRefused(f"a rule says not what it is about (line {rule.sourceline})")
    template = etree.SubElement(sheet, _xsl("template"), match=context, mode=mode, priority=str(priority))
    for child in rule:
        if child.tag == _sch("let"):
            template.append(_variable(child))
        elif child.tag in {_sch("assert"), _sch("report")}:
            template.append(_assertion(child))
        elif child.tag != _sch("p"):
            raise RulesRefused(f"it uses <{etree.QName(child).localname}> in a rule, which is not known here (line {child.sourceline})")
    etree.SubElement(template, _xsl("apply-templates"), select=below, mode=mode)


def _variable(let: etree._Element) -> etree._Element:
    name, value = let.get("name"), let.get("value")
    if not name or not value:
        raise RulesRefused(f"a let has no name or no value (line {let.sourceline})")
    return etree.Element(_xsl("variable"), name=name, select=value)


def _assertion(assertion: etree._Element) -> etree._Element:
    """An assertion that must hold, or a report that must not, as an instruction that writes SVRL when it is broken."""
    test = assertion.get("test")
    if not test:
        raise RulesRefused(f"an assertion has no test (line {assertion.sourceline})")
    holds = assertion.tag == _sch("assert")
    broken = etree.Element(_xsl("if"), test=f"not({test})" if holds else test)
    written = etree.SubElement(broken, f"{{{SVRL}}}{'failed-assert' if holds else 'successful-report'}")
    written.set("id", _literal(assertion.get("id", "")))
    written.set("flag", _literal(assertion.get("flag") or assertion.get("role") or "fatal"))
    location = etree.SubElement(written, _xsl("attribute"), name="location")
    etree.SubElement(location, _xsl("value-of"), select=WHERE)
    _words(assertion, etree.SubElement(written, f"{{{SVRL}}}text"))
    return broken


def _words(source: etree._Element, target: etree._Element) -> None:
    """The words of an assertion, with the values that stand in them."""
    _text(target, source.text)
    for child in source:
        if child.tag == _sch("value-of"):
            etree.SubElement(target, _xsl("value-of"), select=child.get("select", "."))
        elif child.tag == _sch("name"):
            etree.SubElement(target, _xsl("value-of"), select=f"name({child.get('path', '.')})")
        else:
            _words(child, target)
        _text(target, child.tail)


def _text(target: etree._Element, words: str | None) -> None:
    if words:
        etree.SubElement(target, _xsl("text")).text = words


def _literal(text: str) -> str:
    """The text as an attribute of a stylesheet, where braces would be computed."""
    return text.replace("{", "{{").replace("}", "}}")


def _sch(name: str) -> str:
    return f"{{{SCH}}}{name}"


def _xsl(name: str) -> str:
    return f"{{{XSL}}}{name}"
