import { InputNumber, Modal } from 'antd'
import { useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ParamForm, type FormContext } from '@/components/form/ParamForm'
import { workflowSchema } from '../model/declare'
import { schemaParams, withField } from '@/components/form/params'
import { useWorkflow } from '../store/document'
import { useRunActions } from '../store/useRunActions'
import { useWork } from '../store/work'

/** Runs with other values of the workflow's parameters than their defaults. */
export function RunWith({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('workflows')
  const w = useWorkflow()
  const { projectId } = useWork()
  const actions = useRunActions()
  const id = useId()
  const [values, setValues] = useState<Record<string, unknown>>({})
  const [seed, setSeed] = useState<number | null>(null)
  const params = useMemo(() => schemaParams(workflowSchema(w.params)), [w.params])
  const context = useMemo<FormContext>(() => ({ inputs: {}, problems: [], disabled: false, projectId, portLabel: (port) => port }), [projectId])
  const open = params.some((p) => p.field.required && values[p.name] === undefined)
  const run = () => {
    actions.start({ params: values, ...(seed === null ? {} : { seed }) })
    onClose()
  }
  return (
    <Modal open title={t('runWith.title')} okText={t('cmd.run')} okButtonProps={{ disabled: open }} onOk={run} onCancel={onClose}>
      <div style={{ display: 'flex', flexDirection: 'column', gap: 16, paddingTop: 8 }}>
        {params.length === 0 ? <p className="soft">{t('runWith.none')}</p> : <ParamForm params={params} values={values} context={context} onChange={(name, value) => setValues((old) => withField(old, name, value))} />}
        <div>
          <label htmlFor={id} className="small soft">
            {t('panel.seed')}
          </label>
          <div>
            <InputNumber id={id} min={0} max={Number.MAX_SAFE_INTEGER} precision={0} value={seed} placeholder="42" onChange={setSeed} style={{ width: 180 }} />
          </div>
          <p className="small faint">{t('runWith.seed')}</p>
        </div>
      </div>
    </Modal>
  )
}
