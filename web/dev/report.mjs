// A made-up report with every kind of block, for drawing the page.
const t = (en, zh) => ({ en, 'zh-CN': zh })
const fmt = (style, extra = {}) => ({ style, decimals: null, compact: false, currency: null, unit: null, ...extra })
const count = fmt('count', { decimals: 0 })
const money = fmt('money', { currency: 'USD', compact: true })
const pct = fmt('percent', { decimals: 0 })
const num = (value, format, low, high) => ({ value, format, interval: low === undefined ? null : { low, high, level: 0.95 } })
const SEGMENTS = [
  ['Champions', '重要价值', 0, 132, 182000], ['Promising', '重要发展', 1, 61, 54000], ['Need attention', '重要保持', 2, 88, 71000], ['At risk', '重要挽留', 3, 57, 33000],
  ['Regulars', '一般价值', 4, 117, 21000], ['New', '一般发展', 5, 102, 12500], ['Cooling', '一般保持', 6, 96, 9800], ['Lost', '一般挽留', 7, 148, 4100],
]
const names = SEGMENTS.map(([en, zh]) => t(en, zh))
const axis = (label, format, extra = {}) => ({ label, format, min: null, max: null, ...extra })

export function sampleReport() {
  const weeks = Array.from({ length: 39 }, (_, i) => i)
  return {
    schema_version: 1, scenario: 'customer-value',
    title: t('What our customers are worth from here on', '现有客户未来值多少'),
    subtitle: t('transactions v2 · 801 households · Jan – Dec 2017', 'transactions v2 · 801 户 · 2017 年 1–12 月'),
    created_at: new Date().toISOString(),
    answer: t('The 801 households you have will spend about $388,000 over the next 39 weeks. A sixth of them bring in almost half of it, and 57 of your former best are slipping away: start there.', '现有 801 户未来 39 周预计消费约 38.8 万美元，其中六分之一的客户贡献近一半；57 户曾经的优质客户正在流失，应优先挽留。'),
    headline: [
      { id: 'value', label: t('Value over 39 weeks', '39 周价值'), value: num(388400, money, 361000, 417000), help: t('Discounted at 10% a year.', '按每年 10% 折现。') },
      { id: 'alive', label: t('Still active', '仍活跃'), value: num(0.83, pct, 0.8, 0.86), help: t('Share of households that will buy again.', '仍会再次购买的客户占比。') },
      { id: 'purchases', label: t('Purchases expected', '预期购买次数'), value: num(18240, count, 17100, 19400), help: t('Shopping days.', '购物天数。') },
      { id: 'error', label: t('Error on the hold-out', '留出期误差'), value: num(0.034, fmt('percent', { decimals: 1 })), help: t('Total purchases, expected against actual.', '总购买次数的预期与实际之差。') },
    ],
    warnings: [{ code: 'span', severity: 'caution', text: t('The data spans one year: seasonal swings can’t be told from trends.', '数据只有一年，无法区分季节波动与趋势。') }],
    sections: [
      { id: 'segments', title: t('Who they are', '客户构成'), blocks: [
        { type: 'chart', id: 'treemap', kind: 'treemap', span: 'half', title: t('Value ahead by segment', '各客群的未来价值'), alt: t('A treemap', '矩形树图'), note: null, value: axis(t('Value', '价值'), money), items: SEGMENTS.map(([en, zh, color, n, v]) => ({ name: t(en, zh), color, value: v, detail: t(`${n} households`, `${n} 户`) })) },
        { type: 'chart', id: 'bars', kind: 'bar', span: 'half', title: t('Households by segment', '各客群户数'), alt: t('Bars', '柱状图'), note: t('Segments by recency, frequency and value.', '按近度、频度和金额划分。'), category: t('Segment', '客群'), categories: names, value: axis(t('Households', '户数'), count), horizontal: true, stacked: false, series: [{ name: t('Households', '户数'), color: 0, values: SEGMENTS.map((s) => s[3]) }], category_colors: SEGMENTS.map((s) => s[2]), marks: [] },
        { type: 'table', id: 'segments', title: t('The eight segments', '八类客群'), total_rows: null, page_rows: 5, note: null, columns: [
          { key: 's', label: t('Segment', '客群'), help: null, type: 'category', colors: SEGMENTS.map(([en, zh, color]) => ({ name: t(en, zh), color })) },
          { key: 'n', label: t('Households', '户数'), help: null, type: 'number', format: count, bar: true },
          { key: 'v', label: t('Value ahead', '未来价值'), help: t('Within the horizon', '预测期内'), type: 'number', format: fmt('money', { currency: 'USD' }), bar: true },
        ], rows: SEGMENTS.map(([en, zh, , n, v]) => [t(en, zh), n, v]) },
      ] },
      { id: 'trust', title: t('How far to trust it', '可信程度'), blocks: [
        { type: 'paragraph', text: t('The model learned from purchases up to 31 August and was judged on those after. It foresaw 3.4% more purchases than there were.', '模型只用 8 月 31 日及以前的交易拟合，用之后的交易检验，预期比实际多 3.4%。') },
        { type: 'chart', id: 'track', kind: 'line', span: 'full', title: t('Cumulative purchases, foreseen and real', '累计购买次数：预期与实际'), alt: t('Two lines', '两条线'), note: null, x: axis(t('Week', '周'), count), y: axis(t('Purchases', '购买次数'), count), marks: [{ axis: 'x', value: 26, label: t('hold-out begins', '留出期开始') }], series: [
          { name: t('Actual', '实际'), color: 0, dashed: false, area: false, band: null, points: weeks.map((w) => [w, w * 410 + Math.sin(w) * 160]) },
          { name: t('Expected', '预期'), color: 1, dashed: true, area: false, band: weeks.filter((w) => w >= 26).map((w) => [w, w * 400 - (w - 26) * 30, w * 424 + (w - 26) * 50]), points: weeks.map((w) => [w, w * 414]) },
        ] },
        { type: 'chart', id: 'alive', kind: 'histogram', span: 'half', title: t('P(alive)', '活跃概率分布'), alt: t('A histogram', '直方图'), note: null, x: axis(t('Probability', '概率'), pct), y: axis(t('Households', '户数'), count), edges: Array.from({ length: 11 }, (_, i) => i / 10), counts: [31, 12, 14, 18, 22, 30, 41, 66, 150, 417], color: 0, marks: [] },
        { type: 'chart', id: 'heat', kind: 'heat_map', span: 'half', title: t('P(alive) by recency and frequency', '近度 × 频度的活跃概率'), alt: t('A heat map', '热力图'), note: null, x: t('Frequency', '频度'), x_categories: [1, 2, 3, 4, 5].map((i) => t(`${i}`, `${i}`)), y: t('Recency', '近度'), y_categories: [1, 2, 3, 4, 5].map((i) => t(`${i}`, `${i}`)), value: axis(t('P(alive)', '活跃概率'), pct), values: [1, 2, 3, 4, 5].map((y) => [1, 2, 3, 4, 5].map((x) => (x === 5 && y === 1 ? null : Math.min(0.99, 0.1 + y * 0.17 + x * 0.01)))), counts: null },
      ] },
      { id: 'do', title: t('What to do', '行动建议'), blocks: [{ type: 'actions', items: SEGMENTS.slice(0, 4).map(([en, zh, color, n, v]) => ({ target: t(en, zh), color, aim: t('Win them back before the habit is gone.', '在习惯消失前把他们请回来。'), facts: [{ label: t('Households', '户数'), value: num(n, count) }, { label: t('Value at stake', '涉及价值'), value: num(v, money) }], steps: [t('Call the twenty with most at stake this week.', '本周电话联系价值最高的 20 户。'), t('Send the rest a coupon for what they used to buy.', '向其余客户发放其常购品类的优惠券。')], measure: t('Half get nothing; compare purchases after six weeks.', '一半不发作为对照，六周后比较购买次数。') })) }] },
      { id: 'method', title: t('Method and limits', '方法与局限'), blocks: [
        { type: 'list', ordered: false, items: [t('Purchases of one household on one day count as one.', '同一户同一天的多笔交易计为一次。'), t('Prices are taken as they stand; no inflation.', '按原价计算，不考虑通胀。')] },
        { type: 'references', items: [{ citation: 'Fader, P. S., Hardie, B. G. S., Lee, K. L. (2005). “Counting Your Customers” the Easy Way. Marketing Science 24(2), 275–284.', locator: 'doi:10.1287/mksc.1040.0098' }] },
      ] },
    ],
    provenance: { run: null, inputs: [{ input: 'transactions', name: 'transactions', version: 2, digest: null, rows: 75000, map: [{ role: 'customer', column: 'household_id' }, { role: 'time', column: 'transaction_timestamp' }] }], params: [{ key: 'horizon', label: t('Horizon', '预测期'), value: 39, unit: t('weeks', '周') }], engine: 'tandem 0.1.0', seed: 1, digest: 'blake3:9f2c41d0aa17' },
  }
}
