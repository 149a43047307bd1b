import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Check, Copy, Lock, Mail } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { projectMembersQuery, useProject } from '@/api/queries'
import type { ProjectMember } from '@/api/types'
import { useProjectId } from '@/lib/router'
import { Person } from './bits'
import css from './states.module.css'

/** What takes a role in the project, and the least role that has it. */
const TAKES = { run: 'operator', create: 'operator', writeCode: 'analyst' } as const

/** A page that one's role in the project doesn't open: which role it takes, and who gives it. */
export function NoRight({ ability }: { ability: keyof typeof TAKES }) {
  const { t } = useTranslation()
  const role = useProject(useProjectId()).data?.role
  return (
    <div className={css.state} role="alert">
      <div className={css.icon}>
        <Lock size={26} strokeWidth={1.5} aria-hidden />
      </div>
      <h2 className={css.title}>{t('error.code.forbidden')}</h2>
      <div className={css.text}>
        {t(`lacks.${ability}`, { role: t(`role.${TAKES[ability]}`) })} {role && t('lacks.have', { role: t(`role.${role}`) })}
      </div>
      <WhomToAsk wish={t(`lacks.wish.${ability}`, { role: t(`role.${TAKES[ability]}`) })} />
    </div>
  )
}

const gives = (member: ProjectMember) => (member.role === 'owner' || member.role === 'maintainer') && member.user.email !== ''

/** Who gives roles and access in this project, and a message to them. */
export function WhomToAsk({ wish }: { wish: string }) {
  const { t } = useTranslation()
  const projectId = useProjectId()
  const project = useProject(projectId).data
  const members = useQuery({ ...projectMembersQuery(projectId), retry: false })
  const [copied, setCopied] = useState(false)
  const asked = (members.data ?? []).filter(gives)
  if (members.isPending) return null
  if (asked.length === 0) return <p className={css.text}>{t('lacks.nobody')}</p>
  const subject = t('lacks.subject', { project: project?.name ?? '' })
  const words = `${t('lacks.letter', { wish, project: project?.name ?? '' })}\n${window.location.href}`
  const mail = `mailto:${asked.map((one) => encodeURIComponent(one.user.email)).join(',')}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(words)}`
  return (
    <>
      <p className={css.text}>{t('lacks.ask')}</p>
      <ul className={css.people}>
        {asked.map((one) => (
          <li key={one.user.id}>
            <Person user={one.user} /> <span className="small faint">{t(`role.${one.role}`)} · {one.user.email}</span>
          </li>
        ))}
      </ul>
      <div className={css.actions}>
        <Button type="primary" icon={<Mail size={14} />} href={mail}>
          {t('lacks.mail')}
        </Button>
        {/* Only where the page may write to the clipboard, which takes a safe connection. */}
        {typeof navigator.clipboard === 'object' && (
          <Button icon={copied ? <Check size={14} /> : <Copy size={14} />} onClick={() => void navigator.clipboard.writeText(words).then(() => setCopied(true), () => undefined)}>
            {t(copied ? 'lacks.copied' : 'lacks.copy')}
          </Button>
        )}
      </div>
    </>
  )
}
