#!/usr/bin/env python3
"""What a user would pick instead: a script over the workbook with openpyxl.

    bench/ledger.py LEDGER.xlsx DAY

Reads the ledger, tells the colour of each unsettled loan on the day, and counts by township. It checks nothing of
what bangfu checks: no identity number, no village, no repeated contract, no bank report.
"""

import collections
import datetime
import re
import sys

import openpyxl


def as_day(value):
    if isinstance(value, datetime.datetime):
        return value.date()
    digits = re.findall(r"\d+", str(value or ""))
    if len(digits) == 1 and len(digits[0]) == 8:
        digits = [digits[0][:4], digits[0][4:6], digits[0][6:]]
    try:
        return datetime.date(*map(int, digits[:3]))
    except (TypeError, ValueError):
        return None


def main(path, day):
    day = datetime.date.fromisoformat(day)
    counts = collections.Counter()
    township = None
    sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    for row in sheet.iter_rows(min_row=5, values_only=True):
        township = row[1] or township
        due = as_day(row[13])
        if due is None or row[16]:
            continue
        left = (due - day).days
        levels = [(0, "overdue"), (8, "red"), (31, "yellow"), (61, "blue"), (91, "green")]
        counts[township, next((level for limit, level in levels if left < limit), "none")] += 1
    for (place, level), loans in sorted(counts.items(), key=str):
        print(place, level, loans)


if __name__ == "__main__":
    main(*sys.argv[1:])
