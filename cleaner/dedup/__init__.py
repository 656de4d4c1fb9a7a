"""Finds duplicate documents and repeated paragraphs.

`minhash` writes a signature of each article, `inputs` reads them, `lsh` finds candidate pairs, `near` compares them,
`grouping` decides which documents are dropped, `paragraphs` finds paragraphs that occur in many documents. This file
imports none of them, because most are slow to import.
"""
