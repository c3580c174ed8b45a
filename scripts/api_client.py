"""Works with a client that scripts/api generated from the document: only what is generated is called here.

    api_client.py first|again KEPT.json
"""

import io
import json
import os
import sys

from bangfu_client import AuthenticatedClient
from bangfu_client.api.boards import get_board
from bangfu_client.api.changes import list_changes
from bangfu_client.api.closes import get_close, list_closes
from bangfu_client.api.colours import get_colours
from bangfu_client.api.county import get_county
from bangfu_client.api.differences import assign_difference, get_difference, list_differences, resolve_difference
from bangfu_client.api.divisions import list_divisions
from bangfu_client.api.households import get_household, list_households
from bangfu_client.api.imports import bring_import, get_import, take_import
from bangfu_client.api.loans import get_loan, list_loan_events, list_loans
from bangfu_client.models import Assign, BringImportKind, Resolve, ResolveWay, Rows, TakeOver
from bangfu_client.types import UNSET, File


def client(token):
    return AuthenticatedClient(base_url=os.environ["API"].rstrip("/"), token=token, timeout=60, headers={"accept-language": "en"})


def all_of(function, asked, **words):
    """Reads a list to its end, by its cursors."""
    found, cursor = [], UNSET
    while True:
        page = function.sync(client=asked, cursor=cursor, limit=200, **words)
        found += page.items
        if not page.next_:
            return found
        cursor = page.next_


def follow(asked, cursor):
    """Reads the changes to their end: what is there, what is gone, and where to go on."""
    told = []
    while True:
        page = list_changes.sync(client=asked, cursor=cursor, limit=200)
        told += page.items
        cursor = page.cursor
        if not page.more:
            return told, cursor


def movements(number, serial, name):
    """A movement of a contract that the book does not know, as the bank would send it."""
    head = "机构名称,客户名称,借据号,交易日期,交易类型,交易金额,贷款余额,流水号\n"
    return f"{head}宜章农商银行白石渡支行,{name},{number},20190612,还本,100.00,900.00,{serial}\n".encode()


def bring(asked, content, key):
    body = File(payload=io.BytesIO(content), file_name="bank.csv")
    return bring_import.sync_detailed(
        client=asked, body=body, kind=BringImportKind.REPAYMENTS, file_name="bank.csv", idempotency_key=key)


def first(kept):
    everything, township = client(os.environ["EVERYTHING"]), client(os.environ["TOWNSHIP"])
    county = get_county.sync(client=everything)
    assert county.demo and county.code == "431022000000", county

    # Lists are read to their end, and agree with the board and with one another.
    loans = all_of(list_loans, everything)
    board = get_board.sync("township", client=everything)
    assert len(loans) == board.total.owing.loans == sum(row.figures.owing.loans for row in board.rows)
    assert sum(loan.balance_fen for loan in loans) == board.total.owing.balance_fen
    assert len({loan.id for loan in loans}) == len(loans)
    colours = get_colours.sync(client=everything)
    red = all_of(list_loans, everything, state="red")
    assert len(red) == colours.figures.red.loans == board.total.red.loans > 0
    assert all(loan.standing == "red" for loan in red)
    places = all_of(list_divisions, everything)
    assert sum(place.level == "township" for place in places) == 19
    closes = all_of(list_closes, everything)
    published = get_close.sync(closes[0].day, client=everything)
    assert closes[0].day == county.closed_on and published.figures.owing.loans == len(loans)

    # One loan with its events, masked.
    one = get_loan.sync_detailed(red[0].id, client=everything)
    assert one.parsed.number == red[0].number and one.parsed.reason.rule == "days-to-due"
    assert "****" in one.parsed.identity_masked and "****" in one.parsed.phone_masked
    again = get_loan.sync_detailed(red[0].id, client=everything, if_none_match=one.headers["etag"])
    assert again.status_code == 304, again
    events = list_loan_events.sync(red[0].id, client=everything, limit=200)
    assert [event.seq for event in events.items] == list(range(1, len(events.items) + 1))
    assert events.items[0].kind == "opened" and events.items[0].amount_fen == one.parsed.principal_fen
    home = get_household.sync(one.parsed.household_id, client=everything)
    assert red[0].id in [loan.id for loan in home.loans]

    # A file is brought once, however often it is sent, and taken over as it was seen.
    content = movements("9999000000000001", "API-1", "何某")
    brought = bring(everything, content, "bring-1")
    assert brought.status_code == 201 and brought.parsed.status == "staged", brought
    same = bring(everything, content, "bring-1")
    assert (same.status_code, same.content, same.headers["location"]) == (201, brought.content, brought.headers["location"])
    other = bring(everything, movements("9999000000000002", "API-2", "何某"), "bring-1")
    assert other.status_code == 422 and other.parsed.code == "key-reused", other
    number = brought.parsed.id
    stale = take_import.sync_detailed(
        number, client=everything, body=TakeOver(take=Rows.GOOD), idempotency_key="take-0", if_match='"stale"')
    assert stale.status_code == 412 and stale.parsed.code == "seen-otherwise", stale
    seen = get_import.sync_detailed(number, client=everything).headers["etag"]
    taken = take_import.sync_detailed(
        number, client=everything, body=TakeOver(take=Rows.GOOD), idempotency_key="take-1", if_match=seen)
    assert taken.status_code == 200 and taken.parsed.status == "taken", taken

    # The contract is unknown: the difference comes with the changes, is given to a branch, and settled.
    told, cursor = follow(everything, county.changes_cursor)
    opened = [change.id for change in told if change.noun == "difference"]
    differences = all_of(list_differences, everything)
    assert opened and set(opened) == {one.id for one in differences} and differences[0].kind == "unknown-number"
    it = opened[0]
    seen = get_difference.sync_detailed(it, client=everything).headers["etag"]
    assigned = assign_difference.sync_detailed(
        it, client=everything, body=Assign(branch_id=red[0].branch.id, working_days=3), idempotency_key="assign-1",
        if_match=seen)
    assert assigned.status_code == 200 and assigned.parsed.state == "assigned", assigned
    # Who has seen it as it was before may do nothing; who has seen the answer may.
    words = Resolve(way=ResolveWay.NOT_OURS, reason="another county's contract")
    late = resolve_difference.sync_detailed(it, client=everything, body=words, idempotency_key="resolve-1", if_match=seen)
    assert late.status_code == 412, late
    settled = resolve_difference.sync_detailed(
        it, client=everything, body=words, idempotency_key="resolve-1", if_match=assigned.headers["etag"])
    assert settled.status_code == 200 and settled.parsed.state == "resolved", settled
    assert [step.kind for step in settled.parsed.steps] == ["assigned", "resolved"]
    told, _ = follow(everything, cursor)
    assert [(change.noun, change.id, change.gone) for change in told] == [("difference", it, False)], told

    # A narrower token sees its part and nothing else.
    theirs = all_of(list_loans, township)
    row = next(row for row in board.rows if row.name == "白石渡镇")
    assert 0 < len(theirs) == row.figures.owing.loans < len(loans)
    inside = {loan.id for loan in theirs}
    outside = next(loan.id for loan in loans if loan.id not in inside)
    missing = get_loan.sync_detailed(outside, client=township)
    assert missing.status_code == 404 and missing.parsed.code == "not-found", missing
    told, _ = follow(township, UNSET)
    known = {loan.id for loan in all_of(list_loans, township, state="any")}
    assert {change.id for change in told if change.noun == "loan"} == known
    homes = {home.id for home in all_of(list_households, township)}
    assert {change.id for change in told if change.noun == "household"} == homes
    forbidden = get_import.sync_detailed(number, client=township)
    assert forbidden.status_code == 403 and forbidden.parsed.code == "scope-missing", forbidden
    nobody = get_county.sync_detailed(client=client("bangfu_nobody"))
    assert nobody.status_code == 401 and nobody.parsed.code == "token-unknown", nobody

    kept.update(brought=brought.content.decode(), resolved=settled.content.decode(), etag=assigned.headers["etag"], it=it)
    print(f"the client read {len(loans)} loans and {len(known)} of a township, brought a file and settled a difference")


def again(kept):
    """After the server was started anew, the same words get the same answers, and nothing is done twice."""
    everything = client(os.environ["EVERYTHING"])
    brought = bring(everything, movements("9999000000000001", "API-1", "何某"), "bring-1")
    assert (brought.status_code, brought.content.decode()) == (201, kept["brought"]), brought
    words = Resolve(way=ResolveWay.NOT_OURS, reason="another county's contract")
    settled = resolve_difference.sync_detailed(
        kept["it"], client=everything, body=words, idempotency_key="resolve-1", if_match=kept["etag"])
    assert (settled.status_code, settled.content.decode()) == (200, kept["resolved"]), settled
    other = Resolve(way=ResolveWay.ANOTHER, reason="something else")
    reused = resolve_difference.sync_detailed(
        kept["it"], client=everything, body=other, idempotency_key="resolve-1", if_match=kept["etag"])
    assert reused.status_code == 422 and reused.parsed.code == "key-reused", reused
    print("after a new start the same words got the same answers")


act, place = sys.argv[1:]
if act == "first":
    keeping = {}
    first(keeping)
    with open(place, "w") as file:
        json.dump(keeping, file)
else:
    with open(place) as file:
        again(json.load(file))
