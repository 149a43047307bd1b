import { Alert, App, Button, Modal } from 'antd'
import { FileCode2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/api/client'
import { tryNotebook, type Brought } from '@/api/workflowFiles'
import type { Workflow } from '@/api/workflow'
import { ErrorBody } from '@/components/ErrorBody'
import { applyAll } from '../model/edits'
import { useDoc } from '../store/document'
import { isGivenUp, useArrive } from '../store/useArrive'
import { useWork } from '../store/work'
import { ChangesTold } from './ChangesTold'
import { FileDrop } from './FileDrop'
import { readGiven } from './read'
import { useFileWords } from './useFileWords'
import css from './bring.module.css'

interface Seen {
  file: string
  old: Workflow
  now: Workflow
  brought: Brought
}

/** A notebook comes back: first what would change, then the change, which undo takes back. */
export function BringDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['workflows', 'common'])
  const { assetId, catalog } = useWork()
  const { message } = App.useApp()
  const doc = useDoc()
  const arrive = useArrive()
  const fileWords = useFileWords()
  const [busy, setBusy] = useState(false)
  const [seen, setSeen] = useState<Seen | null>(null)
  const [error, setError] = useState<unknown>(null)
  const look = async (file: File) => {
    setBusy(true)
    setError(null)
    setSeen(null)
    try {
      const given = await readGiven(file)
      if (given.kind !== 'notebook') throw new ApiError(400, 'malformed_file', '', null)
      await arrive()
      const brought = await tryNotebook(assetId, given.body)
      const old = doc.workflow()
      setSeen({ file: file.name, old, now: applyAll(old, brought.edits).workflow, brought })
    } catch (caught) {
      if (!isGivenUp(caught)) setError(caught)
    } finally {
      setBusy(false)
    }
  }
  const bring = ({ brought }: Seen) => {
    doc.edit(brought.edits)
    const added = brought.edits.flatMap((edit) => (edit.op === 'add_node' ? [edit.id] : []))
    if (added.length > 0) doc.select(added)
    void message.success(t('bring.done'))
    onClose()
  }
  const ready = seen !== null && seen.brought.edits.length > 0
  const words = error ? fileWords(error, 'notebook') : null
  return (
    <Modal open width={640} title={t('bring.title')} onCancel={onClose} okText={t('bring.apply')} okButtonProps={{ disabled: !ready }} onOk={() => seen && bring(seen)}>
      <div className={css.body}>
        {seen ? (
          <div className={css.given}>
            <FileCode2 size={15} aria-hidden /> <span className="ellipsis">{seen.file}</span>
            <Button size="small" type="link" onClick={() => setSeen(null)}>
              {t('bring.another')}
            </Button>
          </div>
        ) : (
          <>
            <p className="soft">{t('bring.intro')}</p>
            <FileDrop accept=".ipynb,application/x-ipynb+json" hint={t('bring.hint')} busy={busy} onFile={(file) => void look(file)} />
          </>
        )}
        {words && <Alert type="error" showIcon title={words.title} description={<ErrorBody words={words} />} />}
        {seen && <ChangesTold old={seen.old} now={seen.now} remarks={seen.brought.remarks} catalog={catalog} />}
      </div>
    </Modal>
  )
}
