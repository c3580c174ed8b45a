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
standing-overdue-note = past due, unpaid
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
standing-awaiting-note = due, not reported
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
change-since = { $n } since yesterday
change-none = as yesterday
previous-day = Day before
following-day = Day after
choose-day = Choose a day
next-day = Next day
fresh-title = Updated to { $day }
moves-title = What moved
moves-hint = Loans whose state changed since the day before
moves-none = No loan changed its state since the day before.
move-new = New
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
role-manager = Credit manager
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
