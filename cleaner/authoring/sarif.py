"""Findings as SARIF 2.1.0, which code hosts show beside the lines (OASIS, https://docs.oasis-open.org/sarif/)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from cleaner.errors import RuleFault
from cleaner.model.escape import shown


def sarif(faults: Iterable[RuleFault], version: str) -> dict[str, Any]:
    """One run with a result for each finding; paths as they are given."""
    found = list(faults)
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "cleaner",
                        "version": version,
                        "rules": [{"id": code} for code in sorted({fault.code for fault in found})],
                    }
                },
                "results": [_result(fault) for fault in found],
            }
        ],
    }


def _result(fault: RuleFault) -> dict[str, Any]:
    text = shown(": ".join(filter(None, (fault.rule, fault.message))) + (f"; {fault.hint}" if fault.hint else ""))
    uri = quote(fault.path, errors="surrogateescape")
    region = {"startLine": fault.line, "startColumn": fault.column}
    return {
        "ruleId": fault.code,
        "level": fault.severity,
        "message": {"text": text},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri},
                    "region": region,
                }
            }
        ],
    }
