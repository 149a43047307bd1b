import { Alert, App, Button, Form, Input, Modal } from 'antd'
import { FileCode2, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { keys } from '@/api/keys'
import { makeWorkflow, type WorkflowMade } from '@/api/workflowFiles'
import type { Workflow } from '@/api/workflow'
import { ErrorBody } from '@/components/ErrorBody'
import { useMutate } from '@/components/useMutate'
import { useGo } from '@/lib/router'
import { urls } from '@/lib/urls'
import { Remarks } from '../bring/ChangesTold'
import { FileDrop } from '../bring/FileDrop'
import { readGiven, type Given } from '../bring/read'
import { useFileWords } from '../bring/useFileWords'
import css from '../bring/bring.module.css'

interface Values {
  name: string
  description?: string
}

/** Names a new workflow and opens it: an empty one, or that of a file. */
export function NewWorkflow({ projectId }: { projectId: string }) {
  const { t } = useTranslation(['workflows', 'common'])
  const go = useGo()
  const { modal } = App.useApp()
  const fileWords = useFileWords()
  const [open, setOpen] = useState(false)
  const [given, setGiven] = useState<Given | null>(null)
  const [wrong, setWrong] = useState<unknown>(null)
  const [form] = Form.useForm<Values>()
  const create = useMutate<Values, WorkflowMade>(
    (values) => makeWorkflow(projectId, { ...values, ...(given?.kind === 'notebook' ? { notebook: given.body } : given ? { workflow: given.body as unknown as Workflow } : {}) }),
    {
      touches: [keys.assets(projectId)],
      quiet: given !== null,
      onSuccess: (made) => {
        if (made.remarks.length > 0) modal.info({ title: t('bring.made'), width: 560, content: <div className={css.scroll}><Remarks remarks={made.remarks} /></div> })
        go(urls.workflow(projectId, made.asset.id))
      },
    },
  )
  const take = async (file: File) => {
    setWrong(null)
    create.reset()
    try {
      const read = await readGiven(file)
      setGiven(read)
      if (!form.getFieldValue('name')) form.setFieldValue('name', read.name.slice(0, 120))
    } catch (error) {
      setGiven(null)
      setWrong(error)
    }
  }
  const drop = () => {
    setGiven(null)
    setWrong(null)
    create.reset()
  }
  const close = () => {
    setOpen(false)
    drop()
  }
  const failed = wrong ?? (given ? create.error : null)
  const words = failed ? fileWords(failed, given?.kind ?? 'workflow') : null
  return (
    <>
      <Button type="primary" icon={<Plus size={15} />} onClick={() => setOpen(true)}>
        {t('list.new')}
      </Button>
      <Modal open={open} title={t('new.title')} okText={t('new.create')} onCancel={close} onOk={() => form.submit()} confirmLoading={create.isPending} destroyOnHidden>
        <Form<Values> form={form} layout="vertical" preserve={false} onFinish={(values) => create.mutate(values)}>
          <Form.Item name="name" label={t('new.name')} rules={[{ required: true, whitespace: true, message: t('new.nameMissing') }]}>
            <Input maxLength={120} autoFocus />
          </Form.Item>
          <Form.Item name="description" label={t('new.about')}>
            <Input.TextArea rows={2} maxLength={1000} />
          </Form.Item>
          <Form.Item label={t('new.from')}>
            {given ? (
              <div className={css.given}>
                <FileCode2 size={15} aria-hidden /> <span className="ellipsis">{given.name}</span> <span className="small faint nowrap">{t(`new.kind.${given.kind}`)}</span>
                <Button size="small" type="link" onClick={drop}>
                  {t('new.without')}
                </Button>
              </div>
            ) : (
              <FileDrop accept=".json,.ipynb,application/json,application/x-ipynb+json" hint={t('new.fromHint')} onFile={(file) => void take(file)} />
            )}
          </Form.Item>
        </Form>
        {words && <Alert type="error" showIcon title={words.title} description={<ErrorBody words={words} />} />}
      </Modal>
    </>
  )
}
