"""Documents that repeat others, and paragraphs that do."""

from cleaner.duplicates.grouping import EXACT, NEAR, Duplicate, Grouping, group
from cleaner.duplicates.options import Duplicates, KeepBy
from cleaner.duplicates.parts import Part, dataset_part, shard_part
from cleaner.duplicates.signatures import VERSION, Signature, SignatureWriter, sign, signature

__all__ = [
    "EXACT",
    "NEAR",
    "VERSION",
    "Duplicate",
    "Duplicates",
    "Grouping",
    "KeepBy",
    "Part",
    "Signature",
    "SignatureWriter",
    "dataset_part",
    "group",
    "shard_part",
    "sign",
    "signature",
]
