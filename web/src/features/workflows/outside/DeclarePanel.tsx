import { useTranslation } from 'react-i18next'
import { Panel } from '../panel/Inspector'
import { useParam } from '@/lib/router'
import { ParamCards } from './ParamCards'
import { PortCards } from './PortCards'

/** What the workflow shows to outside: what can be set, what can be fed, what comes out. */
export function DeclarePanel() {
  const { t } = useTranslation('workflows')
  const [, setSide] = useParam('side')
  return (
    <Panel title={<h2 style={{ fontSize: 14 }}>{t('declare.title')}</h2>} label={t('declare.title')} onClose={() => setSide('')}>
      <ParamCards />
      <PortCards input />
      <PortCards input={false} />
    </Panel>
  )
}
