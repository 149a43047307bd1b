import { useReactFlow } from '@xyflow/react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/lib/useFormat'
import { CATEGORY_ICON } from '../canvas/kinds'
import { componentId } from '../model/connect'
import { fittingPort, search } from '../model/search'
import { useDoc, useDocPart, type DocState, type Quick } from '../store/document'
import { useAdd } from '../store/useAdd'
import { useWork } from '../store/work'
import { Picker } from './Picker'

const quick = (s: DocState) => s.quick

/** A step typed by name where the pointer is; after a line that was let go in the open, what fits it. */
export function QuickAdd() {
  const open = useDocPart(quick)
  return open && <QuickPicker quick={open} />
}

function QuickPicker({ quick }: { quick: Quick }) {
  const { t } = useTranslation('workflows')
  const f = useFormat()
  const doc = useDoc()
  const flow = useReactFlow()
  const add = useAdd()
  const { signatures } = useWork()
  const from = quick.from
  const fitting = useMemo(() => (from ? signatures.filter((s) => fittingPort(s, from.kind, from.input ? 'output' : 'input')) : signatures), [signatures, from])
  return (
    <Picker
      label={t('quick.title')}
      placeholder={t('quick.placeholder')}
      hint={from ? t(from.input ? 'quick.giving' : 'quick.fitting', { kind: t(`kind.${from.kind}`).toLowerCase() }) : null}
      at={flow.flowToScreenPosition(quick.at)}
      find={(text) => search(fitting, text).map((s) => ({ key: componentId(s), icon: CATEGORY_ICON[s.category], title: f.words(s.title), text: f.words(s.summary), value: s }))}
      onPick={(signature) => add(signature, quick.at, from)}
      onClose={() => doc.store.set({ quick: null })}
    />
  )
}
