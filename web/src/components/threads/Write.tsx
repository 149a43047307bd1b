import { useQuery } from '@tanstack/react-query'
import { Button, Mentions } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { projectMembersQuery } from '@/api/queries'
import type { ProjectMember } from '@/api/types'
import { toSent, toTyped } from '@/lib/mentions'
import css from './threads.module.css'

interface Props {
  projectId: string
  label: string
  action: string
  first?: string
  busy: boolean
  onSend: (body: string, done: () => void) => void
  onCancel?: () => void
}

const named = (members: ProjectMember[] | undefined) => (members ?? []).map((m) => ({ id: m.user.id, name: m.user.name || m.user.email }))

/** Words to be sent, with people that can be named by @. */
export function Write({ projectId, label, action, first = '', busy, onSend, onCancel }: Props) {
  const { t } = useTranslation('common')
  const members = useQuery({ ...projectMembersQuery(projectId), retry: false })
  const people = named(members.data)
  const [text, setText] = useState(() => toTyped(first))
  const [open, setOpen] = useState(first !== '')
  const send = async () => {
    const body = text.trim()
    if (!body) return
    // Who is named is known once the members are there; without them a mention would be plain words.
    const all = members.data || !body.includes('@') ? people : named((await members.refetch({ cancelRefetch: false })).data)
    onSend(toSent(body, all), () => setText(''))
  }
  return (
    <div className={css.write}>
      <Mentions
        autoSize={{ minRows: open ? 2 : 1, maxRows: 10 }}
        value={text}
        maxLength={9000}
        aria-label={label}
        placeholder={label}
        placement="top"
        options={people.map((p) => ({ key: p.id, value: p.name, label: p.name }))}
        onFocus={() => setOpen(true)}
        onChange={setText}
        onKeyDown={(event) => {
          event.stopPropagation()
          if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') void send()
        }}
      />
      {(open || text) && (
        <span style={{ display: 'inline-flex', gap: 8 }}>
          <Button size="small" type="primary" disabled={!text.trim()} loading={busy} onClick={() => void send()}>
            {action}
          </Button>
          {onCancel && (
            <Button size="small" onClick={onCancel}>
              {t('action.cancel')}
            </Button>
          )}
        </span>
      )}
    </div>
  )
}
