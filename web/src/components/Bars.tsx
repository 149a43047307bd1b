interface BarsProps {
  values: number[]
  width?: number
  height?: number
  color?: string
  label: string
}

/** A histogram as small as a word. */
export function Bars({ values, width = 168, height = 34, color = 'var(--accent)', label }: BarsProps) {
  const most = Math.max(1, ...values)
  const step = width / Math.max(1, values.length)
  const gap = step > 4 ? 1 : 0
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} style={{ display: 'block', maxWidth: '100%' }} preserveAspectRatio="none">
      <line x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} stroke="var(--line-strong)" />
      {values.map((value, index) => {
        const size = value === 0 ? 0 : Math.max(1.5, (value / most) * (height - 2))
        return <rect key={index} x={index * step} y={height - 1 - size} width={Math.max(0.5, step - gap)} height={size} fill={color} opacity={0.85} />
      })}
    </svg>
  )
}

/** A share of a whole as a thin bar. */
export function ShareBar({ share, color = 'var(--accent)', label }: { share: number; color?: string; label: string }) {
  const width = Math.max(0, Math.min(1, share)) * 100
  return (
    <span role="img" aria-label={label} style={{ display: 'block', height: 4, borderRadius: 2, background: 'var(--line)', overflow: 'hidden' }}>
      <span style={{ display: 'block', height: '100%', width: `${width}%`, minWidth: share > 0 ? 2 : 0, background: color }} />
    </span>
  )
}

/** A line as small as a word, its end marked. */
export function Spark({ values, width = 160, height = 40, label }: { values: number[]; width?: number; height?: number; label: string }) {
  if (values.length < 2) return null
  const low = Math.min(...values)
  const high = Math.max(...values)
  const span = high - low || 1
  const point = (value: number, index: number) => [
    4 + (index / (values.length - 1)) * (width - 8),
    4 + (1 - (value - low) / span) * (height - 8),
  ] as const
  const points = values.map(point)
  const end = points.at(-1) ?? [0, 0]
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} style={{ display: 'block', maxWidth: '100%' }}>
      <polyline points={points.map((p) => p.join(',')).join(' ')} fill="none" stroke="var(--accent)" strokeWidth="1.75" strokeLinejoin="round" />
      <circle cx={end[0]} cy={end[1]} r="3" fill="var(--accent)" />
    </svg>
  )
}
