# 帮扶 — 中文（默认）。每个键在 en.ftl 里都有；缺少或多余由测试发现。

product = 帮扶
skip-to-content = 跳到正文
menu = 主菜单
menu-board = 看板
menu-loans = 贷款
menu-import = 导入
menu-divisions = 村镇
menu-officers = 人员
search-hint = 姓名、拼音、借据号、身份证
demo-banner = 演示数据，非真实
demo-clock = 演示日期 { $day }
foot-local = 数据只存放在本机，不向外发送
print = 打印
show = 查看
export-excel = 导出 Excel
export-csv = 导出 CSV

## 状态

standing-overdue = 逾期
standing-overdue-short = 逾期
standing-overdue-note = 已过期未还
standing-overdue-under = 已过期
standing-red = 红色预警
standing-red-short = 红
standing-red-note = 即将到期
standing-yellow = 黄色预警
standing-yellow-short = 黄
standing-yellow-note = 即将到期
standing-blue = 蓝色预警
standing-blue-short = 蓝
standing-blue-note = 即将到期
standing-green = 绿色预警
standing-green-short = 绿
standing-green-note = 即将到期
standing-awaiting = 到期待核
standing-awaiting-short = 待核
standing-awaiting-note = 等银行数据
figure-awaiting = 到期待核
standing-awaiting-under = 等数据
standing-none = 未到预警期
standing-none-short = 未预警
standing-none-note = 离到期尚远
standing-settled = 已结清
standing-settled-short = 结清
standing-settled-note = 已还清
days-range = { $from }–{ $to } 天
days-range-short = { $from }–{ $to } 天

## 看板

board-title = { $county } { $programme }预警看板
updated-to = 数据更新至 { $day }
updated-at = （{ $at } 完成）
never-updated = 尚未进行每日更新
in-loan = 在贷
bank-data-to = 银行数据截至
overdue-rate = 逾期率
loans-count = { $n } 笔
loans-unit = 笔
change-since = 较前日 { $n }
change-none = 较前日持平
previous-day = 前一日
following-day = 后一日
choose-day = 选择日期
next-day = 下一天
fresh-title = 已更新到 { $day }
moves-title = 今日变动
moves-title-past = 当日变动
moves-hint = 与前一日相比，状态有变的贷款
moves-none = 与前一日相比，没有贷款改变状态。
moves-first = 这是台账的第一天，没有前一日可比。
begins-title = 台账从 { $day } 开始
begins-nothing = 这一天还没有数据。
begins-derived = 以下只由合同推算；在这之前还清的贷款和当时的还款不在台账里。
begins-show = 看第一天的看板
crumbs = 所在位置
whole-county = 全县
notice-future-day = 这一天还没有到，显示的是今天。
notice-dropped = 已放弃这个文件，没有写入任何内容。
notice-resolved = 已标为核实。
move-to = 变为
published-differs = 当日公布的数与现在所知不同：
published-figure = 公布 { $then } 笔，现为 { $now } 笔
cut-by = 按什么统计
by-township = 按乡镇
by-village = 按村
by-branch = 按支行
by-officer = 按信贷管户员
township = 乡镇
village = 村
branch = 支行
role-credit-manager = 信贷管户员
chip-remove = 取消此条件
board-hint = 点数字看名单，点表头排序；条长全表同一比例
board-empty = 这一天还没有贷款。先导入台账，看板就有了。
go-import = 导入台账
in-loan-loans = 在贷笔数
in-loan-unit = 笔
in-loan-short = 在贷
balance-unit = 万元
balance-wan = 余额（万元）
quiet-rows = 另有 { $n } 行没有预警，全部显示
quiet-rows-left = 其余 { $n } 行没有预警
total-row = 合计
trend-title = 近 90 天走势
trend-hint = 笔数，按状态
trend-label = { $from } 至 { $to } 各状态贷款笔数
maturities-title = 未来 12 个月到期
maturities-hint = 余额（万元），点柱子看名单
month-number = { $n }月
until-title = 银行数据截止日
until-hint = 各机构最早的支行
until-none = 还没有银行数据。
until-never = 未报送
until-behind = 晚 { $n } 天
until-current = 最新

## 贷款名单

loans-title = 贷款
loans-found = 共
loans-none = 没有符合条件的贷款。
balance = 余额
balance-yuan = 余额（元）
state = 状态
state-owing = 全部在贷
state-any = 含已结清
search = 查找
day = 日期
every = 全部
due-month = 到期月份
filter = 筛选
chips-clear = 清除全部条件
chip-search = 查找：{ $text }
chip-was = 前一日为{ $state }
chip-township = 乡镇：{ $name }
chip-village = 村：{ $name }
chip-branch = 支行：{ $name }
chip-officer = 信贷管户员：{ $name }
chip-due = { $month }到期
borrower = 借款人
number = 借据号
due-on = 到期日
days-left = 距到期
due-today = 今天到期
days-left-n = { $n } 天
days-past-n = 已过 { $n } 天
nobody = 未落实
first-page = 第一页
previous-page = 上一页
next-page = 下一页
page-of = 本页 { $n } 笔，共 { $total } 笔
page-number = 第 { $page } 页，共 { $pages } 页
pages = 翻页
print-rest = ；要全部名单请导出 Excel
more-filters = 更多条件
sort-by = 排序：
order = 排序
back-to-list = 回到名单
export-cut = 超出表格的行数：只有前 { $n } 笔，共 { $total } 笔。请缩小范围后分次导出。

## 一笔贷款

as-of-day = 截至 { $day } 的情况
why-title = 为什么是“{ $state }”
why-next = 如无还款，{ $day }起变为
why-next-never = 此后不再自动变化。
why-next-awaiting = 银行数据报到到期日之后，仍未还清的转为逾期，已还清的转为结清。
why-next-overdue = 还清之前一直是逾期。
ribbon-days = { $n } 天
ribbon-due = 到期日
contract = 借款合同
household = 农户
three-officers = 三员
officer-unconfirmed = 仅见于台账
not-stated = 未填
differences = 待核对的出入
differences-hint = 银行流水与台账对不上之处，核实前一直保留
difference-resolved = 已核实
findings = 导入时的提示
findings-hint = 不影响统计，请核实
timeline = 经过
timeline-hint = 发生日期与记录时间
recorded-at = 记录于 { $at }
stands = 状态变化
stands-hint = 以现在所知，含今后
from-day = 自
stand-now = 现在
stand-ahead = 将来

rule-pack = 政策包
principal = 贷款金额
rate = 年利率
disbursed-on = 放款日期
term = 期限
purpose = 贷款用途
household-head = 户主
identity = 身份证号
household-size = 家庭人口
household-class = 户属性

## 导入

upload-title = 导入
upload-kind = 这是什么表
upload-file = 选择文件，或拖到这里
upload-file-hint = Excel（.xlsx）或 CSV，原样即可，不必整理表头
as-of = 截至日期
as-of-hint = 台账标题里写了“截至…”就不用填
until = 数据截止日
until-field-hint = 银行流水齐到哪一天；不填则为最后一笔的日期
upload-send = 上传并核对
upload-promise = 只核对，不写入；核对后再由您确认
import-kind-ledger = 贷款台账
import-kind-ledger-note = 每笔贷款一行，截至某一天
import-kind-repayments = 银行流水
import-kind-repayments-note = 还款记录，推进数据截止日
import-kind-officers = 三员名册
import-kind-officers-note = 信贷管户员、产业指导员、科技特派员
import-kind-households = 农户信息
import-kind-households-note = 户主、人口、户属性
step-choose = 选择文件
step-check = 核对
step-done = 完成
imports-recent = 最近导入
imports-all = 全部记录
imports-title = 导入记录
imports-none = 还没有导入过文件。
import-another = 再导入一个
received-at = { $at } 上传
import-stage-reading = 正在核对
import-stage-unreadable = 读不了
import-stage-staged = 待确认
import-stage-taking = 正在写入
import-stage-taken = 已导入
import-rows = 文件里的行
import-rows-hint = 读取 = 可导入 + 有误 + 跳过
rows-read = 读取
rows-good = 可导入
rows-bad = 有误
rows-skipped = 跳过
rows-skipped-as = 跳过的是：
skipped-title = 标题
skipped-header = 表头
skipped-subtotal = 小计
skipped-total = 合计
skipped-signature = 签字栏
skipped-blank = 空行
comma = 、
import-would-change = 确认后将会
import-would-change-nothing = 没有可以写入的内容
import-changed = 已经
changes-new = 新增
changes-changed = 变更
changes-unchanged = 不变
changes-missing = 账上有、文件没有
changed-values = 变更的内容
shown-values = 列出 { $n } 项，共变更 { $unit }
changed-ledger = { $n } 笔
changed-repayments = { $n } 笔
changed-households = { $n } 户
changed-officers = { $n } 人
subject = 对象
field = 项目
old-value = 原来
new-value = 改为
errors-title = 有误的行（{ $n }）
errors-hint = 这些行不会导入
findings-title = 提示（{ $n }）
import-findings-hint = 照样导入，请核实
missing-title = 账上有、文件没有的贷款（{ $n }）
missing-hint = 保持原样，不会删除
cell = 位置
cell-at = { $sheet } 第 { $row } 行
column = 列
value = 原值
reason = 问题
cure = 怎么改
empty-value = （空）
faults-more = 还有 { $n } 处同类问题，见下载的文件
stage-reading-title = 正在读取和核对…
stage-leave = 可以离开本页，稍后在导入记录里查看。
stage-unreadable-title = 这个文件读不了
header-missing = 没有找到这些必需的列（斜线之间是可用的列名）：
header-found = 表头里找到的是：
header-guess = 看起来是“{ $kind }”。
choose-as = 改按“{ $kind }”上传
choose-again = 重新选择文件
stage-nothing-title = 没有可以导入的行
stage-nothing = 每一行都有误。请按下面的说明改正后重新上传。
stage-no-rows = 表头下面没有数据行。
stage-some-bad-title = { $bad } 行有误，{ $good } 行可以导入
stage-some-bad = 可以先导入无误的行，把有误的行下载改好后再导入；也可以放弃，改好整个文件再来。
stage-all-good-title = 全部 { $n } 行无误
stage-no-change-title = 与账上完全一致，没有变化
stage-no-change = 确认也不会改变账上的任何内容。
stage-no-change-day = 贷款都不会变；确认只会记下数据日期 { $day }。
stage-all-good = 请看下面将会发生的变化，然后确认。
take-good = 确认导入无误的 { $n } 行
take-all = 确认导入
rejects-download = 下载有误的行
drop = 放弃
stage-taking-title = 正在写入…
stage-taken-title = 已导入
stage-taken = { $at } 写入完成，看板已更新。
to-board = 看看板
file = 文件
kind = 种类
speaks-of = 数据日期
received = 上传时间

## 村镇与人员

divisions-title = 村镇与服务点
divisions-search = 乡镇、村名或代码
divisions-none = 没有找到。
townships = 乡镇
villages = 建制村
communities = 社区
service-points = 服务点
villages-served = { $n } 个村（社区），{ $served } 个服务站
service-centre = 设有乡镇金融扶贫服务中心
service-station = 设有村级服务站
service-station-mark = 站
loans-of-township = 本乡镇全部贷款
officers-title = 人员
officers-search = 姓名
officers-count = { $n } 人
officers-hint = 三员全程服务每一户借款户
officers-none = 没有找到人员。
go-import-officers = 导入三员名册
roles-every = 全部身份
role = 身份
name = 姓名
tied-households = 结对户数
role-industry-guide = 产业指导员
role-technology-officer = 科技特派员
role-paired-cadre = 帮扶干部
role-first-secretary = 第一书记
role-station-clerk = 服务站人员
role-centre-clerk = 服务中心人员
role-bank-clerk = 银行经办
role-supervisor = 督查
role-leader = 主要负责人
role-administrator = 管理员

## 出错

error-reference = 编号
error-reference-is = 编号 { $reference }

## 各层的话

no-manager = 未落实信贷管户员
months = { $n } 个月
repaid = 已还本金
enterprise = 带贫主体
note = 备注
phone = 联系电话
other-loan = 本户其他贷款
chip-state = { $state }
chip-due-rest = { $day }起当月到期
take-failed = 没有导入
import-differences = 有 { $n } 处银行与账上的出入，已记在相关贷款上，核实前一直保留。
import-differences-ahead = 确认后会记下 { $n } 处银行与账上的出入，核实前一直保留。
upload-no-kind = 请选择这是什么表。
upload-no-file = 请选择文件。
upload-empty = 这个文件是空的（0 字节），请重新选择。
upload-no-day = 日期不对，请重新选择。
rejects-reason = 问题

rejects-name = 有误的行
place = 所属乡镇
principal-yuan = 贷款金额（元）

## 为什么是这个状态

reason-not-disbursed = 这一天还没有放款。
reason-far-from-due = { $due }到期，还有 { $days } 天；提前 { $first } 天才开始预警。
reason-days-to-due = { $due }到期，还有 { $days } 天，落在{ $state }的 { $from }–{ $to } 天之内。
reason-unpaid-after-due = { $due }已经到期，过了 { $days } 天；银行数据截止日 { $until } 已过到期日，仍未还清。
reason-due-not-reported = { $due }已经到期，过了 { $days } 天；银行数据只到 { $until }，还不知道是否已还，不能算逾期。
reason-repaid = 贷款已经还清。
event-opened = 放款
event-placed = 归属：
event-position = 台账载明累计已还本金
event-repaid = 银行报还本金
event-corrected = 更正合同内容
event-described = 更正借款人、帮扶人员或备注
event-reversed = 撤销一条记录

## 银行与账上的出入

difference-unknown-number = { $day } 银行报还本 { $amount }，但账上没有借据号 { $number }。
difference-serial-reused = { $day } 银行报还本 { $amount }，流水号已用过，而内容不同。
difference-other-name = { $day } 银行报还本 { $amount }，客户名称是“{ $bank }”，账上借款人是“{ $book }”。
difference-other-identity = { $day } 银行报还本 { $amount }，证件号码（{ $bank }）与账上借款人不符。
difference-unknown-kind = { $day } 银行报 { $amount }，交易类型“{ $kind }”不明，没有计入。
difference-balance-differs = { $day } 银行报还本 { $amount }，还后余额 { $reported }；按账上应为 { $known }，对不上。
difference-more-than-owed = { $day } 银行报还本 { $amount }，多于账上余额 { $known }。
difference-beyond-position = { $day } 银行报还本 { $amount }，但该日之后的台账载明累计只还了 { $known }。
difference-before-disbursement = { $day } 银行报还本 { $amount }，早于放款日期。
difference-ledger-below-book = 截至 { $day } 台账载明累计已还 { $ledger }，少于账上的 { $known }；以账上为准。

## 变更的项目

field-village = 村
field-branch = 支行
field-credit-manager = 信贷管户员
field-repaid = 已还本金
field-borrower = 借款人
field-household-class = 户属性
field-note = 备注
field-enterprise = 带贫主体
field-industry-guide = 产业指导员
field-technology-officer = 科技特派员
field-principal = 贷款金额
field-rate = 年利率
field-disbursed-on = 放款日期
field-due-on = 到期日期
field-term = 期限
field-purpose = 贷款用途
field-head = 户主
field-size = 家庭人口
field-roster = 名册
field-phone = 联系电话

## 出错的页面

error-missing-title = 这里没有内容
error-missing = 地址可能写错了，或者内容已被移走。
error-address-title = 地址里有看不懂的内容
error-address = “{ $field }”一项写的是“{ $value }”，不能识别。请从看板或名单重新进入。
error-request-title = 这个请求不能处理
error-request = 请返回上一页，重新操作。
error-refused-title = 没有办成
error-foreign-title = 请求不是从本页面发出的
error-foreign = 为了安全，没有执行。请打开本系统的页面重新操作。
error-large-title = 文件太大
error-large = 一次最多上传 64 MB。请拆分后再上传。
error-broken-title = 出错了
error-broken = 没有写入任何内容。请稍后再试；仍不行，请把编号告诉管理员。

## 拒绝

refusal-unknown-county = 区划表里没有代码为 { $code } 的县。
refusal-unknown-pack = 没有名为 { $id } 的政策包；现有：{ $known }。
refusal-which-county = 数据库里有几个县（{ $codes }），请指明是哪一个。
refusal-division-list = 区划表第 { $line } 行不能用（{ $fault }）：{ $value }
refusal-no-position-day = 台账标题里没有写明“截至某年某月某日”，也没有填写截至日期。
refusal-day-ahead = { $day } 还没有到：台账的截至日期和银行数据的截止日期不能晚于今天。请核对年份。
refusal-not-found = 没有找到，或者不在您的查看范围内。
refusal-already-taken = 这个文件已经导入过了。
refusal-bad-rows = 有 { $bad } 行有误，按“全部无误才导入”的要求，没有导入任何一行。
refusal-header = 没有找到必需的列：{ $missing }。表头里找到的是：{ $found }。
refusal-known-ahead = “所知时刻”不能晚于现在。
refusal-cure-no-position-day = 请重新上传，并填写截至日期。
refusal-cure-header = 请核对选择的种类是否与文件相符，或在文件里补上这些列的表头。

## 读不了的文件

intake-empty = 文件是空的。
intake-old-or-encrypted = 这是旧版 Excel（.xls）文件，或者设了密码。
intake-pdf = 这是 PDF 文件，不是表格。
intake-web-page = 这是网页，不是表格（有的系统把网页存成 .xls）。
intake-no-workbook = 压缩包里没有 Excel 工作簿。
intake-damaged = 文件损坏，里面的内容读不出来。
intake-unknown = 认不出这是什么文件。
intake-broke = 读取程序读不了这个文件。
intake-too-slow = 读取超时，已停止。
intake-unopened = 没能读到上传的文件，请再传一次。
intake-cure-empty = 请确认选对了文件，并在 Excel 里保存后再上传。
intake-cure = 请用 Excel 或 WPS 打开，另存为 .xlsx（不设密码）后再上传。

## 一行的问题

fault-title-missing = 必填的格子是空的
fault-missing = 必填，但是空的
cure-missing = 补上这一格
fault-title-date-unreadable = 日期认不出
fault-date-unreadable = 认不出是哪一天
cure-date-unreadable = 写成 2019-06-17 这样的日期
fault-title-no-such-day = 没有这一天
fault-no-such-day = 日历上没有这一天
cure-no-such-day = 对照合同改正日期
fault-title-amount-unreadable = 金额认不出
fault-amount-unreadable = 认不出是多少钱
cure-amount-unreadable = 写成数字，如 50000
fault-title-amount-not-positive = 金额不大于零
fault-amount-not-positive = 金额必须大于零
cure-amount-not-positive = 对照合同改正金额
fault-amount-too-large = 金额大得不合理，像是填错了列
cure-amount-too-large = 核对这一格是不是借据号、电话或身份证号
fault-title-number-unreadable = 数字认不出
fault-number-unreadable = 认不出是什么数
cure-number-unreadable = 写成数字
fault-title-identity-length = 身份证号位数不对
fault-identity-length = 有 { $length } 位，应为 18 位
cure-identity-length = 对照身份证补全
fault-title-identity-character = 身份证号里有不该有的字符
fault-identity-character = 有不该有的字符“{ $character }”
cure-identity-character = 对照身份证改正
fault-title-identity-masked = 身份证号是隐去的
fault-identity-masked = 身份证号隐去了一部分，账上又没有这笔贷款可以对照
cure-identity-masked = 填写完整的身份证号
fault-title-identity-birth-date = 身份证号里的出生日期不存在
fault-identity-birth-date = 第 7–14 位不是一个日期
cure-identity-birth-date = 对照身份证改正
fault-title-identity-check-digit = 身份证号校验不对
fault-identity-check-digit = 按前 17 位算，最后一位应为 { $expected }，可能抄错了一位
cure-identity-check-digit = 对照身份证逐位核对，不要只改最后一位
fault-title-number-rounded = 号码被表格软件四舍五入了
fault-number-rounded = 号码按数字存，后几位已经丢失
cure-number-rounded = 把这一列设为“文本”，对照原件重新填写
fault-title-village-unknown = 村名找不到
fault-village-unknown = 该乡镇没有这个村
cure-village-unknown = { $count ->
    [0] 改成区划表里的村名
   *[other] 是不是：{ $nearest }
}
fault-title-village-ambiguous = 村名不止一个
fault-village-ambiguous = 有几个村叫这个名字：{ $names }
cure-village-ambiguous = 写全称
fault-title-township-unknown = 乡镇名找不到
fault-township-unknown = 本县没有这个乡镇
cure-township-unknown = { $count ->
    [0] 改成区划表里的乡镇名
   *[other] 是不是：{ $nearest }
}
fault-title-township-ambiguous = 乡镇名不止一个
fault-township-ambiguous = 有几个乡镇叫这个名字：{ $names }
cure-township-ambiguous = 写全称
fault-title-due-not-after-disbursed = 到期日期不晚于放款日期
fault-due-not-after-disbursed = 到期日期不晚于放款日期 { $disbursed }
cure-due-not-after-disbursed = 对照合同改正两个日期
fault-title-repaid-above-principal = 已还本金多于贷款金额
fault-repaid-above-principal = 已还本金多于贷款金额 { $principal } 元
cure-repaid-above-principal = 与银行核对还款情况
fault-title-duplicate = 借据号重复
fault-duplicate = 与第 { $row } 行的借据号相同；以第 { $row } 行为准
cure-duplicate = 删去重复的一行，或改正借据号
fault-title-role-unknown = 身份认不出
fault-role-unknown = 认不出这个身份
cure-role-unknown = 写信贷管户员、产业指导员或科技特派员

## 一行的提示

fault-title-ignored = 选填的格子认不出，没有采用
fault-ignored = 认不出，没有采用
cure-ignored = 需要的话，改正后重新导入
fault-day-ahead = 这一天还没有到
cure-day-ahead = 核对年份；银行数据的截止日期没有推到这一天
fault-sheet-lacks = 这张工作表缺少必需的列：{ $missing }，没有读取
cure-sheet-lacks = 补上这些列的表头后重新导入
fault-title-sum-differs = 小计、合计与明细不符
fault-sum-differs = 按明细相加是 { $computed } 元
cure-sum-differs = 核对是漏了行还是加错了
fault-title-term-differs = 期限与起止日期不符
fault-term-differs = 按期限应到 { $expected } 到期
cure-term-differs = 对照合同核对；以到期日期为准
fault-title-settled-differs = 结清日期与还款情况不符
fault-settled-differs = 本金没有还清，或日期早于放款、晚于截至日期
cure-settled-differs = 与银行核对
fault-title-balance-differs = 余额与金额、已还不符
fault-balance-differs = 按贷款金额减已还本金，余额应为 { $expected } 元
cure-balance-differs = 与银行核对
fault-title-age-outside = 放款时的年龄超出规定
fault-age-outside = 放款时 { $age } 岁，规定为 { $min }–{ $max } 岁
cure-age-outside = 核实身份证号和放款手续
fault-title-above-cap = 金额超过上限
fault-above-cap = 超过政策上限 { $cap } 元
cure-above-cap = 核实金额，或是否另有依据
fault-title-term-too-long = 期限超过规定
fault-term-too-long = 超过政策规定的最长 { $months } 个月
cure-term-too-long = 核实合同期限
fault-title-no-pack = 没有适用的政策
fault-no-pack = 没有政策包覆盖放款日期
cure-no-pack = 请管理员补充政策包
fault-title-officer-unknown = 名册里没有这个人
fault-officer-unknown = 人员名册里没有这个人
cure-officer-unknown = 核对姓名，或先导入三员名册
fault-title-borrower-differs = 借款人与账上不同
fault-borrower-differs = 账上这笔借据是另一个人的；以账上为准，没有采用
cure-borrower-differs = 与银行核对借据
fault-title-repaid-below-book = 已还本金少于账上
fault-repaid-below-book = 账上已还 { $book } 元；以账上为准
cure-repaid-below-book = 与银行核对还款情况
fault-title-older-position = 台账比账上的旧
fault-older-position = 账上已有截至 { $newest } 的台账
cure-older-position = 确认不是拿错了旧文件

## 命令行

cli-made = 已建立数据库 { $database }。
cli-key = 密钥文件：{ $key }。请与数据库分开备份；没有它，身份证号和电话都读不出来。
cli-rows = 读取 { $read } 行：可导入 { $good }，有误 { $bad }，跳过 { $skipped }。
cli-changes = 新增 { $new }，变更 { $changed }，不变 { $unchanged }。
cli-fault = { $sheet } 第 { $row } 行 { $column }“{ $value }”：{ $message }。{ $cure }。
cli-more = 还有 { $n } 处，用 --report 写出全部。
cli-findings = 提示 { $n } 处，不影响导入。
cli-change = { $subject } { $name }：{ $field } { $old } → { $new }
cli-absent = 账上有、文件里没有 { $n } 项：{ $some }
cli-differences = 与账上对不上 { $n } 处，已列入差异，逐笔核对。
cli-output-is-input = { $file } 是要导入的文件本身：请另写一个文件名。
cli-cannot-write = 写不了 { $file }（{ $error }）。请换一个能写的位置；没有导入任何内容。
cli-taken = 已导入。
cli-not-taken = 没有写入任何内容。
cli-exported = 已写出 { $n } 笔贷款：{ $file }
cli-export-ending = 文件名要以 .xlsx、.csv 或 .json 结尾。
cli-rebuild-equal = { $n } 笔贷款与其事件完全一致。
cli-rebuild-differs = 不一致：贷款 { $rows } 笔，经过 { $histories } 笔，看板 { $cells } 格。
cli-serving = 请用浏览器打开 { $address } （按 Ctrl+C 停止）
cli-loopback-only = 还没有账号功能，只能在本机使用：{ $address } 不是本机地址，请用 127.0.0.1。
cli-cannot-listen = 不能使用地址 { $address }：{ $error }
cli-not-a-demo = { $database } 里不是演示数据。请用 --database 另指一个文件。
cli-reading = 正在读取 { $file }
cli-read = { $file }：{ $good } 行导入，{ $bad } 行有误
cli-closing = 每日更新
divisions-column = 区划表缺少 { $name } 一列。
divisions-day = 区划表第 { $line } 行的日期认不出：{ $value }
cli-bench = 正在计时
cli-bench-line = { $ms } 毫秒  { $job }
bench-init = 建库，装入一县区划
bench-read = 读四个文件的单元格
bench-ledger = 导入台账
bench-officers = 导入三员名册
bench-households = 导入农户信息
bench-bank = 导入银行流水
bench-catch-up = 补做 48 天每日更新
bench-close = 更新一天
bench-board = 看板
bench-recount = 从事件重新计数
bench-list = 名单一页
cli-exists = 已经有数据库：{ $place }。请另指一个，或直接使用它。
cli-missing = 没有数据库：{ $place }。请先用 bangfu init 建立。
cli-unfinished = { $place } 的建库没有完成，里面还没有任何数据。请重新运行 bangfu init --county 县代码 --divisions 区划表，会接着完成。
cli-foreign = { $place } 不是本系统的数据库，没有改动它。请另指一个。
cli-address = 看不懂数据库地址 { $place }。应写成 sqlite:文件 或 postgres://…
cli-file = 打不开文件 { $file }：{ $error }

## 出入名单

differences-count = { $n } 处出入待核实
differences-none = 银行与账上没有待核实的出入。
difference-source = 来源文件
resolve = 核实完毕
resolve-title = 核实结果
resolve-hint = 写明查到的情况
refusal-no-resolution = 请写明查到的情况，再标为核实。
cli-key-variable = 密钥取自环境变量 BANGFU_KEY。请另行保存；没有它，身份证号和电话都读不出来。

## 政策包与休息日

pack-fault-form = 写法不对：{ $what }
pack-fault-parent = 要继承的“{ $id }”不存在，或者它又继承了本政策包
pack-fault-same-name = 另有一个政策包也叫“{ $id }”
pack-fault-missing = 缺少“{ $key }”，它所继承的政策包里也没有
pack-fault-order = 天数要逐级增大：0 ≤ 红 < 黄 < 蓝 < 绿
pack-fault-status = 状态为 known 或 to_confirm 时必须写 value；为 unknown 时不能写
pack-fault-not-positive = 必须大于零
pack-fault-days = 最后一天早于第一天
pack-fault-same-year = { $year } 年写了两次
pack-fault-other-year = { $day } 不在它所属的年度里
days-to-confirm = 预警天数为县级待确认值
days-to-confirm-why = 各颜色的起止天数写在政策包里，须由县里确认。依据：{ $source }。
due-provisional = 该年度休息日安排尚未公布，暂按周末推算

## 命令行的说明

help-bangfu = 帮扶：哪笔贷款快到期了，谁去，办好了没有。
help-database = 数据库：sqlite:文件 或 postgres://…（默认 sqlite:bangfu.db）
help-json = 在标准输出只写一份 JSON
help-lang = 语言：zh 或 en
help-book = 县代码；数据库里有几个县时要写
help-policy = 放本县政策包（和休息日 calendar/rest-days.toml）的文件夹
help-init = 建立空数据库，装入区划和服务点
help-init-county = 县代码，六位或十二位，可写几个
help-init-divisions = 区划表：code、name、parent、level
help-init-pack = 所有合同都用这一个政策包
help-import = 导入台账、农户、三员名册或银行流水
help-import-kind = 文件是什么表
help-import-file = 文件
help-import-check = 只核对，不写入
help-import-take = 导入哪些行：good 无误的行，all-or-nothing 全部无误才导入
help-import-as-of = 台账截至日期，标题里没有时写
help-import-until = 银行流水齐到哪一天
help-import-report = 把报告写到文件
help-import-rejects = 把有误的行连同原因写到工作簿
help-close = 每日更新，直到某一天
help-close-date = 更新到哪一天（默认今天）
help-board = 看板：各状态各有多少笔
help-board-date = 哪一天（默认今天）
help-board-known-at = 以这一时刻所知
help-board-by = 按什么统计：township 乡镇，village 村，branch 支行，officer 信贷管户员
help-export = 把贷款写到文件
help-export-what = 写什么
help-export-file = 文件：.xlsx、.csv 或 .json
help-export-date = 哪一天（默认今天）
help-export-known-at = 以这一时刻所知
help-export-unmask = 身份证号写全；理由会记录下来
help-serve = 在本机打开网页服务，并每天更新
help-serve-listen = 监听地址，只能是本机
help-serve-close-at = 每天几点更新（县里的时间）
help-demo = 用编造的台账试用
help-demo-listen = 监听地址（默认用本机一个空闲端口）
help-bench = 在本机上计时
help-rebuild = 按事件重建推算出来的数据
help-rebuild-check = 只比较
