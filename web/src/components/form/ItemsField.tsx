import { Button } from 'antd'
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { newItem, withField } from './params'
import css from './form.module.css'
import { ParamForm } from './ParamForm'
import type { ControlProps } from './ParamField'

type Item = Record<string, unknown>

/** A list of things with parts, such as totals or conditions, in their order. */
export function ItemsField({ param, value, onChange, context, path }: ControlProps) {
  const { t } = useTranslation('workflows')
  const items = (Array.isArray(value) ? value : Array.isArray(param.initial) ? param.initial : []) as Item[]
  const set = (next: Item[]) => onChange(next.length > 0 || (Array.isArray(param.initial) && param.initial.length > 0) ? next : null)
  const swap = (a: number, b: number) => {
    const next = [...items]
    const [x, y] = [next[a], next[b]]
    if (!x || !y) return
    next[a] = y
    next[b] = x
    set(next)
  }
  const wide = param.parts.length > 2
  return (
    <div className={css.items}>
      {items.map((item, index) => (
        <div key={index} className={css.item}>
          <div className={wide ? css.itemWide : css.itemBody}>
            <ParamForm compact params={param.parts} values={item} onChange={(name, next) => set(items.map((old, at) => (at === index ? withField(old, name, next) : old)))} context={context} path={`${path}[${index}].`} />
          </div>
          {!context.disabled && (
            <div className={css.itemTools}>
              <button type="button" disabled={index === 0} aria-label={t('panel.moveUp', { n: index + 1 })} onClick={() => swap(index, index - 1)}>
                <ArrowUp size={13} aria-hidden />
              </button>
              <button type="button" disabled={index === items.length - 1} aria-label={t('panel.moveDown', { n: index + 1 })} onClick={() => swap(index, index + 1)}>
                <ArrowDown size={13} aria-hidden />
              </button>
              <button type="button" disabled={items.length <= param.least} aria-label={t('panel.removeItem', { n: index + 1 })} onClick={() => set(items.filter((_, at) => at !== index))}>
                <X size={13} aria-hidden />
              </button>
            </div>
          )}
        </div>
      ))}
      {!context.disabled && (param.most === null || items.length < param.most) && (
        <Button size="small" type="dashed" icon={<Plus size={13} />} onClick={() => set([...items, newItem(param.parts)])} block>
          {t('panel.addItem')}
        </Button>
      )}
    </div>
  )
}
