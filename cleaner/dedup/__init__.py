"""Documents that repeat others, and paragraphs that do.

`options` says what counts, `signatures` what is written of each article, `parts` what a corpus is made of, `grouping`
what is dropped, `repeats` what occurs in too many documents. Nothing is imported here, as most of it is slow to.
"""
