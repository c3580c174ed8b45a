# bangfu — English. Every key stands in zh.ftl too; a test finds what is missing or too much.

product = bangfu
type-large = Large type
type-usual = Usual type
skip-to-content = Skip to content
menu = Main menu
menu-board = Board
menu-loans = Loans
menu-import = Import
menu-divisions = Places
menu-officers = People
menu-administration = Manage
search-hint = Name, contract no., ID or last 4
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
standing-overdue-under = past due
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
standing-awaiting-note = no data
figure-awaiting = Awaiting
standing-awaiting-under = no data
standing-none = No warning yet
standing-none-short = No warning
standing-none-note = far from due
standing-settled = Settled
standing-settled-short = Settled
standing-settled-note = repaid in full
days-range = { $from }–{ $to } days
days-range-short = { $from }–{ $to } d
days-by-pack-short = by its pack
days-by-pack = The days of the colours are those of the policy pack under which each loan stands

## Board

board-title = { $county } · { $programme }: warning board
programme-any = microcredit
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
change-since = { $n } in a day
change-none = no change
previous-day = Day before
following-day = Day after
choose-day = Choose a day
next-day = Next day
fresh-title = Updated to { $day }
moves-title = What moved today
moves-title-past = What moved that day
moves-hint = Loans whose state changed since the day before
moves-none = No loan changed its state since the day before.
moves-first = This is the ledger's first day: there is no day before to compare with.
begins-title = The ledger begins on { $day }
begins-nothing = Nothing is known of this day.
begins-derived = What follows is worked out from the contracts alone; loans settled before then and their repayments are not in the ledger.
begins-show = Show the first day
crumbs = Where you are
whole-county = Whole county
notice-future-day = That day has not come yet; this is today.
notice-dropped = The file was dropped; nothing was written.
notice-resolved = Marked as settled.
move-to = became
published-differs = Figures published that day differ from what is known now:
published-figure = then { $n } ({ $owed }),
known-figure = now { $n } ({ $owed })
published-same = As published on the day.
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
board-hint = Click a number for its list, a heading to sort; all bars have one scale
board-empty = No loans on this day. Import a ledger and the board appears.
go-import = Import a ledger
in-loan-loans = Loans
in-loan-unit = owing
in-loan-short = Loans
balance-unit = ¥
balance-wan = Balance (¥)
quiet-rows = { $n ->
    [one] 1 more row without warnings: show all
   *[other] { $n } more rows without warnings: show all
}
quiet-rows-left = { $n ->
    [one] 1 other row without warnings
   *[other] { $n } other rows without warnings
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
loans-count-least = at least { $n } loans
page-of-least = { $n } on this page, { $total } listed
search-narrow = Too many: only the nearest { $n } are listed. Type more of it, or choose a township or a state.
households-found = Heads of households
households-more = and more: type more of the name, or choose a village.
household-members = { $n ->
    [one] 1 member
   *[other] { $n } members
}
nearest = Nearest
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
chip-who = Identity number or phone
chip-search = Search: { $text }
chip-was = Day before: { $state }
chip-township = Township: { $name }
chip-village = Village: { $name }
chip-branch = Branch: { $name }
chip-officer = Credit manager: { $name }
chip-household = Loans of the household of { $name }
chip-tied = Loans of the households tied to { $name }
chip-quiet = Nothing to watch at the same: { $what }
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
previous-page = Previous page
next-page = Next page
page-of = { $n } on this page, { $total } in all
page-number = Page { $page } of { $pages }
pages = Pages
print-rest = ; export to Excel for all of them
more-filters = More filters
sort-by = Sort by
order = Order
back-to-list = Back to the list
export-cut = More than a sheet holds: the first { $n } of { $total } loans. Narrow the list and export it in parts.

## One loan

as-of-day = as of { $day }
why-title = Why “{ $state }”
why-next = If nothing is repaid, from { $day } it becomes
why-next-never = It will not change by itself any more.
why-next-awaiting = Once the bank's data reach beyond the due day, it becomes overdue if it is unpaid, and settled if it is paid.
why-next-overdue = It stays overdue until it is repaid.
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
as-the-file-has-it = { $word } (as the file has it)

## Numbers shown whole

unmask-ask = show
unmask-choose = please choose
unmask-hint = One number is shown at a time, and only this once. Who saw whose number, when and why is recorded, and the county sees it.
unmask-show = Show the whole number
unmask-shown = Shown only this once, and recorded. You looked at { $n ->
    [one] { $n } number
   *[other] { $n } numbers
} today.
back-to-loan = Back to the loan
back-to-household = Back to the household
unmaskings-title = Numbers shown
unmaskings-hint = Who looked at whole identity numbers and phones, and why
unmaskings-day-max = at most { $n } a person a day
unmaskings-none = Nobody looked at a whole number, or no record fits.
unmasking-at = When
unmasking-who = Shown to
unmasking-from = From
unmasking-whose = Whose number
unmasking-on = Loan or household
unmasking-export = the ledger of the whole county as a file, { $n } numbers
unmasking-kind = Number
unmasking-why = For what
unmasking-reason = Reason
refusal-no-why = Please choose what the number is needed for.
refusal-unmasked-enough = You have looked at { $max } numbers today, as many as the county allows. Go on tomorrow, or ask the county's service centre if it is urgent.
erase-numbers = Erase numbers
erase-ask = ask to erase them
erase-reason = Why they are erased
erase-hint = A second person has to approve this. Only then they are erased.
erase-propose = Propose
erasures-title = Numbers erased
erasures-hint = Who proposed to erase whose identity number and phone, and who approved
erasures-none = Nobody has proposed anything.
erasure-done = erased
erasure-goes = What goes
erasure-goes-what = The identity number, the phone, and what they are found by: nobody can see or find them any more. Files that were not taken over and hold them are dropped, and they are masked in the reports of imports. Nothing brings them back.
erasure-stays = What stays
erasure-stays-what = The name, the household, the loans and all that happened to them stay, for this is the book of the money. Backups made before still hold the numbers, and a later file that states them brings them again.
erasure-decide-hint = Once approved, they are erased at once, for good.
number-erased = erased
refusal-erase-nothing = This book holds no identity number and no phone of this person: there is nothing to erase.
refusal-erase-open = It was proposed already to erase the numbers of this person, and waits for a decision.
refusal-erase-other-numbers = The numbers of this person have changed since this was proposed. Reject it, look at the numbers as they are now, and propose it again.
help-serve-unmask-per-day = how many whole numbers a person may look at in a day; without it there is no limit

## Temporary access

access-title = Temporary access
access-hint = To look at one household outside your area, say why and for how long. You may look at this household only, and change nothing. Every page is recorded, and it ends by itself.
access-ask-title = Ask for access
access-at-once = It opens at once, for { $n } hours at most; the service centre and the supervisor there see it.
access-to-be-granted = The service centre or the supervisor there has to grant it first.
access-number = Contract or identity number (whole)
access-hours = Hours
access-reason = Reason
access-ask = Ask
access-number-none = Nothing bears this number, or more than one household does. Please check it; it must be whole.
access-own = What I asked for
access-overseen = Access to my area
access-overseen-hint = others who ask to look at households here
access-none = Nothing was asked for.
access-who = Asked by
access-asked = waiting
access-open = open
access-refused = refused
access-ended = ended
access-until = until { $at }
access-decided-by = decided by { $who }
access-ended-by = ended early by { $who }
access-pages = { $n ->
    [one] { $n } page opened
   *[other] { $n } pages opened
}
access-grant = Grant
access-refuse = Refuse
access-end = End now
access-all = This household's loans
access-banner = Temporary access: the household of { $borrower }, to look at only, until { $until }. Every page is recorded.
hours-n = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
}
notice-access-asked = Asked. The service centre or the supervisor there has to grant it.
notice-access-changed = Done.
refusal-hours-beyond = Give a number of hours from 1 to { $max }.
refusal-grant-not-needed = This loan lies in your own area: just look for it.
refusal-own-grant = Somebody else has to grant what you asked for.
refusal-grant-moved-on = Somebody has decided on this already, or it is over.
refusal-grant-over = This cannot be looked at now: it was not granted yet, or its time is over. Ask again if you need it.
help-serve-access-hours-max = for how many hours at most temporary access opens at once; without it each must be granted first

## Import

upload-title = Import
upload-kind = What is it?
upload-file = Choose a file, or drop it here
upload-file-hint = Excel or WPS (.xlsx .xls .et .xlsb), .ods or CSV, as it is
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
import-stage-undoing = being taken back
import-stage-undone = taken back
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
import-would-change-nothing = Nothing can be written
import-changed = This made
changes-new = new
changes-changed = changed
changes-unchanged = unchanged
changes-missing = in the book, not in the file
changed-values = What changes
shown-values = { $n } values shown; { $unit } changed
changed-ledger = { $n ->
    [one] 1 loan
   *[other] { $n } loans
}
changed-repayments = { $n ->
    [one] 1 loan
   *[other] { $n } loans
}
changed-households = { $n ->
    [one] 1 household
   *[other] { $n } households
}
changed-officers = { $n ->
    [one] 1 person
   *[other] { $n } people
}
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
empty-value = (empty)
reason-and-cure = Problem and cure
mend-to = Change to
mend-cell = Row { $row }, { $column }: change to
mend-empty = left empty, nothing changes
mend-send = Mend and check again
mend-hint = kept with this import only; the file itself stays as it came, and cells that you leave alone stay too
mend-refused = Nothing was changed; what you typed is still below
mend-back = Take back
mended-from = mended, was “{ $was }”
mended-title = Mended cells ({ $n })
mended-hint = the import takes what they hold now; the file itself stays as it came
mended-cells = Mended cells
mended-was = Was
mended-now = Is now
mended-at = When
errors-mend-hint = mend them here and check again; rows that you leave will not be imported
rows-alike = { $n } rows alike
list-all = Show all { $n }
check-search = row number, value, name or contract number
check-kind = Problem
check-sheet = Sheet
check-each = One by one
check-whole = Back to the whole check
check-none-here = Nothing fits.
chip-sheet = Sheet: { $name }
chip-column = Column: { $name }
notice-mended = Mended and checked again.
notice-nothing-mended = Nothing changed: what you typed is what the file says.
refusal-corrected-meanwhile = Somebody corrected this file a moment ago: look at the new check before you confirm.
refusal-mending-too-long = Row { $row }, “{ $column }” is too long: at most { $max } characters.
step-columns = Columns
stage-reading-title = Reading and checking…
stage-judged = { $done } of { $total } rows checked
stage-written = { $done } of { $total } loans written
stage-leave = You may leave this page and find the result among the imports.
stage-unreadable-title = This file cannot be read
header-missing = These columns are required and were not found (any name between the strokes will do):
header-found = The header has:
header-guess = It looks like “{ $kind }”.
choose-as = Upload it as “{ $kind }”
choose-again = Choose a file again
stage-nothing-title = There is no row to import
stage-nothing = Every row is bad. Mend them below, or correct the file and upload it again.
stage-no-rows = There is no row of data below the header.
stage-some-bad-title = { $bad } bad, { $good } good
stage-some-bad = Mend the bad rows below; or import the good ones now, and download, correct and import the others later.
stage-all-good-title = All { $n } rows are good
stage-no-change-title = The book says the same already: nothing would change
stage-no-change = Confirming would change nothing in the book.
stage-no-change-day = No loan would change; confirming would only note that the data are of { $day }.
stage-all-good = See below what will change, then confirm.
take-good = Import the { $n } good rows
take-all = Confirm import
rejects-download = Download the bad rows
drop = Drop
stage-taking-title = Writing…
stage-taken-title = Imported
stage-taken = Written { $at }; the board is up to date.
result-new = New loans: { $n }
result-changed = Changed: { $unit }
result-differences = Differences between bank and book: { $n }
result-findings = Remarks to look into: { $n }
result-bad = Rows that were not imported: { $n }
result-day = Board of { $day }
made-loans = New loans
made-title = New loans ({ $n })
stage-undoing-title = Taking back…
stage-taken-back = { $done } of { $total } loans taken back
stage-undone-title = Taken back
stage-undone = Taken back { $at } by { $by }; the book is as it was before. Below is what was imported then.
undo = Take back
taken-over-at = Imported { $at }
undo-title = This will happen
undo-gone = { $n ->
    [one] 1 loan that this file brought leaves the board, lists, searches and exports
   *[other] { $n } loans that this file brought leave the board, lists, searches and exports
}
undo-back = { $n ->
    [one] 1 loan is again as it was before
   *[other] { $n } loans are again as they were before
}
undo-rows-ledger = Households, people, ties, branches and findings that came with it leave; what it overwrote is put back; the branches' data-until days go back to what they were
undo-rows-repayments = Its movements and differences leave; differences that it settled are open again; the branches' data-until days go back to what they were
undo-rows-households = Households and members that came with it leave; households, heads and phones that it overwrote are put back
undo-rows-officers = Officers that came with it leave; roles, townships and phones that it overwrote are put back, and so are findings
undo-keeps = The history stays: what was known at an earlier moment is answered as before, and figures that a daily update published do not change
undo-again = A corrected file can be imported later
undo-confirm = Take it back
undo-not = Leave it
undo-return = Back to this import
undo-built-on = It cannot be taken back now: later things stand on it
undo-built-on-why = Nothing was changed. Deal with what is listed below, then come back.
ground-loans = { $count ->
    [one] 1 loan changed later, or names a household or an officer that it brought
   *[other] { $count } loans changed later, or name households or officers that it brought
}
ground-rows = { $count ->
    [one] 1 household, person, movement or finding was changed by a later file
   *[other] { $count } households, people, movements or findings were changed by later files
}
ground-differences = { $count ->
    [one] 1 difference was handled by somebody, or raised against it by a later file
   *[other] { $count } differences were handled by somebody, or raised against it by a later file
}
ground-files = { $count ->
    [one] 1 later file says the same, which was not noted twice
   *[other] { $count } later files say the same, which was not noted twice
}
ground-cure-loans = The page of a loan names the file that came later: take that back first.
ground-cure-rows = Take the later file back first.
ground-cure-differences = Take the later file back first; what somebody has handled stays and does not leave with a file.
ground-cure-files = Take these files back first; those still wanted can be imported again.
ground-more = { $n } more
actor-cli = the command line
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
points-county = county centre { $n }
points-townships = township centres { $n }
points-villages = village stations { $n }
service-station-none = no station
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
tied-loans = All loans of these households
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

## Administration
admin-title = Administration
admin-hint = System, rules and accounts begin here
admin-system = System state
admin-system-hint = Up to which day the book is closed, disk, backup, who is signed in, and what needs care
admin-accounts-hint = Who may sign in, at which posts, and in which area
admin-tokens-hint = Let other programs read this county, within an area and until a day
admin-layouts-hint = How the county's and its banks' files hold their columns
system-ill = { $n } to be looked after
system-well = All is well
system-findings = What was found
system-facts = As it is now
system-state-well = well
system-state-note = note
system-state-ill = act
system-closed = Closed up to
system-closed-behind = { $day }, { $n } days ago
system-never = not yet
system-night = Process that closes the days
system-night-here = this one (the database is a file of this machine)
system-night-none = none now; one takes over within seconds
system-imports = Uploaded files
system-imports-none = none
system-reading = This process is reading { $n } files
system-database = Database
system-sqlite = SQLite file
system-postgres = PostgreSQL server
system-size = { $kind }, { $n } MB
system-free = Disk left
system-free-mb = { $n } MB ({ $place })
system-unknown = not known to this system
system-version = Program version
system-started = This process began
system-backup = Last whole backup
system-backup-last = { $at }, by { $who }: { $file }
system-certificate = Server’s certificate
system-certificate-ends = good until { $day }, { $n } more days
system-certificate-over = ended on { $day }
system-backup-none = none on record. Make one regularly with bangfu backup, and keep it on another machine
system-pack = Pack of a contract signed today
system-pack-none = no pack covers today
system-rules-since = { $pack }; the present rules hold since { $at }
system-sessions = Signed in now
system-sessions-n = { $n }
doctor-packs-unreadable = The packs or rest days cannot be read: { $why }

## Changes of places
places-title = Places and service points
places-card = Townships and villages added, renamed and ended; service points opened and closed
places-hint = Changes hold from their day on; past days keep the names of then
place-names = Names and codes
place-within = What lies in it
place-within-none = Nothing lies in it yet.
place-from = from { $day }
place-to = until { $day }
place-has-point = It has a service point.
place-no-point = It has no service point.
place-add-village = Add a village or community
place-add-township = Add a township
place-add = Add
place-code = Statistical code
place-code-hint = Twelve digits
place-rename = Rename
place-new-name = The new name
place-end = End
place-end-hint = It can end once no household, unsettled loan or officer belongs there. Read a ledger in first that places them elsewhere.
place-open-point = Open a service point
place-close-point = Close the service point
notice-place-changed = It was changed.
refusal-place-no-reason = Say why, or by what notice.
refusal-place-code = The code has twelve digits, begins with { $begins } and goes on with other digits than noughts; a township's ends with 000.
refusal-place-code-taken = { $name } bears that code.
refusal-place-name = Write a name of at most { $max } characters.
refusal-place-name-taken = There is a { $name } already.
refusal-place-unchanged = It is called so already.
refusal-place-moved-on = Somebody else changed it meanwhile: look at how it is now.
refusal-place-not-then = It is not on the list on that day, or a later name is known already.
refusal-place-inhabited = { $households } households, { $loans } unsettled loans and { $officers } officers still belong there. Place them elsewhere first.
refusal-place-has-villages = { $count } villages still lie in it: end them first.

## Packs, rest days, and what is proposed for them
yes = yes
no = no
packs-title = Policy packs
packs-hint = Caps, terms, days of the colours, rewards: what holds, by what source, and who changed it
pack-todays = contracts signed today
pack-unsure = { $n } to confirm or left open
pack-contracts = contracts from { $from } to { $until }
pack-contracts-on = contracts from { $from } on
pack-counties = counties: { $codes }
pack-known = in its source
pack-to-confirm = to be confirmed
pack-unknown = left open
pack-open = no source states it
pack-values = Values
pack-value = Value
pack-says = Says
pack-source = Source
pack-source-zh = Source (Chinese)
pack-source-en = Source (English)
pack-cap = Most that one loan may be
pack-term = Longest term
pack-age-min = Least age of a borrower
pack-age-max = Greatest age of a borrower
pack-extensions = Extensions and renewals at most
pack-reward-household = Reward of a household that repays on time
pack-reward-enterprise = Reward of an enterprise
pack-reward-base = What the reward is reckoned on
reward-amount-lent-once = the amount lent, once
pack-unit-yuan = { $n } yuan
pack-unit-months = { $n } months
pack-unit-years = { $n } years
pack-unit-times = { $n } times
pack-unit-percent = { $n }% of the loan
pack-colours = The four colours: up to so many days before the due day
pack-moves = A due day on a rest day moves on
pack-classes = Classes of households
pack-unmask-reasons = What whole numbers may be needed for
pack-unmask-reasons-hint = Whoever looks at a number chooses one of these and says more. A line that is emptied is taken away; without English, the Chinese name is used. What was recorded before stays as it was.
pack-reason-zh = Reason { $n } (Chinese)
pack-reason-en = Reason { $n } (English)
pack-history = History
pack-text = The pack as text (TOML)
pack-edit = Change the pack
pack-edit-hint = What is proposed is decided on by a second person; until then nothing changes.
pack-by-form = By value
pack-by-text = As text
pack-by-text-hint = With another id it is a new pack. Classes of households and days of contracts are changed here.
pack-no-number = { $name }: a number is wanted
calendar-title = Rest days
calendar-hint = On which days people rest, on which weekends they work, and by which notice
calendar-years = Years
calendar-years-hint = Working days are counted by it
calendar-published = published
calendar-provisional = provisional
calendar-provisional-hint = The notice is not known here: Saturdays and Sundays rest, and nothing else.
calendar-counts = { $rest } days of rest, { $work } make-up workdays
calendar-tell-anew = Tell this year anew
calendar-tell = Add a year, or tell one anew
calendar-tell-hint = A second person decides on it
calendar-year = Year
calendar-source = The notice
calendar-source-form = 国办发明电〔…〕…号
calendar-list = Days of rest and make-up workdays
calendar-list-hint = Paste the text of the notice, or write a day or a stretch a line: 2027-10-01 to 2027-10-07 rest; 2027-10-09 work
calendar-file = Or choose a file, in the place of the text above
calendar-remarks = Please look again, and send it once more if it is right
calendar-remark-holiday = { $day } is a holiday each year and is not among the days of rest.
calendar-remark-gap = The year { $year } is not known yet: only its Saturdays and Sundays rest.
day-rests = rest
day-works = work
days-until = to
list-fault-at = Line { $line }: { $what }
list-fault-no-day = no day is understood in "{ $text }". Write 2027-10-01.
list-fault-no-kind = "{ $text }" does not say whether it is rest or work. Write "rest" or "work" behind it.
list-fault-impossible = there is no such day: { $text }.
list-fault-other-year = { $day } lies in another year: tell it there.
list-fault-stretch = { $first } to { $last } ends before it begins, or is longer than a month.
list-fault-twice = { $day } stands twice: leave one.
list-fault-no-weekend = { $day } is no Saturday or Sunday: people work anyway. Check the day.
list-fault-empty = no day is named.
amendments = Proposals and versions
amendments-none = Nothing was proposed yet: what the program brings along holds.
amendment-of-pack = Pack { $file }
amendment-of-year = Rest days of { $year }
proposal-proposed = proposed
proposal-withdrawn = withdrawn
proposal-rejected = rejected
amendment-waits = approved, not yet in force
amendment-in-force = put in force
amendment-from = from { $day } on
proposal-made = proposed by { $who }, { $at }
proposal-decided = decided by { $who }, { $at }
amendment-reason = Why
proposal-decision = Decision
amendment-changes = What changes
line-gone = gone: 
line-added = added: 
amendment-effect = What it would do
amendment-reckoning = Every loan is looked at. You can leave and come back.
effect-other-standing = loans would stand otherwise
effect-other-due = loans would be due on another day
effect-other-days = days would be of another kind
effect-hint = Loans on { $day }: now → with it
proposal-decide = Approve or reject
amendment-decide-hint = Approved, the whole county is judged by it from its day on; what was published stays.
proposal-opinion = Opinion (needed to reject)
proposal-approve = Approve
proposal-reject = Reject
proposal-own = This is your own proposal
proposal-own-hint = A second person decides on it. You can take it back.
proposal-withdraw-why = Why it is taken back
proposal-withdraw = Take it back
amendment-back = Back
amendment-valid-from = From which day
amendment-propose = Check and propose
amendment-propose-hint = Its effect is shown next; then a second person decides.
amendment-adopting = The book is being judged by the new rules
amendment-adopting-failed = This did not end; it is done again in the night
notice-proposal-withdrawn = It was taken back.
notice-proposal-rejected = It was rejected; nothing changed.
notice-amendment-approved = It was approved.
notice-erased = The numbers are erased.
refusal-proposal-no-reason = Say why.
refusal-amendment-unchanged = It says what holds already.
refusal-amendment-open = Another proposal for it waits for a decision (number { $id }). Decide on that first.
refusal-proposal-moved-on = Somebody else was faster: look at how it stands now.
refusal-amendment-rules-moved-on = The rules have changed since you opened the page. What you typed is kept: hold it against what is there now.
refusal-proposal-own-work = Your own proposal is for somebody else to decide on.
refusal-proposal-not-maker = Only who proposed it can take it back.
refusal-amendment-too-long = It is too long: at most { $max } KB.
refusal-amendment-year = Write the year with four digits: 2027.
refusal-amendment-no-source = Name the notice.
refusal-amendment-no-day = Name the day from which it is to hold.
refusal-amendment-broken = The pack has { $count } faults.
refusal-amendment-list = The list has { $count } faults.

## Errors

error-reference = Reference
error-reference-is = Reference { $reference }

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
import-differences-ahead = { $n ->
    [one] Confirming would note 1 disagreement between bank and book, to stay until it is settled.
   *[other] Confirming would note { $n } disagreements between bank and book, to stay until they are settled.
}
upload-no-kind = Please say what it is.
upload-no-file = Please choose a file.
upload-empty = This file is empty (0 bytes); please choose another.
upload-no-day = That is no day; please choose again.
rejects-reason = Problem

rejects-name = bad-rows
place = Township
principal-yuan = Amount lent (¥)

## Why a loan stands where it stands

reason-not-disbursed = Not disbursed yet on this day.
reason-far-from-due = Due on { $due }, in { $days } days; warnings begin { $first } days before.
reason-days-to-due = Due on { $due }, { $days ->
    [0] today
    [one] in 1 day
   *[other] in { $days } days
}: within the { $from }–{ $to } days of { $state }.
reason-unpaid-after-due = Due on { $due }, { $days } days ago; the bank's data reach { $until }, beyond the due day, and it is not repaid.
reason-due-not-reported = Due on { $due }, { $days } days ago; the bank's data reach only { $until }, so nobody knows yet whether it was repaid, and it does not count as overdue.
reason-repaid = The loan is repaid in full.
event-opened = Disbursed
event-placed = Belongs to:
event-position = The ledger states principal repaid in all
event-repaid = The bank reports principal repaid
event-corrected = The contract's terms were corrected
event-described = The borrower, the officers or the note were corrected
event-reversed = A record was withdrawn

## Bank and book

difference-unknown-number = On { $day } the bank reports { $amount } repaid, but the book has no contract { $number }.
difference-serial-reused = On { $day } the bank reports { $amount } repaid under a serial number used before, with other content.
difference-other-name = On { $day } the bank reports { $amount } repaid by “{ $bank }”; the book's borrower is “{ $book }”.
difference-other-identity = On { $day } the bank reports { $amount } repaid under identity number { $bank }, which is not the borrower's.
difference-unknown-kind = On { $day } the bank reports { $amount } of the unknown kind “{ $kind }”; it was not counted.
difference-balance-differs = On { $day } the bank reports { $amount } repaid and { $reported } left; by the book { $known } would be left.
difference-more-than-owed = On { $day } the bank reports { $amount } repaid, more than the { $known } that the book has.
difference-beyond-position = On { $day } the bank reports { $amount } repaid, but a ledger of a later day states { $known } repaid in all.
difference-before-disbursement = On { $day } the bank reports { $amount } repaid, before the loan was disbursed.
difference-ledger-below-book = As of { $day } the ledger states { $ledger } repaid in all, less than the { $known } of the book; the book stands.
difference-ledger-beyond-book = The ledger as of { $day } and what the book knows from after that day would make { $ledger } repaid in all, more than { $known }; the book stands.
difference-principal-below-repaid = As of { $day } the ledger states { $ledger } as lent, less than the { $known } that the book has as repaid; the amount lent was not changed.

## Fields that change

field-village = Village
field-branch = Branch
field-credit-manager = Credit manager
field-repaid = Principal repaid
field-settled-on = Settled on
field-borrower = Borrower
field-household-class = Household class
field-note = Note
field-enterprise = Carried by
field-industry-guide = Industry guide
field-technology-officer = Technology officer
field-principal = Amount lent
field-rate = Yearly rate
field-disbursed-on = Disbursed on
field-due-on = Due on
field-term = Term
field-purpose = Purpose
field-head = Head
field-size = Members
field-roster = Roster
field-phone = phone

## Pages of errors

error-missing-title = There is nothing here
error-missing = The address may be wrong, or what stood here has been moved.
error-address-title = Something in the address is not understood
error-address = “{ $field }” says “{ $value }”, which means nothing here. Please start again from the board or a list.
error-request-title = This request cannot be handled
error-request = Please go back and try again.
error-refused-title = It was not done
error-foreign-title = The request did not come from these pages
error-foreign = For safety it was not carried out. Please open a page of this system and try again.
error-large-title = Too much at a time
error-large = Too much was sent at a time. Please send it in parts.
error-broken-title = Something went wrong
error-broken = Nothing was written. Please try again later; if it stays so, tell the administrator the reference.

## Refusals

refusal-unknown-county = The division list has no county with the code { $code }.
refusal-unknown-time-zone = There is no time zone named { $name }. Names look like Asia/Shanghai or Asia/Urumqi.
refusal-unknown-pack = There is no policy pack named { $id }; there are: { $known }.
refusal-pack-gone = The policy pack { $id }, fixed when this book was made, is not there (there are: { $known }). Put it back into the folder of --policy, or name a folder that has it.
refusal-backup-none = This file is no backup of bangfu. Choose one that bangfu backup wrote.
refusal-backup-newer = This backup was written by a newer version ({ $program }); nothing was restored. Update this program first.
refusal-backup-cut = The backup is not whole: its end is missing. Nothing was restored. Copy it again, or use another.
refusal-backup-damaged = The backup is damaged ({ $table }); nothing was restored. Copy it again, or use another.
refusal-backup-shape = The table { $table } of the backup is not as this program has it; nothing was restored. Restore it with the version that wrote it ({ $program }).
refusal-restore-differs = After the restore the table { $table } was not as in the backup; the restore was undone. Check the disk and try again.
refusal-which-county = The database keeps several counties ({ $codes }): please name one.
refusal-division-list = Line { $line } of the division list cannot be used ({ $fault }): { $value }
refusal-no-position-day = The ledger's title states no day (截至…), and none was given.
refusal-unknown-layout = { $count ->
    [0] There is no layout named “{ $name }”; none is remembered for this kind of file.
   *[other] There is no layout named “{ $name }”; there are: { $known }.
}
refusal-layout-name = Please give the layout a name of at most { $most } characters (other than none).
refusal-layout-name-taken = Another layout is named “{ $name }” already; please choose another name.
refusal-several-position-days = The tables of this file give several days: { $days }. A ledger stands as of one day: split the file by day and import one after the other, or, if one day holds for all of it, give that day (--as-of on the command line); it then counts.
refusal-day-ahead = { $day } has not come yet: neither a ledger's day nor the bank's data can reach beyond today. Check the year.
refusal-not-found = Not found, or outside your area.
refusal-already-taken = This file has been imported already.
refusal-not-taken = This file was not imported: there is nothing to take back.
refusal-already-undone = This import was taken back already.
refusal-taking = A file is being written: please wait until it is done, then take this back.
refusal-undoing = An import is being taken back: please wait until it is done.
refusal-built-on = It cannot be taken back: later things stand on this import.
refusal-bad-rows = { $bad } rows are bad, and the file was to be taken whole or not at all: nothing was imported.
refusal-header = Required columns were not found: { $missing }. The header has: { $found }.
refusal-known-ahead = The instant of knowledge must not lie ahead.
refusal-no-reason = Whole identity numbers need a reason, which is recorded.
refusal-close-ahead = { $day } has not come yet and cannot be closed: the figures of a day stay as published. Check the day.
refusal-cure-no-position-day = Please upload it again and give the day of the position.
refusal-cure-several-position-days = Please split it and upload the parts, or upload it again and give the day that holds for all of it.
refusal-cure-header = Please check that the kind chosen fits the file, or add the headers of these columns.

## Files that cannot be read

intake-empty = The file is empty.
intake-encrypted = It has a password.
intake-unfolds = This packed file would unfold to more than a table has; reading was stopped.
intake-long-cell = A cell holds more than 32,767 characters, more than Excel keeps: this is no table.
intake-pdf = This is a PDF, not a table.
intake-web-page = This is a web page, not a table (some systems save web pages as .xls).
intake-no-workbook = The archive holds no Excel workbook.
intake-damaged = The file is damaged and its content cannot be read.
intake-unknown = This is no known kind of file.
intake-broke = The reader broke on this file.
intake-too-slow = Reading took more than { $seconds } seconds of work and was stopped.
intake-too-much = Reading this file wants more than { $megabytes } MB of memory; it was stopped.
intake-unopened = The uploaded file could not be read; please upload it again.
intake-cure-empty = Please make sure that it is the right file and that it was saved.
intake-many-cells = This file has { $cells } cells with content; at most { $max } are read.
intake-cure-limit = Split it into several files. If it has to be one, your administrator can raise { $setting } where the service is started.
upload-large = The file is larger than { $max } MB. Split it into several files; if it has to be one, your administrator can raise --upload-mb where the service is started.
rows-mended = { $n } cells mended
help-serve-upload-mb = the largest file that may be uploaded, in MB
help-serve-upload-cells = the most cells with content that an uploaded file may have
help-serve-upload-memory-mb = the most memory that reading a file may take, in MB
help-serve-upload-seconds = the most seconds of processor time that reading a file may take
help-serve-upload-parsers = how many files are read at once; the others wait
intake-cure = Open it in Excel or WPS, save it as .xlsx without a password (a very large one in several files), and upload it again.

## What is wrong with a row

fault-title-missing = A required cell is empty
fault-missing = required, and empty
cure-missing = fill it in
fault-title-date-unreadable = A day cannot be read
fault-date-unreadable = cannot be read as a day
cure-date-unreadable = write it like 2019-06-17
fault-title-no-such-day = There is no such day
fault-no-such-day = no such day in the calendar
cure-no-such-day = correct it from the contract
fault-title-amount-unreadable = An amount cannot be read
fault-amount-unreadable = cannot be read as an amount
cure-amount-unreadable = write a number, like 50000
fault-title-amount-not-positive = An amount is not above zero
fault-amount-not-positive = must be above zero
cure-amount-not-positive = correct it from the contract
fault-title-amount-too-large = Amounts too large to be true
fault-amount-too-large = is too large for an amount; it looks like another column's number
cure-amount-too-large = check whether it is a contract, phone or identity number
fault-title-number-unreadable = A number cannot be read
fault-number-unreadable = cannot be read as a number
cure-number-unreadable = write a number
fault-title-identity-length = Identity numbers of the wrong length
fault-identity-length = { $length } characters instead of 18
cure-identity-length = complete it from the identity card
fault-title-identity-character = Identity numbers with a wrong character
fault-identity-character = “{ $character }” has no place there
cure-identity-character = correct it from the identity card
fault-title-identity-masked = Masked identity number
fault-identity-masked = the identity number is masked, and the book has no such loan to compare it with
cure-identity-masked = fill in the whole number
fault-title-identity-birth-date = Identity numbers whose birth date does not exist
fault-identity-birth-date = characters 7–14 are no day
cure-identity-birth-date = correct it from the identity card
fault-title-identity-check-digit = Identity numbers with a wrong check digit
fault-identity-check-digit = by the first 17 digits the last would be { $expected }: some digit is probably wrong
cure-identity-check-digit = compare every digit with the identity card; do not just change the last
fault-title-number-rounded = Numbers that a spreadsheet has rounded
fault-number-rounded = kept as a number: its last digits are lost
cure-number-rounded = format the column as text and fill it in again from the original
fault-title-village-unknown = Unknown villages
fault-village-unknown = the township has no such village
cure-village-unknown = { $count ->
    [0] use the name of the division list
   *[other] perhaps { $nearest }
}
fault-title-village-ambiguous = Names of several villages
fault-village-ambiguous = several bear this name: { $names }
cure-village-ambiguous = write the full name
fault-title-township-unknown = Unknown townships
fault-township-unknown = the county has no such township
cure-township-unknown = { $count ->
    [0] use the name of the division list
   *[other] perhaps { $nearest }
}
fault-title-township-ambiguous = Names of several townships
fault-township-ambiguous = several bear this name: { $names }
cure-township-ambiguous = write the full name
fault-title-due-not-after-disbursed = Due no later than disbursed
fault-due-not-after-disbursed = not after the day of disbursement, { $disbursed }
cure-due-not-after-disbursed = correct both days from the contract
fault-title-repaid-above-principal = More repaid than lent
fault-repaid-above-principal = more than the ¥{ $principal } that were lent
cure-repaid-above-principal = check with the bank
fault-title-duplicate = Contract numbers seen twice
fault-duplicate = { $count ->
    [0] the same as in row { $row }, which stands
   *[other] the same as in row { $row } of the sheet “{ $sheet }”, which stands
}
cure-duplicate = delete the second row or correct the number
fault-title-role-unknown = Unknown roles
fault-role-unknown = no known role
cure-role-unknown = write credit manager, industry guide or technology officer in Chinese
fault-title-quote-unclosed = Quotes that never close
fault-quote-unclosed = a quote opens here and never closes, so the row cannot be read with certainty
cure-quote-unclosed = delete the quote from the file, or close it

## What is worth knowing about a row

fault-title-ignored = Optional cells that cannot be read were left out
fault-ignored = cannot be read and was left out
cure-ignored = correct it and import again if it matters
fault-title-contradicts = Rows that contradict an earlier one
fault-contradicts = contradicts row { $row }, about the same household or officer, which stands
cure-contradicts = check which is right and keep one row
fault-title-day-ahead = Days that have not come yet
fault-day-ahead = has not come yet
cure-day-ahead = check the year; the bank's data-until day was not moved to it
fault-title-hidden = Hidden rows or columns were read too
fault-hidden = this sheet hides { $rows } rows and { $columns } columns, by a filter perhaps; they were read too
cure-hidden = delete from the file what should not come in, and import again
fault-title-sheet-lacks = Sheets that lack columns and were not read
fault-sheet-lacks = this sheet lacks required columns ({ $missing }) and was not read
cure-sheet-lacks = add their headers and import again

fault-title-layout-misfit = Columns of the layout that are gone from the file
fault-layout-misfit = these columns of the layout are gone: { $missing }; names alone were followed instead
cure-layout-misfit = check the columns, and correct the layout at the step “Columns” if need be
fault-title-loan-unknown = Numbers that the book does not have
fault-loan-unknown = the book has no loan of this bank under this number; a list of balances adds none
cure-loan-unknown = check number and bank; new loans come in with the ledger
fault-title-balance-above-principal = More left than was lent
fault-balance-above-principal = more is left than the ¥{ $principal } that the book has as lent
cure-balance-above-principal = check the balance and its unit (yuan, 10,000 yuan)
fault-title-principal-differs = Another amount lent than in the book
fault-principal-differs = the book has ¥{ $book } as lent, which stands; the row was left out
cure-principal-differs = check the amount with the bank
fault-title-head-unknown = Members without a head
fault-head-unknown = nothing tells to which household this member belongs
cure-head-unknown = mend the head's row first, or add the household's number
fault-title-member-elsewhere = Members whom the book has in another household
fault-member-elsewhere = the book has this person in another household, which stands
cure-member-elsewhere = check whether the two are one household
fault-title-sum-differs = Stated sums that are not those of their rows
fault-sum-differs = the rows add up to ¥{ $computed }
cure-sum-differs = see whether a row is missing or the sum is wrong
fault-title-term-differs = Terms that do not lead to the due day
fault-term-differs = the term leads to { $expected }
cure-term-differs = check the contract; the due day stands
fault-title-settled-differs = Days of settlement that do not fit
fault-settled-differs = not repaid in full, or before disbursement or after the ledger's day
cure-settled-differs = check with the bank
fault-title-balance-differs = Balances that do not follow
fault-balance-differs = amount lent less repaid leaves ¥{ $expected }
cure-balance-differs = check with the bank
fault-title-age-outside = Borrowers outside the age limits
fault-age-outside = { $age } years old at disbursement; the limits are { $min }–{ $max }
cure-age-outside = check the identity number and the papers
fault-title-above-cap = Amounts above the cap
fault-above-cap = above the cap of ¥{ $cap }
cure-above-cap = check the amount, or on what ground it was lent
fault-title-term-too-long = Terms longer than allowed
fault-term-too-long = longer than the { $months } months allowed
cure-term-too-long = check the contract's term
fault-title-no-pack = Contracts that no policy covers
fault-no-pack = no policy pack covers the day of disbursement
cure-no-pack = ask the administrator to add a pack
fault-title-officer-unknown = Officers that the roster does not name
fault-officer-unknown = not on the roster
cure-officer-unknown = check the name, or import the officers first
fault-title-branch-unknown = Branches that the book has not, much like those it has
fault-branch-unknown = the book has no such branch; imported as it is, one is added
cure-branch-unknown = did you mean { $nearest }?
row-at = row { $row }
fault-title-borrower-differs = Borrowers other than in the book
fault-borrower-differs = the book has this contract under another person; the book stands
cure-borrower-differs = check the contract with the bank
fault-title-repaid-below-book = Less repaid than in the book
fault-repaid-below-book = the book has ¥{ $book }, which stands
cure-repaid-below-book = check with the bank
fault-title-repaid-beyond-book = Repaid does not go with what was repaid later
fault-repaid-beyond-book = with what the book knows from after that day, ¥{ $sum } would be repaid, more than ¥{ $most }; the book stands
cure-repaid-beyond-book = check with the bank
fault-title-principal-below-repaid = Amount lent below what the book has as repaid
fault-principal-below-repaid = the book has ¥{ $repaid } repaid; the amount lent was not changed
cure-principal-below-repaid = check the amount lent and the repayments with the bank
fault-title-older-position = A ledger older than the book
fault-older-position = the book has a ledger of { $newest }
cure-older-position = make sure that it is not an old file

## Command line

cli-made = Made the database { $database }.
cli-key = Key file: { $key }. Back it up apart from the database; without it no identity number or phone can be read.
cli-rows = { $read } rows read: { $good } good, { $bad } bad, { $skipped } skipped.
cli-layout = Read by the layout “{ $name }”.
cli-layouts-alike = Several layouts fit alike: { $names }. Please name one with --layout; this time names of columns were followed.
cli-changes = { $new } new, { $changed } changed, { $unchanged } unchanged.
cli-fault = { $sheet } row { $row }, { $column } “{ $value }”: { $message }; { $cure }
cli-more = { $n } more; --report writes all of them.
cli-findings = { $n } findings; they hold nothing up.
published-then = As published that day (what came later has changed the table above):
cli-change = { $subject } { $name }: { $field } { $old } → { $new }
cli-absent = In the book and not in the file: { $n } ({ $some })
cli-differences = { $n } disagree with the book; they are listed as differences to be looked into.
cli-output-is-input = { $file } is the file to be imported: name another one.
cli-cannot-write = { $file } cannot be written ({ $error }). Name a place that can; nothing was imported.
cli-policy-folder = The folder { $file } of --policy cannot be opened. Check its name, and that you may read it. [{ $error }]
cli-unwritten = { $file } cannot be written. Name a place that can. [{ $error }]
cli-taken = Taken over as number { $number }.
cli-undo-foreseen = Taking { $file } back: { $gone } loans would leave, { $back } would be as they were before.
cli-undone = Took { $file } back: { $gone } loans left, { $back } are as they were before.
cli-undo-number = Please give the number of an import, not “{ $found }”
cli-not-taken = Nothing was written.
cli-exported = { $n } loans written to { $file }
cli-export-ending = The file's name must end in .xlsx, .csv or .json.
cli-rebuild-equal = { $n } loans equal their events.
cli-rebuild-differs = Different: { $rows } loans, { $histories } histories, { $cells } cells of the board, { $names } entries of the index of names.
cli-rebuild-lost = { $n } loans are left in part and cannot be made from the events: { $loans }. Events do not tell number, institution and household: restore the database from a backup.
cli-rules-changed = The policy packs or rest days are others than the last time. Everything was reckoned anew by the present ones: the warnings of { $n } loans changed. What was known at an earlier instant stays by the rules of then.
cli-rules-differ = Note: the present policy packs or rest days are not those of the book. This answer is by those of the book; the next verb that writes (such as bangfu close) changes over.
rules-under-way = New rules are being applied: { $done } of { $n } loans are judged by them, the others still by the rules of before. Figures and lists count both and agree.
cli-rules-unreadable = The policy packs or rest days noted in the book cannot be used. Use the version that noted them or a newer one. [{ $why }]
cli-serving = Open { $address } in a browser (Ctrl+C stops)
cli-loopback-only = Everybody knows the passwords of a demo, so it serves this machine alone: { $address } is not an address of this machine; use 127.0.0.1.
cli-foreign = { $address } is not an address of this machine, and connections are not encrypted: others could read passwords and data. Three ways: serve this machine alone (--listen 127.0.0.1:8080); encrypt (first bangfu tls init, then --tls tls); or put a proxy before it that encrypts, and name its address with --proxy.
cli-cannot-listen = Cannot listen on { $address }: { $error }
cli-not-a-demo = { $database } does not hold the demo's data. Name another file with --database.
cli-reading = Reading { $file }
cli-read = { $file }: { $good } rows taken, { $bad } bad
cli-closing = Daily update
divisions-column = The division list has no column { $name }.
divisions-day = Line { $line } of the division list has an unreadable day: { $value }
cli-bench = Timing
cli-bench-line = { $ms } ms  { $job }
bench-init = making a database with a county's places
bench-read = reading the cells of four files
bench-ledger = importing the ledger
bench-officers = importing the officers
bench-households = importing the households
bench-bank = importing the bank's movements
bench-catch-up = closing 48 days at once
bench-close = closing one day
bench-board = a board
bench-recount = a full recount from the events
bench-list = a page of a list
bench-wait = longest wait of a user's write meanwhile
bench-board-county = board of the county: median … longest
bench-board-township = board by township: median … longest
bench-board-village = board by village: median … longest
bench-board-branch = board by branch: median … longest
bench-board-officer = board by credit manager: median … longest
bench-board-narrow = board of a township: median … longest
bench-list-totals = totals of a list: median … longest
bench-scan = a bare sum over all loans: median … longest
bench-recount-rows = a full recount from the loans: median … longest
bench-unequal = The recount differs from the board.
cli-filling = Making loans
cli-indexing = Building indexes
cli-filled = { $n } loans that owe and { $repaid } repaid in { $ms } ms; { $changing } change on { $day }
store-exists = There is a database already: { $place }. Name another, or use it.
store-missing = There is no database: { $place }. Make it with bangfu init.
store-unfinished = Making the database at { $place } was not finished; nothing is kept in it yet. Type bangfu init --county CODE --divisions FILE again: it goes on to the end.
store-foreign = What stands at { $place } is no database of bangfu; it was left as it is. Name another.
store-address = { $place } is no database address. Write sqlite:FILE or postgres://…
store-key-missing = The key file { $place } is not there. Without it no identity number can be read and nothing can be written. Put the backed-up key file back, or give the key in BANGFU_KEY.
store-key-unreadable = The key file { $place } cannot be read. Let the user who runs this program read it, or give the key in BANGFU_KEY. [{ $why }]
store-key-form = The key in { $place } is wrong: it must be 64 hexadecimal digits. Use the backed-up key.
store-key-randomness = The system gave no random numbers, so no key was made. Try again later. [{ $why }]
store-other-key = The key is another one: this book was made with the key { $own }, and { $place } holds { $key }. Nothing was changed. Put the key file back with which the book was made, or set BANGFU_KEY right (where it is set, no key file is read).
store-open-folder = { $place } is a folder and no database file. Name a file, such as sqlite:folder/bangfu.db.
store-open-denied = { $place } may not be opened. Let the user who runs this program read and write the file and its folder, or use another place. [{ $why }]
store-open-unreachable = The database server does not answer: { $place }. Check the address and the port, and that the server is running and can be reached. [{ $why }]
store-open-no-database = The server has no such database: { $place }. Check the name, or make an empty one there first (createdb) and then type bangfu init. [{ $why }]
store-open-login = The database server does not accept this user or password: { $place }. Check the user and the password in the address. [{ $why }]
store-open-other = The database { $place } cannot be opened. Check the address, or ask the administrator. [{ $why }]
store-read-only = You may only read the database { $place }, and this has to write in it. Let a user do it who may write.
store-sealed = Something that was sealed does not open with the present key { $key }. Use the key with which the book was made.
store-value = A value in the database is not as it must be: another program may have changed it, or it is damaged. Compare it with a backup. [{ $why }]
store-sql = The database failed and this was not finished. Try again later; if it stays so, look at the disk space and the rights. [{ $why }]
store-migrate = The tables of the database do not fit this version of the program; they were left as they are. Use the version that made them or a newer one. [{ $why }]
store-io = { $place } cannot be read or written. Check the place, the rights and the disk space. [{ $why }]
cli-unsaid = The result was not written: standard output takes nothing. Check the file to which it leads and the disk space. [{ $why }]
cli-typed-verb = There is no verb “{ $value }”.
cli-typed-unknown = { $argument } is not known here.
cli-typed-missing = Missing: { $argument }.
cli-typed-twice = { $argument } can be given once only, and not with what contradicts it.
cli-typed-empty = { $argument } has no value after it.
cli-typed-choice = { $argument } cannot be “{ $value }”; it can be: { $choices }.
cli-typed-value = { $argument }: “{ $value }” is not understood.
cli-typed-meant = Did you mean: { $words }?
cli-typed-help = Add --help for more.
cli-form-day = A day is written 2019-06-17 (from 1900 to 2199).
cli-form-instant = An instant is written 2019-06-17T08:00:00+08:00.
cli-form-hh-mm = A time is written 02:00.
cli-form-address = An address is written 127.0.0.1:8080.
cli-file = Cannot open { $file }. Check its name, and that you may read it. [{ $error }]

## Differences

differences-count = { $n ->
    [one] 1 difference to look into
   *[other] { $n } differences to look into
}
differences-none = Bank and book agree.
resolve = Looked into
resolve-hint = Say what was found
refusal-no-resolution = Give a reason.
notice-assigned = Given to the branch.
notice-reopened = Taken up again.
notice-no-secret = Search here by contract number or name; identity numbers and phones are not looked for, and stand in no address.
choose = Choose
handle = Handle
suggestion = Suggestion
side-bank = Bank
side-book = Ledger
opened-by = Source file
settled-by = Settled by file
name-with-count = { $name } ({ $n })
branch-unknown = Branch not known
chip-kind = Kind: { $name }
differences-total = { $n ->
    [one] 1 difference
   *[other] { $n } differences
}
differences-page-of = { $n } here, { $total } in all
differences-none-here = No difference fits.
differences-search = Contract number, name
difference-kind = Kind
difference-history = History
difference-no-loan = The book has no such loan.
difference-before = Before: { $said }
done-by = By { $who }
difference-tab-standing = To look into
difference-tab-open = Not given out
difference-tab-assigned = With a branch
difference-tab-late = Answer late
difference-tab-resolved = Resolved
difference-tab-settled = Settled by file
difference-tab-all = All
difference-state-open = Not given out
difference-state-assigned = With a branch
difference-state-resolved = Resolved
difference-state-settled = Settled by file
difference-step-opened = Found
difference-step-assigned = Given to the branch
difference-step-resolved = Resolved by hand
difference-step-reopened = Taken up again
difference-step-settled = A later file proves it settled
difference-step-restated = A later file changes the reason
difference-step-undone = That file was taken back: as before
resolve-way = Finding
resolve-reason = Reason
way-book-right = The ledger is right
way-next-file = The bank is right; the next file will bring it
way-corrected-at-bank = Corrected by hand at the bank
way-reported-twice = Reported twice
way-not-ours = Not ours
way-another = Other (see the reason)
assign = Give to the branch
assign-note = What the branch is asked (optional)
answer-within = Working days
answer-or-day = Or by a day
answer-by = Answer by { $day }
answer-due = Answer due
answer-provisional = That year's holidays are not published yet; the day may move.
reopen = Take up again
reopen-reason = Why it is taken up again
movement-day = Day
movement-amount = Amount moved
movement-balance = Balance after
movement-name = Customer
movement-serial = Serial number
movement-row = Row of the file
movement-became = Recorded as
movement-became-event = A repayment of the loan
slip = Slip to print
slip-title = { $branch }: differences to check
slip-lead = The bank's movements and the ledger disagree on these. Please check each, write the answer, sign and return.
slip-asked = Asked
slip-answer = The branch's answer
slip-by = Checked by
slip-checked = Confirmed by
slip-day = Day
refusal-no-way = Choose what was found.
refusal-reason-too-long = A reason has at most { $max } characters; please shorten it.
refusal-identity-in-reason = The text holds an identity number. Reasons are kept in the open: please write the name or the contract number instead.
refusal-difference-moved-on = Somebody else or a later file has dealt with this meanwhile; please look again.
refusal-no-branch = The branch is not known; please choose one.
refusal-day-past = { $day } has passed; choose today or a later day.
refusal-term-beyond = The term is 1 to { $max } working days.
difference-kind-unknown-number = Unknown number
difference-unknown-number-book = No contract { $number }
difference-kind-serial-reused = Serial number reused
difference-serial-reused-book = Serial number { $serial } is another movement's
difference-kind-other-name = Other name
difference-other-name-book = Borrower { $book }
difference-kind-other-identity = Other identity number
difference-other-identity-book = Not the borrower's identity number
difference-kind-unknown-kind = Unknown kind of movement
difference-unknown-kind-book = Not counted
difference-kind-balance-differs = Balances differ
difference-balance-differs-book = { $known } would be left
difference-kind-more-than-owed = More than owed
difference-more-than-owed-book = { $known } was owed
difference-kind-beyond-position = Against a later ledger
difference-beyond-position-book = The ledger as of { $position } states { $known } repaid in all
difference-kind-before-disbursement = Before disbursement
difference-before-disbursement-book = Not disbursed on that day; { $known } was lent later
difference-kind-ledger-below-book = Ledger states less repaid
difference-ledger-below-book-book = As of { $day } the ledger states { $ledger } repaid in all
difference-kind-ledger-beyond-book = Ledger states more repaid
difference-ledger-beyond-book-book = By the ledger as of { $day }, { $ledger } would be repaid in all
difference-kind-principal-below-repaid = Ledger states less lent
difference-principal-below-repaid-book = As of { $day } the ledger states { $ledger } as lent
difference-bank = { $day }: { $amount } repaid, { $reported } left, customer { $name }
difference-serial-reused-bank = { $day }: { $amount } repaid under serial number { $serial }, { $reported } left, customer { $name }
difference-unknown-kind-bank = { $day }: { $amount } of the kind “{ $kind }”, balance { $reported }, customer { $name }
difference-other-identity-bank = { $day }: { $amount } repaid, { $reported } left, customer { $name }, identity number { $bank }
difference-ledger-below-book-bank = The book, bank movements included, has { $known } repaid in all
difference-ledger-beyond-book-bank = The book, bank movements included, allows { $known } at most
difference-principal-below-repaid-bank = The book has { $known } repaid in all
suggestion-likely-number = The number may be { $number }: a loan of the same borrower that takes this movement exactly. Ask the branch to confirm.
suggestion-not-yet-in-ledger = The ledger ends on { $day }; the loan may be newer. The next ledger is held against it by itself.
suggestion-ask-number = Ask the branch which contract it means.
suggestion-ask-serial = This serial number is that of { $amount } of { $day } under contract { $number }. Ask the branch which one is right.
suggestion-ask-serial-only = Ask the branch which movement bears this serial number.
suggestion-name-miswritten = “{ $bank }” and “{ $book }” differ in one character: perhaps a slip. Check and correct.
suggestion-same-person = The identity number is the borrower's; only the name reads “{ $bank }”. Check whether it was changed or miswritten.
suggestion-check-identity = The name fits, the identity number does not. Check the identity number on both sides.
suggestion-ask-borrower = Ask the branch who repaid which contract.
suggestion-moves-principal = The balance fell by just this amount: it moved principal. Ask the branch to confirm the kind.
suggestion-leaves-balance = The balance is still { $amount }: this was no principal.
suggestion-ask-kind = Ask the branch whether it was principal or interest.
suggestion-same-day-same-amount = The book has { $amount } on the same day already; perhaps it was reported twice. Ask the branch whether it was one or two.
suggestion-counted-already = Without this movement the book has the bank's balance of { $amount }: it was counted already.
suggestion-agrees-now = Both agree by now; the next file settles it by itself.
suggestion-bank-knows-more = The bank has { $amount } repaid before that the book lacks. Ask the branch to report it.
suggestion-book-knows-more = The book has { $amount } more repaid than the bank. Find out where that comes from.
suggestion-settled-before = The book has the loan settled on { $day }. Ask the branch what this money was for.
suggestion-ask-excess = { $amount } more than is owed. Ask the branch what the rest is.
suggestion-ledger-lacks-it = The ledger as of { $day } states { $amount } in all, without this movement. Check the ledger, or ask the branch.
suggestion-before-loan = { $days } days before the disbursement on { $day }. Check the date, or whether it belongs to an earlier loan.
suggestion-ledger-older = The ledger lacks { $amount } that the bank reports from { $day } on: it is older than the bank's movements. The next ledger should have it.
suggestion-ledger-lower = The ledger states { $amount } less, and no movement explains it. Check the ledger.
suggestion-ledger-counts-later = The { $amount } too much is just what the bank reports for later days: the ledger may count it too early.
suggestion-ledger-higher = { $amount } too much, and no movement explains it. Check the ledger.
suggestion-unit-mistaken = Ten thousand times apart; the book has { $amount }: yuan and ten thousand yuan were mistaken.
suggestion-check-principal = The book has { $amount } as lent. Check the ledger against the contract.
actor-here = This machine's user
cli-key-variable = The key is the one in BANGFU_KEY. Keep it safe elsewhere; without it no identity number or phone can be read.

## Packs and rest days

pack-fault-form = written wrongly: { $what }
pack-fault-parent = inherits from “{ $id }”, which is not there or inherits from it
pack-fault-same-name = another pack is called “{ $id }” too
pack-fault-missing = “{ $key }” is missing, here and in what it inherits from
pack-fault-order = the days must grow: 0 ≤ red < yellow < blue < green
pack-fault-status = a value with the status known or to_confirm needs “value”; an unknown one has none
pack-fault-not-positive = must be above zero
pack-fault-days = the last day lies before the first
pack-fault-no-day = covers no day: contracts from { $from } until { $until }, of which one is inherited; state both, or contracts_until = "none"
pack-fault-above = must not be above { $most }
pack-fault-county = “{ $code }” is no county's code: it has six or twelve digits
pack-fault-same-class = “{ $word }” stands for two classes of households
pack-fault-no-reason = the list of what numbers may be needed for is empty, or one of it lacks its name in Chinese or English
pack-fault-same-reason = what numbers may be needed for names “{ $word }” twice
pack-fault-same-year = the year { $year } is stated twice
pack-fault-other-year = { $day } lies outside the year under which it stands
days-to-confirm = The days of the warnings are for the county to confirm
days-to-confirm-why = The pack states on which days each colour begins and ends; the county must confirm them. Source: { $source }.
due-provisional = The rest days of that year are not published yet: reckoned by weekends for now

## Help of the command line

help-bangfu = bangfu (帮扶): which loan is about to fall due, who goes there, is it done.
help-database = The database: sqlite:FILE or postgres://… (default sqlite:bangfu.db)
help-json = Print one JSON document on standard output
help-lang = The language of words: zh or en
help-book = The county's code, where the database keeps several
help-policy = A folder with the county's own policy packs (and rest days, calendar/rest-days.toml)
help-init = Make an empty database with places and service points
help-init-county = A county's code, six or twelve digits; several may be named
help-init-divisions = The division list: code, name, parent, level
help-init-pack = One pack for all contracts, whatever their date
help-init-time-zone = The time zone whose midnight begins a day, Asia/Shanghai unless told: Asia/Urumqi
help-import = Read a ledger, households, officers or the bank's repayments in, or take an import back (undo)
help-import-kind = What the file holds; undo takes back
help-import-file = The file; to take back, the number of the import
help-import-check = Write nothing
help-import-take = Which rows to take
help-import-as-of = The day of the ledger's position, where its titles give none or several
help-import-until = The day up to which a repayments file is complete
help-import-layout = The layout to read by (recognised unless told; none for none)
help-import-report = Write the report to a file
help-import-rejects = Write the bad rows with their reasons to a workbook
help-close = Close every day up to a day
help-close-date = The last day to close (default today)
help-board = Show how many loans stand where
help-board-date = The day (default today)
help-board-known-at = As known at this instant
help-board-by = By what to count; officer means the credit manager
help-export = Write loans to a file
help-export-what = What to write
help-export-file = The file: .xlsx, .csv or .json
help-export-date = The day (default today)
help-export-known-at = As known at this instant
help-export-unmask = Whole identity numbers; the reason is recorded
help-serve = Serve the pages and close each day
help-serve-listen = Where to listen; on another address than this machine’s own it must be encrypted, or behind a proxy
help-serve-close-at = The hour of the county's day at which the day is closed
help-demo = Try bangfu with made-up books
help-demo-listen = Where to listen (default: a free port of this machine)
help-bench = Time the main jobs on this machine
help-bench-job = What to time: the sample books (demo), looking into the database (book), its next day's close (close); or make one to time (fill)
help-bench-loans = fill: loans that owe something
help-bench-seed = fill: what the book is drawn from; the same makes the same
help-bench-county = fill: a county's code; several share the loans
help-bench-divisions = fill: the division list (default: that of the sample county)
help-bench-due-on = fill, close: the day whose close is timed
help-bench-changing = fill: so many loans change on that day
help-value-n = NUMBER
help-rebuild = Rebuild what is derived from the events
help-rebuild-check = Only compare
help-usage = Usage: { $usage }
help-verbs = Commands:
help-arguments = Arguments:
help-options = Options:
help-options-place = [OPTIONS]
help-variable = [env: { $value }]
help-default = [default: { $value }]
help-choices = [possible values: { $value }]
help-help = Show help
help-version = Show the version
help-value-verb = COMMAND
help-value-url = URL
help-value-code = CODE
help-value-zone = ZONE
help-value-folder = FOLDER
help-value-name = NAME
help-value-day = DAY
help-value-instant = INSTANT
help-value-hh-mm = HH:MM
help-value-address = ADDRESS
help-value-reason = REASON
help-value-file = FILE
help-value-file-csv = FILE.csv
help-value-out-json = OUT.json
help-value-out-xlsx = OUT.xlsx
help-value-lang = LANG
help-value-kind = KIND
help-value-take = TAKE
help-value-by = BY
help-value-what = WHAT

# Columns, layouts, templates
columns-title = Columns
columns-ours = Ours
columns-theirs = Theirs
columns-fixed = The same for the whole file
columns-hint = Left is what is needed; choose the column of the file on the right. What was understood is filled in. Columns that are not needed can be left alone.
columns-hint-balances = A bank's month-end list of balances needs loan number, bank and balance only (and has no township or village).
columns-none = (none)
columns-sheet-name = (the name of the sheet)
columns-unit = Unit
columns-unit-stated = as the header says
unit-yuan = yuan
unit-ten-thousand-yuan = 10,000 yuan
unit-months = months
unit-years = years
columns-required = required
columns-lacking = lacking
columns-left-out = Columns not used:
columns-first-row = Header from row
columns-last-row = to row
columns-look-again = Look again at these rows
columns-table = Table
columns-header-at = header in rows { $first }–{ $last }
columns-placed = { $n } understood, { $all } columns
columns-remember = Remember this layout as
columns-remember-hint = Left empty, it is for this file alone; remembered, the next file like it is recognised. Header texts only are kept, no contents
columns-remember-example = such as: the bank's month-end balances
columns-send = Check by this
columns-by-names = No layout, by names of columns
columns-by-layout = Layout: { $name }
columns-by-own = Layout: this file's own
columns-look = Columns
columns-faults = It cannot be checked yet
columns-missing = Nothing says “{ $field }” yet.
columns-twice = The column “{ $column }” is chosen twice: { $fields }.
layouts-title = Remembered layouts
layouts-hint = shared in the county; files like them are recognised
layouts-none = None is remembered yet. After an upload, the step “Columns” offers it.
layout-name = Name
layout-columns = Columns
layout-named = Remembered
layout-change = Change
layout-fields = { $n } fields
layout-rename = Rename
layout-forget = Forget
layout-correct-hint = corrected, it holds for files from now on
layout-sheets = For which sheets
layout-sheets-hint = * stands for any text; * alone for every sheet
layout-save = Save
notice-layout-saved = The layout is saved.
notice-layout-forgotten = The layout is forgotten.
templates-hint = No list yet? Download a template to fill in:
template-ledger = loan ledger
template-balances = bank's month-end balances
template-households = households
template-officers = officers
template-repayments = bank's movements
column-ordinal = Row number
column-ordinal-note = counts the rows; may be left out
column-township = Township
column-township-note = the township, by its official name
column-village = Village
column-village-note = the village or community
column-group = Group
column-group-note = the villagers' group
column-phone = Phone
column-phone-note = a number that somebody answers
column-number = Loan number
column-number-note = the bank's number of the loan, once within a bank
column-household-class = Household class
column-household-class-note = the class of the household
column-borrower = Borrower
column-borrower-note = the borrower's name
column-head = Head of household
column-head-note = the name of the head
column-borrower-identity = Borrower's identity number
column-borrower-identity-note = 18 characters
column-head-identity = Head's identity number
column-head-identity-note = 18 characters
column-identity = Identity number
column-identity-note = 18 characters
column-bank = Bank
column-bank-note = the bank and branch that lent
column-principal = Amount lent
column-principal-note = the principal
column-rate = Yearly rate
column-rate-note = such as 4.35%
column-disbursed-on = Disbursed on
column-disbursed-on-note = the day on which the money was lent
column-term = Term
column-term-note = in months, or as 3 年
column-due-on = Due on
column-due-on-note = the day on which it is due
column-purpose = Purpose
column-purpose-note = what the money is for
column-repaid = Repaid
column-repaid-note = principal repaid by the day of the list
column-balance = Balance
column-balance-note = what is left of the principal
column-settled-on = Settled on
column-settled-on-note = the day on which all was repaid
column-stated-on = Day of the data
column-stated-on-note = the day of a list of balances
column-credit-manager = Credit manager
column-credit-manager-note = who looks after the loan at the bank
column-industry-guide = Industry guide
column-industry-guide-note = who guides the household's business
column-technology-officer = Technology officer
column-technology-officer-note = who teaches the techniques
column-enterprise = Enterprise
column-enterprise-note = the cooperative or company that carries the household
column-note = Note
column-note-note = anything else
column-member = Member
column-member-note = the member whose row it is, where each has one
column-member-identity = Member's identity number
column-member-identity-note = 18 characters
column-relation = Relation to the head
column-relation-note = head, spouse, child …
column-household-number = Household number
column-household-number-note = the same in all rows of a household
column-size = Members
column-size-note = how many live in the household
column-name = Name
column-name-note = of the officer or the customer
column-role = Role
column-role-note = credit manager, industry guide or technology officer
column-institution = Institution
column-institution-note = the bank's office
column-on = Day
column-on-note = the day of the movement
column-kind = Kind of movement
column-kind-note = principal, interest …
column-amount = Amount
column-amount-note = of this movement
column-serial = Serial number
column-serial-note = the bank's own, one for each movement
column-memo = Memo
column-memo-note = the bank's words
template-notes = Notes
template-not-in-list = This is not among what may be chosen; please check
help-template = Write an empty workbook to be filled in
help-template-form = Which list
help-template-file = The file to write
help-value-form = LIST

look = Light or dark
look-hint = Dark pages are easier on the eyes at night
look-machine = As the machine
look-light = Light
look-dark = Dark

# Several differences at once
bulk-title = Several at once
bulk-chosen = Settle those chosen
bulk-all = Choose all on this page
bulk-pick = Choose { $kind } { $number }
bulk-preview = { $n } of the { $total } chosen will be done. Please look through them first
bulk-assigns = Each is given to its branch, to answer by { $day }.
bulk-confirm = Confirm { $n }
bulk-done = { $n } of the { $total } chosen are done.
bulk-becomes = Becomes
bulk-left = left alone
bulk-own-branch = Each its own
bulk-cancel = Back without a change
refusal-nothing-chosen = Nothing is chosen. Please tick something in the list first.

# One's own work, and the loans of a household, an officer, a branch, an enterprise
menu-home = My work
home-title = My work
home-waiting = Waiting for you
home-done = Nothing waits for you now.
home-nothing = There is no loan in your area yet.
home-carried = The loans in your area
home-lists = Lists that you keep
home-lists-hint = Opened on the day's data each time
home-lists-none = You keep no list yet. Filter the loans as you need them, then choose “Keep this list”.
waits-overdue = overdue, to be collected
waits-overdue-hint = Talk to the borrower first, then look for the way out
waits-red = red: due very soon
waits-red-hint = Visit and settle how it is repaid
waits-awaiting = due, awaiting the bank
waits-awaiting-hint = Only the bank's report will tell whether they are repaid
waits-late-differences = differences not answered in time
waits-late-differences-hint = Ask the branch for its answer
waits-differences = differences between bank and book
waits-differences-hint = See what either side says, then settle them
waits-report = days without a report of repayments
waits-report-hint = Loans past due stand open until it comes
waits-files = files waiting to be taken over
waits-files-hint = Check and confirm them, or drop them
waits-nobodys = loans without a credit manager
waits-nobodys-hint = Nobody will visit when they fall due
waits-close = days not closed
waits-close-hint = The warnings stand at the last day that was closed
waits-first-passwords = accounts with a first password
waits-first-passwords-hint = Remind their owners to sign in and change it
waits-no-posts = accounts without a post
waits-no-posts-hint = Their owners see nothing
waits-erasures = people whose numbers are to be erased
waits-erasures-hint = See whose and why, then approve or reject it
carried-next = Due first
carried-none = No loans.
carried-all = all { $n }
due-within = due within { $days } days
to-branches = All branches
officer = Officer
officer-households = { $n ->
    [one] { $n } household tied
   *[other] { $n } households tied
}
household-officers = Who stands by it
household-known-members = Members on record
household-member = Member
household-of = household of { $head }
chip-enterprise = Enterprise: { $name }
chip-within = Due within { $days } days
list-keep = Keep this list
list-keep-hint = What is kept is the filter, not today's result; one of the same name is replaced. A shared list shows each the loans of their own area.
list-name = A name for the list
list-share = Share with everybody
list-shared = Shared
list-shared-by = Shared by { $name }
list-forget = Delete
list-forget-name = Delete the list “{ $name }”
notice-list-saved = The list is kept; open it from “My work” at any time.
notice-list-forgotten = The list is deleted.
refusal-saved-list-name = Please give the list a name of at most { $most } characters.
refusal-saved-lists-full = At most { $most } lists are kept. Please delete one that you no longer need.

# Signing in, and accounts
sign-in = Sign in
sign-out = Sign out
sign-in-help = No account, or password forgotten? Ask your county's administrator.
sign-in-outside = Sign in with the identity service
login = Sign-in name
password = Password
password-first = First password
personas = Demo: look around as somebody else
personas-hint = People and passwords are made up. Each sees only what lies in their own area.
me-title = My account
password-change = Change password
password-before = Present password
password-wanted = New password
password-again = New password once more
password-rules = At least 12 characters; blanks and Chinese characters are fine. A sentence nobody would guess is easiest to remember.
password-must-change = Please choose a password of your own first
password-must-change-hint = You signed in with the first password that the administrator gave you. Work begins once you have chosen your own.
posts = Posts
posts-hint = You work at one post at a time, and see what lies in its area.
posts-none = No post
posts-none-hint = Without a post nobody can sign in. Give one below.
post-here = In use
post-choose = Work at this post
post-give = Add a post
post-take = Withdraw
sessions = Where you are signed in
sessions-hint = If you do not know one, end it and change your password.
session-times = Since { $from }, last used { $seen }
session-here = This one
session-end = End
factor = Second factor
factor-hint = Besides the password, signing in asks for six digits from your phone. Whoever learns your password still cannot sign in.
factor-on = In use
factor-off = Not in use
factor-change = Change
factor-set-up = Set a second factor up
factor-must = Please set a second factor up first
factor-must-hint = At this post, signing in needs a second factor. Work can begin once it is set up.
factor-need = You need a program for codes on your phone, for example Microsoft Authenticator or FreeOTP. It needs no network and no text messages.
factor-begin = Begin
factor-scan = Scan this with the program on your phone
factor-scan-hint = If you cannot scan it, choose to type it in and type the key below (by time, six digits).
factor-picture = The key as a QR code
factor-secret = Key
factor-code = The six digits that the phone shows now
factor-confirm = Put into use
factor-again = Another key
factor-switch-off = Switch the second factor off
factor-switch-off-hint = From then on the password alone signs in; your sessions elsewhere end.
factor-kept = Your post may not be without a second factor, so it cannot be switched off. With a new phone, ask your county's administrator to take it off, and set it up again.
factor-take = Take the second factor off
factor-take-hint = Only if its owner has neither the phone nor a recovery code. Make sure that it is them; all sessions of the account end.
code = Code, or a recovery code
code-title = Second factor
code-hint = Type the six digits that your phone shows now. Without the phone, type one of your recovery codes; each is good once. With neither, ask your county's administrator.
recovery = Recovery codes
recovery-title = Note your recovery codes
recovery-hint = If the phone is lost or broken, one of these signs in; each is good once. New ones make the old ones void.
recovery-left = { $n ->
    [0] All are used; please make new ones.
    [one] One is left.
   *[other] { $n } are left.
  }
recovery-renew = Make new recovery codes
recovery-once = The second factor is in use. These recovery codes are shown this once: print them or write them down, and lock them away. If the phone is lost or broken, one of them stands for the code.
recovery-noted = Noted
accounts-title = Accounts
accounts-count = { $n ->
    [one] { $n } account
   *[other] { $n } accounts
  }
accounts-hint = Who may sign in, at which post, and in which area
account-new = New account
account-new-hint = It gets a first password, which its owner must change at the first sign-in.
account-make = Make account
account-made-title = Note the first password
account-made-hint = It is shown this once. Tell it to its owner in person or by phone; it must be changed at the first sign-in.
account-made-on = Noted
account-since = Made { $at }
account-in-use = In use
account-disabled = Out of use
account-first-password = First password not yet changed
account-reset = Reset password
account-reset-hint = A reset ends the account's sessions everywhere.
account-disable = Put out of use
account-enable = Put into use again
totp-on = Second factor in use
area = Area
area-county = The whole county
area-townships = Townships
area-villages = Villages and communities
area-branches = Bank branches
area-officers = Officers (their tied households)
area-tied = Households tied to { $name }
area-gone = An area that is no more
notice-password-changed = Your password was changed; your other sessions have ended.
notice-account-changed = The account was changed.
refusal-account-login-form = A sign-in name is made of letters, digits, Chinese characters and . - _ @, at most { $max } characters.
refusal-account-login-taken = Somebody signs in as “{ $login }” already. Please choose another name.
refusal-account-name = Please write a name of at most { $max } characters.
refusal-account-post-held = The account holds this post already.
refusal-account-post-area = This role is not held in such an area: choose the county or a township for centre clerks, supervisors and leaders, a village for station clerks, a branch for bank clerks, an officer for credit managers and those who help, the county for administrators.
refusal-account-last-administrator = Nobody else could manage accounts any more. Make somebody else an administrator first.
refusal-account-password-short = The password is too short: at least { $min } characters.
refusal-account-password-long = The password is too long: at most { $max } characters.
refusal-account-password-common = Everybody tries this password first. Please choose a sentence nobody would guess.
refusal-account-password-name = The password is little more than your name. Please choose a sentence nobody would guess.
refusal-account-password-same = The new password is the present one.
refusal-account-password-before = The present password is wrong.
refusal-account-password-twice = The two new passwords differ. Please type them again.
refusal-account-wrong = Wrong sign-in name or password.
refusal-account-locked = Too many wrong tries. Please try again in { $count } { $unit ->
    [minute] { $count ->
        [one] minute
       *[other] minutes
      }
   *[second] { $count ->
        [one] second
       *[other] seconds
      }
  }.
refusal-account-busy = Too many people sign in at this moment. Please try again in a few seconds.
refusal-account-disabled = This account is out of use. Please ask your county's administrator.
refusal-account-no-post = This account holds no post yet. Please ask your county's administrator.
refusal-account-code-wanted = The password is right; now type the code as well.
refusal-account-code-wrong = The code is wrong or was used before. Type the six digits that your phone shows now; its clock must be right. Each recovery code is good once.
refusal-account-code-late = That took too long; please type the password again.
refusal-account-factor-on = A second factor is in use already. For another phone, switch it off first and set it up again.
refusal-account-factor-off = No second factor is in use. Please begin setting it up again.
refusal-account-factor-kept = Your post may not be without a second factor; it cannot be switched off.
refusal-account-outside-unknown = The identity service let you in, but no account here signs in as “{ $login }”. Ask your county's administrator to make one.
openid-unreachable = The identity service cannot be reached, or does not answer as it should. Sign in with name and password, or try again later, and tell your county's administrator.
openid-state = This sign-in was used before, took too long, or did not begin in this browser. Please press the button again.
openid-refused = The identity service did not let you in. Please sign in again.
openid-nonce = The identity service's answer is not for this sign-in; you were not signed in. Press the button again; if it stays so, tell your county's administrator.
openid-audience = The identity service's answer is for other pages; you were not signed in. Tell your county's administrator to look at openid_client.
openid-issuer = The answer does not come from the identity service that was set; you were not signed in. Tell your county's administrator to look at openid_issuer.
openid-expired = The identity service's answer is good no more; you were not signed in. Press the button again; if it stays so, tell your county's administrator to compare both clocks.
openid-signature = The identity service's answer is signed wrongly; you were not signed in. Tell your county's administrator.
openid-word = The identity service's answer is not understood; you were not signed in. Tell your county's administrator.
openid-claim = The identity service does not say your sign-in name; you were not signed in. Tell your county's administrator to look at openid_claim.
cli-openid-lacks = openid_issuer is set; please set { $setting } too.
cli-openid-address = “{ $address }” will not do: it must begin with https://; http:// only on this machine.
help-user = Accounts: make them, give posts, reset passwords
help-user-act = What to do: list, add, reset a password, disable, enable, give a post, take a post
help-user-login = The sign-in name
help-user-name = The person's name
help-user-role = The role: centre-clerk, station-clerk, bank-clerk, credit-manager, supervisor, leader, administrator …
help-user-area = The area: a division's code or name, a bank branch, an officer's name; the county unless told
help-user-password-stdin = Read the password from standard input (otherwise a first password is made)
help-user-second-factor-off = With reset: take the second factor off as well (neither phone nor recovery codes are left)
help-value-role = ROLE
help-value-area = AREA
cli-user-login = Please give a sign-in name.
cli-user-role = Please give a role with --role: { $roles }.
cli-user-area = { $count ->
    [0] There is no area “{ $area }”. Give a division's code, a township's or village's name, a branch's name or an officer's name.
   *[other] There are { $count } areas called “{ $area }”. Give the division's code or the officer's number.
  }
cli-user-made = The account “{ $login }” was made.
cli-user-reset = The password of “{ $login }” was reset; its sessions have ended everywhere.
cli-user-password = First password: { $password } (shown this once; it must be changed at the first sign-in)
cli-user-done = The account “{ $login }” was changed.
help-tls = Certificates for encryption: init makes the county’s own, renew makes the server’s anew
help-tls-act = What to do: init makes the county’s authority and a server’s certificate, renew a new server’s certificate of the same authority
help-tls-tls = The folder of the certificates
help-tls-name = A name or address under which other computers open the pages; several may be told: --name 10.20.30.40 --name bangfu.local; unless told, init takes this machine’s own, renew those of the certificate before
help-value-host = HOST
help-value-proxies = ADDRESS,ADDRESS
help-value-file-pem = FILE.pem
help-serve-tls = Encrypt with what bangfu tls init made: the folder of the certificates
help-serve-tls-certificate = Encrypt with a certificate of your own: its file (PEM, those between it and its authority behind it)
help-serve-tls-key = The file of the certificate’s key (PEM); in the certificate’s file unless told
help-serve-proxy = From which addresses or ranges (10.0.0.0/8) the proxy before it comes: they alone are believed what they say of a visitor’s address (X-Forwarded-For) and encryption (X-Forwarded-Proto)
help-serve-second-factor = The roles that may not sign in without a second factor (for example administrator,supervisor); unless told, everybody decides for themselves
help-value-roles = ROLE,ROLE
help-serve-openid-issuer = The address of an identity service (OpenID Connect); without it there is none, and no other machine is asked
help-serve-openid-client = Under which id these pages are registered there (client_id)
help-serve-openid-secret-file = The file that holds the secret that was registered (client_secret), if there is one
help-serve-openid-pages = The address under which people open these pages; register it with /sign-in/openid/back behind it
help-serve-openid-claim = Which claim of its answer is the sign-in name here; choose one that people cannot change themselves
help-serve-openid-label-zh = What stands on the button on Chinese pages
help-serve-openid-label-en = What stands on the button on English pages
help-serve-openid-authority = The authority of the identity service's certificate (PEM); those of the system unless told
help-value-issuer = ADDRESS
help-value-pages = ADDRESS
help-value-claim = NAME
help-value-label = TEXT
help-doctor-tls = the folder of the certificates to be looked at
help-doctor-tls-certificate = the certificate’s file to be looked at
help-doctor-tls-key = the key’s file to be looked at
help-doctor-proxy = the addresses of the proxy before it, or their ranges
cli-tls-key-alone = A key was told (--tls-key) and no certificate. Please name the certificate’s file with --tls-certificate.
cli-tls-twice = Only one of --tls and --tls-certificate can be told: the first is the county’s own authority, the second a certificate that you were given.
cli-tls-own-names = No --name was told: these are the addresses and the name of this machine. If other computers open the pages under another, remove the folder { $folder } and make it again with --name.
cli-tls-made = The county’s authority and a server’s certificate were made. The server’s is for { $names }, good until { $day }.
cli-tls-hand-out = Install the authority’s certificate once on each computer and phone that is to open the pages: { $authority }
    Its fingerprint (SHA-256): { $fingerprint }
    Windows: double-click ca.crt, Install Certificate, Local Machine, Place all certificates in the following store, Trusted Root Certification Authorities.
    UOS, Debian: copy it to /usr/local/share/ca-certificates/, run sudo update-ca-certificates, and import it in the browser’s certificate settings.
    Android: Settings, Security, Encryption and credentials, Install a certificate, CA certificate.
    Step by step: docs/tls.md
cli-tls-keep = Give the authority’s key { $key } to nobody; it is needed for renewing only and is best locked away on a USB stick.
cli-tls-serve = Now start: bangfu serve --tls { $folder } --listen 0.0.0.0:8443, and open https://{ $name }:8443/
cli-tls-renewed = The server’s certificate was made anew, for { $names }, good until { $day }. A bangfu serve that is running takes it up within seconds; nothing has to be installed again.
tls-file = { $file } cannot be read or written: { $error }
tls-no-certificate = There is no usable certificate in { $file }. Please name a certificate in PEM form (it begins with -----BEGIN CERTIFICATE-----).
tls-no-key = There is no usable key in { $file }. Please name a key in PEM form without a password (it begins with -----BEGIN PRIVATE KEY-----).
tls-apart = The key { $key } is not that of the certificate { $certificate }. Please look whether one of the files is another’s.
tls-is-there = { $file } is there already; nothing was changed. For a new server’s certificate use bangfu tls renew; for another authority name another folder with --tls.
tls-no-authority = In { $folder } there is no authority with its key (ca.crt, ca.key). If none was made yet, run bangfu tls init; if the key was locked away, put it back first.
tls-no-names = Please tell with --name under which address or name other computers open the pages, for example: bangfu tls init --name 10.20.30.40
tls-name = “{ $name }” is no name and no address. Tell the name or address alone, without https:// and port, for example 10.20.30.40 or bangfu.local.
tls-outside = The county’s authority cannot vouch for “{ $name }”: only for private addresses and for the names told when it was made. For another name make another one in another folder (bangfu tls init --tls …) and install that on the computers.
tls-broken = Something went wrong with the certificates: { $error }

# The door for programs: tokens, answers and what is told of them
tokens-title = API tokens
tokens-count = { $n } tokens
tokens-hint = With a token a bank or another system reads and acts, within the given post, area and kinds of things
tokens-none = There is no token yet
tokens-none-hint = Where a bank or another system is to read the county's data, make one for it below.
token-what = What for
token-scopes = What it opens
token-until = Last day
token-seen = Last used
token-never = never
token-opens = in force
token-ended = ended
token-end = End
token-new = New token
token-new-hint = It opens no more than the role may do, for at most a year.
token-make = Make token
token-made-title = Note the token down
token-made-hint = It is shown this once; only a fingerprint of it stays here. Give it to whoever runs the other system, and post it in no chat.
token-made-name = Token
token-made-on = I have noted it
tokens-api = About the API, and a page to try it
notice-token-ended = The token has ended.
scope-divisions-read = Read places
scope-households-read = Read households
scope-loans-read = Read loans, their events and colours
scope-boards-read = Read boards
scope-closes-read = Read daily updates
scope-imports-read = Read the files that were read in
scope-imports-write = Upload files and take them over
scope-differences-read = Read differences with the bank
scope-differences-write = Resolve and assign differences with the bank
refusal-token-no-scope = Choose at least one thing that it opens.
refusal-token-scope-beyond = The role has no right to “{ $scope }” in this area. Choose another role or area, or leave it out.
refusal-token-end = The last day must lie between { $first } and { $last }.
refusal-seen-otherwise = Somebody changed this a moment ago. Read it again, then decide.
help-token = API tokens, for banks and other systems
help-token-act = What to do: list, add, end
help-token-name = What it is for, with add; its number, with end
help-token-role = The role, as of an account: it says what the token can do at most
help-token-area = The area: a division's code or name, a bank branch, an officer's name; the county unless told
help-token-scope = A kind of things that it opens; may be told several times: loans:read, differences:write …
help-token-until = The last day, at most a year ahead
help-value-scope = SCOPE
help-serve-api-rate = how many requests a minute each API token may make
help-demo-api-rate = how many requests a minute each API token may make
cli-token-name = Say what it is for, for instance: rural bank, reconciliation.
cli-token-until = Say its last day with --until.
cli-token-scope = There is no “{ $scope }”. There are: { $scopes }.
cli-token-number = Say the token's number (bangfu token list shows it).
cli-token-made = Token { $id } was made. It is shown this once:
cli-token-ended = Token { $id } has ended.
problem-refused = This cannot be done
problem-unreadable = The file cannot be read
problem-token-missing = No token
problem-token-missing-detail = Send the header Authorization: Bearer TOKEN. The county's administrator makes tokens under “API tokens”.
problem-token-unknown = The token opens nothing
problem-token-unknown-detail = There is no such token, or it has ended or passed its last day. Ask the county's administrator for another.
problem-scope-missing = The token does not open this
problem-scope-missing-detail = This needs “{ $scope }”, which the token has not, or its post may not do.
problem-not-found = Not there
problem-not-found-detail = Nothing is at this address, or it lies outside the token's area.
problem-method = Not in this way
problem-method-detail = This address does not take this method; see the document.
problem-query = A parameter is not understood
problem-query-detail = Not understood: { $what }. See the document.
problem-day-ahead = The day has not come
problem-day-ahead-detail = Ask about today or an earlier day.
problem-cursor = The cursor is not one of this list's
problem-cursor-detail = Send as cursor what the page before gave as next, with all other parameters and the order unchanged.
problem-body = The body is not understood
problem-body-detail = Not understood: { $what }. See the document.
problem-too-large = Too large
problem-too-large-detail = The body is larger than is taken here.
problem-media-type = Another kind of body
problem-media-type-detail = Only Content-Type: { $kind } is read here.
problem-key-missing = No Idempotency-Key
problem-key-missing-detail = To have something done, send the header Idempotency-Key: a word of 1 to 128 characters not used before, one for each thing. Where no answer came, send it again with the same word; nothing is done twice.
problem-key-reused = The Idempotency-Key was used before
problem-key-reused-detail = The word stands for another request. Use a new one for a new thing.
problem-under-way = Under way
problem-under-way-detail = The same thing is being done. Ask again in a moment with the same word.
problem-not-seen = No If-Match
problem-not-seen-detail = Read this first, and send the answer's ETag as If-Match, so that nobody's change is overwritten unseen.
problem-seen-otherwise = It has changed
problem-seen-otherwise-detail = This has changed since it was read. Read it again, then decide.
problem-too-many = Too many requests
problem-too-many-detail = The token has used up this minute. Try again in { $count } { $count ->
    [one] second
   *[other] seconds
}.
problem-broken = Something went wrong
problem-broken-detail = It was not done, and the log tells why under { $reference }.
api-title = API
api-name = The API of bangfu
api-about = Money is a whole number of fen, days are ISO. Identity numbers, phones and accounts are told masked only. What lies outside the token's area is 404, everywhere. Lists go on by cursor; changes tells what changed in the order of commits: who reads on has a copy that lacks nothing. Whatever is to be done needs an Idempotency-Key, whatever is changed an If-Match. Problems are told as RFC 9457 has it, in the language of Accept-Language.
api-token = A token that the county's administrator made under “API tokens”. A browser's session opens nothing here.
api-needs-scope = Needs a token with { $scope }.
api-key = A word not used before for each thing; sent again with the same word it is answered the same, and nothing is done twice. Kept for a day.
api-if-match = The version that was seen: the ETag of the answer that read it.
api-if-none-match = The version that is there already: if it still holds, the answer is 304.
api-etag = The version of this content.
api-retry-after = After how many seconds to try again.
api-status-200 = The content
api-status-201 = It was made
api-status-304 = It has not changed
api-status-400 = A parameter or the body is not understood
api-status-401 = No token, or one that opens nothing
api-status-403 = The token does not open this
api-status-404 = Not there, or outside the token's area
api-status-409 = Under way, or done before
api-status-412 = It has changed since it was read
api-status-413 = Too large
api-status-415 = Another kind of body
api-status-422 = This cannot be done
api-status-428 = No If-Match
api-status-429 = Too many requests
api-status-500 = Something went wrong
api-get-county = The county, how far its book has come, and what the token opens
api-list-divisions = Places on a day
api-get-division = A place
api-list-households = Households
api-get-household = A household and its loans
api-list-loans = Loans on a day
api-get-loan = A loan, and why it has its colour
api-list-loan-events = What happened to a loan
api-get-colours = How many loans of each colour on a day, and what they owe
api-get-board = The board of a day
api-list-closes = The days that are closed
api-get-close = What the close of a day published
api-list-imports = Files that were read in
api-get-import = A file, and what is wrong with it
api-bring-import = Bring a file, to be taken over
api-take-import = Take a file over
api-list-differences = Where bank and book disagree
api-get-difference = A difference, and what was done about it
api-resolve-difference = Resolve a difference
api-assign-difference = Give a difference to its branch to look into by a day
api-reopen-difference = Take a difference up again
api-list-changes = What changed since a place in the order of changes
api-page-hint = For those who write the programs of banks and other systems. This page speaks to this server alone; the token stays on the page and is gone with it.
api-page-document = OpenAPI 3.1 document
api-page-token = Token
api-page-token-hint = made by the county's administrator
api-page-send = Send
api-page-body = Body
api-page-file = File
api-page-answer = Answer
api-page-scriptless = Trying it needs the browser's JavaScript; the document can be had without.
api-page-as-command = The same request by curl

help-person = propose to erase somebody's identity number and phone for good
help-person-act = what to do: erase
help-person-number = the person's identity number, or the contract number of a loan of theirs
help-person-reason = why, which is recorded
cli-erasure-proposed = It is proposed; nothing is erased yet. A clerk of the county’s centre, a supervisor or the leader approves it on the page { $page }; only then the numbers are erased.
help-key = change the key, or make a new one
help-key-act = what to do: rotate changes the key and seals everything anew, also while the book is in use; new only makes a key
help-key-prepare = only write the new key into the key file, to be handed to every server before rotate is run
cli-key-rotating = sealed anew
cli-key-rotated = The key is changed: { $n } things were sealed anew, and the key is now { $key }. The old key { $old } opens nothing of this book any more; backups made before still need it: keep it locked away.
cli-key-in-file = The key file { $file } holds only the new key. Keep a copy of it elsewhere; where several servers run, hand it to each of them.
cli-key-in-variable = Take the old key out of BANGFU_KEY, leave the new one, and keep a copy of it elsewhere.
cli-key-variable-one = The key stands in the variable BANGFU_KEY. Make a new one with bangfu key new, set BANGFU_KEY to the new key, a blank and the old key, start every process again, and run bangfu key rotate.
cli-key-prepared = The new key { $key } stands in { $file }, and the old one behind it. Hand this file to every server, then run bangfu key rotate.
store-backup-key = This backup needs the key { $own }, and there is no key at { $place }. A backup made before the key was changed needs the key of then. Put it there, or into the variable BANGFU_KEY. Nothing was restored.
cli-backup-there = { $file } is there already and was left as it is. Choose another name, with the day for instance.
cli-backup-writing = backing up
cli-backup-checking = checking the backup
cli-backed-up = Backed up to { $file }: { $tables } tables, { $rows } rows, { $megabytes } MB, every table checked.
cli-backup-key-apart = The key is not in the file. Keep the key ({ $place }) elsewhere; without it no identity number or phone can be read after a restore. Names and loans are not encrypted: keep the file safe.
cli-backup-key-within = The key is in the file: whoever has it can read every identity number and phone. Lock it away.
cli-restore-checking = checking the file
cli-restore-rows = restoring
cli-restore-indexes = making indexes
cli-restore-comparing = comparing row by row
cli-restored = Restored to { $database }: { $counties }, { $rows } rows, compared row by row, equal to the backup of { $at }.
help-backup = Write the whole book into one file, also while it is in use
help-backup-file = the file, which is not there yet
help-backup-with-key = write the key into it too
help-restore = Make a new database from a backup
help-restore-file = the backup

cli-metrics = What monitoring reads: { $address }
cli-settings-form = { $place }: the settings are written wrongly. [{ $why }]
cli-settings-unknown = { $place }: there is no setting "{ $key }". All settings stand in docs/bangfu.example.toml.
cli-settings-meant = { $place }: there is no setting "{ $key }". Did you mean { $meant }? All settings stand in docs/bangfu.example.toml.
cli-settings-value = { $place }: { $key } cannot be "{ $value }". docs/bangfu.example.toml shows how it is written.
help-config = a file (TOML) with the settings of serve
help-log = how much is logged
help-log-format = how the log is written: lines for people or JSON for programs
help-serve-metrics = the address at which monitoring reads /metrics, /healthz and /readyz; none unless set
help-serve-stop-seconds = how many seconds running requests may take to end when the program stops
help-serve-lease-seconds = of several processes on one PostgreSQL, after how many silent seconds the one that closes days is replaced
help-value-level = LEVEL
help-value-format = FORMAT

doctor-packs = The policy packs can be read.
doctor-rules-under-way = New rules are being applied: { $done } of { $n } loans are judged by them. bangfu serve goes on with it by itself; so does every verb that writes (such as bangfu close).
doctor-packs-other = The book of { $county } was judged by other packs or rest days last; the next bangfu serve judges it by the present ones.
doctor-database = The database opens and the key is its own: { $place }.
doctor-schema = The tables are of this program's version ({ $own }).
doctor-schema-other = The tables are of version { $found }, the program's of { $own }. Use the same version; bangfu serve brings older tables up to date: make a backup before.
doctor-write = The database can be written.
doctor-write-not = The database can only be read. Check whether it is a standby server, and whether the user may write.
doctor-imports-broken = { $count } files were not taken over or back to the end. Start bangfu serve or open their pages: that goes on to the end.
doctor-imports-staged = { $count } uploaded files wait to be taken over; after a week they are dropped.
doctor-zone = In { $county } it is { $at } ({ $zone }).
doctor-zone-unknown = The time zone "{ $zone }" of { $county } is not known. Use a newer program.
doctor-clock-behind = This machine's clock is behind the last write in the book of { $county }. Set it right.
doctor-clock-alone = This machine's clock was not compared with a time server. Check its time service.
doctor-demo = { $county } is a demo.
doctor-close = { $county } is closed up to { $day }.
doctor-close-behind = { $county } is closed only up to { $day }, { $n } days ago. Start bangfu serve and let it run, or type bangfu close.
doctor-close-never = { $county } has a ledger and no day was closed. Start bangfu serve, or type bangfu close.
doctor-close-no-ledger = { $county } has no ledger yet. Read one in with bangfu import ledger.
doctor-key = Only its owner can read the key file: { $place }.
doctor-key-open = Others can read the key file { $place }. Let only the user read it who runs this program (chmod 600).
doctor-key-variable = The key is the one in BANGFU_KEY.
doctor-backup = { $county }: the last backup that was written whole is of { $at }, by { $who }: { $file }
doctor-backup-none = { $county }: no backup that was written whole is on record. Make one regularly with bangfu backup, and keep it on another machine.
doctor-certificate = The server’s certificate is good for { $days } more days, for { $names }.
doctor-certificate-unread = The certificate cannot be used: { $why }
doctor-certificate-soon = The server’s certificate ends in { $days } days, and then nobody can open the pages. If it is the county’s own, run bangfu tls renew; else put a new one in its place.
doctor-certificate-over = The server’s certificate has ended. If it is the county’s own, run bangfu tls renew; else put a new one in its place.
doctor-certificate-open = Others can read the file of the key { $place }. Let only the user read it who runs this program (chmod 600).
doctor-space = { $place } has { $free } MB left.
doctor-space-little = { $place } has only { $free } MB left and needs { $least }. Clear the disk or use another place.
doctor-files = { $n } files and connections may be open at once.
doctor-files-few = Only { $n } files and connections may be open at once; { $least } are needed. Raise the limit (ulimit -n, or LimitNOFILE of systemd).
doctor-port = The address { $address } is free for the pages.
doctor-port-serving = bangfu serves at { $address } already.
doctor-port-taken = Another program has the address { $address }. Stop it, or choose another port with --listen.
doctor-well = All is well.
doctor-ill = Look after what is marked with ✗.
help-doctor = Say what is well with the database and this machine and what is not, with the cure
help-doctor-listen = the address to be looked at
