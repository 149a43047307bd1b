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
