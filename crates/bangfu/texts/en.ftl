# bangfu — English. Every key stands in zh.ftl too; a test finds what is missing or too much.

product = bangfu
skip-to-content = Skip to content
menu = Main menu
menu-board = Board
menu-loans = Loans
menu-import = Import
menu-divisions = Places
menu-officers = People
search-hint = Name, contract no., last 4 of ID
demo-banner = Demo data, not real
demo-clock = Demo date { $day }
foot-local = Data stay on this machine and are sent nowhere
print = Print
show = Show
export-excel = Export to Excel
export-csv = Export as CSV

## Standings

standing-overdue = Overdue
standing-overdue-short = Overdue
standing-overdue-note = past due
standing-red = Red
standing-red-short = Red
standing-red-note = due soon
standing-yellow = Yellow
standing-yellow-short = Yellow
standing-yellow-note = due soon
standing-blue = Blue
standing-blue-short = Blue
standing-blue-note = due soon
standing-green = Green
standing-green-short = Green
standing-green-note = due soon
standing-awaiting = Awaiting the bank
standing-awaiting-short = Awaiting
standing-awaiting-note = unreported
standing-none = No warning yet
standing-none-short = No warning
standing-none-note = far from due
standing-settled = Settled
standing-settled-short = Settled
standing-settled-note = repaid in full
days-range = { $from }–{ $to } days

## Board

board-title = { $county } · { $programme }: warning board
updated-to = Data updated to { $day }
updated-at = { " " }(done { $at })
never-updated = Not updated yet
in-loan = Outstanding
bank-data-to = Bank data complete to
overdue-rate = Overdue rate
loans-count = { $n ->
    [one] { $n } loan
   *[other] { $n } loans
}
loans-unit = { $n ->
    [one] loan
   *[other] loans
}
change-since = { $n } vs. day before
change-none = as the day before
previous-day = Day before
following-day = Day after
choose-day = Choose a day
next-day = Next day
fresh-title = Updated to { $day }
moves-title = What moved
moves-hint = Loans whose state changed since the day before
moves-none = No loan changed its state since the day before.
move-to = became
published-differs = Figures published that day differ from what is known now:
published-figure = published { $then }, now { $now }
cut-by = Count by
by-township = By township
by-village = By village
by-branch = By bank branch
by-officer = By credit manager
township = Township
village = Village
branch = Bank branch
role-credit-manager = Credit manager
chip-remove = Remove this filter
board-hint = Click a number for its list, a heading to sort
board-empty = No loans on this day. Import a ledger and the board appears.
go-import = Import a ledger
in-loan-loans = Loans
balance-wan = Balance (¥)
quiet-rows = { $n ->
    [one] 1 more row without warnings: show all
   *[other] { $n } more rows without warnings: show all
}
total-row = Total
trend-title = Last 90 days
trend-hint = loans by state
trend-label = Loans by state from { $from } to { $to }
maturities-title = Due in the next 12 months
maturities-hint = balance in ¥ million; click a bar for its list
month-number = { $n }
until-title = Bank data complete until
until-hint = the branch furthest behind
until-none = No bank data yet.
until-never = never reported
until-behind = { $n ->
    [one] 1 day behind
   *[other] { $n } days behind
}
until-current = up to date

## Lists of loans

loans-title = Loans
loans-found = Found
loans-none = No loan matches.
balance = Balance
balance-yuan = Balance (¥)
state = State
state-owing = All outstanding
state-any = With settled
search = Search
day = Day
every = All
due-month = Due in
filter = Filter
chips-clear = Clear all filters
chip-search = Search: { $text }
chip-was = Day before: { $state }
chip-township = Township: { $name }
chip-village = Village: { $name }
chip-branch = Branch: { $name }
chip-officer = Credit manager: { $name }
chip-due = Due in { $month }
borrower = Borrower
number = Contract no.
due-on = Due on
days-left = Time left
due-today = due today
days-left-n = { $n ->
    [one] 1 day
   *[other] { $n } days
}
days-past-n = { $n ->
    [one] 1 day past
   *[other] { $n } days past
}
nobody = nobody yet
first-page = First page
next-page = Next page
page-of = { $n } on this page, { $total } in all

## One loan

as-of-day = as of { $day }
why-title = Why “{ $state }”
why-next = If nothing is repaid, from { $day } it becomes
why-next-never = It will not change by itself any more.
ribbon-days = { $n } days
ribbon-due = due day
contract = Contract
household = Household
three-officers = Three officers
officer-unconfirmed = named by a ledger only
not-stated = not stated
differences = Differences to settle
differences-hint = where bank and ledger disagree; kept until settled
difference-resolved = settled
findings = Remarks of imports
findings-hint = counted all the same; please check
timeline = What happened
timeline-hint = day of effect and time of recording
recorded-at = recorded { $at }
stands = States
stands-hint = as known now, with what lies ahead
from-day = From
stand-now = now
stand-ahead = ahead

rule-pack = Policy pack
principal = Amount lent
rate = Yearly rate
disbursed-on = Disbursed on
term = Term
purpose = Purpose
household-head = Head
identity = Identity no.
household-size = Members
household-class = Class

## Import

upload-title = Import
upload-kind = What is it?
upload-file = Choose a file, or drop it here
upload-file-hint = Excel (.xlsx) or CSV, as it is: no need to tidy the header
as-of = Position as of
as-of-hint = not needed if the ledger's title states it (截至…)
until = Data until
until-field-hint = up to which day the bank's data are complete; default: the last movement
upload-send = Upload and check
upload-promise = Checks only; nothing is written before you confirm
import-kind-ledger = Loan ledger
import-kind-ledger-note = one row for each loan, as of a day
import-kind-repayments = Bank movements
import-kind-repayments-note = repayments; moves the data-until day
import-kind-officers = Officers
import-kind-officers-note = credit managers, industry guides, technology officers
import-kind-households = Households
import-kind-households-note = head, size, class
step-choose = Choose a file
step-check = Check
step-done = Done
imports-recent = Recent imports
imports-all = All imports
imports-title = Imports
imports-none = No file has been imported yet.
import-another = Import another
received-at = uploaded { $at }
import-stage-reading = checking
import-stage-unreadable = unreadable
import-stage-staged = to be confirmed
import-stage-taking = writing
import-stage-taken = imported
import-rows = Rows of the file
import-rows-hint = read = good + bad + skipped
rows-read = read
rows-good = good
rows-bad = bad
rows-skipped = skipped
rows-skipped-as = Skipped:
skipped-title = titles
skipped-header = headers
skipped-subtotal = subtotals
skipped-total = totals
skipped-signature = signatures
skipped-blank = blank rows
comma = { ", " }
import-would-change = Confirming would make
import-changed = This made
changes-new = new
changes-changed = changed
changes-unchanged = unchanged
changes-missing = in the book, not in the file
changed-values = What changes
shown-of = { $n } values shown of { $total } changed
subject = Whose
field = Field
old-value = Now
new-value = Will be
errors-title = Bad rows ({ $n })
errors-hint = these rows will not be imported
findings-title = Remarks ({ $n })
import-findings-hint = imported all the same; please check
missing-title = Loans in the book that the file lacks ({ $n })
missing-hint = left as they are, never deleted
cell = Where
cell-at = { $sheet }, row { $row }
column = Column
value = Value
reason = Problem
cure = Cure
empty-value = (empty)
faults-more = { $n } more of this kind: see the file to download
stage-reading-title = Reading and checking…
stage-leave = You may leave this page and find the result among the imports.
stage-unreadable-title = This file cannot be read
choose-again = Choose a file again
stage-nothing-title = There is no row to import
stage-nothing = Every row is bad. Correct the file as described below and upload it again.
stage-some-bad-title = { $bad } bad, { $good } good
stage-some-bad = Import the good rows now, and download, correct and import the bad ones later; or drop it and come back with a corrected file.
stage-all-good-title = All { $n } rows are good
stage-no-change-title = The book says the same already: nothing would change
stage-all-good = See below what will change, then confirm.
take-good = Import the { $n } good rows
take-all = Confirm import
rejects-download = Download the bad rows
drop = Drop
stage-taking-title = Writing…
stage-taken-title = Imported
stage-taken = Written { $at }; the board is up to date.
to-board = To the board
file = File
kind = Kind
speaks-of = Data of
received = Uploaded

## Places and people

divisions-title = Places and service points
divisions-search = Township, village or code
divisions-none = Nothing found.
townships = Townships
villages = Villages
communities = Communities
service-points = Service points
villages-served = { $n } villages and communities, { $served } service stations
service-centre = has a township service centre
service-station = has a village service station
service-station-mark = S
loans-of-township = all loans of the township
officers-title = People
officers-search = Name
officers-count = { $n ->
    [one] 1 person
   *[other] { $n } people
}
officers-hint = three officers stand by each borrowing household
officers-none = Nobody found.
go-import-officers = Import the officers
roles-every = Every role
role = Role
name = Name
tied-households = Households tied
role-industry-guide = Industry guide
role-technology-officer = Technology officer
role-paired-cadre = Paired cadre
role-first-secretary = First secretary
role-station-clerk = Station clerk
role-centre-clerk = Centre clerk
role-bank-clerk = Bank clerk
role-supervisor = Supervisor
role-leader = Leader
role-administrator = Administrator

## Errors

error-reference = Reference

## What the other floors say

no-manager = no credit manager yet
months = { $n ->
    [one] 1 month
   *[other] { $n } months
}
repaid = Repaid
enterprise = Carried by
note = Note
phone = Phone
other-loan = Other loan
chip-state = { $state }
chip-due-rest = Due from { $day } to the end of the month
take-failed = Not imported
import-differences = { $n ->
    [one] 1 disagreement between bank and book was noted on its loan and stays until it is settled.
   *[other] { $n } disagreements between bank and book were noted on their loans and stay until they are settled.
}
upload-no-kind = Please say what it is.
upload-no-file = Please choose a file.
upload-no-day = That is no day; please choose again.
rejects-reason = Problem
