import { Dropdown, Modal } from 'antd'
import { ChevronDown, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Text } from '@/lib/format'
import { useFormat } from '@/lib/useFormat'
import { addPage, movePage, removePage, renamePage } from '../model/edits'
import { says } from '../model/titled'
import { useBothWords } from '../words'
import { BothInput } from './BothInput'
import css from './Builder.module.css'
import type { Builder } from './useBuilder'

/** The pages in their order: one to work on, and what can be done with it. */
export function PageTabs({ builder }: { builder: Builder }) {
  const { t } = useTranslation('dashboards')
  const f = useFormat()
  const words = useBothWords()
  const { doc, page, edit } = builder
  const [renaming, setRenaming] = useState<Text | null>(null)
  const add = async () => {
    const [next, id] = addPage(doc, await words('nextPage', { n: doc.pages.length + 1 }))
    edit(() => next)
    builder.setPage(id)
  }
  const at = doc.pages.findIndex((p) => p.id === page?.id)
  return (
    <nav className={css.pages} aria-label={t('page.tabs')}>
      {doc.pages.map((one) => (
        <span key={one.id} className={one.id === page?.id ? css.pageHere : css.page}>
          <button type="button" aria-current={one.id === page?.id ? 'page' : undefined} onClick={() => builder.setPage(one.id)} onDoubleClick={() => setRenaming(one.title)}>
            {f.words(one.title)}
          </button>
          {one.id === page?.id && (
            <Dropdown
              trigger={['click']}
              menu={{
                items: [
                  { key: 'rename', label: t('page.rename') },
                  { key: 'left', label: t('page.left'), disabled: at === 0 },
                  { key: 'right', label: t('page.right'), disabled: at === doc.pages.length - 1 },
                  { type: 'divider' },
                  { key: 'remove', danger: true, label: t('page.remove'), disabled: doc.pages.length === 1 },
                ],
                onClick: ({ key }) => {
                  if (key === 'rename') setRenaming(one.title)
                  else if (key === 'remove') edit((d) => removePage(d, one.id))
                  else edit((d) => movePage(d, one.id, key === 'left' ? -1 : 1))
                },
              }}
            >
              <button type="button" className={css.pageMenu} aria-label={t('page.menu', { name: f.words(one.title) })}>
                <ChevronDown size={13} aria-hidden />
              </button>
            </Dropdown>
          )}
        </span>
      ))}
      <button type="button" className={css.addPage} aria-label={t('page.add')} title={t('page.add')} onClick={() => void add()}>
        <Plus size={14} aria-hidden />
      </button>
      <Modal
        open={renaming !== null}
        title={t('page.rename')}
        onCancel={() => setRenaming(null)}
        okButtonProps={{ disabled: !says(renaming) }}
        onOk={() => {
          if (page && says(renaming)) edit((d) => renamePage(d, page.id, renaming))
          setRenaming(null)
        }}
        destroyOnHidden
      >
        {renaming && <BothInput label={t('page.name')} value={renaming} onChange={setRenaming} maxLength={80} />}
      </Modal>
    </nav>
  )
}
