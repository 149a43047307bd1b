import { describe, expect, it } from 'vitest'
import type { Dashboard, Figure } from '@/api/dashboards'
import type { Block } from '@/components/report/document'
import { addBlock, addFilter, addPage, both, copyBlock, emptyDashboard, freshId, moveBlock, movePage, removePage, withLevels, withParams } from './edits'
import { columnKind } from '@/lib/types'
import { fieldsOf, withField } from './fields'
import { conditionsOf, controlFor, heldBy, isOwn, readSet, settingOf, writeSet } from './filters'
import { begin, change, redo, undo } from './history'
import { likeness, suggest } from './match'
import { titled } from './titled'

describe('what can be undone', () => {
  it('goes back and forth, and forgets what was undone once something else is done', () => {
    let h = change(change(begin('a'), 'b'), 'c')
    h = undo(h)
    expect([h.now, redo(h).now, undo(undo(h)).now]).toEqual(['b', 'c', 'a'])
    expect(redo(change(h, 'd')).now).toBe('d')
  })
  it('takes the letters of one title as one step', () => {
    const h = change(change(change(begin(''), 'x'), 'xt', 'title'), 'xti', 'title')
    expect(undo(h).now).toBe('x')
    expect(undo(change(h, 'other', 'else')).now).toBe('xti')
  })
})

describe('filters', () => {
  it('become conditions and are read back from them', () => {
    for (const [control, setting] of [
      ['choice', { values: ['上海', '北京'] }],
      ['range', { from: '10', to: '20' }],
      ['range', { from: '10', to: '' }],
      ['text', { text: 'Zhang' }],
    ] as const) expect(settingOf(control, conditionsOf(control, setting as object))).toMatchObject(setting)
    expect(conditionsOf('choice', { values: ['a'] })).toEqual([{ operator: 'one_of', value: ['a'] }])
    expect(conditionsOf('range', { from: ' 5 ', to: '' })).toEqual([{ operator: 'at_least', value: '5' }])
    expect(conditionsOf('choice', { values: [] })).toEqual([])
  })
  it('take the last day as a whole', () => {
    const dates = { from: '2024-02-01', to: '2024-02-29' }
    expect(conditionsOf('dates', dates, 'date')[1]).toEqual({ operator: 'at_most', value: '2024-02-29' })
    expect(conditionsOf('dates', dates, 'timestamp')[1]).toEqual({ operator: 'less', value: '2024-03-01' })
    expect(settingOf('dates', conditionsOf('dates', dates, 'timestamp'))).toMatchObject(dates)
  })
  it('hold as the author set them until the reader sets something else, even nothing', () => {
    const filter = { id: 'f1', column: 'city', sources: ['data'], control: 'choice' as const, conditions: [{ operator: 'one_of', value: ['a'] }] }
    expect(heldBy(filter, {})).toHaveLength(1)
    expect(heldBy(filter, { f1: [] })).toEqual([])
    expect([isOwn(filter, {}), isOwn(filter, { f1: [] }), isOwn(filter, { f1: filter.conditions })]).toEqual([false, true, false])
  })
  it('stand in the address; what is not a setting is nothing', () => {
    const set = { f1: [{ operator: 'one_of', value: ['上海'] }] }
    expect(readSet(writeSet(set))).toEqual(set)
    expect(writeSet({})).toBe('')
    for (const wrong of ['{', '[]', 'null', '"x"']) expect(readSet(wrong)).toEqual({})
    expect(readSet('{"f1":1,"f2":[]}')).toEqual({ f2: [] })
  })
  it('are asked for as the column is', () => {
    expect([controlFor('date'), controlFor('integer'), controlFor('boolean')]).toEqual(['dates', 'range', 'choice'])
  })
})

describe('the document', () => {
  const doc = (): Dashboard => {
    const block = (id: string) => ({ id, span: 'half' as const, shows: { text: both(id) } })
    return ['a', 'b', 'c'].reduce((d, id) => addBlock(d, 'p1', block(id)), emptyDashboard('d', both('One')))
  }
  const order = (d: Dashboard) => d.pages[0]!.blocks.map((b) => b.id).join('')
  it('has its blocks in the order in which they are put', () => {
    expect(order(moveBlock(doc(), 'c', 0))).toBe('cab')
    expect(order(moveBlock(doc(), 'a', 99))).toBe('bca')
    expect(order(moveBlock(doc(), 'a', -3))).toBe('abc')
    expect(copyBlock(doc(), 'a').pages[0]!.blocks.map((b) => b.id)).toEqual(['a', 'b4', 'b', 'c'])
  })
  it('never names two things alike', () => {
    expect(freshId('b', ['b2', 'b3'])).toBe('b4')
    const [two, id] = addPage(doc(), both('Two'))
    expect(movePage(two, id, -1).pages.map((p) => p.id)).toEqual([id, 'p1'])
    expect(movePage(two, id, 1)).toBe(two)
    expect(removePage(two, 'p1').pages.map((p) => p.id)).toEqual([id])
  })
  it('narrows two sources by one filter where the column is the same', () => {
    const filter = { column: 'city', control: 'choice' as const }
    const both = addFilter(addFilter(doc(), { ...filter, sources: ['data'] }), { ...filter, sources: ['shops'] })
    expect(both.filters).toEqual([{ id: 'f1', column: 'city', control: 'choice', sources: ['data', 'shops'] }])
  })
  it('goes down from the column that is chosen now', () => {
    const figure: Figure = { source: 'data', component: 'bar-chart', params: { category: 'province' } }
    const deep = withLevels(figure, 'category', ['city', 'shop'])
    expect(deep.drill).toEqual({ param: 'category', levels: ['province', 'city', 'shop'] })
    expect(withParams(deep, { category: 'region' }).drill?.levels).toEqual(['region', 'city', 'shop'])
    expect(withParams(deep, { category: 'city' }).drill?.levels).toEqual(['city', 'shop'])
    expect(withLevels(figure, 'category', []).drill).toBeUndefined()
  })
})

describe('fields', () => {
  it('go by the names that figures use', () => {
    const columns = [{ name: 'town', type: 'text' }, { name: 'city', type: 'text' }, { name: 'sales', type: 'decimal(12,2)' }]
    expect(fieldsOf({ columns: { city: 'town' } }, columns).map((f) => `${f.name}=${f.column}`)).toEqual(['city=town', 'sales=sales'])
    expect(withField({ columns: { city: 'town' } }, 'sales').columns).toEqual({ city: 'town', sales: 'sales' })
    expect(withField({ dataset: 'd' }, 'sales')).toEqual({ dataset: 'd' })
    expect([columnKind('decimal(12,2)'), columnKind('timestamp'), columnKind('binary')]).toEqual(['decimal', 'timestamp', 'other'])
  })
})

describe('other data', () => {
  it('is matched by equal names first, then by like names of a like type', () => {
    const needed = [{ name: 'city', type: 'text' }, { name: 'amount', type: 'number' }, { name: 'order_date', type: 'date' }]
    const there = [{ name: 'Order Date', type: 'timestamp' }, { name: 'amounts', type: 'decimal(10,2)' }, { name: 'amount_note', type: 'text' }, { name: 'city', type: 'text' }]
    expect(suggest(needed, there)).toEqual({ city: 'city', amount: 'amounts', order_date: 'Order Date' })
  })
  it('takes no column twice, and none that is unlike', () => {
    expect(suggest([{ name: 'sales', type: 'number' }, { name: 'sale', type: 'number' }], [{ name: 'sales', type: 'integer' }])).toEqual({ sales: 'sales' })
    expect(suggest([{ name: 'city', type: 'text' }], [{ name: 'price', type: 'text' }])).toEqual({})
  })
  it('knows Chinese names that stand in each other', () => {
    expect(likeness('销售额', '销售额_元')).toBeGreaterThan(0.6)
    expect(likeness('城市', '金额')).toBeLessThan(0.5)
  })
})

it('a heading is the drawing’s own where there is one, else stands above all of them', () => {
  const table = (id: string) => ({ type: 'table', id, title: both('own') }) as unknown as Block
  expect(titled(both('Mine'), [table('a')])).toMatchObject({ heading: null, blocks: [{ title: both('Mine') }] })
  expect(titled(both('Mine'), [table('a'), table('b')])).toMatchObject({ heading: both('Mine'), blocks: [{ title: both('own') }, {}] })
  expect(titled(both(' '), [table('a')])).toMatchObject({ heading: null, blocks: [{ title: both('own') }] })
})
