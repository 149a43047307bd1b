import { Tooltip } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Run, User } from '@/api/types'
import { typeKind } from '@/lib/types'
import { useFormat } from '@/lib/useFormat'
import css from './bits.module.css'

export type Tone = 'plain' | 'good' | 'warn' | 'fail' | 'accent' | 'stale'

export function Tag({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={tone === 'plain' ? css.tag : `${css.tag} ${css[tone]}`}>{children}</span>
}

export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className={css.kbd}>{children}</kbd>
}

/** How long ago; the exact moment with its zone on hover. */
export function Ago({ at }: { at: string }) {
  const f = useFormat()
  return (
    <Tooltip title={f.moment(at)}>
      <time dateTime={at} className="nowrap">
        {f.ago(at)}
      </time>
    </Tooltip>
  )
}

export function Person({ user }: { user: Pick<User, 'name' | 'email'> | null | undefined }) {
  const { t } = useTranslation()
  const name = user?.name || user?.email || t('person.system')
  return (
    <span className={css.person} title={user?.email}>
      <span className={css.face} aria-hidden>
        {[...name][0]?.toUpperCase()}
      </span>
      <span className="ellipsis">{name}</span>
    </span>
  )
}

export function VersionTag({ seq, label }: { seq: number; label?: string | null }) {
  return (
    <span className="nowrap">
      <span className="mono">v{seq}</span>
      {label && (
        <>
          {' '}
          <Tag tone="accent">{label}</Tag>
        </>
      )}
    </span>
  )
}

const RUN_TONES: Record<Run['state'], Tone> = {
  queued: 'plain',
  running: 'accent',
  succeeded: 'good',
  failed: 'fail',
  cancelled: 'stale',
}

export function RunState({ run }: { run: Pick<Run, 'state'> & Partial<Pick<Run, 'stale'>> }) {
  const { t } = useTranslation()
  if (run.state === 'succeeded' && run.stale) return <Tag tone="stale">{t('run.stale')}</Tag>
  return <Tag tone={RUN_TONES[run.state]}>{t(`run.state.${run.state}`)}</Tag>
}

/** What models and files call a type by its storage, by the name that pages have for it. */
function plainType(name: string): string | null {
  const kind = typeKind(name)
  if (kind === 'other') return null
  return kind === 'decimal' ? 'number' : kind === 'time' ? 'timestamp' : kind
}

export function TypeName({ type }: { type: string }) {
  const { t, i18n } = useTranslation()
  const [name = type, size = ''] = type.split(/(?=\()/)
  const known = i18n.exists(`common:type.${name}`) ? name : plainType(name)
  return <span className={css.type}>{known ? t(`type.${known}` as 'type.text') + size : type}</span>
}

export function Null() {
  const { t } = useTranslation()
  return <span className={css.null}>{t('value.null')}</span>
}
