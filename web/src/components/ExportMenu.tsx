import { App, Button, Dropdown } from 'antd'
import { CircleStop, Download } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Lang } from '@/lib/format'
import { reportFormats, type ReportFormat } from '@/lib/reportFormats'
import { saveAs } from '@/lib/save'
import { useFormat } from '@/lib/useFormat'
import { useMutate } from './useMutate'

interface Choice {
  format: ReportFormat
  lang: Lang
}

/** A report as a file: two clicks, in the language on screen or the other one. What takes long can be stopped. */
export function ExportMenu({ name, make }: { name: string; make: (format: ReportFormat, lang: Lang, signal: AbortSignal) => Promise<Blob> }) {
  const { t } = useTranslation()
  const f = useFormat()
  const { message } = App.useApp()
  const stop = useRef<AbortController | null>(null)
  const save = useMutate<Choice, void>(async ({ format, lang }) => {
    const control = new AbortController()
    stop.current = control
    try {
      const file = await make(format, lang, control.signal)
      const title = `${name.replace(/[\\/:*?"<>|]/g, '_')}.${format}`
      saveAs(file, title)
      void message.success(t('export.done', { name: title, size: f.bytes(file.size) }))
    } catch (error) {
      if (!control.signal.aborted) throw error
    }
  })
  const seconds = useSeconds(save.isPending)
  useEffect(() => () => stop.current?.abort(), [])
  if (save.isPending) {
    return (
      <Button icon={<CircleStop size={14} />} onClick={() => stop.current?.abort()} title={t('export.stop')}>
        <span className="num" role="status">
          {t('export.making', { n: seconds })}
        </span>
      </Button>
    )
  }
  const other: Lang = f.lang === 'en' ? 'zh-CN' : 'en'
  const items = [f.lang, other].map((lang) => ({
    type: 'group' as const,
    key: lang,
    label: t(lang === 'en' ? 'export.english' : 'export.chinese'),
    children: reportFormats.map((format) => ({ key: `${format} ${lang}`, label: t(`export.${format}`) })),
  }))
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items,
        onClick: ({ key }) => {
          const [format, lang] = key.split(' ')
          save.mutate({ format: format as ReportFormat, lang: lang as Lang })
        },
      }}
    >
      <Button icon={<Download size={14} />}>{t('export.title')}</Button>
    </Dropdown>
  )
}

/** Whole seconds since something is going on. */
function useSeconds(going: boolean): number {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    if (!going) return
    const began = Date.now()
    setSeconds(0)
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - began) / 1000)), 250)
    return () => clearInterval(timer)
  }, [going])
  return seconds
}
