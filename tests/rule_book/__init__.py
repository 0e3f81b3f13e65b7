"""The rule book: each clause of the terms, what carries it out, its cases in words, and the documents that cite it.

`python -m tests.rule_book` writes docs/rule-book.md; with `--check` it says what is missing and writes nothing.
"""
