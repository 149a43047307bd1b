import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { faultOf, fieldsOf, fromForm, toForm, type Field } from './schema'

const manifest = JSON.parse(readFileSync(`${import.meta.dirname}/../../../scenarios/customer-value/manifest.json`, 'utf8')) as { params: unknown }
const fields = fieldsOf(manifest.params)
const field = (name: string): Field => {
  const found = fields.find((f) => f.name === name)
  if (!found) throw new Error(`no field ${name}`)
  return found
}

describe('the form of customer value', () => {
  it('has a field for every parameter, with words in both languages', () => {
    expect(fields.map((f) => f.name).slice(0, 3)).toEqual(['unit', 'horizon', 'discount'])
    for (const f of fields) {
      expect(f.label, f.name).toMatchObject({ en: expect.stringMatching(/\S/) as string, 'zh-CN': expect.stringMatching(/[\u4e00-\u9fff]/) as string })
      expect(f.help, f.name).toMatchObject({ en: expect.stringMatching(/\S/) as string })
    }
  })
  it('knows choices, percentages, dates and units', () => {
    expect(field('unit').kind).toBe('choice')
    expect(field('unit').options.map((o) => o.value)).toEqual(['day', 'week', 'month'])
    expect(field('discount').kind).toBe('percent')
    expect(field('calibration_end').kind).toBe('date')
    expect(field('horizon').unitFrom).toBe('unit')
  })
  it('shows 0.1 as 10 and sends 10 as 0.1', () => {
    const shown = toForm(fields, {})
    expect(shown.discount).toBe(10)
    expect(shown.unit).toBe('week')
    expect(fromForm(fields, { ...shown, calibration_end: '' })).toMatchObject({ unit: 'week', horizon: 39, discount: 0.1 })
    expect(fromForm(fields, { ...shown, calibration_end: '' })).not.toHaveProperty('calibration_end')
  })
  it('says what is wrong as one types', () => {
    expect(faultOf(field('horizon'), 0)).toEqual({ code: 'above', limit: 0 })
    expect(faultOf(field('horizon'), 8000)).toEqual({ code: 'most', limit: 7305 })
    expect(faultOf(field('discount'), 2000)).toEqual({ code: 'most', limit: 1000 })
    expect(faultOf(field('horizon'), 'x')).toEqual({ code: 'notNumber' })
    expect(faultOf(field('currency'), 'yuan')).toEqual({ code: 'form' })
    expect(faultOf(field('currency'), 'CNY')).toBeNull()
    expect(faultOf({ ...field('horizon'), required: true }, undefined)).toEqual({ code: 'missing' })
  })
})

it('a schema of another shape makes no fields instead of failing', () => {
  expect(fieldsOf(null)).toEqual([])
  expect(fieldsOf({ properties: { a: 3 } })).toEqual([])
})
