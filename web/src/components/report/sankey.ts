// Flows between stages, laid out here and drawn as they are.
import { pageFont } from '@/components/chart/base'
import type { EChartsOption } from '@/components/chart/echarts'
import { words } from '@/lib/format'
import { colour, SCHEMES } from '@/lib/palette'
import type { Plot } from './document'
import { shorten } from './labels'
import { formatValue } from './numbers'
import { escape, type Setting } from './parts'

type Sankey = Extract<Plot, { kind: 'sankey' }>

const BAR = 12
const GAP = 12
const TOP = 24
const HEIGHT = 340

interface Ribbon {
  from: number
  to: number
  value: number
  start: { x: number; y: number }
  end: { x: number; y: number }
  thick: number
}

/** Where each part and each flow goes; the fullest stage decides the scale. */
export function layOut(plot: Sankey, width: number) {
  const links = plot.links.filter((link) => link.value > 0 && plot.nodes[link.from] && plot.nodes[link.to])
  const sum = (of: (link: Sankey['links'][number]) => boolean) => links.filter(of).reduce((all, link) => all + link.value, 0)
  const sizes = plot.nodes.map((_, at) => Math.max(sum((link) => link.from === at), sum((link) => link.to === at)))
  const last = Math.max(0, ...plot.nodes.map((node) => node.stage))
  const scales = Array.from({ length: last + 1 }, (_, stage) => {
    const own = sizes.filter((_, at) => plot.nodes[at]?.stage === stage)
    const total = own.reduce((all, size) => all + size, 0)
    return total > 0 ? Math.max(HEIGHT * 0.3, HEIGHT - GAP * (own.length - 1)) / total : Infinity
  })
  const least = Math.min(...scales)
  const scale = Number.isFinite(least) ? least : 0
  const step = last === 0 ? 0 : (width - BAR) / last
  const used = scales.map(() => TOP)
  const nodes = plot.nodes.map((node, at) => {
    const height = (sizes[at] ?? 0) * scale
    const y = used[node.stage] ?? TOP
    used[node.stage] = y + height + GAP
    return { x: step * node.stage, y, height, size: sizes[at] ?? 0, out: 0, into: 0 }
  })
  const ribbons = links.flatMap((link): Ribbon[] => {
    const [from, to] = [nodes[link.from], nodes[link.to]]
    if (!from || !to) return []
    const thick = link.value * scale
    const ribbon = { ...link, thick, start: { x: from.x + BAR, y: from.y + from.out }, end: { x: to.x, y: to.y + to.into } }
    from.out += thick
    to.into += thick
    return [ribbon]
  })
  return { nodes, ribbons, step, last }
}

export function sankeyOption(plot: Sankey, setting: Setting): EChartsOption {
  const { lang, mode, width } = setting
  const s = SCHEMES[mode]
  const { nodes, ribbons, step, last } = layOut(plot, width)
  const name = (at: number) => words(lang, plot.nodes[at]?.name)
  const show = (value: number) => formatValue(lang, value, plot.value.format)
  const tint = (at: number) => colour(mode, plot.nodes[at]?.color ?? 0)
  const tip = (text: string, value: number) => `${escape(text)}<br/>${escape(words(lang, plot.value.label))} <b>${escape(show(value))}</b>`
  return {
    tooltip: {
      formatter: (raw) => {
        const { seriesIndex = 0, dataIndex = -1 } = raw as { seriesIndex?: number; dataIndex?: number }
        const [ribbon, node] = [ribbons[dataIndex], nodes[dataIndex]]
        if (seriesIndex === 0) return ribbon ? tip(`${name(ribbon.from)} → ${name(ribbon.to)}`, ribbon.value) : ''
        return node ? tip(name(dataIndex), node.size) : ''
      },
    },
    series: [
      {
        type: 'custom',
        coordinateSystem: 'none',
        data: ribbons.map((ribbon) => ({ value: ribbon.value })),
        renderItem: (params) => {
          const ribbon = ribbons[params.dataIndex]
          if (!ribbon) return null
          const { start, end, thick } = ribbon
          const middle = (start.x + end.x) / 2
          const path = `M${start.x} ${start.y}C${middle} ${start.y} ${middle} ${end.y} ${end.x} ${end.y}L${end.x} ${end.y + thick}C${middle} ${end.y + thick} ${middle} ${start.y + thick} ${start.x} ${start.y + thick}Z`
          return { type: 'path', shape: { pathData: path }, style: { fill: tint(ribbon.from), opacity: 0.35 }, emphasis: { style: { opacity: 0.6 } } }
        },
      },
      {
        type: 'custom',
        coordinateSystem: 'none',
        data: nodes.map((node) => ({ value: node.size })),
        renderItem: (params) => {
          const [node, of] = [nodes[params.dataIndex], plot.nodes[params.dataIndex]]
          if (!node || !of) return null
          const end = of.stage === last && last > 0
          return {
            type: 'group',
            children: [
              { type: 'rect', shape: { x: node.x, y: node.y, width: BAR, height: Math.max(1, node.height) }, style: { fill: tint(params.dataIndex) } },
              {
                type: 'text',
                silent: true,
                style: {
                  x: end ? node.x - 6 : node.x + BAR + 6, y: node.y + node.height / 2, align: end ? ('right' as const) : ('left' as const), verticalAlign: 'middle' as const,
                  text: shorten(`${name(params.dataIndex)} ${show(node.size)}`, Math.max(40, (step - BAR) * 0.6)),
                  fill: s.ink, stroke: s.ground, lineWidth: 3, fontSize: 12, fontFamily: pageFont(),
                },
              },
            ],
          }
        },
      },
      {
        type: 'custom',
        coordinateSystem: 'none',
        silent: true,
        tooltip: { show: false },
        data: plot.stages.map((_, at) => ({ value: at })),
        renderItem: (params) => {
          const at = params.dataIndex
          const align = at === 0 ? ('left' as const) : at === last ? ('right' as const) : ('center' as const)
          const x = at === 0 ? 0 : at === last ? width : step * at + BAR / 2
          return {
            type: 'text',
            silent: true,
            style: { x, y: 2, align, text: shorten(words(lang, plot.stages[at]), Math.max(60, step * 0.9)), fill: s.inkFaint, fontSize: 12, fontFamily: pageFont() },
          }
        },
      },
    ],
  }
}
