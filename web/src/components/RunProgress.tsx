import { Progress } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Run } from '@/api/types'
import { timeLeft } from '@/lib/progress'
import { useFormat } from '@/lib/useFormat'

const PHASES = new Set(['read', 'reading', 'write', 'writing', 'profile', 'clean', 'fit', 'score', 'backtest', 'report', 'commit', 'copy', 'download', 'parse', 'merge', 'check', 'load', 'nodes', 'queued'])

/** A run's phase, share done and time left. */
export function RunProgress({ run, compact }: { run: Run; compact?: boolean }) {
  const { t } = useTranslation()
  const f = useFormat()
  const started = useRef<{ phase: string; at: number; done: number } | null>(null)
  const [left, setLeft] = useState<number | null>(null)
  const progress = run.progress ?? null
  useEffect(() => {
    if (!progress) return
    const now = performance.now()
    if (!started.current || started.current.phase !== progress.phase) {
      started.current = { phase: progress.phase, at: now, done: progress.done }
      setLeft(null)
      return
    }
    setLeft(timeLeft(started.current, { at: now, done: progress.done }, progress.total ?? null))
  }, [progress])
  const share = progress?.total ? Math.min(1, progress.done / progress.total) : null
  const phase = run.state === 'queued' ? 'queued' : (progress?.phase ?? 'running')
  const name = PHASES.has(phase) ? t(`run.phase.${phase}` as 'run.phase.read') : t('run.state.running')
  return (
    <div>
      <Progress
        percent={share === null ? (run.state === 'queued' ? 0 : 100) : Math.round(share * 1000) / 10}
        status={run.state === 'queued' ? 'normal' : 'active'}
        showInfo={false}
        size={compact ? [-1, 4] : [-1, 6]}
        aria-label={name}
      />
      <div className="small soft num" aria-live={compact ? undefined : 'polite'} style={{ display: 'flex', justifyContent: 'space-between', gap: 8 }}>
        <span>
          {name}
          {progress && run.state !== 'queued' && progress.done > 0 && (
            <>
              {' · '}
              {f.compact(progress.done)}
              {progress.total ? ` / ${f.compact(progress.total)}` : ''}
            </>
          )}
        </span>
        <span>{left !== null && t('run.left', { time: f.duration(left) })}</span>
      </div>
    </div>
  )
}
