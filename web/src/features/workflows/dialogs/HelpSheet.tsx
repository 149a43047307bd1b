import { Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { Kbd } from '@/components/bits'
import type { Commands, Group } from '../store/useCommands'
import css from './dialogs.module.css'
import { Keys } from './Keys'

const GROUPS: Group[] = ['run', 'edit', 'add', 'arrange', 'view']

/** Every key there is. */
export function HelpSheet({ commands, onClose }: { commands: Commands; onClose: () => void }) {
  const { t } = useTranslation('workflows')
  const pointing = [
    ['pan', 'panKeys'], ['many', 'manyKeys'], ['nudge', 'nudgeKeys'], ['nudgeFar', 'nudgeFarKeys'],
  ] as const
  return (
    <Modal open title={t('help.title')} footer={null} onCancel={onClose} width={820}>
      <div className={css.sheet}>
        {GROUPS.map((group) => (
          <section key={group}>
            <h2>{t(`cmd.group.${group}`)}</h2>
            <dl>
              {Object.values(commands).filter((c) => c.group === group && c.keys.length > 0).map((c) => (
                <div key={c.id}>
                  <dt>{t(`cmd.${c.id}` as 'cmd.run')}</dt>
                  <dd>{c.keys.map((keys) => <Keys key={keys} keys={keys} />)}</dd>
                </div>
              ))}
              {group === 'view' && pointing.map(([what, how]) => (
                <div key={what}>
                  <dt>{t(`cmd.${what}`)}</dt>
                  <dd><Kbd>{t(`cmd.${how}`)}</Kbd></dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  )
}
