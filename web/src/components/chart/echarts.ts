// The parts of ECharts that the product uses, and no more.
import { BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from 'echarts/charts'
import type { BarSeriesOption, CustomSeriesOption, HeatmapSeriesOption, LineSeriesOption, ScatterSeriesOption } from 'echarts/charts'
import { DataZoomInsideComponent, GridComponent, LegendScrollComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import type { AriaComponentOption, DataZoomComponentOption, GridComponentOption, LegendComponentOption, TooltipComponentOption, VisualMapComponentOption } from 'echarts/components'
import { init, use as register, type ComposeOption, type ECharts } from 'echarts/core'
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers'

register([
  BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart,
  DataZoomInsideComponent, GridComponent, LegendScrollComponent, MarkLineComponent, TooltipComponent, VisualMapComponent,
  CanvasRenderer, SVGRenderer,
])

export type EChartsOption = ComposeOption<
  | BarSeriesOption | CustomSeriesOption | HeatmapSeriesOption | LineSeriesOption | ScatterSeriesOption
  | AriaComponentOption | DataZoomComponentOption | GridComponentOption | LegendComponentOption | TooltipComponentOption | VisualMapComponentOption
>
export { init, type ECharts }
