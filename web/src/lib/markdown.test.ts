import { expect, it } from 'vitest'
import { blocksOf, inlinesOf, without } from './markdown'

it('leaves out what a page says above the text, and only there', () => {
  const page = blocksOf('# Heat map\n\nA measure.\n\nMore.\n\nA measure.')
  expect(without(page, ['Heat map', 'A measure.']).map((block) => 'text' in block && block.text)).toEqual(['More.', 'A measure.'])
  expect(without(page, [])).toEqual(page)
  expect(without(blocksOf('# Heat map'), ['Heat map'])).toEqual([])
})

it('reads headings, lists, tables, code and paragraphs', () => {
  const text = '# Title\n\nOne\ntwo\n- a\n- b\n  more\n\n1. x\n\n| a | b |\n|---|---|\n| 1 | 2 \\| 3 |\n\n```\n# no heading\n```\n\n> said\n\n---'
  expect(blocksOf(text)).toEqual([
    { kind: 'heading', level: 1, text: 'Title' },
    { kind: 'paragraph', text: 'One two' },
    { kind: 'list', ordered: false, items: ['a', 'b more'] },
    { kind: 'list', ordered: true, items: ['x'] },
    { kind: 'table', head: ['a', 'b'], rows: [['1', '2 | 3']] },
    { kind: 'code', text: '# no heading' },
    { kind: 'quote', text: 'said' },
    { kind: 'rule' },
  ])
})

it('reads strong, emphasis, code and links, and leaves dangerous links as words', () => {
  expect(inlinesOf('a **b** `c*d` *e* [f](https://x.y) snake_case_name 2 * 3')).toEqual([
    'a ', { kind: 'strong', inside: ['b'] }, ' ', { kind: 'code', text: 'c*d' }, ' ', { kind: 'em', inside: ['e'] }, ' ',
    { kind: 'link', href: 'https://x.y', inside: ['f'] }, ' snake_case_name 2 * 3',
  ])
  expect(inlinesOf('[x](javascript:alert(1))').join('')).toContain('x')
  expect(inlinesOf('[x](//evil.example)')).toEqual(['x'])
})
