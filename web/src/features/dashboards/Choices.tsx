import { keepPreviousData, useQuery, type QueryKey, type UseQueryOptions } from '@tanstack/react-query'
import { Select, Spin } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Choices as Found } from '@/api/dashboards'
import { useErrorWords } from '@/components/useErrorText'
import { useFormat } from '@/lib/useFormat'
import css from './FilterBar.module.css'

/** How the values of a filter are looked up, by a part of them. */
export type FindChoices = (filter: string, search: string) => UseQueryOptions<Found, Error, Found, QueryKey>

interface Props {
  filter: string
  label: string
  values: string[]
  /** The commonest, until they have been looked up. */
  known: [string, number][]
  find: FindChoices
  onChange: (values: string[]) => void
}

/** Values to choose from: found by a part of them, and only those that the other filters leave. */
export function Choices({ filter, label, values, known, find, onChange }: Props) {
  const { t } = useTranslation('dashboards')
  const f = useFormat()
  const words = useErrorWords()
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const search = useSettled(typed.trim())
  const found = useQuery({ ...find(filter, search), enabled: open, placeholderData: keepPreviousData, retry: false })
  const waits = open && (found.isFetching || search !== typed.trim())
  const all = found.data ? found.data.values.map(({ value, rows }): [string, number] => [String(value), rows]) : known
  // What was found before is no answer to what is typed now.
  const list = waits ? all.filter(([value]) => value.toLowerCase().includes(typed.trim().toLowerCase())) : all
  const counts = new Map(list)
  return (
    <Select
      // Where they can't be looked up, any can be typed.
      mode={found.isError ? 'tags' : 'multiple'}
      size="small"
      className={css.choice}
      aria-label={label}
      value={values}
      onChange={onChange}
      onOpenChange={setOpen}
      onSearch={setTyped}
      filterOption={false}
      placeholder={t('filter.all')}
      notFoundContent={waits ? null : t('filter.nothing')}
      maxTagCount={2}
      maxTagTextLength={16}
      tokenSeparators={[',', '，']}
      options={list.map(([value]) => ({ value, label: value }))}
      optionRender={(option) => (
        <span className={css.option}>
          <span className="ellipsis">{option.label}</span>
          <span className="faint num">{counts.has(String(option.value)) ? f.number(counts.get(String(option.value)) ?? 0, 0) : ''}</span>
        </span>
      )}
      popupMatchSelectWidth={220}
      popupRender={(menu) => (
        <>
          {menu}
          {waits ? (
            <div className={css.more}>
              <Spin size="small" />
            </div>
          ) : found.isError ? (
            <div className={css.more} role="alert">{words(found.error).brief}</div>
          ) : (
            found.data?.more && <div className={css.more}>{t('filter.more', { n: f.number(list.length, 0) })}</div>
          )}
        </>
      )}
    />
  )
}

/** A text once nobody has changed it for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 250)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
