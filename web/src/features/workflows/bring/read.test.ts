import { describe, expect, it } from 'vitest'
import { bare, readGiven } from './read'

const file = (content: unknown, name: string) => new File([typeof content === 'string' ? content : JSON.stringify(content)], name)

describe('a file that is brought', () => {
  it('is told by its content, and named without its ending', async () => {
    const notebook = { nbformat: 4, cells: [] }
    expect(await readGiven(file(notebook, 'Large orders.IPYNB'))).toEqual({ kind: 'notebook', name: 'Large orders', body: notebook })
    const workflow = { format: 1, nodes: {} }
    expect(await readGiven(file(workflow, '月报.json'))).toEqual({ kind: 'workflow', name: '月报', body: workflow })
    expect((await readGiven(file(notebook, 'renamed.json'))).kind).toBe('notebook')
    // One of a newer release may look otherwise: the server says so.
    expect((await readGiven(file({ format: 9 }, 'newer.json'))).kind).toBe('workflow')
  })

  it.each(['{', '5', '[]', 'null', '{"cells": 5}', '{"a": 1}'])('is refused where it is neither: %s', async (content) => {
    await expect(readGiven(file(content, 'x.json'))).rejects.toMatchObject({ code: 'malformed_file' })
  })

  it('leaves behind what its cells gave, and nothing else', () => {
    const cell = { cell_type: 'code', id: 'a', metadata: { tandem: { cell: 'frame' } }, source: ['x = 1'] }
    const whole = { nbformat: 4, metadata: { tandem: {} }, cells: [{ ...cell, outputs: [{ data: 'x' }] }, { cell_type: 'markdown', source: 'w', attachments: { p: {} } }] }
    expect(bare(whole)).toEqual({ ...whole, cells: [{ ...cell, outputs: [] }, { cell_type: 'markdown', source: 'w' }] })
  })
})
