import { Button, Dropdown } from 'antd'
import { Download } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { exportDashboard, type Condition } from '@/api/dashboards'
import type { Asset } from '@/api/types'
import { useMutate } from '@/components/useMutate'
import type { Lang } from '@/lib/format'
import { saveAs } from '@/lib/save'
import { useFormat } from '@/lib/useFormat'

type Choice = { format: 'html' | 'xlsx'; lang: Lang }

/** Every page as a file, as it is narrowed now: two clicks, in the language on screen or the other one. */
export function ExportMenu({ asset, filters }: { asset: Asset; filters: Record<string, Condition[]> }) {
  const { t } = useTranslation('dashboards')
  const f = useFormat()
  const save = useMutate(async ({ format, lang }: Choice) => {
    const file = await exportDashboard(asset.id, format, lang, filters)
    saveAs(file, `${asset.name.replace(/[\\/:*?"<>|]/g, '_')}.${format}`)
  })
  const other: Lang = f.lang === 'en' ? 'zh-CN' : 'en'
  const items = [f.lang, other].map((lang) => ({
    type: 'group' as const,
    key: lang,
    label: t(lang === 'en' ? 'export.english' : 'export.chinese'),
    children: (['html', 'xlsx'] as const).map((format) => ({ key: `${format} ${lang}`, label: t(`export.${format}`) })),
  }))
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items,
        onClick: ({ key }) => {
          const [format, lang] = key.split(' ')
          save.mutate({ format: format as Choice['format'], lang: lang as Lang })
        },
      }}
    >
      <Button icon={<Download size={14} />} loading={save.isPending}>
        {t('export.title')}
      </Button>
    </Dropdown>
  )
}
